// Originals as one zip, made while it is written: stored as they are, never more than a few of them in memory, however many there are.
import { makeZip } from 'client-zip';
import { problemCodeOf, type CloudErrorCode } from '../cloud/error.ts';
import type { PhotoId } from '../schema/ids.ts';
import { takenAtOf, type Photo } from '../schema/photo.ts';
import { words } from '../ui/words/download.ts';
import { bytesOf, type OriginalSource } from '../library/original-bytes.ts';
import { Names } from './zip-names.ts';

export interface Missing {
  name: string;
  why: CloudErrorCode;
  /** Its beginning is in the zip. */
  cut: boolean;
}

export interface ZipOptions {
  photoOf: (photoId: PhotoId) => Photo | undefined;
  source: OriginalSource;
  signal: AbortSignal;
  /** Bytes that have come; photos that are done, well or not. */
  onbytes: (bytes: number) => void;
  ondone: () => void;
  onmissing: (missing: Missing) => void;
}

/** Up to this size a photo is read whole before it begins in the zip: if it fails, nothing of it is in there. */
const WHOLE = 16 * 2 ** 20;
/** So many are asked for ahead, so that nobody waits for an answer between small ones. */
const AHEAD = 2;

type Opened = { photo: Photo; bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array> };

/** The zip. Fails only when `signal` says so: a photo that cannot be had is left out and told of. */
export const zipOf = (photoIds: Iterable<PhotoId>, options: ZipOptions): ReadableStream<Uint8Array> =>
  makeZip(entries(photoIds, options));

async function* entries(photoIds: Iterable<PhotoId>, options: ZipOptions) {
  const names = new Names();
  const missing: Missing[] = [];
  const miss = (one: Missing): void => {
    missing.push(one);
    options.onmissing(one);
  };
  const rest = photoIds[Symbol.iterator]();
  const queue: Promise<Opened | undefined>[] = [];
  const fill = (): void => {
    while (queue.length <= AHEAD) {
      const next = rest.next();
      if (next.done) return;
      queue.push(opened(next.value, options, miss));
    }
  };
  for (fill(); queue.length > 0; fill()) {
    const one = await queue.shift();
    options.signal.throwIfAborted();
    if (one) {
      const name = names.take(one.photo.name);
      yield { name, lastModified: dateOf(one.photo), input: uncut(one, name, options, miss) };
    }
    options.ondone();
  }
  if (missing.length > 0) yield { name: names.take(words.missingFile), input: words.missingText(missing) };
}

/** Undefined for a photo that cannot be had, which has been told then, and when all is given up. */
async function opened(
  photoId: PhotoId,
  { photoOf, source, signal, onbytes }: ZipOptions,
  miss: (one: Missing) => void,
): Promise<Opened | undefined> {
  const photo = photoOf(photoId);
  if (!photo) {
    miss({ name: photoId, why: 'missing', cut: false });
    return undefined;
  }
  const coming = counted(bytesOf(photo, source, signal), onbytes);
  try {
    const first = await coming.next();
    if (photo.bytes > WHOLE) return { photo, bytes: joined(first, coming) };
    const chunks: Uint8Array[] = [];
    for await (const chunk of joined(first, coming)) chunks.push(chunk);
    return { photo, bytes: chunks };
  } catch (error) {
    if (!signal.aborted) miss({ name: photo.name, why: problemCodeOf(error), cut: false });
    return undefined;
  }
}

/** A large photo that breaks off for good ends there, and the others follow. */
async function* uncut(
  { bytes }: Opened,
  name: string,
  { signal }: ZipOptions,
  miss: (one: Missing) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    signal.throwIfAborted();
    miss({ name, why: problemCodeOf(error), cut: true });
  }
}

async function* joined(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (!first.done) yield first.value;
  yield* rest;
}

async function* counted(
  chunks: AsyncGenerator<Uint8Array>,
  onbytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    onbytes(chunk.length);
    yield chunk;
  }
}

/** Zips know wall-clock times from 1980 on, and are written by this device's clock. */
function dateOf(photo: Photo): Date {
  const [year = 1980, month = 1, day = 1, hour = 0, minute = 0, second = 0] = takenAtOf(photo)
    .slice(0, 19)
    .split(/[-T:]/)
    .map(Number);
  if (year < 1980) return new Date(1980, 0, 1);
  return new Date(Math.min(year, 2107), month - 1, day, hour, minute, second);
}
