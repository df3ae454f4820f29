// Whether a HEIF or AVIF file moves, and whether it is brighter than a page can show. (ISO/IEC 14496-12, 23008-12 and 21496-1)
import type { Source } from '../source.ts';
import { childrenOf, contentOf, findBox, topBoxes } from './isobmff.ts';
import { nclxOfAvif } from './named-colors.ts';
import { isHdr } from './nclx.ts';

/** Whether a track holds more than one picture. (ISO/IEC 14496-12, 8.7.3) */
export async function hasFrames(source: Source): Promise<boolean> {
  const movie = await findBox(source, await topBoxes(source), 'moov');
  const tracks = movie ? await childrenOf(source, movie) : [];
  for (const track of tracks.filter(({ type }) => type === 'trak')) {
    const boxes = await childrenOf(source, track);
    const handler = await findBox(source, boxes, 'mdia hdlr');
    const sizes = await findBox(source, boxes, 'mdia minf stbl stsz');
    if (!handler || !sizes) continue;
    const isPictures = (await contentOf(source, handler)).toString('latin1', 8, 12) === 'pict';
    const counted = await source.read(sizes.start + 8, 4);
    if (isPictures && counted.length === 4 && counted.readUInt32BE(0) > 1) return true;
  }
  return false;
}

/** Whether an AVIF says that its colors are of high dynamic range, or that it carries a map to make them so. */
export async function isHdrAvif(source: Source): Promise<boolean> {
  const top = await topBoxes(source);
  const head = await findBox(source, top, 'ftyp');
  const brands = head ? (await contentOf(source, head)).toString('latin1') : '';
  for (let at = 0; at < brands.length; at += 4) if (brands.startsWith('tmap', at)) return true;
  const nclx = await nclxOfAvif(source);
  return nclx !== undefined && isHdr(nclx);
}
