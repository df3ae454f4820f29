// Two people for the share bench: Ada with her photos, all in an album of hers, and Ben, her friend. Each in a browser of their own.
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { BatchWriteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { albumId, entryId, friendId, randomId } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { member, type Member } from '../cloud/people.ts';
import { shownAfter, type Shown } from './screen.ts';
import { trafficOf, type Traffic } from './traffic.ts';

/** DynamoDB takes no more at once. */
const ROWS_AT_ONCE = 25;
const VIEWPORT = { width: 1280, height: 800 };

const row = (owner: Member, id: string, attributes: object = {}) => ({
  owner: owner.identityId,
  id,
  changedAt: instantOf(Date.now()),
  ...attributes,
});

/** As if they had met: each has a row for the other. */
export async function befriend({ config }: LocalCloud, ada: Member, ben: Member): Promise<void> {
  for (const [from, to, name] of [
    [ada, ben, 'Ada'],
    [ben, ada, 'Ben'],
  ] as const) {
    const Item = row(from, friendId(to.identityId), { recipient: to.identityId, name });
    await from.dynamodb.send(new PutCommand({ TableName: config.socialTable, Item }));
  }
}

/** An album of all that somebody has, the newest first. */
export async function albumOfAll({ config }: LocalCloud, who: Member, title: string): Promise<void> {
  const { Items = [] } = await who.dynamodb.send(
    new QueryCommand({
      TableName: config.photosTable,
      KeyConditionExpression: '#owner = :owner',
      ProjectionExpression: 'photoId',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': who.identityId },
    }),
  );
  const album = randomId();
  const rows = [
    row(who, albumId(album), { title, sort: 'newest' }),
    ...Items.map(({ photoId }) => row(who, entryId(album, photoId as PhotoId))),
  ];
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const requests = rows.slice(at, at + ROWS_AT_ONCE).map((Item) => ({ PutRequest: { Item } }));
    await who.dynamodb.send(new BatchWriteCommand({ RequestItems: { [config.socialTable]: requests } }));
  }
}

export const contextOf = (browser: Browser, { urls }: LocalCloud): Promise<BrowserContext> =>
  browser.newContext({ baseURL: urls.site, viewport: VIEWPORT });

export const people = (cloud: LocalCloud): Promise<[Member, Member]> =>
  Promise.all([member(cloud, { email: 'ada@example.com' }), member(cloud, { email: 'ben@example.com' })]);

/** Selects all that there is in the timeline, and begins what `action` names. */
async function selectAll(page: Page, count: number, action: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Library' }).getByRole('link', { name: 'Photos' }).click();
  const tile = page.locator('.grid .tile').first();
  await tile.locator('img.shown').waitFor();
  await tile.hover();
  await page.locator('.selectable').waitFor();
  await tile.focus();
  await page.keyboard.press('x');
  await page.keyboard.press('Control+a');
  await page.getByText(`${count} selected`).waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: action }).click();
}

/** From the button that shares to when readers can see it: how long, and what it took. */
export async function shareAll(
  page: Page,
  { urls }: LocalCloud,
  { count, title }: { count: number; title: string },
): Promise<Traffic & { seconds: number }> {
  await selectAll(page, count, 'Share with friends');
  const dialog = page.getByRole('dialog', { name: /^Share/ });
  await dialog.getByLabel('Name').fill(title);
  await dialog.getByLabel('Ben').check();
  await page.waitForLoadState('networkidle');
  let seconds = Number.NaN;
  const traffic = await trafficOf([urls.library, urls.originals, urls.api], async () => {
    const begun = performance.now();
    await dialog.getByRole('button', { name: 'Share' }).click();
    await page.getByText('Shared with Ben').waitFor({ timeout: 300_000 });
    seconds = (performance.now() - begun) / 1000;
  });
  return { ...traffic, seconds };
}

/** Makes a link of all, and gives it. */
export async function linkOfAll(page: Page, count: number): Promise<string> {
  await selectAll(page, count, 'Share by link');
  const form = page.getByRole('dialog');
  await form.getByLabel('Title').fill('By the sea');
  await form.getByRole('button', { name: 'Make the link' }).click();
  await form.getByRole('heading', { name: 'The link is ready' }).waitFor({ timeout: 300_000 });
  return form.getByLabel('Link', { exact: true }).inputValue();
}

/** The same person in a browser that has kept no picture: goes to `path`, which lists albums, and opens the one at `link`. */
export async function opened(
  browser: Browser,
  cloud: LocalCloud,
  { of, path, link }: { of: BrowserContext; path: string; link: string },
): Promise<Shown> {
  const context = await browser.newContext({
    baseURL: cloud.urls.site,
    viewport: VIEWPORT,
    storageState: await of.storageState(),
  });
  try {
    const page = await context.newPage();
    await page.goto(path);
    await page.locator(link).waitFor();
    await page.waitForLoadState('networkidle');
    return await shownAfter(page, link);
  } finally {
    await context.close();
  }
}
