// Deletes photos for good because somebody has said so, and says what became of them.
import type { Disposal } from '../library/disposal.svelte.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Notices } from '../ui/notices.svelte.ts';
import { problems, sentence } from '../ui/words/problems.ts';
import { words } from '../ui/words/trash.ts';

export async function deleteNow(
  photoIds: readonly PhotoId[],
  { disposal, notices }: { disposal: Disposal; notices: Notices },
): Promise<void> {
  const { deleted, kept, failed, problem } = await disposal.now(photoIds);
  const said = [deleted > 0 && words.deleted(deleted), kept > 0 && words.kept(kept)].filter(Boolean);
  if (said.length > 0) notices.say(said.join(' '));
  if (failed === 0) return;
  // What is deleted by now counts as that: trying again means the rest.
  notices.say(words.failed(failed, sentence(problems, problem ?? 'unexpected')), {
    label: words.again,
    run: () => void deleteNow(photoIds, { disposal, notices }),
  });
}
