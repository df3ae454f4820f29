// What one shares: readers get all of it and nothing else, whatever breaks on the way, and nobody who is not meant to.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Publisher } from '../../src/library/publisher.svelte.ts';
import { namesOf } from '../../src/library/share-content.ts';
import type { NewShare } from '../../src/library/share-rows.ts';
import type { IdentityId, PhotoId, RandomId } from '../../src/schema/ids.ts';
import type { Manifest } from '../../src/schema/manifest.ts';
import type { Photo } from '../../src/schema/photo.ts';
import {
  albumId,
  entryId,
  randomId,
  sharedWithId,
  type Share,
  type SharedWith,
} from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { Locks } from './fake-browser.ts';
import { FakeRows, FakeStore } from './fake-shares.ts';
import { columnsOf, ME, photo } from './search-library.ts';

const BEN = 'eu-central-1:22222222-2222-4222-8222-222222222222' as IdentityId;
const CLEO = 'eu-central-1:33333333-3333-4333-8333-333333333333' as IdentityId;
const DORA = 'eu-central-1:44444444-4444-4444-8444-444444444444' as IdentityId;

class World {
  readonly store = new FakeStore();
  readonly rows = new FakeRows(ME);
  readonly photos = new Map<PhotoId, Photo>();
  complete = true;
  now = Date.UTC(2026, 10, 20);
  publisher = this.open();

  readonly ready = Promise.resolve();
  get columns() {
    return columnsOf([...this.photos.values()]);
  }
  get(photoId: PhotoId): Photo | undefined {
    return this.photos.get(photoId);
  }

  /** As after a reload. */
  open(): Publisher {
    return new Publisher(this.rows, this, {
      clock: { now: () => this.now },
      shares: async () => this.store.target,
    });
  }

  have(...photos: Photo[]): PhotoId[] {
    for (const one of photos) this.photos.set(one.photoId, one);
    return photos.map(({ photoId }) => photoId);
  }
  get share(): Share {
    const [share] = this.rows.shares;
    if (!share) throw new Error('nothing is shared');
    return share;
  }
  get manifest(): Manifest {
    const manifest = this.store.manifests.get(this.share.share);
    if (!manifest) throw new Error('nothing is published');
    return manifest;
  }
  begin(more: Partial<NewShare> = {}) {
    return this.publisher.begin({ source: 'photos', title: 'Lisbon', readers: [BEN], ...more });
  }
  async album(...photoIds: PhotoId[]): Promise<RandomId> {
    const album = randomId();
    await this.rows.putAll([
      { id: albumId(album), attributes: { title: 'Trip' } },
      ...photoIds.map((photoId) => ({ id: entryId(album, photoId), attributes: {} })),
    ]);
    return album;
  }
}

let world: World;
beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  world = new World();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
const many = (count: number) => Array.from({ length: count }, () => photo());
const told = () => world.rows.told.map(({ recipient }) => recipient);

test('photos are copied, then named in the manifest, and only then are readers told', async () => {
  const photos = world.have(...many(3));
  const putAll = vi.spyOn(world.rows, 'putAll');
  putAll.mockImplementation(async function (this: FakeRows, rows) {
    if (rows.some(({ id }) => id.endsWith(BEN))) expect(world.store.log).toEqual(['copy 6', 'manifest 3']);
    await FakeRows.prototype.putAll.call(world.rows, rows);
  });
  expect(await world.begin({ photos })).toBeUndefined();
  expect(world.rows.told).toMatchObject([
    { recipient: BEN, title: 'Lisbon', count: 3, added: 3, source: 'photos' },
  ]);
  expect(world.share).toMatchObject({ count: 3, bytes: 331, told: [BEN] });
});

test('500 photos take at most 2.1 requests each', async () => {
  await world.begin({ photos: world.have(...many(500)), readers: [BEN, CLEO] });
  expect((world.store.requests + world.rows.requests) / 500).toBeLessThanOrEqual(2.1);
});

test('nothing is asked of S3 when nothing has changed, after a reload either', async () => {
  await world.begin({ photos: world.have(...many(2)) });
  const { requests } = world.store;
  await world.publisher.run();
  await world.open().run();
  expect(world.store.requests).toBe(requests);
});

test('a share that broke off is taken up where it was, and nobody is told before it is whole', async () => {
  world.store.copiesLeft = 5;
  expect(await world.begin({ photos: world.have(...many(4)) })).toMatchObject({ code: 'offline' });
  expect(world.store.manifests.size).toBe(0);
  expect(told()).toEqual([]);
  world.store.copiesLeft = Infinity;
  await world.open().run();
  expect(world.store.log).toEqual(['copy 3', 'manifest 4']);
  expect(told()).toEqual([BEN]);
});

test('names in a share stay the same, and say nothing of the photos to those who do not know the salt', async () => {
  const photos = world.have(...many(2));
  await world.begin({ photos });
  const { salt } = world.share;
  expect(world.manifest.photos.map(({ id }) => id)).toEqual(await namesOf(salt as RandomId, photos));
  expect(JSON.stringify(world.manifest)).not.toContain(salt);
  for (const photoId of photos) expect(JSON.stringify(world.manifest)).not.toContain(photoId);
});

test('an album is live: what is added comes, what is taken out goes', async () => {
  const [one, two, three] = world.have(...many(3)) as [PhotoId, PhotoId, PhotoId];
  const album = await world.album(one, two);
  await world.begin({ source: 'album', album });
  expect(world.manifest).toMatchObject({ title: 'Trip', album: { owner: ME, album, members: [] } });
  world.now += 3_600_000;
  await world.rows.putAll([{ id: entryId(album, three), attributes: {} }]);
  await world.rows.remove([entryId(album, one)]);
  await world.publisher.run();
  expect(world.store.log).toEqual(['copy 4', 'manifest 2', 'copy 2', 'manifest 2', 'delete 2']);
  expect(world.manifest.news).toMatchObject({ count: 1 });
  expect(world.rows.told).toMatchObject([{ count: 2, added: 1, addedAt: instantOf(world.now) }]);
});

test('what comes in one go is told once', async () => {
  const photoIds = world.have(...many(3));
  const album = await world.album(photoIds[0] as PhotoId);
  await world.begin({ source: 'album', album });
  world.now += 86_400_000;
  await world.rows.putAll([{ id: entryId(album, photoIds[1] as PhotoId), attributes: {} }]);
  await world.publisher.run();
  const first = world.manifest.news;
  world.now += 60_000;
  await world.rows.putAll([{ id: entryId(album, photoIds[2] as PhotoId), attributes: {} }]);
  await world.publisher.run();
  expect(world.manifest.news).toEqual({ id: first?.id, count: 2, at: instantOf(world.now) });
});

test('whoever is added to a share later is told of all of it, and the others of nothing', async () => {
  await world.begin({ photos: world.have(...many(3)) });
  const { news } = world.manifest;
  expect(world.manifest.joined).toBeUndefined();
  world.now += 86_400_000;
  await world.rows.putAll([{ id: world.share.id, attributes: { readers: [BEN, CLEO] } }]);
  await world.publisher.run();
  const { joined } = world.manifest;
  expect(joined).toEqual({ id: expect.any(String), at: instantOf(world.now), readers: [CLEO] });
  expect(world.manifest.news).toEqual(news);
  // It stays there for whoever reads it a moment later, and another who comes in the same go is told with them.
  world.now += 60_000;
  await world.rows.putAll([{ id: world.share.id, attributes: { readers: [BEN, CLEO, DORA] } }]);
  await world.publisher.run();
  expect(world.manifest.joined).toEqual({ id: joined?.id, at: instantOf(world.now), readers: [CLEO, DORA] });
});

test('trash and captions follow, and what comes back from the trash comes back', async () => {
  const one = photo({ caption: 'before' });
  const two = photo();
  await world.begin({ photos: world.have(one, two) });
  world.have({ ...one, caption: 'after' }, { ...two, trashedAt: '2026-11-20T00:00:00.000Z' });
  await world.publisher.run();
  expect(world.manifest.photos).toMatchObject([{ caption: 'after' }]);
  expect(world.store.objects.size).toBe(3);
  // Nobody is told of what was changed or taken away.
  expect(world.manifest.news?.count).toBe(2);
  world.have(two);
  await world.publisher.run();
  expect(world.manifest.photos).toHaveLength(2);
});

test('places are shown only where their owner has said so', async () => {
  const gps = { latitude: 38.7, longitude: -9.1 };
  const photos = world.have(photo({ gps, place: { city: 'Lisboa', country: 'PT' } }));
  await world.begin({ photos });
  expect(JSON.stringify(world.manifest)).not.toMatch(/38\.7|Lisboa|gps|place/);
  await world.begin({ photos, places: true });
  const second = world.store.manifests.get(world.rows.shares[1]?.share as RandomId);
  expect(second?.photos).toMatchObject([{ gps, place: { city: 'Lisboa' } }]);
});

test('videos, and what could not be read, are left out; a photo without its rendition waits', async () => {
  const video = photo({ type: 'video/mp4' });
  const failed = photo({ status: 'failed' });
  const late = photo();
  world.store.lacking.add(late.photoId);
  await world.begin({ photos: world.have(video, failed, late, photo()) });
  expect(world.manifest.photos).toHaveLength(1);
  world.store.lacking.clear();
  await world.publisher.run();
  expect(world.manifest.photos).toHaveLength(2);
});

test('everything from now on is what comes from then on, neither archived nor in the trash', async () => {
  const at = (time: string, more: Partial<Photo> = {}) =>
    photo({ uploadedAt: `${time}T00:00:00.000Z`, ...more });
  const next = at('2026-11-21', { name: 'next' });
  world.have(at('2026-11-01'), next, at('2026-11-22', { archived: true }));
  await world.begin({ source: 'everything', since: '2026-11-20T00:00:00.000Z' });
  const names = await namesOf(world.share.salt as RandomId, [next.photoId]);
  expect(world.manifest.photos.map(({ id }) => id)).toEqual(names);
});

test('one reader less: the share moves to another id, the rest follow, and nothing is left at the old one', async () => {
  await world.begin({ photos: world.have(...many(2)), readers: [BEN, CLEO] });
  const old = world.share;
  await world.rows.putAll([{ id: old.id, attributes: { readers: [CLEO] } }]);
  world.store.log.length = 0;
  await world.publisher.run();
  expect(world.store.log).toEqual(['end', 'copy 4', 'manifest 2']);
  expect([...world.store.objects.keys()].filter((key) => key.startsWith(old.share))).toEqual([]);
  expect(world.share.share).not.toBe(old.share);
  expect(world.rows.told).toMatchObject([{ recipient: CLEO, share: world.share.share }]);
  // What was said of the photos still belongs to them.
  expect(world.manifest.was).toEqual([old.share]);
});

test('moving that broke off in the middle is brought to its end', async () => {
  await world.begin({ photos: world.have(...many(2)), readers: [BEN, CLEO] });
  const old = world.share.share;
  await world.rows.putAll([{ id: world.share.id, attributes: { readers: [CLEO] } }]);
  world.store.copiesLeft = 1;
  await world.publisher.run();
  expect(world.store.manifests.size).toBe(0);
  world.store.copiesLeft = Infinity;
  await world.open().run();
  expect(world.rows.shares.map(({ share }) => share)).not.toContain(old);
  expect(told()).toEqual([CLEO]);
});

test('a share that is ended leaves nothing behind, neither in S3 nor with its readers', async () => {
  await world.begin({ photos: world.have(...many(2)), readers: [BEN, CLEO] });
  await world.publisher.end([world.share]);
  expect(world.store.objects.size).toBe(0);
  expect(world.rows.shares).toEqual([]);
  expect(told()).toEqual([]);
});

test('a device that does not know the library yet takes nothing out of a share', async () => {
  await world.begin({ photos: world.have(...many(2)) });
  world.photos.clear();
  world.complete = false;
  await world.open().run();
  expect(world.manifest.photos).toHaveLength(2);
  world.rows.complete = false;
  world.complete = true;
  await world.open().run();
  expect(world.manifest.photos).toHaveLength(2);
});

test("what one adds to somebody else's album is for its members, and goes when one is no longer in it", async () => {
  const album = randomId();
  const host = (more: object = {}) => ({
    kind: 'shared' as const,
    owner: BEN,
    id: sharedWithId(randomId(), ME),
    changedAt: '2026-11-20T00:00:00.000Z',
    editedAt: {},
    share: randomId(),
    recipient: ME,
    source: 'album' as const,
    title: 'Ours',
    count: 1,
    album,
    open: true,
    ...more,
  });
  world.rows.inbox = [host()];
  const photos = world.have(...many(2));
  await world.begin({ source: 'album', album, albumOwner: BEN, photos });
  expect(world.manifest).toMatchObject({ album: { owner: BEN, album }, photos: [{}, {}] });
  // The album's owner says who is in it.
  const [asked] = world.rows.inbox;
  const now = { ...world.manifest, owner: BEN, share: (asked as SharedWith).share };
  const members = [ME, CLEO];
  world.store.manifests.set(now.share, { ...now, album: { owner: BEN, album, members } });
  await world.open().run();
  expect(world.share.readers).toEqual([BEN, CLEO]);
  expect(told().toSorted()).toEqual([BEN, CLEO]);
  // Cleo hears of the album from Ben, once, and not from everybody who is in it.
  expect(world.manifest.joined).toBeUndefined();
  world.rows.inbox = [host({ deletedAt: '2026-11-21T00:00:00.000Z' })];
  await world.publisher.run();
  expect(world.store.objects.size).toBe(0);
  expect(world.rows.shares).toEqual([]);
});
