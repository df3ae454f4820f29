// The way out, and what others on the same computer see: nothing.
import {
  accountButton,
  expect,
  remains,
  signOut,
  signInAs,
  signUp,
  someone,
  test,
  thumbnailsShown,
  tile,
  tiles,
  viewer,
  withThreePhotos,
} from './shoebox.ts';

test('somebody else sees an empty library, and not even with an address what is not theirs', async ({
  page,
  files,
  browser,
  baseURL,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'harbor.jpg').click();
  await expect(viewer(page)).toBeVisible();
  const address = new URL(page.url());
  const thumbnail = await page.locator('main .tile img').first().getAttribute('src');

  const elsewhere = await browser.newContext({ baseURL });
  const other = await elsewhere.newPage();
  await signUp(other, someone('Ole Brandt'));
  await expect(other.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();
  await other.goto(address.pathname + address.search);
  await expect(other.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();
  await expect(viewer(other)).toHaveCount(0);
  // A picture's address without its signature is nothing.
  const unsigned = (thumbnail ?? '').replace(/\?.*$/, '');
  expect((await elsewhere.request.get(unsigned)).status()).toBe(403);
  await elsewhere.close();
});

test('signing out leaves nothing of the person in the browser', async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  // From here on it keeps the pictures.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await thumbnailsShown(page, 3);
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const name = (await caches.keys()).find((one) => one.endsWith('-thumb'));
        return name ? (await (await caches.open(name)).keys()).length : 0;
      }),
    )
    .toBe(3);
  expect(await remains(page)).not.toEqual([]);

  await signOut(page);
  await expect.poll(() => remains(page)).toEqual([]);
  await expect(tiles(page)).toHaveCount(0);
  const cookies = await page.context().cookies();
  expect(cookies.filter(({ value }) => /eyJ/.test(value))).toEqual([]);
});

test('after signing out, Back and a reload show nothing', async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await tile(page, 'harbor.jpg').click();
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await signOut(page);
  for (const step of [
    () => page.goBack(),
    () => page.goBack(),
    () => page.goto('/trash'),
    () => page.reload(),
  ]) {
    await step();
    await expect(accountButton(page)).toHaveCount(0);
    await expect(tiles(page)).toHaveCount(0);
  }
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('signing out ends the other tab as well', async ({ page, context, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  const other = await context.newPage();
  await other.goto('/');
  await thumbnailsShown(other, 3);
  await signOut(page);
  await expect(other.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expect(tiles(other)).toHaveCount(0);
  await expect.poll(() => remains(other)).toEqual([]);
});

test('what is done in one tab is seen in the other', async ({ page, context, files }) => {
  await signUp(page);
  const other = await context.newPage();
  await other.goto('/');
  await expect(other.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();
  await withThreePhotos(page, files);
  await thumbnailsShown(other, 3);
});

test('the next person on this computer starts with nothing of the last', async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await signOut(page);
  await signUp(page, someone('Nora Next'));
  await expect(page.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();
  await expect(tiles(page)).toHaveCount(0);
});

test('the same person finds everything again after signing in anew', async ({ page, files }) => {
  const person = someone('Wanda Back');
  await signUp(page, person);
  await withThreePhotos(page, files);
  await signOut(page);
  await signInAs(page, person);
  await thumbnailsShown(page, 3);
});
