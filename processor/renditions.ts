// Makes a photo's renditions: decodes it once to the view's size, and draws view, thumb and ThumbHash from that.
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { toBase64 } from '../src/schema/ids.ts';
import type { Rendition } from '../src/schema/keys.ts';
import type { NoteCode } from '../src/schema/photo.ts';
import type { Drawable, Size } from './formats/format.ts';
import { inSrgb, opened, pixelsOf, type Pixels } from './pixels.ts';
import { decoded } from './renditions-decode.ts';
import { withProfile } from './webp.ts';

export interface Picture extends Size {
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
/** The hash has room for 7 waves across; more than a few pixels for each of them change nothing but the time it takes. */
const PLACEHOLDER_EDGE = 48;

/** Throws Unshowable for a picture that is damaged or too large. */
export async function draw(drawable: Drawable): Promise<Picture> {
  const { pixels, note, width, height } = await decoded(drawable, VIEW_EDGE);
  const [view, { thumb, placeholder }] = await Promise.all([viewOf(pixels), thumbOf(pixels)]);
  return { width, height, placeholder, note: drawable.note ?? note, renditions: { view, thumb } };
}

/** In the photo's own colors: to convert them costs more than anything else here, and browsers know how to. */
async function viewOf({ profile, ...pixels }: Pixels): Promise<Buffer> {
  const webp = await opened(pixels).webp({ quality: 80, effort: 2 }).toBuffer();
  return profile ? withProfile(webp, pixels, profile) : webp;
}

/** In sRGB: a profile would make up a good part of so small a file. */
async function thumbOf({ profile, ...pixels }: Pixels): Promise<{ thumb: Buffer; placeholder: string }> {
  const small = await pixelsOf(
    opened(pixels).resize({
      width: THUMB_WIDTH,
      height: THUMB_HEIGHT,
      fit: 'inside',
      withoutEnlargement: true,
    }),
    profile,
  ).then(inSrgb);
  const [thumb, placeholder] = await Promise.all([
    opened(small).webp({ quality: 75, effort: 4 }).toBuffer(),
    thumbHash(small),
  ]);
  return { thumb, placeholder };
}

async function thumbHash(small: Pixels): Promise<string> {
  const { data, info } = await opened(small)
    .resize({ width: PLACEHOLDER_EDGE, height: PLACEHOLDER_EDGE, fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return toBase64(rgbaToThumbHash(info.width, info.height, data));
}

// One photo at a time: what was decoded is never asked for again.
sharp.cache(false);
