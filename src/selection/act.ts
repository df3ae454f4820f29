// Does something to the selected photos, in one go, and can take it back for each photo as it was.
import { problemCodeOf } from '../cloud/error.ts';
import { editMany } from '../library/edit-many.ts';
import type { Library } from '../library/library.svelte.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Instant } from '../schema/time.ts';
import type { Notices } from '../ui/notices.svelte.ts';
import { problems, sentence } from '../ui/words/problems.ts';
import { words } from '../ui/words/selection.ts';
import type { Action } from './actions.ts';

export interface Doing {
  library: Pick<Library, 'get' | 'editAll'>;
  notices: Notices;
  now: Instant;
}

/** Shown at once; what cannot be saved is said, and taken back by the library. */
export async function act(
  action: Action,
  photoIds: readonly PhotoId[],
  { library, notices, now }: Doing,
): Promise<void> {
  const edit = action.edit(now);
  const { count, saving, undo } = await editMany(library, photoIds, () => edit);
  if (count === 0) return;
  const done = words.done[action.name](count);
  notices.say(navigator.onLine ? done : `${done} ${words.later}`, {
    label: words.undo,
    run: () => void saved(undo(), notices),
  });
  await saved(saving, notices);
}

async function saved(saving: Promise<unknown>, notices: Notices): Promise<void> {
  try {
    await saving;
  } catch (error) {
    notices.say(words.failed(sentence(problems, problemCodeOf(error))));
  }
}
