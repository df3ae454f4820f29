// Edits photos because somebody has said so: shown at once, said with a way back, and what cannot be saved is said too.
import { problemCodeOf } from '../cloud/error.ts';
import type { PhotoEdit } from '../cloud/requests.ts';
import { editMany } from '../library/edit-many.ts';
import type { Library } from '../library/library.svelte.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import type { Notices } from '../ui/notices.svelte.ts';
import { problems, sentence } from '../ui/words/problems.ts';
import { words } from '../ui/words/editing.ts';

export interface Saving {
  library: Library;
  notices: Notices;
  /** What is said of so many photos; without it nothing, where what was done can be seen and undone right there. */
  done?: (count: number) => string;
}

/** Resolves when it is shown; what becomes of it is said. */
export async function save(
  photoIds: readonly PhotoId[],
  editOf: (photo: Photo) => PhotoEdit | undefined,
  { library, notices, done }: Saving,
): Promise<void> {
  const failed = (error: unknown): void =>
    notices.say(words.failed(sentence(problems, problemCodeOf(error))));
  try {
    const { count, saving, undo } = await editMany(library, photoIds, editOf);
    saving.catch(failed);
    if (!done) return;
    if (count === 0) {
      notices.say(words.nothing);
      return;
    }
    notices.say(navigator.onLine ? done(count) : `${done(count)} ${words.later}`, {
      label: words.undo,
      run: () => void undo().catch(failed),
    });
  } catch (error) {
    failed(error);
  }
}
