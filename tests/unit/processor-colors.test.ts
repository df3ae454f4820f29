// Colors come through unharmed: what a rendition shows is what the original shows, by a conversion that the processor has no part in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { adobeRgb, profileOf } from '../../processor/formats/nclx.ts';
import { tiffHeader } from '../../processor/formats/tiff-carrier.ts';
import { sampledCurve } from '../../processor/formats/matrix-profile.ts';
import { isSrgbProfile, spaceOf } from '../../processor/icc.ts';
import { neutralProfile } from '../../processor/neutral-profile.ts';
import type { Rendition } from '../../src/schema/keys.ts';
import { le16 } from '../bytes.ts';
import { photo, pixels, type Format, type PhotoOptions } from '../fixtures.ts';
import { auxC, heif, ispe } from '../heif-builders.ts';
import { iccFile, tableProfile, tagsIn, withName } from '../icc-builders.ts';
import { exifSegment, iptcRecords, iptcSegment, pngChunk, pngText, xmpPacket } from '../metadata-builders.ts';
import { B, displayP3, G, inSrgb, measured, near, quartersOf, R, W, type Color } from '../quarters.ts';
import { tiffFile, type Directory } from '../raw-builders.ts';

const NUMBERS: readonly Color[] = [R, G, B, W];
/** What is left of a color that no display has depends on the way there: from 16 bits by way of Display P3. */
const TOLERANCE = 16;
const SIZE = { width: 160, height: 120 };

/** Four plain quarters: noise in one number would be a lot of noise in another space. */
const QUARTERS = Buffer.concat(
  Array.from({ length: SIZE.width * SIZE.height }, (_, at) => {
    const isRight = at % SIZE.width >= SIZE.width / 2;
    const isLower = at >= (SIZE.width * SIZE.height) / 2;
    return Buffer.from(NUMBERS[(isLower ? 2 : 0) + (isRight ? 1 : 0)] ?? []);
  }),
);
const plain = (): Sharp => sharp(QUARTERS, { raw: { ...SIZE, channels: 3 } });

async function renditionsOf(bytes: Buffer): Promise<Readonly<Record<Rendition, Buffer>>> {
  const { measured: row, renditions } = await measured(bytes);
  if (!renditions) throw new Error(`failed: ${row.failure?.sentence}`);
  return renditions;
}

/** A photo whose numbers stand for colors of that profile. */
function tagged(
  profile: Buffer,
  { format = 'jpeg', deep = false }: { format?: Format; deep?: boolean } = {},
) {
  const file = Buffer.concat([tiffHeader({ ...SIZE, channels: 3, profile }), QUARTERS]);
  const picture = sharp(file).keepIccProfile();
  if (deep) picture.toColourspace('rgb16');
  return picture
    .toFormat(format, { quality: 95, ...(format === 'tiff' && { compression: 'lzw' }) })
    .toBuffer();
}

/** ProPhoto, the widest in use: its green and blue are no colors of this world. */
const proPhoto = async (): Promise<Buffer> => {
  const profile = Buffer.from(profileOf({ primaries: 9, transfer: 4 }) ?? []);
  const colorants = { rXYZ: [0.7977, 0.288, 0], gXYZ: [0.1352, 0.7119, 0], bXYZ: [0.0313, 0.0001, 0.8249] };
  for (const [name, color] of Object.entries(colorants)) {
    const at = profile.readUInt32BE(profile.indexOf(name) + 4);
    for (const [index, part] of color.entries())
      profile.writeInt32BE(Math.round(part * 65_536), at + 8 + index * 4);
  }
  return profile;
};

const PROFILES: Readonly<Record<string, () => Promise<Buffer>>> = {
  'Display P3': displayP3,
  'Adobe RGB': async () => adobeRgb(),
  ProPhoto: proPhoto,
};

/** How far apart two pictures are, as they are seen: the mean over all numbers of all pixels. */
async function distance(a: Buffer, b: Buffer): Promise<number> {
  const [seenA, seenB] = await Promise.all(
    [a, b].map((picture) =>
      sharp(picture).withIccProfile('srgb').flatten().raw({ depth: 'uchar' }).toBuffer(),
    ),
  );
  if (!seenA || seenA.length !== seenB?.length) throw new Error('pictures of two sizes');
  return seenA.reduce((sum, value, at) => sum + Math.abs(value - (seenB[at] ?? 0)), 0) / seenA.length;
}

const KINDS: [string, { format: Format; deep?: boolean }][] = [
  ['JPEG', { format: 'jpeg' }],
  ['PNG', { format: 'png' }],
  ['WebP', { format: 'webp' }],
  ['TIFF', { format: 'tiff' }],
  ['AVIF', { format: 'avif' }],
  ['PNG of 16 bits', { format: 'png', deep: true }],
  ['TIFF of 16 bits', { format: 'tiff', deep: true }],
];

for (const [space, profileOfSpace] of Object.entries(PROFILES)) {
  test.each(KINDS)(
    `${space} in a %s is seen as it is in the original, in view and thumb`,
    async (_name, kind) => {
      const profile = await profileOfSpace();
      const bytes = await tagged(profile, kind);
      const seen = await inSrgb(NUMBERS, profile);
      // Otherwise this would show nothing.
      expect(NUMBERS).not.toSatisfy(near(seen, TOLERANCE));
      const { view, thumb } = await renditionsOf(bytes);
      expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(seen, TOLERANCE));
      expect(await quartersOf(thumb)).toSatisfy(near(seen, TOLERANCE));
      expect((await sharp(thumb).metadata()).icc).toBeUndefined();
      for (const rendition of [view, thumb]) expect(await distance(rendition, bytes)).toBeLessThan(5);
      expect(await distance(await plain().png().toBuffer(), bytes)).toBeGreaterThan(8);
    },
  );
}

const SECRET = 'Somebody Secret';

test('a view keeps its numbers, with a profile of the same colors; opacity stays beside it', async () => {
  const profile = await displayP3();
  const data = pixels(SIZE.width, SIZE.height, 1, 4);
  const file = Buffer.concat([tiffHeader({ ...SIZE, channels: 4, profile }), data]);
  const { view } = await renditionsOf(await sharp(file).keepIccProfile().png().toBuffer());
  const { icc, hasAlpha, ...size } = await sharp(view).metadata();
  expect({ icc, hasAlpha }).toEqual({ icc: neutralProfile(profile), hasAlpha: true });
  expect(await inSrgb(NUMBERS, icc ?? Buffer.alloc(0))).toEqual(await inSrgb(NUMBERS, profile));
  expect(size).toMatchObject(SIZE);
  const opacities = (await quartersOf(view)).map((color) => color[3] ?? 0);
  expect([opacities.slice(0, 2)]).toSatisfy(near([[255, 128]], 4));
});

/** A JPEG whose EXIF names its colors by a sign of three letters. */
function withInteroperability(bytes: Buffer, index: string): Buffer {
  const block = tiffFile({
    directories: [{ 0x8769: { directories: [{ 0xa005: { directories: [{ 1: { text: index } }] } }] } }],
  });
  return Buffer.concat([bytes.subarray(0, 2), exifSegment(block), bytes.subarray(2)]);
}

test.each([
  ['R03', adobeRgb()],
  ['R98', undefined],
])('a JPEG without a profile that EXIF calls %s is seen in just these colors', async (index, profile) => {
  const bytes = await plain().jpeg({ quality: 95 }).toBuffer();
  const seen = profile ? await inSrgb(NUMBERS, profile) : NUMBERS;
  const { view, thumb } = await renditionsOf(withInteroperability(bytes, index));
  expect((await sharp(view).metadata()).icc).toEqual(profile);
  expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(seen, 12));
  expect(await quartersOf(thumb)).toSatisfy(near(seen, 12));
});

test('a JPEG without a profile that EXIF gives the number of Adobe RGB is seen in these colors', async () => {
  const bytes = await plain().jpeg({ quality: 95 }).toBuffer();
  const block = tiffFile({ directories: [{ 0x8769: { directories: [{ 0xa001: { short: [2] } }] } }] });
  const told = Buffer.concat([bytes.subarray(0, 2), exifSegment(block), bytes.subarray(2)]);
  const { view } = await renditionsOf(told);
  expect((await sharp(view).metadata()).icc).toEqual(adobeRgb());
});

test.each<[string, Directory, boolean]>([
  ['as Adobe RGB by the sign of cameras', { 0xa001: { short: [0xffff] }, 0xa005: { directories: [{ 1: { text: 'R03' } }] } }, true],
  ['as Adobe RGB by a number', { 0xa001: { short: [2] } }, true],
  ['as sRGB', { 0xa001: { short: [1] } }, false],
  ['as none of both', { 0xa001: { short: [0xffff] } }, false],
])('a raw photo that names its colors %s is shown in these by a preview that says nothing', async (_name, exif, isAdobe) => {
  const large = await plain().jpeg({ quality: 95 }).toBuffer();
  const raw = (preview: Buffer): Buffer => tiffFile({
    directories: [
      { 0x10f: { text: 'NIKON' }, 0x201: { at: preview }, 0x202: { long: [preview.length] }, 0x8769: { directories: [exif] } },
      { 0x106: { short: [32_803] } },
    ],
  });
  const { view, thumb } = await renditionsOf(raw(large));
  const seen = isAdobe ? await inSrgb(NUMBERS, adobeRgb()) : NUMBERS;
  expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(seen, 12));
  expect(await quartersOf(thumb)).toSatisfy(near(seen, 12));
  // What the preview says of itself counts more.
  const p3 = await tagged(await displayP3());
  const { view: inP3 } = await renditionsOf(raw(p3));
  expect((await sharp(inP3).metadata()).icc).toEqual(neutralProfile(await displayP3()));
}); // prettier-ignore

/** The same PNG with colors by their numbers. */
const withCicp = (png: Buffer, ...numbers: number[]): Buffer =>
  Buffer.concat([png.subarray(0, 33), pngChunk('cICP', Buffer.from(numbers)), png.subarray(33)]);

test('a PNG that names Display P3 by its number is seen in Display P3, whatever its profile says', async () => {
  const seen = await inSrgb(NUMBERS, await displayP3());
  for (const png of [await plain().png().toBuffer(), await tagged(adobeRgb(), { format: 'png' })]) {
    const { view, thumb } = await renditionsOf(withCicp(png, 12, 13, 0, 1));
    expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(seen, 12));
    expect(await quartersOf(thumb)).toSatisfy(near(seen, 12));
  }
});

test('a PNG that names sRGB by its number is seen in sRGB, whatever its profile says', async () => {
  const { view } = await renditionsOf(
    withCicp(await tagged(await displayP3(), { format: 'png' }), 1, 13, 0, 1),
  );
  expect((await sharp(view).metadata()).icc).toBeUndefined();
  expect(await quartersOf(view)).toSatisfy(near(NUMBERS, 6));
});

test.each([
  ['PQ', 16],
  ['HLG', 18],
])('a PNG of 16 bits by %s is flagged, and its light pressed into white', async (_name, transfer) => {
  const png = await plain().toColourspace('rgb16').png().toBuffer();
  const { measured: row, renditions } = await measured(withCicp(png, 9, transfer, 0, 1));
  expect(row.flags).toEqual(['hdr']);
  const profile = profileOf({ primaries: 9, transfer }) ?? Buffer.alloc(0);
  expect((await sharp(renditions?.view).metadata()).icc).toEqual(profile);
  expect(await quartersOf(renditions?.thumb ?? Buffer.alloc(0))).toSatisfy(
    near(await inSrgb(NUMBERS, profile), 16),
  );
});

test.each<[string, (png: Buffer) => Buffer]>([
  ['for brightness and color difference', (png) => withCicp(png, 12, 13, 1, 1)],
  ['behind its pixels', (png) => Buffer.concat([png.subarray(0, -12), pngChunk('cICP', Buffer.from([12, 13, 0, 1])), png.subarray(-12)])],
])('numbers of colors in a PNG that stand %s do not count', async (_name, change) => {
  const { view } = await renditionsOf(change(await plain().png().toBuffer()));
  expect((await sharp(view).metadata()).icc).toBeUndefined();
}); // prettier-ignore

test.each([true, false])('an AVIF whose colors are multiplied with its opacity is shown as it was (%s)', async (isMultiplied) => {
  const { width, height } = SIZE;
  const straight = pixels(width, height, 1, 4);
  const data = Buffer.from(straight);
  if (isMultiplied)
    for (let at = 0; at < data.length; at += 4)
      for (let color = at; color < at + 3; color++) data[color] = Math.round(((data[color] ?? 0) * (data[at + 3] ?? 0)) / 255);
  const avif = await sharp(data, { raw: { width, height, channels: 4 } }).avif({ quality: 90, effort: 0 }).toBuffer();
  const { renditions } = await measured(premultiplied(avif, isMultiplied));
  const seen = (await quartersOf(await sharp(straight, { raw: { width, height, channels: 4 } }).png().toBuffer()));
  for (const rendition of Object.values(renditions ?? {})) expect(await quartersOf(rendition)).toSatisfy(near(seen, 30));
  expect(renditions).toBeDefined();
}); // prettier-ignore

/** The pictures of an AVIF, color and opacity, in a file that says how they belong together. */
function premultiplied(avif: Buffer, isMultiplied: boolean): Buffer {
  const part = (from: number): Buffer => {
    const at = avif.indexOf('av1C', from) - 4;
    return avif.subarray(at, at + avif.readUInt32BE(at));
  };
  const first = part(0);
  const second = part(avif.indexOf(first) + first.length);
  // Places of 4 bytes each after a base of 4, in entries of 18 bytes.
  const places = avif.indexOf('iloc') + 12;
  const data = [places, places + 18].map((at) => {
    const start = avif.readUInt32BE(at + 4) + avif.readUInt32BE(at + 10);
    return avif.subarray(start, start + avif.readUInt32BE(at + 14));
  });
  const size = ispe(SIZE.width, SIZE.height);
  const opacity = auxC('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha');
  return heif({
    brand: 'avif',
    items: [
      { type: 'av01', data: data[0] ?? Buffer.alloc(0), properties: [first, size] },
      { type: 'av01', data: data[1] ?? Buffer.alloc(0), properties: [second, size, opacity] },
    ],
    references: [['auxl', 2, 1], ...(isMultiplied ? [['prem', 1, 2] as [string, number, number]] : [])],
  });
}

test('an AVIF that names Display P3 by its number is seen in Display P3', async () => {
  const bytes = readFileSync(join(import.meta.dirname, '../fixtures/p3-named.avif'));
  expect((await sharp(bytes).metadata()).icc).toBeUndefined();
  const { view, thumb } = await renditionsOf(bytes);
  const seen = await inSrgb(NUMBERS, await displayP3());
  expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(seen, 12));
  expect(await quartersOf(thumb)).toSatisfy(near(seen, 12));
});

test.each([10, 12] as const)('an AVIF of %i bits has the same colors as one of 8', async (bitdepth) => {
  const picture = sharp(await photo({ ...SIZE, format: 'png' }));
  const bytes = await picture.avif({ bitdepth, quality: 80, effort: 0 }).toBuffer();
  expect((await sharp(bytes).metadata()).bitsPerSample).toBe(bitdepth);
  for (const rendition of Object.values(await renditionsOf(bytes)))
    expect(await quartersOf(rendition)).toSatisfy(near(NUMBERS, 16));
});

/** The same PNG with another profile, whatever its pixels are. */
const withIccp = (png: Buffer, profile: Buffer): Buffer =>
  Buffer.concat([
    png.subarray(0, 33),
    pngChunk('iCCP', Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(profile)])),
    png.subarray(33),
  ]);

/** A profile of grays whose numbers are light itself, without any curve. */
function linearGray(): Buffer {
  const profile = Buffer.from(adobeRgb());
  profile.write('GRAY', 16, 'latin1');
  profile.write('kTRC', profile.indexOf('rTRC'), 'latin1');
  const curve = profile.readUInt32BE(profile.indexOf('kTRC') + 4);
  // A curve without points changes nothing. (ICC.1:2022, 10.6)
  profile.writeUInt32BE(0, curve + 8);
  return profile;
}

test.each([false, true])('a gray profile counts (16 bits: %s)', async (sixteenBit) => {
  const grey = await photo({ ...SIZE, format: 'png', grey: true, sixteenBit });
  const bytes = withIccp(grey, linearGray());
  expect(spaceOf((await sharp(bytes).metadata()).icc ?? Buffer.alloc(0))).toBe('GRAY');
  const seen = (await quartersOf(grey)).map((color) =>
    color.slice(0, 1).flatMap((value) => Array.from({ length: 3 }, () => 255 * inverse(value / 255))),
  );
  expect(await quartersOf(grey)).not.toSatisfy(near(seen, 12));
  for (const rendition of Object.values(await renditionsOf(bytes)))
    expect(await quartersOf(rendition)).toSatisfy(near(seen, 12));
});

test.each<[string, (picture: Sharp) => Sharp]>([
  ['CMYK with a profile', (picture) => picture.toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 95 })],
  ['CMYK without one, inverted as Adobe does', (picture) => picture.toColourspace('cmyk').jpeg({ quality: 95 })],
  ['CMYK in a TIFF', (picture) => picture.toColourspace('cmyk').tiff()],
])('%s is converted', async (_name, encode) => {
  const bytes = await encode(plain()).toBuffer();
  expect((await sharp(bytes).metadata()).space).not.toBe('srgb');
  // What ink can show of a screen's colors, by the same pixels through libvips alone.
  const seen = await quartersOf(await sharp(bytes).toColourspace('srgb').png().toBuffer());
  expect(seen).toSatisfy(near(NUMBERS, 90));
  for (const rendition of Object.values(await renditionsOf(bytes))) {
    expect(await quartersOf(rendition)).toSatisfy(near(seen, 12));
    expect((await sharp(rendition).metadata()).icc).toBeUndefined();
  }
}); // prettier-ignore

/** One color in Lab: lightness 42.9 of 100, then 60 and 40 to red and yellow. (TIFF 6.0, 23) */
function labTiff(): Buffer {
  const color = le16(28_114, 60 * 256, 40 * 256);
  const strip = Buffer.concat(Array.from({ length: 32 * 32 }, () => color));
  const short = (...values: number[]) => ({ short: values });
  const size = { 0x100: short(32), 0x101: short(32), 0x102: short(16, 16, 16), 0x103: short(1) };
  const layout = { 0x106: short(8), 0x111: { at: strip }, 0x115: short(3), 0x116: short(32) };
  return tiffFile({ directories: [{ ...size, ...layout, 0x117: { long: [strip.length] } }] });
}

test('Lab of 16 bits in a TIFF is converted', async () => {
  const bytes = labTiff();
  expect((await sharp(bytes).metadata()).space).toBe('labs');
  // Just about the red of the other tests.
  for (const rendition of Object.values(await renditionsOf(bytes)))
    expect(await quartersOf(rendition)).toSatisfy(near([R, R, R, R], 12));
});

test('a palette with opacity keeps both', async () => {
  const bytes = await photo({ ...SIZE, format: 'png', palette: true, alpha: true });
  expect((await sharp(bytes).metadata()).isPalette).toBe(true);
  for (const rendition of Object.values(await renditionsOf(bytes))) {
    const opacities = (await quartersOf(rendition)).map((color) => color[3] ?? 0);
    expect([opacities.slice(0, 2)]).toSatisfy(near([[255, 128]], 8));
  }
});

test('a name in every text of a profile stays where it is, and the colors come along', async () => {
  const profile = await displayP3();
  const named = withName(profile, SECRET);
  const bytes = await tagged(named, { format: 'png' });
  // The file has all of it, in a compressed chunk.
  const { icc: kept = Buffer.alloc(0) } = await sharp(bytes).metadata();
  expect(kept.toString('latin1').split(SECRET).length - 1).toBeGreaterThanOrEqual(13);
  const { view, thumb } = await renditionsOf(bytes);
  const { icc } = await sharp(view).metadata();
  expect(icc).toEqual(neutralProfile(profile));
  for (const rendition of [view, thumb]) {
    expect(rendition.includes(SECRET.slice(0, 4))).toBe(false);
    expect(await distance(rendition, bytes)).toBeLessThan(2);
  }
  expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(await inSrgb(NUMBERS, profile), 6));
});

test('a new profile has the numbers of the old one, however its curves are written', async () => {
  const p3 = await displayP3();
  const gamma = (points: readonly number[]) => iccFile(p3, tagsIn(p3).map(([name, content]) => [name, name.endsWith('TRC') ? sampledCurve(points) : content]));
  const profiles = [p3, adobeRgb(), await proPhoto(), gamma([]), gamma([563]), gamma([0, 9000, 65_535])];
  for (const profile of profiles) {
    const neutral = neutralProfile(profile) ?? Buffer.alloc(0);
    const colors = new Map(tagsIn(profile));
    const values = tagsIn(neutral).filter(([name]) => /XYZ|TRC/.test(name));
    expect(values).toHaveLength(6);
    for (const [name, content] of values) expect(content).toEqual(colors.get(name)?.subarray(0, content.length));
    expect(await inSrgb(NUMBERS, neutral)).toEqual(await inSrgb(NUMBERS, profile));
    expect(neutralProfile(neutral)).toEqual(neutral);
  }
}); // prettier-ignore

test('half a profile has no colors to go by', async () => {
  const profile = await displayP3();
  expect(neutralProfile(Buffer.alloc(0))).toBeUndefined();
  for (let end = 0; end < profile.length - 4; end += 3) {
    const cut = neutralProfile(profile.subarray(0, end));
    expect([undefined, neutralProfile(profile)]).toContainEqual(cut);
  }
  const [without, endless] = [Buffer.from(profile), Buffer.from(profile)];
  without.write('xxxx', without.indexOf('gXYZ'), 'latin1');
  for (const name of ['rTRC', 'gTRC', 'bTRC']) {
    const at = endless.readUInt32BE(endless.indexOf(name) + 4);
    endless.write('curv', at, 'latin1');
    endless.writeUInt32BE(0xffff_ffff, at + 8);
  }
  expect([neutralProfile(without), neutralProfile(endless)]).toEqual([undefined, undefined]);
});

test.each<[string, Format, boolean]>([
  ['a JPEG', 'jpeg', false],
  ['a PNG', 'png', false],
  ['a PNG of 16 bits', 'png', true],
])('the colors of %s whose profile is a table are converted to Display P3', async (_name, format, deep) => {
  const profile = await displayP3();
  const srgb = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  // Another curve than that of Display P3: its numbers have to become others.
  const table = withName(tableProfile(profile, (value) => srgb(value) ** 1.2), SECRET);
  const bytes = await tagged(table, { format, deep });
  const seen = await inSrgb(NUMBERS, table);
  expect(NUMBERS).not.toSatisfy(near(seen, TOLERANCE));
  const { view, thumb } = await renditionsOf(bytes);
  const numbers = NUMBERS.map((color) => color.map((value) => 255 * inverse(srgb(value / 255) ** 1.2)));
  expect(await quartersOf(view)).toSatisfy(near(numbers, 6));
  expect((await sharp(view).metadata()).icc).toEqual(profileOf({ primaries: 12, transfer: 13 }));
  expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(seen, TOLERANCE));
  expect(await quartersOf(thumb)).toSatisfy(near(seen, TOLERANCE));
  for (const rendition of [view, thumb]) expect(rendition.includes(SECRET.slice(0, 4))).toBe(false);
}); // prettier-ignore

const inverse = (light: number): number =>
  light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;

test('a profile larger than most views becomes one of its colors alone', async () => {
  const profile = await displayP3();
  const huge = Buffer.concat([profile, Buffer.alloc(100_000)]);
  huge.writeUInt32BE(huge.length);
  const { view } = await renditionsOf(await tagged(huge, { format: 'png' }));
  expect((await sharp(view).metadata()).icc).toEqual(neutralProfile(profile));
  expect(await quartersOf(view)).toSatisfy(near(NUMBERS, 12));
});

test.each<[string, (profile: Buffer) => Buffer]>([
  ['that is none', (profile) => Buffer.alloc(profile.length, 7)],
  ['that is cut off', (profile) => profile.subarray(0, 100)],
  ['for CMYK', (profile) => Buffer.concat([profile.subarray(0, 16), Buffer.from('CMYK'), profile.subarray(20)])],
  ['that links two others', (profile) => Buffer.concat([profile.subarray(0, 12), Buffer.from('link'), profile.subarray(16)])],
])('a profile %s is left out, and the numbers are shown as they are', async (_name, spoil) => {
  const bytes = withIccp(await photo({ ...SIZE, format: 'png' }), spoil(await displayP3()));
  for (const rendition of Object.values(await renditionsOf(bytes))) {
    expect((await sharp(rendition).metadata()).icc).toBeUndefined();
    expect(await quartersOf(rendition)).toSatisfy(near(NUMBERS, 12));
  }
}); // prettier-ignore

test('a profile is plain sRGB by what it does, not by what it is called', async () => {
  const srgb = (await sharp(await photo({ profile: 'srgb' })).metadata()).icc ?? Buffer.alloc(0);
  expect(isSrgbProfile(srgb)).toBe(true);
  const unnamed = Buffer.from(srgb);
  unnamed.write('xxxx', unnamed.indexOf('desc'), 'latin1');
  expect(isSrgbProfile(unnamed)).toBe(true);
  for (const other of await Promise.all(Object.values(PROFILES).map((profile) => profile())))
    expect(isSrgbProfile(other)).toBe(false);
  // The colors of sRGB, but as light itself.
  expect(isSrgbProfile(profileOf({ primaries: 1, transfer: 8 }) ?? srgb)).toBe(false);
  for (let end = 0; end < srgb.length; end += 7) expect(isSrgbProfile(srgb.subarray(0, end))).toBe(false);
});

const SECRETS: Readonly<Record<string, (options: PhotoOptions) => Promise<Buffer>>> = {
  JPEG: async (options) => {
    const bytes = await photo(options);
    const comment = Buffer.from([0xff, 0xfe, 0, SECRET.length + 2]);
    const records = iptcSegment(iptcRecords([2, 80, SECRET]));
    return Buffer.concat([bytes.subarray(0, 2), comment, Buffer.from(SECRET), records, bytes.subarray(2)]);
  },
  PNG: async (options) => {
    const bytes = await photo({ ...options, format: 'png' });
    return Buffer.concat([bytes.subarray(0, 33), pngText('Author', SECRET), bytes.subarray(33)]);
  },
  WebP: (options) => photo({ ...options, format: 'webp' }),
  TIFF: async (options) =>
    sharp(await photo({ ...options, format: 'png' }))
      .keepMetadata()
      .withXmp(xmpPacket(`<dc:title>${SECRET}</dc:title>`))
      .tiff()
      .toBuffer(),
  AVIF: (options) => photo({ ...options, format: 'avif' }),
};

test.each(Object.entries(SECRETS))('renditions of a %s are pixels and a profile, and nothing else', async (_name, build) => {
  const bytes = await build({
    ...SIZE,
    takenAt: '2019:06:01 12:34:56',
    gps: { latitude: 51.5, longitude: -0.12 },
    tags: { Make: 'Canon', Artist: SECRET },
    profile: 'p3',
  });
  expect(bytes.includes(SECRET)).toBe(true);
  const { view, thumb } = await renditionsOf(bytes);
  expect(chunksOf(view)).toEqual(['VP8X', 'ICCP', 'VP8 ']);
  expect(chunksOf(thumb)).toEqual(['VP8 ']);
  for (const rendition of [view, thumb]) {
    const { exif, xmp, iptc, orientation, comments } = await sharp(rendition).metadata();
    expect({ exif, xmp, iptc, orientation, comments }).toEqual({});
    for (const word of [SECRET, 'Canon', 'Exif', '2019']) expect(rendition.includes(word)).toBe(false);
  }
}); // prettier-ignore

/** The parts of a WebP file; throws unless they fill it. */
function chunksOf(webp: Buffer): string[] {
  const chunks: string[] = [];
  let at = 12;
  while (at < webp.length) {
    chunks.push(webp.toString('latin1', at, at + 4));
    at += 8 + webp.readUInt32LE(at + 4) + (webp.readUInt32LE(at + 4) % 2);
  }
  if (at !== webp.length || webp.readUInt32LE(4) !== webp.length - 8)
    throw new Error('the chunks do not fill the file');
  return chunks;
}
