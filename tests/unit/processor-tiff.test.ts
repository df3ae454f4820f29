// The kinds of TIFF pictures: shown as they are, or said to be of a kind that is not shown; never in wrong colors, never called damaged.
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { profileOf } from '../../processor/formats/nclx.ts';
import { isSrgbProfile } from '../../processor/icc.ts';
import { le16, le32 } from '../bytes.ts';
import { withName } from '../icc-builders.ts';
import { B, displayP3, G, inSrgb, measured, near, quartersOf, R, W, type Color } from '../quarters.ts';
import { tiffFile, type Directory } from '../raw-builders.ts';

const EDGE = 32;
const QUARTERS: readonly Color[] = [R, G, B, W];

/** Four plain quarters, each pixel as its color is written. */
const strip = (written: (color: Color) => Buffer): Buffer => {
  const colors = QUARTERS.map(written);
  return Buffer.concat(
    Array.from({ length: EDGE * EDGE }, (_, at) => {
      const quarter = (at >= (EDGE * EDGE) / 2 ? 2 : 0) + (at % EDGE >= EDGE / 2 ? 1 : 0);
      return colors[quarter] ?? Buffer.alloc(0);
    }),
  );
};

interface Kind {
  bits?: readonly number[];
  photometric?: number;
  format?: number;
  compression?: number;
  more?: Directory;
}

function tiff(
  pixels: Buffer,
  { bits = [8, 8, 8], photometric = 2, format = 1, compression = 1, more }: Kind,
): Buffer {
  const short = (...values: number[]) => ({ short: values });
  const directory: Directory = {
    0x100: short(EDGE),
    0x101: short(EDGE),
    0x102: short(...bits),
    0x103: short(compression),
    0x106: short(photometric),
    0x111: { at: pixels },
    0x115: short(bits.length),
    0x116: short(EDGE),
    0x117: { long: [pixels.length] },
    0x153: short(...bits.map(() => format)),
    ...more,
  };
  return tiffFile({ directories: [directory] });
}

const bytes = (color: Color): Buffer => Buffer.from(color);
const light = (value: number): number => {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};
const floats = (values: Color): Buffer => {
  const written = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) written.writeFloatLE(value, index * 4);
  return written;
};
const doubles = (values: Color): Buffer => {
  const written = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) written.writeDoubleLE(value, index * 8);
  return written;
};
/** Brightness and color difference. (TIFF 6.0, 21) */
const ycc = ([red = 0, green = 0, blue = 0]: Color): number[] =>
  [
    0.299 * red + 0.587 * green + 0.114 * blue,
    128 - 0.168736 * red - 0.331264 * green + 0.5 * blue,
    128 + 0.5 * red - 0.418688 * green - 0.081312 * blue,
  ].map(Math.round);

/** Of colors halved both ways: brightness of four pixels, then the color of all of them. */
function halved(): Buffer {
  const blocks = Array.from({ length: (EDGE / 2) ** 2 }, (_, at) => {
    const quarter = (at >= EDGE ** 2 / 8 ? 2 : 0) + (at % (EDGE / 2) >= EDGE / 4 ? 1 : 0);
    const [brightness = 0, blue = 0, red = 0] = ycc(QUARTERS[quarter] ?? []);
    return Buffer.from([brightness, brightness, brightness, brightness, blue, red]);
  });
  return Buffer.concat(blocks);
}

const jpegInside = (chromaSubsampling: string): Promise<Buffer> =>
  sharp(strip(bytes), { raw: { width: EDGE, height: EDGE, channels: 3 } })
    .jpeg({ quality: 95, chromaSubsampling })
    .toBuffer();

const SHOWN: [string, () => Buffer | Promise<Buffer>][] = [
  ['with 8 bits', () => tiff(strip(bytes), {})],
  ['with 16 bits', () => tiff(strip((color) => le16(...color.map((value) => value * 257))), { bits: [16, 16, 16] })],
  ['in floating-point numbers', () => tiff(strip((color) => floats(color.map(light))), { bits: [32, 32, 32], format: 3 })],
  ['in brightness and halved color', () => tiff(halved(), { photometric: 6, more: { 0x212: { short: [2, 2] } } })],
  ['with a JPEG in it', async () => tiff(await jpegInside('4:4:4'), { photometric: 6, compression: 7, more: { 0x212: { short: [1, 1] } } })],
  ['with a JPEG of halved colors in it', async () => tiff(await jpegInside('4:2:0'), { photometric: 6, compression: 7, more: { 0x212: { short: [2, 2] } } })],
  ['compressed by Deflate', () => sharp(strip(bytes), { raw: { width: EDGE, height: EDGE, channels: 3 } }).tiff({ compression: 'deflate' }).toBuffer()],
  ['compressed by WebP', () => sharp(strip(bytes), { raw: { width: EDGE, height: EDGE, channels: 3 } }).tiff({ compression: 'webp', quality: 95 }).toBuffer()],
]; // prettier-ignore

test.each(SHOWN)('a TIFF picture %s is shown as it is', async (_name, build) => {
  const { measured: row, renditions } = await measured(await build());
  expect(row).toMatchObject({ status: 'ready', width: EDGE, height: EDGE });
  expect(row.note).toBeUndefined();
  for (const rendition of Object.values(renditions ?? {}))
    expect(await quartersOf(rendition)).toSatisfy(near(QUARTERS, 12));
});

const UNSUPPORTED: [string, string, () => Buffer][] = [
  ['whole numbers of 32 bits', '32 bits', () => tiff(strip((color) => le32(...color.map((value) => value * 0x101_0101))), { bits: [32, 32, 32] })],
  ['grays of 32 bits', '32 bits', () => tiff(strip(([red = 0]) => le32(red * 0x101_0101)), { bits: [32], photometric: 1 })],
  ['negative numbers', 'negative', () => tiff(strip(bytes), { format: 2 })],
  ['floating-point grays', 'floating-point', () => tiff(strip(([red = 0]) => floats([light(red)])), { bits: [32], photometric: 1, format: 3 })],
  ['floating-point numbers of 64 bits', '64 bits', () => tiff(strip((color) => doubles(color.map(light))), { bits: [64, 64, 64], format: 3 })],
  ['numbers of 12 bits', '12 bits', () => tiff(strip((color) => bytes([...color, 0, 0]).subarray(0, 5)), { bits: [12, 12, 12] })],
  ['colors of different depths', 'different depths', () => tiff(strip((color) => bytes(color.slice(0, 2))), { bits: [5, 6, 5] })],
  ['brightness and whole color', 'brightness', () => tiff(strip((color) => bytes(ycc(color))), { photometric: 6, more: { 0x212: { short: [1, 1] } } })],
  ['Lab colors of 8 bits', 'Lab colors', () => tiff(strip(bytes), { photometric: 8 })],
  ['Lab colors as profiles have them', 'rare kind', () => tiff(strip(bytes), { photometric: 9 })],
  ['colors that nobody knows', 'rare kind', () => tiff(strip(bytes), { photometric: 12_345 })],
  ['inks of a printer', 'inks', () => tiff(strip((color) => bytes([...color, 0])), { bits: [8, 8, 8, 8], photometric: 5, more: { 0x14c: { short: [2] } } })],
  ['a compression by Zstandard', 'Zstandard', () => tiff(strip(bytes), { compression: 50_000 })],
  ['a compression by LERC', 'LERC', () => tiff(strip(bytes), { compression: 34_887 })],
  ['a compression by LZMA', 'LZMA', () => tiff(strip(bytes), { compression: 34_925 })],
  ['a compression by JPEG 2000', 'JPEG 2000', () => tiff(strip(bytes), { compression: 33_005 })],
  ['a compression by JPEG XL', 'JPEG XL', () => tiff(strip(bytes), { compression: 50_002 })],
  ['a compression that nobody knows', 'method 12345', () => tiff(strip(bytes), { compression: 12_345 })],
]; // prettier-ignore

test.each(UNSUPPORTED)('a TIFF picture with %s is said to be just that', async (_name, words, build) => {
  const { measured: row, renditions } = await measured(build());
  expect(row).toMatchObject({ status: 'failed', type: 'image/tiff', failure: { code: 'unsupported' } });
  expect(row.failure?.sentence).toContain('This is a TIFF picture');
  expect(row.failure?.sentence).toContain(words);
  expect(renditions).toBeUndefined();
});

/** What is hidden where a selection of an editing program is 0 has to come out all the same. */
const SURPLUS: [string, Kind, (color: Color, other: number) => Buffer][] = [
  ['a selection', { bits: [8, 8, 8, 8], more: { 0x152: { short: [0] } } }, (color, other) => bytes([...color, other])],
  ['a selection, of 16 bits', { bits: [16, 16, 16, 16], more: { 0x152: { short: [0] } } }, (color, other) => le16(...color.map((value) => value * 257), other * 257)],
  ['two selections', { bits: [8, 8, 8, 8, 8], more: { 0x152: { short: [0, 0] } } }, (color, other) => bytes([...color, 255, other])],
]; // prettier-ignore

test.each(SURPLUS)('%s beside the colors of a TIFF picture is no opacity', async (_name, kind, written) => {
  const pixels = strip((color) => written(color, color === R ? 0 : 90));
  for (const rendition of Object.values((await measured(tiff(pixels, kind))).renditions ?? {})) {
    expect((await sharp(rendition).metadata()).hasAlpha).toBe(false);
    expect(await quartersOf(rendition)).toSatisfy(near(QUARTERS, 12));
  }
  expect((await measured(tiff(pixels, kind))).measured.status).toBe('ready');
});

test.each([
  ['multiplied with the colors', 1, 0.5],
  ['beside the colors', 2, 1],
])('the opacity of a TIFF picture, %s, stays', async (_name, sample, factor) => {
  const pixels = strip((color) => bytes([...color.map((value) => value * factor), 128]));
  const { renditions } = await measured(tiff(pixels, { bits: [8, 8, 8, 8], more: { 0x152: { short: [sample] } } }));
  const seen = QUARTERS.map((color) => [...color, 128]);
  for (const rendition of Object.values(renditions ?? {}))
    expect(await quartersOf(rendition)).toSatisfy(near(seen, 12));
  expect(renditions).toBeDefined();
}); // prettier-ignore

test.each<[string, () => Promise<Buffer>, (value: number) => number]>([
  ['light in the colors of Display P3', async () => profileOf({ primaries: 12, transfer: 8 }) ?? Buffer.alloc(0), light],
  ['numbers of Display P3', displayP3, (value) => value / 255],
])('floating-point %s are seen so', async (_name, profileOfNumbers, number) => {
  const profile = withName(await profileOfNumbers(), 'Somebody Secret');
  const picture = tiff(strip((color) => floats(color.map(number))), { bits: [32, 32, 32], format: 3, more: { 0x8773: { bytes: profile } } });
  const seen = await inSrgb(QUARTERS, await displayP3());
  const { renditions } = await measured(picture);
  const { view = Buffer.alloc(0), thumb } = renditions ?? {};
  expect(QUARTERS).not.toSatisfy(near(seen, 16));
  expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(seen, 12));
  expect(await quartersOf(thumb ?? Buffer.alloc(0))).toSatisfy(near(seen, 12));
  expect(view.includes('Some')).toBe(false);
}); // prettier-ignore

test('floating-point numbers of sRGB itself are no light', async () => {
  const { icc = Buffer.alloc(0) } = await sharp(await sharp(strip(bytes), { raw: { width: EDGE, height: EDGE, channels: 3 } }).withIccProfile('srgb').png().toBuffer()).metadata();
  expect(isSrgbProfile(icc)).toBe(true);
  const picture = tiff(strip((color) => floats(color.map((value) => value / 255))), { bits: [32, 32, 32], format: 3, more: { 0x8773: { bytes: icc } } });
  const { renditions } = await measured(picture);
  expect(await quartersOf(renditions?.view ?? Buffer.alloc(0), { asSeen: true })).toSatisfy(near(QUARTERS, 12));
}); // prettier-ignore
