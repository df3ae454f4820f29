// A slideshow, from a photo and from the head of a page.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUp,
  snapshot,
  test,
  thumbnailsShown,
  tile,
  viewer,
  withThreePhotos,
} from './shoebox.ts';

const slideshow = (page: Page) => page.getByRole('dialog', { name: 'Slideshow' });
const picture = (page: Page, name: string) => slideshow(page).getByRole('img', { name, exact: true });

test('begins with the photo one looks at, goes on by itself, and ends where it was', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'harbor.jpg').click();
  await expect(page.locator('.pswp__img[alt="harbor.jpg"]')).toBeVisible();
  await page.keyboard.press('s');
  await expect(picture(page, 'harbor.jpg')).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('.slideshow').analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
  await page.keyboard.press(' ');
  await expect(slideshow(page).getByRole('button', { name: 'Play' })).toBeVisible();
  for (const [key, name] of [
    ['ArrowRight', 'forest.jpg'],
    ['ArrowRight', 'beach.jpg'],
    ['ArrowLeft', 'forest.jpg'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(picture(page, name)).toBeVisible();
    // The one before has faded out.
    await expect(slideshow(page).getByRole('img')).toHaveCount(1);
  }
  await slideshow(page).getByRole('button', { name: '3 s' }).click();
  await slideshow(page).getByRole('button', { name: 'Play' }).click();
  await expect(picture(page, 'beach.jpg')).toBeVisible();
  // That is the last one: there it stays.
  await expect(slideshow(page).getByRole('button', { name: 'Play' })).toBeVisible();
  await slideshow(page).getByRole('button', { name: 'End slideshow' }).click();
  await expect(slideshow(page)).toHaveCount(0);
  await expect(viewer(page)).toHaveAccessibleName('Photo: beach.jpg');
});

test('begins from the head of a page, pauses, and Escape ends it but not the viewer', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await page.getByRole('link', { name: 'Recent' }).click();
  await page.getByRole('button', { name: 'Slideshow' }).click();
  await expect(slideshow(page).getByRole('img')).toHaveCount(1);
  await slideshow(page).getByRole('button', { name: 'Pause' }).click();
  await expect(slideshow(page).getByRole('button', { name: 'Play' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(slideshow(page)).toHaveCount(0);
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
});

/** How many wake locks are held, by a screen that has none of its own. */
const awake = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { awake: number }).awake);
const withScreen = (page: Page) =>
  page.addInitScript(() => {
    const screen = globalThis as unknown as { awake: number };
    screen.awake = 0;
    const request = async (): Promise<{ release: () => Promise<void> }> => {
      screen.awake += 1;
      return { release: async () => void (screen.awake -= 1) };
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  });

test('begins from the timeline, and keeps the screen on while it plays and no longer', async ({
  page,
  files,
}) => {
  await withScreen(page);
  await signUp(page);
  await withThreePhotos(page, files);
  await page.getByRole('button', { name: 'Slideshow' }).click();
  await expect(picture(page, 'harbor.jpg')).toBeVisible();
  await expect.poll(() => awake(page)).toBe(1);
  await page.keyboard.press(' ');
  await expect(slideshow(page).getByRole('button', { name: 'Play' })).toBeVisible();
  await expect.poll(() => awake(page)).toBe(0);
  await page.keyboard.press(' ');
  await expect.poll(() => awake(page)).toBe(1);
  await page.keyboard.press('Escape');
  await expect(slideshow(page)).toHaveCount(0);
  await expect.poll(() => awake(page)).toBe(0);
});

test('shows the photos of a place, those in sight on the map', async ({ page, files }) => {
  await signUp(page);
  await expect(page.getByRole('button', { name: 'Choose photos' })).toBeVisible();
  const munich = { latitude: 48.137, longitude: 11.575 };
  await drop(
    page,
    await files({
      'market.jpg': await snapshot(31, '2021:06:03 10:00:00', { gps: munich }),
      'nowhere.jpg': await snapshot(35, '2021:07:02 12:00:00'),
    }),
  );
  await allSafe(page, 2);
  await closeUploads(page);
  await page.getByRole('link', { name: 'Places' }).click();
  await page.getByRole('button', { name: 'Slideshow' }).click();
  await expect(picture(page, 'market.jpg')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  // There is no other.
  await expect(slideshow(page).getByRole('button', { name: 'Play' })).toBeVisible();
  await expect(picture(page, 'market.jpg')).toBeVisible();
});

test('goes on without a connection, with what this device has kept', async ({ page, context, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await thumbnailsShown(page, 3);
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Slideshow' }).click();
  // Small ones are better than none.
  await expect(picture(page, 'harbor.jpg')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(picture(page, 'forest.jpg')).toBeVisible();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('everything is within reach of a thumb', async ({ page, files }) => {
    await signUp(page);
    await withThreePhotos(page, files);
    await closeUploads(page);
    await page.getByRole('button', { name: 'Slideshow' }).tap();
    await expect(picture(page, 'harbor.jpg')).toBeVisible();
    await slideshow(page).getByRole('button', { name: 'Pause' }).tap();
    for (const control of await slideshow(page).getByRole('button').all()) {
      const box = await control.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
      expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= 360).toBe(true);
    }
    const { violations } = await new AxeBuilder({ page }).include('.slideshow').analyze();
    expect(violations).toEqual([]);
  });
});
