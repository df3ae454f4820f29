// Changes made without a connection: they stay, they arrive, and nobody loses them by signing out unasked.
import type { Page } from '@playwright/test';
import {
  accountButton,
  expect,
  leave,
  remains,
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

/** Until the service worker has the page, what was not needed yet is only to be had with a connection. */
async function goOffline(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await thumbnailsShown(page, 3);
  await page.context().setOffline(true);
}

async function addToFavorites(page: Page, name: string): Promise<void> {
  await tile(page, name).click();
  await viewer(page).getByRole('button', { name: 'Add to favorites' }).click();
  await expect(viewer(page).getByRole('button', { name: 'Remove from favorites' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
}

test('a change made on a plane survives a reload there, and reaches other devices afterwards', async ({
  page,
  context,
  files,
  browser,
  baseURL,
}) => {
  const person = someone('Petra Plane');
  await signUp(page, person);
  await withThreePhotos(page, files);
  await goOffline(page);
  await addToFavorites(page, 'harbor.jpg');
  await page.reload();
  await page.getByRole('link', { name: 'Favorites' }).click();
  await expect(tiles(page)).toHaveCount(1);

  await context.setOffline(false);
  const elsewhere = await browser.newContext({ baseURL });
  const other = await elsewhere.newPage();
  await other.goto('/');
  await signInAs(other, person);
  await thumbnailsShown(other, 3);
  await expect(async () => {
    await other.goto('/favorites');
    await expect(tiles(other)).toHaveCount(1, { timeout: 3000 });
  }).toPass();
  await elsewhere.close();
});

test('signing out with changes that are not saved yet asks first, and saves them where it can', async ({
  page,
  context,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await goOffline(page);
  await addToFavorites(page, 'harbor.jpg');

  await accountButton(page).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('alert')).toContainText('1 change has not been saved yet.');
  await expect(page.getByRole('button', { name: 'Stay signed in' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(3);

  await context.setOffline(false);
  await accountButton(page).click();
  await leave(page);
  // The way out leads by other pages.
  await expect(async () => expect(await remains(page)).toEqual([])).toPass();
});

test('somebody who agrees to lose a change is signed out, and nothing of it stays', async ({
  page,
  context,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await page.reload();
  await thumbnailsShown(page, 3);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await context.setOffline(true);
  await addToFavorites(page, 'harbor.jpg');
  await accountButton(page).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign out and lose 1 change' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  // The way out leads by other pages.
  await expect(async () => expect(await remains(page)).toEqual([])).toPass();
  await context.setOffline(false);
});

test('a session that ends by itself takes no change with it: the same person comes back to it', async ({
  page,
  context,
  files,
  cloud,
}) => {
  const person = someone('Emil Ended');
  await signUp(page, person);
  await withThreePhotos(page, files);
  await goOffline(page);
  await addToFavorites(page, 'harbor.jpg');
  // Ended from elsewhere while the device was away, and its credentials have run out.
  const sub = cloud.people.people.find(({ email }) => email === person.email)?.sub ?? '';
  cloud.people.signOutEverywhere(sub, Math.floor(Date.now() / 1000) - 1);
  await page.evaluate(() => localStorage.removeItem('shoebox.credentials'));
  // The page is gone before there is a connection again: it has sent nothing.
  await page.close();
  await context.setOffline(false);
  const later = await context.newPage();
  await later.goto('/');
  await expect(later.getByRole('button', { name: 'Sign in' })).toBeVisible();
  // Of the library nothing stays, only the change, and where changes of albums would wait.
  await expect
    .poll(async () =>
      (await remains(later))
        .map((one) => one.replace(/^database .*-social-edits$/, 'no change of an album'))
        .map((one) => one.replace(/^database .*-edits$/, 'the change'))
        .toSorted()
        .toReversed(),
    )
    .toEqual(['the change', 'no change of an album']);

  await signInAs(later, person);
  await thumbnailsShown(later, 3);
  await later.getByRole('link', { name: 'Favorites' }).click();
  await expect(tiles(later)).toHaveCount(1);
});
