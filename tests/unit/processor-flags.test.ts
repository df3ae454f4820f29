// What the structure of a picture tells beyond its pixels: whether it moves, carries a video, or is brighter than shown.
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { measure } from '../../processor/measure.ts';
import type { Flag } from '../../src/schema/photo.ts';
import { animatedGif, photo, photoIdOf } from '../fixtures.ts';
import { originalOf } from '../memory-stores.ts';
import { box, u32 } from '../bytes.ts';
import { tiffFile } from '../raw-builders.ts';
import { mp4 } from '../video-builders.ts';

let jpeg: Buffer;
beforeAll(async () => {
  jpeg = await photo();
});

async function measured(bytes: Buffer) {
  const { measured: row, renditions } = await measure(photoIdOf(bytes), originalOf(bytes), {
    now: Date.parse('2026-01-02T00:00:00Z'),
    warn: () => {},
  });
  return { row, renditions };
}

const flagsOf = async (bytes: Buffer): Promise<readonly Flag[]> => (await measured(bytes)).row.flags ?? [];

/** Frames of one color each, 20 x 10. */
const frames = (count: number, format: 'gif' | 'webp'): Promise<Buffer> =>
  sharp(
    Buffer.concat(Array.from({ length: count }, (_, frame) => Buffer.alloc(20 * 10 * 3, 40 + frame * 50))),
    { raw: { width: 20, height: 10 * count, channels: 3, pageHeight: 10 } },
  )
    .toFormat(format)
    .toBuffer();

/** A PNG with a chunk of the animation's control before its pixels, as APNG has it. */
async function apng(count: number): Promise<Buffer> {
  const png = await photo({ format: 'png' });
  const chunk = Buffer.concat([u32(8), Buffer.from('acTL'), u32(count, 0), u32(0)]);
  const header = 8 + 25;
  return Buffer.concat([png.subarray(0, header), chunk, png.subarray(header)]);
}

/** An APP segment. */
const segment = (marker: number, ...contents: (string | Buffer)[]): Buffer => {
  const content = Buffer.concat(contents.map((part) => Buffer.from(part as string, 'latin1')));
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};

/** A JPEG with a further picture behind it, and the index that leads there, as the Multi-Picture Format has it. */
function multiPicture(first: Buffer, second: Buffer, at?: number): Buffer {
  const build = (place: number): Buffer => {
    const entries = Buffer.concat([u32(0x20030000, first.length, 0, 0), u32(0, second.length, place, 0)]);
    const index = tiffFile({
      order: 'MM',
      directories: [{ 0xb001: { long: [2] }, 0xb002: { bytes: entries } }],
    });
    return Buffer.concat([first.subarray(0, 2), segment(0xe2, 'MPF\0', index), first.subarray(2)]);
  };
  // Places count from the index' own header: after the start of the file, the segment's head and its name.
  const place = at ?? build(0).length - (2 + 4 + 4);
  return Buffer.concat([build(place), second]);
}

const withSegment = (picture: Buffer, added: Buffer): Buffer =>
  Buffer.concat([picture.subarray(0, 2), added, picture.subarray(2)]);

/** An AVIF with one property more, its colors by numbers: all that is around it grows, and all behind it moves. */
function withColors(avif: Buffer, transfer: number): Buffer {
  const color = box('colr', Buffer.from([...Buffer.from('nclx'), 0, 9, 0, transfer, 0, 9, 0x80]));
  const before = Buffer.from(avif);
  for (const type of ['meta', 'iprp', 'ipco']) {
    const at = before.indexOf(type) - 4;
    before.writeUInt32BE(before.readUInt32BE(at) + color.length, at);
  }
  const data = before.indexOf('mdat') + 4;
  const place = before.indexOf(u32(data), before.indexOf('iloc'));
  before.writeUInt32BE(data + color.length, place);
  const properties = avif.indexOf('ipco') - 4;
  const end = properties + avif.readUInt32BE(properties);
  return Buffer.concat([before.subarray(0, end), color, before.subarray(end)]);
}

describe('animated', () => {
  test.each<[string, () => Promise<Buffer>]>([
    ['a GIF with two frames', () => frames(2, 'gif')],
    ['a GIF of the fixtures', animatedGif],
    ['a WebP with three frames', () => frames(3, 'webp')],
    ['a PNG with two frames', () => apng(2)],
  ])('%s is, and shown by its first frame', async (_name, make) => {
    const { row, renditions } = await measured(await make());
    expect(row).toMatchObject({ status: 'ready', flags: ['animated'] });
    expect((await sharp(renditions?.view).metadata()).pages ?? 1).toBe(1);
  });

  test.each<[string, () => Promise<Buffer>]>([
    ['a GIF with one frame', () => frames(1, 'gif')],
    ['a WebP', () => photo({ format: 'webp' })],
    ['a WebP with transparency', () => photo({ format: 'webp', alpha: true })],
    ['a PNG', () => photo({ format: 'png' })],
    ['a PNG with one frame', () => apng(1)],
    ['an AVIF', () => photo({ format: 'avif' })],
    ['a JPEG', () => photo()],
  ])('%s is not', async (_name, make) => {
    expect(await flagsOf(await make())).toEqual([]);
  });

  test.each([1, 5])('an AVIF whose track holds %i pictures', async (count) => {
    const avif = await photo({ format: 'avif' });
    const sizes = box('stsz', u32(0, 100, count));
    const handler = box('hdlr', u32(0, 0), Buffer.from('pict'), Buffer.alloc(13));
    const track = box('trak', box('mdia', handler, box('minf', box('stbl', sizes))));
    const flags = await flagsOf(Buffer.concat([avif, box('moov', track)]));
    expect(flags).toEqual(count > 1 ? ['animated'] : []);
  });

  test('a GIF cut off anywhere in its second frame is a row all the same', async () => {
    const gif = await frames(2, 'gif');
    for (let at = 10; at < gif.length; at++) {
      const { row } = await measured(gif.subarray(0, at));
      expect(row.status === 'ready' || row.failure?.code === 'damaged').toBe(true);
    }
  });
});

describe('motion', () => {
  test('a JPEG with a video behind it, as Google appends it', async () => {
    const { row, renditions } = await measured(Buffer.concat([jpeg, mp4()]));
    expect(row).toMatchObject({
      status: 'ready',
      type: 'image/jpeg',
      flags: ['motion'],
      width: 64,
      height: 48,
    });
    expect(renditions).toBeDefined();
  });

  test('a JPEG with a video behind it, as Samsung appends it', async () => {
    const trailer = Buffer.from('\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data', 'latin1');
    const end = Buffer.from('SEFH\x6b\0\0\0SEFT', 'latin1');
    expect(await flagsOf(Buffer.concat([jpeg, trailer, mp4(), end]))).toEqual(['motion']);
  });

  test.each<[string, () => Buffer]>([
    ['rubbish behind it', () => Buffer.alloc(5000, 0x55)],
    ['a word behind it', () => Buffer.from('....ftyp and other words of the trade')],
    ['a thousand such words behind it', () => Buffer.from('ftyp'.repeat(100_000))],
    ['the head of a video and nothing more', () => mp4().subarray(0, 20)],
  ])('a JPEG with %s carries no video', async (_name, trailer) => {
    const { row } = await measured(Buffer.concat([jpeg, trailer()]));
    expect(row.status).toBe('ready');
    expect(row.flags).toBeUndefined();
  });
});

describe('hdr', () => {
  const MAPS: [string, Buffer][] = [
    [
      "Google's",
      segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"/>'),
    ],
    ["ISO's", segment(0xe2, 'urn:iso:std:iso:ts:21496:-1\0\0\0\0\0')],
    [
      "Apple's",
      segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x>urn:com:apple:photo:2020:aux:hdrgainmap</x>'),
    ],
  ];

  test.each(MAPS)(
    'a JPEG with a gain map behind it, by %s name; the photo is the first picture',
    async (_name, map) => {
      const second = withSegment(await photo({ width: 32, height: 24, grey: true }), map);
      const { row } = await measured(multiPicture(jpeg, second));
      expect(row).toMatchObject({ status: 'ready', width: 64, height: 48, flags: ['hdr'] });
    },
  );

  test('a JPEG with a mere preview behind it is not', async () => {
    const { row } = await measured(multiPicture(jpeg, await photo({ width: 32, height: 24 })));
    expect(row).toMatchObject({ status: 'ready', width: 64, height: 48 });
    expect(row.flags).toBeUndefined();
  });

  test.each([0, 0xffff_fff0, 3])('an index that leads to byte %i leads nowhere', async (place) => {
    const second = withSegment(await photo({ grey: true }), MAPS[0]?.[1] ?? Buffer.alloc(0));
    const { row } = await measured(multiPicture(jpeg, second, place));
    expect(row.status).toBe('ready');
    expect(row.flags).toBeUndefined();
  });

  test.each([
    [16, ['hdr']],
    [18, ['hdr']],
    [13, []],
  ])('an AVIF with transfer function %i', async (transfer, expected) => {
    const { row } = await measured(withColors(await photo({ format: 'avif' }), transfer));
    expect(row).toMatchObject({ status: 'ready', width: 64, height: 48 });
    expect(row.flags ?? []).toEqual(expected);
  });
});

describe('a TIFF of several pages', () => {
  /** One page of 8-bit grey, all of one value. */
  const page = (width: number, height: number, value: number, type: number) => ({
    0xfe: { long: [type] },
    0x100: { long: [width] },
    0x101: { long: [height] },
    0x102: { short: [8] },
    0x103: { short: [1] },
    0x106: { short: [1] },
    0x111: { at: Buffer.alloc(width * height, value) },
    0x115: { short: [1] },
    0x116: { long: [height] },
    0x117: { long: [width * height] },
  });

  test('is shown by its first', async () => {
    const { row } = await measured(tiffFile({ directories: [page(40, 30, 99, 2), page(80, 60, 200, 2)] }));
    expect(row).toMatchObject({ status: 'ready', width: 40, height: 30 });
  });

  test.each(['II', 'MM'] as const)('is not shown by a thumbnail before it (%s)', async (order) => {
    const file = tiffFile({ order, directories: [page(20, 15, 99, 1), page(80, 60, 200, 0)] });
    const { row, renditions } = await measured(file);
    expect(row).toMatchObject({ status: 'ready', type: 'image/tiff', width: 80, height: 60 });
    expect((await sharp(renditions?.view).stats()).channels[0]?.mean).toBeGreaterThan(190);
  });

  test('is shown by its thumbnail when there is nothing else', async () => {
    const { row } = await measured(tiffFile({ directories: [page(20, 15, 99, 1)] }));
    expect(row).toMatchObject({ status: 'ready', width: 20, height: 15 });
  });

  test('with a picture in a directory below the thumbnail is shown by that', async () => {
    const below = { ...page(20, 15, 99, 1), 0x14a: { directories: [page(80, 60, 200, 0)] } };
    const { row } = await measured(tiffFile({ directories: [below] }));
    expect(row).toMatchObject({ status: 'ready', width: 80, height: 60 });
  });
});
