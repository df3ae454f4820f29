// What lost events have left behind is found by the check of originals, and put right from there: by the owner alone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Page } from '@playwright/test';
import { checksumOfPhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { buildOriginalMetadata, ORIGINAL_STORAGE_CLASS } from '../../src/schema/original.ts';
import { member, type Member } from '../cloud/people.ts';
import { Gate } from '../cloud/processor-gate.ts';
import { photoIdOf } from '../fixtures.ts';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUp,
  snapshot,
  someone,
  startWith,
  test as base,
  thumbnailsShown,
  tile,
  tiles,
} from './shoebox.ts';

const gate = new Gate();
const test = base.extend({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const directory = await mkdtemp(join(tmpdir(), 'shoebox-healing-'));
      const module = await gate.open(directory);
      const cloud = await startWith({ directory, processor: { module } });
      await use(cloud);
      await cloud.close();
      gate.close();
      await rm(directory, { recursive: true });
    },
    { scope: 'worker' },
  ],
});
test.beforeEach(() => {
  gate.order = () => 'go';
  gate.done.length = 0;
});

/** What S3 tells the processor from here on is lost on the way; wishes are not. */
const loseEvents = (): void => {
  gate.order = ({ key }) => (key.startsWith('wishes/') ? 'go' : 'lose');
};
const lost = (events: number) => expect.poll(() => gate.done.length).toBe(events);

interface Kept {
  originalsBucket: string;
  photosTable: string;
}
const put = (who: Member, { originalsBucket }: Kept, name: string, bytes: Buffer) => {
  const photoId = photoIdOf(bytes);
  return who.s3.originals.send(
    new PutObjectCommand({
      Bucket: originalsBucket,
      Key: originalKey(who.identityId, photoId),
      Body: bytes,
      IfNoneMatch: '*',
      ChecksumSHA256: checksumOfPhotoId(photoId),
      StorageClass: ORIGINAL_STORAGE_CLASS,
      Metadata: buildOriginalMetadata({ name }),
    }),
  );
};

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
  const who = someone();
  await signUp(page, who);
  const me = await member(cloud, who);
  loseEvents();
  await put(me, cloud.config, 'beach.jpg', await snapshot(1, '2021:06:03 18:20:00'));
  await put(me, cloud.config, 'notes.txt', Buffer.from('no picture at all'));
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
  const who = someone();
  await signUp(page, who);
  const bytes = await snapshot(2, '2021:06:03 18:20:00');
  const paths = await files({ 'forest.jpg': bytes });
  await drop(page, paths);
  await allSafe(page, 1);
  await closeUploads(page);
  loseEvents();
  const me = await member(cloud, who);
  const Key = originalKey(me.identityId, photoIdOf(bytes));
  await me.s3.originals.send(new DeleteObjectCommand({ Bucket: cloud.config.originalsBucket, Key }));
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
  const who = someone();
  await signUp(page, who);
  const me = await member(cloud, who);
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
