// Searching: by words, filters and slips of the finger, from the top bar and on a phone, with what this device remembers of it.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  accountButton,
  allSafe,
  closeUploads,
  drop,
  expect,
  leave,
  remains,
  signUp,
  snapshot,
  someone,
  test,
  thumbnailsShown,
  tile,
  tiles,
  viewer,
} from './shoebox.ts';

const IPHONE = { Make: 'Apple', Model: 'iPhone 7' };
const KRAKOW = { latitude: 50.0614, longitude: 19.9372 };

const library = async (): Promise<Record<string, Buffer>> => ({
  'beach.jpg': await snapshot(1, '2019:06:03 18:20:00', {
    tags: { ...IPHONE, ImageDescription: 'Waves and seagulls' },
  }),
  'castle.jpg': await snapshot(2, '2019:07:14 09:00:00', { tags: IPHONE, gps: KRAKOW }),
  'forest.jpg': await snapshot(3, '2021:07:15 12:30:00', { gps: KRAKOW }),
  'harbor.jpg': await snapshot(4, '2021:12:24 12:30:00'),
});

type Files = (contents: Readonly<Record<string, Uint8Array>>) => Promise<string[]>;

async function withPhotos(page: Page, files: Files): Promise<void> {
  await drop(page, await files(await library()));
  await allSafe(page, 4);
  await closeUploads(page);
  await thumbnailsShown(page, 4);
}

const field = (page: Page) => page.getByRole('combobox', { name: 'Search your photos' });
const options = (page: Page) => page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');

/** The photos that are shown, in any order. */
const shown = (page: Page, names: readonly string[]) =>
  expect(async () => {
    const labels = await tiles(page).evaluateAll((all) =>
      all.map((one) => one.getAttribute('aria-label') ?? ''),
    );
    expect(labels.map((label) => label.split(/[ ,]/)[0]).toSorted()).toEqual(names);
  }).toPass();

/** Opens a photo and waits for its picture: until then the viewer does not hear all keys. */
async function openPhoto(page: Page, name: string): Promise<void> {
  await tile(page, name).click();
  await pictureShown(page, name);
}

async function pictureShown(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('dialog', { name: `Photo: ${name}` })).toBeVisible();
  const picture = page.locator(`.pswp__img[alt="${name}"]`);
  await expect(picture).toBeVisible();
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

test('words are typed into the top bar; the address has them, reload and Back keep them', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withPhotos(page, files);
  await page.keyboard.press('/');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('seag');
  await shown(page, ['beach.jpg']);
  await expect(page).toHaveURL(/\/search\?q=seag$/);
  await expect(page.getByRole('status').filter({ hasText: '1 photo' })).toHaveText('1 photo');
  await page.reload();
  await shown(page, ['beach.jpg']);
  await expect(field(page)).toHaveValue('seag');

  await field(page).fill('krakow -castle');
  await shown(page, ['forest.jpg']);
  await field(page).fill('from:2019-07 to:2021-07');
  await shown(page, ['castle.jpg', 'forest.jpg']);
  await page.getByRole('button', { name: 'Remove to: 2021-07' }).click();
  await shown(page, ['castle.jpg', 'forest.jpg', 'harbor.jpg']);
  await expect(field(page)).toHaveValue('from:2019-07');

  // However much was typed, it was one step.
  await expect(page).toHaveURL(/q=from%3A2019-07$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
  await shown(page, ['beach.jpg', 'castle.jpg', 'forest.jpg', 'harbor.jpg']);
  await page.goForward();
  await expect(field(page)).toHaveValue('from:2019-07');
  await shown(page, ['castle.jpg', 'forest.jpg', 'harbor.jpg']);
});

test('a slip is forgiven and said, what is no filter is said and left out, and nothing found is no dead end', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withPhotos(page, files);
  await field(page).fill('haebor');
  await field(page).press('Escape');
  await shown(page, ['harbor.jpg']);
  await expect(page.getByText('Showing results for')).toBeVisible();
  await page.getByRole('button', { name: 'harbor', exact: true }).click();
  await expect(field(page)).toHaveValue('harbor');
  await expect(page.getByText('Showing results for')).toHaveCount(0);

  await field(page).fill('castle color:red on:2019-02-30');
  await shown(page, ['castle.jpg']);
  await expect(page.getByText('“color:red” is not a filter')).toBeVisible();
  await expect(page.getByText('“on:2019-02-30” has no date that exists')).toBeVisible();

  await field(page).fill('volcano');
  await field(page).press('Escape');
  await expect(page.getByRole('heading', { name: 'Nothing found for “volcano”.' })).toBeVisible();
  await page.getByRole('button', { name: 'Search anew' }).click();
  await expect(field(page)).toHaveValue('');
  await expect(page.getByRole('heading', { name: 'Cameras' })).toBeVisible();
});

test('suggestions come from one’s own library, and are walked by the keyboard', async ({ page, files }) => {
  await signUp(page);
  await withPhotos(page, files);
  await field(page).fill('app');
  await expect(options(page)).toHaveText([/Apple iPhone 7.*Camera.*2/]);
  await expect(field(page)).toHaveAttribute('aria-expanded', 'true');
  await field(page).press('ArrowDown');
  await expect(options(page).first()).toHaveAttribute('aria-selected', 'true');
  const active = (await field(page).getAttribute('aria-activedescendant')) ?? '';
  await expect(options(page).first()).toHaveAttribute('id', active);
  expect(await barriers(page)).toEqual([]);
  await field(page).press('Enter');
  await expect(field(page)).toHaveValue('camera:"Apple iPhone 7" ');
  await expect(options(page)).toHaveCount(0);
  await shown(page, ['beach.jpg', 'castle.jpg']);
  await field(page).pressSequentially('ca');
  await shown(page, ['castle.jpg']);
  await expect(options(page)).toHaveCount(0);
  await field(page).fill('kra');
  await expect(options(page)).toHaveText([/Krak.w.*Place.*2/]);
  await field(page).press('Escape');
  await expect(options(page)).toHaveCount(0);
  await expect(field(page)).toBeFocused();
});

test('what is in the trash is found only by who asks for it, and the viewer walks through what was found', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withPhotos(page, files);
  await field(page).fill('july');
  await shown(page, ['castle.jpg', 'forest.jpg']);
  await field(page).press('Enter');
  await openPhoto(page, 'forest.jpg');
  await expect(page).toHaveURL(/q=july&photo=/);
  await page.keyboard.press('ArrowRight');
  await pictureShown(page, 'castle.jpg');
  await page.keyboard.press('#');
  await expect(page.getByText('Moved to trash.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await shown(page, ['forest.jpg']);
  await expect(field(page)).toHaveValue('july');
  await field(page).fill('july is:trashed');
  await shown(page, ['castle.jpg']);
});

test('searches of before are offered again, can be forgotten, and are gone when one signs out', async ({
  page,
  files,
}) => {
  const person = someone('Rea Recent');
  await signUp(page, person);
  await withPhotos(page, files);
  for (const text of ['castle', 'harbor']) {
    await field(page).fill(text);
    await shown(page, [`${text}.jpg`]);
    await field(page).press('Enter');
  }
  await page.getByRole('link', { name: 'Photos', exact: true }).click();
  await field(page).click();
  await expect(options(page)).toHaveText([/harbor/, /castle/]);
  await field(page).press('ArrowDown');
  await field(page).press('Delete');
  await expect(options(page)).toHaveText([/castle/]);
  await field(page).press('Enter');
  await shown(page, ['castle.jpg']);

  await page.getByRole('link', { name: 'Search', exact: true }).click();
  await page.getByRole('button', { name: 'Forget “castle”' }).click();
  await expect(page.getByRole('button', { name: 'castle' })).toHaveCount(0);
  await field(page).fill('harbor');
  await field(page).press('Enter');
  expect((await remains(page)).filter((name) => name.includes('searches'))).toHaveLength(1);
  await accountButton(page).click();
  await leave(page);
  await expect.poll(() => remains(page)).toEqual([]);
});

test('search works without a connection, and a change made meanwhile is found at once', async ({
  page,
  context,
  files,
}) => {
  await signUp(page);
  await withPhotos(page, files);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await thumbnailsShown(page, 4);
  await context.setOffline(true);
  await field(page).fill('is:favorite');
  await expect(page.getByRole('heading', { name: 'Nothing found for “is:favorite”.' })).toBeVisible();
  await field(page).fill('castle');
  await field(page).press('Enter');
  await tile(page, 'castle.jpg').click();
  await viewer(page).getByRole('button', { name: 'Add to favorites' }).click();
  await expect(viewer(page).getByRole('button', { name: 'Remove from favorites' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await field(page).fill('is:favorite');
  await shown(page, ['castle.jpg']);
  await context.setOffline(false);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the field is on the search page, and nothing puts up a barrier (${colorScheme})`, async ({
      page,
      files,
    }) => {
      await page.emulateMedia({ colorScheme });
      await signUp(page);
      await withPhotos(page, files);
      await expect(field(page)).toHaveCount(0);
      await page.getByRole('link', { name: 'Search', exact: true }).click();
      await expect(page.getByRole('button', { name: /Apple iPhone 7/ })).toBeVisible();
      expect(await barriers(page)).toEqual([]);
      await field(page).fill('kra');
      await expect(options(page).first()).toBeVisible();
      await options(page).first().tap();
      await shown(page, ['castle.jpg', 'forest.jpg']);
      expect(await barriers(page)).toEqual([]);
      await page.goBack();
      await thumbnailsShown(page, 4);
    });
  }
});
