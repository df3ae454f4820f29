// Makes a photo's renditions: decodes it once to a carrier of the view's size, and draws view, thumb and ThumbHash from that.
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { toBase64 } from '../src/schema/ids.ts';
import type { Rendition } from '../src/schema/keys.ts';
import type { NoteCode } from '../src/schema/photo.ts';
import { damaged, tooLarge, tooSlow } from './failure.ts';
import type { Drawable } from './formats/format.ts';
import { isSrgbProfile } from './icc.ts';

export interface Picture {
  width: number;
  height: number;
  /** ThumbHash, base64. */
  placeholder: string;
  note?: NoteCode;
  renditions: Readonly<Record<Rendition, Buffer>>;
}

/** JPEG decoders halve and quarter for free: a 6000 pixel photo shrinks while it loads to 2000, but not to 2048. */
export const VIEW_EDGE = 2000;
const THUMB_WIDTH = 400;
/** Only what is more than four times as high as wide gets a narrower thumb. */
const THUMB_HEIGHT = 1600;
const PLACEHOLDER_EDGE = 100;
const MAX_PIXELS = 268_000_000;
/** Of the Lambda's 1769 MB, for pictures whose decoder wants them whole; Node, sharp and the file itself need the rest. */
const MAX_DECODER_BYTES = 1_300_000_000;
const DECODE_SECONDS = 60;

// Pictures come from anywhere: of libvips' many loaders only these formats' decoders may run at all.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff'].map((name) => `VipsForeignLoad${name}Buffer`),
});
// One photo at a time: what was decoded is never asked for again.
sharp.cache(false);

/** Size, orientation and color from the header; throws Unshowable when there is no picture to read. */
async function readHeader(bytes: Buffer): Promise<Metadata> {
  const header = await decode(sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata());
  const pixels = header.width * header.height;
  if (pixels > MAX_PIXELS || pixels * decoderBytesPerPixel(header) > MAX_DECODER_BYTES) {
    throw tooLarge(`it has ${Math.round(pixels / 1e6)} million pixels`);
  }
  return header;
}

/** What a decoder holds in memory for each pixel, as measured; most go line by line and hold next to nothing. */
function decoderBytesPerPixel({ format, depth, channels, isProgressive }: Metadata): number {
  const sample = depth === 'uchar' ? 1 : 2;
  if (format === 'heif') return sample === 1 ? 18 : 24;
  if (format === 'gif') return 5;
  if (format === 'jpeg') return isProgressive ? channels * 2 : 0;
  return isProgressive || format === 'webp' ? channels * sample : 0;
}

/** Throws Unshowable for a picture that is damaged or too large. */
export async function draw({ bytes, note }: Drawable): Promise<Picture> {
  const header = await readHeader(bytes);
  return { ...(await decode(drawn(bytes, header))), note };
}

async function drawn(bytes: Buffer, header: Metadata): Promise<Picture> {
  const carrier = await carry(bytes, header);
  const view = carrier.open({ ignoreIcc: true }).keepIccProfile().webp({ quality: 80, effort: 2 });
  const thumb = await carrier
    .open({})
    .resize({ width: THUMB_WIDTH, height: THUMB_HEIGHT, fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const small = (): Sharp => sharp(thumb.data, { raw: thumb.info });
  const [viewBytes, thumbBytes, placeholder] = await Promise.all([
    view.toBuffer(),
    small().webp({ quality: 75, effort: 4 }).toBuffer(),
    thumbHash(small()),
  ]);
  const { width, height } = header.autoOrient;
  return { width, height, placeholder, renditions: { view: viewBytes, thumb: thumbBytes } };
}

interface Carrier {
  open(options: Pick<SharpOptions, 'ignoreIcc'>): Sharp;
}

/**
 * The upright photo at the view's size. Converting between color profiles is the most costly step of all, so ordinary photos
 * pass through in their own: pixels untouched, the profile carried along (TIFF is the one cheap format that holds it).
 * CMYK, grey and 16-bit pictures have no profile that a WebP could bear and are converted to sRGB.
 */
async function carry(bytes: Buffer, header: Metadata): Promise<Carrier> {
  const ordinary = header.space === 'srgb' && header.depth === 'uchar';
  const sized = sharp(bytes, { ignoreIcc: ordinary, limitInputPixels: MAX_PIXELS, failOn: 'error' })
    .timeout({ seconds: DECODE_SECONDS })
    .autoOrient()
    .resize({ width: VIEW_EDGE, height: VIEW_EDGE, fit: 'inside', withoutEnlargement: true });
  if (ordinary && header.icc && !isSrgbProfile(header.icc)) {
    const tiff = await sized.keepIccProfile().tiff({ compression: 'none' }).toBuffer();
    return { open: (options) => sharp(tiff, options) };
  }
  const { data, info } = await sized.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { open: () => sharp(data, { raw: info }) };
}

async function thumbHash(thumb: Sharp): Promise<string> {
  const { data, info } = await thumb
    .resize({ width: PLACEHOLDER_EDGE, height: PLACEHOLDER_EDGE, fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return toBase64(rgbaToThumbHash(info.width, info.height, data));
}

/** Nothing but the picture goes into sharp, so whatever it objects to is the picture's fault. */
async function decode<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw /timeout/i.test(String(error)) ? tooSlow(error) : damaged(error);
  }
}
