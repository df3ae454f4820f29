// A grid of ten thousand photos: any date in reach, photos large or small, and whatever happens one stays where one was.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { signIn } from '../bench/visit.ts';
import { test } from './large.ts';
import { expect, tiles } from './shoebox.ts';

const rail = (page: Page) => page.getByRole('slider', { name: 'Date' });
const tileOf = (page: Page, photoId: string) => page.locator(`.tile[data-photo="${photoId}"]`);

/** Every picture asked for from here on; `failed` are those that were called off. */
function pictures(page: Page): { asked: string[]; failed: string[] } {
  const seen = { asked: [] as string[], failed: [] as string[] };
  const isPicture = (url: string) => url.includes('/renditions/');
  page.on('request', (request) => isPicture(request.url()) && seen.asked.push(request.url()));
  page.on('requestfailed', (request) => isPicture(request.url()) && seen.failed.push(request.url()));
  return seen;
}

async function middleOf(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('It is not on the screen.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A photo near the middle of the screen. */
const central = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const away = (tile: HTMLElement) => {
      const { left, top, width, height } = tile.getBoundingClientRect();
      return Math.hypot(left + width / 2 - innerWidth / 2, top + height / 2 - innerHeight / 2);
    };
    const all = [...document.querySelectorAll<HTMLElement>('.tile')].toSorted((a, b) => away(a) - away(b));
    return all[0]?.dataset['photo'] ?? '';
  });

/** The first photo that is whole below the bars, and where it is. */
const firstWhole = (page: Page): Promise<{ photoId: string; top: number }> =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>('.tile')]
      .map((tile) => ({ photoId: tile.dataset['photo'] ?? '', top: tile.getBoundingClientRect().top }))
      .filter(({ top }) => top >= 64)
      .toSorted((a, b) => a.top - b.top);
    const first = all[0];
    if (!first) throw new Error('There is no photo.');
    return first;
  });

/** All on the screen have their pictures: nothing moves any more. */
async function calm(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const seen = [...document.querySelectorAll('.grid > .tile, .grid > .box')].filter((one) => {
          const { top, bottom } = one.getBoundingClientRect();
          return bottom > 64 && top < innerHeight;
        });
        return seen.length > 0 && seen.every((one) => one.querySelector('img.shown'));
      }),
    )
    .toBe(true);
}

test('the rail is dragged to any date; pictures are asked for only where one lets go', async ({
  ada: page,
}) => {
  await calm(page);
  await expect(rail(page)).toHaveAttribute('aria-valuetext', 'December 2025');
  const from = await middleOf(rail(page));
  const seen = pictures(page);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let step = 1; step <= 20; step++) await page.mouse.move(from.x, from.y + 15 * step);
  await expect(rail(page)).not.toHaveAttribute('aria-valuetext', 'December 2025');
  const month = (await rail(page).getAttribute('aria-valuetext')) ?? '';
  await expect(page.locator('.rail .label')).toHaveText(month);
  // Held still, boxes get the colors of their photos; their pictures wait.
  await expect(tiles(page).first()).toHaveAttribute('style', /background-image/);
  expect(seen.asked).toEqual([]);
  await page.mouse.up();
  await calm(page);
  expect(seen.asked.length).toBeGreaterThan(10);
  await expect(rail(page)).toHaveAttribute('aria-valuetext', month);
});

test('the rail is steered by keyboard, month by month, year by year, to both ends', async ({ ada: page }) => {
  await expect(rail(page)).toHaveAttribute('aria-valuetext', 'December 2025');
  await rail(page).focus();
  const leads = async (key: string, to: string) => {
    await page.keyboard.press(key);
    await expect(rail(page)).toHaveAttribute('aria-valuetext', to);
  };
  await leads('ArrowDown', 'November 2025');
  await leads('PageDown', 'November 2024');
  await leads('ArrowUp', 'December 2024');
  await leads('PageUp', 'December 2025');
  await leads('ArrowUp', 'December 2025');
  await page.keyboard.press('End');
  const last = Number(await rail(page).getAttribute('aria-valuemax'));
  await expect(rail(page)).toHaveAttribute('aria-valuenow', String(last));
  // The last months are all on one screen, and still one after the other.
  await page.keyboard.press('ArrowUp');
  await expect(rail(page)).toHaveAttribute('aria-valuenow', String(last - 1));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(rail(page)).toHaveAttribute('aria-valuenow', String(last));
  await leads('Home', 'December 2025');
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

test('“g” asks for a date, and the nearest day with photos has the focus then', async ({ ada: page }) => {
  await page.keyboard.press('g');
  const dialog = page.getByRole('dialog', { name: 'Go to date' });
  await dialog.getByLabel('Go to date').fill('2014-06-15');
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.locator('.tile:focus')).toHaveAttribute('aria-label', /, Jun 1\d, 2014,/);
  await expect(page.locator('.tile:focus')).toBeInViewport({ ratio: 0.99 });
  await expect(rail(page)).toHaveAttribute('aria-valuetext', 'June 2014');

  // Called off, it leads nowhere.
  await page.keyboard.press('g');
  await dialog.getByLabel('Go to date').fill('2020-01-01');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(page.locator('.tile:focus')).toHaveAttribute('aria-label', /2014/);
});

test('photos become larger and smaller around what one looks at, and stay so on this device', async ({
  ada: page,
}) => {
  await rail(page).focus();
  for (let years = 0; years < 5; years++) await page.keyboard.press('PageDown');
  await calm(page);
  const height = () =>
    tiles(page)
      .nth(3)
      .evaluate((tile) => tile.clientHeight);
  const usual = await height();

  /** How far the photo is from where it was, px; as long as it is there, nothing. */
  const away = async (photoId: string, y: number) => {
    const box = await tileOf(page, photoId).boundingBox();
    return box ? Math.max(0, box.y - y, y - box.y - box.height) : Infinity;
  };

  // By the wheel, around the pointer.
  let photoId = await central(page);
  const point = await middleOf(tileOf(page, photoId));
  await page.mouse.move(point.x, point.y);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -120);
  await page.keyboard.up('Control');
  await expect.poll(height).toBeGreaterThan(usual * 1.2);
  await expect.poll(() => away(photoId, point.y)).toBe(0);
  await calm(page);

  // By keys, around the middle of the screen, down to the smallest and no further.
  photoId = await central(page);
  const smaller = page.getByRole('button', { name: 'Smaller photos' });
  for (let step = 0; step < 5; step++) await page.keyboard.press('-');
  await expect(smaller).toHaveAttribute('aria-disabled', 'true');
  await expect.poll(height).toBeLessThan(usual * 0.7);
  await expect.poll(() => away(photoId, 400)).toBeLessThan(60);
  // Months only: there is no room for days.
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(0);

  await page.reload();
  await expect(smaller).toHaveAttribute('aria-disabled', 'true');
  expect(await height()).toBeLessThan(usual * 0.7);
});

test('the wheel zooms the page everywhere but over photos', async ({ ada: page }) => {
  await calm(page);
  await page.evaluate(() => {
    Object.assign(globalThis, { kept: [] });
    addEventListener('wheel', (event) =>
      (globalThis as unknown as { kept: boolean[] }).kept.push(event.defaultPrevented),
    );
  });
  const kept = () => page.evaluate(() => (globalThis as unknown as { kept: boolean[] }).kept);
  await page.keyboard.down('Control');
  await page.mouse.move(700, 400);
  await page.mouse.wheel(0, 120);
  await expect.poll(kept).toEqual([true]);
  await page.mouse.move(40, 600);
  await page.mouse.wheel(0, 120);
  await expect.poll(kept).toEqual([true, false]);
  await page.keyboard.up('Control');
  // Without Ctrl it scrolls, as ever.
  await page.mouse.move(700, 400);
  await page.mouse.wheel(0, 120);
  await expect.poll(kept).toEqual([true, false, false]);
});

test.describe('with fingers', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('a pinch makes photos smaller, the rail’s thumb is as large as a finger', async ({ ada: page }) => {
    await calm(page);
    const height = () =>
      tiles(page)
        .nth(3)
        .evaluate((tile) => tile.clientHeight);
    const usual = await height();
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart?: number) =>
      devtools.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          apart === undefined
            ? []
            : [
                { x: 180 - apart / 2, y: 400, id: 0 },
                { x: 180 + apart / 2, y: 400, id: 1 },
              ],
      });
    await touch('touchStart', 240);
    for (const apart of [220, 200, 180, 170]) await touch('touchMove', apart);
    await touch('touchEnd');
    await expect.poll(height).toBeLessThan(usual * 0.8);
    // The page itself was not zoomed.
    expect(await page.evaluate(() => visualViewport?.scale)).toBe(1);

    const size = await rail(page).boundingBox();
    expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
    // Out of sight it takes nothing from the photos below it.
    await expect(page.locator('.rail')).not.toHaveClass(/\bon\b/);
    const hidden = await middleOf(rail(page));
    const taken = await page.evaluate(
      ({ x, y }) => Boolean(document.elementFromPoint(x, y)?.closest('.rail')),
      hidden,
    );
    expect(taken).toBe(false);
  });
});

test('what one looks at stays in its place when the window changes', async ({ ada: page }) => {
  await rail(page).focus();
  for (let years = 0; years < 8; years++) await page.keyboard.press('PageDown');
  await calm(page);
  const { photoId, top } = await firstWhole(page);
  for (const [width, height] of [
    [800, 1200],
    [1600, 700],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect
      .poll(async () => Math.abs(((await tileOf(page, photoId).boundingBox())?.y ?? Infinity) - top))
      .toBeLessThan(140);
  }
});

test('from the viewer and from another page one comes back to where one was', async ({ ada: page }) => {
  await rail(page).focus();
  for (let years = 0; years < 8; years++) await page.keyboard.press('PageDown');
  await calm(page);
  const { photoId, top } = await firstWhole(page);
  const back = async () => {
    const box = await tileOf(page, photoId).boundingBox();
    return box === null ? Infinity : Math.abs(box.y - top);
  };
  await page.getByRole('link', { name: 'Trash' }).click();
  await expect(page.getByRole('heading', { name: 'The trash is empty.' })).toBeVisible();
  await page.goBack();
  await expect.poll(back).toBeLessThan(3);

  await tileOf(page, photoId).click();
  await expect(page.getByRole('dialog', { name: /^Photo/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(tileOf(page, photoId)).toBeFocused();
  expect(await back()).toBeLessThan(3);

  // The focus survives that its photo leaves the screen, and keys lead on from there.
  await page.mouse.move(700, 400);
  await page.evaluate(() => scrollTo(0, 0));
  await calm(page);
  await expect(tileOf(page, photoId)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.tile:focus')).toBeInViewport();
  await expect(page.locator('.tile:focus')).not.toHaveAttribute('data-photo', photoId);
});

test.describe('where nothing keeps pictures', () => {
  test.use({ serviceWorkers: 'block' });

  test('pictures still on their way are called off when their photos have left the screen', async ({
    page,
  }) => {
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await page.route('**/renditions/**', async (route) => {
      await held;
      // Those called off cannot be answered any more.
      await route.continue().catch(() => {});
    });
    const seen = pictures(page);
    await signIn(page);
    await expect(tiles(page).first()).toBeVisible();
    await expect.poll(() => seen.asked.length).toBeGreaterThan(20);
    await rail(page).focus();
    const before = [...seen.asked];
    await page.keyboard.press('End');
    await expect.poll(() => before.every((url) => seen.failed.includes(url))).toBe(true);
    go();
    await calm(page);
    expect(seen.failed.toSorted()).toEqual(before.toSorted());
  });
});

test('a screen reader finds a grid, with rows, headings and photos by name', async ({ ada: page }) => {
  await calm(page);
  const grid = page.getByRole('grid', { name: 'Photos by date' });
  expect(Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(1000);
  const row = grid.getByRole('row').first();
  await expect(row).toHaveAttribute('aria-rowindex', '1');
  const owned = ((await row.getAttribute('aria-owns')) ?? '').split(' ');
  const roles = await page.evaluate(
    (ids) => ids.map((id) => document.getElementById(id)?.getAttribute('role')),
    owned,
  );
  expect(roles.slice(0, 3)).toEqual(['rowheader', 'rowheader', 'gridcell']);
  expect(new Set(roles.slice(2))).toEqual(new Set(['gridcell']));
  await expect(page.getByRole('heading', { level: 2, name: 'December 2025' })).toBeVisible();
  await expect(tiles(page).first()).toHaveAccessibleName(/^Photo, \S+, Dec 31, 2025, /);

  // One stop for the Tab key, however many photos there are.
  await expect(page.locator('.tile[tabindex="0"]')).toHaveCount(1);
  await page.locator('.tile[tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.tile[tabindex="0"]')).toBeFocused();
  await expect(page.locator('.tile[tabindex="0"]')).toHaveCount(1);

  await page.mouse.wheel(0, 900);
  await calm(page);
  await expect(page.locator('.rail.on')).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
});

test.describe('on a very large screen', () => {
  test.use({ viewport: { width: 2560, height: 1440 } });

  test('the document stays small, however small photos are', async ({ ada: page }) => {
    await rail(page).focus();
    const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
    for (const key of ['PageDown', '+', '-', '-', '-', 'PageDown']) {
      await page.keyboard.press(key);
      await calm(page);
      expect(await elements(), `after ${key}`).toBeLessThan(380);
    }
  });
});

for (const media of [{ contrast: 'more' }, { forcedColors: 'active' }] as const) {
  test(`the rail, the month and the focus are seen with ${Object.keys(media)[0]}`, async ({ ada: page }) => {
    await page.emulateMedia(media);
    await rail(page).focus();
    await page.keyboard.press('PageDown');
    await calm(page);
    const barriers = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
    };
    await expect(page.locator('.rail')).toHaveCSS('opacity', '1');
    expect(await barriers()).toEqual([]);
    await page.locator('.tile[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    const focused = page.locator('.tile:focus-visible');
    await expect(focused).toHaveCSS('outline-style', 'solid');
    await expect(focused).toHaveCSS('outline-width', '3px');
    // Half gone it is no contrast to anything, and soon gone.
    await expect(page.locator('.rail')).toHaveCSS('opacity', '0');
    expect(await barriers()).toEqual([]);
  });
}

test.describe('at 200 % zoom', () => {
  // As large as everything is then, half as much of it has room.
  test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });

  test('nothing is cut off, and the tools are in reach', async ({ ada: page }) => {
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
    for (const name of ['Go to date', 'Smaller photos', 'Larger photos']) {
      await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 0.99 });
    }
    await page.keyboard.press('g');
    const dialog = page.getByRole('dialog', { name: 'Go to date' });
    await expect(dialog.getByRole('button', { name: 'Go', exact: true })).toBeInViewport({ ratio: 0.99 });
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await rail(page).focus();
    await page.keyboard.press('PageDown');
    await expect(rail(page)).toHaveAttribute('aria-valuetext', 'December 2024');
  });
});
