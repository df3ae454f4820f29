// Deleting photos for good, one after the other: only what is still in the trash at that moment. Whatever ends it early, all others are
// where they were.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError, toCloudError, type CloudErrorCode } from '../cloud/error.ts';
import type { PhotoId } from '../schema/ids.ts';
import { isTombstone, trashEndOf, type Photo, type PhotoRow } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';

/** What deleting needs of the cloud; the real one is `Cloud`. */
export type DisposalSource = Pick<Cloud, 'readPhoto' | 'deleteOriginal'> & {
  clock: Pick<Cloud['clock'], 'now' | 'heard'>;
};

/** A photo as it was seen in the trash. */
export interface Trashed {
  photoId: PhotoId;
  trashedAt: Instant;
}

/**
 * `deleted` also when somebody else had done so; `kept` is no longer in the trash, or was put there anew; `early` its time has not come;
 * else why it could not be deleted now.
 */
export type Fate = 'deleted' | 'kept' | 'early' | CloudErrorCode;

export interface DisposeOptions {
  /** Only what has been in the trash for its 30 days. */
  due: boolean;
  /** The photo as this device shows it: with what was edited here and is not sent yet. */
  shown: (photoId: PhotoId) => Pick<Photo, 'trashedAt'> | undefined;
  signal: AbortSignal;
  onfate: (photo: Trashed, fate: Fate) => void;
}

/** As many as a browser has connections. */
const AT_ONCE = 6;

/** All others would fail as well. */
const STOPPING = new Set<Fate>(['offline', 'signed-out', 'forbidden']);

/** Deletes these photos. What is not told of by `onfate` was not reached. */
export async function dispose(
  source: DisposalSource,
  photos: Iterable<Trashed>,
  options: DisposeOptions,
): Promise<void> {
  const { signal, onfate } = options;
  const rest = photos[Symbol.iterator]();
  let stopped = false;
  const lane = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      const fate = await fateOf(source, next.value, options);
      if (fate === undefined) return;
      stopped ||= STOPPING.has(fate);
      onfate(next.value, fate);
      if (stopped || signal.aborted) return;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Undefined when it was aborted. */
async function fateOf(
  source: DisposalSource,
  photo: Trashed,
  options: DisposeOptions,
): Promise<Fate | undefined> {
  const { signal } = options;
  try {
    const { clock } = source;
    const before = clock.heard;
    const row = await source.readPhoto(photo.photoId, signal);
    // This very answer has told the time: a clock that was set since anything else did would not be noticed.
    const now = clock.heard > before ? clock.now() : undefined;
    const fate = verdictOn(row, photo, options, now);
    if (fate) return fate;
    signal.throwIfAborted();
    await source.deleteOriginal(photo.photoId, signal);
    return 'deleted';
  } catch (error) {
    const problem = toCloudError(error);
    if (problem instanceof CloudError) return problem.code;
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Undefined for what is to be deleted now. */
function verdictOn(
  row: PhotoRow | undefined,
  { photoId, trashedAt }: Trashed,
  { due, shown }: DisposeOptions,
  now: number | undefined,
): Fate | undefined {
  if (!row || isTombstone(row)) return 'deleted';
  if (row.trashedAt !== trashedAt || shown(photoId)?.trashedAt !== trashedAt) return 'kept';
  if (!due) return undefined;
  return now === undefined || now < (trashEndOf(row) ?? Infinity) ? 'early' : undefined;
}
