// One photo, large: opened, walked, described, marked, thrown away and got back, and downloaded untouched.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import {
  allSafe,
  drop,
  expect,
  signUp,
  snapshot,
  test,
  thumbnailsShown,
  tile,
  tiles,
  viewer,
  withThreePhotos,
} from './shoebox.ts';

/** Opened, and showing its picture. */
async function showsPhoto(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('dialog', { name: `Photo: ${name}` })).toBeVisible();
  const picture = page.locator(`.pswp__img[alt="${name}"]`);
  await expect(picture).toBeVisible();
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
}

test('a click opens a photo, the keyboard walks on, Escape closes', async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'forest.jpg').click();
  await showsPhoto(page, 'forest.jpg');
  await page.keyboard.press('ArrowRight');
  await showsPhoto(page, 'beach.jpg');
  await page.keyboard.press('ArrowLeft');
  await showsPhoto(page, 'forest.jpg');
  await page.keyboard.press('ArrowLeft');
  await showsPhoto(page, 'harbor.jpg');
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  // One is back where one looked last.
  await expect(tile(page, 'harbor.jpg')).toBeFocused();
});

test('Back closes the viewer, Forward opens it again, and its address can be reloaded', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'harbor.jpg').click();
  await showsPhoto(page, 'harbor.jpg');
  await page.goBack();
  await expect(viewer(page)).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(3);
  await page.goForward();
  await showsPhoto(page, 'harbor.jpg');
  await page.reload();
  await showsPhoto(page, 'harbor.jpg');
  await viewer(page).getByRole('button', { name: 'Close' }).first().click();
  await expect(viewer(page)).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(3);
});

test('the information panel says what is known about a photo', async ({ page, files }) => {
  await signUp(page);
  const bytes = await snapshot(5, '2019:06:01 12:34:56', {
    offset: '+02:00',
    tags: { Make: 'Leica', Model: 'Q3' },
    exif: {
      LensModel: 'Summilux 28',
      ExposureTime: '1/250',
      FNumber: '28/10',
      ISOSpeedRatings: '200',
      FocalLength: '28/1',
    },
    gps: { latitude: 48.137, longitude: 11.575 },
  });
  await drop(page, await files({ 'detailed.jpg': bytes }));
  await allSafe(page, 1);
  await tile(page, 'detailed.jpg').click();
  await viewer(page).getByRole('button', { name: 'Information' }).click();
  const panel = viewer(page).getByRole('complementary', { name: 'Information' });
  await expect(panel).toContainText('Saturday, June 1, 2019 at 12:34 PM');
  await expect(panel).toContainText('as the camera noted it');
  await expect(panel).toContainText('detailed.jpg');
  await expect(panel).toContainText('480 × 320');
  await expect(panel).toContainText('kB');
  await expect(panel).toContainText('JPEG');
  await expect(panel).toContainText('Leica Q3');
  await expect(panel).toContainText('Summilux 28');
  await expect(panel).toContainText('1/250 s');
  await expect(panel).toContainText('ƒ/2.8');
  await expect(panel).toContainText('ISO 200');
  await expect(panel).toContainText('48.13');
  // Escape closes what is on top: first the panel, then the viewer.
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
});

test('what lies over a photo goes while nothing moves, and comes back at any move', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'forest.jpg').click();
  await showsPhoto(page, 'forest.jpg');
  const over = page.locator('.viewer .bar');
  await expect(over).toHaveCSS('opacity', '0');
  await page.mouse.move(300, 300);
  await expect(over).toHaveCSS('opacity', '1');
});

test('a favorite is still one after a reload', async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'forest.jpg').click();
  const saved = page.waitForResponse(
    (response) => response.request().headers()['x-amz-target']?.endsWith('.UpdateItem') ?? false,
  );
  await viewer(page).getByRole('button', { name: 'Add to favorites' }).click();
  await expect(viewer(page).getByRole('button', { name: 'Remove from favorites' })).toBeVisible();
  expect((await saved).ok()).toBe(true);
  await page.goto('/favorites');
  await thumbnailsShown(page, 1);
  await expect(tile(page, 'forest.jpg')).toBeVisible();
  await tile(page, 'forest.jpg').click();
  await showsPhoto(page, 'forest.jpg');
  await page.keyboard.press('f');
  await expect(viewer(page).getByRole('button', { name: 'Add to favorites' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'No favorites yet.' })).toBeVisible();
});

test('a photo moved to trash is gone from the timeline, waits in the trash, and can be put back', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'forest.jpg').click();
  await viewer(page).getByRole('button', { name: 'Move to trash' }).click();
  await expect(page.getByText('Moved to trash.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(2);
  await expect(tile(page, 'forest.jpg')).toHaveCount(0);
  await page.reload();
  await expect(tiles(page)).toHaveCount(2);

  await page.getByRole('link', { name: 'Trash' }).click();
  await expect(tiles(page)).toHaveCount(1);
  await tile(page, 'forest.jpg').click();
  await viewer(page).getByRole('button', { name: 'Put back' }).click();
  await expect(page.getByText('Put back among your photos.')).toBeVisible();
  // The button is gone, but the keyboard still works.
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'The trash is empty.' })).toBeVisible();
  await page.getByRole('link', { name: 'Photos', exact: true }).click();
  await thumbnailsShown(page, 3);
});

test('moving to trash can be undone at once', async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'forest.jpg').click();
  await showsPhoto(page, 'forest.jpg');
  await page.keyboard.press('#');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.keyboard.press('Escape');
  await expect(tiles(page)).toHaveCount(3);
});

test('a photo dropped again while in the trash is put back', async ({ page, files }) => {
  await signUp(page);
  const paths = await files({ 'again.jpg': await snapshot(1, '2021:06:03 18:20:00') });
  await drop(page, paths);
  await allSafe(page, 1);
  await tile(page, 'again.jpg').click();
  await viewer(page).getByRole('button', { name: 'Move to trash' }).click();
  await expect(viewer(page)).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(0);
  await drop(page, paths);
  await expect(page.getByText('Was in the trash, put back')).toBeVisible();
  await thumbnailsShown(page, 1);
});

test('the downloaded original is the very file, under its own name', async ({ page, files }) => {
  await signUp(page);
  const name = 'Grüße & 100% "Urlaub" #1.jpg';
  const bytes = await snapshot(9, '2021:06:03 18:20:00');
  await drop(page, await files({ [name]: bytes }));
  await allSafe(page, 1);
  await tiles(page).first().click();
  const download = page.waitForEvent('download');
  await viewer(page).getByRole('button', { name: 'Download original' }).click();
  const downloaded = await download;
  // Chromium itself replaces the quotation marks, which not every file system takes.
  expect(downloaded.suggestedFilename()).toBe(name.replaceAll('"', '_'));
  const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex');
  expect(hash(await readFile(await downloaded.path()))).toBe(hash(bytes));
});

test('a photo is archived by its key, taken back, and found in the archive', async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'harbor.jpg').click();
  await showsPhoto(page, 'harbor.jpg');
  await page.keyboard.press('e');
  // The next one takes its place.
  await expect(viewer(page)).toHaveAttribute('aria-label', /forest\.jpg/);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Archived.')).toHaveCount(0);
  await viewer(page).getByRole('button', { name: 'Archive' }).click();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(2);
  await page.getByRole('navigation').getByRole('link', { name: 'Archive' }).click();
  await tile(page, 'forest.jpg').click();
  await viewer(page).getByRole('button', { name: 'Move to timeline' }).click();
  await expect(page.getByText('Moved to your timeline.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'The archive is empty.' })).toBeVisible();
});
