// Sharing as the page does it, all of it but the drawing, against the deployed policies: between two people, until one takes it back.
import 'fake-indexeddb/auto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Cloud } from '../../src/cloud/cloud.ts';
import type { ShareLibrary } from '../../src/library/publisher.svelte.ts';
import { Publisher } from '../../src/library/publisher.svelte.ts';
import { Social } from '../../src/library/social.svelte.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { renditionKey, RENDITIONS } from '../../src/schema/keys.ts';
import { parseManifest } from '../../src/schema/manifest.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { friendId } from '../../src/schema/social.ts';
import { commenting, liking, ownRows, talkOf } from '../../src/share/talk.ts';
import { received } from '../../src/share/with-me.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { Locks } from '../unit/fake-browser.ts';
import { columnsOf } from '../unit/search-library.ts';
import { signInAs, withXhr } from './page-person.ts';
import { openWorld, type World } from './refusals.ts';

const signal = AbortSignal.timeout(900_000);
let world: World;
let ada: Cloud;
let ben: Cloud;
let photos: Photo[];
let hers: Social;
let his: Social;
let publisher: Publisher;

beforeAll(async () => {
  withXhr();
  vi.stubGlobal('navigator', { locks: new Locks(), onLine: true });
  world = await openWorld();
  [ada, ben] = (await Promise.all(
    ['ada@example.com', 'ben@example.com'].map(async (email) => (await signInAs(world.cloud, email)).open()),
  )) as [Cloud, Cloud];
  photos = [...madeUpPhotos(ada.identityId, 10)];
  for (const { photoId } of photos) {
    for (const rendition of RENDITIONS) {
      await world.operator.s3.library.send(
        new PutObjectCommand({
          Bucket: world.cloud.config.libraryBucket,
          Key: renditionKey(ada.identityId, photoId, rendition),
          Body: `${photoId} ${rendition}`,
          ContentType: 'image/webp',
        }),
      );
    }
  }
  [hers, his] = await Promise.all([Social.open(ada), Social.open(ben)]);
  const library: ShareLibrary = {
    complete: true,
    ready: Promise.resolve(),
    columns: columnsOf(photos),
    get: (photoId: PhotoId) => photos.find((photo) => photo.photoId === photoId),
  };
  publisher = new Publisher(hers, library, ada);
  await hers.put(friendId(ben.identityId), { recipient: ben.identityId, name: 'Ada' });
  await his.put(friendId(ada.identityId), { recipient: ada.identityId, name: 'Ben' });
  await Promise.all([hers.sync(signal), his.sync(signal)]);
});
afterAll(async () => {
  publisher?.close();
  hers?.close();
  his?.close();
  await world?.cloud.end();
  vi.unstubAllGlobals();
});

test('what one shares reaches the friend, with every picture, and is gone when it is taken back', async () => {
  const problem = await publisher.begin({
    source: 'photos',
    title: 'Lisbon',
    readers: [ben.identityId],
    photos: photos.map(({ photoId }) => photoId),
    places: false,
  });
  expect(problem).toBeUndefined();
  await his.sync(signal);
  const [from] = received(his);
  expect(from).toMatchObject({
    person: { name: 'Ada' },
    shares: [{ title: 'Lisbon', count: 10, unread: 10 }],
  });
  const address = { owner: ada.identityId, share: from?.shares[0]?.share as never };
  const theirs = await ben.shares();
  const manifest = parseManifest(await theirs.manifest(address), address);
  expect(manifest?.photos).toHaveLength(10);
  for (const { id } of manifest?.photos ?? []) expect(await theirs.picture(address, id)).toBeDefined();

  // What he says of it she hears, until one of them does not want it any more.
  const [first] = manifest?.photos ?? [];
  if (!manifest || !first) throw new Error('nothing is shared');
  const saying = { manifest, photo: first.id, me: ben.identityId, by: 'Ben' };
  await his.putAll([...liking(saying), ...commenting(saying, 'What a day!', manifest.changedAt)]);
  await hers.sync(signal);
  const heard = (of = manifest) => talkOf({ manifest: of, photo: first.id }, hers.inbox, hers);
  expect(heard()).toMatchObject({
    likes: [{ name: 'Ben' }],
    comments: [{ name: 'Ben', text: 'What a day!' }],
  });
  const [said] = heard().comments;
  await hers.put(hers.shares[0]?.id ?? '', { hidden: [said?.comment] });
  await publisher.run();
  const again = parseManifest(await theirs.manifest(address), address);
  expect(again?.hidden).toEqual([said?.comment]);
  const own = his.saidOf(address.share);
  await his.remove(ownRows(own, { photo: first.id, comment: said?.comment as never }));
  await hers.sync(signal);
  expect(heard().comments).toEqual([]);
  expect(heard().likes).toHaveLength(1);

  await publisher.end(hers.shares);
  await his.sync(signal);
  expect(received(his)).toEqual([]);
  expect(await theirs.manifest(address)).toBeUndefined();
  expect(hers.shares).toEqual([]);
});
