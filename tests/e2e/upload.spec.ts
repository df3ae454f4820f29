// The way of photos into the library: dropped or chosen, good, broken, twice, and over a bad network.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  allSafe,
  drop,
  expect,
  signUp,
  snapshot,
  test,
  threePhotos,
  thumbnailsShown,
  tile,
  tiles,
  uploadCard,
  uploadLine,
  uploadRow,
  viewer,
} from './shoebox.ts';
import { puts } from './uploading.ts';

test('files held over the page are invited to be dropped, and no invitation stays when they are gone', async ({
  page,
  files,
}) => {
  await signUp(page);
  const [path = ''] = await files({ 'held.jpg': await snapshot(1, '2021:06:03 18:20:00') });
  const devtools = await page.context().newCDPSession(page);
  const hold = (type: 'dragEnter' | 'dragOver') =>
    devtools.send('Input.dispatchDragEvent', {
      type,
      x: 300,
      y: 300,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    });
  await expect(page.getByRole('button', { name: 'Upload' })).toBeVisible();
  await hold('dragEnter');
  await hold('dragOver');
  // Browsers do not always say that a drag has left: not when what it was over has left the page meanwhile.
  const invitation = page.getByText('Drop to upload');
  await expect(invitation).toBeVisible();
  await expect(invitation).toBeHidden();
});

test('files let go just as the page below them changes are taken all the same', async ({ page, files }) => {
  await signUp(page);
  const paths = await files({ 'late.jpg': await snapshot(1, '2021:06:03 18:20:00') });
  await page.evaluate(() => {
    // As when the empty page gives way to the first photos: what the pointer was last over leaves the document. The browser
    // says once more that the files are over it, right before they are let go.
    let times = 0;
    addEventListener('dragover', ({ target }) => {
      times++;
      if (times === 2 && target instanceof Element) target.closest('main > *')?.remove();
    });
  });
  await drop(page, paths);
  await allSafe(page, 1);
});

test('dropped photos appear in the order they were taken, under months and days', async ({ page, files }) => {
  await signUp(page);
  await drop(page, await files(await threePhotos()));
  await allSafe(page, 3);
  await thumbnailsShown(page, 3);
  const names = await tiles(page).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  expect(names.map((name) => name?.replaceAll('\u202f', ' '))).toEqual([
    'harbor.jpg, Jul 15, 2021, 12:30 PM',
    'forest.jpg, Jul 14, 2021, 9:00 AM',
    'beach.jpg, Jun 3, 2021, 6:20 PM',
  ]);
  const grid = page.locator('main');
  await expect(grid.getByRole('heading', { level: 2 })).toHaveText(['July 2021', 'June 2021']);
  await expect(grid.getByRole('heading', { level: 3 })).toHaveText([
    'Thu, Jul 15',
    'Wed, Jul 14',
    'Thu, Jun 3',
  ]);
});

test('each file shows how far it is, from sending to safe', async ({ page, files, cloud }) => {
  await signUp(page);
  // The network holds its breath, so that the middle can be seen.
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  await page.route(`${cloud.urls.originals}/**`, async (route) => {
    if (route.request().method() === 'PUT') await held;
    await route.continue();
  });
  await drop(page, await files({ 'slow.jpg': await snapshot(1, '2021:06:03 18:20:00') }));
  await expect(uploadRow(page, 'slow.jpg')).toContainText('Sending');
  await expect(uploadLine(page)).toHaveText('0 of 1 safe');
  await expect(tiles(page)).toHaveCount(0);
  goOn();
  await expect(uploadRow(page, 'slow.jpg')).toContainText('Safe');
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
});

test('while photos are prepared they are not called safe', async ({ page, files, cloud }) => {
  await signUp(page);
  cloud.pauseProcessor();
  try {
    await drop(page, await files({ 'waits.jpg': await snapshot(1, '2021:06:03 18:20:00') }));
    await expect(uploadRow(page, 'waits.jpg')).toContainText('Stored, being prepared');
    await expect(uploadLine(page)).toHaveText('0 of 1 safe');
  } finally {
    cloud.resumeProcessor();
  }
  await allSafe(page, 1);
});

test('a dropped folder comes with everything in it, without system files', async ({ page, files }) => {
  await signUp(page);
  const paths = await files({
    'Summer/one.jpg': await snapshot(1, '2021:06:03 18:20:00'),
    'Summer/Day 2/two.jpg': await snapshot(2, '2021:06:04 18:20:00'),
    'Summer/Day 2/deeper/three.png': await snapshot(3, '2021:06:05 18:20:00'),
    'Summer/.DS_Store': Buffer.from('system'),
    'Summer/Day 2/Thumbs.db': Buffer.from('system'),
  });
  const folder = (paths[0] ?? '').replace(/\/one\.jpg$/, '');
  const single = await files({ 'single.jpg': await snapshot(4, '2021:06:06 18:20:00') });
  await drop(page, [folder, ...single]);
  await allSafe(page, 4);
  await thumbnailsShown(page, 4);
  await expect(uploadCard(page)).toContainText('2 system files skipped');
  await expect(page.getByTitle('Summer/Day 2/deeper/three.png')).toBeVisible();
});

test('photos and a folder can be chosen with the upload button', async ({ page, files }) => {
  await signUp(page);
  const chosen = await files({ 'chosen.jpg': await snapshot(1, '2021:06:03 18:20:00') });
  const inFolder = await files({ 'Trip/in-folder.jpg': await snapshot(2, '2021:06:04 18:20:00') });

  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  let chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Photos …' }).click();
  await (await chooser).setFiles(chosen);
  await allSafe(page, 1);

  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'A folder …' }).click();
  await (await chooser).setFiles((inFolder[0] ?? '').replace(/\/in-folder\.jpg$/, ''));
  await allSafe(page, 2);
  await expect(page.getByTitle('Trip/in-folder.jpg')).toBeVisible();
  await thumbnailsShown(page, 2);
});

test('the empty page has a button that chooses photos', async ({ page, files }) => {
  await signUp(page);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose photos' }).click();
  await (await chooser).setFiles(await files({ 'first.jpg': await snapshot(1, '2021:06:03 18:20:00') }));
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
});

test('a broken photo and a file that is none say why, and their originals are kept', async ({
  page,
  files,
}) => {
  await signUp(page);
  const whole = await snapshot(1, '2021:06:03 18:20:00');
  const letter = Buffer.from('Dear diary, this is no picture.');
  await drop(
    page,
    await files({
      'good.jpg': whole,
      'broken.jpg': whole.subarray(0, 400),
      'letter.txt': letter,
      'nothing.jpg': Buffer.alloc(0),
    }),
  );
  await expect(uploadLine(page)).toHaveText('1 photo is safe, 3 problems', {
    timeout: 30_000,
  });
  await expect(uploadRow(page, 'broken.jpg')).toContainText('The file is damaged and cannot be shown.');
  await expect(uploadRow(page, 'letter.txt')).toContainText(
    'This kind of file cannot be shown or played here.',
  );
  await expect(uploadRow(page, 'nothing.jpg')).toContainText('The file is empty');

  const download = page.waitForEvent('download');
  await uploadRow(page, 'letter.txt').getByRole('button', { name: 'Download original' }).click();
  const downloaded = await download;
  expect(downloaded.suggestedFilename()).toBe('letter.txt');
  expect(await readFile(await downloaded.path())).toEqual(letter);

  // They are in the timeline as well, and can be opened.
  await tile(page, 'letter.txt').click();
  await expect(viewer(page)).toContainText('This is a file of an unknown kind, which Shoebox cannot show.');
  await expect(viewer(page)).toContainText('The original is kept.');
});

test('the same photos dropped again are here already: nothing is sent', async ({ page, files }) => {
  await signUp(page);
  const paths = await files(await threePhotos());
  await drop(page, paths);
  await allSafe(page, 3);
  await uploadCard(page).getByRole('button', { name: 'Close' }).click();
  await expect(uploadCard(page)).toHaveCount(0);

  const sent = puts(page);
  await drop(page, paths);
  await allSafe(page, 3);
  await expect(uploadCard(page)).toContainText('3 already here');
  await expect(uploadRow(page, 'beach.jpg')).toContainText('Already here');
  await expect(tiles(page)).toHaveCount(3);
  expect(sent).toEqual([]);
});

test('the same photo under two names in one drop is sent once', async ({ page, files }) => {
  await signUp(page);
  const bytes = await snapshot(1, '2021:06:03 18:20:00');
  const sent = puts(page);
  await drop(page, await files({ 'a.jpg': bytes, 'b.jpg': bytes }));
  await allSafe(page, 2);
  await expect(tiles(page)).toHaveCount(1);
  expect(sent).toHaveLength(1);
});

test('the original is stored once, byte by byte, under the hash of its bytes', async ({
  page,
  files,
  cloud,
}) => {
  await signUp(page);
  const bytes = await snapshot(7, '2021:06:03 18:20:00');
  const sent = puts(page);
  await drop(page, await files({ 'kept.jpg': bytes }));
  await allSafe(page, 1);
  expect(sent).toHaveLength(1);
  const { pathname } = new URL(sent[0] ?? '');
  expect(pathname).toMatch(new RegExp(`/${createHash('sha256').update(bytes).digest('base64url')}$`));
  expect(cloud.failures()).toEqual([]);
});

test('an upload that the network cuts off says so, is not called safe, and is tried again', async ({
  page,
  files,
  cloud,
}) => {
  await signUp(page);
  await page.route(`${cloud.urls.originals}/**`, (route) => route.abort('connectionreset'));
  await drop(page, await files({ 'cut.jpg': await snapshot(1, '2021:06:03 18:20:00') }));
  await expect(uploadLine(page)).toHaveText('0 of 1 safe, no connection: it goes on by itself', {
    timeout: 30_000,
  });
  await expect(uploadRow(page, 'cut.jpg')).toContainText('There is no connection.');
  await expect(tiles(page)).toHaveCount(0);

  await page.unroute(`${cloud.urls.originals}/**`);
  await uploadCard(page).getByRole('button', { name: 'Go on' }).click();
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
});

test('uploads dropped while offline go on by themselves once there is a connection', async ({
  page,
  context,
  files,
}) => {
  await signUp(page);
  const paths = await files(await threePhotos());
  // From the second visit on the whole page is on this device.
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Your shoebox is empty.' })).toBeVisible();
  // Whoever takes files comes after what is seen first; until then they are visibly not taken.
  await expect(page.getByRole('button', { name: 'Upload', exact: true })).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText('Offline', { exact: true })).toBeVisible();
  await drop(page, paths);
  await expect(uploadRow(page, 'beach.jpg')).toContainText('There is no connection.', { timeout: 30_000 });
  await context.setOffline(false);
  await allSafe(page, 3);
  await thumbnailsShown(page, 3);
});

test('a folder path longer than an original has room for is known whole all the same', async ({
  page,
  files,
}) => {
  // Each of these letters takes nine bytes where the original keeps its path.
  const folders = ['家族の写真', ...Array.from({ length: 8 }, (_, i) => `${2016 + i}年の夏休みの家族旅行`)];
  const path = folders.join('/');
  const [file = ''] = await files({ [`${path}/beach.jpg`]: await snapshot(1, '2021:06:03 18:20:00') });
  await signUp(page);
  await drop(page, [file.slice(0, file.indexOf(path) + '家族の写真'.length)]);
  await allSafe(page, 1);
  await tile(page, 'beach.jpg').click();
  await viewer(page).getByRole('button', { name: 'Information' }).click();
  const info = viewer(page).getByRole('complementary', { name: 'Information' });
  await expect(info.getByText(path, { exact: true })).toBeVisible();
});
