// The snapshot: a new device shows the library from it, and whatever is wrong with it only costs time.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CloudError } from '../../src/cloud/error.ts';
import { Library } from '../../src/library/library.svelte.ts';
import { gunzipped, gzipped } from '../../src/library/gzip.ts';
import { rebuild } from '../../src/library/rebuild.ts';
import { firstObject, readFirst, VERSION, type Manifest } from '../../src/library/snapshot.ts';
import { restore, sha256Of } from '../../src/library/snapshot-read.ts';
import { Tries } from '../../src/library/tries.ts';
import { isDue, keepSnapshot } from '../../src/library/snapshot-write.ts';
import type { SnapshotName } from '../../src/schema/keys.ts';
import { instantOf } from '../../src/schema/time.ts';
import { photoIdOf } from '../fixtures.ts';
import { Locks, MemoryStorage } from './fake-browser.ts';
import { FakeTable } from './fake-table.ts';
import { hourly, ME, START } from './library-photos.ts';

const DAY = 86_400_000;

const photo = hourly((n) => photoIdOf(Buffer.from(String(n))));
const photos = (count: number) => Array.from({ length: count }, (_, n) => photo(n));

/** The cloud as all devices of one owner have it: the table, and objects under `index/` written by condition as S3 does. */
class FakeCloud extends FakeTable {
  readonly objects = new Map<SnapshotName, { bytes: Uint8Array<ArrayBuffer>; tag: string }>();
  readonly puts: SnapshotName[] = [];
  /** Called before an object is put. */
  meanwhile: (name: SnapshotName) => void | Promise<void> = () => {};
  #tags = 0;

  set(name: SnapshotName, bytes: Uint8Array<ArrayBuffer>): void {
    this.objects.set(name, { bytes, tag: `"${++this.#tags}"` });
  }

  async readSnapshot(name: SnapshotName, abort: AbortSignal): Promise<Response | undefined> {
    abort.throwIfAborted();
    const object = this.objects.get(name);
    return object && new Response(object.bytes);
  }

  async snapshotTags(): Promise<Map<SnapshotName, string>> {
    if (this.fault) throw this.fault;
    return new Map(Array.from(this.objects, ([name, { tag }]) => [name, tag]));
  }

  async putSnapshot(name: SnapshotName, body: Blob, { tag }: { tag: string | undefined }): Promise<void> {
    await this.meanwhile(name);
    if (this.fault) throw this.fault;
    if (this.objects.get(name)?.tag !== tag) throw new CloudError('exists', 'PreconditionFailed');
    this.puts.push(name);
    this.set(name, new Uint8Array(await body.arrayBuffer()));
  }
}

let cloud: FakeCloud;
let signal: AbortSignal;
let leaving: AbortController;
const opened: Library[] = [];

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  cloud = new FakeCloud(ME, START + DAY);
  leaving = new AbortController();
  signal = leaving.signal;
});

afterEach(() => {
  for (const library of opened.splice(0)) library.close();
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A device that nobody has used. */
async function newDevice(): Promise<Library> {
  for (const library of opened.splice(0)) library.close();
  globalThis.indexedDB = new IDBFactory();
  return open();
}

async function open(): Promise<Library> {
  const library = await Library.open(cloud);
  await library.ready;
  opened.push(library);
  return library;
}

function deferred() {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

const whenQuiet = async (): Promise<void> => {};
const restored = (library: Library) =>
  restore({ library, source: cloud, signal, tries: triesOf(), whenQuiet });
const kept = (library: Library) => keepSnapshot({ library, target: cloud, signal });
/** How often a page of this device, left at times, has begun and not come to the end. */
const triesOf = (storage = new MemoryStorage(), page = new EventTarget()) => new Tries(ME, storage, page);
const names = (library: Library) => Array.from(library.photos, ({ name }) => name);

/** Another device has so many photos and has left a snapshot of them. */
async function snapshotOf(count: number): Promise<void> {
  cloud.put(...photos(count));
  const library = await newDevice();
  await library.sync(signal);
  expect(await kept(library)).toBe(true);
  cloud.reads.length = 0;
}

const manifestThere = (): Manifest => {
  const found = readFirst(cloud.objects.get('first')?.bytes as Uint8Array<ArrayBuffer>, ME);
  if (!found || found === 'newer') throw new Error('there is no snapshot to be read');
  return found.manifest;
};

/** Rewrites what the first object says of the snapshot. */
async function forge(change: Partial<Record<keyof Manifest, unknown>>): Promise<void> {
  const { bytes } = cloud.objects.get('first') as { bytes: Uint8Array<ArrayBuffer> };
  const found = readFirst(bytes, ME);
  if (!found || found === 'newer') throw new Error('there is no snapshot to be forged');
  const blob = firstObject({ ...found.manifest, ...change } as Manifest, new Blob([found.packed]));
  cloud.set('first', new Uint8Array(await blob.arrayBuffer()));
}

/** Puts other contents under a part's name, with everything about it said truly. */
async function replacePart(
  part: 'heads' | 'rows',
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Promise<void> {
  const manifest = manifestThere();
  const name = `${part}-${manifest.slot}` as const;
  const parts: Uint8Array[] = [];
  const { bytes: packed } = cloud.objects.get(name) as { bytes: Uint8Array<ArrayBuffer> };
  await gunzipped(packed, manifest[part].bytes, (some) => parts.push(some));
  const changed = change(new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()));
  const blob = await gzipped([changed]);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  cloud.set(name, bytes);
  await forge({ [part]: { packed: bytes.length, bytes: changed.length, sha256: await sha256Of(bytes) } });
}

/** What a new device makes of the snapshot: whether it was used, since when rows were read, and the photos in the end. */
async function firstVisit() {
  const library = await newDevice();
  const before = cloud.reads.length;
  const used = await restored(library);
  await library.sync(signal);
  return { used, since: cloud.reads[before], names: names(library) };
}

/** The snapshot is refused, and the person has their photos all the same. */
const refused = (count: number) => ({
  used: false,
  since: undefined,
  names: photos(count).map(({ name }) => name),
});

describe('a new device', () => {
  test('shows the library from the snapshot, and then reads only what is new', async () => {
    await snapshotOf(400);
    const library = await newDevice();
    expect(library.blank).toBe(true);
    expect(await restored(library)).toBe(true);
    expect(names(library)).toEqual(photos(400).map(({ name }) => name));
    expect(library.complete).toBe(true);
    cloud.put(photo(400, { changedAt: instantOf(cloud.now) }));
    await library.sync(signal);
    expect(cloud.reads).toHaveLength(1);
    expect((cloud.reads[0] ?? '') > instantOf(START)).toBe(true);
    expect(library.photos).toHaveLength(401);
  });

  test('has it after a reload, too', async () => {
    await snapshotOf(60);
    const library = await newDevice();
    await restored(library);
    library.close();
    const again = await open();
    expect(again.blank).toBe(false);
    expect(names(again)).toHaveLength(60);
    expect(again.get(photo(3).photoId)).toEqual(photo(3));
  });

  test('shows the newest photos whole before the rest has come, and then boxes for all', async () => {
    await snapshotOf(400);
    const library = await newDevice();
    const seen: [number, boolean, boolean][] = [];
    const look = () =>
      void seen.push([
        library.photos.length,
        library.photos.at(0) !== undefined,
        library.photos.at(399) !== undefined,
      ]);
    const reading = cloud.readSnapshot.bind(cloud);
    cloud.readSnapshot = async (name, abort) => {
      look();
      return reading(name, abort);
    };
    await restored(library);
    look();
    expect(seen).toEqual([
      [0, false, false],
      [300, true, false],
      [400, true, false],
      [400, true, true],
    ]);
  });

  test('waits with its first sync until the snapshot is there', async () => {
    await snapshotOf(60);
    const library = await newDevice();
    const quiet = deferred();
    library.restoring(
      restore({ library, source: cloud, signal, tries: triesOf(), whenQuiet: () => quiet.promise }),
    );
    const synced = library.sync(signal);
    await vi.waitUntil(() => library.photos.length === 60);
    expect(cloud.reads).toEqual([]);
    quiet.resolve();
    await synced;
    expect(cloud.reads[0]).toBeDefined();
  });

  test('keeps an edit that was made before the snapshot had come', async () => {
    await snapshotOf(60);
    const library = await newDevice();
    const quiet = deferred();
    const restoring = restore({
      library,
      source: cloud,
      signal,
      tries: triesOf(),
      whenQuiet: () => quiet.promise,
    });
    await vi.waitUntil(() => library.photos.length === 60);
    await library.edit(photo(5).photoId, { favorite: true });
    expect(library.get(photo(5).photoId)?.favorite).toBe(true);
    quiet.resolve();
    await restoring;
    await library.sync(signal);
    expect(library.get(photo(5).photoId)?.favorite).toBe(true);
    expect(library.favorites).toHaveLength(1);
  });

  test('forgets photos that were deleted since the snapshot', async () => {
    await snapshotOf(60);
    const { photoId } = photo(7);
    const deletedAt = instantOf(cloud.now);
    cloud.put({ owner: ME, photoId, changedAt: deletedAt, deletedAt });
    const library = await newDevice();
    await restored(library);
    expect(library.get(photoId)).toBeDefined();
    await library.sync(signal);
    expect(library.get(photoId)).toBeUndefined();
    expect(library.photos).toHaveLength(59);
  });

  test('finds that all of them were deleted', async () => {
    await snapshotOf(60);
    const library = await newDevice();
    await restored(library);
    const deletedAt = instantOf(cloud.now);
    for (const { photoId } of photos(60)) cloud.put({ owner: ME, photoId, changedAt: deletedAt, deletedAt });
    await library.sync(signal);
    expect(library.photos).toHaveLength(0);
  });

  test('without a snapshot reads everything', async () => {
    cloud.put(...photos(3));
    expect(await firstVisit()).toEqual(refused(3));
    expect(console.warn).not.toHaveBeenCalled();
  });
});

describe('a snapshot is not used', () => {
  beforeEach(() => snapshotOf(60));

  test('when it is older than tombstones live', async () => {
    cloud.now += 61 * DAY;
    expect(await firstVisit()).toEqual(refused(60));
  });

  test('when it says to be from the future', async () => {
    await forge({ cursor: instantOf(cloud.now + 10 * DAY) });
    expect(await firstVisit()).toEqual(refused(60));
  });

  test.each([VERSION + 1, VERSION - 1])('when it is of version %i', async (version) => {
    const { bytes } = cloud.objects.get('first') as { bytes: Uint8Array<ArrayBuffer> };
    new DataView(bytes.buffer).setUint32(4, version, true);
    expect(await firstVisit()).toEqual(refused(60));
  });

  test("when it is somebody else's", async () => {
    await forge({ owner: ME.replace('us-', 'eu-') });
    expect(await firstVisit()).toEqual(refused(60));
  });

  test.each(['first', 'heads', 'rows'] as const)('when bytes of its %s have changed', async (part) => {
    const name = part === 'first' ? part : (`${part}-${manifestThere().slot}` as const);
    const { bytes } = cloud.objects.get(name) as { bytes: Uint8Array<ArrayBuffer> };
    const at = bytes.length - 20;
    bytes[at] = (bytes[at] as number) ^ 1;
    expect(await firstVisit()).toEqual(refused(60));
  });

  test.each(['first', 'heads', 'rows'] as const)('when its %s is cut short', async (part) => {
    const name = part === 'first' ? part : (`${part}-${manifestThere().slot}` as const);
    const { bytes } = cloud.objects.get(name) as { bytes: Uint8Array<ArrayBuffer> };
    cloud.set(name, bytes.slice(0, -100));
    expect(await firstVisit()).toEqual(refused(60));
  });

  test.each(['heads', 'rows'] as const)('when its %s are gone', async (part) => {
    cloud.objects.delete(`${part}-${manifestThere().slot}`);
    expect(await firstVisit()).toEqual(refused(60));
  });

  test('when its parts are of two different writers', async () => {
    const library = await open();
    const theirs = cloud.objects.get('rows-0')?.bytes as Uint8Array<ArrayBuffer>;
    cloud.put(photo(3, { name: 'another.jpg', changedAt: instantOf(cloud.now) }));
    await rebuild({ library, source: cloud, onread: () => {}, signal });
    expect(await kept(library)).toBe(true);
    cloud.set('rows-1', theirs);
    const another = await newDevice();
    expect(await restored(another)).toBe(false);
    await another.sync(signal);
    expect(another.photos).toHaveLength(60);
    expect(another.get(photo(3).photoId)?.name).toBe('another.jpg');
  });

  test.each([
    ['more photos than any library', { count: 2_000_001 }],
    ['a count that its heads do not have', { count: 61 }],
    ['no cursor', { cursor: undefined }],
    ['a slot that there is not', { slot: 7 }],
    ['rows that would fill the memory', { rows: { packed: 1e7, bytes: 1e9, sha256: '' } }],
  ])('when it says to have %s', async (_what, change) => {
    await forge(change);
    expect(await firstVisit()).toEqual(refused(60));
  });

  test('when it was too much for this device twice', async () => {
    const library = await newDevice();
    const device = new MemoryStorage();
    triesOf(device).begin();
    triesOf(device).begin();
    expect(await restore({ library, source: cloud, signal, tries: triesOf(device), whenQuiet })).toBe(false);
    expect(library.photos).toHaveLength(0);
    await library.sync(signal);
    expect(library.photos).toHaveLength(60);
  });

  test('twice, when the page did not live to see the end of it; a third time it is not tried', async () => {
    const library = await newDevice();
    const device = new MemoryStorage();
    const task = { library, source: cloud, signal, whenQuiet: () => new Promise<void>(() => {}) };
    for (const count of [1, 2]) {
      void restore({ ...task, tries: triesOf(device) });
      expect(triesOf(device).count).toBe(count);
    }
    await vi.waitUntil(() => library.photos.length > 0);
    expect(await restore({ ...task, tries: triesOf(device) })).toBe(false);
  });
});

test('a page that is left while it reads a snapshot has not failed at it, however often', async () => {
  await snapshotOf(60);
  const library = await newDevice();
  const device = new MemoryStorage();
  for (let left = 0; left < 5; left++) {
    const page = new EventTarget();
    void restore({
      library,
      source: cloud,
      signal,
      tries: triesOf(device, page),
      whenQuiet: () => new Promise<void>(() => {}),
    });
    page.dispatchEvent(new Event('pagehide'));
  }
  expect(triesOf(device).count).toBe(0);
  expect(await restore({ library, source: cloud, signal, tries: triesOf(device), whenQuiet })).toBe(true);
  expect(triesOf(device).count).toBe(0);
});

describe('a hostile snapshot', () => {
  beforeEach(() => snapshotOf(60));

  test('that inflates beyond what it says is stopped there', async () => {
    const bomb = new Uint8Array(await (await gzipped([new Uint8Array(64 * 2 ** 20)])).arrayBuffer());
    let most = 0;
    await expect(gunzipped(bomb, 1000, (part) => (most += part.length))).rejects.toThrow(RangeError);
    expect(most).toBeLessThanOrEqual(1000);
    const { slot } = manifestThere();
    cloud.set(`rows-${slot}`, bomb);
    await forge({ rows: { packed: bomb.length, bytes: 5000, sha256: await sha256Of(bomb) } });
    expect(await firstVisit()).toEqual(refused(60));
  });

  test('may not say to inflate to more than its bytes can', async () => {
    await forge({ rows: { ...manifestThere().rows, bytes: 500 * 2 ** 20 } });
    const fetched: string[] = [];
    const reading = cloud.readSnapshot.bind(cloud);
    cloud.readSnapshot = async (name, abort) => {
      fetched.push(name);
      return reading(name, abort);
    };
    expect(await firstVisit()).toEqual(refused(60));
    expect(fetched).toEqual(['first']);
  });

  test('that never ends is not read on', async () => {
    let sent = 0;
    cloud.readSnapshot = async () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            sent += 2 ** 20;
            controller.enqueue(new Uint8Array(2 ** 20));
          },
        }),
      );
    expect(await firstVisit()).toEqual(refused(60));
    expect(sent).toBeLessThan(8 * 2 ** 20);
  });

  test.each([
    [
      'ids that are not sorted',
      (head: DataView) => head.setUint16(20 + 18 * head.getUint32(4, true), 0x0fff),
    ],
    ['a time in no calendar', (head: DataView) => head.setFloat64(16, 1e300, true)],
    [
      'a shape that no picture has',
      (head: DataView) => head.setFloat32(16 + 8 * head.getUint32(4, true), NaN, true),
    ],
    ['more photos than bytes', (head: DataView) => head.setUint32(4, 2 ** 19, true)],
  ])('with %s is refused', async (_what, change) => {
    await replacePart('heads', (bytes) => {
      change(new DataView(bytes.buffer, bytes.byteOffset + 64));
      return bytes;
    });
    expect(await firstVisit()).toEqual(refused(60));
  });

  test('with lengths that add up to something else is refused', async () => {
    await replacePart('rows', (bytes) => {
      new DataView(bytes.buffer).setUint32(0, 2 ** 31, true);
      return bytes;
    });
    expect(await firstVisit()).toEqual(refused(60));
  });

  test('shows no row that is none: it is read from the table then', async () => {
    await replacePart('rows', (bytes) => {
      const text = new TextDecoder('latin1').decode(bytes);
      return Uint8Array.from(
        text.replaceAll('"photo 3.jpg",1000,400,300', '"photo 3.jpg",-100,400,300'),
        (character) => character.charCodeAt(0),
      );
    });
    const library = await newDevice();
    expect(await restored(library)).toBe(true);
    const before = names(library);
    expect(before).not.toContain('photo 3.jpg');
    await library.sync(signal);
    expect(names(library)).toContain('photo 3.jpg');
  });

  test('is text to the page, never markup, whatever it says', async () => {
    await replacePart('rows', (bytes) => {
      const text = new TextDecoder('latin1').decode(bytes);
      return Uint8Array.from(text.replaceAll('photo 3.jpg', '<b onx=1>()'), (character) =>
        character.charCodeAt(0),
      );
    });
    const library = await newDevice();
    await restored(library);
    expect(library.get(photo(3).photoId)?.name).toBe('<b onx=1>()');
    await rebuild({ library, source: cloud, onread: () => {}, signal });
    expect(library.get(photo(3).photoId)?.name).toBe('photo 3.jpg');
  });
});

describe('writing a snapshot', () => {
  test.each([
    ['not for a handful of photos', undefined, { count: 49, changes: 49, age: 0 }, false],
    ['when there is none', undefined, { count: 50, changes: 0, age: 0 }, true],
    ['not when little has changed', { changes: 100 }, { count: 10_000, changes: 599, age: 7 }, false],
    ['when 500 photos have changed', { changes: 100 }, { count: 10_000, changes: 600, age: 7 }, true],
    ['not for 500 of 100,000', { changes: 0 }, { count: 100_000, changes: 500, age: 7 }, false],
    ['for 5 percent of 100,000', { changes: 0 }, { count: 100_000, changes: 5000, age: 7 }, true],
    ['not again within hours', { changes: 0 }, { count: 10_000, changes: 600, age: 5 }, false],
    [
      'soon, when the library has become another',
      { changes: 0 },
      { count: 10_000, changes: 6000, age: 0.5 },
      true,
    ],
    ['but not every minute', { changes: 0 }, { count: 10_000, changes: 6000, age: 0.1 }, false],
    ['before it is too old to be used', { changes: 0 }, { count: 10_000, changes: 0, age: 31 * 24 }, true],
    ['when everything was read anew', { changes: 9 }, { count: 10_000, changes: 0, age: 0 }, true],
  ])('is due: %s', (_what, known, { count, changes, age }, due) => {
    const now = START;
    const note = known && { ...known, at: instantOf(now - age * 3_600_000) };
    expect(isDue(note, { count, changes, now })).toBe(due);
  });

  test('happens once, and again after much has changed, in the slot that is free', async () => {
    await snapshotOf(60);
    expect(cloud.puts).toEqual(['heads-0', 'rows-0', 'first']);
    const library = await open();
    expect(await kept(library)).toBe(false);
    cloud.now += DAY;
    cloud.put(
      ...Array.from({ length: 600 }, (_, n) => photo(n, { changedAt: instantOf(cloud.now), caption: 'new' })),
    );
    await library.sync(signal);
    expect(await kept(library)).toBe(true);
    expect(cloud.puts.slice(3)).toEqual(['heads-1', 'rows-1', 'first']);
    const another = await newDevice();
    expect(await restored(another)).toBe(true);
    expect(another.get(photo(599).photoId)?.caption).toBe('new');
  });

  test('is left to a device that has just done it', async () => {
    await snapshotOf(60);
    const library = await newDevice();
    await library.sync(signal);
    expect(await kept(library)).toBe(false);
    expect(cloud.puts).toHaveLength(3);
  });

  test.each(['heads-0', 'rows-0', 'first'] as const)(
    'yields to a device that writes %s at the same moment',
    async (name) => {
      cloud.put(...photos(60));
      const library = await newDevice();
      await library.sync(signal);
      const theirs = new Uint8Array([1, 2, 3]);
      cloud.meanwhile = (put) => void (put === name && cloud.set(name, theirs));
      expect(await kept(library)).toBe(false);
      expect(cloud.objects.get(name)?.bytes).toEqual(theirs);
      // And is not tried over and over.
      cloud.meanwhile = () => {};
      expect(await kept(library)).toBe(false);
    },
  );

  test('that breaks off leaves the one before whole, and is tried again', async () => {
    await snapshotOf(60);
    cloud.now += DAY;
    cloud.put(...Array.from({ length: 700 }, (_, n) => photo(n, { changedAt: instantOf(cloud.now) })));
    const library = await open();
    await library.sync(signal);
    cloud.meanwhile = (name) => {
      if (name === 'rows-1') cloud.fault = new CloudError('offline', 'no network');
    };
    await expect(kept(library)).rejects.toThrow('no network');
    cloud.fault = undefined;
    cloud.meanwhile = () => {};
    const another = await Library.open(cloud);
    opened.push(another);
    expect(manifestThere().count).toBe(60);
    expect(await kept(library)).toBe(true);
    expect(manifestThere().count).toBe(700);
  });

  test('does not happen while the browser is to save data', async () => {
    cloud.put(...photos(60));
    const library = await newDevice();
    await library.sync(signal);
    vi.stubGlobal('navigator', { locks: new Locks(), connection: { saveData: true } });
    expect(await kept(library)).toBe(false);
    expect(cloud.puts).toEqual([]);
  });

  test('leaves alone what a newer page has written', async () => {
    await snapshotOf(60);
    const { bytes } = cloud.objects.get('first') as { bytes: Uint8Array<ArrayBuffer> };
    new DataView(bytes.buffer).setUint32(4, VERSION + 1, true);
    const library = await newDevice();
    await library.sync(signal);
    expect(await kept(library)).toBe(false);
    expect(cloud.puts).toHaveLength(3);
  });

  test('replaces what nobody can read', async () => {
    await snapshotOf(60);
    cloud.set('first', new Uint8Array(50));
    const library = await newDevice();
    await library.sync(signal);
    expect(await kept(library)).toBe(true);
    expect(manifestThere().count).toBe(60);
  });
});

describe('rebuilding', () => {
  test('reads everything from the table again, whatever a snapshot has said', async () => {
    await snapshotOf(60);
    const library = await newDevice();
    await restored(library);
    // What only the snapshot said: the table knows nothing of it.
    cloud.rows.delete(photo(9).photoId);
    await library.sync(signal);
    expect(library.get(photo(9).photoId)).toBeDefined();
    const read: number[] = [];
    cloud.reads.length = 0;
    await rebuild({ library, source: cloud, onread: (count) => read.push(count), signal });
    expect(cloud.reads).toEqual([undefined]);
    expect(read.at(-1)).toBe(59);
    expect(library.get(photo(9).photoId)).toBeUndefined();
    expect(library.photos).toHaveLength(59);
    expect(library.complete).toBe(true);
    // And a snapshot of the truth takes the place of the other.
    expect(await kept(library)).toBe(true);
    expect(manifestThere().count).toBe(59);
  });

  test('keeps edits that wait for the cloud', async () => {
    await snapshotOf(60);
    const library = await open();
    cloud.editPhoto = () => Promise.reject(new CloudError('offline', 'no network'));
    await library.edit(photo(4).photoId, { caption: 'on the boat' });
    await rebuild({ library, source: cloud, onread: () => {}, signal });
    expect(library.get(photo(4).photoId)?.caption).toBe('on the boat');
    expect(library.unsent).toBe(1);
  });

  test('forgets nothing when the table cannot be reached', async () => {
    await snapshotOf(60);
    const library = await open();
    cloud.fault = new CloudError('offline', 'no network');
    await expect(rebuild({ library, source: cloud, onread: () => {}, signal })).rejects.toThrow('no network');
    expect(library.photos).toHaveLength(60);
  });

  test('that breaks off goes on with the next sync', async () => {
    await snapshotOf(60);
    const library = await open();
    let left = 20;
    const stop = new AbortController();
    const changes = cloud.changes.bind(cloud);
    cloud.changes = async function* (since) {
      for await (const page of changes(since)) {
        if (left-- === 0) throw new CloudError('offline', 'no network');
        yield page;
      }
    };
    await expect(rebuild({ library, source: cloud, onread: () => {}, signal: stop.signal })).rejects.toThrow(
      'no network',
    );
    expect(library.complete).toBe(false);
    library.close();
    cloud.changes = changes;
    const again = await open();
    expect(again.blank).toBe(false);
    await again.sync(signal);
    expect(again.photos).toHaveLength(60);
    expect(again.complete).toBe(true);
  });
});
