// Formats that sharp decodes by itself: JPEG, PNG, WebP, AVIF, GIF and TIFF.
import type { Flag } from '../../src/schema/photo.ts';
import { tooManyBytes } from '../failure.ts';
import { headOf, type Source } from '../source.ts';
import { isAnimated } from './animated.ts';
import type { Opened } from './format.ts';
import { isPremultiplied, itemsOf } from './heif-items.ts';
import { jpegFlags } from './jpeg-flags.ts';
import { isHdr } from './nclx.ts';
import { nclxOfPng } from './named-colors.ts';
import { hasFrames, isHdrAvif } from './sequence.ts';
import { openTiffPicture } from './tiff-picture.ts';

export async function openPicture(source: Source): Promise<Opened> {
  const held = source.held && asStill(source.held);
  return {
    documents: [held ?? (await headOf(source))],
    flags: held ? await flagsOf(source, held) : [],
    picture: async () => {
      if (!held) throw tooManyBytes(source.bytes);
      if (isTiff(held)) return openTiffPicture(held);
      const items = isAvif(held) ? await itemsOf(source) : undefined;
      return { bytes: held, isPremultiplied: items && isPremultiplied(items) };
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

const isAvif = (held: Buffer): boolean => held.toString('latin1', 4, 8) === 'ftyp';

async function flagsOf(source: Source, held: Buffer): Promise<Flag[]> {
  if (held[0] === 0xff) return jpegFlags(source, held);
  const flags: Flag[] = [];
  if (!isAvif(held)) {
    const nclx = nclxOfPng(held);
    if (isAnimated(held)) flags.push('animated');
    if (nclx && isHdr(nclx)) flags.push('hdr');
    return flags;
  }
  if (await hasFrames(source)) flags.push('animated');
  if (await isHdrAvif(source)) flags.push('hdr');
  return flags;
}
