// Formats that sharp decodes by itself: JPEG, PNG, WebP, AVIF, GIF and TIFF.
import type { Flag } from '../../src/schema/photo.ts';
import { tooLarge } from '../failure.ts';
import type { Source } from '../source.ts';
import { isAnimated } from './animated.ts';
import type { Opened } from './format.ts';
import { jpegFlags } from './jpeg-flags.ts';
import { hasFrames, isHdrAvif } from './sequence.ts';
import { withoutThumbnail } from './tiff-page.ts';

/** Metadata is at the beginning of a file, in all that cameras write. */
const HEAD_BYTES = 1_000_000;

export async function openPicture(source: Source): Promise<Opened> {
  const held = source.held && asStill(source.held);
  return {
    documents: [held ?? (await source.read(0, HEAD_BYTES))],
    flags: held ? await flagsOf(source, held) : [],
    picture: async () => {
      if (!held) throw tooLarge(`the file has ${Math.round(source.bytes / 1e6)} MB`);
      return { bytes: isTiff(held) ? await withoutThumbnail(held) : held };
    },
  };
}

const AVIF_BRAND = /^....ftypavis.{0,200}?(?:avif|mif1)/s;

/** An AVIF that calls itself a sequence first of all, and a picture besides: sharp looks at the first name only. */
function asStill(held: Buffer): Buffer {
  const brands = Math.min(held.length < 8 ? 0 : held.readUInt32BE(0), 200);
  if (!AVIF_BRAND.test(held.toString('latin1', 0, brands))) return held;
  const still = Buffer.from(held);
  still.write('avif', 8, 'latin1');
  return still;
}

const isTiff = (held: Buffer): boolean => /^(?:II\*\0|MM\0\*)/.test(held.toString('latin1', 0, 4));

async function flagsOf(source: Source, held: Buffer): Promise<Flag[]> {
  if (held[0] === 0xff) return jpegFlags(source, held);
  if (held.toString('latin1', 4, 8) !== 'ftyp') return isAnimated(held) ? ['animated'] : [];
  const flags: Flag[] = [];
  if (await hasFrames(source)) flags.push('animated');
  if (await isHdrAvif(source)) flags.push('hdr');
  return flags;
}
