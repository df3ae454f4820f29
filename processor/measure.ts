// Everything that can be found out about an original: what it is, whether it is whole, what it says about itself, how it looks.
import { createHash } from 'node:crypto';
import { photoIdOfDigest, type PhotoId } from '../src/schema/ids.ts';
import type { Rendition } from '../src/schema/keys.ts';
import { parseOriginalMetadata } from '../src/schema/original.ts';
import { empty, hashMismatch, tooLarge, Unshowable, unsupported } from './failure.ts';
import { describe, readTags } from './metadata.ts';
import { draw, readHeader } from './renditions.ts';
import type { Measured } from './row.ts';
import { sniff, SNIFF_BYTES } from './sniff.ts';
import type { Original } from './stores.ts';
import { takenAtOf, type Tags } from './taken-at.ts';

/** What is held in memory to be decoded; a larger file is only hashed. */
export const MAX_BYTES = 200_000_000;

export interface Measurement {
  measured: Measured;
  /** Absent where the photo cannot be shown. */
  renditions?: Readonly<Record<Rendition, Buffer>>;
}

/** Measures an original. A photo that cannot be shown is a result like any other; only a failing store throws. */
export async function measure(
  photoId: PhotoId,
  original: Original,
  { now, unreadableExif }: { now: number; unreadableExif: (error: unknown) => void },
): Promise<Measurement> {
  const { name, lastModified } = parseOriginalMetadata(original.metadata);
  const { uploadedAt } = original;
  const { head, bytes, digest } = await download(original);
  const kind = sniff(head);
  const known = { name, type: kind.type, bytes: original.bytes, uploadedAt };
  const taken = (tags: Tags) => takenAtOf({ tags, name, lastModified, uploadedAt, now });
  let tags: Tags = {};
  try {
    if (photoIdOfDigest(digest) !== photoId) throw hashMismatch();
    if (original.bytes === 0) throw empty();
    if (!kind.shown) throw unsupported(kind.words);
    if (!bytes) throw tooLarge(`the file has ${Math.round(original.bytes / 1e6)} MB`);
    const header = await readHeader(bytes);
    // TIFF is its own EXIF block; all other formats carry one.
    const exif = kind.type === 'image/tiff' ? bytes : header.exif;
    if (exif) tags = await readTags(exif, unreadableExif);
    const { renditions, ...picture } = await draw(bytes, header);
    return {
      measured: { ...known, ...picture, ...describe(tags), ...taken(tags), status: 'ready' },
      renditions,
    };
  } catch (error) {
    if (!(error instanceof Unshowable)) throw error;
    return {
      measured: {
        ...known,
        ...describe(tags),
        ...taken(tags),
        status: 'failed',
        failure: error.failure,
        width: 0,
        height: 0,
      },
    };
  }
}

/** The whole original, or, when it is too large to hold, only its hash and its first bytes. */
async function download(original: Original): Promise<{ head: Buffer; bytes?: Buffer; digest: Buffer }> {
  const hold = original.bytes <= MAX_BYTES;
  const held = Buffer.alloc(hold ? original.bytes : SNIFF_BYTES);
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of original.body) {
    hash.update(chunk);
    if (length < held.length) held.set(chunk.subarray(0, held.length - length), length);
    length += chunk.length;
  }
  if (length !== original.bytes) throw new Error(`S3 sent ${length} bytes of ${original.bytes}`);
  return { head: held, bytes: hold ? held : undefined, digest: hash.digest() };
}
