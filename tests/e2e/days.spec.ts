// On this day, and recently added: what other days of the calendar bring back.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  accountButton,
  allSafe,
  closeUploads,
  drop,
  expect,
  remains,
  signOut,
  signUp,
  snapshot,
  test,
  thumbnailsShown,
  tile,
  tiles,
  viewer,
} from './shoebox.ts';

/** As cameras write it: so many years and days before today, as the page sees it. */
const before = (page: Page, years: number, days = 0): Promise<string> =>
  page.evaluate(
    ([y = 0, d = 0]) => {
      const now = new Date();
      const then = new Date(Date.UTC(now.getFullYear() - y, now.getMonth(), now.getDate() - d, 10));
      return then.toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', ':');
    },
    [years, days],
  );

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** What the installed app's icon has shown, in this order. */
async function watchBadge(page: Page): Promise<() => Promise<number[]>> {
  await page.addInitScript(() => {
    const shown: number[] = [];
    Object.assign(globalThis, { shown });
    Object.assign(navigator, {
      setAppBadge: async (count: number) => void shown.push(count),
      clearAppBadge: async () => void shown.push(0),
    });
  });
  return () => page.evaluate(() => (globalThis as unknown as { shown: number[] }).shown);
}

/** The viewer is there, and its picture: only then it hears the arrow keys. */
async function showsPhoto(page: Page, name: string): Promise<void> {
  await expect(viewer(page)).toHaveAccessibleName(`Photo: ${name}`);
  await expect(page.locator(`.pswp__img[alt="${name}"]`)).toBeVisible();
}

const rail = (page: Page) => page.getByRole('navigation', { name: 'Library' });
const entry = (page: Page) => rail(page).getByRole('link', { name: 'On this day' });

/** A library with a photo of this day one and three years ago, one of the day before that, and one of today. */
async function withYears(page: Page, files: (contents: Record<string, Uint8Array>) => Promise<string[]>) {
  await signUp(page);
  await expect(page.getByRole('button', { name: 'Choose photos' })).toBeVisible();
  await drop(
    page,
    await files({
      'lake.jpg': await snapshot(11, await before(page, 1)),
      'tower.jpg': await snapshot(12, await before(page, 3)),
      'other.jpg': await snapshot(13, await before(page, 3, 1)),
      'now.jpg': await snapshot(14, await before(page, 0)),
    }),
  );
  await allSafe(page, 4);
  await closeUploads(page);
}

test('photos of today’s date come back by year, and are announced until they have been seen', async ({
  page,
  files,
}) => {
  const badges = await watchBadge(page);
  await withYears(page, files);
  await expect(entry(page).locator('.new')).toHaveCount(1);
  await expect.poll(async () => (await badges()).at(-1)).toBe(2);
  await entry(page).click();
  await thumbnailsShown(page, 2);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('On this day');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Last year', '3 years ago']);
  await expect(tile(page, 'lake.jpg')).toBeVisible();
  await expect(tile(page, 'tower.jpg')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await expect.poll(async () => (await badges()).at(-1)).toBe(0);

  // The viewer walks through these only.
  await tile(page, 'lake.jpg').click();
  await showsPhoto(page, 'lake.jpg');
  await page.keyboard.press('ArrowRight');
  await showsPhoto(page, 'tower.jpg');
  await page.keyboard.press('ArrowRight');
  await showsPhoto(page, 'tower.jpg');
  await page.keyboard.press('Escape');

  // Seen is seen: also on the next visit of the day, when nothing is announced.
  await page.goto('/');
  await thumbnailsShown(page, 4);
  await expect(accountButton(page)).toBeVisible();
  await expect(entry(page).locator('.new')).toHaveCount(0);
  expect(Math.max(0, ...(await badges()))).toBe(0);
});

test('what is announced is gone from the device after signing out', async ({ page, files }) => {
  const badges = await watchBadge(page);
  await withYears(page, files);
  await expect.poll(async () => (await badges()).at(-1)).toBe(2);
  await entry(page).click();
  await thumbnailsShown(page, 2);
  await expect.poll(() => remains(page).then((all) => all.some((name) => name.endsWith('-seen')))).toBe(true);
  await signOut(page);
  expect(await remains(page)).toEqual([]);
});

test('a day without earlier photos says so', async ({ page }) => {
  await signUp(page);
  await entry(page).click();
  await expect(page.getByRole('heading', { name: 'Nothing on this day, yet.' })).toBeVisible();
  await expect(entry(page).locator('.new')).toHaveCount(0);
  expect(await barriers(page)).toEqual([]);
});

test('recently added lists photos by their upload, whenever they were taken', async ({ page, files }) => {
  await signUp(page);
  await expect(page.getByRole('button', { name: 'Choose photos' })).toBeVisible();
  await drop(page, await files({ 'new.jpg': await snapshot(21, '2024:05:01 10:00:00') }));
  await allSafe(page, 1);
  await drop(page, await files({ 'scan.jpg': await snapshot(22, '1974:05:01 10:00:00') }));
  await allSafe(page, 2);
  await closeUploads(page);
  await rail(page).getByRole('link', { name: 'Recent' }).click();
  await thumbnailsShown(page, 2);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Recently added');
  // Under one heading, the day of upload; the latest first.
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(1);
  expect(await tiles(page).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).toEqual([
    expect.stringContaining('scan.jpg'),
    expect.stringContaining('new.jpg'),
  ]);
  expect(await barriers(page)).toEqual([]);
  // What is thrown away leaves the list.
  await tile(page, 'scan.jpg').click();
  await viewer(page).getByRole('button', { name: 'Move to trash' }).click();
  await page.keyboard.press('Escape');
  await expect(tile(page, 'scan.jpg')).toHaveCount(0);
  await expect(tile(page, 'new.jpg')).toBeVisible();
});
