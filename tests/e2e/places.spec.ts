// Places: a map drawn without anybody else's help, the photos on it, and the list beside it.
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
  tiles,
  viewer,
} from './shoebox.ts';

const MUNICH = { latitude: 48.137, longitude: 11.575 };
const OSLO = { latitude: 59.913, longitude: 10.739 };
const FIJI = { latitude: -17.8, longitude: 178 };

const map = (page: Page) => page.getByRole('application', { name: 'Map of your photos' });
const mark = (page: Page, name: string | RegExp) => map(page).getByRole('button', { name });
const inSight = (page: Page) => page.locator('.panel header').getByRole('status');

/** Three photos of one street in Munich, one of Oslo, one without a place; then the page of places. */
async function withPlaces(page: Page, files: (contents: Record<string, Uint8Array>) => Promise<string[]>) {
  await signUp(page);
  await expect(page.getByRole('button', { name: 'Choose photos' })).toBeVisible();
  const near = (n: number) => ({ ...MUNICH, longitude: MUNICH.longitude + n / 500 });
  await drop(
    page,
    await files({
      'market.jpg': await snapshot(31, '2021:06:03 10:00:00', { gps: near(0) }),
      'church.jpg': await snapshot(32, '2021:06:03 11:00:00', { gps: near(1) }),
      'garden.jpg': await snapshot(33, '2021:06:03 12:00:00', { gps: near(2) }),
      'fjord.jpg': await snapshot(34, '2020:02:01 12:00:00', { gps: OSLO }),
      'nowhere.jpg': await snapshot(35, '2020:02:02 12:00:00'),
    }),
  );
  await allSafe(page, 5);
  await closeUploads(page);
  await page.getByRole('link', { name: 'Places' }).click();
  await expect(mark(page, /^3 photos, Munich/)).toBeVisible();
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** How many colors the map shows: one is only sea. */
const colors = (page: Page): Promise<number> =>
  map(page)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      const found = new Set<number>();
      for (let i = 0; i < data.length; i += 4)
        found.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
      return found.size;
    });

test('photos stand where they were taken, and the list beside the map has what is in sight', async ({
  page,
  files,
}) => {
  await withPlaces(page, files);
  await expect(mark(page, /^1 photo, Oslo/)).toBeVisible();
  await expect(inSight(page)).toHaveText('4 photos in sight');
  await expect(page.getByText('1 photo has no place')).toBeVisible();
  await thumbnailsShown(page, 4);
  await expect.poll(() => colors(page)).toBeGreaterThan(2);
  expect(await barriers(page)).toEqual([]);

  // A cluster comes apart, and Back leads out again.
  await mark(page, /^3 photos, Munich/).click();
  await expect(mark(page, /^1 photo, Munich/)).toHaveCount(3);
  await expect(inSight(page)).toHaveText('3 photos in sight');
  await expect(tiles(page)).toHaveCount(3);
  await page.goBack();
  await expect(mark(page, /^3 photos, Munich/)).toBeVisible();
  await expect(inSight(page)).toHaveText('4 photos in sight');

  // A single photo opens; the viewer walks through what is in sight.
  await mark(page, /^1 photo, Oslo/).click();
  await expect(viewer(page)).toHaveAccessibleName('Photo: fjord.jpg');
  await expect(page.locator('.pswp__img[alt="fjord.jpg"]')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(viewer(page)).toHaveAccessibleName('Photo: market.jpg');
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await expect(tile(page, 'market.jpg')).toBeFocused();
});

test('the map is moved and zoomed by keys, buttons, wheel and hand, and the address keeps up', async ({
  page,
  files,
}) => {
  await withPlaces(page, files);
  const at = () => new URL(page.url()).searchParams.get('at')?.split(',').map(Number) ?? [];
  expect(at()).toEqual([]);
  await map(page).focus();
  await page.keyboard.press('+');
  await expect.poll(() => at().length).toBe(3);
  const [south = 0, , nearer = 0] = at();
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => at()[0]).toBeGreaterThan(south);
  await map(page).getByRole('button', { name: 'Zoom out' }).click();
  await expect.poll(() => at()[2]).toBeLessThan(nearer);
  const box = (await map(page).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + 100, box.y + 300);
  const [, west = 0] = at();
  await page.mouse.down();
  await page.mouse.move(box.x + 300, box.y + 300, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => at()[1]).toBeLessThan(west);
  const [, , before = 0] = at();
  await page.mouse.wheel(0, -300);
  await expect.poll(() => at()[2]).toBeGreaterThan(before);

  // A link to it shows the same part, and so does a reload.
  await page.goto('/places?at=59.9,10.7,9');
  await expect(mark(page, /^1 photo, Oslo/)).toBeVisible();
  await expect(inSight(page)).toHaveText('1 photo in sight');
  await expect(tiles(page)).toHaveCount(1);
  // Nothing is in the South Pacific, and a made-up address shows all there is.
  await page.goto('/places?at=-40,-120,6');
  await expect(inSight(page)).toHaveText('No photos in this part of the map');
  await page.goto('/places?at=over,the,rainbow');
  await expect(inSight(page)).toHaveText('4 photos in sight');
});

test('photos of one spot are listed, for no zoom takes them apart', async ({ page, files }) => {
  await signUp(page);
  await expect(page.getByRole('button', { name: 'Choose photos' })).toBeVisible();
  await drop(
    page,
    await files({
      'one.jpg': await snapshot(41, '2021:06:03 10:00:00', { gps: FIJI }),
      'two.jpg': await snapshot(42, '2021:06:03 11:00:00', { gps: FIJI }),
      'far.jpg': await snapshot(43, '2021:06:03 12:00:00', { gps: { latitude: -14, longitude: -172 } }),
    }),
  );
  await allSafe(page, 3);
  await closeUploads(page);
  // In a phone's bar there is no room for it.
  await page.getByRole('link', { name: 'Places' }).click();
  await page.setViewportSize({ width: 360, height: 740 });
  // The date line lies between them, and they are beside each other all the same.
  await expect(inSight(page)).toHaveText('3 photos in sight');
  await mark(page, /^2 photos/).click();
  await expect(inSight(page)).toHaveText(/^2 photos/);
  await thumbnailsShown(page, 2);
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'All in sight' }).click();
  await expect(inSight(page)).toHaveText('3 photos in sight');
});

test('a library without places says so, and the map works offline', async ({ page, context, files }) => {
  await signUp(page);
  await page.getByRole('link', { name: 'Places' }).click();
  await expect(page.getByRole('heading', { name: 'No photos with a place, yet.' })).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Choose photos' })).toBeVisible();
  await drop(page, await files({ 'fjord.jpg': await snapshot(51, '2020:02:01 12:00:00', { gps: OSLO }) }));
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Places' }).click();
  await expect(mark(page, /^1 photo, Oslo/).locator('img.shown')).toBeVisible();
  await expect.poll(() => colors(page)).toBeGreaterThan(2);
});
