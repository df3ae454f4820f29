// HEIC: decoded upright and in its own colors, and nothing that is wrong with a file does harm.
import sharp from 'sharp';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { startThread } from '../../processor/decoder-thread.ts';
import { Decoder } from '../../processor/decoder.ts';
import { Unready, Unshowable } from '../../processor/failure.ts';
import { openHeif } from '../../processor/formats/heif.ts';
import { neutralProfile } from '../../processor/neutral-profile.ts';
import { heldSource } from '../../processor/source.ts';
import { itemsOf } from '../../processor/formats/heif-items.ts';
import { box, u16, u32, u8 } from '../bytes.ts';
import { photo } from '../fixtures.ts';
import {
  auxC,
  clap,
  fixture,
  grid,
  heif,
  imir,
  irot,
  ispe,
  nclx,
  photoItem,
  sequence,
  tile,
} from '../heif-builders.ts';
import { B, displayP3, G, inSrgb, measured, near, quartersOf, R, W, type Color } from '../quarters.ts';

const UPRIGHT = [R, G, B, W];
const withProperties = (...properties: Buffer[]): Buffer => heif({ items: [photoItem(...properties)] });

async function shown(bytes: Buffer) {
  const { measured: row, renditions } = await measured(bytes);
  if (!renditions) throw new Error(`failed: ${row.failure?.code} ${row.failure?.sentence}`);
  return { row, ...renditions };
}

test('a HEIC photo gets renditions', async () => {
  const { row, view, thumb } = await shown(fixture('plain.heic'));
  expect(row).toMatchObject({ status: 'ready', type: 'image/heic', width: 160, height: 80 });
  expect(row.note).toBeUndefined();
  for (const rendition of [view, thumb]) {
    expect(await sharp(rendition).metadata()).toMatchObject({ format: 'webp', width: 160, height: 80 });
    expect(await quartersOf(rendition)).toSatisfy(near(UPRIGHT));
  }
});

test.each<[string, Buffer[], Color[], number, number]>([
  ['a quarter turn against the clock', [irot(1)], [G, W, R, B], 80, 160],
  ['half a turn', [irot(2)], [W, B, G, R], 160, 80],
  ['three quarter turns', [irot(3)], [B, R, W, G], 80, 160],
  ['top and bottom exchanged', [imir(0)], [B, W, R, G], 160, 80],
  ['left and right exchanged', [imir(1)], [G, R, W, B], 160, 80],
  ['a turn and then a mirror', [irot(1), imir(1)], [W, G, B, R], 80, 160],
  ['only the left half', [clap(80, 80, -40, 0)], [R, R, B, B], 80, 80],
  ['only the lower half, then turned', [clap(160, 40, 0, 20), irot(3)], [B, B, W, W], 40, 160],
])('%s, as the file asks', async (_name, properties, expected, width, height) => {
  const { row, view } = await shown(withProperties(...properties));
  expect(row).toMatchObject({ width, height });
  expect(await quartersOf(view)).toSatisfy(near(expected));
});

test('the orientation in EXIF is ignored, as the file format asks: the rest of EXIF counts', async () => {
  const { row, view } = await shown(fixture('exif.heic'));
  expect(row).toMatchObject({
    width: 160,
    height: 80,
    takenAt: '2019-06-01T12:34:56',
    takenAtSource: 'exif',
  });
  expect(await quartersOf(view)).toSatisfy(near(UPRIGHT));
});

test('a Display P3 profile comes through: the view keeps its numbers, the thumb has the same colors in sRGB', async () => {
  const { view, thumb } = await shown(fixture('p3.heic'));
  const numbers = await quartersOf(await photo({ format: 'png', width: 160, height: 80, profile: 'p3' }));
  expect(numbers).not.toSatisfy(near(UPRIGHT));
  expect((await sharp(view).metadata()).icc).toEqual(neutralProfile(await displayP3()));
  expect(await quartersOf(view)).toSatisfy(near(numbers, 20));
  expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(UPRIGHT, 20));
  expect(await quartersOf(thumb)).toSatisfy(near(UPRIGHT, 20));
});

test('colors that are named Display P3 by their numbers are the same as with a profile', async () => {
  const { view, thumb, row } = await shown(withProperties(nclx(12, 13)));
  const expected = await inSrgb(await quartersOf(fixtureAsPng), await displayP3());
  expect(expected).not.toSatisfy(near(await quartersOf(fixtureAsPng), 10));
  expect(await quartersOf(view)).toSatisfy(near(UPRIGHT));
  expect(await quartersOf(view, { asSeen: true })).toSatisfy(near(expected, 6));
  expect(await quartersOf(thumb)).toSatisfy(near(expected, 8));
  expect(row.flags).toBeUndefined();
});

test.each([
  ['sRGB', 1, 13],
  ['television', 1, 1],
  ['unknown', 2, 2],
])('colors that are named %s by their numbers need no profile', async (_name, primaries, transfer) => {
  const { view, row } = await shown(withProperties(nclx(primaries, transfer)));
  expect(row.note).toBeUndefined();
  expect((await sharp(view).metadata()).icc).toBeUndefined();
  expect(await quartersOf(view)).toSatisfy(near(UPRIGHT));
});

test.each([
  ['PQ', 16],
  ['HLG', 18],
])(
  'a photo whose light goes beyond white (%s) is flagged, and shown with its lights pressed together',
  async (_name, transfer) => {
    const { row, view } = await shown(withProperties(nclx(9, transfer)));
    expect(row.flags).toEqual(['hdr']);
    const [red, green, blue, white] = await quartersOf(view, { asSeen: true });
    // Colors stay in order, dark ones are dark, and the brightest is white.
    expect(red?.[0]).toBeGreaterThan((red?.[1] ?? 0) + 100);
    expect(green?.[1]).toBeGreaterThan((green?.[2] ?? 0) + 100);
    expect(blue?.[2]).toBeGreaterThan((blue?.[0] ?? 0) + 100);
    expect(Math.min(...(white ?? []))).toBeGreaterThan(235);
  },
);

test.each(['alpha.heic', 'premultiplied.heic'])(
  '%s keeps its transparency, and the colors under it',
  async (name) => {
    const { view } = await shown(fixture(name));
    const quarters = await quartersOf(view);
    expect(quarters.map(([, , , alpha = 0]) => alpha > 192)).toEqual([true, false, true, false]);
    expect(quarters.map((color) => color.slice(0, 3))).toSatisfy(near(UPRIGHT));
  },
);

test('colors that the file and its picture name differently take nothing from it', async () => {
  // Limited range, where the picture itself says full.
  const limited = box('colr', Buffer.from('nclx\0\x01\0\x01\0\x06\0', 'latin1'));
  const { row, view } = await shown(withProperties(limited));
  expect(row.note).toBeUndefined();
  expect(await quartersOf(view)).toSatisfy(near(UPRIGHT, 40));
});

test('a photo of 10 bits is shown', async () => {
  const { view } = await shown(fixture('ten-bit.heic'));
  expect(await quartersOf(view)).toSatisfy(near(UPRIGHT));
});

test('a photo made of tiles is put together', async () => {
  const { row, view } = await shown(heif(grid(3, 2)));
  expect(row).toMatchObject({ width: 480, height: 160 });
  const last = await sharp(view).extract({ left: 320, top: 80, width: 160, height: 80 }).png().toBuffer();
  expect(await quartersOf(last)).toSatisfy(near(UPRIGHT));
});

test.each<[string, string, Buffer]>([
  [
    'a gain map of Apple',
    'hdr',
    heif({
      items: [photoItem(), photoItem(auxC('urn:com:apple:photo:2020:aux:hdrgainmap'))],
      references: [['auxl', 2, 1]],
    }),
  ],
  [
    'a gain map of ISO 21496-1',
    'hdr',
    heif({
      items: [
        photoItem(),
        photoItem(),
        { type: 'tmap', data: Buffer.alloc(60), properties: [ispe(160, 80)] },
      ],
      references: [['dimg', 3, 1, 2]],
    }),
  ],
])('%s is noticed', async (_name, flag, bytes) => {
  const { row, view } = await shown(bytes);
  expect(row.flags).toEqual([flag]);
  expect(await quartersOf(view)).toSatisfy(near(UPRIGHT));
});

test('a HEIC that names one property a million times is read only once', async () => {
  const entry = Buffer.concat([u16(1), u8(255), Buffer.alloc(255, 0x81)]);
  const named = Buffer.concat([u32(0, 4000), ...Array.from({ length: 4000 }, () => entry)]);
  const properties = box(
    'iprp',
    box('ipco', auxC('urn:com:apple:photo:2020:aux:hdrgainmap')),
    box('ipma', named),
  );
  const held = heldSource(Buffer.concat([box('ftyp', Buffer.from('heic')), box('meta', u32(0), properties)]));
  let reads = 0;
  const items = await itemsOf({ ...held, read: (start, length) => (reads++, held.read(start, length)) });
  expect([...(items?.auxiliary ?? [])]).toEqual([[1, 'urn:com:apple:photo:2020:aux:hdrgainmap']]);
  expect(reads).toBeLessThan(50);
});

test('a photo with a sequence besides is shown, and flagged as moving', async () => {
  const still = heif({ items: [photoItem()], brand: 'hevc' });
  const moving = Buffer.concat([still, sequence(2, still.indexOf(tile().data))]);
  const { row, view } = await shown(moving);
  expect(row).toMatchObject({ type: 'image/heic', width: 160, height: 80, flags: ['animated'] });
  expect(await quartersOf(view)).toSatisfy(near(UPRIGHT));
  const one = Buffer.concat([still, sequence(1, still.indexOf(tile().data))]);
  expect((await shown(one)).row.flags).toBeUndefined();
});

test('a sequence without a photo is said to be just that', async () => {
  const head = box('ftyp', Buffer.from('msf1\0\0\0\0msf1hevc', 'latin1'));
  const mdat = box('mdat', tile().data);
  const { measured: row } = await measured(Buffer.concat([head, mdat, sequence(2, head.length + 8)]));
  expect(row).toMatchObject({ status: 'failed', failure: { code: 'unsupported' }, flags: ['animated'] });
  expect(row.failure?.sentence).toContain('a sequence of pictures');
});

test('a picture by AV1 that calls itself HEIC is shown all the same', async () => {
  const avif = await photo({ format: 'avif', width: 160, height: 80 });
  const renamed = Buffer.from(avif.toString('latin1').replace(/avif/g, 'heic'), 'latin1');
  const { row, view } = await shown(renamed);
  expect(row).toMatchObject({ type: 'image/heic', width: 160, height: 80 });
  expect(await quartersOf(view)).toSatisfy(near(UPRIGHT));
});

test('a photo made of tiles of which the last are missing is shown with a note', async () => {
  const whole = heif(grid(2, 2));
  const { row, view } = await shown(whole.subarray(0, whole.length - tile().data.length - 10));
  expect(row).toMatchObject({ status: 'ready', width: 320, height: 160, note: 'cut-short' });
  const first = await sharp(view).extract({ left: 0, top: 0, width: 160, height: 80 }).png().toBuffer();
  expect(await quartersOf(first)).toSatisfy(near(UPRIGHT));
  const [, , , gone] = await quartersOf(view);
  expect(gone).toSatisfy((color: Color) => color.every((value) => Math.abs(value - 128) < 12));
});

const { hvcC, data } = tile();
test.each<[string, string, Buffer]>([
  ['cut off in its data', 'damaged', fixture('plain.heic').subarray(0, 4000)],
  ['cut off in its boxes', 'damaged', fixture('plain.heic').subarray(0, 200)],
  ['of tiles of which none is there', 'damaged', cutBeforeData(heif(grid(2, 2)))],
  ['that is only a head', 'damaged', fixture('plain.heic').subarray(0, 24)],
  [
    'with rubbish where the decoder is configured',
    'damaged',
    heif({ items: [{ type: 'hvc1', data, properties: [rubbish(hvcC), ispe(160, 80)] }] }),
  ],
  [
    'with rubbish for data',
    'damaged',
    heif({
      items: [{ type: 'hvc1', data: Buffer.alloc(data.length, 0x55), properties: [hvcC, ispe(160, 80)] }],
    }),
  ],
  [
    'that claims to be huge',
    'too-large',
    heif({ items: [{ type: 'hvc1', data, properties: [hvcC, ispe(30_000, 30_000)] }] }),
  ],
  [
    'that claims to be larger than numbers go',
    'too-large',
    heif({ items: [{ type: 'hvc1', data, properties: [hvcC, ispe(0xffff_ffff, 0xffff_ffff)] }] }),
  ],
  ['made of itself', 'damaged', heif({ ...grid(1, 1), references: [['dimg', 1, 1]] })],
])('a HEIC %s is %s', async (_name, code, bytes) => {
  const { measured: row, renditions } = await measured(bytes);
  expect(row).toMatchObject({ status: 'failed', type: 'image/heic', failure: { code } });
  expect(renditions).toBeUndefined();
});

function cutBeforeData(file: Buffer): Buffer {
  return file.subarray(0, file.indexOf('mdat', 0, 'latin1') + 4);
}

/** The same box with nothing sensible in it. */
function rubbish(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, 8), Buffer.alloc(bytes.length - 8, 0x55)]);
}

const pixelsOf = async (bytes: Buffer, decoder: Decoder) =>
  (await openHeif(heldSource(bytes), decoder)).picture?.();

/** Threads that do the first thing once, and then work as they should, for as long as they like. */
function onceBroken(script: string, milliseconds?: number): Decoder {
  let started = 0;
  const ready = "const { parentPort } = require('node:worker_threads'); parentPort.postMessage('ready');";
  const start = (): Worker =>
    started++ === 0
      ? new Worker(`${ready} parentPort.on('message', () => { ${script} })`, { eval: true })
      : startThread();
  return new Decoder({
    start,
    get milliseconds() {
      return started > 1 ? undefined : milliseconds;
    },
  });
}

test.each<[string, string, string, number?]>([
  ['that hangs', 'while (true);', 'unexpected', 1000],
  ['that exits', 'process.exit(1)', 'damaged'],
  ['that throws', "throw new WebAssembly.RuntimeError('unreachable')", 'damaged'],
])('a decoder %s costs its own photo only, not the next one', async (_name, script, code, milliseconds) => {
  const decoder = onceBroken(script, milliseconds);
  await expect(pixelsOf(fixture('plain.heic'), decoder)).rejects.toMatchObject({ name: 'Unshowable', code });
  expect((await pixelsOf(fixture('plain.heic'), decoder))?.bytes.length).toBeGreaterThan(160 * 80 * 3);
  await decoder.close();
});

test('a thread that cannot be started is no fault of the photo', async () => {
  const decoder = new Decoder({ start: () => new Worker('throw new Error("no")', { eval: true }) });
  const attempt = pixelsOf(fixture('plain.heic'), decoder);
  await expect(attempt).rejects.toBeInstanceOf(Unready);
  await expect(attempt).rejects.not.toBeInstanceOf(Unshowable);
});

test('a thread whose decoder does not start says so, instead of calling the photo damaged', async () => {
  const worker = startThread();
  await new Promise((ready) => worker.once('message', ready));
  // It asks for a function that nobody has.
  const module = await WebAssembly.compile(
    Buffer.from('\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x07\x01\x01x\x01y\0\0', 'latin1'),
  );
  for (const codec of ['heif', 'jxl'] as const) {
    const answer = new Promise((answered) => worker.once('message', answered));
    worker.postMessage({ codec, file: fixture('plain.heic'), module });
    expect(await answer).toEqual({ unready: expect.any(String) });
  }
  await worker.terminate();
});

test('a photo whose decoder does not start is tried again: it gets no row that says it failed', async () => {
  const script =
    "const { parentPort: port } = require('node:worker_threads'); port.on('message', () => port.postMessage({ unready: 'no memory' })); port.postMessage('ready');";
  const decoder = new Decoder({ start: () => new Worker(script, { eval: true }) });
  const attempt = pixelsOf(fixture('plain.heic'), decoder);
  await expect(attempt).rejects.toBeInstanceOf(Unready);
  await expect(attempt).rejects.not.toBeInstanceOf(Unshowable);
});

test('a picture that needs more memory than there is is too large; a smaller one is shown after it', async () => {
  const decoder = new Decoder({ memoryBytes: 20_000_000 });
  await expect(pixelsOf(heif(grid(10, 10)), decoder)).rejects.toMatchObject({ code: 'too-large' });
  expect((await pixelsOf(fixture('plain.heic'), decoder))?.bytes.length).toBeGreaterThan(160 * 80 * 3);
  await decoder.close();
});

test('photos that are decoded at the same time do not get in each other’s way', async () => {
  const decoder = new Decoder();
  const pictures = await Promise.all(
    [1, 2, 3].map((turns) => pixelsOf(withProperties(irot(turns)), decoder)),
  );
  const widths = await Promise.all(
    pictures.map(async (picture) => (await sharp(picture?.bytes).metadata()).width),
  );
  expect(widths).toEqual([80, 160, 80]);
  await decoder.close();
});

const fixtureAsPng = await sharp((await shown(fixture('plain.heic'))).view)
  .png()
  .toBuffer();
