// Selecting photos by mouse, keyboard and finger, and what is done with them together.
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { entriesOf } from '../zip-reader.ts';
import {
  expect,
  signOut,
  signUp,
  test,
  threePhotos,
  thumbnailsShown,
  tile,
  tiles,
  viewer,
  withThreePhotos,
} from './shoebox.ts';

const bar = (page: Page) => page.getByRole('region', { name: 'Selected photos' });
const selected = (page: Page) => page.locator('main .tile[aria-selected="true"]');
const button = (page: Page, name: string) => bar(page).getByRole('button', { name, exact: true });

/** Selecting is fetched when somebody reaches for a photo. */
async function ready(page: Page): Promise<void> {
  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
}

/** A click on the check in a tile's corner. */
const check = (one: Locator, options: { modifiers?: 'Shift'[] } = {}) =>
  one.click({ position: { x: 16, y: 16 }, ...options });

test.beforeEach(async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await page.getByRole('complementary', { name: 'Uploads' }).getByRole('button', { name: 'Close' }).click();
  await ready(page);
});

test('the mouse selects one, a range, a day, all, and none', async ({ page }) => {
  await check(tile(page, 'harbor.jpg'));
  await expect(button(page, 'Clear selection')).toBeVisible();
  await expect(bar(page)).toContainText('1 selected');
  await expect(bar(page)).toContainText('kB');
  await expect(viewer(page)).toHaveCount(0);
  // From here on a plain click selects; with shift all between.
  await tile(page, 'beach.jpg').hover();
  await page.keyboard.down('Shift');
  await expect(page.locator('main .tile.ahead')).toHaveCount(3);
  await tile(page, 'beach.jpg').click();
  await page.keyboard.up('Shift');
  await expect(bar(page)).toContainText('3 selected');
  await tile(page, 'forest.jpg').click();
  await expect(selected(page)).toHaveCount(2);
  const axe = await new AxeBuilder({ page }).include('main').include('.bar').analyze();
  expect(axe.violations).toEqual([]);

  const july = page.getByRole('checkbox', { name: /^Select July/ });
  await expect(july).toHaveAttribute('aria-checked', 'mixed');
  await july.click();
  await expect(july).toHaveAttribute('aria-checked', 'true');
  await expect(bar(page)).toContainText('3 selected');
  await july.click();
  await expect(bar(page)).toContainText('1 selected');
  await button(page, 'Select all').click();
  await expect(selected(page)).toHaveCount(3);
  await page.keyboard.press('Escape');
  await expect(bar(page)).toHaveCount(0);
  await expect(selected(page)).toHaveCount(0);
  // And a click opens again.
  await tile(page, 'beach.jpg').click();
  await expect(viewer(page)).toBeVisible();
});

test('a drag from a check takes the photos on its way along, a frame those it touches', async ({ page }) => {
  const [first, last] = await Promise.all([
    tile(page, 'harbor.jpg').boundingBox(),
    tile(page, 'beach.jpg').boundingBox(),
  ]);
  if (!first || !last) throw new Error('photos are missing');
  await page.mouse.move(first.x + 16, first.y + 16);
  await page.mouse.down();
  await page.mouse.move(first.x + 60, first.y + 60);
  await page.mouse.move(last.x + 40, last.y + 40, { steps: 4 });
  await expect(selected(page)).toHaveCount(3);
  await page.mouse.move(first.x + 60, first.y + 60, { steps: 4 });
  await expect(selected(page)).toHaveCount(1);
  await page.mouse.up();
  await expect(bar(page)).toContainText('1 selected');
  await page.keyboard.press('Escape');

  // Right of the last photo there is nothing.
  await page.mouse.move(last.x + last.width + 300, last.y + last.height - 20);
  await page.mouse.down();
  await page.mouse.move(last.x + last.width - 30, last.y + 60, { steps: 4 });
  await expect(page.locator('.select-frame')).toBeVisible();
  await page.mouse.up();
  await expect(page.locator('.select-frame')).toHaveCount(0);
  await expect(selected(page)).toHaveAttribute('aria-label', /^beach\.jpg/);
});

test('the keyboard selects, and a screen reader hears how many', async ({ page }) => {
  await tile(page, 'harbor.jpg').focus();
  await page.keyboard.press('x');
  await expect(page.getByRole('status').filter({ hasText: '1 photo selected' })).toBeAttached();
  await page.keyboard.press('Shift+ArrowRight');
  await expect(tile(page, 'forest.jpg')).toBeFocused();
  await expect(selected(page)).toHaveCount(2);
  await page.keyboard.press('Shift+ArrowRight');
  await expect(selected(page)).toHaveCount(3);
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(selected(page)).toHaveCount(2);
  await page.keyboard.press('Control+Space');
  await expect(selected(page)).toHaveCount(1);
  await page.keyboard.press('Control+a');
  await expect(page.getByRole('status').filter({ hasText: '3 photos selected' })).toBeAttached();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('status').filter({ hasText: 'Nothing selected' })).toBeAttached();
});

test('the focus goes back to where a form was opened from, and from the bar to the photos', async ({
  page,
}) => {
  await tile(page, 'harbor.jpg').focus();
  await page.keyboard.press('x');
  await button(page, 'More').focus();
  await page.keyboard.press('Enter');
  await bar(page).getByRole('button', { name: 'Caption' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(button(page, 'More')).toBeFocused();
  await button(page, 'Clear selection').focus();
  await page.keyboard.press('Enter');
  await expect(bar(page)).toHaveCount(0);
  await expect(tile(page, 'harbor.jpg')).toBeFocused();
});

test('archive, trash and favorites take all that is selected, and give it back', async ({ page }) => {
  await page.keyboard.press('Control+a');
  await button(page, 'Archive').click();
  await expect(page.getByText('3 photos archived.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await thumbnailsShown(page, 3);

  await check(tile(page, 'harbor.jpg'));
  await tile(page, 'beach.jpg').click();
  await button(page, 'Add to favorites').click();
  await expect(page.locator('main .favorite')).toHaveCount(2);
  await check(tile(page, 'harbor.jpg'));
  await tile(page, 'forest.jpg').click();
  await button(page, 'Move to trash').click();
  await expect(page.getByText('2 photos moved to trash.')).toBeVisible();
  await expect(tiles(page)).toHaveCount(1);
  // What was done is done for good, and a selection is nothing one takes along.
  await check(tile(page, 'beach.jpg'));
  await page.getByRole('navigation').getByRole('link', { name: 'Trash' }).click();
  await expect(tiles(page)).toHaveCount(2);
  await expect(bar(page)).toHaveCount(0);
  await check(tiles(page).first());
  await page.keyboard.press('Control+a');
  await expect(button(page, 'Move to trash')).toHaveCount(0);
  await button(page, 'Put back').click();
  await expect(tiles(page)).toHaveCount(0);
  await page.getByRole('navigation').getByRole('link', { name: 'Favorites' }).click();
  await expect(tiles(page)).toHaveCount(2);
});

test('photos that go on another device leave the selection, the others stay', async ({ page, context }) => {
  const other = await context.newPage();
  await other.goto('/');
  await thumbnailsShown(other, 3);
  await page.bringToFront();
  await page.keyboard.press('Control+a');
  await expect(bar(page)).toContainText('3 selected');
  await other.bringToFront();
  await ready(other);
  await check(tile(other, 'forest.jpg'));
  await button(other, 'Move to trash').click();
  await page.bringToFront();
  await expect(bar(page)).toContainText('2 selected');
  await expect(selected(page)).toHaveCount(2);
});

/** The originals as they were uploaded, by name. */
async function expectOriginals(zip: Uint8Array, names: readonly string[]): Promise<void> {
  const originals = await threePhotos();
  const entries = entriesOf(zip);
  expect(entries.map(({ name }) => name)).toEqual(names);
  for (const { name, content } of entries)
    expect(Buffer.compare(content, originals[name] ?? Buffer.of())).toBe(0);
}

test("several originals are downloaded as one zip, to a file of one's choice", async ({ page }) => {
  // The dialog of the system is not to be had here; the file it gives is a real one.
  await page.evaluate(() =>
    Object.assign(globalThis, {
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true }),
    }),
  );
  await page.keyboard.press('Control+a');
  await button(page, 'Download').click();
  await expect(page.getByText('3 photos downloaded.')).toBeVisible();
  const saved = await page.evaluate(async () => {
    const found: [string, number[]][] = [];
    const directory = await navigator.storage.getDirectory();
    for await (const [name, handle] of directory as unknown as AsyncIterable<[string, FileSystemFileHandle]>)
      found.push([name, Array.from(new Uint8Array(await (await handle.getFile()).arrayBuffer()))]);
    return found;
  });
  expect(saved.map(([name]) => name)).toEqual([expect.stringMatching(/^Shoebox \d{4}-\d\d-\d\d\.zip$/)]);
  await expectOriginals(Uint8Array.from(saved[0]?.[1] ?? []), ['harbor.jpg', 'forest.jpg', 'beach.jpg']);
});

/** As in browsers that let no page write to the disk. */
async function withoutPicker(page: Page): Promise<void> {
  await page.evaluate(async () => {
    Object.assign(globalThis, { showSaveFilePicker: undefined });
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller)
      await new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
  });
}

test('where no page may write to the disk, the browser downloads the zip, once and nobody else', async ({
  page,
  context,
}) => {
  await withoutPicker(page);
  const addresses: string[] = [];
  context.on('request', (request) => request.url().includes('/download/') && addresses.push(request.url()));
  await page.keyboard.press('Control+a');
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download').click()]);
  expect(download.suggestedFilename()).toMatch(/^Shoebox \d{4}-\d\d-\d\d\.zip$/);
  await expectOriginals(await readFile(await download.path()), ['harbor.jpg', 'forest.jpg', 'beach.jpg']);
  await expect(page.getByText('3 photos downloaded.')).toBeVisible();
  // The page is where it was, and the address is none any more.
  await expect(selected(page)).toHaveCount(3);
  expect(new Set(addresses).size).toBe(1);
  await page.evaluate((address) => void (location.href = address ?? ''), addresses[0]);
  await expect(selected(page)).toHaveCount(3);
});

test('signing out ends a download that is running', async ({ page, context }) => {
  await withoutPicker(page);
  // Answered only when it is too late.
  let asked = (): void => {};
  const waiting = new Promise<void>((resolve) => (asked = resolve));
  await context.route(/-originals/, () => asked());
  await page.keyboard.press('Control+a');
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download').click()]);
  await waiting;
  await page.keyboard.press('Escape');
  page.on('dialog', (dialog) => void dialog.accept());
  await signOut(page);
  expect(await download.failure()).not.toBeNull();
});

test('one selected photo is downloaded as itself', async ({ page }) => {
  await check(tile(page, 'forest.jpg'));
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download').click()]);
  expect(download.suggestedFilename()).toBe('forest.jpg');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('a long press selects, and drawn on it takes along more', async ({ page }) => {
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
      devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points });
    const [first, last] = await Promise.all([
      tile(page, 'harbor.jpg').boundingBox(),
      tile(page, 'beach.jpg').boundingBox(),
    ]);
    if (!first || !last) throw new Error('photos are missing');
    await touch('touchStart', [{ x: first.x + 30, y: first.y + 30 }]);
    await expect(selected(page)).toHaveCount(1);
    await touch('touchMove', [{ x: first.x + 40, y: first.y + 50 }]);
    await touch('touchMove', [{ x: last.x + 20, y: last.y + 20 }]);
    await expect(selected(page)).toHaveCount(3);
    await touch('touchEnd', []);
    await expect(viewer(page)).toHaveCount(0);
    await expect(bar(page)).toContainText('3 selected');
    // A short one takes out.
    await tile(page, 'beach.jpg').tap();
    await expect(bar(page)).toContainText('2 selected');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await button(page, 'Clear selection').tap();
    await expect(selected(page)).toHaveCount(0);
  });
});
