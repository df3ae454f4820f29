// How long a movie in fragments is: its own header does not say, as it was written before the first of them.
// (ISO/IEC 14496-12, 8.8 and 8.16)
import type { Source } from '../source.ts';
import { contentOf, findBox, type Box } from './isobmff.ts';

interface Movie {
  /** Boxes of the file, before its fragments. */
  top: readonly Box[];
  /** Boxes of the movie. */
  boxes: readonly Box[];
  /** Units of time in a second. */
  scale: number;
}

/** 0 where nothing says it, as while it is still recorded. */
export const fragmentedSeconds = async (source: Source, { top, boxes, scale }: Movie): Promise<number> =>
  (await headedSeconds(source, boxes, scale)) || (await indexedSeconds(source, top));

async function headedSeconds(source: Source, boxes: readonly Box[], scale: number): Promise<number> {
  const box = await findBox(source, boxes, 'mvex mehd');
  if (!box) return 0;
  const content = await contentOf(source, box);
  const isLong = content[0] === 1;
  if (scale === 0 || content.length < (isLong ? 12 : 8)) return 0;
  const duration = isLong ? content.readBigUInt64BE(4) : content.readUInt32BE(4);
  return duration === 0xffff_ffff || duration === 0xffff_ffff_ffff_ffffn ? 0 : Number(duration) / scale;
}

/** An index before the fragments has the duration of each; 0 where it speaks for some only. (ISO/IEC 14496-12, 8.16.3) */
async function indexedSeconds(source: Source, top: readonly Box[]): Promise<number> {
  const box = await findBox(source, top, 'sidx');
  const content = box ? await contentOf(source, box) : Buffer.alloc(0);
  const isLong = content[0] === 1;
  const countAt = isLong ? 30 : 22;
  if (!box || content.length < countAt + 2) return 0;
  const scale = content.readUInt32BE(8);
  const first = countAt + 2;
  const last = first + content.readUInt16BE(countAt) * 12;
  if (scale === 0 || last > content.length) return 0;
  let end = box.end + (isLong ? Number(content.readBigUInt64BE(20)) : content.readUInt32BE(16));
  let duration = 0;
  for (let at = first; at < last; at += 12) {
    end += content.readUInt32BE(at) & 0x7fff_ffff;
    duration += content.readUInt32BE(at + 4);
  }
  if (!Number.isSafeInteger(end)) return 0;
  const next = (await source.read(end + 4, 4)).toString('latin1');
  return ['sidx', 'styp', 'moof'].includes(next) ? 0 : duration / scale;
}
