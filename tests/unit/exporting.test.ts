// A library is brought out into a folder by the page: names, JSON, going on, and what must not happen to anything that is there.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CloudError, type CloudErrorCode } from '../../src/cloud/error.ts';
import { bringOut, noTally } from '../../src/exporting/export.ts';
import { Ended, type Reason } from '../../src/exporting/reasons.ts';
import { photoIdOfDigest, type RandomId } from '../../src/schema/ids.ts';
import type { Photo } from '../../src/schema/photo.ts';
import type { Album, Entry } from '../../src/schema/social.ts';
import { planFor } from '../../src/takeout/plan.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { identity } from '../fixtures.ts';
import { FakeFolder, type Disk } from './fake-folder.ts';

const made = [...madeUpPhotos(identity(), 8)];
const KB = 1024;
const MB = KB * KB;

const idOf = (bytes: Uint8Array) => photoIdOfDigest(createHash('sha256').update(bytes).digest());

interface Original {
  photo: Photo;
  content: Uint8Array;
}

/** The `n`th photo: of June 2019, unless `more` says otherwise. */
function original(n: number, more: Partial<Photo> = {}, size = 3 * KB + n): Original {
  const content = new Uint8Array(size).map((_, at) => (at * 7 + n * 31 + (at >> 9)) & 255);
  const photo = {
    ...made[n],
    name: `IMG_${n}.jpg`,
    takenAt: `2019-06-0${n + 1}T12:00:00+02:00`,
    uploadedAt: `2026-01-0${n + 1}T00:00:00.000Z`,
    ...more,
    photoId: idOf(content),
    bytes: content.length,
  } as Photo;
  return { photo, content };
}

const LISBON = 'a'.repeat(22) as RandomId;
const lisbon = { album: LISBON, title: 'Lisbon' } as Album;
const inLisbon = ({ photo }: Original) => ({ album: LISBON, photoId: photo.photoId }) as Entry;

interface Given {
  folder?: FakeFolder;
  albums?: { albums: Album[]; entries: Entry[] };
  signal?: AbortSignal;
  /** What S3 has to say instead. */
  faults?: Map<string, CloudErrorCode | Uint8Array>;
  onread?: (name: string) => void;
}

async function exported(originals: readonly Original[], given: Given = {}) {
  const { folder = new FakeFolder(), albums, faults, onread } = given;
  const { signal = new AbortController().signal } = given;
  const tally = noTally();
  const told: [string, Reason][] = [];
  const read: string[] = [];
  const plan = planFor(
    originals.map(({ photo }) => photo),
    albums ?? { albums: [], entries: [] },
    () => '+02:00',
  );
  const contents = new Map(originals.map(({ photo, content }) => [photo.photoId, content]));
  const ended = await bringOut({
    plan,
    folder: folder.handle,
    async *read({ photoId, name }) {
      read.push(name);
      onread?.(name);
      const fault = faults?.get(name);
      if (typeof fault === 'string') throw new CloudError(fault, 'as the test has it');
      const content = fault ?? (contents.get(photoId) as Uint8Array);
      for (let at = 0; at < content.length; at += 64 * KB) {
        signal.throwIfAborted();
        yield content.subarray(at, at + 64 * KB);
      }
    },
    identify: async (file) => idOf(await file.bytes()),
    signal,
    tally,
    told: (what, why) => told.push([what, why]),
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { folder, tally, told, read, ended };
}

const MONTH = '2019/06';

test('every photo has its month, its name, and beside it what is known of it, in the shape that Google gives', async () => {
  const [one, two] = [
    original(0, { caption: 'Low tide', favorite: true }),
    original(1, { name: 'IMG_0.jpg' }),
  ];
  const { folder, tally, told, ended } = await exported([one, two]);
  expect(ended).toBeUndefined();
  expect(told).toEqual([]);
  const second = folder.paths.find((path) => /IMG_0-[0-9a-f]{8}\.jpg$/.test(path)) ?? '';
  expect(folder.paths).toEqual(
    [
      `${MONTH}/IMG_0.jpg`,
      `${MONTH}/IMG_0.jpg.json`,
      second,
      `${second}.json`,
      `${MONTH}/metadata.json`,
    ].sort(),
  );
  expect(folder.files().get(`${MONTH}/IMG_0.jpg`)).toEqual(one.content);
  expect(folder.files().get(second)).toEqual(two.content);
  expect(JSON.parse(folder.text(`${MONTH}/IMG_0.jpg.json`))).toMatchObject({
    title: 'IMG_0.jpg',
    description: 'Low tide',
    favorited: true,
    photoTakenTime: { timestamp: '1559383200' },
    shoebox: { photoId: one.photo.photoId },
  });
  const bytes = one.content.length + two.content.length;
  expect(tally).toMatchObject({ all: 2, done: 2, written: 2, there: 0, bytes, allBytes: bytes, failed: 0 });
});

test('an album is a folder with its photos in it once more', async () => {
  const [one, two] = [original(0), original(1)];
  const { folder, tally } = await exported([one, two], {
    albums: { albums: [lisbon], entries: [inLisbon(two)] },
  });
  expect(folder.paths.filter((path) => path.startsWith('Albums/'))).toEqual([
    'Albums/Lisbon/IMG_1.jpg',
    'Albums/Lisbon/IMG_1.jpg.json',
    'Albums/Lisbon/metadata.json',
  ]);
  expect(folder.files().get('Albums/Lisbon/IMG_1.jpg')).toEqual(two.content);
  expect(JSON.parse(folder.text('Albums/Lisbon/metadata.json'))).toMatchObject({ title: 'Lisbon' });
  expect(tally).toMatchObject({ albums: 1, allAlbums: 1 });
});

test('exported again, nothing is fetched and nothing is written; of what is new, only that', async () => {
  const [one, two] = [original(0), original(1, {}, 17 * MB)];
  const writes: string[] = [];
  const folder = new FakeFolder('Backup', (path) => writes.push(path));
  const albums = { albums: [lisbon], entries: [inLisbon(one)] };
  await exported([one, two], { folder, albums });
  writes.length = 0;
  const again = await exported([one, two], { folder, albums });
  expect(again.read).toEqual([]);
  expect(writes).toEqual([]);
  expect(again.tally).toMatchObject({ written: 0, there: 2, done: 2, bytes: again.tally.allBytes });
  const more = await exported([one, two, original(2)], { folder, albums });
  expect(more.read).toEqual(['IMG_2.jpg']);
  expect(more.tally).toMatchObject({ written: 1, there: 2 });
});

test.each([
  ['small', 5 * KB],
  ['large', 17 * MB],
])('a %s photo whose bytes are not its own is not written, and told', async (_, size) => {
  const [good, bad] = [original(0), original(1, {}, size)];
  const flipped = bad.content.slice();
  flipped[size - 9] = (flipped[size - 9] ?? 0) ^ 1;
  for (const wrong of [flipped, bad.content.subarray(0, size - 1), new Uint8Array(size + 1)]) {
    const { folder, told, tally, ended } = await exported([good, bad], {
      faults: new Map([['IMG_1.jpg', wrong]]),
    });
    expect(ended).toBeUndefined();
    expect(told).toEqual([[`${MONTH}/IMG_1.jpg`, 'damaged']]);
    expect(folder.paths).toEqual([`${MONTH}/IMG_0.jpg`, `${MONTH}/IMG_0.jpg.json`, `${MONTH}/metadata.json`]);
    expect(tally).toMatchObject({ written: 1, failed: 1, done: 2, bytes: tally.allBytes });
  }
});

test('a file of somebody else keeps its place and its bytes, whatever it is called', async () => {
  const one = original(0);
  const folder = new FakeFolder();
  await folder.put(`${MONTH}/IMG_0.jpg`, 'not yours');
  const { told, tally } = await exported([one], { folder });
  expect(told).toEqual([]);
  expect(tally.written).toBe(1);
  expect(folder.text(`${MONTH}/IMG_0.jpg`)).toBe('not yours');
  const beside = folder.paths.find((path) => /IMG_0-[0-9a-f]{8}\.jpg$/.test(path)) ?? '';
  expect(folder.files().get(beside)).toEqual(one.content);
  // Its second name is taken, too: by one of the same size.
  await folder.put(
    beside,
    one.content.map((byte) => byte ^ 1),
  );
  const again = await exported([one], { folder });
  expect(again.told).toEqual([[`${MONTH}/IMG_0.jpg`, 'taken']]);
  expect(again.read).toEqual([]);
  expect(folder.files().get(beside)).toEqual(one.content.map((byte) => byte ^ 1));
});

test('JSON of somebody else stays; our own is brought up to date', async () => {
  const one = original(0);
  const { folder } = await exported([one]);
  const captioned = { ...one, photo: { ...one.photo, caption: 'Later' } };
  expect((await exported([captioned], { folder })).told).toEqual([]);
  expect(folder.text(`${MONTH}/IMG_0.jpg.json`)).toContain('Later');
  await folder.put(`${MONTH}/IMG_0.jpg.json`, '{"title":"mine"}');
  const { told } = await exported([captioned], { folder });
  expect(told).toEqual([[`${MONTH}/IMG_0.jpg`, 'taken']]);
  expect(folder.text(`${MONTH}/IMG_0.jpg.json`)).toBe('{"title":"mine"}');
});

test('photos that cannot be had, or whose name the browser does not take, are named; the others follow', async () => {
  const originals = [original(0), original(1), original(2), original(3, { name: 'shot.lnk' }), original(4)];
  const { told, tally, ended } = await exported(originals, {
    faults: new Map<string, CloudErrorCode>([
      ['IMG_0.jpg', 'archived'],
      ['IMG_1.jpg', 'missing'],
      ['IMG_2.jpg', 'unexpected'],
    ]),
  });
  expect(ended).toBeUndefined();
  expect(told.sort()).toEqual([
    [`${MONTH}/IMG_0.jpg`, 'archived'],
    [`${MONTH}/IMG_1.jpg`, 'missing'],
    [`${MONTH}/IMG_2.jpg`, 'unexpected'],
    [`${MONTH}/shot.lnk`, 'name'],
  ]);
  expect(tally).toMatchObject({ written: 1, failed: 4, done: 5 });
});

test.each([
  ['QuotaExceededError', 'full'],
  ['NotAllowedError', 'denied'],
  ['NotFoundError', 'gone'],
  ['InvalidStateError', 'unwritable'],
])('a disk that says %s ends it, and leaves nothing half written', async (name, ending) => {
  const disk: Disk = (path) => {
    if (path.endsWith('IMG_2.jpg')) throw new DOMException('no', name);
  };
  const folder = new FakeFolder('Backup', disk);
  const originals = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => original(n, {}, n === 2 ? 17 * MB : 2 * KB));
  const { ended, tally } = await exported(originals, { folder });
  expect(ended).toBeInstanceOf(Ended);
  expect((ended as Ended).ending).toBe(ending);
  expect(tally.done).toBeLessThan(8);
  const whole = new Map(originals.map(({ photo, content }) => [`${MONTH}/${photo.name}`, content]));
  const pictures = [...folder.files()].filter(([path]) => path.endsWith('.jpg'));
  for (const [path, bytes] of pictures) expect(bytes).toEqual(whole.get(path));
  expect(folder.paths).not.toContain(`${MONTH}/IMG_2.jpg`);
});

test('without a connection, or a sign-in, it ends: not each photo is told', async () => {
  for (const code of ['offline', 'signed-out', 'throttled', 'forbidden'] as const) {
    const { ended, told } = await exported([original(0), original(1)], {
      faults: new Map([['IMG_0.jpg', code]]),
    });
    expect((ended as Ended).ending).toBe(code);
    expect(told).toEqual([]);
  }
});

test('stopped, it ends at once with what is whole, and goes on from there', async () => {
  const stop = new AbortController();
  const folder = new FakeFolder();
  const originals = [0, 1, 2, 3, 4, 5].map((n) => original(n, {}, n === 3 ? 17 * MB : 2 * KB));
  const first = await exported(originals, {
    folder,
    signal: stop.signal,
    onread: (name) => name === 'IMG_3.jpg' && stop.abort(),
  });
  expect(first.ended).toBe(stop.signal.reason);
  expect(first.told).toEqual([]);
  expect(folder.paths).not.toContain(`${MONTH}/IMG_3.jpg`);
  expect(first.read).not.toContain('IMG_5.jpg');
  const { tally, ended } = await exported(originals, { folder });
  expect(ended).toBeUndefined();
  expect(tally.there).toBe(first.tally.written);
  expect(tally.there + tally.written).toBe(6);
});

test('a place that a closed page has left empty is taken', async () => {
  const folder = new FakeFolder();
  await folder.put(`${MONTH}/IMG_0.jpg`, '');
  const one = original(0);
  await exported([one], { folder });
  expect(folder.files().get(`${MONTH}/IMG_0.jpg`)).toEqual(one.content);
});
