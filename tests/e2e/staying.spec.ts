// Photos come and go; what one looks at, and what has the focus, stays.
import type { Page } from '@playwright/test';
import { allSafe, closeUploads, drop, expect, signUp, snapshot, test, tile, tiles } from './shoebox.ts';

const COUNT = 24;

test.use({ viewport: { width: 1000, height: 700 } });

const nameOf = (n: number): string => `photo-${String.fromCodePoint(97 + n)}.jpg`;

/** A library of some screens, at the largest size: `photo-a.jpg` is the latest. */
async function withScreens(
  page: Page,
  files: (contents: Record<string, Uint8Array>) => Promise<string[]>,
): Promise<void> {
  await page.addInitScript(() => localStorage.setItem('shoebox.density', '3'));
  await signUp(page);
  await expect(page.getByRole('button', { name: 'Choose photos' })).toBeVisible();
  const contents: Record<string, Buffer> = {};
  for (let n = 0; n < COUNT; n++) {
    const day = String(28 - Math.floor(n / 4)).padStart(2, '0');
    contents[nameOf(n)] = await snapshot(n + 1, `2021:06:${day} ${20 - (n % 4)}:00:00`, {
      width: 96,
      height: 64,
    });
  }
  await drop(page, await files(contents));
  await allSafe(page, COUNT);
  await closeUploads(page);
}

const topOf = async (page: Page, name: string): Promise<number> =>
  (await tile(page, name).boundingBox())?.y ?? Number.NaN;
const shown = (page: Page): Promise<(string | undefined)[]> =>
  tiles(page).evaluateAll((all) =>
    all
      .filter((one) => one.getBoundingClientRect().top >= 64)
      .map((one) => one.getAttribute('aria-label')?.split(',')[0]),
  );

/** Somewhere in the middle of it all; gives the first photo that is whole there. */
async function inTheMiddle(page: Page): Promise<string> {
  await page.mouse.move(500, 400);
  await page.mouse.wheel(0, 1200);
  await expect(page.getByRole('button', { name: /^June 2021, go/ })).toBeVisible();
  await expect.poll(async () => (await shown(page)).includes(nameOf(0))).toBe(false);
  return (await shown(page)).toSorted()[0] ?? '';
}

test('new photos above push nothing away', async ({ page, files }) => {
  await withScreens(page, files);
  const name = await inTheMiddle(page);
  const top = await topOf(page, name);
  const rows = Number(await page.getByRole('grid').getAttribute('aria-rowcount'));
  await drop(
    page,
    await files({
      'newer-1.jpg': await snapshot(50, '2021:07:03 18:20:00'),
      'newer-2.jpg': await snapshot(51, '2021:08:03 18:20:00', { width: 320, height: 480 }),
    }),
  );
  await allSafe(page, 2);
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(rows + 2));
  expect(Math.abs((await topOf(page, name)) - top)).toBeLessThan(2);
  // Who is at the very top sees them come.
  await page.evaluate(() => scrollTo(0, 0));
  await expect(tile(page, 'newer-2.jpg')).toBeInViewport();
});

test('a photo that goes leaves its place and the focus to the next one', async ({ page, context, files }) => {
  await withScreens(page, files);
  const name = await inTheMiddle(page);
  const top = await topOf(page, name);
  const next = nameOf((name.codePointAt('photo-'.length) ?? 0) - 97 + 1);
  await tile(page, name).focus();
  const photoId = await tile(page, name).getAttribute('data-photo');

  const other = await context.newPage();
  await other.goto(`/?photo=${photoId}`);
  await expect(other.getByRole('dialog', { name: `Photo: ${name}` })).toBeVisible();
  await other.keyboard.press('#');
  await expect(other.getByText('Moved to trash.')).toBeVisible();

  await expect(tile(page, name)).toHaveCount(0);
  await expect(tile(page, next)).toBeFocused();
  await expect(tile(page, next)).toBeInViewport();
  expect(Math.abs((await topOf(page, next)) - top)).toBeLessThan(60);

  // Put back, it pushes nothing away either.
  await other.getByRole('button', { name: 'Undo' }).click();
  await expect(tile(page, name)).toHaveCount(1);
  await expect(tile(page, next)).toBeFocused();
  await expect(tile(page, next)).toBeInViewport();
});

test('a photo that becomes a favorite keeps its place, its focus and its element', async ({
  page,
  context,
  files,
}) => {
  await withScreens(page, files);
  const name = await inTheMiddle(page);
  const top = await topOf(page, name);
  await tile(page, name).focus();
  const element = await tile(page, name).elementHandle();
  const photoId = await tile(page, name).getAttribute('data-photo');
  const other = await context.newPage();
  await other.goto(`/?photo=${photoId}`);
  await expect(other.getByRole('dialog', { name: `Photo: ${name}` })).toBeVisible();
  await other.keyboard.press('f');
  await expect(tile(page, name)).toHaveAccessibleName(/\. Favorite$/);
  await expect(tile(page, name)).toBeFocused();
  expect(await topOf(page, name)).toBe(top);
  expect(await element?.evaluate((one) => one === document.activeElement)).toBe(true);
});
