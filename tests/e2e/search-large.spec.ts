// Searching ten thousand photos: more than can be looked at one by one, so a worker makes an index of them first.
import { expect } from './shoebox.ts';
import { PHOTOS, test } from './large.ts';

test('ten thousand photos are indexed when somebody searches, and found by town, camera and name', async ({
  ada: page,
}) => {
  const field = page.getByRole('combobox', { name: 'Search your photos' });
  const found = page.locator('.answer .found');
  await field.fill('img');
  await expect(found).toHaveText(`${PHOTOS.toLocaleString('en')} photos`);
  await expect(page.getByRole('progressbar')).toHaveCount(0);

  await field.fill('krakow');
  await expect(page.getByRole('option', { name: /Kraków/ })).toBeVisible();
  const inKrakow = (await found.textContent()) ?? '';
  expect(inKrakow).toMatch(/^[\d,]{3,} photos$/);
  await expect(page.getByRole('option', { name: /Kraków/ })).toContainText(inKrakow.replace(' photos', ''));
  await field.fill('krakwo');
  await expect(page.getByText('Showing results for')).toContainText('krakow');
  await expect(found).toHaveText(inKrakow);

  await field.fill('img_0000123');
  await expect(found).toHaveText('1 photo');
  await expect(page.locator('main .tile')).toHaveCount(1);
  await field.fill('');
  await expect(page.getByRole('heading', { name: 'Years' })).toBeVisible();
  await page.getByRole('button', { name: /^Oslo/ }).click();
  await expect(found).toHaveText(/^[\d,]{3,} photos$/);

  // On a small tablet the field takes what room there is, and squeezes nobody.
  await page.setViewportSize({ width: 620, height: 800 });
  for (const part of [
    page.getByRole('link', { name: 'Shoebox' }),
    page.getByRole('button', { name: 'Upload' }),
  ])
    expect((await part.boundingBox())?.height).toBeLessThan(48);
  expect((await field.boundingBox())?.width).toBeGreaterThan(100);
});
