// Albums, friends and inbox on one device and on several: offline, through lost answers and reloads, and against strangers who write too
// much. None that was said to be safe is lost, and all devices end with the same.
import 'fake-indexeddb/auto';
import * as fc from 'fast-check';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forgetReplicas } from '../../src/library/forget.ts';
import { fairShare } from '../../src/library/inbox.ts';
import { settled } from '../../src/library/request.ts';
import { Social } from '../../src/library/social.svelte.ts';
import { changing } from '../../src/library/transaction.ts';
import type { IdentityId, PhotoId, RandomId } from '../../src/schema/ids.ts';
import {
  albumId,
  entryId,
  friendId,
  likeId,
  muteId,
  profileId,
  randomId,
  shareId,
} from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { Locks } from './fake-browser.ts';
import { FakeSocial, type FakeDevice } from './fake-social.ts';

const person = (n: number) =>
  `us-east-1:00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as IdentityId;
const [ME, FRIEND, STRANGER] = [person(1), person(2), person(3)];
const START = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;
const signal = new AbortController().signal;
const photoId = (n: number) => `${String(n).padStart(42, 'x')}A` as PhotoId;
const LISBON = 'AAAAAAAAAAAAAAAAAAAAAA' as RandomId;
const ROME = 'BBBBBBBBBBBBBBBBBBBBBA' as RandomId;

let table: FakeSocial;
const opened: Social[] = [];

/** A browser of somebody. */
class Browser {
  readonly device: FakeDevice;
  readonly #storage = new IDBFactory();

  constructor(owner: IdentityId) {
    this.device = table.device(owner);
  }

  /** Opens the page, or another tab of it. */
  async open(): Promise<Social> {
    this.use();
    const social = await Social.open(this.device);
    opened.push(social);
    return social;
  }

  use(): void {
    vi.stubGlobal('indexedDB', this.#storage);
  }
}

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks(), onLine: true });
  table = new FakeSocial(START);
});

afterEach(() => {
  for (const social of opened.splice(0)) social.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('an album and its photos are shown at once, survive a reload offline, and reach another device', async () => {
  const browser = new Browser(ME);
  browser.device.online = false;
  const before = await browser.open();
  const saving = before.put(albumId(LISBON), { title: 'Lisbon', sort: 'newest' });
  expect(before.albums).toMatchObject([{ title: 'Lisbon', sort: 'newest' }]);
  expect(await saving).toBe('queued');
  await before.putAll(
    [1, 2, 3].map((n) => ({ id: entryId(LISBON, photoId(n)), attributes: { deletedAt: null } })),
  );
  expect(before.entriesOf(LISBON).map((entry) => entry.photoId)).toEqual([1, 2, 3].map(photoId));
  before.close();

  const after = await browser.open();
  expect(after.albums).toMatchObject([{ title: 'Lisbon' }]);
  expect(after.entriesOf(LISBON)).toHaveLength(3);
  expect(after.albumsOf(photoId(2)).map(({ album }) => album)).toEqual([LISBON]);
  expect(after.unsent).toBe(5);

  browser.device.online = true;
  await after.sync(signal);
  expect(await after.sendEdits(5000)).toBe(0);
  const other = await new Browser(ME).open();
  await other.sync(signal);
  expect(other.albums).toMatchObject([{ title: 'Lisbon', sort: 'newest' }]);
  expect(other.entriesOf(LISBON)).toHaveLength(3);
  expect(other.complete).toBe(true);
});

test('attributes of one row go in one request', async () => {
  const social = await new Browser(ME).open();
  await social.put(shareId(LISBON), {
    audience: 'friends',
    source: 'album',
    title: 'Lisbon',
    createdAt: instantOf(START),
    readers: [FRIEND],
  });
  expect(table.edits).toBe(1);
  expect(social.shares).toMatchObject([{ title: 'Lisbon', readers: [FRIEND] }]);
  expect(await social.sendEdits(5000)).toBe(0);
  expect([table.edits, social.unsent]).toEqual([1, 0]);
});

test('what no row could hold is refused, and nothing of it is kept', async () => {
  const social = await new Browser(ME).open();
  for (const [id, attributes] of [
    [albumId(LISBON), { title: 'x'.repeat(201) }],
    [albumId(LISBON), { cover: 'not a photo' }],
    [albumId(LISBON), { title: 'Lisbon', owner: STRANGER }],
    [albumId(LISBON), { titleEditedAt: instantOf(START) }],
    [shareId(LISBON), { title: 'without an audience' }],
    [friendId(FRIEND), { name: 'addressed to nobody' }],
    ['nonsense#1', { title: 'x' }],
  ] as const)
    await expect(social.put(id, attributes)).rejects.toThrow(TypeError);
  expect([social.albums, social.shares, social.friends, social.unsent]).toEqual([[], [], [], 0]);
  expect(table.items.size).toBe(0);
});

test('what is removed is gone everywhere, and comes back when that is undone', async () => {
  const [one, two] = [await new Browser(ME).open(), await new Browser(ME).open()];
  await one.put(albumId(LISBON), { title: 'Lisbon' });
  await two.sync(signal);
  await two.remove([albumId(LISBON)]);
  expect(two.albums).toEqual([]);
  await one.sync(signal);
  expect(one.albums).toEqual([]);
  await one.put(albumId(LISBON), { deletedAt: null });
  await two.sync(signal);
  expect(two.albums).toMatchObject([{ title: 'Lisbon' }]);
});

test('an edit whose answer was lost is sent again, and counts once', async () => {
  const browser = new Browser(ME);
  const social = await browser.open();
  browser.device.lostAnswers = 1;
  expect(await social.put(albumId(LISBON), { title: 'Lisbon' })).toBe('queued');
  expect(await social.sendEdits(5000)).toBe(0);
  expect(table.read(ME, albumId(LISBON))).toMatchObject({ title: 'Lisbon' });
  expect(social.albums).toHaveLength(1);
});

test('two devices end with the same, whatever they did, offline or not, in whatever order', async () => {
  const ids = [albumId(LISBON), albumId(ROME), profileId, ...[1, 2].map((n) => entryId(LISBON, photoId(n)))];
  const attributes = (id: string): fc.Arbitrary<Record<string, unknown>> => {
    const deletedAt = fc.constantFrom(null, instantOf(START));
    if (id.startsWith('entry')) return fc.record({ deletedAt, position: fc.constantFrom('a', 'b', null) });
    const name = fc.constantFrom('x', 'y', null);
    return id === profileId ? fc.record({ name }) : fc.record({ title: name, deletedAt });
  };
  const steps = fc.array(
    fc.record({
      device: fc.constantFrom(0, 1),
      step: fc.oneof(
        {
          weight: 4,
          arbitrary: fc.constantFrom(...ids).chain((id) => fc.tuple(fc.constant(id), attributes(id))),
        },
        fc.constant('sync' as const),
        fc.constant('network' as const),
        fc.constant('reload' as const),
        fc.constant('lose an answer' as const),
      ),
    }),
    { maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      table = new FakeSocial(START);
      vi.stubGlobal('navigator', { locks: new Locks(), onLine: true });
      const browsers = [new Browser(ME), new Browser(ME)];
      const pages: Social[] = [];
      for (const browser of browsers) pages.push(await browser.open());
      for (const { device, step } of all) {
        const browser = browsers[device] as Browser;
        const page = pages[device] as Social;
        // Nobody edits twice in a millisecond.
        table.now += 5;
        if (step === 'sync') await page.sync(signal);
        else if (step === 'network') browser.device.online = !browser.device.online;
        else if (step === 'lose an answer') browser.device.lostAnswers += 1;
        else if (step === 'reload') {
          page.close();
          pages[device] = await browser.open();
        } else await page.put(step[0], step[1]);
      }
      for (const { device } of browsers) {
        device.online = true;
        device.lostAnswers = 0;
      }
      for (const page of [...pages, ...pages, ...pages]) {
        await page.sync(signal);
        expect(await page.sendEdits(5000)).toBe(0);
      }
      const shown = pages.map((page) => ids.map((id) => page.get(id)));
      expect(shown[0]).toEqual(shown[1]);
      expect(shown[0]).toEqual(ids.map((id) => table.read(ME, id)));
      for (const page of pages) page.close();
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('another tab of the same browser sees it without a sync', async () => {
  const browser = new Browser(ME);
  const [one, two] = [await browser.open(), await browser.open()];
  await one.put(albumId(LISBON), { title: 'Lisbon' });
  await expect.poll(() => two.albums.map(({ title }) => title)).toEqual(['Lisbon']);
});

test('a device that was away longer than deleted rows are kept forgets what is gone', async () => {
  const browser = new Browser(ME);
  const social = await browser.open();
  await social.put(albumId(LISBON), { title: 'Lisbon' });
  await social.sync(signal);
  table.items.clear();
  table.now += 70 * DAY;
  table.write(ME, { id: albumId(ROME), title: 'Rome' });
  await social.sync(signal);
  expect(social.albums.map(({ title }) => title)).toEqual(['Rome']);
});

const like = (n: number) => likeId(randomId(), photoShareId(n), ME);
const photoShareId = (n: number) => `${String(n).padStart(21, 'p')}A` as RandomId;

async function withFriend(): Promise<Social> {
  const social = await new Browser(ME).open();
  await social.put(friendId(FRIEND), { recipient: FRIEND });
  return social;
}

test('of a friend everything is kept, of a stranger little, though ten thousand rows come from there', async () => {
  const social = await withFriend();
  for (let i = 0; i < 10_000; i++) table.write(STRANGER, { id: like(i), recipient: ME });
  for (let i = 0; i < 1000; i++) table.write(FRIEND, { id: like(i), recipient: ME });
  table.write(STRANGER, { id: friendId(ME), recipient: ME, name: 'Somebody' });
  await social.sync(signal);
  const of = (sender: IdentityId) => social.inbox.filter(({ owner }) => owner === sender);
  expect(of(FRIEND)).toHaveLength(1000);
  expect(of(STRANGER)).toHaveLength(20);
  expect(of(STRANGER).some(({ kind }) => kind === 'friend')).toBe(true);
}, 60_000);

test('a crowd of strangers leaves room for each other, and never comes before friends', async () => {
  const social = await withFriend();
  for (let n = 10; n < 400; n++)
    for (const id of [like(1), friendId(ME)]) table.write(person(n), { id, recipient: ME });
  table.write(FRIEND, { id: like(1), recipient: ME });
  await social.sync(signal);
  const strangers = social.inbox.filter(({ owner }) => owner !== FRIEND);
  expect(strangers).toHaveLength(200);
  expect(new Set(strangers.map(({ owner }) => owner)).size).toBe(200);
  expect(strangers.every(({ kind }) => kind === 'friend')).toBe(true);
  expect(social.inbox.some(({ owner }) => owner === FRIEND)).toBe(true);
  expect(fairShare([100, 1, 1], 50, 20)).toBe(20);
  expect(fairShare([100, 100, 100], 50, 20)).toBe(16);
  expect(
    fairShare(
      Array.from({ length: 300 }, () => 5),
      200,
      20,
    ),
  ).toBe(1);
});

test('what a stranger said is all there once they are a friend', async () => {
  const social = await withFriend();
  for (let i = 0; i < 50; i++) table.write(STRANGER, { id: like(i), recipient: ME });
  table.now += DAY;
  await social.sync(signal);
  expect(social.inbox).toHaveLength(20);
  await social.put(friendId(STRANGER), { recipient: STRANGER });
  await social.sync(signal);
  expect(social.inbox).toHaveLength(50);
  const reads = table.inboxReads.length;
  await social.sync(signal);
  expect(table.inboxReads.slice(reads).every((since) => since !== undefined)).toBe(true);
});

test('somebody who is blocked is not heard, not even what was heard before, until that is taken back', async () => {
  const social = await withFriend();
  table.write(FRIEND, { id: like(1), recipient: ME });
  await social.sync(signal);
  expect(social.inbox).toHaveLength(1);
  await social.put(muteId(FRIEND), { blocked: true });
  expect(social.inbox).toEqual([]);
  table.write(FRIEND, { id: like(2), recipient: ME });
  await social.sync(signal);
  expect(social.inbox).toEqual([]);
  await social.put(muteId(FRIEND), { blocked: false });
  await social.sync(signal);
  expect(social.inbox).toHaveLength(2);
});

test('what its sender takes back is gone, and what is not addressed to me never arrives', async () => {
  const social = await withFriend();
  const id = like(1);
  table.write(FRIEND, { id, recipient: ME });
  table.write(FRIEND, { id: likeId(LISBON, ROME, STRANGER), recipient: STRANGER });
  await social.sync(signal);
  expect(social.inbox.map((row) => row.id)).toEqual([id]);
  table.write(FRIEND, { id, recipient: ME, deletedAt: instantOf(table.now) });
  await social.sync(signal);
  expect(social.inbox).toEqual([]);
});

test('rows that a friend dates in the year 9999 hide nothing', async () => {
  const social = await withFriend();
  table.write(FRIEND, { id: like(1), recipient: ME, changedAt: '9999-01-01T00:00:00.000Z' });
  await social.sync(signal);
  table.write(FRIEND, { id: like(2), recipient: ME });
  await social.sync(signal);
  expect(social.inbox).toHaveLength(1);
});

test('after signing out nothing of it is left on this device', async () => {
  const browser = new Browser(ME);
  const social = await browser.open();
  await social.put(albumId(LISBON), { title: 'Lisbon' });
  await social.sync(signal);
  social.close();
  await forgetReplicas(ME);
  expect(await indexedDB.databases()).toEqual([]);
});

test('a session that ends by itself leaves the changes that the cloud does not have yet, and nothing else', async () => {
  const browser = new Browser(ME);
  const social = await browser.open();
  await social.put(albumId(ROME), { title: 'Rome' });
  browser.device.online = false;
  await social.put(albumId(LISBON), { title: 'Lisbon' });
  social.close();
  await forgetReplicas(ME, { spareEdits: true });
  browser.device.online = true;
  const back = await browser.open();
  expect(back.albums.map(({ title }) => title)).toEqual(['Lisbon']);
  await back.sync(signal);
  expect(await back.sendEdits(5000)).toBe(0);
  expect(back.albums).toHaveLength(2);
});

test('a part that cannot be read on this device is fetched anew', async () => {
  const browser = new Browser(ME);
  const social = await browser.open();
  await social.put(albumId(LISBON), { title: 'Lisbon' });
  await social.put(entryId(LISBON, photoId(1)), { deletedAt: null });
  await social.sync(signal);
  social.close();
  const database = await settled(indexedDB.open(`shoebox-library-${ME}-social`));
  await changing(database, ['parts'], (parts) => parts?.put({ photos: 'nonsense' }, `entry#${LISBON}`));
  database.close();

  const again = await browser.open();
  expect(again.entriesOf(LISBON)).toEqual([]);
  await again.sync(signal);
  expect(again.entriesOf(LISBON).map((entry) => entry.photoId)).toEqual([photoId(1)]);
});
