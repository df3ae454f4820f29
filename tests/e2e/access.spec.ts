// For everybody, on every screen: by keyboard, with a screen reader, in light and dark, on a phone.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  accountButton,
  allSafe,
  drop,
  expect,
  signUp,
  snapshot,
  someone,
  test,
  tile,
  tiles,
  uploadCard,
  viewer,
  withThreePhotos,
} from './shoebox.ts';

/** What axe finds serious or worse, as `rule: element`. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colors`, () => {
    // Still pictures: a color half way through a transition is nobody's choice.
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('no screen puts up a barrier that axe knows of', async ({ page, files }) => {
      await page.goto('/');
      await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
      expect.soft(await barriers(page), 'welcome').toEqual([]);

      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByText('Someone new')).toBeVisible();
      expect.soft(await barriers(page), 'account chooser').toEqual([]);

      await signUp(page);
      await expect(page.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();
      expect.soft(await barriers(page), 'empty').toEqual([]);
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      expect.soft(await barriers(page), 'upload menu').toEqual([]);
      await page.keyboard.press('Escape');

      await withThreePhotos(page, files);
      expect.soft(await barriers(page), 'timeline').toEqual([]);
      await accountButton(page).click();
      expect.soft(await barriers(page), 'account menu').toEqual([]);
      await page.keyboard.press('Escape');

      await tile(page, 'forest.jpg').click();
      await expect(page.locator('.pswp__img[alt="forest.jpg"]')).toBeVisible();
      await viewer(page).getByRole('button', { name: 'Information' }).click();
      expect.soft(await barriers(page), 'viewer').toEqual([]);
    });
  });
}

test('from sign-in to an opened photo by keyboard alone', async ({ page, files }) => {
  const person = someone('Kay Board');
  const reach = async (name: string | RegExp, role: 'button' | 'textbox' | 'gridcell' = 'button') => {
    const target = page.getByRole(role, { name });
    await expect(target.first()).toBeVisible();
    for (let steps = 0; steps < 30; steps++) {
      if (await target.first().evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${name}.`);
  };
  await page.goto('/');
  await reach('Sign in');
  await page.keyboard.press('Enter');

  await expect(page.getByText('Someone new')).toBeVisible();
  for (let steps = 0; steps < 10; steps++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.tagName === 'SUMMARY')) break;
  }
  await page.keyboard.press('Enter');
  await reach('Name', 'textbox');
  await page.keyboard.type(person.name);
  await reach('E-mail', 'textbox');
  await page.keyboard.type(person.email);
  await page.keyboard.press('Enter');

  await expect(page.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();
  const chooser = page.waitForEvent('filechooser');
  await reach('Choose photos');
  await page.keyboard.press('Enter');
  await (
    await chooser
  ).setFiles(
    await files({
      'older.jpg': await snapshot(1, '2021:06:03 18:20:00'),
      'newer.jpg': await snapshot(2, '2021:07:03 18:20:00'),
    }),
  );
  await allSafe(page, 2);

  await page.reload();
  await expect(tiles(page)).toHaveCount(2);
  // The first Tab offers the way past the navigation.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to photos' })).toBeFocused();
  await page.keyboard.press('Enter');
  await reach(/^newer\.jpg/, 'gridcell');
  await page.keyboard.press('ArrowRight');
  await expect(tile(page, 'older.jpg')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Photo: older.jpg' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tile(page, 'older.jpg')).toBeFocused();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('navigation, uploads and the viewer are in reach', async ({ page, files }) => {
    await signUp(page);
    const fits = () =>
      page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
    expect(await fits()).toBe(true);

    await page.getByRole('button', { name: 'Upload', exact: true }).tap();
    const choices = page.getByRole('button', { name: /^(?:Photos …|A folder …)$/ });
    await expect(choices).toHaveCount(2);
    for (const choice of await choices.all()) await expect(choice).toBeInViewport({ ratio: 1 });
    const chooser = page.waitForEvent('filechooser');
    await choices.first().tap();
    await (
      await chooser
    ).setFiles(
      await files({
        'one.jpg': await snapshot(1, '2021:06:03 18:20:00'),
        'two.jpg': await snapshot(2, '2021:06:04 18:20:00', { width: 320, height: 480 }),
      }),
    );
    await allSafe(page, 2);
    await expect(uploadCard(page)).toBeInViewport({ ratio: 1 });
    await uploadCard(page).getByRole('button', { name: 'Close' }).tap();
    expect(await fits()).toBe(true);

    const navigation = page.getByRole('navigation', { name: 'Library' });
    for (const name of ['Photos', 'Albums']) {
      const link = navigation.getByRole('link', { name });
      await expect(link).toBeInViewport({ ratio: 1 });
      const box = await link.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
    await navigation.getByRole('link', { name: 'Albums' }).tap();
    await expect(page.getByRole('heading', { name: 'No albums yet.' })).toBeVisible();
    await navigation.getByRole('link', { name: 'Photos' }).tap();
    await tile(page, 'one.jpg').tap();
    await expect(page.getByRole('dialog', { name: 'Photo: one.jpg' })).toBeVisible();
    for (const name of ['Close', 'Add to favorites', 'Download original', 'Information', 'Move to trash']) {
      await expect(viewer(page).getByRole('button', { name }).first()).toBeInViewport({ ratio: 1 });
    }
    await page.goBack();
    await expect(viewer(page)).toHaveCount(0);
  });
});

test('many photos are only in the document where one looks', async ({ page, files }) => {
  await signUp(page);
  const contents: Record<string, Buffer> = {};
  for (let index = 0; index < 60; index++) {
    const month = String(1 + (index % 12)).padStart(2, '0');
    const photo = await snapshot(index + 1, `2020:${month}:${10 + (index % 18)} 10:00:00`, {
      width: 96,
      height: 64,
    });
    contents[`many-${index}.jpg`] = photo;
  }
  await drop(page, await files(contents));
  await allSafe(page, 60);
  await uploadCard(page).getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('heading', { name: 'December 2020' })).toBeVisible();
  expect(await tiles(page).count()).toBeLessThan(60);
  await page.mouse.move(600, 500);
  await page.keyboard.press('End');
  await expect(page.getByRole('heading', { name: 'January 2020' })).toBeInViewport();
  await expect(page.locator('main .tile img.shown').last()).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(page.getByRole('heading', { name: 'December 2020' })).toBeInViewport();
});
