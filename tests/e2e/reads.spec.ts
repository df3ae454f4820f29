// Pictures read through CloudFront: the page takes them from its host, and from S3 itself when that host fails, without a word.
import { CopyObjectCommand } from '@aws-sdk/client-s3';
import type { Locator, Page } from '@playwright/test';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import type { Fault } from '../../infra/local/s3/faults.ts';
import type { IdentityId, PhotoId } from '../../src/schema/ids.ts';
import { renditionKey } from '../../src/schema/keys.ts';
import { sharedRenditionName, sharePrefix } from '../../src/schema/share-keys.ts';
import { albumId, entryId, randomId, sharedWithId } from '../../src/schema/social.ts';
import type { Member } from '../cloud/people.ts';
import { withReads } from '../cloud/reading.ts';
import { befriend, putManifest, putRow } from '../cloud/sharing.ts';
import { photoIdOf } from '../fixtures.ts';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signInAs,
  signUp,
  signUpMember,
  snapshot,
  someone,
  test as base,
  threePhotos,
  thumbnailsShown,
  tile,
  viewer,
  withCloud,
} from './shoebox.ts';

/** What the host of reads, and S3 itself, were asked for by browsers; and what goes wrong with that host. */
interface Ways {
  through: string[];
  direct: string[];
  fault: Fault | undefined;
}

const ways: Ways = { through: [], direct: [], fault: undefined };
const test = base.extend<{ ways: Ways }>({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern
    ({}, use) =>
      withCloud(use, {
        template: withReads,
        readsFaults: ({ url = '' }) => {
          ways.through.push(url);
          return ways.fault;
        },
        faults: ({ method, url = '', headers }) => {
          // The stand-in of CloudFront is no browser.
          if (method === 'GET' && 'user-agent' in headers) ways.direct.push(url);
          return undefined;
        },
      }),
    { scope: 'worker' },
  ],
  // oxlint-disable-next-line no-empty-pattern
  ways: async ({}, use) => {
    ways.through = [];
    ways.direct = [];
    ways.fault = undefined;
    await use(ways);
  },
});

const pictures = (asked: readonly string[]) => asked.filter((url) => url.includes('/renditions/'));

async function viewShown(page: Page, name: string): Promise<void> {
  await tile(page, name).click();
  await expect(viewer(page)).toBeVisible();
  const picture = page.locator(`.pswp__img[alt="${name}"]`);
  await expect
    .poll(() =>
      picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.src.includes('view')]),
    )
    .toEqual([480, true]);
}

/** All thumbnails are kept by the service worker. */
const keptAll = (page: Page, count: number) =>
  expect
    .poll(() =>
      page.evaluate(async () => {
        const names = (await caches.keys()).filter((name) => name.includes('thumb'));
        const all = await Promise.all(
          names.map(async (name) => (await (await caches.open(name)).keys()).length),
        );
        return all.reduce((sum, one) => sum + one, 0);
      }),
    )
    .toBe(count);

test('thumbnails and views come through CloudFront, originals and the index never', async ({
  page,
  files,
  ways: { through, direct },
}) => {
  await signUp(page);
  await drop(page, await files(await threePhotos()));
  await allSafe(page, 3);
  await closeUploads(page);
  await thumbnailsShown(page, 3);
  await viewShown(page, 'forest.jpg');
  expect(through.length).toBeGreaterThan(3);
  expect(through.filter((url) => !url.startsWith('/renditions/'))).toEqual([]);
  expect(pictures(direct)).toEqual([]);
});

for (const fault of ['cut', 'broken'] as const) {
  test(`when CloudFront ${fault === 'cut' ? 'cannot be reached' : 'fails'}, thumbnails and views still show, and nobody is bothered`, async ({
    page,
    files,
    ways: watched,
  }) => {
    watched.fault = fault;
    await signUp(page);
    await drop(page, await files(await threePhotos()));
    await allSafe(page, 3);
    await closeUploads(page);
    await thumbnailsShown(page, 3);
    expect(pictures(watched.direct).length).toBeGreaterThan(0);
    const tries = watched.through.length;
    await viewShown(page, 'forest.jpg');
    await expect(page.getByRole('status').filter({ hasText: /\S/ })).toHaveCount(0);
    // It was tried until it was known to fail, and not again.
    expect(watched.through).toHaveLength(tries);
  });
}

test('a photo seen by one way is not fetched again by the other', async ({ page, files, ways: watched }) => {
  await signUp(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await drop(page, await files(await threePhotos()));
  await allSafe(page, 3);
  await thumbnailsShown(page, 3);
  await keptAll(page, 3);
  watched.fault = 'cut';
  watched.through.length = watched.direct.length = 0;
  await page.reload();
  await thumbnailsShown(page, 3);
  expect([...watched.through, ...pictures(watched.direct)]).toEqual([]);
});

test('what a friend shares shows, too, while CloudFront cannot be reached', async ({
  page,
  anotherPage,
  cloud,
  files,
  ways: watched,
}) => {
  const ada = await signUpMember(page, cloud, someone('Ada'));
  const bytes = await snapshot(1, '2021:06:03 18:20:00');
  await drop(page, await files({ 'beach.jpg': bytes }));
  await allSafe(page, 1);

  watched.fault = 'cut';
  const theirs = await anotherPage();
  const ben = await signUpMember(theirs, cloud, someone('Ben'));
  await befriend(cloud, ada, ben.identityId, 'Ada');
  await befriend(cloud, ben, ada.identityId, 'Ben');
  await share(cloud, ada, ben.identityId, photoIdOf(bytes));
  await theirs.reload();
  await theirs.getByRole('navigation', { name: 'Library' }).getByRole('link', { name: 'Shared' }).click();
  const card = theirs.getByRole('link', { name: /Lisbon/ });
  await expect(card).toBeVisible();
  await expect.poll(() => drawn(card.locator('img'))).toBe(true);
  await card.click();
  await thumbnailsShown(theirs, 1);
  expect(watched.direct.some((url) => url.includes('/shares/friends/'))).toBe(true);
});

test('the cover of an album shows, too, while CloudFront cannot be reached', async ({
  page,
  anotherPage,
  cloud,
  files,
  ways: watched,
}) => {
  const who = someone('Ada');
  const ada = await signUpMember(page, cloud, who);
  const bytes = await snapshot(1, '2021:06:03 18:20:00');
  await drop(page, await files({ 'beach.jpg': bytes }));
  await allSafe(page, 1);
  const album = randomId();
  await putRow(cloud, ada, albumId(album), { title: 'Lisbon', sort: 'oldest' });
  await putRow(cloud, ada, entryId(album, photoIdOf(bytes)));

  // A browser that keeps no pictures: neither a service worker does, nor, where requests are looked at, its own cache.
  const other = await anotherPage({ serviceWorkers: 'block' });
  await other.route('**/renditions/**', (route) => route.continue());
  await other.goto('/');
  await signInAs(other, who);
  await thumbnailsShown(other, 1);
  watched.fault = 'cut';
  await other.goto('/albums');
  const card = other.getByRole('main').getByRole('link', { name: /Lisbon/ });
  await expect(card).toBeVisible();
  await expect.poll(() => drawn(card.locator('img'))).toBe(true);
  expect(pictures(watched.direct).length).toBeGreaterThan(0);
});

/** Whether there is a picture, and it has come. */
const drawn = async (image: Locator): Promise<boolean> =>
  (await image.count()) > 0 && image.first().evaluate((one: HTMLImageElement) => one.naturalWidth > 0);

/** Shares one photo, as its owner's page does. */
async function share(cloud: LocalCloud, from: Member, reader: IdentityId, photoId: PhotoId): Promise<void> {
  const { libraryBucket: Bucket } = cloud.config;
  const [id, to] = [randomId(), randomId()];
  for (const rendition of ['thumb', 'view'] as const) {
    await from.s3.library.send(
      new CopyObjectCommand({
        Bucket,
        Key: sharePrefix(from.identityId, 'friends', to) + sharedRenditionName(id, rendition),
        CopySource: `${Bucket}/${renditionKey(from.identityId, photoId, rendition)}`,
      }),
    );
  }
  await putRow(cloud, from, sharedWithId(to, reader), {
    recipient: reader,
    source: 'photos',
    title: 'Lisbon',
    count: 1,
    cover: id,
  });
  await putManifest(cloud, from, to, {
    version: 1,
    share: to,
    owner: from.identityId,
    source: 'photos',
    title: 'Lisbon',
    changedAt: '2026-11-20T12:00:00.000Z',
    photos: [{ id, width: 480, height: 320, takenAt: '2021-06-03T18:20:00' }],
  });
}
