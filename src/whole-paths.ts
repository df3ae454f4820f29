// Folder paths that are longer than an original's metadata have room for: kept whole in rows of their own, once the photo is safe.
import { whenSafe } from './albums/fill.ts';
import type { Library } from './library/library.svelte.ts';
import type { Social } from './library/social.svelte.ts';
import type { PhotoId } from './schema/ids.ts';
import { beyondMetadata } from './schema/original.ts';
import { pathId } from './schema/social.ts';
import type { Upload } from './upload/upload.svelte.ts';

/** What is needed of an upload. */
export type Placed = Pick<Upload, 'photoId' | 'path' | 'whenSafe' | 'pathKept'>;

/** One that cannot be saved stays remembered, for the next visit. */
export function keepPaths(
  uploads: readonly Placed[],
  social: Pick<Social, 'get' | 'putAll'>,
  library: Pick<Library, 'get'>,
): void {
  whenSafe(uploads, (_, arrived) => {
    const changes = arrived.flatMap(({ photoId, path }) =>
      photoId === undefined ? [] : (changeFor(photoId, path) ?? []),
    );
    social
      .putAll(changes)
      .then(() => {
        for (const upload of arrived) upload.pathKept();
      })
      .catch(console.warn);
  });

  /** The same bytes may have come from another folder before: then it is that one that the photo says. */
  function changeFor(photoId: PhotoId, path = '') {
    const beyond = beyondMetadata(path);
    const id = pathId(photoId);
    const known = social.get(id);
    if (!beyond || library.get(photoId)?.path !== beyond.kept || (known && !known.deletedAt))
      return undefined;
    return { id, attributes: { path: beyond.whole, deletedAt: null } };
  }
}

/** So long after a path was kept its photo is known wherever the path is. */
const SURE_MS = 86_400_000;

/** Marks deleted what is left of photos that are gone for good. */
export async function sweepPaths(
  social: Pick<Social, 'complete' | 'paths' | 'remove'>,
  library: Pick<Library, 'complete' | 'get'>,
  now: number,
): Promise<void> {
  if (!social.complete || !library.complete) return;
  const gone = social.paths.filter(
    ({ photoId, changedAt }) => !library.get(photoId) && now - Date.parse(changedAt) > SURE_MS,
  );
  if (gone.length > 0) await social.remove(gone.map(({ id }) => id));
}
