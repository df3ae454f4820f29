// Edits on one device and on several: without a connection, through lost answers, wrong clocks, reloads and full disks. None that was
// said to be safe is lost, and all devices end with the same.
import 'fake-indexeddb/auto';
import * as fc from 'fast-check';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Clock } from '../../src/cloud/clock.ts';
import { CloudError } from '../../src/cloud/error.ts';
import type { AttributeEdit, Changes } from '../../src/cloud/requests.ts';
import { REPLICA_PREFIX } from '../../src/library/databases.ts';
import { forgetReplicas } from '../../src/library/forget.ts';
import { Library, type LibrarySource } from '../../src/library/library.svelte.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { editTimeOf, isTombstone, type EditableAttribute, type Photo } from '../../src/schema/photo.ts';
import { instantOf, type Instant } from '../../src/schema/time.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { Locks } from './fake-browser.ts';
import { FakeTable } from './fake-table.ts';
import { ME, photo, photoId, START } from './library-photos.ts';

/** Soon enough also on a computer that is busy with other things. */
const soon = { timeout: 20_000, interval: 20 };

const signal = new AbortController().signal;

const tombstone = (n: number, now: number) => ({
  owner: ME,
  photoId: photoId(n),
  changedAt: instantOf(now),
  deletedAt: instantOf(now),
});

/** A browser on a machine of its own: storage, clock, network. */
class Device implements LibrarySource {
  readonly identityId = ME;
  readonly table: FakeTable;
  readonly storage = new IDBFactory();
  readonly lost: number[] = [];
  online = true;
  clock: Clock;
  library!: Library;
  readonly #tabs: Library[] = [];
  readonly #skew: number;

  constructor(table: FakeTable, skew = 0) {
    this.table = table;
    this.#skew = skew;
    this.clock = this.#unheard();
  }

  /** Opens the page, or reloads it: nothing but the storage stays. */
  async open(): Promise<Library> {
    this.close();
    this.clock = this.#unheard();
    this.library = await this.tab();
    return this.library;
  }

  async tab(): Promise<Library> {
    vi.stubGlobal('indexedDB', this.storage);
    const library = await Library.open(this, { onlost: (count) => this.lost.push(count) });
    await library.ready;
    this.#tabs.push(library);
    return library;
  }

  close(): void {
    for (const library of this.#tabs.splice(0)) library.close();
  }

  #unheard = () => new Clock(() => this.table.now + this.#skew);

  async *changes(since: Instant | undefined): AsyncGenerator<Changes> {
    this.#reach();
    yield* this.table.changes(since);
  }

  async readPhoto(id: PhotoId) {
    this.#reach();
    return this.table.readPhoto(id);
  }

  async editPhoto(id: PhotoId, edit: AttributeEdit, given?: AbortSignal) {
    this.#reach();
    return this.table.editPhoto(id, edit, given);
  }

  #reach(): void {
    if (!this.online) throw new CloudError('offline', 'no network');
    this.clock.observe(new Date(this.table.now).toUTCString());
  }
}

let table: FakeTable;
const devices: Device[] = [];

async function device(skew = 0): Promise<Device> {
  const one = new Device(table, skew);
  devices.push(one);
  await one.open();
  return one;
}

/** One device that knows two photos. */
async function start(): Promise<Device> {
  table.put(photo(0), photo(1));
  const one = await device();
  await one.library.sync(signal);
  return one;
}

const rowOf = (n: number): Photo => {
  const row = table.rows.get(photoId(n));
  if (!row || isTombstone(row)) throw new Error('the photo is gone');
  return row;
};

function deferred() {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  table = new FakeTable(ME, START + 60_000);
});

afterEach(() => {
  for (const one of devices.splice(0)) one.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const REFUSALS = ['offline', 'throttled', 'signed-out', 'forbidden', 'unexpected'] as const;
test.each(REFUSALS)(
  'an edit that meets "%s" is shown, waits through a reload, and is sent after the next sync',
  async (code) => {
    const one = await start();
    table.fault = new CloudError(code, 'no');
    expect(await one.library.edit(photoId(0), { favorite: true })).toBe('queued');
    expect([one.library.favorites.length, one.library.unsent]).toEqual([1, 1]);
    await one.open();
    expect([one.library.favorites.length, one.library.unsent]).toEqual([1, 1]);
    expect(rowOf(0)).not.toHaveProperty('favorite');

    table.fault = undefined;
    await one.library.sync(signal);
    await vi.waitFor(() => expect(one.library.unsent).toBe(0), soon);
    expect(rowOf(0).favorite).toBe(true);
    expect(one.library.favorites).toHaveLength(1);
  },
);

test('an edit is sent at once when there is a connection, and dated by server time', async () => {
  const one = await start();
  const before = instantOf(table.now);
  expect(await one.library.edit(photoId(0), { caption: 'us', tags: ['lake'] })).toBe('sent');
  expect(rowOf(0)).toMatchObject({ caption: 'us', tags: ['lake'], captionEditedAt: before });
  await vi.waitFor(() => expect(one.library.unsent).toBe(0), soon);
  expect(one.library.get(photoId(0))).toMatchObject({ caption: 'us', captionEditedAt: before });
});

test('without a connection nothing is tried', async () => {
  const one = await start();
  vi.stubGlobal('navigator', { locks: new Locks(), onLine: false });
  expect(await one.library.edit(photoId(0), { favorite: true })).toBe('queued');
  expect(table.arrived).toEqual([]);
});

test('what waits outlives the replica', async () => {
  const one = await start();
  table.fault = new CloudError('offline', 'no');
  await one.library.edit(photoId(0), { favorite: true });
  one.close();
  await new Promise((resolve) =>
    one.storage.deleteDatabase(REPLICA_PREFIX + ME).addEventListener('success', resolve),
  );
  table.fault = undefined;
  await one.open();
  await one.library.sync(signal);
  await vi.waitFor(() => expect(rowOf(0).favorite).toBe(true), soon);
});

test('an edit of a photo that is gone is taken back with an error, or told of where nobody waits any more', async () => {
  const one = await start();
  const later = table.rows.get(photoId(0));
  table.put(tombstone(0, table.now));
  await expect(one.library.edit(photoId(0), { favorite: true })).rejects.toMatchObject({ code: 'missing' });
  await vi.waitFor(() => expect(one.library.unsent).toBe(0), soon);
  expect([one.library.favorites.length, one.lost]).toEqual([0, []]);

  if (later) table.put(later);
  one.online = false;
  await one.library.edit(photoId(0), { favorite: true });
  table.put(tombstone(0, table.now));
  one.online = true;
  expect(await one.library.sendEdits(1000)).toBe(0);
  expect(one.lost).toEqual([1]);
  expect(one.library.favorites).toHaveLength(0);
});

test('edits of a photo that a sync deletes go with it, and those of others stay', async () => {
  const one = await start();
  one.online = false;
  await one.library.edit(photoId(0), { favorite: true, caption: 'us' });
  await one.library.edit(photoId(1), { favorite: true });
  expect(one.library.unsent).toBe(3);
  table.put(tombstone(0, table.now));
  one.online = true;
  await one.library.sync(signal);
  await vi.waitFor(() => expect(one.library.unsent).toBe(0), soon);
  expect(table.arrived.map((edit) => edit.photoId)).toEqual([photoId(1)]);
  expect(one.lost).toEqual([]);
});

test('an answer that is lost makes no second edit and no error', async () => {
  const one = await start();
  table.lostAnswers = 1;
  expect(await one.library.edit(photoId(0), { favorite: true })).toBe('queued');
  expect(rowOf(0).favorite).toBe(true);
  expect(await one.library.sendEdits(1000)).toBe(0);
  expect(new Set(table.arrived.map(({ at }) => at)).size).toBe(1);
  expect(one.library.favorites).toHaveLength(1);
});

test('an edit that waited does not undo a later one from elsewhere', async () => {
  const [one, two] = [await start(), await device()];
  await two.library.sync(signal);
  one.online = false;
  await one.library.edit(photoId(0), { caption: 'first', tags: ['only here'] });
  table.now += 60_000;
  expect(await two.library.edit(photoId(0), { caption: 'second' })).toBe('sent');
  one.online = true;
  await one.library.sendEdits(1000);
  expect(rowOf(0)).toMatchObject({ caption: 'second', tags: ['only here'] });
  expect(one.library.get(photoId(0))).toMatchObject({ caption: 'second', tags: ['only here'] });
});

test('a clock that was three days fast wins nothing, and one that was slow loses nothing', async () => {
  const day = 86_400_000;
  table.put(photo(0), photo(1));
  const [fast, slow, right] = [await device(3 * day), await device(-3 * day), await device()];
  // The pages are opened without a network: no server has been heard yet.
  for (const one of [fast, slow]) {
    await one.library.sync(signal);
    one.online = false;
    await one.open();
  }
  await right.library.sync(signal);
  await fast.library.edit(photoId(0), { caption: 'fast, first' });
  table.now += 60_000;
  await right.library.edit(photoId(0), { caption: 'right, second' });
  await right.library.edit(photoId(1), { caption: 'right, first' });
  table.now += 60_000;
  await slow.library.edit(photoId(1), { caption: 'slow, second' });
  for (const one of [fast, slow]) {
    one.online = true;
    await one.library.sync(signal);
    expect(await one.library.sendEdits(1000)).toBe(0);
  }
  expect([rowOf(0).caption, rowOf(1).caption]).toEqual(['right, second', 'slow, second']);
});

test('an edit made while an earlier one of the same attribute is on its way is sent after it', async () => {
  const one = await start();
  const arrived = deferred();
  const answer = deferred();
  const send = table.editPhoto.bind(table);
  table.editPhoto = async (...request) => {
    const outcome = await send(...request);
    arrived.resolve();
    await answer.promise;
    return outcome;
  };
  const first = one.library.edit(photoId(0), { caption: 'first' });
  await arrived.promise;
  table.now += 5000;
  const second = one.library.edit(photoId(0), { caption: 'second' });
  expect(one.library.get(photoId(0))?.caption).toBe('second');
  answer.resolve();
  await Promise.all([first, second]);
  await vi.waitFor(() => expect(one.library.unsent).toBe(0), soon);
  expect(table.arrived.map(({ value }) => value)).toEqual(['first', 'second']);
  expect(one.library.get(photoId(0))?.caption).toBe('second');
});

test('on a full disk an edit goes straight to the cloud; without a connection it is refused and taken back', async () => {
  const one = await start();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const full = () =>
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
  full();
  expect(await one.library.edit(photoId(0), { favorite: true })).toBe('sent');
  expect(rowOf(0).favorite).toBe(true);
  full();
  one.online = false;
  const refused = one.library.edit(photoId(1), { favorite: true });
  expect(one.library.favorites).toHaveLength(2);
  await expect(refused).rejects.toMatchObject({ code: 'offline' });
  expect(one.library.favorites).toHaveLength(1);
  expect(one.library.unsent).toBe(0);
});

test('what one tab edits the other shows, and it is sent once', async () => {
  const one = await start();
  const other = await one.tab();
  one.online = false;
  await one.library.edit(photoId(0), { favorite: true });
  await vi.waitFor(() => expect(other.favorites).toHaveLength(1), soon);
  one.online = true;
  await Promise.all([other.sendEdits(1000), one.library.sendEdits(1000)]);
  await vi.waitFor(() => expect([one.library.unsent, other.unsent]).toEqual([0, 0]), soon);
  expect(table.arrived).toHaveLength(1);
});

test('an edit of a closed tab is sent by another one', async () => {
  const one = await start();
  const other = await one.tab();
  one.online = false;
  await one.library.edit(photoId(0), { favorite: true });
  await vi.waitFor(() => expect(other.unsent).toBe(1), soon);
  one.library.close();
  one.online = true;
  expect(await other.sendEdits(1000)).toBe(0);
  expect(rowOf(0).favorite).toBe(true);
});

test('a busy cloud is tried again by itself, after a while', async () => {
  const one = await start();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  table.fault = new CloudError('throttled', 'busy');
  const state = one.library.edit(photoId(0), { favorite: true });
  expect(await state).toBe('queued');
  table.fault = undefined;
  expect(table.arrived).toEqual([]);
  await vi.advanceTimersByTimeAsync(5000);
  vi.useRealTimers();
  await vi.waitFor(() => expect(one.library.unsent).toBe(0), soon);
  expect(rowOf(0).favorite).toBe(true);
});

test('nobody waits for a network that does not answer: the edit is safe, and so it is said', async () => {
  const one = await start();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asked = deferred();
  table.editPhoto = () => {
    asked.resolve();
    return new Promise(() => {});
  };
  const state = one.library.edit(photoId(0), { favorite: true });
  await asked.promise;
  await vi.advanceTimersByTimeAsync(4000);
  expect(await state).toBe('queued');
  const left = one.library.sendEdits(3000);
  await vi.advanceTimersByTimeAsync(3000);
  expect(await left).toBe(1);
});

test('many photos are edited together, and those that are gone are counted', async () => {
  const one = await start();
  table.put(tombstone(1, table.now));
  const state = one.library.editAll([photoId(0), photoId(1)], () => ({ archived: true }));
  expect(one.library.photos).toHaveLength(0);
  expect(await state).toBe('sent');
  await vi.waitFor(() => expect(one.lost).toEqual([1]), soon);
  expect(rowOf(0).archived).toBe(true);
});

test('one edit that the cloud never takes does not hold up the others', async () => {
  const one = await start();
  const send = table.editPhoto.bind(table);
  table.editPhoto = (id, edit, given) =>
    edit.attribute === 'caption'
      ? Promise.reject(new CloudError('unexpected', 'too large'))
      : send(id, edit, given);
  expect(await one.library.edit(photoId(0), { caption: 'x', favorite: true })).toBe('queued');
  await vi.waitFor(() => expect(one.library.unsent).toBe(1), soon);
  expect(rowOf(0).favorite).toBe(true);
});

test('a value that no row could hold is refused, and nothing is shown or kept of it', async () => {
  const one = await start();
  await expect(one.library.edit(photoId(0), { caption: '' })).rejects.toThrow(TypeError);
  expect(one.library.unsent).toBe(0);
});

test('when the replica cannot be written, an edit stays until it can', async () => {
  const one = await start();
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const put = IDBObjectStore.prototype.put;
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    ...rest
  ) {
    if (this.name !== 'edits') throw new DOMException('full', 'QuotaExceededError');
    return put.apply(this, rest);
  });
  expect(await one.library.edit(photoId(0), { favorite: true })).toBe('sent');
  await one.library.sendEdits(1000);
  expect([one.library.favorites.length, one.library.unsent]).toEqual([1, 1]);
  spy.mockRestore();
  expect(await one.library.sendEdits(1000)).toBe(0);
  expect(one.library.favorites).toHaveLength(1);
});

test('what waits is given up only on purpose, or with everything else', async () => {
  const one = await start();
  one.online = false;
  await one.library.edit(photoId(0), { favorite: true });
  one.close();
  await forgetReplicas(ME, { spareEdits: true });
  await one.open();
  expect([one.library.photos.length, one.library.unsent]).toEqual([0, 1]);
  await one.library.discardEdits();
  expect(one.library.unsent).toBe(0);
  one.close();
  await forgetReplicas(ME);
  expect(await one.storage.databases()).toEqual([]);
});

const VALUES: Record<string, fc.Arbitrary<AttributeEdit['value']>> = {
  favorite: fc.constantFrom(true, null),
  caption: fc.constantFrom('sea', 'lake', null),
  trashedAt: fc.constantFrom(instantOf(START), null),
};
const which = fc.nat({ max: 2 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...Object.keys(VALUES)).chain((attribute) =>
      fc.record({
        kind: fc.constant('edit' as const),
        which,
        n: fc.nat({ max: 1 }),
        attribute: fc.constant(attribute as EditableAttribute),
        value: VALUES[attribute] ?? fc.constant(null),
      }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('offline', 'online', 'sync', 'reload', 'tab'), which }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('lose' as const), which, answers: fc.nat({ max: 3 }) }),
  },
);
/** How wrong the clock is, and whether there is a connection at first. */
const machine = fc.record({
  skew: fc.constantFrom(0, 1500, -1500, 7_200_000, -86_400_000),
  online: fc.boolean(),
});

test('three devices that edit at any time, on and off the network, end with the latest edit of each attribute', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(machine, machine, machine),
      fc.array(step, { maxLength: 40 }),
      async (machines, steps) => {
        table = new FakeTable(ME, START + 60_000);
        table.put(photo(0), photo(1));
        const all = await Promise.all(machines.map(({ skew }) => device(skew)));
        for (const [index, { online }] of machines.entries()) Object.assign(all[index] ?? {}, { online });
        const latest = new Map<string, AttributeEdit['value']>();
        const syncs: Promise<void>[] = [];
        for (const one of steps) {
          const at = all[one.which];
          if (!at) continue;
          // More than the clocks may be apart once they have heard a server.
          table.now += 5000;
          if (one.kind === 'edit') {
            const { n, attribute, value } = one as Extract<typeof one, { attribute: unknown }>;
            latest.set(`${n} ${attribute}`, value);
            await at.library.edit(photoId(n), { [attribute]: value });
          } else if (one.kind === 'sync') syncs.push(at.library.sync(signal));
          else if (one.kind === 'reload') await at.open();
          else if (one.kind === 'tab') at.library = await at.tab();
          else if (one.kind === 'lose') table.lostAnswers = (one as { answers: number }).answers;
          else at.online = one.kind === 'online';
        }
        table.lostAnswers = 0;
        await Promise.all(syncs);
        for (const round of [1, 2]) {
          for (const one of all) {
            one.online = true;
            await one.library.sync(signal);
            expect([round, await one.library.sendEdits(5000)]).toEqual([round, 0]);
          }
        }
        for (const n of [0, 1]) {
          const row = rowOf(n);
          for (const attribute of Object.keys(VALUES) as EditableAttribute[]) {
            expect([n, attribute, row[attribute] ?? null]).toEqual([
              n,
              attribute,
              latest.get(`${n} ${attribute}`) ?? null,
            ]);
            expect(Date.parse(row[editTimeOf(attribute)] ?? instantOf(START))).toBeLessThanOrEqual(
              table.now + 2000,
            );
          }
          for (const one of all) expect(one.library.get(photoId(n))).toEqual(row);
          for (const one of all) {
            await one.open();
            expect(one.library.get(photoId(n))).toEqual(row);
          }
        }
        for (const one of devices.splice(0)) one.close();
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

test('thousands are edited with one write, show their progress, and an undo stops what was not sent yet', async () => {
  const many = [...madeUpPhotos(ME, 1200)];
  table.put(...many);
  const one = await device();
  await one.library.sync(signal);
  const puts = vi.spyOn(IDBDatabase.prototype, 'transaction');
  const ids = many.map((row) => row.photoId);
  const undoing = deferred();
  const send = table.editPhoto.bind(table);
  table.editPhoto = async (...request) => {
    if (table.arrived.length >= 600) await undoing.promise;
    return send(...request);
  };
  const saving = one.library.editAll(ids, () => ({ archived: true }));
  await vi.waitFor(() => expect(one.library.unsent).toBe(1200), { timeout: 20_000 });
  expect(puts.mock.calls.filter(([, mode]) => mode === 'readwrite')).toHaveLength(1);
  puts.mockRestore();
  expect([one.library.photos.length, one.library.archive.length]).toEqual([0, 1200]);
  await vi.waitFor(() => expect(one.library.unsent).toBe(700), { timeout: 20_000 });
  const undone = one.library.editAll(ids, () => ({ archived: null }));
  await vi.waitFor(() => expect(one.library.unsent).toBe(1200), { timeout: 20_000 });
  undoing.resolve();
  expect(await one.library.sendEdits(10_000)).toBe(0);
  await Promise.all([saving, undone]);
  expect([one.library.photos.length, one.library.archive.length]).toEqual([1200, 0]);
  expect([...table.rows.values()].filter((row) => 'archived' in row)).toEqual([]);
  // All were undone, and not all had been sent before.
  expect(table.arrived.length).toBeLessThan(2400);
});

describe('of thousands of edits', () => {
  const many = [...madeUpPhotos(ME, 1200)];
  const ids = many.map((row) => row.photoId);

  async function startWithMany(): Promise<Device> {
    for (const row of many) delete row.favorite;
    table.put(...many);
    const one = await device();
    await one.library.sync(signal);
    return one;
  }

  test('none is lost when the page ends while they are being sent', async () => {
    const one = await startWithMany();
    const send = table.editPhoto.bind(table);
    const ended = deferred();
    table.editPhoto = async (...request) => {
      if (table.arrived.length >= 700) await ended.promise;
      return send(...request);
    };
    void one.library.editAll(ids, () => ({ favorite: true }));
    await vi.waitFor(() => expect(table.arrived.length).toBeGreaterThanOrEqual(700), soon);
    await one.open();
    ended.resolve();
    expect(one.library.favorites).toHaveLength(1200);
    expect(one.library.unsent).toBe(700);
    await one.library.sync(signal);
    await vi.waitFor(() => expect(one.library.unsent).toBe(0), soon);
    expect([...table.rows.values()].filter((row) => 'favorite' in row)).toHaveLength(1200);
  });

  test('all are kept or none: a disk that is full half way leaves nothing behind', async () => {
    const one = await startWithMany();
    one.online = false;
    vi.spyOn(console, 'warn').mockReturnValue();
    const put = IDBObjectStore.prototype.put;
    let puts = 0;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...what) {
      const request = put.apply(this, what);
      if (++puts === 500) this.transaction.abort();
      return request;
    });
    const refused = one.library.editAll(ids, () => ({ favorite: true }));
    await expect(refused).rejects.toMatchObject({ code: 'offline' });
    expect([one.library.favorites.length, one.library.unsent]).toEqual([0, 0]);
    await one.open();
    expect([one.library.favorites.length, one.library.unsent]).toEqual([0, 0]);
  });

  test('none overtakes an edit that is made right after them', async () => {
    const one = await startWithMany();
    one.online = false;
    const all = one.library.editAll(ids, () => ({ favorite: true }));
    const after = one.library.edit(ids[7] as PhotoId, { favorite: null });
    await Promise.all([all, after]);
    expect(one.library.favorites).toHaveLength(1199);
    one.online = true;
    await one.library.sync(signal);
    await vi.waitFor(() => expect(one.library.unsent).toBe(0), soon);
    expect(one.library.get(ids[7] as PhotoId)?.favorite).toBeUndefined();
    expect(one.library.favorites).toHaveLength(1199);
  });

  test('another tab shows them all, and sends what the first one leaves', async () => {
    const one = await startWithMany();
    const other = await one.tab();
    one.online = false;
    await one.library.editAll(ids, () => ({ favorite: true }));
    await vi.waitFor(() => expect(other.favorites).toHaveLength(1200), soon);
    one.library.close();
    one.online = true;
    await other.sync(signal);
    await vi.waitFor(() => expect(other.unsent).toBe(0), soon);
    expect([...table.rows.values()].filter((row) => 'favorite' in row)).toHaveLength(1200);
  });
});
