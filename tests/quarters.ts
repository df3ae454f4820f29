// What a rendition of a test photo shows: the colors of its four quarters.
import sharp from 'sharp';
import { measure, type Measurement } from '../processor/measure.ts';
import { tiffHeader } from '../processor/formats/tiff-carrier.ts';
import { photo, photoIdOf, QUARTERS } from './fixtures.ts';
import { originalOf } from './memory-stores.ts';

export type Color = readonly number[];

export const { topLeft: R, topRight: G, bottomLeft: B, bottomRight: W } = QUARTERS;

/** What EXIF's orientations make of the quarters once they are shown upright. */
export const UPRIGHT: readonly (readonly [orientation: number, quarters: readonly Color[]])[] = [
  [1, [R, G, B, W]],
  [2, [G, R, W, B]],
  [3, [W, B, G, R]],
  [4, [B, W, R, G]],
  [5, [R, B, G, W]],
  [6, [B, R, W, G]],
  [7, [W, G, B, R]],
  [8, [G, W, R, B]],
];

/** The color in the middle of each quarter: top left, top right, bottom left, bottom right. As its numbers stand, or as they are seen: in sRGB. */
export async function quartersOf(picture: Buffer, { asSeen = false } = {}): Promise<Color[]> {
  const decoded = sharp(picture, { ignoreIcc: !asSeen });
  const { data, info } = await decoded.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const places = [1, 3].flatMap((y) => [1, 3].map((x) => [x, y] as const));
  return places.map(([x, y]) => {
    const at = (Math.floor((height * y) / 4) * width + Math.floor((width * x) / 4)) * channels;
    return Array.from(data.subarray(at, at + channels));
  });
}

/** Whether colors are the expected ones, but for what lossy encoders and the photo's noise do to them. */
export const near =
  (expected: readonly Color[], tolerance = 30) =>
  (found: readonly Color[]): boolean =>
    found.length === expected.length &&
    found.every((color, index) =>
      (expected[index] ?? []).every(
        (value, channel) => Math.abs(value - (color[channel] ?? 999)) <= tolerance,
      ),
    );

/** The same numbers under a profile, converted to sRGB by sharp. */
export async function inSrgb(colors: readonly Color[], profile: Buffer): Promise<Color[]> {
  const header = tiffHeader({ width: colors.length, height: 1, channels: 3, profile });
  const tiff = Buffer.concat([header, Buffer.from(colors.flat())]);
  const data = await sharp(tiff).toColourspace('srgb').raw().toBuffer();
  return colors.map((_, index) => Array.from(data.subarray(index * 3, index * 3 + 3)));
}

/** Display P3, as sharp brings it along. */
export async function displayP3(): Promise<Buffer> {
  const { icc } = await sharp(await photo({ format: 'png', profile: 'p3' })).metadata();
  if (!icc) throw new Error('the picture has no profile');
  return icc;
}

export async function measured(bytes: Buffer): Promise<Measurement> {
  return measure(photoIdOf(bytes), originalOf(bytes), {
    now: Date.parse('2026-01-02T00:00:00Z'),
    warn: () => {},
  });
}
