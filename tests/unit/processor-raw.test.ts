// Camera raw: the largest preview of every maker's files, upright and of the right size, and files made to lead astray.
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { openRaw } from '../../processor/formats/raw.ts';
import { sniff } from '../../processor/formats/sniff.ts';
import { measure } from '../../processor/measure.ts';
import { heldSource, RangedSource, type Source } from '../../processor/source.ts';
import { photo, photoIdOf } from '../fixtures.ts';
import { originalOf } from '../memory-stores.ts';
import * as raw from '../raw-builders.ts';
import { tiffFile, type RawOptions } from '../raw-builders.ts';

const SIZE = { width: 600, height: 400 };
let large: Buffer;
let small: Buffer;
beforeAll(async () => {
  large = await photo({ width: 300, height: 200 });
  // Grey, so that it shows when the wrong one is taken.
  small = await photo({ width: 120, height: 80, grey: true });
});

const options = (more: Partial<RawOptions> = {}): RawOptions => ({ large, small, ...SIZE, ...more });

async function measured(bytes: Buffer, warn: (message: string) => void = () => {}) {
  const { measured: row, renditions } = await measure(photoIdOf(bytes), originalOf(bytes), {
    now: Date.parse('2026-01-02T00:00:00Z'),
    warn,
  });
  return { row, renditions };
}

/** Read by ranges: only what tags lead to is found there. */
const ranged = (bytes: Buffer): RangedSource =>
  new RangedSource(bytes.length, Buffer.alloc(0), (start, length) =>
    Promise.resolve(bytes.subarray(start, start + length)),
  );

const drawableOf = async (source: Source) => {
  const { picture } = await openRaw(source);
  if (!picture) throw new Error('no picture');
  return picture();
};

/** Red, green, blue or white for each quarter: top left, top right, bottom left, bottom right. */
async function quartersOf(webp: Buffer | undefined): Promise<string> {
  const { data, info } = await sharp(webp)
    .resize(4, 4, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [0, 3, 12, 15]
    .map((pixel) => {
      const [red = 0, green = 0, blue = 0] = data.subarray(pixel * info.channels);
      const best = Math.max(red, green, blue);
      if (best - Math.min(red, green, blue) < 50) return best > 200 ? 'w' : '?';
      return best === red ? 'r' : best === green ? 'g' : 'b';
    })
    .join('');
}

const FILES: [string, string, (options: RawOptions) => Buffer][] = [
  ['CR2', 'image/x-canon-cr2', raw.cr2],
  ['CR3', 'image/x-canon-cr3', raw.cr3],
  ['NEF', 'image/x-nikon-nef', raw.nef],
  ['NEF with a preview in the maker note', 'image/x-nikon-nef', raw.nefOfNote],
  ['ARW', 'image/x-sony-arw', raw.arw],
  ['DNG', 'image/x-adobe-dng', raw.dng],
  ['RW2', 'image/x-panasonic-rw2', raw.rw2],
  ['ORF', 'image/x-olympus-orf', raw.orf],
  ['ORF of OM System', 'image/x-olympus-orf', (from: RawOptions) => raw.orf(from, 'OM SYSTEM\0\0\0II\x04\0')],
  ['PEF', 'image/x-pentax-pef', raw.pef],
  ['SRW', 'image/x-samsung-srw', raw.srw],
];

describe.each(FILES)('%s', (_name, type, build) => {
  test('is shown by its largest preview, turned as the raw photo says', async () => {
    const { row, renditions } = await measured(build(options({ orientation: 6 })));
    expect(row).toMatchObject({ status: 'ready', type, flags: ['raw'], width: 400, height: 600 });
    expect(await sharp(renditions?.view).metadata()).toMatchObject({ width: 200, height: 300 });
    expect(await quartersOf(renditions?.view)).toBe('brwg');
    expect(row.note).toBe('preview');
  });

  test('is not turned twice when the preview says the same as the raw photo', async () => {
    const turned = await photo({ width: 300, height: 200, orientation: 6 });
    const { renditions } = await measured(build(options({ orientation: 6, large: turned })));
    expect(await quartersOf(renditions?.view)).toBe('brwg');
  });

  test('is found by its tags alone when it is too large to be held', async () => {
    const file = build(options({ orientation: 8 }));
    expect(await drawableOf(ranged(file))).toMatchObject({ bytes: large, orientation: 8 });
    expect(await sniff(ranged(file))).toMatchObject({ type, family: 'raw' });
  });

  test('says when and with what it was taken', async () => {
    const { row } = await measured(build(options()));
    expect(row.takenAt).toMatch(/^2019-06-01T12:34:56/);
    expect(row.takenAtSource).toBe('exif');
    expect(row.camera).toMatch(/X1$/);
  });
});

test('a RAF is shown by its JPEG, which knows all the rest', async () => {
  const jpeg = await photo({
    width: 300,
    height: 200,
    orientation: 6,
    takenAt: '2019:06:01 12:34:56',
    tags: { Make: 'FUJIFILM', Model: 'X-T5' },
  });
  const file = raw.raf(options({ large: jpeg }));
  const { row, renditions } = await measured(file);
  expect(row).toMatchObject({
    status: 'ready',
    type: 'image/x-fuji-raf',
    flags: ['raw'],
    width: 400,
    height: 600,
    camera: 'FUJIFILM X-T5',
    takenAt: '2019-06-01T12:34:56',
  });
  expect(await quartersOf(renditions?.view)).toBe('brwg');
  expect(await drawableOf(ranged(file))).toMatchObject({ bytes: jpeg, orientation: 6 });
});

test('where and how well liked a CR3 is, stands in boxes of its own', async () => {
  const { row } = await measured(raw.cr3(options()));
  expect(row.gps).toEqual({ latitude: 48.8583333, longitude: 2.2944444 });
  expect(row.rating).toBe(4);
});

test('a preview about as large as the sensor gives the size of the photo', async () => {
  const { row } = await measured(raw.pef(options({ width: 304, height: 202 })));
  expect(row).toMatchObject({ width: 300, height: 200 });
  expect(row.note).toBeUndefined();
});

test('a preview of another shape gives the size, so that nothing is drawn out of shape', async () => {
  const { row } = await measured(raw.pef(options({ width: 900, height: 300 })));
  expect(row).toMatchObject({ width: 300, height: 200 });
});

test('what the JPEG of a RAF says counts also where another one is larger', async () => {
  const jpeg = await photo({ width: 100, height: 80, takenAt: '2019:06:01 12:34:56' });
  const { row, renditions } = await measured(Buffer.concat([raw.raf(options({ large: jpeg })), large]));
  expect(row).toMatchObject({ takenAt: '2019-06-01T12:34:56', takenAtSource: 'exif' });
  expect(await sharp(renditions?.view).metadata()).toMatchObject({ width: 300, height: 200 });
});

test.each([
  ['Sigma', 'FOVb\0\0\x02\0', 'image/x-sigma-x3f'],
  ['Canon of old', 'II\x1a\0\0\0HEAPCCDR', 'image/x-canon-crw'],
  ['Minolta', '\0MRM\0\0\0\0', 'image/x-minolta-mrw'],
  ['Phase One', 'II\x2a\0\x08\0\0\0IIII', 'image/x-phaseone-iiq'],
])('a raw photo of %s is shown by the preview that is found in it', async (_name, head, type) => {
  const file = Buffer.concat([
    Buffer.from(head, 'latin1'),
    Buffer.alloc(500),
    small,
    Buffer.alloc(99),
    large,
  ]);
  const { row, renditions } = await measured(file);
  expect(row).toMatchObject({ status: 'ready', type, flags: ['raw'], width: 300, height: 200 });
  expect(await quartersOf(renditions?.view)).toBe('rgbw');
});

test('a raw photo that says only beside its sensor data which way is up is turned so', async () => {
  const file = tiffFile({
    directories: [
      { 0x10f: { text: 'NIKON' }, 0x201: { at: large }, 0x202: { long: [large.length] } },
      { 0x106: { short: [32803] }, 0x112: { short: [6] } },
    ],
  });
  const { renditions } = await measured(file);
  expect(await quartersOf(renditions?.view)).toBe('brwg');
});

test('a raw photo that says nothing of its orientation is turned as its preview says', async () => {
  const turned = await photo({ width: 300, height: 200, orientation: 6 });
  const file = tiffFile({
    magic: 0x55,
    directories: [{ 0x2e: { bytes: turned }, 0x10f: { text: 'Panasonic' } }],
  });
  const { row, renditions } = await measured(file);
  expect(row).toMatchObject({ width: 200, height: 300 });
  expect(await quartersOf(renditions?.view)).toBe('brwg');
});

test('a preview that no tag leads to is found by a search', async () => {
  const file = raw.pef(options());
  const hidden = Buffer.concat([file, Buffer.alloc(1000, 0xff), await photo({ width: 450, height: 300 })]);
  expect((await measured(hidden)).renditions).toBeDefined();
  const { renditions } = await measured(hidden);
  expect(await sharp(renditions?.view).metadata()).toMatchObject({ width: 450, height: 300 });
});

test('the tiles of a DNG are not taken for a preview', async () => {
  const tile = await photo({ width: 400, height: 400 });
  const file = Buffer.concat([raw.dng(options()), tile]);
  const { renditions } = await measured(file);
  expect(await sharp(renditions?.view).metadata()).toMatchObject({ width: 300, height: 200 });
});

test('a raw photo cut off in its largest preview is shown by one that is whole', async () => {
  const file = raw.cr3(options());
  const { row, renditions } = await measured(file.subarray(0, file.indexOf(large) + large.length / 2));
  expect(row).toMatchObject({ status: 'ready', width: 600, height: 400, note: 'preview' });
  expect(await sharp(renditions?.view).metadata()).toMatchObject({ width: 120, height: 80 });
});

test('a raw photo without a preview is named and not decoded', async () => {
  const { row, renditions } = await measured(
    raw.pef(options({ large: Buffer.alloc(500), small: Buffer.alloc(500) })),
  );
  expect(row).toMatchObject({ status: 'failed', failure: { code: 'unsupported' }, flags: ['raw'] });
  expect(row.failure?.sentence).toContain('a raw photo without a preview');
  expect(renditions).toBeUndefined();
});

test('a TIFF picture with a thumbnail before it is a picture and no raw photo', async () => {
  const file = tiffFile({
    directories: [{ 0xfe: { long: [1] }, 0x103: { short: [6] } }, { 0x100: { short: [9] } }],
  });
  expect(await sniff(heldSource(file))).toMatchObject({ type: 'image/tiff', family: 'picture' });
});

test('a raw photo is known by directories far behind its beginning', async () => {
  const file = tiffFile({
    after: Buffer.alloc(20_000),
    directories: [{ 0x10f: { text: 'NIKON' }, 0x106: { short: [32803] } }],
  });
  expect(await sniff(heldSource(file))).toMatchObject({ type: 'image/x-nikon-nef', family: 'raw' });
});

describe('a raw photo made to lead astray', () => {
  const patch = (file: Buffer, at: number, value: number): Buffer => {
    const copy = Buffer.from(file);
    copy.writeUInt32LE(value, at);
    return copy;
  };
  const last = (file: Buffer): number => file.readUInt32LE(4);
  const HOSTILE: [string, (file: Buffer) => Buffer][] = [
    ['with a directory that is its own next one', (file) => patch(file, file.length - 4, last(file))],
    ['with a next directory beyond its end', (file) => patch(file, file.length - 4, 0xffff_ffff)],
    ['with a first directory beyond its end', (file) => patch(file, 4, 0xffff_fff0)],
    ['with a first directory in its header', (file) => patch(file, 4, 1)],
    ['with 65,535 tags in its directory', (file) => patch(file, last(file), 0xffff_ffff)],
    [
      'with four thousand million values in every tag',
      (file) => {
        const copy = Buffer.from(file);
        const tags = copy.readUInt16LE(last(copy));
        for (let tag = 0; tag < tags; tag++) copy.writeUInt32LE(0xffff_ffff, last(copy) + 2 + tag * 12 + 4);
        return copy;
      },
    ],
    [
      'with every tag leading beyond its end',
      (file) => {
        const copy = Buffer.from(file);
        const tags = copy.readUInt16LE(last(copy));
        for (let tag = 0; tag < tags; tag++) copy.writeUInt32LE(0xffff_fff0, last(copy) + 2 + tag * 12 + 8);
        return copy;
      },
    ],
    ['of zero bytes after the header', (file) => Buffer.concat([file.subarray(0, 8), Buffer.alloc(5000)])],
    [
      'of nothing but beginnings of JPEGs',
      (file) =>
        Buffer.concat([
          file.subarray(0, 2),
          Buffer.from('U\0\0\0\0\0'),
          Buffer.alloc(300_000, '\xff\xd8\xff\xe0', 'latin1'),
        ]),
    ],
    [
      'of nothing but fill bytes',
      (file) =>
        Buffer.concat([
          file.subarray(0, 2),
          Buffer.from('U\0\0\0\0\0'),
          Buffer.from('\xff\xd8', 'latin1'),
          Buffer.alloc(300_000, 0xff),
        ]),
    ],
  ];

  test.each(HOSTILE)('%s is a row all the same', async (_name, spoil) => {
    for (const build of [raw.cr2, raw.rw2, raw.orf, raw.dng]) {
      const { row } = await measured(spoil(build(options())));
      expect(row.status === 'ready' || ['unsupported', 'damaged'].includes(row.failure?.code ?? '')).toBe(
        true,
      );
    }
  });

  test.each(HOSTILE)('%s costs only so many reads', async (_name, spoil) => {
    for (const build of [raw.cr2, raw.rw2, raw.orf, raw.dng]) {
      const file = spoil(build(options()));
      let bytes = 0;
      const source = new RangedSource(file.length, Buffer.alloc(0), (start, length) => {
        bytes += length;
        return Promise.resolve(file.subarray(start, start + length));
      });
      await openRaw(source);
      expect(bytes).toBeLessThan(2_000_000);
    }
  });

  test('with directories that lead to thousands of others is not followed for ever', async () => {
    const one = { directories: [{ 0x201: { long: [8] }, 0x202: { long: [5000] } }] };
    const many = Array.from({ length: 2000 }, () => ({ 0x14a: one }));
    const file = tiffFile({ magic: 0x55, directories: many });
    const { row } = await measured(file);
    expect(row).toMatchObject({ status: 'failed', failure: { code: 'unsupported' } });
  });

  test.each([
    ['CR3', raw.cr3],
    ['RAF', raw.raf],
    ['NEF', raw.nef],
  ])('%s is a row wherever it is cut off', async (_name, build) => {
    const file = build(options());
    for (let at = 16; at < file.length; at += Math.ceil(file.length / 60)) {
      const { row } = await measured(file.subarray(0, at));
      expect(row.status === 'ready' || row.failure?.code).toBeTruthy();
    }
  });
});

test('a store that fails while a large raw photo is read is no fault of the photo', async () => {
  const failing = new RangedSource(1000, Buffer.from('IIU\0\x10\0\0\0'), () =>
    Promise.reject(new Error('SlowDown')),
  );
  await expect(openRaw(failing)).rejects.toThrow('SlowDown');
  expect(failing.failure).toMatchObject({ message: 'SlowDown' });
});
