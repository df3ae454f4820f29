// Albums: made, filled and put in order, on one device and on two, with and without a connection.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signInAs,
  signUp,
  snapshot,
  someone,
  test,
  thumbnailsShown,
  tile,
  tiles,
  uploadCard,
  uploadLine,
  viewer,
  watch,
  withThreePhotos,
} from './shoebox.ts';
import { agreeToLeave, withoutHandles } from './uploading.ts';

const card = (page: Page, name: string) => page.getByRole('main').getByRole('link', { name });
const dialog = (page: Page) => page.getByRole('dialog');
const bar = (page: Page) => page.getByRole('region', { name: 'Selected photos' });
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const undo = (page: Page, said: string | RegExp) =>
  page.locator('.notice').filter({ hasText: said }).getByRole('button', { name: 'Undo' }).click();
const names = (page: Page) =>
  tiles(page).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')?.split(',')[0]));

const goTo = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Library' }).getByRole('link', { name }).click();

/** Selects photos and opens the form that adds them to an album. */
async function choose(page: Page, ...photos: string[]): Promise<void> {
  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
  for (const name of photos) await tile(page, name).click({ position: { x: 16, y: 16 } });
  await bar(page).getByRole('button', { name: 'Add to album' }).click();
}

async function makeOf(page: Page, title: string, ...photos: string[]): Promise<void> {
  await choose(page, ...photos);
  await dialog(page).getByLabel('New album with this title').fill(title);
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await expect(page.getByText(`added to “${title}”`)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(bar(page)).toHaveCount(0);
}

async function openAlbum(page: Page, title: string): Promise<void> {
  await goTo(page, 'Albums');
  await card(page, title).click();
  await expect(heading(page, title)).toBeVisible();
}

const accessible = async (page: Page) =>
  expect((await new AxeBuilder({ page }).include('main').analyze()).violations).toEqual([]);

test('an album is made of a selection, renamed, described, filed in a folder, deleted and brought back', async ({
  page,
  files,
}) => {
  await signUp(page);
  await goTo(page, 'Albums');
  await expect(page.getByText('No albums yet.')).toBeVisible();
  await accessible(page);
  await goTo(page, 'Photos');
  await withThreePhotos(page, files);
  await closeUploads(page);
  await makeOf(page, 'Lisbon', 'beach.jpg', 'harbor.jpg');
  await goTo(page, 'Albums');
  await expect(card(page, 'Lisbon')).toContainText('2 photos');
  await expect(card(page, 'Lisbon').locator('img.shown')).toBeVisible();
  await accessible(page);

  await card(page, 'Lisbon').click();
  await expect(page.getByText('2 photos · June 2021 – July 2021')).toBeVisible();
  await expect(tiles(page)).toHaveCount(2);
  await accessible(page);
  await page.getByRole('button', { name: 'Edit album' }).click();
  await dialog(page).getByLabel('Title').fill('Lisboa');
  await dialog(page).getByLabel('Description').fill('A week by the sea.');
  await dialog(page).getByLabel('Folder').fill('Trips / 2021');
  await accessible(page);
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(heading(page, 'Lisboa')).toBeVisible();
  await expect(page.getByText('A week by the sea.')).toBeVisible();

  await goTo(page, 'Albums');
  await card(page, 'Folder Trips').click();
  await card(page, 'Folder 2021').click();
  await card(page, 'Lisboa').click();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('button', { name: 'Delete album' }).click();
  await expect(heading(page, '2021')).toBeVisible();
  await expect(card(page, 'Lisboa')).toHaveCount(0);
  await undo(page, '“Lisboa” deleted.');
  await card(page, 'Lisboa').click();
  await expect(tiles(page)).toHaveCount(2);
  // The photos were there all along.
  await goTo(page, 'Photos');
  await expect(tiles(page)).toHaveCount(3);
});

test('photos in an album are put in order by date and by hand, with keys, by choosing twice and by dragging', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
  await makeOf(page, 'Summer', 'beach.jpg', 'forest.jpg', 'harbor.jpg');
  await openAlbum(page, 'Summer');
  await expect.poll(() => names(page)).toEqual(['beach.jpg', 'forest.jpg', 'harbor.jpg']);
  await page.getByRole('button', { name: 'Sort' }).click();
  await page.getByRole('button', { name: 'Newest first' }).click();
  await expect.poll(() => names(page)).toEqual(['harbor.jpg', 'forest.jpg', 'beach.jpg']);

  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('button', { name: 'Arrange by hand' }).click();
  const places = page.getByRole('list', { name: 'Arrange photos' }).getByRole('button');
  const order = () =>
    places.evaluateAll((all) =>
      all
        .toSorted((a, b) => Number(a.dataset['place']) - Number(b.dataset['place']))
        .map((one) => one.getAttribute('aria-label')?.split(',')[0]),
    );
  await expect.poll(order).toEqual(['beach.jpg', 'forest.jpg', 'harbor.jpg']);
  await accessible(page);
  // Keys: the first one to the end.
  await page.getByRole('button', { name: /^beach/ }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect.poll(order).toEqual(['forest.jpg', 'harbor.jpg', 'beach.jpg']);
  await expect(page.getByText('Put down at 3 of 3.')).toBeAttached();
  // Picked up and put back.
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Escape');
  await expect.poll(order).toEqual(['forest.jpg', 'harbor.jpg', 'beach.jpg']);
  // Choosing twice.
  await page.getByRole('button', { name: /^beach/ }).click();
  await page.getByRole('button', { name: /^harbor/ }).click();
  await expect.poll(order).toEqual(['forest.jpg', 'beach.jpg', 'harbor.jpg']);
  // Dragging.
  await page.getByRole('button', { name: /^harbor/ }).dragTo(page.getByRole('button', { name: /^forest/ }));
  await expect.poll(order).toEqual(['harbor.jpg', 'forest.jpg', 'beach.jpg']);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect.poll(() => names(page)).toEqual(['harbor.jpg', 'forest.jpg', 'beach.jpg']);
});

test('a photo large says which albums it is in, goes into another one, and leaves an album without leaving the library', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
  await makeOf(page, 'Lisbon', 'beach.jpg');
  await tile(page, 'beach.jpg').click();
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('i');
  const info = page.getByRole('complementary', { name: 'Info' });
  await expect(info.getByRole('link', { name: 'Lisbon' })).toBeVisible();
  await info.getByRole('button', { name: 'Add to an album' }).click();
  await page
    .getByRole('dialog', { name: 'Add photo to an album' })
    .getByLabel('New album with this title')
    .fill('Sea');
  await page.keyboard.press('Enter');
  await info.getByRole('link', { name: 'Sea' }).click();
  await expect(heading(page, 'Sea')).toBeVisible();
  await expect(viewer(page)).toHaveCount(0);

  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
  await tile(page, 'beach.jpg').click({ position: { x: 16, y: 16 } });
  await bar(page).getByRole('button', { name: 'More' }).click();
  await bar(page).getByRole('button', { name: 'Remove from this album' }).click();
  await expect(page.getByText('Nothing in this album yet.')).toBeVisible();
  await undo(page, 'removed from “Sea”');
  await expect(tiles(page)).toHaveCount(1);

  // In the trash it is left out, and comes back with it.
  await tile(page, 'beach.jpg').click();
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('#');
  await page.keyboard.press('Escape');
  await expect(page.getByText('Nothing in this album yet.')).toBeVisible();
  await undo(page, 'Moved to trash.');
  await expect(tiles(page)).toHaveCount(1);
});

test('files dropped on an open album are uploaded into it; a dropped folder can become one, by the name Takeout gives it', async ({
  page,
  files,
}) => {
  await signUp(page);
  await goTo(page, 'Albums');
  await page.getByRole('button', { name: 'New album' }).first().click();
  await dialog(page).getByLabel('Title').fill('Garden');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Nothing in this album yet.')).toBeVisible();
  await drop(page, await files({ 'rose.jpg': await snapshot(11, '2022:05:01 10:00:00') }));
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
  await goTo(page, 'Photos');
  const paths = await files({
    'Trip 7/a.jpg': await snapshot(12, '2023:05:01 10:00:00'),
    'Trip 7/b.jpg': await snapshot(13, '2023:05:02 10:00:00'),
    'Trip 7/metadata.json': Buffer.from(JSON.stringify({ title: 'Lisbon & Porto', description: 'May' })),
  });
  const folder = (paths[0] as string).slice(0, (paths[0] as string).lastIndexOf('/'));
  await drop(page, [folder]);
  await expect(page.getByText('Make an album of “Lisbon & Porto”?')).toBeVisible();
  await page.getByRole('button', { name: 'Make album' }).click();
  await openAlbum(page, 'Lisbon & Porto');
  await expect(tiles(page)).toHaveCount(2, { timeout: 40_000 });
  await expect(page.getByRole('main').getByText('May', { exact: true })).toBeVisible();
});

test('a page reloaded while photos were on their way into an album: given again anywhere, they go into it', async ({
  page,
  files,
  cloud,
}) => {
  agreeToLeave(page);
  await withoutHandles(page);
  await signUp(page);
  await goTo(page, 'Albums');
  await page.getByRole('button', { name: 'New album' }).first().click();
  await dialog(page).getByLabel('Title').fill('Garden');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Nothing in this album yet.')).toBeVisible();
  const paths = await files({
    'rose.jpg': await snapshot(11, '2022:05:01 10:00:00'),
    'tulip.jpg': await snapshot(12, '2022:05:02 10:00:00'),
  });
  await page.route(`${cloud.urls.originals}/**`, (route) =>
    route.request().method() === 'PUT' ? undefined : route.continue(),
  );
  await drop(page, paths);
  await expect(uploadCard(page).getByText('Sending')).toHaveCount(2);
  await page.goto('/');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await expect(uploadLine(page)).toHaveText('2 files are needed again: drop or choose them');
  await drop(page, paths);
  await allSafe(page, 2);
  await openAlbum(page, 'Garden');
  await thumbnailsShown(page, 2);
});

test('what was done offline survives a reload and meets what another device did', async ({
  page,
  context,
  browser,
  files,
  baseURL,
}) => {
  test.slow();
  const person = someone();
  await signUp(page, person);
  await withThreePhotos(page, files);
  await closeUploads(page);
  await makeOf(page, 'Lisbon', 'beach.jpg', 'forest.jpg');
  await openAlbum(page, 'Lisbon');

  const other = await browser.newContext({ baseURL: baseURL as string });
  const alarms = await watch(other);
  const second = await other.newPage();
  await second.goto('/albums');
  await signInAs(second, person);
  await card(second, 'Lisbon').click();
  await expect(tiles(second)).toHaveCount(2);
  await second.getByRole('button', { name: 'Edit album' }).click();
  await dialog(second).getByLabel('Description').fill('From the laptop');
  await dialog(second).getByRole('button', { name: 'Save' }).click();

  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Edit album' }).click();
  await dialog(page).getByLabel('Title').fill('Lisboa');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await goTo(page, 'Photos');
  await choose(page, 'harbor.jpg');
  await dialog(page)
    .getByRole('button', { name: /^Lisboa/ })
    .click();
  await expect(page.getByText('sent once there is a connection')).toBeVisible();
  await page.reload();
  await openAlbum(page, 'Lisboa');
  await expect(tiles(page)).toHaveCount(3);

  await context.setOffline(false);
  // Told of what changed elsewhere whenever one comes back to it.
  await expect(async () => {
    await second.evaluate(() => dispatchEvent(new Event('online')));
    await expect(heading(second, 'Lisboa')).toBeVisible({ timeout: 1000 });
    await expect(tiles(second)).toHaveCount(3, { timeout: 1000 });
  }).toPass({ timeout: 40_000 });
  await expect(async () => {
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect(page.getByText('From the laptop')).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 40_000 });
  expect(alarms).toEqual([]);
  await other.close();
});
