// What becomes of files that are given to the page: each is safe in the end, or it is said why not; none is sent twice.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CloudError } from '../../src/cloud/error.ts';
import type { Root } from '../../src/upload/sources.ts';
import type { RandomId } from '../../src/schema/ids.ts';
import { UnreadableFile } from '../../src/upload/hash.ts';
import { keptUploads } from '../../src/upload/kept.ts';
import type { Uploads } from '../../src/upload/uploads.svelte.ts';
import { foundOf } from '../../src/upload/walk.ts';
import { photo } from './library-photos.ts';
import { fileOf, found, idOf, PARTS, World } from './fake-uploads.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const states = (uploads: Uploads): string[] => uploads.list.map((upload) => upload.state);
const files = (count: number): File[] => Array.from({ length: count }, (_, i) => fileOf(`${i}.jpg`));

/** PUTs are held until the function is called. */
function hold(): () => void {
  let go = (): void => {};
  world.gate = new Promise((resolve) => (go = resolve));
  return () => {
    world.gate = undefined;
    go();
  };
}

test('every file is sent once and safe once its row is there, never more than six at a time', async () => {
  const uploads = world.open();
  await uploads.add(found(...files(60)));
  await expect.poll(() => uploads.safe).toBe(60);
  expect(world.puts).toHaveLength(60);
  expect(world.originals.size).toBe(60);
  expect(world.most).toBeLessThanOrEqual(6);
  expect(uploads.busy).toBe(false);
  expect(uploads.progress).toBe(1);
});

test('while the processor is down nothing is called safe; once it is up, all is', async () => {
  world.processing = false;
  const uploads = world.open();
  await uploads.add(found(...files(5)));
  await expect.poll(() => states(uploads)).toEqual(Array.from({ length: 5 }, () => 'processing'));
  expect(uploads.safe).toBe(0);
  world.processing = true;
  await expect.poll(() => uploads.safe).toBe(5);
});

test('the same bytes under two names travel once, and neither is called stored before they are', async () => {
  const go = hold();
  const uploads = world.open();
  await uploads.add(found(fileOf('a.jpg', 'same'), fileOf('b.jpg', 'same')));
  await expect.poll(() => states(uploads)).toEqual(['sending', 'waiting']);
  go();
  await expect.poll(() => states(uploads)).toEqual(['ready', 'duplicate']);
  expect(world.puts).toHaveLength(1);
});

test('when the first of two names is called off, the other one travels', async () => {
  const go = hold();
  const uploads = world.open();
  const [first] = await uploads.add(found(fileOf('a.jpg', 'same'), fileOf('b.jpg', 'same')));
  await expect.poll(() => states(uploads)).toEqual(['sending', 'waiting']);
  if (first) uploads.cancel(first);
  go();
  await expect.poll(() => states(uploads)).toEqual(['cancelled', 'ready']);
  expect(world.puts).toHaveLength(1);
});

test('a pause stops what is under way and sends nothing; resumed, all are sent', async () => {
  const go = hold();
  const uploads = world.open();
  await uploads.add(found(...files(10)));
  await expect.poll(() => uploads.tallies.count('sending')).toBeGreaterThan(1);
  uploads.pause();
  expect(uploads.hold).toBe('paused');
  await expect.poll(() => uploads.tallies.count('waiting')).toBe(10);
  go();
  await uploads.add(found(fileOf('later.jpg')));
  expect(uploads.tallies.count('waiting')).toBe(11);
  expect(world.puts).toEqual([]);
  uploads.resume();
  await expect.poll(() => uploads.safe).toBe(11);
  expect(world.puts).toHaveLength(11);
});

test('what is called off is not stored; what is stored stays, and is not called off', async () => {
  world.processing = false;
  const uploads = world.open();
  const [stored] = await uploads.add(found(fileOf('stored.jpg')));
  await expect.poll(() => stored?.state).toBe('processing');
  hold();
  const [sending] = await uploads.add(found(...files(20)));
  await expect.poll(() => sending?.state).toBe('sending');
  expect(stored && uploads.cancel(stored)).toBe(false);
  expect(sending && uploads.cancel(sending)).toBe(true);
  await uploads.cancelAll();
  await expect.poll(() => uploads.tallies.count('cancelled')).toBe(20);
  expect(states(uploads)[0]).toBe('processing');
  expect([...world.originals.keys()]).toEqual([idOf('stored.jpg')]);
  expect(uploads.tallies.bytes).toBe(stored?.bytes);
});

test('what was called off can be tried again', async () => {
  hold();
  const uploads = world.open();
  const [one] = await uploads.add(found(fileOf('a.jpg')));
  if (!one) throw new Error('nothing was added');
  await expect.poll(() => one.state).toBe('sending');
  uploads.cancel(one);
  await expect.poll(() => one.state).toBe('cancelled');
  world.gate = undefined;
  uploads.retry(one);
  await expect.poll(() => one.state).toBe('ready');
});

test('without a connection the others wait instead of failing, and all goes on when it is back', async () => {
  world.fault = () => new CloudError('offline', 'no answer');
  const uploads = world.open();
  await uploads.add(found(...files(50)));
  await expect.poll(() => uploads.hold).toBe('offline');
  await expect.poll(() => uploads.tallies.count('sending', 'hashing')).toBe(0);
  expect(uploads.problems).toBe(0);
  world.fault = () => undefined;
  world.page.dispatchEvent(new Event('online'));
  await expect.poll(() => uploads.safe).toBe(50);
  expect(world.puts).toHaveLength(50);
});

test('a device that was asleep goes on as soon as somebody looks at it', async () => {
  world.fault = () => new CloudError('offline', 'no answer');
  const uploads = world.open();
  await uploads.add(found(...files(5)));
  await expect.poll(() => uploads.hold).toBe('offline');
  world.fault = () => undefined;
  document.dispatchEvent(new Event('visibilitychange'));
  expect(uploads.hold).toBeUndefined();
  await expect.poll(() => uploads.safe).toBe(5);
});

test('a file that breaks off again and again while others get through is one problem in the end, and keeps nobody back', async () => {
  world.fault = (photoId) => (photoId === idOf('bad.jpg') ? new CloudError('offline', 'cut off') : undefined);
  const uploads = world.open();
  const [bad] = await uploads.add(found(fileOf('bad.jpg')));
  const goOn = <T>(seen: () => T) => {
    // Sooner than it would by itself.
    if (uploads.hold) uploads.resume();
    return seen();
  };
  await uploads.add(found(fileOf('a.jpg')));
  await expect.poll(() => goOn(() => uploads.safe)).toBe(1);
  expect(bad?.problematic).toBe(false);
  await uploads.add(found(fileOf('b.jpg')));
  await expect.poll(() => goOn(() => states(uploads))).toEqual(['failed', 'ready', 'ready']);
  expect(uploads.hold).toBeUndefined();
  world.fault = () => undefined;
  uploads.retryFailed();
  await expect.poll(() => uploads.safe).toBe(3);
});

test('a cloud that asks for patience is given it, and no file fails for that', async () => {
  world.fault = () => new CloudError('throttled', 'slow down');
  const uploads = world.open();
  await uploads.add(found(...files(20)));
  await expect.poll(() => uploads.hold).toBe('throttled');
  await expect.poll(() => uploads.tallies.count('waiting')).toBe(20);
  world.fault = () => undefined;
  uploads.resume();
  await expect.poll(() => uploads.safe).toBe(20);
});

test('a sign-in that has ended holds the queue, says so, and fails nothing', async () => {
  world.fault = () => new CloudError('signed-out', 'expired');
  const uploads = world.open();
  await uploads.add(found(...files(20)));
  await expect.poll(() => uploads.hold).toBe('signed-out');
  await expect.poll(() => uploads.tallies.count('waiting')).toBe(20);
  expect(uploads.list.some((upload) => upload.problem?.startsWith('Your sign-in has ended.'))).toBe(true);
  world.fault = () => undefined;
  uploads.resume();
  await expect.poll(() => uploads.safe).toBe(20);
});

test('a file that cannot be read is its own problem: all others become safe', async () => {
  world.unreadable.add('3.jpg');
  const uploads = world.open();
  await uploads.add(found(...files(10)));
  await expect.poll(() => uploads.safe).toBe(9);
  expect(uploads.problems).toBe(1);
  expect(uploads.list[3]?.problem).toContain('cannot be read any more');
  // Dropped again, as it is now, it takes its place.
  world.unreadable.clear();
  const [again] = await uploads.add(found(fileOf('3.jpg', 'changed', 99)));
  expect(again).toBe(uploads.list[3]);
  await expect.poll(() => uploads.safe).toBe(10);
  expect(world.originals.get(idOf('changed'))).toBe('changed');
  expect(world.originals.has(idOf('3.jpg'))).toBe(false);
});

test('a file that changed on the disk while it waited is sent as it is now, where the page can come back to it', async () => {
  // Methods are its prototype's, as a browser's are: the database asks only for what is its own.
  const root = Object.create({ kind: 'file', getFile: async () => fileOf('now.jpg', 'now', 77) }) as Root;
  world.unreadable.add('a.jpg');
  const uploads = world.open();
  await uploads.add(found({ ...foundOf(fileOf('a.jpg', 'before')), root }));
  await expect.poll(() => uploads.safe).toBe(1);
  expect([...world.originals.values()]).toEqual(['now']);
});

test('a file that is opened only in its turn is not held afterwards, whether it fails or arrives', async () => {
  let opened = 0;
  const lazy = (name: string) => ({
    name,
    size: name.length,
    lastModified: 5,
    open: async () => {
      opened++;
      return fileOf(name);
    },
  });
  world.unreadable.add('bad.jpg');
  const uploads = world.open();
  uploads.pause();
  await uploads.add({ files: [lazy('good.jpg'), lazy('bad.jpg')], skipped: 0, unreadable: [] });
  expect(opened).toBe(0);
  uploads.resume();
  await expect.poll(() => states(uploads)).toEqual(['ready', 'failed']);
  expect(uploads.list.map((upload) => upload.file)).toEqual([undefined, undefined]);
  world.unreadable.clear();
  uploads.retryFailed();
  await expect.poll(() => uploads.safe).toBe(2);
  expect(opened).toBe(3);
});

test('what is here already is not sent; what is in the trash comes back', async () => {
  const here = fileOf('here.jpg');
  const trashed = fileOf('trashed.jpg');
  world.originals.set(idOf('here.jpg'), 'here.jpg');
  world.row(idOf('here.jpg'));
  world.originals.set(idOf('trashed.jpg'), 'trashed.jpg');
  world.row(idOf('trashed.jpg'), { trashedAt: world.row(idOf('x')).changedAt });
  const uploads = world.open();
  await uploads.add(found(here, trashed));
  await expect.poll(() => states(uploads)).toEqual(['duplicate', 'restored']);
  expect(world.puts).toEqual([]);
  expect(world.edits).toEqual([[idOf('trashed.jpg'), { trashedAt: null }]]);
});

test('whether a photo is here is not judged by what cannot be asked', async () => {
  world.originals.set(idOf('0.jpg'), '0.jpg');
  world.row(idOf('0.jpg'));
  world.syncState = new CloudError('offline', 'no answer');
  const uploads = world.open();
  await uploads.add(found(...files(1)));
  await expect.poll(() => uploads.hold).toBe('offline');
  expect(uploads.safe).toBe(0);
  world.syncState = 'idle';
  uploads.resume();
  await expect.poll(() => states(uploads)).toEqual(['duplicate']);
});

const mismatch = { status: 'failed', failure: { code: 'hash-mismatch', sentence: '' } } as const;

test('a photo that arrived broken once is deleted and put again', async () => {
  const photoId = idOf('0.jpg');
  world.originals.set(photoId, 'broken bytes');
  world.row(photoId, mismatch);
  const uploads = world.open();
  await uploads.add(found(...files(1)));
  await expect.poll(() => states(uploads)).toEqual(['ready']);
  expect(world.originals.get(photoId)).toBe('0.jpg');
});

test('a photo that turns out to have arrived broken is sent once more by itself', async () => {
  const photoId = idOf('0.jpg');
  // Another device has stored it, and nobody has looked at it yet.
  world.originals.set(photoId, 'broken bytes');
  world.processing = false;
  const uploads = world.open();
  await uploads.add(found(...files(1)));
  await expect.poll(() => states(uploads)).toEqual(['processing']);
  world.row(photoId, mismatch);
  world.processing = true;
  await expect.poll(() => states(uploads)).toEqual(['ready']);
  expect(world.originals.get(photoId)).toBe('0.jpg');
});

test('a failed row is no duplicate: the photo is stored, and it is said why it cannot be shown', async () => {
  world.processing = false;
  const photoId = idOf('0.jpg');
  world.originals.set(photoId, '0.jpg');
  world.row(photoId, { status: 'failed', failure: { code: 'damaged', sentence: '' } });
  const uploads = world.open();
  await uploads.add(found(...files(1)));
  await expect.poll(() => states(uploads)).toEqual(['unshowable']);
  expect(uploads.list[0]?.failure).toBe('damaged');
});

test('a page closed in the middle: the next one knows what is missing, takes it again, and sends nothing twice', async () => {
  const first = world.open();
  await first.add(found(...files(3)));
  await expect.poll(() => first.safe).toBe(3);
  hold();
  await first.add(found(...files(10)));
  await expect.poll(() => first.safe).toBe(6);
  await first.rest();
  first.close();
  world.gate = undefined;
  expect(keptUploads(world.identityId)).toBe(7);

  const second = world.open();
  await expect.poll(() => second.needed).toBe(7);
  expect(second.busy).toBe(false);
  const added = await second.add(found(...files(10)));
  expect(added).toHaveLength(10);
  await expect.poll(() => second.safe).toBe(10);
  expect(second.list).toHaveLength(10);
  expect(new Set(world.puts).size).toBe(world.puts.length);
  expect(world.originals.size).toBe(10);
  await second.rest();
  await expect.poll(() => keptUploads(world.identityId)).toBe(0);
});

test('what was on its way when the page was killed, the next one asks for before it sends it; all else it just sends', async () => {
  hold();
  const first = world.open();
  await first.add(found(...files(8)));
  await expect.poll(() => first.tallies.count('sending')).toBe(4);
  await first.rest();
  expect(world.agains).toEqual([]);
  const sending = first.list.filter((one) => one.state === 'sending').map((one) => one.photoId);
  first.close();
  world.gate = undefined;

  const second = world.open();
  await expect.poll(() => second.needed).toBe(8);
  await second.add(found(...files(8)));
  await expect.poll(() => second.safe).toBe(8);
  expect(world.agains.toSorted()).toEqual(sending.toSorted());
});

test('a file that is given again with another name and date is known by its bytes: it is not asked for any more', async () => {
  hold();
  const first = world.open();
  await first.add(found(fileOf('a.jpg', 'bytes'), fileOf('b.jpg', 'others')));
  await expect.poll(() => first.tallies.count('sending')).toBe(2);
  await first.rest();
  first.close();
  world.gate = undefined;
  const second = world.open();
  await expect.poll(() => second.needed).toBe(2);
  // As some systems hand photos over from their gallery.
  await second.add(found(fileOf('image-1.jpg', 'bytes', 99)));
  await expect.poll(() => states(second)).toEqual(['ready', 'needed', 'ready']);
  await second.rest();
  expect(keptUploads(world.identityId)).toBe(1);
});

test('a device that is full keeps no list, says so, and uploads all the same', async () => {
  vi.spyOn(console, 'warn').mockReturnValue();
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const uploads = world.open();
  await uploads.add(found(...files(5)));
  await expect.poll(() => uploads.safe).toBe(5);
  expect(uploads.forgetful).toBe(true);
  vi.restoreAllMocks();
});

test('on a device without room for new rows, the cloud is asked itself whether photos are safe', async () => {
  world.processing = false;
  const uploads = world.open();
  await uploads.add(found(...files(5)));
  await expect.poll(() => uploads.tallies.count('processing')).toBe(5);
  world.syncState = new CloudError('unexpected', 'The disk is full.');
  for (const photoId of world.originals.keys()) world.unkept.set(photoId, photo(0, { photoId }));
  await expect.poll(() => uploads.safe).toBe(5);
});

test('what was stored when the page was closed is safe without its file', async () => {
  world.processing = false;
  const first = world.open();
  await first.add(found(...files(2)));
  await expect.poll(() => first.tallies.count('processing')).toBe(2);
  await first.rest();
  first.close();
  const second = world.open();
  await expect.poll(() => second.tallies.count('processing')).toBe(2);
  world.processing = true;
  await expect.poll(() => second.safe).toBe(2);
});

test('a large file goes on where it was: after a pause, after trouble, and after the page was closed', async () => {
  const large = fileOf('large.mov', 'x'.repeat(PARTS));
  hold();
  const first = world.open();
  await first.add(found(large));
  await expect.poll(() => world.begun).toEqual([undefined]);
  first.pause();
  await expect.poll(() => first.list[0]?.state).toBe('waiting');
  first.resume();
  await expect.poll(() => world.begun).toEqual([undefined, 'parts 1']);
  await first.rest();
  first.close();

  world.gate = undefined;
  world.fault = () => new CloudError('offline', 'no answer');
  const second = world.open();
  await expect.poll(() => second.needed).toBe(1);
  await second.add(found(large));
  await expect.poll(() => second.hold).toBe('offline');
  world.fault = () => undefined;
  second.resume();
  await expect.poll(() => second.safe).toBe(1);
  expect(new Set(world.begun.slice(1))).toEqual(new Set(['parts 1']));
  expect(world.abandoned).toEqual([]);
});

test('what was sent of a large file is given up when it is called off', async () => {
  hold();
  const uploads = world.open();
  await uploads.add(found(fileOf('large.mov', 'x'.repeat(PARTS))));
  await expect.poll(() => world.begun).toHaveLength(1);
  await uploads.cancelAll();
  await expect.poll(() => world.abandoned).toEqual([[idOf('x'.repeat(PARTS)), 'parts 1']]);
});

test('another page has nothing of the queue of one that lives, and the same files become one photo each', async () => {
  const one = world.open();
  const other = world.open();
  await Promise.all([one.add(found(...files(8))), other.add(found(...files(8)))]);
  await expect.poll(() => one.safe + other.safe).toBe(16);
  expect(one.list).toHaveLength(8);
  expect(other.list).toHaveLength(8);
  expect(world.originals.size).toBe(8);
});

test('very many files are taken in slices: others get their turn in between', async () => {
  const uploads = world.open();
  uploads.pause();
  const all = found(...files(20_000));
  let turns = 0;
  const timer = setInterval(() => turns++);
  await uploads.add(all);
  clearInterval(timer);
  expect(uploads.list).toHaveLength(20_000);
  expect(uploads.tallies.count('waiting')).toBe(20_000);
  expect(turns).toBeGreaterThan(2);
});

const ALBUM = 'BBBBBBBBBBBBBBBBBBBBBA' as RandomId;

test('a page closed while photos were on their way into an album: the next one has them go on into it', async () => {
  const go = hold();
  const first = world.open();
  await first.add(found(fileOf('a.jpg'), fileOf('b.jpg')), { album: ALBUM });
  await first.add(found(fileOf('elsewhere.jpg')));
  await expect.poll(() => first.tallies.count('sending')).toBe(3);
  await first.rest();
  first.close();
  go();
  const second = world.open();
  await expect.poll(() => second.needed).toBe(3);
  expect(world.filling).toEqual([{ album: ALBUM, some: second.list.slice(0, 2) }]);
  await second.add(found(fileOf('a.jpg'), fileOf('b.jpg'), fileOf('elsewhere.jpg')));
  await expect.poll(() => second.safe).toBe(3);
  for (const upload of second.list) upload.isIn(ALBUM);
  await second.rest();
  expect(keptUploads(world.identityId)).toBe(0);
});

test('a photo that became safe a moment before the page was closed still goes into its album', async () => {
  const first = world.open();
  await first.add(found(fileOf('a.jpg')), { album: ALBUM });
  await expect.poll(() => first.safe).toBe(1);
  first.clear();
  await first.rest();
  first.close();
  const second = world.open();
  await expect.poll(() => second.safe).toBe(1);
  expect(world.filling).toEqual([{ album: ALBUM, some: second.list }]);
  expect(world.puts).toHaveLength(1);
});

test('a path too long for its original is remembered until it is kept elsewhere, also from one visit to the next', async () => {
  const path = Array.from({ length: 12 }, (_, i) => `${i}年家族旅行の写真を全部ここに`).join('/');
  const first = world.open();
  await first.add(found(foundOf(fileOf('a.jpg'), path), foundOf(fileOf('b.jpg'), 'Short')));
  await expect.poll(() => first.safe).toBe(2);
  expect(world.longPaths.map(({ name }) => name)).toEqual(['a.jpg']);
  await first.rest();
  first.close();
  const second = world.open();
  await expect.poll(() => second.safe).toBe(1);
  expect(world.longPaths.map(({ name, path: whole }) => [name, whole])).toEqual([
    ['a.jpg', path],
    ['a.jpg', path],
  ]);
  second.list[0]?.pathKept();
  await second.rest();
  expect(keptUploads(world.identityId)).toBe(0);
});

test('what is known of a photo beyond its bytes is remembered until its row is told, also from one visit to the next', async () => {
  const facts = { caption: 'Low tide', favorite: true };
  const go = hold();
  const first = world.open();
  const [a] = await first.add(found(fileOf('a.jpg'), fileOf('b.jpg')));
  a?.knows(facts);
  await expect.poll(() => first.tallies.count('sending')).toBe(2);
  await first.rest();
  first.close();
  go();
  const second = world.open();
  await second.add(found(fileOf('a.jpg'), fileOf('b.jpg')));
  await expect.poll(() => second.safe).toBe(2);
  expect(world.telling).toEqual([second.list[0]]);
  expect({ ...world.telling[0]?.facts }).toEqual(facts);
  await second.rest();
  expect(keptUploads(world.identityId)).toBe(1);
  second.list[0]?.isTold();
  await second.rest();
  expect(keptUploads(world.identityId)).toBe(0);
});

/** Originals are stored, but the answer comes when nobody hears it any more. */
function storeUnheard(name: string): void {
  world.originals.set(idOf(name), name);
  world.row(idOf(name));
}

test('a photo stored in the very moment of a pause is told as uploaded, not as one that was here before', async () => {
  hold();
  const uploads = world.open();
  await uploads.add(found(fileOf('mine.jpg'), fileOf('theirs.jpg')));
  await expect.poll(() => uploads.tallies.count('sending')).toBe(2);
  uploads.pause();
  await expect.poll(() => uploads.tallies.count('waiting')).toBe(2);
  storeUnheard('mine.jpg');
  storeUnheard('later.jpg');
  world.gate = undefined;
  uploads.resume();
  await uploads.add(found(fileOf('later.jpg')));
  await expect.poll(() => states(uploads)).toEqual(['ready', 'ready', 'duplicate']);
  expect(world.puts).toEqual([idOf('theirs.jpg')]);
});

test('the same when the page was reloaded in that moment', async () => {
  hold();
  const first = world.open();
  await first.add(found(fileOf('mine.jpg')));
  await expect.poll(() => states(first)).toEqual(['sending']);
  await first.rest();
  first.close();
  storeUnheard('mine.jpg');
  world.gate = undefined;
  const second = world.open();
  await expect.poll(() => states(second)).toEqual(['ready']);
  expect(world.puts).toEqual([]);
});

test('the same when it turns out only once the file was given again; one that another device has stored is told so', async () => {
  hold();
  const first = world.open();
  await first.add(found(fileOf('mine.jpg')));
  await expect.poll(() => states(first)).toEqual(['sending']);
  first.pause();
  await first.add(found(fileOf('theirs.jpg')));
  await first.rest();
  first.close();
  world.gate = undefined;
  const second = world.open();
  await expect.poll(() => second.needed).toBe(2);
  storeUnheard('mine.jpg');
  storeUnheard('theirs.jpg');
  await second.add(found(fileOf('mine.jpg'), fileOf('theirs.jpg')));
  await expect.poll(() => states(second)).toEqual(['ready', 'duplicate']);
  expect(world.puts).toEqual([]);
});

test('what a file says of itself when it cannot be read is what is told', async () => {
  const open = (): Promise<File> =>
    Promise.reject(new UnreadableFile('crc', 'This file in the zip is damaged.'));
  const uploads = world.open();
  const broken = { name: 'broken.jpg', size: 5, lastModified: 0, open };
  await uploads.add({ files: [broken, foundOf(fileOf('whole.jpg'))], skipped: 0, unreadable: [] });
  await expect.poll(() => states(uploads)).toEqual(['failed', 'ready']);
  expect(uploads.list[0]?.problem).toBe('This file in the zip is damaged.');
  expect(uploads.list[0]?.code).toBe('unreadable');
});
