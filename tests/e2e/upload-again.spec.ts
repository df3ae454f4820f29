// Photos that are uploaded again: what is here is here, what is gone comes back, and what arrived broken is mended.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { checksumOfPhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { originalOf, photoRow } from '../cloud/photos.ts';
import { photoIdOf } from '../fixtures.ts';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUp,
  signUpMember,
  snapshot,
  test,
  thumbnailsShown,
  tile,
  tiles,
  uploadCard,
  uploadLine,
  uploadRow,
  viewer,
} from './shoebox.ts';
import { puts } from './uploading.ts';

test('a photo that was deleted for good and is dropped again is uploaded anew', async ({ page, files }) => {
  await signUp(page);
  const paths = await files({ 'again.jpg': await snapshot(1, '2021:06:03 18:20:00') });
  await drop(page, paths);
  await allSafe(page, 1);
  await closeUploads(page);
  await tile(page, 'again.jpg').click();
  await viewer(page).getByRole('button', { name: 'Move to trash' }).click();
  await expect(viewer(page)).toHaveCount(0);
  await page.getByRole('link', { name: 'Trash', exact: true }).click();
  await page.getByRole('button', { name: 'Empty trash' }).click();
  await page.getByRole('button', { name: 'Delete 1 photo' }).click();
  await expect(page.getByText('1 photo deleted.')).toBeVisible();
  await page.getByRole('link', { name: 'Photos', exact: true }).click();

  const sent = puts(page);
  await drop(page, paths);
  await allSafe(page, 1);
  await expect(uploadRow(page, 'again.jpg')).toContainText('Safe');
  expect(sent).toHaveLength(1);
  await thumbnailsShown(page, 1);
});

test('a photo that is stored with other bytes than its own is replaced by the right ones', async ({
  page,
  files,
  cloud,
}) => {
  const ada = await signUpMember(page, cloud);
  const bytes = await snapshot(1, '2021:06:03 18:20:00');
  const photoId = photoIdOf(bytes);
  // S3 compares bytes with what the request says of them, not with the name they are stored under.
  const broken = await snapshot(2, '2021:06:03 18:20:00');
  await ada.s3.originals.send(
    originalOf(cloud.config.originalsBucket, ada, broken, {
      Key: originalKey(ada.identityId, photoId),
      ChecksumSHA256: checksumOfPhotoId(photoIdOf(broken)),
    }),
  );
  await expect
    .poll(async () => (await photoRow(cloud, ada, photoId))?.['failure'])
    .toMatchObject({ code: 'hash-mismatch' });

  await drop(page, await files({ 'mended.jpg': bytes }));
  await allSafe(page, 1);
  await expect(uploadRow(page, 'mended.jpg')).toContainText('Safe');
  await thumbnailsShown(page, 1);
  await tiles(page).first().click();
  const download = page.waitForEvent('download');
  await viewer(page).getByRole('button', { name: 'Download original' }).click();
  const hash = createHash('sha256').update(await readFile(await (await download).path()));
  expect(hash.digest('base64url')).toBe(photoId);
});

test('a file that could not be shown is no photo that is here already: dropped again it says why again', async ({
  page,
  files,
}) => {
  await signUp(page);
  const paths = await files({ 'letter.txt': Buffer.from('Dear diary, this is no picture.') });
  for (const time of ['first', 'second']) {
    await drop(page, paths);
    await expect(uploadLine(page), time).toHaveText('1 problem');
    await expect(uploadRow(page, 'letter.txt')).toContainText('This kind of file cannot be shown');
    await closeUploads(page);
    await expect(uploadCard(page)).toHaveCount(0);
  }
  await expect(tiles(page)).toHaveCount(1);
});
