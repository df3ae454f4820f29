// The library as it lies on the device: what happens when that is damaged, large, or written by another tab.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forgetReplicas } from '../../src/library/forget.ts';
import { Library } from '../../src/library/library.svelte.ts';
import { REPLICA_PREFIX } from '../../src/library/databases.ts';
import { settled } from '../../src/library/request.ts';
import { instantOf } from '../../src/schema/time.ts';
import { Locks } from './fake-browser.ts';
import { FakeTable } from './fake-table.ts';
import { hourly, ME, START } from './library-photos.ts';

/** Soon enough also on a computer that is busy with other things. */
const soon = { timeout: 20_000, interval: 20 };

const signal = new AbortController().signal;

/** In all chunks by turns. */
const photo = hourly((n) => `${'AEIMQUYcgkosw048'[n % 16]}${String(n).padStart(41, 'x')}A`);
const photos = (count: number) => Array.from({ length: count }, (_, n) => photo(n));

let table: FakeTable;
const opened: Library[] = [];

async function open({ ready = true } = {}): Promise<Library> {
  const library = await Library.open(table);
  opened.push(library);
  if (ready) await library.ready;
  return library;
}

/** A library of so many photos on this device, and nobody who has it open. */
async function stored(count: number): Promise<void> {
  table.put(...photos(count));
  const library = await open();
  await library.sync(signal);
  library.close();
}

/** Changes what the device has stored under a letter. */
async function tamper(store: string, change: (bytes: ArrayBuffer) => unknown, letter = 0): Promise<void> {
  const database = await settled(indexedDB.open(REPLICA_PREFIX + ME));
  const objects = database.transaction(store, 'readwrite').objectStore(store);
  const found = (await settled(objects.get(letter))) as ArrayBuffer;
  await settled(objects.put(change(found), letter));
  database.close();
}

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  table = new FakeTable(ME, START + 60_000_000);
});

afterEach(async () => {
  for (const library of opened.splice(0)) library.close();
  await forgetReplicas();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const names = (library: Library) => Array.from(library.photos, ({ name }) => name);
const allNames = (count: number) => photos(count).map(({ name }) => name);

test('rows can be laid out before what is in them has been read', async () => {
  await stored(30);
  const library = await open({ ready: false });
  const { days } = library.photos;
  expect(days).toHaveLength(30);
  expect(names(library)).toEqual([]);
  await library.ready;
  expect(names(library)).toEqual(allNames(30));
  expect(library.photos.days).toBe(days);
});

const cut = (bytes: ArrayBuffer) => bytes.slice(0, -1);
const gone = () => undefined;
const text = () => '<script>';
const ofAnotherVersion = (bytes: ArrayBuffer) => {
  new Uint32Array(bytes)[0] = 99;
  return bytes;
};
const scrambled = (bytes: ArrayBuffer) => {
  new Uint8Array(bytes).fill(0x7b);
  return bytes;
};
const damages = [
  ['heads', 'cut short', cut],
  ['heads', 'something else', text],
  ['heads', 'of another version', ofAnotherVersion],
  ['heads', 'scrambled', scrambled],
  ['rests', 'cut short', cut],
  ['rests', 'gone', gone],
  ['rests', 'scrambled', scrambled],
] as const;

test.each(damages)(
  'a library whose %s are %s shows the rest, and is whole after a sync',
  async (store, _what, change) => {
    await stored(30);
    await tamper(store, change);
    const library = await open();
    // Of 30 photos two have a hash that begins with 0.
    const left = allNames(30).filter((name) => name !== 'photo 0.jpg' && name !== 'photo 16.jpg');
    expect(names(library)).toEqual(left);
    expect(library.complete).toBe(true);
    await library.sync(signal);
    expect(names(library)).toEqual(allNames(30));
    library.close();
    expect(names(await open())).toEqual(allNames(30));
  },
);

test('a damaged row is never shown, and comes back with the next sync', async () => {
  await stored(30);
  // The last byte of a chunk closes its last row, which is JSON.
  await tamper('rests', (bytes) => {
    new Uint8Array(bytes)[bytes.byteLength - 1] = 0x20;
    return bytes;
  });
  const library = await open();
  expect(names(library)).toHaveLength(29);
  expect(library.photos).toHaveLength(30);
  await library.sync(signal);
  expect(names(library)).toEqual(allNames(30));
  expect(table.reads.at(-1)).toBeUndefined();
});

test('a photo that was deleted while its part of the library was damaged does not come back', async () => {
  await stored(30);
  await tamper('heads', cut);
  const deletedAt = instantOf(table.now);
  table.put({ owner: ME, photoId: photo(0).photoId, changedAt: deletedAt, deletedAt });
  const library = await open();
  await library.sync(signal);
  expect(names(library)).toEqual(allNames(30).slice(1));
});

test('a sync that brings one photo writes only the part of the library it belongs to', async () => {
  await stored(200);
  const library = await open();
  const put = vi.spyOn(IDBObjectStore.prototype, 'put');
  table.put(photo(3, { favorite: true, changedAt: instantOf(table.now) }));
  await library.sync(signal);
  const letters = put.mock.calls.map(([, key]) => key).filter((key) => typeof key === 'number');
  expect(letters).toEqual([3, 3]);
  expect(library.favorites).toHaveLength(1);
});

test('a sync that brings nothing new does not make the page lay out anything again', async () => {
  await stored(30);
  const library = await open();
  const before = library.photos;
  await library.sync(signal);
  expect(library.photos).toBe(before);
});

test('what another tab wrote is read without reading everything again', async () => {
  await stored(200);
  const [one, two] = [await open(), await open()];
  await one.sync(signal);
  const get = vi.spyOn(IDBObjectStore.prototype, 'get');
  const getAll = vi.spyOn(IDBObjectStore.prototype, 'getAll');
  table.put(photo(3, { favorite: true, changedAt: instantOf(table.now) }));
  await one.sync(signal);
  await vi.waitFor(() => expect(two.favorites).toHaveLength(1), soon);
  expect(getAll).not.toHaveBeenCalled();
  expect(get.mock.calls.map(([key]) => key).filter((key) => typeof key === 'number')).toEqual([3, 3]);
});
