// The boxes of the ISO base media format: MP4, QuickTime, HEIF, AVIF and Canon's CR3 are made of them. (ISO/IEC 14496-12, 4.2)
import { within, type Source } from '../source.ts';

export interface Box {
  /** Four characters, Latin-1. */
  type: string;
  /** Where its header begins. */
  at: number;
  /** Its contents: from `start` up to `end`, without the header; cut where the file or the box around it ends. */
  start: number;
  end: number;
}

/** No honest box has more boxes in it. */
const MAX_BOXES = 1000;
/** Of a box that is read whole. */
const MAX_CONTENT_BYTES = 1_000_000;

/** The boxes between `start` and `end`, in their order, as far as they can be followed; none from one of the type `before` on. */
export async function boxesOf(source: Source, start: number, end: number, before?: string): Promise<Box[]> {
  const boxes: Box[] = [];
  const stop = Math.min(end, source.bytes);
  for (let at = start; at + 8 <= stop && boxes.length < MAX_BOXES;) {
    const header = await source.read(at, 16);
    const short = header.readUInt32BE(0);
    // 1: the size follows in 64 bits; 0: up to the end.
    const isLong = short === 1 && header.length === 16;
    const size = isLong ? Number(header.readBigUInt64BE(8)) : short === 0 ? stop - at : short;
    const headerSize = isLong ? 16 : 8;
    if (size < headerSize) break;
    const type = header.toString('latin1', 4, 8);
    if (type === before) break;
    boxes.push({ type, at, start: at + headerSize, end: Math.min(at + size, stop) });
    at += size;
  }
  return boxes;
}

export const topBoxes = (source: Source, before?: string): Promise<Box[]> =>
  boxesOf(source, 0, source.bytes, before);

/** The children of a box; `skip` is what stands before them: 4 in a full box (version and flags). */
export const childrenOf = (source: Source, box: Box, skip = 0): Promise<Box[]> =>
  boxesOf(source, box.start + skip, box.end);

/** The first box at the end of a path of types, such as `moov mvhd`, among `boxes`. */
export async function findBox(source: Source, boxes: readonly Box[], path: string): Promise<Box | undefined> {
  const [type, ...rest] = path.split(' ');
  const box = boxes.find((candidate) => candidate.type === type);
  if (!box || rest.length === 0) return box;
  return findBox(source, await childrenOf(source, box), rest.join(' '));
}

/** What is in a box; of a huge one only the beginning. */
export const contentOf = (source: Source, { start, end }: Box): Promise<Buffer> =>
  source.read(start, Math.min(end - start, MAX_CONTENT_BYTES));

export const sourceOf = (source: Source, { start, end }: Box): Source => within(source, start, end - start);
