// Deleting for good: only what is in the trash at that very moment, by the server's clock, whatever breaks and whoever else is at it.
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Clock } from '../../src/cloud/clock.ts';
import { CloudError } from '../../src/cloud/error.ts';
import { Disposal, type DisposalLibrary } from '../../src/library/disposal.svelte.ts';
import { dispose, type DisposalSource, type Fate } from '../../src/library/dispose.ts';
import type { Desk } from '../../src/library/library.svelte.ts';
import { listOf } from '../../src/library/list.ts';
import type { IdentityId, PhotoId } from '../../src/schema/ids.ts';
import type { Photo, PhotoRow } from '../../src/schema/photo.ts';
import { instantOf } from '../../src/schema/time.ts';
import { Locks } from './fake-browser.ts';

const ME = 'us-east-1:00000000-0000-4000-8000-000000000001' as IdentityId;
const NOW = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;

const photoId = (n: number) =>
  `${String.fromCodePoint(65 + (n % 26))}${String(n).padStart(4, '0')}${'x'.repeat(37)}A` as PhotoId;
const trashed = (n: number, days: number, more: Partial<Photo> = {}): Photo => ({
  owner: ME,
  photoId: photoId(n),
  status: 'ready',
  name: `photo ${n}.jpg`,
  type: 'image/jpeg',
  bytes: 1000,
  width: 400,
  height: 300,
  takenAt: '2026-01-01T12:00:00',
  takenAtSource: 'exif',
  uploadedAt: instantOf(NOW - 100 * DAY),
  changedAt: instantOf(NOW - days * DAY),
  trashedAt: instantOf(NOW - days * DAY),
  ...more,
});

/** The table and the originals of one owner; a device of its own clock asks them. */
class Store {
  readonly rows = new Map<PhotoId, PhotoRow>();
  readonly originals = new Set<PhotoId>();
  /** In the order they were asked for. */
  readonly deletions: PhotoId[] = [];
  now = NOW;
  busy = 0;
  most = 0;
  /** Called before a row is read and before an original is deleted: whatever it does has happened by then. */
  before: (operation: 'read' | 'delete', photoId: PhotoId) => unknown = () => undefined;

  put(...photos: Photo[]): void {
    for (const photo of photos) {
      this.rows.set(photo.photoId, photo);
      this.originals.add(photo.photoId);
    }
  }

  edit(id: PhotoId, change: Partial<Photo>): void {
    this.rows.set(id, { ...(this.rows.get(id) as Photo), ...change });
  }

  /** As a device sees it; `hears` says whether its answers tell the time. */
  device(clock: Clock, { hears = true } = {}): DisposalSource {
    const asked = async <T>(operation: 'read' | 'delete', id: PhotoId, answer: () => T): Promise<T> => {
      this.most = Math.max(this.most, ++this.busy);
      try {
        await this.before(operation, id);
        if (hears) clock.observe(new Date(this.now).toUTCString());
        return answer();
      } finally {
        this.busy--;
      }
    };
    return {
      clock,
      readPhoto: (id) => asked('read', id, () => structuredClone(this.rows.get(id))),
      deleteOriginal: (id) =>
        asked('delete', id, () => {
          this.deletions.push(id);
          if (!this.originals.delete(id)) return;
          const at = instantOf(this.now);
          this.rows.set(id, { owner: ME, photoId: id, changedAt: at, deletedAt: at });
        }),
    };
  }
}

/** What a device has of the library, until it syncs. */
function replica(store: Store): DisposalLibrary & { shown: Map<PhotoId, Photo> } {
  const shown = new Map<PhotoId, Photo>();
  const sync = async (): Promise<void> => {
    shown.clear();
    for (const row of store.rows.values()) if ('name' in row) shown.set(row.photoId, structuredClone(row));
  };
  void sync();
  return {
    identityId: ME,
    shown,
    get: (id) => shown.get(id),
    get trash() {
      return listOf([...shown.values()].filter((photo) => photo.trashedAt));
    },
    sendEdits: async () => 0,
    // As it is without the edits that wait: what the cloud has told.
    inTurn: (work) => work({ rows: { get: (id: PhotoId) => store.rows.get(id) } } as unknown as Desk),
    sync,
  };
}

let store: Store;
const opened: Disposal[] = [];
const synced = (clock = new Clock(() => NOW)): Clock => {
  clock.observe(new Date(NOW).toUTCString());
  return clock;
};

function disposal(clock = synced(), options?: { hears: boolean }) {
  const library = replica(store);
  const one = new Disposal(store.device(clock, options), library);
  opened.push(one);
  return { library, disposal: one };
}

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks(), onLine: true });
  store = new Store();
});
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  vi.unstubAllGlobals();
});

test('what has been in the trash for 30 days is deleted by itself, and nothing else', async () => {
  store.put(trashed(0, 31), trashed(1, 29.9), trashed(2, 30));
  const { trashedAt: _out, ...kept } = trashed(3, 50);
  store.put(kept);
  expect(await disposal().disposal.due()).toEqual({ deleted: 2, kept: 0, failed: 0 });
  expect([...store.originals]).toEqual([photoId(1), photoId(3)]);
});

test('what somebody deletes now goes at once, however short it was in the trash', async () => {
  store.put(trashed(0, 1), trashed(1, 0), trashed(2, 3));
  const { disposal: one } = disposal();
  expect(await one.now([photoId(0), photoId(1)])).toEqual({ deleted: 2, kept: 0, failed: 0 });
  expect([...store.originals]).toEqual([photoId(2)]);
  expect(one.leaving).toEqual(new Set([photoId(0), photoId(1)]));
});

test('a photo put back on another device a moment before is not deleted', async () => {
  store.put(trashed(0, 40), trashed(1, 40));
  store.before = (operation, id) => {
    if (operation === 'read' && id === photoId(0)) store.edit(id, { trashedAt: undefined as never });
  };
  const both = disposal();
  expect(await both.disposal.due()).toEqual({ deleted: 1, kept: 1, failed: 0 });
  expect([...store.originals]).toEqual([photoId(0)]);
});

test('a photo put back here is not deleted, though the cloud does not know that yet', async () => {
  store.put(trashed(0, 40), trashed(1, 40));
  const { library, disposal: one } = disposal();
  store.before = () => library.shown.delete(photoId(1));
  expect(await one.now([photoId(0), photoId(1)])).toMatchObject({ deleted: 1, kept: 1 });
  expect([...store.originals]).toEqual([photoId(1)]);
});

test('a photo put back and moved to the trash again stays for another 30 days', async () => {
  store.put(trashed(0, 40));
  const { disposal: one } = disposal();
  store.edit(photoId(0), { trashedAt: instantOf(NOW - DAY) });
  expect(await one.due()).toMatchObject({ deleted: 0, kept: 1 });
  expect(store.originals.size).toBe(1);
});

test('a device whose clock says 2099 deletes nothing before its time', async () => {
  const clock = new Clock(() => Date.UTC(2099, 0, 1));
  store.put(trashed(0, 1), trashed(1, 29));
  expect(await disposal(clock).disposal.due()).toEqual({ deleted: 0, kept: 2, failed: 0 });
  expect(store.deletions).toEqual([]);
});

test('a clock that jumps to 2099 while the page is open deletes nothing before its time', async () => {
  let local = NOW;
  const clock = synced(new Clock(() => local));
  store.put(trashed(0, 1), trashed(1, 29));
  const { disposal: one } = disposal(clock);
  local = Date.UTC(2099, 0, 1);
  expect(await one.due()).toMatchObject({ deleted: 0 });
  expect(store.deletions).toEqual([]);
});

test('answers that do not tell the time let nothing be deleted by itself', async () => {
  store.put(trashed(0, 400));
  const { disposal: one } = disposal(synced(), { hears: false });
  expect(await one.due()).toMatchObject({ deleted: 0, kept: 1 });
  expect(store.deletions).toEqual([]);
});

test('a photo moved to the trash by a clock that was wrong stays its 30 days, and no longer', async () => {
  const moved = (days: number) => ({ trashedAtEditedAt: instantOf(NOW - days * DAY) });
  store.put(
    trashed(0, 9000, moved(1)),
    trashed(1, 1, { trashedAt: '2099-01-01T00:00:00.000Z', ...moved(31) }),
  );
  expect(await disposal().disposal.due()).toMatchObject({ deleted: 1 });
  expect([...store.originals]).toEqual([photoId(0)]);
});

test('two devices that empty the trash at once delete each photo, and nothing else', async () => {
  store.put(...Array.from({ length: 40 }, (_, n) => trashed(n, n % 2 ? 40 : 2)));
  const devices = [disposal(), disposal()];
  await Promise.all(devices.map((one) => one.disposal.due()));
  expect([...store.originals]).toHaveLength(20);
  expect(new Set(store.deletions).size).toBe(20);
});

test('of several tabs one at a time deletes what is due', async () => {
  store.put(...Array.from({ length: 12 }, (_, n) => trashed(n, 40)));
  const tabs = [disposal(), disposal(), disposal()];
  await Promise.all(tabs.map((one) => one.disposal.due()));
  expect(store.deletions).toHaveLength(12);
});

test('whatever fails on the way, and whoever restores meanwhile, only what was in the trash is gone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ days: fc.integer({ min: 0, max: 60 }), restored: fc.boolean() }), {
        minLength: 1,
        maxLength: 30,
      }),
      fc.infiniteStream(fc.constantFrom<Fate | undefined>(undefined, undefined, 'throttled', 'offline')),
      fc.scheduler(),
      async (photos, faults, scheduler) => {
        store = new Store();
        store.put(...photos.map(({ days }, n) => trashed(n, days)));
        const restored = new Set<PhotoId>();
        store.before = async (operation, id) => {
          await scheduler.schedule(Promise.resolve());
          if (operation === 'read' && photos[Number(id.slice(1, 5))]?.restored) {
            restored.add(id);
            store.edit(id, { trashedAt: undefined as never });
          }
          const fault = faults.next().value;
          if (fault) throw new CloudError(fault as 'offline', 'broken by the test');
        };
        const { disposal: one } = disposal();
        const running = one.due();
        await scheduler.waitFor(running);
        const outcome = await running;
        const gone = photos.flatMap((_, n) => (store.originals.has(photoId(n)) ? [] : [n]));
        for (const n of gone) {
          expect(photos[n]?.days).toBeGreaterThanOrEqual(30);
          expect(restored.has(photoId(n))).toBe(false);
        }
        const due = photos.filter(({ days }) => days >= 30).length;
        expect(outcome.deleted).toBe(gone.length);
        expect(outcome.deleted + outcome.kept + outcome.failed).toBe(due);
        one.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('what could not be deleted is said, and tried again the next time', async () => {
  store.put(...Array.from({ length: 10 }, (_, n) => trashed(n, 40)));
  let broken = true;
  store.before = (operation) => {
    if (broken && operation === 'delete') throw new CloudError('throttled', 'slow down');
  };
  const { disposal: one } = disposal();
  expect(await one.due()).toEqual({ deleted: 0, kept: 0, failed: 10, problem: 'throttled' });
  broken = false;
  expect(await one.due()).toEqual({ deleted: 10, kept: 0, failed: 0 });
});

test('without a connection nothing is tried in vain: the rest counts as failed', async () => {
  store.put(...Array.from({ length: 100 }, (_, n) => trashed(n, 1)));
  let asked = 0;
  store.before = () => {
    asked++;
    throw new CloudError('offline', 'no network');
  };
  const { disposal: one } = disposal();
  const ids = Array.from({ length: 100 }, (_, n) => photoId(n));
  expect(await one.now(ids)).toEqual({ deleted: 0, kept: 0, failed: 100, problem: 'offline' });
  expect(asked).toBeLessThan(10);
});

test('thousands are deleted a few at a time, with progress, and whoever stops it keeps the rest', async () => {
  store.put(...Array.from({ length: 2000 }, (_, n) => trashed(n, 1)));
  const { disposal: one } = disposal();
  store.before = () => {
    if (store.deletions.length >= 500) one.stop();
  };
  const outcome = await one.now(Array.from({ length: 2000 }, (_, n) => photoId(n)));
  expect(store.most).toBeLessThanOrEqual(6);
  expect(outcome.deleted).toBeGreaterThanOrEqual(500);
  expect(outcome.deleted).toBeLessThan(520);
  expect(outcome.failed).toBe(0);
  expect(store.originals.size).toBe(2000 - outcome.deleted);
  expect(one.progress).toBeUndefined();
});

test('signing out in the middle stops it: nothing more is deleted', async () => {
  store.put(...Array.from({ length: 50 }, (_, n) => trashed(n, 40)));
  const { disposal: one } = disposal();
  store.before = () => {
    if (store.deletions.length >= 10) one.close();
  };
  await one.due();
  const { length } = store.deletions;
  expect(length).toBeLessThan(20);
  await expect(one.due()).resolves.toMatchObject({ deleted: 0 });
  expect(store.deletions).toHaveLength(length);
});

test('a photo that is gone already counts as deleted', async () => {
  const fates: Fate[] = [];
  await dispose(store.device(synced()), [{ photoId: photoId(0), trashedAt: instantOf(NOW) }], {
    due: false,
    shown: () => undefined,
    signal: new AbortController().signal,
    onfate: (_, fate) => fates.push(fate),
  });
  expect(fates).toEqual(['deleted']);
});

test('what was moved to the trash just now is not deleted before the cloud knows, nor called changed', async () => {
  const { library, disposal: one } = disposal();
  store.put(trashed(1, 1), trashed(2, 1, { trashedAt: undefined }));
  await library.sync(AbortSignal.timeout(1000));
  const sent = trashed(2, 0);
  library.shown.set(photoId(2), sent);
  library.sendEdits = async () => 1;
  expect(await one.now([photoId(1), photoId(2)])).toEqual({
    deleted: 1,
    kept: 0,
    failed: 1,
    problem: 'throttled',
  });
  expect(store.deletions).toEqual([photoId(1)]);
  // It has arrived by the next try.
  store.put(sent);
  library.sendEdits = async () => 0;
  expect(await one.now([photoId(2)])).toMatchObject({ deleted: 1, kept: 0, failed: 0 });
});
