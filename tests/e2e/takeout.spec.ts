// An export of Google Takeout, dropped on the page: photos, and what Google knows of them.
import { downloadZip } from 'client-zip';
import { jpeg } from '../fixtures.ts';
import {
  allSafe,
  drop,
  expect,
  signUp,
  test,
  tile,
  tiles,
  uploadCard,
  uploadRow,
  uploadLine,
  viewer,
} from './shoebox.ts';

/** A picture that does not say when it was taken. */
const undated = (seed: number): Promise<Buffer> => jpeg({ width: 480, height: 320, seed });

/** As Google writes it beside a photo. */
const sidecar = (title: string, seconds: number, more: object = {}) =>
  JSON.stringify({
    title,
    description: '',
    photoTakenTime: { timestamp: String(seconds) },
    geoData: { latitude: 0, longitude: 0, altitude: 0 },
    ...more,
  });

async function zipped(files: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> {
  const entries = Object.entries(files).map(([name, input]) => ({ name, input, lastModified: new Date() }));
  return new Uint8Array(await downloadZip(entries).arrayBuffer());
}

const YEAR = 'Takeout/Google Photos/Photos from 2019';
const ALBUM = 'Takeout/Google Photos/Lisbon';

test('a zip from Google Takeout brings dates, captions, favorites and albums along, however often', async ({
  page,
  files,
}) => {
  const [beach, harbor] = [await undated(21), await undated(22)];
  const parts = await files({
    'takeout-001.zip': await zipped({
      [`${YEAR}/beach.jpg`]: beach,
      [`${YEAR}/beach.jpg.supplemental-metadata.json`]: sidecar('beach.jpg', 1_561_000_000, {
        description: 'Low tide',
        favorited: true,
      }),
      [`${ALBUM}/beach.jpg`]: beach,
      [`${ALBUM}/metadata.json`]: JSON.stringify({ title: 'Lisbon', description: 'A week by the sea' }),
    }),
    'takeout-002.zip': await zipped({
      [`${YEAR}/harbor.jpg`]: harbor,
      [`${YEAR}/harbor.jpg.supplemental-metadata.json`]: sidecar('harbor.jpg', 1_561_100_000),
      'Takeout/archive_browser.html': '<html></html>',
    }),
  });
  await signUp(page);
  await drop(page, parts);
  await expect(page.getByText(/photos and 1 album found/)).toBeVisible();
  await expect(uploadLine(page)).toHaveText('3 photos are safe', { timeout: 40_000 });
  await expect(tiles(page)).toHaveCount(2);
  await expect(page.getByRole('heading', { name: 'June 2019' })).toBeVisible();
  await expect(tile(page, 'Low tide')).toHaveAccessibleName(/favorite/i);

  // What is taken back here stays taken back when the export is dropped again.
  await uploadCard(page).getByRole('button', { name: 'Close' }).click();
  await tile(page, 'Low tide').click();
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('f');
  await expect(viewer(page).getByRole('button', { name: 'Add to favorites' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await drop(page, parts);
  await expect(uploadCard(page)).toContainText('3 already here');
  await expect(tiles(page)).toHaveCount(2);

  await page.getByRole('navigation', { name: 'Library' }).getByRole('link', { name: 'Favorites' }).click();
  await expect(tiles(page)).toHaveCount(0);
  await page.getByRole('navigation', { name: 'Library' }).getByRole('link', { name: 'Albums' }).click();
  await expect(page.getByRole('main').getByRole('link', { name: 'Lisbon' })).toHaveCount(1);
  await page.getByRole('main').getByRole('link', { name: 'Lisbon' }).click();
  await expect(page.getByText('A week by the sea')).toBeVisible();
  await expect(tiles(page)).toHaveCount(1);
});

test('a picture is pasted; a damaged zip is named, and its good photos arrive', async ({ page, files }) => {
  await signUp(page);
  const bytes = [...(await undated(23))];
  await page.evaluate((picture) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(picture)], 'pasted.jpg', { type: 'image/jpeg' }));
    dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, bytes);
  await allSafe(page, 1);

  const whole = await zipped({
    [`${YEAR}/a.jpg`]: await undated(24),
    [`${YEAR}/b.jpg`]: await undated(25),
  });
  const cut = whole.slice(0, whole.length - 40);
  const [zip, broken] = await files({ 'takeout-001.zip': whole, 'takeout-002.zip': cut });
  await drop(page, [zip as string, broken as string]);
  await expect(page.getByText('takeout-002.zip: This file is damaged or not complete.')).toBeVisible();
  await allSafe(page, 3);
  await expect(tiles(page)).toHaveCount(3);
});

test('a photo that is damaged inside a zip is told as that, and the others arrive', async ({
  page,
  files,
}) => {
  await signUp(page);
  const [good, bad] = [await undated(26), await undated(27)];
  const zip = await zipped({ [`${YEAR}/good.jpg`]: good, [`${YEAR}/bad.jpg`]: bad });
  // What is packed as it is lies there as it is.
  const at = Buffer.from(zip).indexOf(bad) + Math.floor(bad.length / 2);
  zip[at] = (zip[at] ?? 0) ^ 0xff;
  await drop(page, await files({ 'takeout-001.zip': zip }));
  await expect(uploadRow(page, 'bad.jpg')).toContainText('This file in the zip is damaged.');
  await expect(uploadRow(page, 'good.jpg')).toContainText('Safe', { timeout: 40_000 });
  await expect(tiles(page)).toHaveCount(1);
});

test('a page reloaded while an unpacked export is uploaded goes on by itself, with captions and albums', async ({
  page,
  files,
  cloud,
}) => {
  page.on('dialog', (leaving) => leaving.accept());
  const paths = await files({
    [`${YEAR}/beach.jpg`]: await undated(28),
    [`${YEAR}/beach.jpg.supplemental-metadata.json`]: Buffer.from(
      sidecar('beach.jpg', 1_561_000_000, { description: 'Low tide' }),
    ),
    [`${ALBUM}/harbor.jpg`]: await undated(29),
    [`${ALBUM}/metadata.json`]: Buffer.from(JSON.stringify({ title: 'Lisbon', description: '' })),
  });
  const [first = ''] = paths;
  await signUp(page);
  await page.route(`${cloud.urls.originals}/**`, (route) =>
    route.request().method() === 'PUT' ? undefined : route.continue(),
  );
  await drop(page, [first.slice(0, first.indexOf('Takeout') + 'Takeout'.length)]);
  await expect(page.getByText(/photos and 1 album found/)).toBeVisible();
  await expect(uploadCard(page).getByText('Sending')).toHaveCount(2);
  await page.reload();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await allSafe(page, 2);
  await expect(tile(page, 'Low tide')).toBeVisible();
  await page.getByRole('navigation', { name: 'Library' }).getByRole('link', { name: 'Albums' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Lisbon' }).click();
  await expect(tiles(page)).toHaveCount(1);
});
