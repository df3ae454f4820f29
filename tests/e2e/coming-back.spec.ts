// Closed, switched off, cut from the network: what was there is there again.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import {
  accountButton,
  allSafe,
  drop,
  expect,
  signUp,
  snapshot,
  startWith,
  test,
  threePhotos,
  thumbnailsShown,
  tile,
  uploadRow,
  viewer,
  withThreePhotos,
} from './shoebox.ts';

/** The note that there is no network. */
const offline = (page: Page) => page.getByRole('status').filter({ hasText: 'Offline' });

/** A cloud that a story may switch off and on: each has one of its own. */
interface Machine {
  cloud: LocalCloud;
  off: () => Promise<void>;
  /** At the same addresses, as after `npm start` on the same computer. */
  on: () => Promise<void>;
  restart: () => Promise<void>;
}

const restartable = test.extend<{ machine: Machine }>({
  // oxlint-disable-next-line no-empty-pattern
  machine: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'shoebox-restart-'));
    const machine: Machine = {
      cloud: await startWith({ directory }),
      off: () => machine.cloud.close(),
      on: async () => {
        const { urls } = machine.cloud;
        const ports = Object.entries(urls).map(([name, url]) => [name, Number(new URL(url).port)]);
        machine.cloud = await startWith({ directory, ports: Object.fromEntries(ports) });
      },
      restart: async () => {
        await machine.off();
        await machine.on();
      },
    };
    await use(machine);
    await machine.cloud.close();
    await rm(directory, { recursive: true });
  },
  baseURL: async ({ machine }, use) => use(machine.cloud.urls.site),
});

restartable(
  'after a restart one is still signed in, and the photos are there',
  async ({ page, files, machine }) => {
    await signUp(page);
    await withThreePhotos(page, files);
    await machine.restart();
    await page.reload();
    await expect(accountButton(page)).toBeVisible();
    await thumbnailsShown(page, 3);
    await tile(page, 'forest.jpg').click();
    await expect(viewer(page)).toBeVisible();
    const download = page.waitForEvent('download');
    await viewer(page).getByRole('button', { name: 'Download original' }).click();
    expect((await download).suggestedFilename()).toBe('forest.jpg');
  },
);

restartable(
  'photos that were stored but not prepared are prepared after a restart',
  async ({ page, files, machine }) => {
    await signUp(page);
    machine.cloud.pauseProcessor();
    await drop(page, await files({ 'early.jpg': await snapshot(1, '2021:06:03 18:20:00') }));
    await expect(uploadRow(page, 'early.jpg')).toContainText('Stored, being prepared');
    await machine.restart();
    // Whoever looks again in a moment finds it.
    await expect(async () => {
      await page.goto('/');
      await thumbnailsShown(page, 1, 3000);
    }).toPass();
    await thumbnailsShown(page, 1);
    await expect(tile(page, 'early.jpg')).toBeVisible();
  },
);

restartable(
  'uploads during which the cloud is switched off go on by themselves, and none is there twice',
  async ({ page, files, machine }) => {
    await signUp(page);
    const { originals } = machine.cloud.urls;
    let off = () => {};
    let on = () => {};
    const isOff = new Promise<void>((resolve) => (off = resolve));
    const isOn = new Promise<void>((resolve) => (on = resolve));
    const seen = new Set<string>();
    await page.route(`${originals}/**`, async (route) => {
      const request = route.request();
      // The first try of each meets a cloud that is off; all others one that is on again.
      if (request.method() === 'PUT') await (seen.has(request.url()) ? isOn : isOff);
      seen.add(request.url());
      await route.continue();
    });
    await drop(page, await files(await threePhotos()));
    await expect(uploadRow(page, 'beach.jpg')).toContainText('Sending');
    await machine.off();
    const refused = page.waitForEvent('requestfailed', (request) => request.method() === 'PUT');
    off();
    await refused;
    await machine.on();
    on();
    await allSafe(page, 3);
    await thumbnailsShown(page, 3);
  },
);

test('a page whose service worker cannot be fetched works without it', async ({ page, context, files }) => {
  await context.route('**/service-worker.js', (route) => route.abort());
  const refused = page.waitForEvent('console', (message) => message.text().includes('service worker'));
  await signUp(page);
  await refused;
  await withThreePhotos(page, files);
});

test('without a network a reload shows timeline and thumbnails, and says that it is offline', async ({
  page,
  context,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await page.reload();
  await thumbnailsShown(page, 3);
  // One large picture has been looked at, the others have not.
  await tile(page, 'harbor.jpg').click();
  await expect(page.locator('.pswp__img[alt="harbor.jpg"]')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const names = (await caches.keys()).filter((name) => name.startsWith('shoebox-renditions-'));
        const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
        return kept.flat().length;
      }),
    )
    .toBeGreaterThanOrEqual(4);

  await context.setOffline(true);
  await page.reload();
  await expect(offline(page)).toBeVisible();
  await thumbnailsShown(page, 3);
  await tile(page, 'harbor.jpg').click();
  await expect(page.locator('.pswp__img[alt="harbor.jpg"]')).toBeVisible();

  await context.setOffline(false);
  await page.reload();
  await thumbnailsShown(page, 3);
  await expect(offline(page)).toHaveCount(0);
});

test('the page says so when the connection goes, and when it is back', async ({ page, context }) => {
  await signUp(page);
  const badge = offline(page);
  await expect(badge).toHaveCount(0);
  await context.setOffline(true);
  await expect(badge).toBeVisible();
  await context.setOffline(false);
  await expect(badge).toHaveCount(0);
});
