// Some TIFF pictures begin with a thumbnail of themselves: decoders, which take the first page, are led to the picture itself.
import { heldSource } from '../source.ts';
import {
  IMAGE_LENGTH,
  IMAGE_WIDTH,
  NEW_SUBFILE_TYPE,
  numberOf,
  openTiff,
  placedDirectories,
  type Placed,
  type Tiff,
} from './tiff.ts';

/** Bits of the type: a smaller copy, a mask of what is transparent. The one between them is a page of several. */
const REDUCED = 1;
const MASK = 4;

/** The same bytes, or a copy whose header leads to the first picture that is no thumbnail. */
export async function withoutThumbnail(held: Buffer): Promise<Buffer> {
  const opened = await openTiff(heldSource(held));
  if (!opened) return held;
  const { tiff, first } = opened;
  const directories = await placedDirectories(tiff, first);
  const type = directories[0] && (await numberOf(tiff, directories[0].tags, NEW_SUBFILE_TYPE));
  if (type === undefined || (type & REDUCED) === 0) return held;
  for (const placed of directories) {
    if (!(await isWhole(tiff, placed))) continue;
    const copy = Buffer.from(held);
    if (tiff.little) copy.writeUInt32LE(placed.at, 4);
    else copy.writeUInt32BE(placed.at, 4);
    return copy;
  }
  return held;
}

async function isWhole(tiff: Tiff, { tags }: Placed): Promise<boolean> {
  const type = (await numberOf(tiff, tags, NEW_SUBFILE_TYPE)) ?? 0;
  const [width, height] = [await numberOf(tiff, tags, IMAGE_WIDTH), await numberOf(tiff, tags, IMAGE_LENGTH)];
  return (type & (REDUCED | MASK)) === 0 && Boolean(width && height);
}
