// Shares through the page's own door, against the deployed policies: what their owner makes, what readers get, and for how long.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Cloud } from '../../src/cloud/cloud.ts';
import type { Copy, OwnShare } from '../../src/cloud/copies.ts';
import type { PhotoId, RandomId } from '../../src/schema/ids.ts';
import { renditionKey } from '../../src/schema/keys.ts';
import { MOST_MANIFEST_BYTES, parseManifest, type Manifest } from '../../src/schema/manifest.ts';
import { sharedRenditionName, sharePrefix } from '../../src/schema/share-keys.ts';
import { randomId } from '../../src/schema/social.ts';
import { photoIdOf } from '../fixtures.ts';
import { Locks } from '../unit/fake-browser.ts';
import { signInAs, withXhr } from './page-person.ts';
import { openWorld, type World } from './refusals.ts';

const NAMES = Array.from({ length: 5 }, (_, i) => `picture ${i}`);

let world: World;
let ada: Cloud;
let ben: Cloud;
const photoIds: PhotoId[] = NAMES.map((name) => photoIdOf(Buffer.from(name)));

async function putPicture(key: string, body: string, type = 'image/webp'): Promise<void> {
  await world.operator.s3.library.send(
    new PutObjectCommand({
      Bucket: world.cloud.config.libraryBucket,
      Key: key,
      Body: body,
      ContentType: type,
      CacheControl: 'private, max-age=31536000, immutable',
    }),
  );
}

beforeAll(async () => {
  withXhr();
  vi.stubGlobal('navigator', { locks: new Locks() });
  world = await openWorld();
  ada = await (await signInAs(world.cloud, 'ada@example.com')).open();
  ben = await (await signInAs(world.cloud, 'ben@example.com')).open();
  for (const [i, photoId] of photoIds.entries()) {
    for (const rendition of ['thumb', 'view'] as const) {
      await putPicture(renditionKey(ada.identityId, photoId, rendition), `${NAMES[i]} ${rendition}`);
    }
  }
});
afterAll(async () => {
  await world?.cloud.end();
  vi.unstubAllGlobals();
});

const manifestOf = (share: RandomId, ids: readonly RandomId[]): Manifest => ({
  version: 1,
  share,
  owner: ada.identityId,
  source: 'photos',
  title: 'Lisbon',
  changedAt: '2026-11-20T12:00:00.000Z',
  photos: ids.map((id) => ({ id, width: 3, height: 2, takenAt: '2019-06-01T12:00:00' })),
});

async function shared(ids = photoIds): Promise<{ at: OwnShare; names: RandomId[]; copies: Copy[] }> {
  const at: OwnShare = { home: 'friends', share: randomId() };
  const names = ids.map(() => randomId());
  const copies = ids.flatMap((photoId, i) =>
    (['thumb', 'view'] as const).map((of): Copy => ({ photoId, id: names[i] as RandomId, of })),
  );
  const store = await (await ada.shares()).store();
  expect((await store.copy(at, copies)).size).toBe(0);
  await store.putManifest(at, manifestOf(at.share, names));
  return { at, names, copies };
}

describe('a share', () => {
  test('is copied by S3 itself, with the metadata of the renditions, and read by whoever holds its id', async () => {
    const { at, names } = await shared();
    const theirs = await ben.shares();
    const address = { owner: ada.identityId, share: at.share };
    const manifest = parseManifest(await theirs.manifest(address), address);
    expect(manifest?.photos.map(({ id }) => id)).toEqual(names);
    const response = await fetch(await theirs.url(address, names[0] as RandomId, 'view'));
    expect(await response.text()).toBe('picture 0 view');
    expect(response.headers.get('content-type')).toBe('image/webp');
    // Copied as immutable, but answered so that a cache keeps it no longer than revoking may take.
    expect(response.headers.get('cache-control')).toBe('private, max-age=300');
  });

  test('has one address for each of its pictures as long as the credentials live', async () => {
    const theirs = await ben.shares();
    const address = { owner: ada.identityId, share: randomId() };
    const photo = randomId();
    expect(theirs.cachedUrl(address, photo, 'thumb')).toBeUndefined();
    const url = await theirs.url(address, photo, 'thumb');
    expect(theirs.cachedUrl(address, photo, 'thumb')).toBe(url);
    expect(await theirs.url(address, photo, 'thumb')).toBe(url);
  });

  test('tells its owner what lies in it and how large that is', async () => {
    const { at, names } = await shared();
    const found = await (await (await ada.shares()).store()).list(at);
    expect(found.size).toBe(11);
    expect(found.get(sharedRenditionName(names[0] as RandomId, 'thumb'))).toBe('picture 0 thumb'.length);
  });

  test('that is revoked is gone: its list first, then every copy', async () => {
    const { at, names } = await shared();
    const store = await (await ada.shares()).store();
    const other = await shared();
    await store.end(at);
    expect((await store.list(at)).size).toBe(0);
    const theirs = await ben.shares();
    const address = { owner: ada.identityId, share: at.share };
    expect(await theirs.manifest(address)).toBeUndefined();
    expect(await theirs.picture(address, names[0] as RandomId)).toBeUndefined();
    expect((await store.list(other.at)).size).toBe(11);
  });

  test('that is revoked takes a handful of requests, however much lies in it', async () => {
    const { at } = await shared(photoIds.flatMap((photoId) => Array.from({ length: 20 }, () => photoId)));
    const store = await (await ada.shares()).store();
    expect((await store.list(at)).size).toBe(201);
    const asked = vi.spyOn(S3Client.prototype, 'send');
    await store.end(at);
    expect(asked.mock.calls.map(([command]) => command.constructor.name)).toEqual([
      'DeleteObjectsCommand',
      'ListObjectsV2Command',
      'DeleteObjectsCommand',
    ]);
    asked.mockRestore();
    expect((await store.list(at)).size).toBe(0);
  });

  test('of which something could not be deleted says so, and loses the rest', async () => {
    const { at, names } = await shared();
    const store = await (await ada.shares()).store();
    const all = names.map((name) => sharedRenditionName(name, 'thumb'));
    const others = Array.from({ length: 1000 }, (_, i) => `never/${i}`);
    const refused = { Key: others[0], Code: 'AccessDenied', Message: 'Access Denied' };
    const asked = vi.spyOn(S3Client.prototype, 'send');
    asked.mockImplementationOnce(async () => ({ Errors: [refused] }));
    await expect(store.remove(at, [...others, ...all])).rejects.toMatchObject({ code: 'forbidden' });
    asked.mockRestore();
    expect((await store.list(at)).size).toBe(6);
  });

  test('can lose some photos and keep the others', async () => {
    const { at, names } = await shared();
    const store = await (await ada.shares()).store();
    await store.remove(at, [sharedRenditionName(names[0] as RandomId, 'thumb')]);
    expect((await store.list(at)).size).toBe(10);
  });

  test('goes on without a photo whose rendition is not there', async () => {
    const at: OwnShare = { home: 'friends', share: randomId() };
    const absent: Copy = { photoId: photoIdOf(Buffer.from('nothing')), id: randomId(), of: 'thumb' };
    const present: Copy = { photoId: photoIds[0] as PhotoId, id: randomId(), of: 'thumb' };
    const store = await (await ada.shares()).store();
    expect([...(await store.copy(at, [absent, present]))]).toEqual([absent]);
    expect([...(await store.list(at)).keys()]).toEqual([sharedRenditionName(present.id, 'thumb')]);
  });

  test('fails where nothing of it may be copied', async () => {
    const at: OwnShare = { home: 'friends', share: randomId() };
    const store = await (await ben.shares()).store();
    const copy: Copy = { photoId: photoIds[0] as PhotoId, id: randomId(), of: 'view' };
    await expect(store.copy(at, [copy])).rejects.toMatchObject({ code: 'forbidden' });
    await expect(store.copy(at, [{ ...copy, of: 'original' }])).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('stops being copied when that is no longer wanted', async () => {
    const store = await (await ada.shares()).store();
    const copies = photoIds.map((photoId): Copy => ({ photoId, id: randomId(), of: 'view' }));
    const signal = AbortSignal.abort();
    await expect(store.copy({ home: 'friends', share: randomId() }, copies, { signal })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  });
});

describe('of what somebody else wrote', () => {
  const at = () => ({ owner: ada.identityId, share: randomId() });
  const keyOf = ({ owner, share }: ReturnType<typeof at>) =>
    `${sharePrefix(owner, 'friends', share)}manifest.json`;

  test('a manifest larger than any of ours is not read', async () => {
    const address = at();
    await putPicture(keyOf(address), `[${' '.repeat(MOST_MANIFEST_BYTES)}]`, 'application/json');
    await expect((await ben.shares()).manifest(address)).rejects.toMatchObject({ code: 'unexpected' });
  });

  test('a manifest that is no JSON is an error, and one that is a page is never a page', async () => {
    const address = at();
    await putPicture(keyOf(address), '<script>alert(1)</script>', 'text/html');
    await expect((await ben.shares()).manifest(address)).rejects.toMatchObject({ code: 'unexpected' });
  });

  test('a page behind the name of a picture is answered as a picture', async () => {
    const address = at();
    const photo = randomId();
    const key = sharePrefix(address.owner, 'friends', address.share) + sharedRenditionName(photo, 'view');
    await putPicture(key, '<script>alert(1)</script>', 'text/html');
    const response = await fetch(await (await ben.shares()).url(address, photo, 'view'));
    expect(response.headers.get('content-type')).toBe('image/webp');
  });
});
