// JPEG XL: decoded in stripes, which are put together here. (ISO/IEC 18181)
import sharp from 'sharp';
import type { Flag } from '../../src/schema/photo.ts';
import { Decoder } from '../decoder.ts';
import type { JxlPicture } from '../decoder-jxl.ts';
import { damaged, tooManyBytes } from '../failure.ts';
import { headOf, type Source } from '../source.ts';
import type { Drawable, Opened } from './format.ts';
import { nclxOfPng } from './named-colors.ts';
import { isHdr, profileOf, type Nclx } from './nclx.ts';
import { tiffHeader } from './tiff-carrier.ts';

/** As H.273 numbers them. */
const CINEMA_P3 = 11;
const DISPLAY_P3 = 12;

const shared = new Decoder();

export async function openJxl(source: Source, decoder = shared): Promise<Opened> {
  const flags: Flag[] = [];
  const { held } = source;
  return {
    documents: [await headOf(source)],
    flags,
    picture: async (): Promise<Drawable> => {
      if (!held) throw tooManyBytes(source.bytes);
      const picture = await decoder.decode('jxl', held);
      const { bytes, hdr } = await joined(picture);
      // Only the decoder knows: both stand in the compressed part of the file.
      if (picture.animated) flags.push('animated');
      if (hdr) flags.push('hdr');
      return { bytes, orientation: 1, note: picture.cutShort ? 'cut-short' : undefined };
    },
  };
}

/** One picture of 8 bits out of its stripes, in the colors that the first of them names. */
async function joined({ width, height, strips }: JxlPicture): Promise<{ bytes: Buffer; hdr: boolean }> {
  const [first] = strips;
  if (!first) throw damaged(new TypeError('the picture has no lines'));
  const { hasAlpha, icc } = await sharp(first).metadata();
  const nclx = nclxOf(first);
  const channels = hasAlpha ? 4 : 3;
  const header = tiffHeader({ width, height, channels, profile: icc ?? (nclx && profileOf(nclx)) });
  const bytes = Buffer.alloc(header.length + width * height * channels);
  bytes.set(header);
  let at = header.length;
  for (const strip of strips) {
    const lines = await sharp(strip, { ignoreIcc: true, failOn: 'error' })
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    bytes.set(lines, at);
    at += lines.length;
  }
  if (at !== bytes.length) throw damaged(new RangeError('the stripes do not make up the picture'));
  return { bytes, hdr: nclx !== undefined && isHdr(nclx) };
}

/** jxl-oxide has one number for the colors of P3, whatever their white; in photos it is that of displays. */
function nclxOf(strip: Uint8Array): Nclx | undefined {
  const { buffer, byteOffset, length } = strip;
  const nclx = nclxOfPng(Buffer.from(buffer, byteOffset, length));
  return nclx?.primaries === CINEMA_P3 ? { ...nclx, primaries: DISPLAY_P3 } : nclx;
}
