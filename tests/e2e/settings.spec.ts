// Settings, and what is behind them: new devices, rebuilding, the check of all originals, pictures kept on this device.
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import { seed } from '../bench/seeding.ts';
import { signIn } from '../bench/visit.ts';
import {
  accountButton,
  closeUploads,
  expect,
  remains,
  signOut,
  signUp,
  test,
  thumbnailsShown,
  tiles,
  watch,
  withCloud,
  withThreePhotos,
} from './shoebox.ts';

const PHOTOS = 400;

/** Ada has some hundred photos, of which nobody has the originals. */
const seeded = test.extend({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern
    ({}, use) => withCloud(use, { processor: false }, (directory) => seed(directory, PHOTOS)),
    { scope: 'worker' },
  ],
});

const settings = (page: Page) => page.getByRole('main');
const section = (page: Page, name: string) => page.getByRole('region', { name });
const openSettings = (page: Page) => page.getByRole('link', { name: 'Settings' }).click();

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** The table answers nobody here. */
const withoutTable = (context: BrowserContext) =>
  context.route('**', (route) =>
    route.request().headers()['x-amz-target']?.startsWith('DynamoDB') ? route.abort() : route.fallback(),
  );

/** How many photos the person has, as their menu says. */
async function countIs(page: Page, count: number): Promise<void> {
  await accountButton(page).click();
  await expect(page.getByText(`${count} photos`, { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
}

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

async function elsewhere(
  page: Page,
  storageState?: StorageState,
): Promise<{ other: Page; alarms: string[] }> {
  const browser = page.context().browser();
  if (!browser) throw new Error('no browser');
  const context = await browser.newContext({ baseURL: new URL(page.url()).origin, storageState });
  return { alarms: await watch(context), other: await context.newPage() };
}

seeded(
  'a new device shows the library that another one has left, even before the table answers',
  async ({ page }) => {
    const left = page.waitForResponse(
      (response) => response.request().method() === 'PUT' && response.url().includes('/first'),
      { timeout: 60_000 },
    );
    await signIn(page);
    expect((await left).status()).toBe(200);

    const { other, alarms } = await elsewhere(page);
    await withoutTable(other.context());
    await signIn(other);
    await expect(other.locator('main .tile img.shown').first()).toBeVisible();
    await countIs(other, PHOTOS);
    // All of it is on this device now.
    await other.reload();
    await expect(tiles(other).first()).toBeVisible();
    await countIs(other, PHOTOS);
    expect(alarms).toEqual([]);
    const storageState = await other.context().storageState();
    await other.context().close();
    await asksEarly(page, storageState);
  },
);

/** Whoever is signed in on a device that knows nothing: the library is asked for before the page itself is there, and once. */
async function asksEarly(page: Page, storageState: StorageState): Promise<void> {
  const { other, alarms } = await elsewhere(page, storageState);
  await withoutTable(other.context());
  const asked: string[] = [];
  const first = /\/index\/[^?]*first/;
  other.on('request', (request) => void (first.test(request.url()) && asked.push(request.method())));
  const early = other.waitForRequest(first);
  await other.route(/\/assets\/home-[^/]*\.js/, async (route) => {
    await early;
    await route.continue();
  });
  await other.goto('/');
  await expect(other.locator('main .tile img.shown').first()).toBeVisible();
  await countIs(other, PHOTOS);
  expect(asked).toEqual(['GET']);
  // A device that knows the library, once it has written it down, asks for none of it.
  await expect(async () => {
    asked.length = 0;
    await other.reload();
    await expect(other.locator('main .tile img.shown').first()).toBeVisible();
    expect(asked).toEqual([]);
  }).toPass();
  expect(alarms).toEqual([]);
  await other.context().close();
}

seeded('a snapshot that is no snapshot only costs time', async ({ page, context }) => {
  await context.route('**/index/**', (route) =>
    route.request().method() === 'GET'
      ? route.fulfill({
          status: 200,
          headers: { 'access-control-allow-origin': '*' },
          body: 'SBOX<script>alert(1)</script>'.repeat(5000),
        })
      : route.fallback(),
  );
  const asked = page.waitForRequest(/\/index\/[^?]*first/);
  await signIn(page);
  await asked;
  await expect(tiles(page).first()).toBeVisible();
  await countIs(page, PHOTOS);
});

seeded('rebuilding reads everything from the table again, and no snapshot', async ({ page, context }) => {
  await signIn(page);
  await expect(tiles(page).first()).toBeVisible();
  const asked: string[] = [];
  context.on('request', (request) => void (request.url().includes('/first') && asked.push(request.method())));
  await openSettings(page);
  await page.getByRole('button', { name: 'Rebuild this device’s library' }).click();
  await expect(section(page, 'This device’s library').getByRole('status')).toHaveText(
    `Done. ${PHOTOS} photos read anew.`,
  );
  expect(asked).not.toContain('GET');
  await page.reload();
  await countIs(page, PHOTOS);
});

seeded('without the table nothing is forgotten, and it is said', async ({ page }) => {
  await signIn(page);
  await countIs(page, PHOTOS);
  await openSettings(page);
  await withoutTable(page.context());
  await page.getByRole('button', { name: 'Rebuild this device’s library' }).click();
  await expect(section(page, 'This device’s library').getByRole('status')).toContainText(
    'There is no connection.',
  );
  await countIs(page, PHOTOS);
});

seeded('photos whose originals are gone are named', async ({ page }) => {
  await signIn(page);
  await openSettings(page);
  await page.getByRole('button', { name: 'Check all originals' }).click();
  const check = section(page, 'Your originals');
  await expect(
    check.getByRole('heading', { name: `${PHOTOS} photos have lost their originals` }),
  ).toBeVisible();
  await check.getByRole('button', { name: 'Show 100' }).click();
  await expect(check.getByRole('listitem')).toHaveCount(100);
  await expect(check.getByRole('listitem').first()).toContainText('IMG_');
  await expect(check).toContainText('and 300 more');
  expect(await barriers(page)).toEqual([]);
});

test('a check of originals can be stopped, and goes on after a reload', async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await openSettings(page);
  // S3 takes its time.
  await page.route(/list-type=2/, () => {});
  await page.getByRole('button', { name: 'Check all originals' }).click();
  const check = section(page, 'Your originals');
  await check.getByRole('button', { name: 'Stop' }).click();
  await expect(check.getByRole('status')).toHaveText('Stopped after 0 originals.');
  await page.unroute(/list-type=2/);
  await page.reload();
  await check.getByRole('button', { name: 'Go on' }).click();
  await expect(check.getByRole('status')).toHaveText('All 3 originals are there, and all is well.');
  // It is there again at the next visit.
  await page.reload();
  await expect(check.getByRole('status')).toHaveText('All 3 originals are there, and all is well.');
});

test('all thumbnails are kept on this device when one wants it, and go when one wants that', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await page.goto('/settings');
  const storage = section(page, 'On this device');
  await storage.getByRole('button', { name: 'Remove cached pictures' }).click();
  await expect(storage.getByText('0 pictures')).toHaveCount(2);
  await storage.getByRole('switch', { name: 'Keep all thumbnails' }).check();
  await expect(storage.getByRole('status')).toHaveText('All 3 are here.');
  await expect(storage.getByText('3 pictures')).toBeVisible();
  await page.reload();
  await expect(storage.getByRole('switch', { name: 'Keep all thumbnails' })).toBeChecked();
  await expect(storage.getByRole('status')).toHaveText('All 3 are here.');
  await storage.getByText('Large', { exact: true }).click();
  // A radio button is checked at once; it stands out once the choice is kept.
  await expect(storage.locator('label', { hasText: 'Large' })).toHaveClass(/chosen/);
  await page.reload();
  await expect(storage.getByRole('radio', { name: 'Large' })).toBeChecked();

  await page.context().setOffline(true);
  await page.goto('/');
  await thumbnailsShown(page, 3);
  await page.context().setOffline(false);
  await signOut(page);
  await expect.poll(() => remains(page)).toEqual([]);
});

test('thumbnails are not fetched while the browser is to save data, nor while paused', async ({
  page,
  files,
}) => {
  await page.addInitScript(() => {
    const connection = Object.assign(new EventTarget(), { saveData: true });
    Object.defineProperty(navigator, 'connection', { value: connection });
    Object.assign(globalThis, {
      spend: () => {
        connection.saveData = false;
        connection.dispatchEvent(new Event('change'));
      },
    });
  });
  await signUp(page);
  await withThreePhotos(page, files);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await page.goto('/settings');
  const storage = section(page, 'On this device');
  await storage.getByRole('button', { name: 'Remove cached pictures' }).click();
  await storage.getByRole('switch', { name: 'Keep all thumbnails' }).check();
  await expect(storage.getByRole('status')).toHaveText(/set to save data/);
  await expect(storage.getByText('0 pictures')).toHaveCount(2);
  await page.evaluate(() => (globalThis as unknown as { spend: () => void }).spend());
  await expect(storage.getByRole('status')).toHaveText('All 3 are here.');
});

test('settings put up no barrier that axe knows of, on a phone and in the dark', async ({ page }) => {
  await signUp(page);
  await openSettings(page);
  await expect(settings(page).getByRole('heading', { name: 'On this device' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole('switch', { name: 'Keep all thumbnails' }).check();
  expect(await barriers(page)).toEqual([]);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(360);
});
