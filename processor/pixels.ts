// Decoded pixels on their way from one step to the next: uncompressed, and with their color profile where it is not plain sRGB.
import sharp, { type Sharp } from 'sharp';
import type { Size } from './formats/format.ts';
import { tiffHeader } from './formats/tiff-carrier.ts';

export interface Pixels extends Size {
  /** 8 bits each. */
  data: Buffer;
  /** Red, green, blue; and opacity, which the colors are not multiplied with. */
  channels: 3 | 4;
  /** ICC profile of the colors; none for sRGB. */
  profile?: Buffer;
}

/** Runs the pipeline; its colors become numbers of 8 bits just as they are, whatever profile they have. */
export async function pixelsOf(pipeline: Sharp, profile?: Buffer): Promise<Pixels> {
  const { data, info } = await pipeline
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels < 3) throw new Error(`${channels} channels`);
  if (channels === 3 || channels === 4) return { data, width, height, channels, profile };
  return { data: colorsOnly(data, channels), width, height, channels: 3, profile };
}

/** Without what programs for editing store beside the colors: selections, spot colors. */
function colorsOnly(data: Buffer, channels: number): Buffer {
  const colors = Buffer.alloc((data.length / channels) * 3);
  for (let from = 0, to = 0; to < colors.length; from += channels, to += 3)
    data.copy(colors, to, from, from + 3);
  return colors;
}

/** A new pipeline that begins with the pixels. A TIFF is the one cheap way to have sharp see a profile. */
export function opened({ data, profile, ...layout }: Pixels): Sharp {
  if (!profile) return sharp(data, { raw: layout });
  return sharp(Buffer.concat([tiffHeader({ ...layout, profile }), data]));
}

/** The same in sRGB. A profile that makes no sense is left out of account. */
export const inSrgb = (pixels: Pixels): Promise<Pixels> | Pixels =>
  pixels.profile ? pixelsOf(opened(pixels)) : pixels;
