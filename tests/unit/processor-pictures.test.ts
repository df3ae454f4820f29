// What the processor makes of pictures: upright, in their own colors, at the right size, and with nothing of EXIF in them.
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { measure } from '../../processor/measure.ts';
import { neutralProfile } from '../../processor/neutral-profile.ts';
import { fromBase64 } from '../../src/schema/ids.ts';
import type { Rendition } from '../../src/schema/keys.ts';
import { animatedGif, photo, photoIdOf, type Format, type PhotoOptions } from '../fixtures.ts';
import { originalOf } from '../memory-stores.ts';
import { B, G, near, quartersOf, R, UPRIGHT, W, type Color } from '../quarters.ts';

async function measured(bytes: Buffer) {
  const { measured: row, renditions } = await measure(photoIdOf(bytes), originalOf(bytes), {
    now: Date.parse('2026-01-02T00:00:00Z'),
    warn: (message, error) => {
      throw new Error(message, { cause: error });
    },
  });
  if (!renditions) throw new Error(`failed: ${row.failure?.code} ${row.failure?.sentence}`);
  return { row, renditions };
}

const PLAIN: readonly Color[] = [R, G, B, W];
const renditionNames: Rendition[] = ['view', 'thumb'];

test('a photo gets a view of 2000 pixels at most, a thumb of 400 wide, and a placeholder', async () => {
  const { row, renditions } = await measured(await photo({ width: 3000, height: 2400 }));
  expect(row).toMatchObject({ status: 'ready', type: 'image/jpeg', width: 3000, height: 2400 });
  expect(await sharp(renditions.view).metadata()).toMatchObject({
    format: 'webp',
    width: 2000,
    height: 1600,
  });
  expect(await sharp(renditions.thumb).metadata()).toMatchObject({ format: 'webp', width: 400, height: 320 });
  expect(fromBase64(row.placeholder ?? '')?.length).toBeLessThan(40);
});

test('a small photo is not blown up', async () => {
  const { renditions } = await measured(await photo({ width: 64, height: 48 }));
  for (const name of renditionNames) {
    expect(await sharp(renditions[name]).metadata()).toMatchObject({ width: 64, height: 48 });
  }
});

test.each(UPRIGHT)('orientation %i is shown upright', async (orientation, expected) => {
  const { row, renditions } = await measured(await photo({ width: 160, height: 80, orientation }));
  expect(row).toMatchObject(orientation < 5 ? { width: 160, height: 80 } : { width: 80, height: 160 });
  for (const name of renditionNames) expect(await quartersOf(renditions[name])).toSatisfy(near(expected));
});

test.each<Format>(['png', 'webp', 'tiff'])(
  'a %s with an orientation is shown upright too',
  async (format) => {
    const { row, renditions } = await measured(
      await photo({ format, width: 160, height: 80, orientation: 6 }),
    );
    expect(row).toMatchObject({ width: 80, height: 160 });
    for (const name of renditionNames) {
      expect(await quartersOf(renditions[name])).toSatisfy(near([B, R, W, G]));
    }
  },
);

test.each<[string, PhotoOptions, string]>([
  ['JPEG', {}, 'image/jpeg'],
  ['a progressive JPEG', { progressive: true }, 'image/jpeg'],
  ['PNG', { format: 'png' }, 'image/png'],
  ['an interlaced PNG', { format: 'png', progressive: true }, 'image/png'],
  ['a PNG with a palette', { format: 'png', palette: true }, 'image/png'],
  ['a PNG with 16 bits', { format: 'png', sixteenBit: true }, 'image/png'],
  ['WebP', { format: 'webp' }, 'image/webp'],
  ['AVIF', { format: 'avif' }, 'image/avif'],
  ['GIF', { format: 'gif' }, 'image/gif'],
  ['TIFF', { format: 'tiff' }, 'image/tiff'],
  ['a TIFF with 16 bits', { format: 'tiff', sixteenBit: true }, 'image/tiff'],
  ['a JPEG with an sRGB profile', { profile: 'srgb' }, 'image/jpeg'],
])('%s becomes renditions in its own colors', async (_name, options, type) => {
  const bytes = await photo(options);
  expect((await sharp(bytes).metadata()).depth).toBe(options.sixteenBit ? 'ushort' : 'uchar');
  const { row, renditions } = await measured(bytes);
  expect(row).toMatchObject({ status: 'ready', type, width: 64, height: 48 });
  for (const name of renditionNames) {
    expect(await quartersOf(renditions[name])).toSatisfy(near(PLAIN));
    expect((await sharp(renditions[name]).metadata()).icc).toBeUndefined();
  }
});

test('a CMYK photo is converted, not inverted', async () => {
  // Ink cannot show the blue and green of a screen: hence the wide tolerance.
  const bytes = await photo({ profile: 'cmyk' });
  expect((await sharp(bytes).metadata()).space).toBe('cmyk');
  const { renditions } = await measured(bytes);
  for (const name of renditionNames) expect(await quartersOf(renditions[name])).toSatisfy(near(PLAIN, 90));
});

test.each<[string, PhotoOptions]>([
  ['8 bits', {}],
  ['16 bits', { format: 'png', sixteenBit: true }],
])('a grey photo of %s stays grey', async (_name, options) => {
  const { renditions } = await measured(await photo({ ...options, grey: true }));
  for (const name of renditionNames) {
    const greys = (await quartersOf(renditions[name])).map(([red = 0, green = 0, blue = 0]) => [
      green - red,
      blue - red,
    ]);
    expect(greys.flat()).toSatisfy((differences: number[]) => differences.every((by) => Math.abs(by) < 4));
  }
});

test('a Display P3 photo keeps its profile and pixels in the view; the thumb is converted to sRGB', async () => {
  const bytes = await photo({ width: 160, height: 120, profile: 'p3', quality: 100 });
  const original = await sharp(bytes).metadata();
  const { renditions } = await measured(bytes);
  expect((await sharp(renditions.view).metadata()).icc).toEqual(
    neutralProfile(original.icc ?? Buffer.alloc(0)),
  );
  expect(await quartersOf(renditions.view)).toSatisfy(near(await quartersOf(bytes), 12));
  expect((await sharp(renditions.thumb).metadata()).icc).toBeUndefined();
  const converted = await sharp(bytes).toColourspace('srgb').png().toBuffer();
  expect(await quartersOf(renditions.thumb)).toSatisfy(near(await quartersOf(converted), 12));
  expect(await quartersOf(renditions.view)).not.toSatisfy(near(await quartersOf(converted), 12));
});

test('a photo with a broken color profile is shown all the same', async () => {
  const bytes = await photo({ width: 160, height: 120, profile: 'p3' });
  const profile = bytes.indexOf('ICC_PROFILE');
  expect(profile).toBeGreaterThan(0);
  bytes.fill(0xaa, profile + 14 + 128 + 4, profile + 14 + 400);
  const { row, renditions } = await measured(bytes);
  expect(row.status).toBe('ready');
  for (const name of renditionNames) expect(await quartersOf(renditions[name])).toSatisfy(near(PLAIN, 60));
});

test.each<Format>(['png', 'webp', 'avif', 'tiff'])('what is transparent in a %s stays so', async (format) => {
  const { row, renditions } = await measured(await photo({ format, alpha: true }));
  expect(row.placeholder).toBeDefined();
  for (const name of renditionNames) {
    const [left, right] = await quartersOf(renditions[name]);
    expect([left?.[3], right?.[3]]).toSatisfy(
      ([opaque, half]: number[]) => opaque === 255 && Math.abs((half ?? 0) - 128) < 4,
    );
  }
});

test('a moving GIF is shown by its first frame', async () => {
  const { row, renditions } = await measured(await animatedGif());
  expect(row).toMatchObject({ type: 'image/gif', width: 20, height: 10 });
  for (const name of renditionNames) {
    expect((await sharp(renditions[name]).metadata()).pages ?? 1).toBe(1);
    expect(await quartersOf(renditions[name])).toSatisfy(near(Array.from({ length: 4 }, () => [255, 0, 0])));
  }
});

test.each([
  [1, 1],
  [30_000, 1],
  [1, 30_000],
  [12_000, 500],
  [30_000, 200],
  [300, 9000],
])('%i x %i pixels are no trouble', async (width, height) => {
  const { row, renditions } = await measured(await photo({ width, height, format: 'png' }));
  expect(row).toMatchObject({ width, height });
  const thumb = await sharp(renditions.thumb).metadata();
  expect(Math.min(thumb.width, thumb.height)).toBeGreaterThanOrEqual(1);
  expect(thumb.width).toBeLessThanOrEqual(400);
  expect(thumb.height).toBeLessThanOrEqual(1600);
  const view = await sharp(renditions.view).metadata();
  expect(Math.max(view.width, view.height)).toBeLessThanOrEqual(2000);
});

test('renditions carry nothing of what EXIF says', async () => {
  const options: PhotoOptions = {
    takenAt: '2019:06:01 12:34:56',
    gps: { latitude: 51.5, longitude: -0.12 },
    tags: { Make: 'Canon', Model: 'EOS R5', Artist: 'Somebody Secret' },
    profile: 'p3',
  };
  const bytes = await photo(options);
  expect(bytes.includes('Somebody Secret')).toBe(true);
  const { renditions } = await measured(bytes);
  for (const name of renditionNames) {
    const { exif, xmp, iptc, orientation } = await sharp(renditions[name]).metadata();
    expect({ exif, xmp, iptc, orientation }).toEqual({});
    for (const word of ['Somebody', 'Canon', 'EXIF', 'Exif', '2019'])
      expect(renditions[name].includes(word)).toBe(false);
  }
});

test('an AVIF that calls itself a sequence first, and a picture besides, is shown', async () => {
  const bytes = await photo({ format: 'avif' });
  bytes.write('avis', 8, 'latin1');
  const { row, renditions } = await measured(bytes);
  expect(row).toMatchObject({ status: 'ready', type: 'image/avif' });
  expect(await quartersOf(renditions.view)).toSatisfy(near([R, G, B, W]));
});
