// The library on one device: what a person sees of their photos through syncs, edits, failures and several tabs.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CloudError } from '../../src/cloud/error.ts';
import { forgetReplicas } from '../../src/library/forget.ts';
import { Library } from '../../src/library/library.svelte.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { instantOf } from '../../src/schema/time.ts';
import { Locks } from './fake-browser.ts';
import { FakeTable } from './fake-table.ts';
import { ME, photo, photoId, START } from './library-photos.ts';

/** Soon enough also on a computer that is busy with other things. */
const soon = { timeout: 20_000, interval: 20 };

const signal = new AbortController().signal;

let table: FakeTable;
const opened: Library[] = [];

async function open(): Promise<Library> {
  const library = await Library.open(table);
  await library.ready;
  opened.push(library);
  return library;
}

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  table = new FakeTable(ME, START + 60_000);
});

afterEach(async () => {
  for (const library of opened.splice(0)) library.close();
  await forgetReplicas();
  vi.unstubAllGlobals();
});

const names = (library: Library) => Array.from(library.photos, ({ name }) => name);

test('photos are shown newest first by the time they were taken, not by when they were uploaded', async () => {
  table.put(photo(1), photo(3), photo(2), photo(0, { takenAtOverride: '2026-09-09T00:00:00' }));
  const library = await open();
  await library.sync(signal);
  expect(names(library)).toEqual(['photo 0.jpg', 'photo 3.jpg', 'photo 2.jpg', 'photo 1.jpg']);
});

test('a new visit shows at once what the last one knew, and then reads only what is new', async () => {
  table.put(photo(0), photo(1));
  const first = await open();
  expect(first.complete).toBe(false);
  await first.sync(signal);
  expect(first.complete).toBe(true);
  first.close();

  const second = await open();
  expect(names(second)).toHaveLength(2);
  expect(second.complete).toBe(true);
  table.put(photo(2));
  await second.sync(signal);
  expect(names(second)).toHaveLength(3);
  expect(table.reads[0]).toBeUndefined();
  expect(Date.parse(table.reads[1] ?? '')).toBeLessThan(Date.parse(photo(1).changedAt));
});

test('a deleted photo disappears, also from the device it was kept on', async () => {
  table.put(photo(0), photo(1));
  const library = await open();
  await library.sync(signal);
  table.put({
    owner: ME,
    photoId: photoId(0),
    changedAt: instantOf(table.now),
    deletedAt: instantOf(table.now),
  });
  await library.sync(signal);
  expect(names(library)).toEqual(['photo 1.jpg']);
  library.close();
  expect(names(await open())).toEqual(['photo 1.jpg']);
});

test('after a longer absence than tombstones live, photos deleted meanwhile are gone all the same', async () => {
  table.put(photo(0), photo(1));
  const library = await open();
  await library.sync(signal);
  table.rows.delete(photoId(0));
  table.now += 100 * 86_400_000;
  await library.sync(signal);
  expect(names(library)).toEqual(['photo 1.jpg']);
});

test('an edit shows at once and stays', async () => {
  table.put(photo(0));
  const library = await open();
  await library.sync(signal);
  const saved = library.edit(photoId(0), { favorite: true });
  expect(library.favorites).toHaveLength(1);
  await saved;
  expect(library.favorites).toHaveLength(1);
  library.close();
  expect((await open()).favorites).toHaveLength(1);
});

test('the trash is apart from the timeline, and what is put back is there again', async () => {
  table.put(photo(0), photo(1));
  const library = await open();
  await library.sync(signal);
  await library.edit(photoId(0), { trashedAt: instantOf(table.now) });
  expect([names(library), library.trash.length]).toEqual([['photo 1.jpg'], 1]);
  await library.edit(photoId(0), { trashedAt: null });
  expect([names(library).length, library.trash.length]).toEqual([2, 0]);
});

test('an edit dated before the last change the replica has seen is not lost', async () => {
  table.put(photo(0, { changedAt: instantOf(START + 600_000) }));
  const library = await open();
  await library.sync(signal);
  await library.edit(photoId(0), { favorite: true });
  expect(library.favorites).toHaveLength(1);
  await library.sync(signal);
  expect(library.favorites).toHaveLength(1);
});

test('a sync that breaks off keeps what it has read, says so, and the next one goes on from there', async () => {
  table.put(photo(0), photo(1), photo(2));
  const library = await open();
  let read = 0;
  const whole = table.changes.bind(table);
  table.changes = async function* (since) {
    for await (const page of whole(since)) {
      if (read++ === 1) throw new CloudError('offline', 'gone');
      yield page;
    }
  };
  await library.sync(signal);
  expect(library.syncState).toMatchObject({ code: 'offline' });
  expect(library.complete).toBe(false);
  expect(names(library)).toEqual(['photo 0.jpg']);
  await library.sync(signal);
  expect(library.syncState).toBe('idle');
  expect(names(library)).toHaveLength(3);
});

test('two tabs that sync and edit at the same time lose nothing of each other', async () => {
  table.put(photo(0), photo(1));
  const [one, two] = [await open(), await open()];
  await one.sync(signal);
  // In the same chunk of the replica as photo 0: a tab that wrote its own old copy would undo the other's.
  const neighbor = photo(4, { photoId: `${photoId(0).slice(0, 1)}${'y'.repeat(41)}A` as PhotoId });
  table.put(neighbor);
  await Promise.all([
    one.edit(photoId(0), { favorite: true }),
    two.sync(signal),
    two.edit(photoId(1), { favorite: true }),
  ]);
  await Promise.all([one.sync(signal), two.sync(signal)]);
  for (const tab of [one, two, await open()]) {
    expect(tab.favorites).toHaveLength(2);
    expect(tab.photos).toHaveLength(3);
  }
});

test('what one tab learns the other shows without asking the cloud', async () => {
  table.put(photo(0));
  const [one, two] = [await open(), await open()];
  await one.sync(signal);
  await vi.waitFor(() => expect(two.photos).toHaveLength(1), soon);
  expect(table.reads).toHaveLength(1);
});

test('rows in the replica that no longer read as photos are left out, and the rest is shown', async () => {
  table.put(photo(0), { ...photo(1), takenAt: 'yesterday' });
  const library = await open();
  await library.sync(signal);
  library.close();
  expect(names(await open())).toEqual(['photo 0.jpg']);
});

test('forgetting removes every replica on the device', async () => {
  table.put(photo(0));
  const library = await open();
  await library.sync(signal);
  library.close();
  await forgetReplicas();
  expect(await indexedDB.databases()).toEqual([]);
});

test('a full disk loses no row: the next sync that can write shows and keeps everything', async () => {
  table.put(photo(0), photo(1));
  const library = await open();
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await library.sync(signal);
  expect(library.syncState).toMatchObject({ code: 'unexpected' });
  put.mockRestore();
  await library.sync(signal);
  expect(names(library)).toHaveLength(2);
  library.close();
  expect(names(await open())).toHaveLength(2);
});

test('a library nobody has changed for months is not read whole at every sync', async () => {
  table.put(photo(0));
  const library = await open();
  await library.sync(signal);
  for (let month = 0; month < 4; month++) {
    table.now += 30 * 86_400_000;
    await library.sync(signal);
  }
  expect(table.reads.filter((since) => since === undefined)).toHaveLength(1);
});

test('of two quick edits of one photo the later one is the last that reaches the cloud', async () => {
  table.put(photo(0));
  const library = await open();
  await library.sync(signal);
  const order: unknown[] = [];
  const edit = table.editPhoto.bind(table);
  let first = true;
  table.editPhoto = async (id, change, given) => {
    if (first) {
      first = false;
      await new Promise((resolve) => setImmediate(resolve));
    }
    order.push(change.value);
    return edit(id, change, given);
  };
  await Promise.all([
    library.edit(photoId(0), { favorite: true }),
    library.edit(photoId(0), { favorite: null }),
  ]);
  expect(order.at(-1)).toBeNull();
  expect(table.rows.get(photoId(0))).not.toHaveProperty('favorite');
  expect(library.favorites).toHaveLength(0);
});

test('a first sync that was interrupted is not taken for a whole one, even after a restart', async () => {
  table.put(photo(0), photo(1));
  const library = await open();
  const whole = table.changes.bind(table);
  table.changes = async function* (since) {
    for await (const page of whole(since)) {
      yield page;
      throw new CloudError('offline', 'gone');
    }
  };
  await library.sync(signal);
  library.close();
  const again = await open();
  expect(again.complete).toBe(false);
  expect(names(again)).toEqual(['photo 0.jpg']);
});
