// Uploads that do not go through in one piece: paused, called off, cut off, closed in the middle. Nothing is lost, nothing is there twice.
import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  accountButton,
  allSafe,
  drop,
  expect,
  remains,
  signInAs,
  signUp,
  snapshot,
  someone,
  thumbnailsShown,
  tile,
  tiles,
  uploadCard,
  uploadLine,
  uploadRow,
} from './shoebox.ts';
import { agreeToLeave, album, kept, press, test, withoutHandles } from './uploading.ts';

test('a page reloaded in the middle says what it needs; dropped again, nothing is sent twice and nothing is missing', async ({
  page,
  files,
  gate,
}) => {
  agreeToLeave(page);
  await withoutHandles(page);
  await signUp(page);
  const paths = await files(await album(5, 'Summer/'));
  const folder = dirname(paths[0] ?? '');
  const { open, stored } = gate;
  await drop(page, [folder]);
  open(2);
  await expect(uploadLine(page)).toHaveText(/^2 of 5 safe/);
  // What is safe need not be remembered any more, a moment later.
  await expect.poll(() => kept(page)).toHaveLength(3);

  await page.reload();
  await expect(uploadLine(page)).toHaveText('3 files are needed again: drop or choose them');
  open();
  await drop(page, [folder]);
  await allSafe(page, 5);
  await thumbnailsShown(page, 5);
  expect(stored).toHaveLength(5);
  expect(new Set(stored).size).toBe(5);

  // All are safe: there is nothing to come back to.
  await page.reload();
  await thumbnailsShown(page, 5);
  await expect(uploadCard(page)).toHaveCount(0);
});

test('where the browser lets the page read the files again, a reload is no interruption', async ({
  page,
  files,
  gate,
}) => {
  agreeToLeave(page);
  await signUp(page);
  const paths = await files(await album(3, 'Trip/'));
  const { open, stored } = gate;
  await drop(page, [dirname(paths[0] ?? '')]);
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
  await page.reload();
  open();
  await allSafe(page, 3);
  expect(new Set(stored).size).toBe(3);
});

test('a pause lets nothing through, and what was paused goes on', async ({ page, files, gate }) => {
  await signUp(page);
  const { open, stored } = gate;
  await drop(page, await files(await album(4)));
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
  await press(page, 'Pause');
  await expect(uploadLine(page)).toHaveText('0 of 4 safe, paused');
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Waiting');
  open();
  expect(stored).toEqual([]);
  await press(page, 'Go on');
  await allSafe(page, 4);
  expect(stored).toHaveLength(4);
});

test('one upload is called off, then all: what was stored before stays', async ({ page, files, gate }) => {
  await signUp(page);
  const { open, stored } = gate;
  await drop(page, await files(await album(5)));
  open(1);
  await expect(uploadLine(page)).toHaveText(/^1 of 5 safe/);
  const [waiting] = await uploadCard(page)
    .getByRole('listitem')
    .filter({ hasText: /Sending|Waiting/ })
    .all();
  await waiting?.getByRole('button', { name: 'Cancel' }).click();
  await expect(uploadCard(page)).toContainText('1 cancelled');
  await press(page, 'Cancel all');
  await allSafe(page, 1);
  await expect(uploadCard(page)).toContainText('4 cancelled');
  open();
  await press(page, 'Close');
  await page.reload();
  await thumbnailsShown(page, 1);
  await expect(uploadCard(page)).toHaveCount(0);
  expect(stored).toHaveLength(1);
});

test('when the network is cut in the middle, uploads wait, and go on by themselves when it is back', async ({
  page,
  context,
  files,
  gate,
}) => {
  await signUp(page);
  const { open, cut, stored } = gate;
  await drop(page, await files(await album(6)));
  open(2);
  await expect(uploadLine(page)).toHaveText(/^2 of 6 safe/);
  await context.setOffline(true);
  cut();
  await expect(uploadLine(page)).toHaveText('2 of 6 safe, no connection: it goes on by itself');
  open();
  await context.setOffline(false);
  await allSafe(page, 6);
  await thumbnailsShown(page, 6);
  expect(stored).toHaveLength(6);
});

test('two tabs that are given the same folder end with one photo each, and show only their own uploads', async ({
  page,
  context,
  files,
}) => {
  await signUp(page);
  const other = await context.newPage();
  await other.goto('/');
  await expect(accountButton(other)).toBeVisible();
  const paths = await files(await album(5, 'Both/'));
  const folder = dirname(paths[0] ?? '');
  await drop(page, [folder]);
  await drop(other, [folder]);
  await allSafe(page, 5);
  await allSafe(other, 5);
  await thumbnailsShown(page, 5);
  await thumbnailsShown(other, 5);
});

test('the uploads of one tab are not those of another, as long as it is open', async ({
  page,
  context,
  files,
  gate,
}) => {
  await signUp(page);
  const { open } = gate;
  await drop(page, await files(await album(2)));
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
  const other = await context.newPage();
  await other.goto('/');
  await expect(accountButton(other)).toBeVisible();
  // Its own drop brings the upload code, which would bring the others along.
  await drop(other, await files({ 'own.jpg': await snapshot(9, '2021:06:09 18:20:00') }));
  await expect(uploadRow(other, 'own.jpg')).toBeVisible();
  await expect(uploadCard(other).getByRole('listitem')).toHaveCount(1);
  open();
  await allSafe(other, 1);
  await allSafe(page, 2);
});

test('a file changed on the disk while it waits is one clear problem; dropped again it takes its place', async ({
  page,
  files,
  gate,
}) => {
  await withoutHandles(page);
  await signUp(page);
  const { open } = gate;
  const paths = await files(await album(3));
  await drop(page, paths);
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
  await press(page, 'Pause');
  await expect(uploadLine(page)).toHaveText(/paused/);
  const [changed = ''] = paths;
  const { size } = await stat(changed);
  await writeFile(changed, await snapshot(30, '2021:06:01 18:20:00', { width: 720 }));
  expect((await stat(changed)).size).not.toBe(size);
  open();
  await press(page, 'Go on');
  await expect(uploadLine(page)).toHaveText('2 photos are safe, 1 problem');
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('This file cannot be read any more');
  await drop(page, [changed]);
  await allSafe(page, 3);
  await expect(uploadCard(page).getByRole('listitem')).toHaveCount(3);
});

test('signing out with uploads in hand asks; kept, they are there for the same person, and for nobody else', async ({
  page,
  files,
  gate,
}) => {
  const person = someone('Ulla Later');
  await withoutHandles(page);
  await signUp(page, person);
  const { open } = gate;
  const paths = await files(await album(2));
  await drop(page, paths);
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');

  await accountButton(page).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('alert')).toContainText('2 photos have not been uploaded yet.');
  await expect(page.getByRole('button', { name: 'Stay signed in' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await accountButton(page).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign out and keep the list' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();

  await signUp(page, someone('Nils Next'));
  await drop(page, await files({ 'own.jpg': await snapshot(9, '2021:06:09 18:20:00') }));
  await expect(uploadRow(page, 'own.jpg')).toBeVisible();
  await expect(uploadCard(page).getByRole('listitem')).toHaveCount(1);
  open();
  await allSafe(page, 1);
  await accountButton(page).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();

  await signInAs(page, person);
  await expect(uploadLine(page)).toHaveText('2 files are needed again: drop or choose them');
  await drop(page, paths);
  await allSafe(page, 2);
});

test('signing out and discarding the list leaves nothing of it on this device', async ({
  page,
  files,
  gate,
}) => {
  await signUp(page);
  await drop(page, await files(await album(1)));
  await expect(uploadRow(page, 'day 1.jpg')).toContainText('Sending');
  await accountButton(page).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign out and discard the list' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  // The way out leads by other pages.
  await expect(async () => expect(await remains(page)).toEqual([])).toPass();
  expect(gate.stored).toEqual([]);
});

test('names with every hostile character arrive as they are', async ({ page, files }) => {
  await signUp(page);
  const names = [
    `it's 100% + 1 & ?#.jpg`,
    '<img src=x onerror=alert(1)>.jpg',
    'ümläut ñ 漢字 🎉.jpg',
    'quote".jpg',
    '__proto__.jpg',
    `${'long '.repeat(40)}.jpg`,
  ];
  const contents = await Promise.all(
    names.map(
      async (name, i) =>
        [`Odd %2F & "folder"/${name}`, await snapshot(i + 1, `2021:06:0${i + 1} 18:20:00`)] as const,
    ),
  );
  const paths = await files(Object.fromEntries(contents));
  await drop(page, [dirname(paths[0] ?? '')]);
  await allSafe(page, names.length);
  await thumbnailsShown(page, names.length);
  await expect(tiles(page)).toHaveCount(names.length);
  const shown = await tiles(page).evaluateAll((all) =>
    all.map((one) => one.getAttribute('aria-label') ?? ''),
  );
  for (const name of names.slice(0, 5)) expect(shown.some((label) => label.startsWith(name))).toBe(true);
  await expect(tile(page, 'long long')).toHaveCount(1);
});

test('a page reloaded while the processor is down calls nothing safe; once it is up, it does', async ({
  page,
  files,
  cloud,
}) => {
  agreeToLeave(page);
  await signUp(page);
  cloud.pauseProcessor();
  try {
    await drop(page, await files(await album(2)));
    await expect(uploadRow(page, 'day 2.jpg')).toContainText('Stored, being prepared');
    await expect(uploadRow(page, 'day 1.jpg')).toContainText('Stored, being prepared');
    // That they are stored is on this device a moment later.
    await expect.poll(async () => (await kept(page)).filter(({ stored }) => stored)).toHaveLength(2);
    await page.reload();
    await expect(uploadRow(page, 'day 1.jpg')).toContainText('Stored, being prepared');
    await expect(uploadLine(page)).toHaveText('0 of 2 safe');
  } finally {
    cloud.resumeProcessor();
  }
  await allSafe(page, 2);
  await thumbnailsShown(page, 2);
});
