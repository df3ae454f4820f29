// HEIC and its kin: pictures by HEVC, which sharp cannot decode, in the boxes of HEIF. (ISO/IEC 23008-12)
// What libheif does not know but sharp does - pictures by AV1 that do not call themselves AVIF - is handed to sharp as it is.
import type { Flag } from '../../src/schema/photo.ts';
import { Decoder } from '../decoder.ts';
import { tooManyBytes, unsupported } from '../failure.ts';
import { headOf, type Source } from '../source.ts';
import type { Drawable, Opened } from './format.ts';
import { isPremultiplied, itemsOf, type Items } from './heif-items.ts';
import { hasFrames } from './sequence.ts';

/** What is brighter than the photo shows: Apple's gain map, and the one of ISO 21496-1. */
const GAIN_MAP = /:aux:hdrgainmap$/i;
const TONE_MAPPED = 'tmap';
const shared = new Decoder();

export async function openHeif(source: Source, decoder = shared): Promise<Opened> {
  const items = await itemsOf(source);
  const flags: Flag[] = [];
  if (items && hasGainMap(items)) flags.push('hdr');
  if (await hasFrames(source)) flags.push('animated');
  const { held } = source;
  return {
    documents: [await headOf(source)],
    flags,
    picture: async (): Promise<Drawable> => {
      if (!held) throw tooManyBytes(source.bytes);
      if (items?.primary === undefined && flags.includes('animated')) {
        throw unsupported('a sequence of pictures without a photo');
      }
      if (items && codecOf(items) === 'av01') return { bytes: held, isPremultiplied: isPremultiplied(items) };
      const { tiff, hdr, cutShort } = await decoder.decode('heif', held);
      // Only the decoder knows what the numbers of its colors stand for.
      if (hdr) flags.push('hdr');
      return { bytes: Buffer.from(tiff.buffer), orientation: 1, note: cutShort ? 'cut-short' : undefined };
    },
  };
}

const hasGainMap = ({ types, auxiliary }: Items): boolean =>
  [...auxiliary.values()].some((urn) => GAIN_MAP.test(urn)) || [...types.values()].includes(TONE_MAPPED);

/** How the photo itself is encoded, or the first of the tiles it is made of. */
function codecOf({ primary, types, references }: Items): string | undefined {
  const type = primary === undefined ? undefined : types.get(primary);
  const made = references.find((reference) => reference.type === 'dimg' && reference.from === primary);
  return type === 'av01' || !made ? type : types.get(made.to[0] ?? 0);
}
