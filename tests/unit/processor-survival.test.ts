// Files made to hurt: each ends as a row with a picture or a sentence, within the memory and the time that the Lambda has.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp, { type JpegOptions as SharpJpeg } from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { scansOf } from '../../processor/jpeg-scans.ts';
import { decoded } from '../../processor/renditions-decode.ts';
import { draw } from '../../processor/renditions.ts';
import { ALLOCATOR } from '../../infra/allocator.ts';
import {
  animatedWebp,
  gif,
  hugeJpeg,
  hugePng,
  jpegOfScans,
  jpegOfSize,
  pngWithInflating,
  tiff,
  webpOfMostPixels,
} from '../bombs.ts';
import { photo, pngOfSize, type PhotoOptions, pixels } from '../fixtures.ts';
import { B, G, measured, near, quartersOf, R, W } from '../quarters.ts';
import type { Survived } from '../survivor.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
/** The most seen was 160 MB, of 1769 that the Lambda has; 300 million pixels held whole would be 900. */
const MAX_GROWN_MB = 700;
/** The most seen was 3, of 120 that the Lambda has. */
const MAX_CPU_SECONDS = 30;

function survive(bytes: Buffer): Promise<Survived> {
  const folder = mkdtempSync(join(tmpdir(), 'shoebox-survival-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  const child = fork(join(import.meta.dirname, '../survivor.ts'), [path], {
    execArgv: ['--import', TSX],
    env: { ...process.env, ...ALLOCATOR },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('message', (survived: Survived) => resolve(survived));
    child.on('exit', (code, signal) => reject(new Error(`the process ended with ${signal ?? code}`)));
  });
}

const KEPT = 'The original is kept.';

const failed = (code: string) => ({ status: 'failed', code, hasRenditions: false });
const ready = (width: number, height: number) => ({ status: 'ready', width, height, hasRenditions: true });

test.each<[string, () => Buffer | Promise<Buffer>, object]>([
  ['a PNG of 60,000 x 60,000 pixels', () => pngOfSize(60_000, 60_000), failed('too-large')],
  ['an interlaced PNG that would be held whole', () => pngOfSize(15_000, 15_000, true), failed('too-large')],
  ['a PNG of a million pixels in a line', () => pngOfSize(1_000_000, 900), failed('too-large')],
  ['a PNG of 300 million pixels', hugePng, ready(20_000, 15_000)],
  ['a PNG that ends where 900 million pixels should begin', () => pngOfSize(30_000, 30_000), failed('damaged')],
  ['a PNG whose profile inflates to 300 MB', () => pngWithInflating('iCCP', 3e8), ready(8, 8)],
  ['a PNG whose text inflates to 300 MB', () => pngWithInflating('zTXt', 3e8), ready(8, 8)],
  ['a JPEG of 300 million pixels', hugeJpeg, ready(20_000, 15_000)],
  ['a JPEG that claims 65,500 x 65,500 pixels', () => jpegOfSize(65_500, 65_500), failed('too-large')],
  ['a JPEG that claims 900 million pixels', () => jpegOfSize(30_000, 30_000), failed('damaged')],
  ['a progressive JPEG that would be held whole', () => jpegOfSize(15_000, 15_000, true), failed('too-large')],
  ['a progressive JPEG of 90 scans', () => jpegOfScans(9000, 9000, 90), ready(9000, 9000)],
  ['a progressive JPEG of 883 scans', () => jpegOfScans(20_000, 20_000, 883), failed('unexpected')],
  ['a GIF of 10,000 frames', () => gif(1, 1, 10_000), ready(1, 1)],
  ['a GIF of 65,535 x 65,535 pixels', () => gif(65_535, 65_535, 3), failed('too-large')],
  ['a WebP that claims 268 million pixels', webpOfMostPixels, failed('too-large')],
  ['a WebP of 5,000 frames', () => animatedWebp(16, 16, 5000), ready(16, 16)],
  ['a WebP with frames on a canvas of 16,000 x 16,000', () => animatedWebp(16_000, 16_000, 50), failed('too-large')],
  ['a TIFF of 10,000 pages', () => tiff({ width: 16, height: 16, pages: 10_000 }), ready(16, 16)],
  ['a TIFF of 4 thousand million lines', () => tiff({ width: 100, height: 4e9 }), failed('damaged')],
  ['a TIFF of a thousand million strips', () => tiff({ width: 100, height: 1e6, tags: [[273, 4, 1e9, 8], [278, 4, 1, 1]] }), failed('damaged')],
  ['a TIFF of one tile of 60,000 x 60,000', () => tiff({ width: 16, height: 16, tags: [[322, 4, 1, 60_000], [323, 4, 1, 60_000], [324, 4, 1, 8], [325, 4, 1, 256]] }), failed('damaged')],
  ['a TIFF of 65,535 channels', () => tiff({ width: 16, height: 16, tags: [[277, 3, 1, 65_535]] }), failed('damaged')],
])('%s', { timeout: 240_000 }, async (_name, build, expected) => {
  const survived = await survive(await build());
  expect(survived).toMatchObject(expected);
  expect(survived.sentence ?? KEPT).toContain(KEPT);
  expect(survived.grownMB).toBeLessThan(MAX_GROWN_MB);
  expect(survived.cpuSeconds).toBeLessThan(MAX_CPU_SECONDS);
}); // prettier-ignore

const SIZE = { width: 400, height: 300 };
const cut = (bytes: Buffer, part: number): Buffer => bytes.subarray(0, Math.floor(bytes.length * part));

/** The same file with a stretch of its middle overwritten. */
function spoiled(bytes: Buffer, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(value, bytes.length >> 1, (bytes.length >> 1) + 400);
  return copy;
}

test.each<[string, PhotoOptions, (whole: Buffer) => Buffer]>([
  ['a JPEG cut off in the middle', {}, (whole) => cut(whole, 0.5)],
  ['a progressive JPEG cut off in the middle', { progressive: true }, (whole) => cut(whole, 0.5)],
  ['a JPEG with a hole in it', {}, (whole) => spoiled(whole, 0xff)],
  ['a PNG cut off in the middle', { format: 'png' }, (whole) => cut(whole, 0.5)],
  ['a PNG with a hole in it', { format: 'png' }, (whole) => spoiled(whole, 0x55)],
])('%s is shown as far as it goes, and said to be cut short', async (_name, options, spoil) => {
  const { measured: row, renditions } = await measured(spoil(await photo({ ...SIZE, ...options })));
  expect(row).toMatchObject({ status: 'ready', note: 'cut-short', ...SIZE });
  const [topLeft, topRight] = await quartersOf(renditions?.view ?? Buffer.alloc(0));
  expect([topLeft, topRight]).toSatisfy(near([R, G]));
});

test.each<[string, SharpJpeg]>([
  ['whose colors are halved', {}],
  ['with all of its colors', { chromaSubsampling: '4:4:4' }],
  ['that is progressive', { progressive: true }],
])('a JPEG %s that ends in its last rows is said to be cut short', async (_name, options) => {
  const { width, height } = SIZE;
  const whole = await sharp(pixels(width, height), { raw: { width, height, channels: 3 } }).jpeg(options).toBuffer();
  for (const missing of [3, 4, 10, 40, 150]) {
    const { measured: row } = await measured(whole.subarray(0, -missing));
    expect(row).toMatchObject({ status: 'ready', note: 'cut-short' });
  }
  expect((await measured(whole)).measured.note).toBeUndefined();
}); // prettier-ignore

test('a photo cut short is turned all the same', async () => {
  const bytes = cut(await photo({ ...SIZE, orientation: 6 }), 0.6);
  const { measured: row, renditions } = await measured(bytes);
  expect(row).toMatchObject({ note: 'cut-short', width: 300, height: 400 });
  // Its top is on the right now: red above green.
  const [, topRight, , bottomRight] = await quartersOf(renditions?.view ?? Buffer.alloc(0));
  expect([topRight, bottomRight]).toSatisfy(near([R, G]));
});

test.each<[string, (whole: Buffer) => Buffer]>([
  ['a JPEG that lacks its two last bytes', (whole) => whole.subarray(0, -2)],
  ['a JPEG with a video behind it', (whole) => Buffer.concat([whole, Buffer.alloc(5000, 7)])],
  [
    'a JPEG with a few stray bytes in its header',
    (whole) => {
      const table = whole.indexOf(Buffer.from([0xff, 0xc4]));
      return Buffer.concat([whole.subarray(0, table), Buffer.alloc(4), whole.subarray(table)]);
    },
  ],
])('%s has all of its picture, and nobody says otherwise', async (_name, change) => {
  const { measured: row, renditions } = await measured(change(await photo(SIZE)));
  expect(row).toMatchObject({ status: 'ready', ...SIZE });
  expect(row.note).toBeUndefined();
  expect(await quartersOf(renditions?.view ?? Buffer.alloc(0))).toSatisfy(near([R, G, B, W]));
});

test.each<[string, PhotoOptions, (whole: Buffer) => Buffer]>([
  ['a JPEG cut off in its header', {}, (whole) => whole.subarray(0, 300)],
  ['a JPEG cut off where its picture begins', {}, (whole) => whole.subarray(0, whole.indexOf(Buffer.from([0xff, 0xda])) + 30)],
  ['a PNG of which a hundredth is left', { format: 'png' }, (whole) => cut(whole, 0.01)],
  ['a WebP cut off in the middle', { format: 'webp' }, (whole) => cut(whole, 0.5)],
  ['an AVIF cut off in the middle', { format: 'avif' }, (whole) => cut(whole, 0.5)],
])('%s is damaged: there is nothing worth showing', async (_name, options, spoil) => {
  const { measured: row, renditions } = await measured(spoil(await photo({ ...SIZE, ...options })));
  expect(row).toMatchObject({ status: 'failed', failure: { code: 'damaged' } });
  expect(renditions).toBeUndefined();
}); // prettier-ignore

test('a picture that is not decoded in time is said to take too long, not to be damaged', async () => {
  const bytes = await photo(SIZE);
  await expect(decoded({ bytes }, 100)).resolves.toMatchObject(SIZE);
  await expect(decoded({ bytes }, 100, 0)).rejects.toMatchObject({
    code: 'unexpected',
    message: expect.stringContaining('too long'),
  });
});

test('scans are counted up to the end of the picture, whatever looks like one behind it', async () => {
  expect(scansOf(await photo(SIZE))).toBe(1);
  const progressive = await photo({ ...SIZE, progressive: true });
  expect(scansOf(progressive)).toBeGreaterThan(5);
  const marker = Buffer.from([0xff, 0xda, 0, 2]);
  const video = Buffer.concat(Array.from({ length: 200 }, () => marker));
  expect(scansOf(Buffer.concat([progressive, video]))).toBe(scansOf(progressive));
  expect(scansOf(jpegOfScans(64, 64, 883))).toBe(883);
  expect(scansOf(Buffer.alloc(0))).toBe(0);
});

test('no scan is hidden behind what would make a reader of markers jump', () => {
  const bomb = jpegOfScans(64, 64, 300);
  const second = bomb.indexOf(Buffer.from([0xff, 0xda]), bomb.indexOf(Buffer.from([0xff, 0xda])) + 2);
  const jump = Buffer.from([0xff, 0x02, 0xff, 0xff]);
  expect(scansOf(Buffer.concat([bomb.subarray(0, second), jump, bomb.subarray(second)]))).toBe(300);
});

test('a TIFF with its colors in planes of one strip each is as large as its planes', async () => {
  const bytes = tiff({
    width: 22_000,
    height: 22_000,
    tags: [
      [262, 3, 1, 2],
      [277, 3, 1, 3],
      [284, 3, 1, 2],
    ],
  });
  await expect(decoded({ bytes }, 100)).rejects.toMatchObject({ code: 'too-large' });
});

test('selections that are stored beside the colors are not shown', async () => {
  const bytes = tiff({
    width: 7,
    height: 7,
    tags: [
      [262, 3, 1, 2],
      [277, 3, 1, 5],
      [279, 4, 1, 245],
    ],
  });
  expect((await sharp(bytes).metadata()).channels).toBe(5);
  expect((await decoded({ bytes }, 100)).pixels.channels).toBe(3);
});

test.each<[string, string]>([
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
  ['PPM', 'P6\n1 1\n255\nabc'],
  ['Radiance', '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\nabcd'],
  ['PDF', '%PDF-1.4\n'],
  ['FITS', 'SIMPLE  =                    T'.padEnd(2880)],
  ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
  ['OpenEXR', '\x76\x2f\x31\x01\x02\0\0\0'],
])('no decoder of %s runs, should anything slip through', async (_name, content) => {
  const attempt = draw({ bytes: Buffer.from(content, 'latin1') });
  await expect(attempt).rejects.toMatchObject({ code: 'damaged' });
  await expect(sharp(Buffer.from(content, 'latin1')).raw().toBuffer()).rejects.toThrow(
    'unsupported image format',
  );
});
