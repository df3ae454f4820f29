// What is left of albums that were deleted: their entries, which stayed so that the album could be brought back as it was.
import type { Social } from '../library/social.svelte.ts';

/** So long nobody comes back to undo it any more. */
const SURE_MS = 86_400_000;

/** Marks them deleted too, so that the table does not keep them for ever. */
export async function sweep(
  social: Pick<Social, 'complete' | 'goneAlbums' | 'entriesOf' | 'remove'>,
  now: number,
): Promise<void> {
  if (!social.complete) return;
  const gone = social.goneAlbums.filter(({ deletedAt }) => now - Date.parse(deletedAt ?? '') > SURE_MS);
  await social.remove(gone.flatMap(({ album }) => social.entriesOf(album).map(({ id }) => id)));
}
