// The trash: until when photos can be put back, and how they leave for good, on request or by themselves.
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  closeUploads,
  expect,
  signUp,
  signUpMember,
  someone,
  test,
  thumbnailsShown,
  tile,
  tiles,
  viewer,
  withThreePhotos,
} from './shoebox.ts';

async function trash(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) {
    await tile(page, name).click();
    await viewer(page).getByRole('button', { name: 'Move to trash' }).click();
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toHaveCount(0);
    await expect(tile(page, name)).toHaveCount(0);
  }
}

const toTrash = (page: Page) => page.getByRole('link', { name: 'Trash', exact: true }).click();
const dialog = (page: Page) => page.getByRole('dialog');

test('the trash says when photos are deleted; emptying it asks first, and only then deletes them for good', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
  await trash(page, 'beach.jpg', 'harbor.jpg');
  await toTrash(page);
  await expect(tiles(page)).toHaveCount(2);
  await expect(page.getByRole('heading', { name: 'Deleted in 30 days' })).toBeVisible();

  await page.getByRole('button', { name: 'Empty trash' }).click();
  await expect(dialog(page)).toContainText('Delete 2 photos for good?');
  await expect(dialog(page)).toContainText('another 30 days');
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Empty trash' })).toBeFocused();
  await expect(tiles(page)).toHaveCount(2);

  await page.getByRole('button', { name: 'Empty trash' }).click();
  await page.getByRole('button', { name: 'Delete 2 photos' }).click();
  await expect(page.getByText('2 photos deleted.')).toBeVisible();
  await expect(page.getByText('The trash is empty.')).toBeVisible();
  await page.getByRole('link', { name: 'Photos', exact: true }).click();
  await thumbnailsShown(page, 1);
});

test('of the trash what is selected is deleted for good once that is agreed to, and the rest stays', async ({
  page,
  files,
}) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
  await trash(page, 'beach.jpg', 'harbor.jpg');
  await toTrash(page);
  await expect(tiles(page)).toHaveCount(2);
  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
  const deleteSelected = async () => {
    await tile(page, 'beach.jpg').click({ position: { x: 16, y: 16 } });
    const bar = page.getByRole('region', { name: 'Selected photos' });
    await bar.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: 'Delete now' }).click();
    await expect(dialog(page)).toContainText('Delete this photo for good?');
  };
  await deleteSelected();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Clear selection' }).click();

  await deleteSelected();
  await dialog(page).getByRole('button', { name: 'Delete 1 photo' }).click();
  await expect(page.getByText('1 photo deleted.')).toBeVisible();
  await expect(dialog(page)).toHaveCount(0);
  await expect(tile(page, 'beach.jpg')).toHaveCount(0);
  await expect(tile(page, 'harbor.jpg')).toBeVisible();
});

test('everything in the trash is put back at once, and that can be undone', async ({ page, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
  await trash(page, 'beach.jpg', 'harbor.jpg');
  await toTrash(page);
  await expect(tiles(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Put all back' }).click();
  await expect(page.getByText('The trash is empty.')).toBeVisible();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).last().click();
  await expect(tiles(page)).toHaveCount(2);
});

test('without a connection nothing is deleted, and that is said', async ({ page, context, files }) => {
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
  await trash(page, 'beach.jpg');
  await toTrash(page);
  await expect(tiles(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Empty trash' }).click();
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Delete 1 photo' }).click();
  await expect(page.getByText('1 photo could not be deleted and stays in the trash.')).toBeVisible();
  await expect(tiles(page)).toHaveCount(1);
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('1 photo deleted.')).toBeVisible();
});

test('after 30 days photos leave the trash by themselves, and the others stay', async ({
  page,
  files,
  cloud,
}) => {
  const { dynamodb, identityId: owner } = await signUpMember(page, cloud, someone('Tess Trash'));
  await withThreePhotos(page, files);
  await closeUploads(page);
  await trash(page, 'beach.jpg', 'harbor.jpg');
  await toTrash(page);
  await expect(tiles(page)).toHaveCount(2);
  const old = (await tile(page, 'beach.jpg').getAttribute('data-photo')) ?? '';

  // As a device left it that moved it there a month ago.
  const monthAgo = new Date(Date.now() - 30.5 * 86_400_000).toISOString();
  await dynamodb.send(
    new UpdateCommand({
      TableName: cloud.config.photosTable,
      Key: { owner, photoId: old },
      UpdateExpression: 'SET trashedAt = :then, trashedAtEditedAt = :then, changedAt = :now',
      ExpressionAttributeValues: { ':then': monthAgo, ':now': new Date().toISOString() },
    }),
  );
  await page.reload();
  await expect(tile(page, 'beach.jpg')).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(1);
  await expect(tile(page, 'harbor.jpg')).toBeVisible();
});
