// Originals as one zip: read back as any program reads zips, with connections that break, photos that are gone, and names that clash.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { PhotoId } from '../../src/schema/ids.ts';
import type { Photo } from '../../src/schema/photo.ts';
import type { OriginalSource } from '../../src/library/original-bytes.ts';
import { Names, safeName } from '../../src/selection/zip-names.ts';
import { zipOf, type Missing } from '../../src/selection/zip.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { identity } from '../fixtures.ts';
import { entriesOf, type ZipEntry } from '../zip-reader.ts';

const KB = 1024;
const MB = 1024 * KB;
const directory = mkdtempSync(join(tmpdir(), 'shoebox-zip-'));
afterAll(() => rmSync(directory, { recursive: true }));

const made = [...madeUpPhotos(identity(), 60)];
const photoOf = (n: number, more: Partial<Photo> = {}): Photo =>
  ({ ...made[n], name: `photo ${n}.jpg`, bytes: 1000, ...more }) as Photo;

/** Byte `at` of the photo with this seed. */
const byteAt = (seed: number, at: number): number => (seed * 31 + at * 7 + (at >> 8)) & 255;
const contentOf = (photo: Photo): Uint8Array =>
  Uint8Array.from({ length: photo.bytes }, (_, at) => byteAt(photo.photoId.charCodeAt(3), at));

type Answer = (from: number) => Response | Promise<Response>;

/** S3 as it answers for these photos; `faults` are used up one by one, each by a request for that photo. */
class FakeS3 implements OriginalSource {
  readonly requests: [name: string, range: string | null][] = [];
  readonly faults = new Map<string, Answer[]>();
  readonly pauses: number[] = [];
  readonly #photos: ReadonlyMap<string, Photo>;

  constructor(photos: readonly Photo[]) {
    this.#photos = new Map(photos.map((photo) => [photo.photoId, photo]));
  }

  playUrl = ({ photoId }: Pick<Photo, 'photoId'>) => Promise.resolve(`https://s3.example/${photoId}`);
  pause = async (failures: number): Promise<void> => void this.pauses.push(failures);
  fetch: typeof fetch = async (url, init) => {
    const photo = this.#photos.get(String(url).slice(19)) as Photo;
    const range = new Headers(init?.headers).get('range');
    this.requests.push([photo.name, range]);
    init?.signal?.throwIfAborted();
    const from = Number(/\d+/.exec(range ?? '0')?.[0]);
    const fault = this.faults.get(photo.name)?.shift();
    return fault ? fault(from) : this.answer(photo, from);
  };

  answer(photo: Photo, from: number, end = photo.bytes, cut = false): Response {
    const content = contentOf(photo).subarray(from, end);
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at < content.length) controller.enqueue(content.slice(at, (at += 300)));
        else if (cut) controller.error(new TypeError('network error'));
        else controller.close();
      },
    });
    const headers = { 'content-range': `bytes ${from}-${photo.bytes - 1}/${photo.bytes}` };
    return new Response(body, from > 0 ? { status: 206, headers } : {});
  }
}

interface Zipped {
  bytes: Uint8Array;
  entries: ZipEntry[];
  missing: Missing[];
  s3: FakeS3;
}

async function zipped(photos: readonly Photo[], prepare: (s3: FakeS3) => void = () => {}): Promise<Zipped> {
  const s3 = new FakeS3(photos);
  prepare(s3);
  const missing: Missing[] = [];
  const known = new Map(photos.map((photo) => [photo.photoId, photo]));
  const stream = zipOf(known.keys(), {
    photoOf: (id) => known.get(id),
    source: s3,
    signal: new AbortController().signal,
    onbytes: () => {},
    ondone: () => {},
    onmissing: (one) => missing.push(one),
  });
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return { bytes, entries: entriesOf(bytes), missing, s3 };
}

const textOf = (entry: ZipEntry | undefined): string => new TextDecoder().decode(entry?.content);

test('each original is in the zip as it is, under its name, stored, with the time it was taken', async () => {
  const photos = [
    photoOf(0, { takenAt: '2021-06-03T18:20:30+02:00' as Photo['takenAt'] }),
    photoOf(1, { name: 'größer 🏖.heic', bytes: 0 }),
    photoOf(2, { name: 'old.jpg', takenAt: '1931-01-01T00:00:00' as Photo['takenAt'], bytes: 3 * MB }),
  ];
  const { bytes, entries } = await zipped(photos);
  expect(entries.map(({ name }) => name)).toEqual(['photo 0.jpg', 'größer 🏖.heic', 'old.jpg']);
  for (const [n, entry] of entries.entries()) {
    const content = contentOf(photos[n] as Photo);
    expect(entry.method).toBe(0);
    expect(entry.crc).toBe(crc32(content));
    expect(Buffer.compare(entry.content, content)).toBe(0);
  }
  expect([entries[0]?.date, entries[2]?.date]).toEqual(['2021-06-03T18:20:30', '1980-01-01T00:00:00']);
  const file = join(directory, 'plain.zip');
  writeFileSync(file, bytes);
  expect(isTakenByUnzip(file)).toBe(true);
});

/** By Info-ZIP, where it is installed; our own reader has read it in any case. */
function isTakenByUnzip(file: string): boolean {
  try {
    return execFileSync('unzip', ['-t', file], { encoding: 'utf8' }).includes('No errors detected');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

test('a connection that breaks is taken up where it was', async () => {
  const photo = photoOf(0, { bytes: 2000 });
  const { entries, missing, s3 } = await zipped([photo], (fake) =>
    fake.faults.set(photo.name, [
      (from) => fake.answer(photo, from, 700, true),
      () => Promise.reject(new TypeError('Failed to fetch')),
      // Ends without an error, but early.
      (from) => fake.answer(photo, from, 1500),
    ]),
  );
  expect(s3.requests.map(([, range]) => range)).toEqual([null, 'bytes=700-', 'bytes=700-', 'bytes=1500-']);
  expect(Buffer.compare(entries[0]?.content as Uint8Array, contentOf(photo))).toBe(0);
  expect([missing, s3.pauses]).toEqual([[], [1, 2, 1]]);
});

test('an answer that is not for what was asked is not mixed into the photo', async () => {
  const photo = photoOf(0, { bytes: 2000 });
  const { entries, missing } = await zipped([photo], (fake) =>
    fake.faults.set(photo.name, [
      (from) => fake.answer(photo, from, 700, true),
      () => fake.answer(photo, 0),
      () => fake.answer(photo, 800),
    ]),
  );
  expect(missing).toEqual([]);
  expect(Buffer.compare(entries[0]?.content as Uint8Array, contentOf(photo))).toBe(0);
});

test('a photo that cannot be had does not end the zip: the last file in it says what is missing', async () => {
  const photos = [photoOf(0), photoOf(1), photoOf(2)];
  const { entries, missing, s3 } = await zipped(photos, (fake) => {
    fake.faults.set(
      'photo 1.jpg',
      Array.from({ length: 9 }, () => () => new Response('', { status: 500 })),
    );
    fake.faults.set('photo 2.jpg', [() => new Response('', { status: 403 })]);
  });
  expect(entries.map(({ name }) => name)).toEqual(['photo 0.jpg', 'photo 2.jpg', 'Missing photos.txt']);
  expect(missing).toEqual([{ name: 'photo 1.jpg', why: 'unexpected', cut: false }]);
  expect(textOf(entries.at(-1))).toContain('photo 1.jpg: Something unexpected happened.');
  expect(s3.requests.filter(([name]) => name === 'photo 1.jpg')).toHaveLength(4);
});

test('of a large photo that breaks off for good, what came is kept and said to be cut', async () => {
  const large = photoOf(0, { bytes: 17 * MB, name: 'film.mp4' });
  const gone = () => Promise.reject(new TypeError('Failed to fetch'));
  const { entries, missing } = await zipped([large, photoOf(1)], (fake) =>
    fake.faults.set('film.mp4', [(from) => fake.answer(large, from, 3 * MB, true), gone, gone, gone, gone]),
  );
  expect(missing).toEqual([{ name: 'film.mp4', why: 'offline', cut: true }]);
  expect(entries.map(({ name, content }) => [name, content.length])).toEqual([
    ['film.mp4', 3 * MB],
    ['photo 1.jpg', 1000],
    ['Missing photos.txt', expect.any(Number)],
  ]);
  expect(textOf(entries[2])).toContain('film.mp4: Only its beginning came.');
});

test('a photo deleted meanwhile is missing, and named as far as it is known', async () => {
  const s3 = new FakeS3([photoOf(0)]);
  const missing: Missing[] = [];
  const stream = zipOf([made[5]?.photoId as PhotoId], {
    photoOf: () => undefined,
    source: s3,
    signal: new AbortController().signal,
    onbytes: () => {},
    ondone: () => {},
    onmissing: (one) => missing.push(one),
  });
  const entries = entriesOf(new Uint8Array(await new Response(stream).arrayBuffer()));
  expect(entries.map(({ name }) => name)).toEqual(['Missing photos.txt']);
  expect(missing).toMatchObject([{ why: 'missing' }]);
});

test('cancelled, it fails at once and asks for nothing more', async () => {
  const photos = Array.from({ length: 50 }, (_, n) => photoOf(n));
  const s3 = new FakeS3(photos);
  const cancel = new AbortController();
  const known = new Map(photos.map((photo) => [photo.photoId, photo]));
  let done = 0;
  const stream = zipOf(known.keys(), {
    photoOf: (id) => known.get(id),
    source: s3,
    signal: cancel.signal,
    onbytes: () => {},
    ondone: () => ++done === 5 && cancel.abort(),
    onmissing: () => expect.unreachable('nothing is missing: it was cancelled'),
  });
  await expect(new Response(stream).arrayBuffer()).rejects.toMatchObject({ name: 'AbortError' });
  expect(s3.requests.length).toBeLessThan(12);
});

test('three gigabytes pass through without filling memory', { timeout: 120_000 }, async () => {
  const chunk = new Uint8Array(4 * MB).fill(7);
  const photos = [
    ...Array.from({ length: 24 }, (_, n) => photoOf(n, { bytes: 12 * MB, name: 'IMG_0001.jpg' })),
    ...Array.from({ length: 7 }, (_, n) => photoOf(30 + n, { bytes: 400 * MB, name: 'film.mp4' })),
  ];
  const known = new Map(photos.map((photo) => [photo.photoId, photo]));
  let given = 0;
  let taken = 0;
  const source: OriginalSource = {
    playUrl: ({ photoId }) => Promise.resolve(photoId),
    pause: () => expect.unreachable('nothing fails'),
    fetch: async (url) => {
      let left = known.get(String(url) as PhotoId)?.bytes ?? 0;
      return new Response(
        new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              if (left === 0) return controller.close();
              left -= chunk.length;
              given += chunk.length;
              controller.enqueue(chunk);
            },
          },
          { highWaterMark: 0 },
        ),
      );
    },
  };
  const stream = zipOf(known.keys(), {
    photoOf: (id) => known.get(id),
    source,
    signal: new AbortController().signal,
    onbytes: () => {},
    ondone: () => {},
    onmissing: () => expect.unreachable('nothing is missing'),
  });
  const before = memoryUsed();
  let most = 0;
  let ahead = 0;
  for await (const part of stream) {
    taken += part.length;
    ahead = Math.max(ahead, given - taken);
    if ((taken & (16 * MB - 1)) < part.length) most = Math.max(most, memoryUsed() - before);
  }
  expect(taken).toBeGreaterThan(3000 * 1000 * KB);
  // Never more read than three small ones and a little of a large one.
  expect(ahead).toBeLessThan(60 * MB);
  expect(most).toBeLessThan(150 * MB);
});

const memoryUsed = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

describe('names', () => {
  test('of two alike the second has a number, also where only capitals differ', () => {
    const names = new Names();
    const given = ['IMG_1.jpg', 'img_1.JPG', 'IMG_1 (2).jpg', 'IMG_1.jpg', 'a', 'a'].map((name) =>
      names.take(name),
    );
    expect(given).toEqual(['IMG_1.jpg', 'img_1 (2).JPG', 'IMG_1 (2) (2).jpg', 'IMG_1 (3).jpg', 'a', 'a (2)']);
  });

  test('no name leads out of the folder, to a device, or onto a system that cannot have it', () => {
    const given = [
      '../../etc/passwd',
      'C:\\Windows\\x.jpg',
      'con.jpg',
      'LPT1',
      'a\u0000b\u202e.jpg',
      'what?.jpg',
      ' . ',
      '.profile',
      'x.',
    ];
    expect(given.map(safeName)).toEqual([
      '__.._etc_passwd',
      'C__Windows_x.jpg',
      '_con.jpg',
      '_LPT1',
      'ab.jpg',
      'what_.jpg',
      'photo',
      '_profile',
      'x',
    ]);
  });

  test('whatever photos are called, their names are safe and no two alike', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 30 }), (given) => {
        const names = new Names();
        const taken = given.map((name) => names.take(name));
        expect(new Set(taken.map((name) => name.toLowerCase())).size).toBe(taken.length);
        for (const name of taken) {
          // oxlint-disable-next-line no-control-regex
          expect(name).not.toMatch(/[/\\:*?"<>|\u0000-\u001f]|^\.|[. ]$|^$/);
          expect(Buffer.byteLength(name)).toBeLessThan(255);
        }
      }),
    );
  });
});
