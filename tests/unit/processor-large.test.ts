// Originals too large to be held: hashed as they pass, read by a few ranges, and never in memory as a whole.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { measure } from '../../processor/measure.ts';
import { MAX_HELD_BYTES, RangedSource, receive, within } from '../../processor/source.ts';
import type { Original } from '../../processor/stores.ts';
import { photoIdOfDigest, type PhotoId } from '../../src/schema/ids.ts';
import { photo } from '../fixtures.ts';
import { originalOf } from '../memory-stores.ts';
import { u32 } from '../bytes.ts';
import { cr3, dng, nef } from '../raw-builders.ts';
import { ftyp, movie } from '../video-builders.ts';

const GIGABYTES = 5;
const MEGABYTE = Buffer.alloc(1_000_000, 0x55);

/** A file with a hole in it: a beginning, so much of the same, and an end. */
interface Holed {
  head: Buffer;
  hole: number;
  tail: Buffer;
}

async function* piecesOf({ head, hole, tail }: Holed): AsyncIterable<Uint8Array> {
  yield head;
  for (let left = hole; left > 0; left -= MEGABYTE.length) yield MEGABYTE.subarray(0, left);
  yield tail;
}

function rangeOf({ head, hole, tail }: Holed, start: number, length: number): Buffer {
  const part = Buffer.alloc(length, 0x55);
  for (const [piece, at] of [
    [head, 0],
    [tail, head.length + hole],
  ] as const) {
    const from = Math.max(start, at);
    const to = Math.min(start + length, at + piece.length);
    if (from < to) piece.copy(part, from - start, from - at, to - at);
  }
  return part;
}

async function idOf(file: Holed): Promise<PhotoId> {
  const hash = createHash('sha256');
  for await (const piece of piecesOf(file)) hash.update(piece);
  return photoIdOfDigest(hash.digest());
}

/** The original, and the ranges that were read of it. */
function stored(file: Holed, more: Partial<Original> = {}) {
  const ranges: number[] = [];
  const original = originalOf(Buffer.alloc(0), {
    bytes: file.head.length + file.hole + file.tail.length,
    body: piecesOf(file),
    read: (start, length) => {
      ranges.push(length);
      return Promise.resolve(rangeOf(file, start, length));
    },
    ...more,
  });
  return { original, ranges };
}

const context = { now: Date.parse('2026-01-02T00:00:00Z'), warn: () => {} };
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

let jpeg: Buffer;
let small: Buffer;
beforeAll(async () => {
  jpeg = await photo({ width: 2400, height: 1600, quality: 70 });
  small = await photo({ width: 120, height: 80, grey: true });
});

test('a place that is no whole number is the fault of the file, not of the store', async () => {
  const source = new RangedSource(10_000_000, Buffer.alloc(10), () => Promise.reject(new Error('asked')));
  await expect(source.read(2_000_000.5, 10)).rejects.toThrow(RangeError);
  expect(source.failure).toBeUndefined();
});

test(`a video of ${GIGABYTES} GB with its movie at the end is hashed as it passes and never held`, async () => {
  const hole = GIGABYTES * 1e9;
  const frames = Buffer.concat([
    u32(1),
    Buffer.from('mdat'),
    u32(Math.floor((hole + 16) / 2 ** 32), (hole + 16) >>> 0),
  ]);
  const file = {
    head: Buffer.concat([ftyp('isom'), frames]),
    hole,
    tail: movie({ created: Date.UTC(2019, 5, 1, 10), seconds: 1800, rotation: 90 }),
  };
  const { original, ranges } = stored(file);
  const id = await idOf(file);
  const before = process.memoryUsage().rss;
  const { measured, renditions } = await measure(id, original, context);
  expect(measured).toMatchObject({
    status: 'ready',
    type: 'video/mp4',
    bytes: original.bytes,
    width: 1080,
    height: 1920,
    duration: 1800,
  });
  expect(renditions).toBeUndefined();
  expect(ranges.length).toBeLessThan(5);
  expect(sum(ranges)).toBeLessThan(1_000_000);
  // Whoever held it would hold all of it; what is not held is collected when it pleases.
  expect(process.memoryUsage().rss - before).toBeLessThan(1_000_000_000);
}, 120_000);

describe('a raw photo too large to be held', () => {
  const options = () => ({ large: jpeg, small, width: 12_000, height: 8000, orientation: 1 });
  const filled = (before: Buffer, after = Buffer.alloc(0)): Holed => ({
    head: before,
    hole: MAX_HELD_BYTES,
    tail: after,
  });

  test.each([
    ['DNG', dng, 'image/x-adobe-dng'],
    ['NEF', nef, 'image/x-nikon-nef'],
    ['CR3', cr3, 'image/x-canon-cr3'],
  ])('is shown all the same: %s', async (_name, build, type) => {
    const file = filled(build(options()));
    const { original, ranges } = stored(file);
    const { measured, renditions } = await measure(await idOf(file), original, context);
    expect(measured).toMatchObject({ status: 'ready', type, width: 12_000, height: 8000 });
    expect(measured.takenAt).toMatch(/^2019-06-01T12:34:56/);
    expect(renditions?.view.length).toBeGreaterThan(1000);
    expect(ranges.length).toBeLessThan(20);
    expect(sum(ranges)).toBeLessThan(10_000_000);
  });

  test('is not called damaged when the store fails in a range', async () => {
    const head = nef(options());
    // What lies in the first megabyte is at hand without a range: the directories have to lie behind it.
    head.writeUInt32BE(150_000_000, 4);
    const file = filled(head);
    const { original } = stored(file, { read: () => Promise.reject(new Error('SlowDown')) });
    await expect(measure(await idOf(file), original, context)).rejects.toThrow('SlowDown');
  });
});

test('a picture too large to be held is refused, but says when it was taken', async () => {
  const head = await photo({ takenAt: '2019:06:01 12:34:56' });
  const file = { head, hole: MAX_HELD_BYTES, tail: Buffer.alloc(0) };
  const { original, ranges } = stored(file);
  const { measured } = await measure(await idOf(file), original, context);
  expect(measured).toMatchObject({
    status: 'failed',
    failure: { code: 'too-large' },
    takenAt: '2019-06-01T12:34:56',
  });
  expect(ranges).toEqual([]);
});

test('a large original that is not what its name says is refused', async () => {
  const file = { head: ftyp('isom'), hole: MAX_HELD_BYTES, tail: Buffer.alloc(0) };
  const { measured } = await measure(await idOf({ ...file, hole: 1 }), stored(file).original, context);
  expect(measured).toMatchObject({ status: 'failed', failure: { code: 'hash-mismatch' } });
});

test('an original of which S3 sends less than it has is tried again', async () => {
  const file = { head: ftyp('isom'), hole: 1000, tail: Buffer.alloc(0) };
  const { original } = stored(file);
  await expect(receive({ ...original, bytes: original.bytes + 1 })).rejects.toThrow('S3 sent');
});

describe('reading by ranges', () => {
  const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => at % 251));
  const reading = (read?: Original['read']) => {
    const asked: [number, number][] = [];
    const source = new RangedSource(content.length, content.subarray(0, 1000), (start, length) => {
      asked.push([start, length]);
      return read?.(start, length) ?? Promise.resolve(content.subarray(start, start + length));
    });
    return { source, asked };
  };

  test.each([
    [0, 10],
    [990, 20],
    [262_140, 10],
    [262_144, 262_144],
    [100, 1_000_000],
    [2_999_990, 100],
    [3_000_000, 10],
    [5_000_000, 10],
    [-5, 10],
    [10, 0],
  ])('%i and %i bytes on are the very bytes', async (start, length) => {
    const { source } = reading();
    const expected = start < 0 ? Buffer.alloc(0) : content.subarray(start, start + length);
    expect((await source.read(start, length)).equals(expected)).toBe(true);
  });

  test('what lies near was read along, and is not asked for again', async () => {
    const { source, asked } = reading();
    for (let at = 300_000; at < 500_000; at += 100) await source.read(at, 12);
    expect(asked).toEqual([[262_144, 262_144]]);
  });

  test('what is kept is bounded', async () => {
    const { source, asked } = reading();
    const many = new RangedSource(1e9, Buffer.alloc(0), (start, length) => {
      asked.push([start, length]);
      return Promise.resolve(Buffer.alloc(length));
    });
    for (let at = 0; at < 40e6; at += 1e6) await many.read(at, 12);
    await many.read(0, 12);
    expect(asked.length).toBe(41);
    expect(source.failure).toBeUndefined();
  });

  test('a file that sends its reader to and fro for ever is stopped, and that is no failure of the store', async () => {
    const source = new RangedSource(1e12, Buffer.alloc(0), (_start, length) =>
      Promise.resolve(Buffer.alloc(length)),
    );
    const wander = async () => {
      for (let at = 0; at < 1000; at++) await source.read(at * 1e9, 12);
    };
    await expect(wander()).rejects.toThrow('too many places');
    expect(source.failure).toBeUndefined();
  });

  test('more than a preview at once is refused before it is read', async () => {
    const { source, asked } = reading();
    const huge = new RangedSource(1e12, Buffer.alloc(0), (start, length) => {
      asked.push([start, length]);
      return Promise.resolve(Buffer.alloc(length));
    });
    await expect(huge.read(0, 1e11)).rejects.toThrow('too many');
    expect([asked, source.failure]).toEqual([[], undefined]);
  });

  test('a range that comes short is a failure of the store', async () => {
    const { source } = reading(() => Promise.resolve(Buffer.alloc(3)));
    await expect(source.read(2000, 100)).rejects.toThrow('S3 sent 3 bytes');
    expect(source.failure).toBeInstanceOf(Error);
  });

  test('a part of a source begins to count at its own first byte and ends at its own last', async () => {
    const { source } = reading();
    const part = within(source, 500_000, 100);
    expect(part.bytes).toBe(100);
    expect((await part.read(90, 50)).equals(content.subarray(500_090, 500_100))).toBe(true);
    expect((await part.read(200, 50)).length).toBe(0);
    expect(within(source, 5_000_000, 100).bytes).toBe(0);
  });
});
