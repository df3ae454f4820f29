// Which of the photos to download are in cold storage and not restored: asked of S3 only where they are old enough to be there.
import type { Cloud } from '../cloud/cloud.ts';
import type { PhotoList } from '../library/list.ts';
import type { PhotoId } from '../schema/ids.ts';
import { archivedFrom, type Keeping } from '../schema/keeping.ts';
import { isAbort } from '../cloud/error.ts';

interface Options {
  list: PhotoList;
  indexes: readonly number[];
  cloud: Pick<Cloud, 'archive' | 'clock'>;
  keeping: Keeping;
  signal: AbortSignal;
}

/** Their places. Not to know is no reason to hold anything back: the zip says what is missing. */
export async function heldBack({ list, indexes, cloud, keeping, signal }: Options): Promise<number[]> {
  const now = cloud.clock.now();
  const old = new Map<PhotoId, number>();
  for (const index of indexes) {
    const photo = list.at(index);
    if (!photo) continue;
    // Where nothing is moved any more nobody can tell by a date.
    const from = keeping.deepArchive?.afterDays === null ? now : archivedFrom(keeping, photo);
    if (from !== undefined && from <= now) old.set(photo.photoId, index);
  }
  if (old.size === 0) return [];
  try {
    const archive = await cloud.archive();
    const standings = await archive.standings([...old.keys()], signal);
    return [...standings].flatMap(([photoId, { state }]) =>
      state === 'archived' || state === 'restoring' ? [old.get(photoId) as number] : [],
    );
  } catch (error) {
    if (isAbort(error)) throw error;
    console.warn(error);
    return [];
  }
}
