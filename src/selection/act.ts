// Does something to the selected photos, in one go, and can take it back for each photo as it was.
import type { PhotoEdit } from '../cloud/requests.ts';
import { problemCodeOf } from '../cloud/error.ts';
import type { Library } from '../library/library.svelte.ts';
import type { PhotoList } from '../library/list.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Instant } from '../schema/time.ts';
import type { Notices } from '../ui/notices.svelte.ts';
import { problems, sentence } from '../ui/words/problems.ts';
import { words } from '../ui/words/selection.ts';
import { changedBy, type Action } from './actions.ts';

export interface Doing {
  library: Library;
  notices: Notices;
  now: Instant;
}

/** Shown at once; what cannot be saved is said, and taken back by the library. */
export async function act(
  action: Action,
  list: PhotoList,
  indexes: Iterable<number>,
  doing: Doing,
): Promise<void> {
  const { library, notices, now } = doing;
  const photoIds = changedBy(action, list, indexes);
  if (photoIds.length === 0) return;
  const before = beforeOf(action, photoIds, library);
  const edit = action.edit(now);
  const saving = library.editAll(photoIds, () => edit);
  const done = words.done[action.name](photoIds.length);
  notices.say(navigator.onLine ? done : `${done} ${words.later}`, {
    label: words.undo,
    run: () => void say(library.editAll(photoIds, before), notices),
  });
  await say(saving, notices);
}

/** What each photo had of what the action changes. */
function beforeOf(
  { attribute, mask, value }: Action,
  photoIds: readonly PhotoId[],
  library: Library,
): (photoId: PhotoId) => PhotoEdit {
  // What has no flag had nothing, and what has one had true: only when it was trashed, the flag does not tell.
  if (attribute !== 'trashedAt') {
    const edit = { [attribute]: (value & mask) === 0 ? null : true };
    return () => edit;
  }
  if (value === 0) return () => ({ trashedAt: null });
  const times = new Map(photoIds.map((photoId) => [photoId, library.get(photoId)?.trashedAt ?? null]));
  return (photoId) => ({ trashedAt: times.get(photoId) ?? null });
}

async function say(saving: Promise<unknown>, notices: Notices): Promise<void> {
  try {
    await saving;
  } catch (error) {
    notices.say(words.failed(sentence(problems, problemCodeOf(error))));
  }
}
