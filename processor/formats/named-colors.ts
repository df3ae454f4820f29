// Where AVIF and PNG files name their colors by numbers.
import type { Source } from '../source.ts';
import { childrenOf, contentOf, findBox, topBoxes } from './isobmff.ts';
import type { Nclx } from './nclx.ts';

/** The colors of an AVIF by their numbers. (ISO/IEC 14496-12, 12.1.5) */
export async function nclxOfAvif(source: Source): Promise<Nclx | undefined> {
  const meta = await findBox(source, await topBoxes(source), 'meta');
  const properties = meta && (await findBox(source, await childrenOf(source, meta, 4), 'iprp ipco'));
  const colors = properties ? await childrenOf(source, properties) : [];
  for (const box of colors.filter(({ type }) => type === 'colr')) {
    const content = await contentOf(source, box);
    if (content.length < 8 || content.toString('latin1', 0, 4) !== 'nclx') continue;
    return { primaries: content.readUInt16BE(4), transfer: content.readUInt16BE(6) };
  }
  return undefined;
}

const SIGNATURE = '\x89PNG';
const SIGNATURE_BYTES = 8;
const CICP_BYTES = 4;
/** Those before the pixels are few. */
const MAX_CHUNKS = 1000;

/** The colors of a PNG by their numbers, which count more than any profile in it. (https://www.w3.org/TR/png-3/#cICP-chunk) */
export function nclxOfPng(png: Buffer): Nclx | undefined {
  if (png.toString('latin1', 0, SIGNATURE.length) !== SIGNATURE) return undefined;
  let at = SIGNATURE_BYTES;
  for (let chunk = 0; chunk < MAX_CHUNKS && at + 8 + CICP_BYTES <= png.length; chunk++) {
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') break;
    // The numbers of a PNG are those of red, green and blue: the third of the chunk is 0.
    if (type === 'cICP' && png.readUInt32BE(at) === CICP_BYTES && png[at + 10] === 0)
      return { primaries: png.readUInt8(at + 8), transfer: png.readUInt8(at + 9) };
    at += 12 + png.readUInt32BE(at);
  }
  return undefined;
}
