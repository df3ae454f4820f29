// What lost events have left behind is found by the check of originals, and put right from there: by the owner alone.
import { AxeBuilder } from '@axe-core/playwright';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Page } from '@playwright/test';
import { deleteOriginal, putOriginal } from '../cloud/photos.ts';
import { Gate } from '../cloud/processor-gate.ts';
import { photoIdOf } from '../fixtures.ts';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUpMember,
  snapshot,
  test as base,
  thumbnailsShown,
  tile,
  tiles,
  withCloud,
} from './shoebox.ts';

const gate = new Gate();
const test = base.extend({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      await withCloud(use, { processor: { module: await gate.open() } });
      await gate.close();
    },
    { scope: 'worker' },
  ],
});
test.beforeEach(() => gate.renew());

/** What S3 tells the processor from here on is lost on the way; wishes are not. */
const loseEvents = (): void => {
  gate.order = ({ key }) => (key.startsWith('wishes/') ? 'go' : 'lose');
};
const lost = (events: number) => expect.poll(() => gate.done.length).toBe(events);

/** Nobody waits for the processor for as long as that. */
const longAgo = (page: Page) =>
  page.route(/list-type=2/, async (route) => {
    const response = await route.fetch();
    const listed = await response.text();
    const body = listed.replaceAll(/<LastModified>[^<]+/g, '<LastModified>2020-01-01T00:00:00.000Z');
    await route.fulfill({ response, body });
  });

const originals = (page: Page) => page.getByRole('region', { name: 'Your originals' });
async function check(page: Page): Promise<void> {
  await longAgo(page);
  await page.goto('/settings');
  await originals(page)
    .getByRole('button', { name: /^Check/ })
    .click();
}
const heading = (page: Page, name: string) => originals(page).getByRole('heading', { name });
const button = (page: Page, name: string) => originals(page).getByRole('button', { name });
const said = (page: Page, text: string) => originals(page).getByRole('status').filter({ hasText: text });

test('photos that nobody told the processor of are put right, and what cannot be shown is named', async ({
  page,
  cloud,
}) => {
  const me = await signUpMember(page, cloud);
  loseEvents();
  await putOriginal(cloud, me, await snapshot(1, '2021:06:03 18:20:00'), 'beach.jpg');
  await putOriginal(cloud, me, Buffer.from('no picture at all'), 'notes.txt');
  await lost(2);

  await check(page);
  await expect(heading(page, '2 originals were never prepared')).toBeVisible();
  const download = page.waitForEvent('download');
  await button(page, 'Save').first().click();
  await (await download).cancel();
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  expect(violations).toEqual([]);

  await button(page, 'Put them right').click();
  await expect(said(page, '2 photos are back in your library.')).toBeVisible();
  await expect(originals(page)).toContainText('One of them cannot be shown:');
  await expect(originals(page).getByRole('listitem')).toHaveText(/^notes\.txt .*cannot/);
  await expect(said(page, 'All 2 originals are there, and all is well.')).toBeVisible();
  await expect(heading(page, 'never prepared')).toBeHidden();
  await page.goto('/');
  await expect(tiles(page)).toHaveCount(2);
  await expect(tile(page, 'beach.jpg')).toBeVisible();
});

test('a photo whose original is gone is removed once that is agreed to, and can be uploaded again', async ({
  page,
  cloud,
  files,
}) => {
  const me = await signUpMember(page, cloud);
  const bytes = await snapshot(2, '2021:06:03 18:20:00');
  const paths = await files({ 'forest.jpg': bytes });
  await drop(page, paths);
  await allSafe(page, 1);
  await closeUploads(page);
  loseEvents();
  await deleteOriginal(cloud, me, photoIdOf(bytes));
  await lost(2);

  await check(page);
  await expect(heading(page, '1 photo has lost its original')).toBeVisible();
  await button(page, 'Remove this photo …').click();
  const dialog = page.getByRole('dialog', { name: 'Remove 1 photo without its original?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(heading(page, '1 photo has lost its original')).toBeVisible();
  await button(page, 'Remove this photo …').click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(said(page, '1 photo was removed.')).toBeVisible();
  await expect(heading(page, '1 photo has lost its original')).toBeHidden();

  gate.order = () => 'go';
  await page.goto('/');
  await expect(page.getByRole('main')).toContainText('Drop');
  await drop(page, paths);
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
});

test('an edit that made up a row is cleared away; without a connection nothing is called done', async ({
  page,
  cloud,
}) => {
  const me = await signUpMember(page, cloud);
  await me.dynamodb.send(
    new UpdateCommand({
      TableName: cloud.config.photosTable,
      Key: { owner: me.identityId, photoId: photoIdOf(Buffer.from('never uploaded')) },
      UpdateExpression: 'SET favorite = :true, changedAt = :now',
      ExpressionAttributeValues: { ':true': true, ':now': '2026-01-01T00:00:00.000Z' },
    }),
  );
  await check(page);
  await expect(heading(page, '1 entry belongs to no photo')).toBeVisible();
  await page.route('**/wishes/**', (route) => route.abort());
  await button(page, 'Clear it away').click();
  await expect(originals(page).getByRole('alert')).toContainText('There is no connection.');
  await expect(heading(page, '1 entry belongs to no photo')).toBeVisible();
  await page.unroute('**/wishes/**');
  await button(page, 'Clear it away').click();
  await expect(said(page, '1 entry was cleared away.')).toBeVisible();
  await button(page, 'Check again').click();
  await expect(said(page, 'There are no originals yet.')).toBeVisible();
});
