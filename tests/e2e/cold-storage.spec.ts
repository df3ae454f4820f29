// Originals in cold storage: whoever wants one is told, has it restored, and is told when it is back; and what the library costs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RestoreObjectCommand } from '@aws-sdk/client-s3';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { ROOT, synthesise } from '../../infra/local/synth.ts';
import type { Template } from '../../infra/local/template-values.ts';
import { originalKey } from '../../src/schema/keys.ts';
import type { Member } from '../cloud/people.ts';
import { photoIdOf } from '../fixtures.ts';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUp,
  signUpMember,
  snapshot,
  test as base,
  thumbnailsShown,
  tile,
  viewer,
  withCloud,
} from './shoebox.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The owner has chosen that no more originals move there; a rule of before has moved what was there for 180 days. */
async function archived(): Promise<Template> {
  const template = await synthesise(join(ROOT, '.shoebox/cache/archived'), {
    deepArchive: { afterDays: null },
  });
  const [, originals] =
    Object.entries(template.Resources).find(
      ([id, { Type }]) => Type === 'AWS::S3::Bucket' && /Originals/.test(id),
    ) ?? [];
  const lifecycle = originals?.Properties?.['LifecycleConfiguration'] as {
    Rules: { Transitions: object[] }[];
  };
  lifecycle.Rules[0]?.Transitions.push({ StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 180 });
  return template;
}

const test = base.extend({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern
    ({}, use) => withCloud(use, { template: archived }),
    { scope: 'worker' },
  ],
});

/** Large enough to be moved; what follows the picture's end, nobody looks at. */
const large = async (seed: number, takenAt: string): Promise<Buffer> =>
  Buffer.concat([await snapshot(seed, takenAt), Buffer.alloc(150_000, seed)]);

const region = (page: Page, name: string) => page.getByRole('region', { name });
const openSettings = (page: Page) => page.getByRole('link', { name: 'Settings' }).click();

/** A library with one photo, whose original is in cold storage. */
async function withOneInStorage(
  page: Page,
  files: (contents: Readonly<Record<string, Uint8Array>>) => Promise<string[]>,
  cloud: LocalCloud,
): Promise<{ beach: Buffer; me: Member }> {
  const beach = await large(1, '2021:06:03 18:20:00');
  const me = await signUpMember(page, cloud);
  await drop(page, await files({ 'beach.jpg': beach }));
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
  await closeUploads(page);
  await cloud.s3.passTime(181 * DAY);
  return { beach, me };
}

const listed = (page: Page) =>
  region(page, 'Cold storage').getByRole('listitem').filter({ hasText: 'beach.jpg' });

test('an original in cold storage is said, restored, told when it is back, and is then downloaded', async ({
  page,
  files,
  cloud,
}) => {
  const { beach } = await withOneInStorage(page, files, cloud);
  await tile(page, 'beach.jpg').click();
  const wanted = viewer(page).getByRole('button', { name: 'Download original' });
  await wanted.click();
  const asked = page.getByRole('dialog', { name: 'This original is in cold storage' });
  await expect(asked.getByText('Within 48 hours')).toBeVisible();
  await expect(asked.getByText('less than a cent').first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await asked.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('The original is on the way.')).toBeVisible();
  await wanted.click();
  const onWay = page.getByRole('dialog', { name: 'This original is on its way' });
  await onWay.getByRole('button', { name: 'Close' }).last().click();
  await expect(onWay).toBeHidden();

  await cloud.s3.passTime(49 * HOUR);
  await page.goto('/');
  await expect(page.getByText('An original is back from cold storage')).toBeVisible();
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(listed(page)).toContainText('Here until');
  const download = page.waitForEvent('download');
  await listed(page).getByRole('button', { name: 'Download' }).click();
  expect(await readFile(await (await download).path())).toEqual(beach);
});

test('what another device has had restored is known here, too, and its end', async ({
  page,
  files,
  cloud,
}) => {
  const { beach, me } = await withOneInStorage(page, files, cloud);
  const again = region(page, 'Cold storage').getByRole('button', { name: 'Look again' });
  await openSettings(page);
  await expect(region(page, 'Cold storage')).toContainText('None is being restored.');
  await me.s3.originals.send(
    new RestoreObjectCommand({
      Bucket: cloud.config.originalsBucket,
      Key: originalKey(me.identityId, photoIdOf(beach)),
      RestoreRequest: { Days: 7 },
    }),
  );
  await again.click();
  await expect(listed(page)).toContainText('On its way');
  await cloud.s3.passTime(13 * HOUR);
  await again.click();
  await expect(listed(page)).toContainText('Here until');
  await cloud.s3.passTime(9 * DAY);
  await again.click();
  await expect(region(page, 'Cold storage')).toContainText('None is being restored.');
});

test('a selection some of which is in cold storage says so, offers to restore them, and gives the others at once', async ({
  page,
  files,
  cloud,
}) => {
  const small = await snapshot(4, '2021:07:16 12:30:00');
  await signUp(page);
  await drop(
    page,
    await files({
      'forest.jpg': await large(2, '2021:07:14 09:00:00'),
      'harbor.jpg': await large(3, '2021:07:15 12:30:00'),
      'small.jpg': small,
    }),
  );
  await allSafe(page, 3);
  await thumbnailsShown(page, 3);
  await closeUploads(page);
  await cloud.s3.passTime(181 * DAY);
  await tile(page, 'small.jpg').hover();
  await tile(page, 'small.jpg').press('x');
  await page.keyboard.press('Control+a');
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  const asked = page.getByRole('dialog', { name: '2 originals are in cold storage' });
  await expect(asked).toBeVisible();
  const download = page.waitForEvent('download');
  await asked.getByRole('button', { name: 'Download the other one' }).click();
  expect(await readFile(await (await download).path())).toEqual(small);
  await expect(asked).toBeHidden();
});

test('the settings tell what the library costs, by class, year and album, also without a connection', async ({
  page,
  files,
  context,
}) => {
  await signUp(page);
  await openSettings(page);
  const costs = region(page, 'What it costs');
  await expect(costs).toContainText('nothing here yet');
  await page.getByRole('link', { name: 'Photos', exact: true }).first().click();
  await drop(
    page,
    await files({
      'forest.jpg': await large(5, '2019:07:14 09:00:00'),
      'harbor.jpg': await large(6, '2021:07:15 12:30:00'),
      'small.jpg': await snapshot(7, '2021:07:16 12:30:00'),
    }),
  );
  await allSafe(page, 3);
  await thumbnailsShown(page, 3);
  await closeUploads(page);
  await openSettings(page);
  const told = async () => {
    await expect(costs.getByText('a month', { exact: false }).first()).toBeVisible();
    await expect(costs).toContainText('For 3 originals');
    await expect(costs.getByRole('listitem').filter({ hasText: 'Frequent access' })).toBeVisible();
    await expect(costs.getByRole('listitem').filter({ hasText: '2021' })).toContainText('2 photos');
    await expect(costs.getByRole('listitem').filter({ hasText: '2019' })).toContainText('1 photo');
    await expect(costs).toContainText('No album has a photo in it yet.');
    await expect(costs).toContainText('Deep archive after 180 days');
    await expect(costs).toContainText('Prices of us-east-1, as of');
    await costs.getByText('Prices of us-east-1').click();
    await expect(costs).toContainText('Not confirmed against AWS');
  };
  await told();
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.reload();
  await told();
});
