// The queue of uploads on this device: what is not safe survives the visit, and belongs to one page at a time.
import 'fake-indexeddb/auto';
import { beforeEach, expect, test, vi } from 'vitest';
import type { IdentityId, PhotoId, RandomId } from '../../src/schema/ids.ts';
import { forgetUploads, keptUploads } from '../../src/upload/kept.ts';
import { parseFile, Queue, type Left } from '../../src/upload/queue.ts';
import { uploadsOf } from '../../src/upload/returning.svelte.ts';
import type { Root } from '../../src/upload/sources.ts';
import { Upload, type Origin, type Watcher } from '../../src/upload/upload.svelte.ts';
import { Locks } from './fake-browser.ts';
import { localEntries } from './fake-uploads.ts';

const PHOTO = 'A'.repeat(43) as PhotoId;
let people = 0;
let me: IdentityId;
let locks: Locks;

beforeEach(() => {
  me = `eu-central-1:00000000-0000-0000-0000-${String(++people).padStart(12, '0')}` as IdentityId;
  locks = new Locks();
  vi.stubGlobal('localStorage', localEntries());
});

const open = (whose = me): Promise<Queue> => Queue.open(whose, locks);
const late = (): void => {
  throw new Error('nothing is late');
};

interface Kept {
  queue: Queue;
  uploads: Upload[];
}

const watching = (queue: Queue): Watcher => ({
  moved: (upload) => queue.changed(upload),
  progressed: () => {},
  noted: (upload) => queue.changed(upload),
});

/** A visit that keeps files of these names. */
async function visit(names: readonly string[], more: Partial<Origin> = {}): Promise<Kept> {
  const queue = await open();
  const watcher = watching(queue);
  const uploads = names.map((name) => new Upload({ name, size: 7, lastModified: 9, ...more }, watcher));
  for (const upload of uploads) queue.keep(upload, upload.origin.root);
  await queue.flush();
  return { queue, uploads };
}

const names = (left: readonly Left[]): string[] => left.map(({ file }) => file.name);

test('what a closed page has not finished is found by the next one, with all that was known of it', async () => {
  const { queue, uploads } = await visit(['a.jpg', 'b.jpg'], { path: 'Summer' });
  uploads[0]?.become('waiting', { photoId: PHOTO });
  if (uploads[0]) uploads[0].begun = { photoId: PHOTO, uploadId: 'parts' };
  uploads[1]?.become('processing', { photoId: PHOTO });
  await queue.flush();
  queue.close();
  const left = await (await open()).left(late);
  expect(left.map(({ file }) => file)).toEqual([
    { name: 'a.jpg', path: 'Summer', size: 7, lastModified: 9, photoId: PHOTO, uploadId: 'parts' },
    { name: 'b.jpg', path: 'Summer', size: 7, lastModified: 9, photoId: PHOTO, stored: true },
  ]);
});

test('what is safe, cannot be shown, was called off or is not wanted any more leaves it', async () => {
  const { queue, uploads } = await visit(['ready', 'double', 'odd', 'off', 'cleared', 'failed']);
  for (const [i, state] of (['ready', 'duplicate', 'unshowable', 'cancelled'] as const).entries())
    uploads[i]?.become(state);
  if (uploads[4]) uploads[4].forgotten = true;
  uploads[4]?.become('failed');
  uploads[5]?.become('failed');
  await queue.flush();
  expect(keptUploads(me)).toBe(1);
  queue.close();
  expect(names(await (await open()).left(late))).toEqual(['failed']);
});

test('as long as a page lives no other one takes its uploads; when it is gone, one does', async () => {
  const { queue } = await visit(['mine.jpg']);
  const other = await open();
  const third = await open();
  expect(await other.left(late)).toEqual([]);
  other.close();
  queue.close();
  const reopened = await open();
  expect(names(await reopened.left(late))).toEqual(['mine.jpg']);
  expect(await third.left(() => {})).toEqual([]);
});

test('a page that is just being reloaded is waited for', async () => {
  const { queue } = await visit(['mine.jpg']);
  const found: Left[] = [];
  expect(await (await open()).left((left) => found.push(...left))).toEqual([]);
  queue.close();
  await expect.poll(() => names(found)).toEqual(['mine.jpg']);
});

test('taken over, it is kept on where it was, and gone once it is safe', async () => {
  (await visit(['a.jpg'])).queue.close();
  const second = await open();
  const [left] = await second.left(late);
  if (!left) throw new Error('nothing was left');
  const upload = new Upload({ ...left.file, root: undefined }, watching(second), 'needed');
  second.adopt(upload, left.place);
  upload.become('waiting', { photoId: PHOTO });
  await second.flush();
  expect(keptUploads(me)).toBe(1);
  upload.become('ready');
  await second.flush();
  expect(keptUploads(me)).toBe(0);
  second.close();
  expect(await (await open()).left(late)).toEqual([]);
});

test('folders that may be come back to are kept beside the files, once', async () => {
  const root = { kind: 'directory', name: 'Summer' } as unknown as Root;
  (await visit(['a.jpg', 'b.jpg'], { root })).queue.close();
  const left = await (await open()).left(late);
  expect(left).toHaveLength(2);
  expect(left[0]?.root).toEqual(root);
  expect(left[0]?.root).toBe(left[1]?.root);
});

test('nobody finds the uploads of somebody else', async () => {
  (await visit(['secret.jpg'])).queue.close();
  const other = 'eu-central-1:11111111-1111-1111-1111-111111111111' as IdentityId;
  expect(await (await open(other)).left(late)).toEqual([]);
  expect(keptUploads(other)).toBe(0);
});

test('forgetting spares what waits if asked to, and else leaves nothing, of one person only', async () => {
  const mine = me;
  (await visit(['a.jpg'])).queue.close();
  me = 'eu-central-1:22222222-2222-2222-2222-222222222222' as IdentityId;
  (await visit(['b.jpg'])).queue.close();
  await forgetUploads();
  await forgetUploads(mine, { spare: true });
  expect([keptUploads(mine), keptUploads(me)]).toEqual([1, 1]);
  await forgetUploads(mine, { spare: false });
  expect([keptUploads(mine), keptUploads(me)]).toEqual([0, 1]);
  const databases = (await indexedDB.databases()).map(({ name }) => name);
  expect(databases).not.toContain(`shoebox-uploads-${mine}`);
  expect(databases).toContain(`shoebox-uploads-${me}`);
});

test('an open page steps aside when its uploads are forgotten, and writes nothing any more', async () => {
  const { queue, uploads } = await visit(['a.jpg']);
  await forgetUploads(me, { spare: false });
  uploads[0]?.become('processing', { photoId: PHOTO });
  await queue.flush();
  expect(keptUploads(me)).toBe(0);
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(`shoebox-uploads-${me}`);
});

test('thousands are written in few transactions and found again in their order', async () => {
  const many = Array.from({ length: 5000 }, (_, i) => `${i}.jpg`);
  const transactions = vi.spyOn(IDBDatabase.prototype, 'transaction');
  const { queue } = await visit(many);
  expect(transactions.mock.calls.length).toBeLessThan(10);
  transactions.mockRestore();
  queue.close();
  expect(names(await (await open()).left(late))).toEqual(many);
});

test('the album that a photo is on its way into is remembered until it is in it, also when it is safe before', async () => {
  const album = 'BBBBBBBBBBBBBBBBBBBBBA' as RandomId;
  const { queue, uploads } = await visit(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
  for (const upload of uploads.slice(0, 3)) upload.goInto(album);
  uploads[1]?.become('ready', { photoId: PHOTO });
  uploads[2]?.become('cancelled');
  uploads[3]?.become('ready');
  await queue.flush();
  queue.close();
  const second = await open();
  const left = await second.left(late);
  expect(left.map(({ file }) => [file.name, file.albums])).toEqual([
    ['a.jpg', [album]],
    ['b.jpg', [album]],
  ]);
  const [, safe] = await uploadsOf(left, watching(second), (upload, { place }) =>
    second.adopt(upload, place),
  );
  safe?.become('ready');
  await second.flush();
  expect(keptUploads(me)).toBe(2);
  safe?.isIn(album);
  await second.flush();
  expect(keptUploads(me)).toBe(1);
});

test('what had been begun to be sent is known to have been', async () => {
  const { queue, uploads } = await visit(['sent.jpg', 'other.jpg']);
  for (const upload of uploads) upload.become('waiting', { photoId: PHOTO });
  uploads[0]?.begin(PHOTO);
  // Of other bytes than those it has now nothing was sent.
  uploads[1]?.begin('B'.repeat(43) as PhotoId);
  await queue.flush();
  queue.close();
  expect((await (await open()).left(late)).map(({ file }) => file.tried)).toEqual([true, undefined]);
});

test('rows that were tampered with are not believed', () => {
  const good = { name: 'a.jpg', size: 1, lastModified: 2 };
  expect(parseFile(good)).toEqual(good);
  for (const bad of [null, [], 'x', {}, { ...good, name: 5 }, { ...good, size: -1 }, { ...good, size: NaN }])
    expect(parseFile(bad)).toBeUndefined();
  const bad = { photoId: '../x', uploadId: 'u', stored: true, tried: true, root: 'r', albums: ['../x', 7] };
  expect(parseFile({ ...good, ...bad })).toEqual(good);
});
