// Albums that fill with what arrives: each photo once it is safe, remembered until it is in, also from one visit to the next.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fillAlbum, fillOn, type Arriving } from '../../src/albums/fill.ts';
import { CloudError } from '../../src/cloud/error.ts';
import { createAlbum } from '../../src/library/album-changes.ts';
import { Social } from '../../src/library/social.svelte.ts';
import type { IdentityId, PhotoId, RandomId } from '../../src/schema/ids.ts';
import { albumId } from '../../src/schema/social.ts';
import { Locks } from './fake-browser.ts';
import { FakeSocial, type FakeDevice } from './fake-social.ts';

const ME = 'us-east-1:00000000-0000-4000-8000-000000000001' as IdentityId;

let device: FakeDevice;
let social: Social;
let said: string[];
beforeEach(async () => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('navigator', { onLine: true, locks: new Locks() });
  device = new FakeSocial(Date.UTC(2026, 10, 20, 12)).device(ME);
  social = await Social.open(device);
  said = [];
});
afterEach(() => {
  social.close();
  vi.unstubAllGlobals();
});

const filling = () => ({
  social: async () => social,
  notices: { say: (text: string) => void said.push(text) },
});

/** A photo on its way, and what is remembered of it. */
class Arrival implements Arriving {
  readonly photoId: PhotoId;
  readonly wanted = new Set<RandomId>();
  #arrive: (() => void)[] = [];
  constructor(n: number) {
    this.photoId = `${String(n).padStart(42, 'x')}A` as PhotoId;
  }
  goInto(album: RandomId): void {
    this.wanted.add(album);
  }
  isIn(album: RandomId): void {
    this.wanted.delete(album);
  }
  whenSafe(call: () => void): void {
    this.#arrive.push(call);
  }
  arrive(): void {
    for (const call of this.#arrive) call();
  }
}

async function madeAlbum(): Promise<RandomId> {
  const { album, saving } = createAlbum(social, { title: 'Garden' });
  await saving;
  return album;
}

test('a photo is put into the album when it is safe, and remembered until the album has it', async () => {
  const album = await madeAlbum();
  const [rose, tulip] = [new Arrival(1), new Arrival(2)];
  await fillAlbum(album, [rose, tulip], filling());
  expect([rose.wanted, tulip.wanted]).toEqual([new Set([album]), new Set([album])]);
  rose.arrive();
  await expect.poll(() => rose.wanted.size).toBe(0);
  expect(social.has(album, rose.photoId)).toBe(true);
  expect(social.has(album, tulip.photoId)).toBe(false);
  expect(tulip.wanted.size).toBe(1);
});

test('without a connection the device has it in the album all the same, and need not remember it elsewhere', async () => {
  const album = await madeAlbum();
  device.online = false;
  const rose = new Arrival(1);
  await fillOn(album, [rose], filling());
  rose.arrive();
  await expect.poll(() => rose.wanted.size).toBe(0);
  expect(social.has(album, rose.photoId)).toBe(true);
  expect(social.unsent).toBeGreaterThan(0);
});

test('what cannot be put into the album is said, and stays remembered for the next visit', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const album = await madeAlbum();
  const rose = new Arrival(1);
  await fillOn(album, [rose], filling());
  vi.spyOn(social, 'putAll').mockRejectedValue(new CloudError('forbidden', 'no'));
  rose.arrive();
  await expect.poll(() => said).toHaveLength(1);
  expect(rose.wanted).toEqual(new Set([album]));
});

test('an album that was deleted meanwhile is not filled, and no photo waits for it any more', async () => {
  const album = await madeAlbum();
  await social.remove([albumId(album)]);
  const rose = new Arrival(1);
  rose.goInto(album);
  await fillOn(album, [rose], filling());
  rose.arrive();
  expect(rose.wanted.size).toBe(0);
  expect(social.has(album, rose.photoId)).toBe(false);
});
