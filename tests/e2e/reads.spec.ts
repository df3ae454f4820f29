// Pictures read through CloudFront: the page takes them from its host, and from S3 itself when that host fails, without a word.
import type { Page } from '@playwright/test';
import type { Fault } from '../../infra/local/s3/faults.ts';
import { withReads } from '../cloud/reading.ts';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUp,
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
