// A slideshow, from a photo and from the head of a page.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, signUp, test, tile, viewer, withThreePhotos } from './shoebox.ts';

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
