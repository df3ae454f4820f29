// npm run bench:share: what sharing 500 photos with a friend costs, and how soon the friend sees them, on the production build with a
// seeded local cloud. Beside opening one's own photos on the same machine, with no picture kept.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page, type Request } from '@playwright/test';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { startCloud, type LocalCloud } from '../../infra/local/cloud.ts';
import { buildPage } from '../../infra/local/synth.ts';
import { friendId } from '../../src/schema/social.ts';
import { CHROMIUM_FLAGS, findChromium } from '../chromium.ts';
import { member, type Member } from '../cloud/people.ts';
import { median, result, round, table } from './report.ts';
import { seed } from './seeding.ts';

const PHOTOS = 500;
const RUNS = 5;
const VIEWPORT = { width: 1280, height: 800 };
const TITLE = 'Five hundred';

const directory = await mkdtemp(join(tmpdir(), 'shoebox-bench-'));

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name }).click();
  await page.getByRole('button', { name: /^Account of/ }).waitFor();
}

async function befriend(cloud: LocalCloud, from: Member, to: Member, name: string): Promise<void> {
  await from.dynamodb.send(
    new PutCommand({
      TableName: cloud.config.socialTable,
      Item: {
        owner: from.identityId,
        id: friendId(to.identityId),
        recipient: to.identityId,
        name,
        changedAt: new Date().toISOString(),
      },
    }),
  );
}

/** Requests that sharing makes, and the bytes of pictures that pass through the browser for it. */
function watchRequests(page: Page, { urls }: LocalCloud) {
  const counted = { requests: 0, pictureBytes: 0, copies: 0 };
  const isPicture = (request: Request): boolean => request.url().includes('.webp');
  page.on('request', (request) => {
    const ours = [urls.library, urls.originals, urls.api].some((base) => request.url().startsWith(base));
    if (!ours || request.method() === 'OPTIONS' || request.method() === 'GET') return;
    counted.requests++;
    if (request.headers()['x-amz-copy-source'] !== undefined) counted.copies++;
    if (isPicture(request)) counted.pictureBytes += request.postDataBuffer()?.length ?? 0;
  });
  page.on('requestfinished', async (request) => {
    if (request.method() !== 'GET' || !request.url().startsWith(urls.library)) return;
    if (!isPicture(request)) counted.requests++;
    else if (counting) counted.pictureBytes += (await request.sizes()).responseBodySize;
  });
  let counting = false;
  return {
    begin: () => {
      counting = true;
      Object.assign(counted, { requests: 0, pictureBytes: 0, copies: 0 });
    },
    end: () => {
      counting = false;
      return { ...counted };
    },
  };
}

async function shared(page: Page, cloud: LocalCloud) {
  await page.getByText('Photos by date').or(page.locator('.grid .tile').first()).first().waitFor();
  const watching = watchRequests(page, cloud);
  await page.locator('.grid .tile img.shown').first().waitFor();
  await page.locator('.grid .tile').first().hover();
  await page.locator('.selectable').waitFor();
  await page.locator('.grid .tile').first().focus();
  await page.keyboard.press('x');
  await page.keyboard.press('Control+a');
  await page.getByText(`${PHOTOS} selected`).waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Share with friends' }).click();
  const dialog = page.getByRole('dialog', { name: /^Share/ });
  await dialog.getByLabel('Name').fill(TITLE);
  await dialog.getByLabel('Ben').check();
  await page.waitForLoadState('networkidle');
  watching.begin();
  const begun = performance.now();
  await dialog.getByRole('button', { name: 'Share' }).click();
  await page.getByText('Shared with Ben').waitFor({ timeout: 300_000 });
  const seconds = (performance.now() - begun) / 1000;
  return { seconds, ...watching.end() };
}

/** Ms from a click to the first picture, and to a screen full of them. */
const opened = (page: Page, selector: string): Promise<{ thumb: number; full: number }> =>
  page.evaluate(async (link) => {
    const begun = performance.now();
    document.querySelector<HTMLElement>(link)?.click();
    let thumb = 0;
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const seen = [...document.querySelectorAll('main .grid .tile, main .grid .box')].filter((box) => {
        const { top, bottom } = box.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
      const shown = seen.filter((box) => box.querySelector('img.shown')).length;
      if (shown > 0 && thumb === 0) thumb = performance.now() - begun;
      if (seen.length > 0 && shown === seen.length) return { thumb, full: performance.now() - begun };
    }
  }, selector);

/** The same person in a browser that has kept no picture; from `path`, where there are none of these. */
async function fresh<T>(
  browser: Browser,
  context: BrowserContext,
  { site, path }: { site: string; path: string },
  play: (page: Page) => Promise<T>,
): Promise<T> {
  const other = await browser.newContext({
    baseURL: site,
    viewport: VIEWPORT,
    storageState: await context.storageState(),
  });
  try {
    const page = await other.newPage();
    await page.goto(path);
    await page.getByRole('button', { name: /^Account of/ }).waitFor();
    await page.waitForLoadState('networkidle');
    return await play(page);
  } finally {
    await other.close();
  }
}

try {
  await (await startCloud({ directory: join(directory, 'data'), dist: buildPage })).close();
  await seed(join(directory, 'data'), PHOTOS);
  const cloud = await startCloud({ directory: join(directory, 'data'), dist: buildPage });
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  try {
    const { site } = cloud.urls;
    const [ada, ben] = await Promise.all(
      ['ada@example.com', 'ben@example.com'].map((email) => member(cloud, { email })),
    );
    if (!ada || !ben) throw new Error('nobody to share with');
    await Promise.all([befriend(cloud, ada, ben, 'Ada'), befriend(cloud, ben, ada, 'Ben')]);
    const adas = await browser.newContext({ baseURL: site, viewport: VIEWPORT });
    const bens = await browser.newContext({ baseURL: site, viewport: VIEWPORT });
    const page = await adas.newPage();
    await signIn(page, 'Ada Berger');
    const cost = await shared(page, cloud);
    const theirs = await bens.newPage();
    await signIn(theirs, 'Ben');
    await theirs.goto('/shared');
    await theirs.getByRole('link', { name: TITLE }).waitFor();

    const own: { thumb: number; full: number }[] = [];
    const friends: { thumb: number; full: number }[] = [];
    for (let run = 0; run < RUNS; run++) {
      own.push(
        await fresh(browser, adas, { site, path: '/settings' }, (one) => opened(one, 'nav a[href="/"]')),
      );
      friends.push(
        await fresh(browser, bens, { site, path: '/shared' }, async (one) => {
          await one.getByRole('link', { name: TITLE }).waitFor();
          return opened(one, 'main a[href^="/shared?share="]');
        }),
      );
    }
    const of = (visits: typeof own, what: 'thumb' | 'full') => median(visits.map((visit) => visit[what]));
    table(`${PHOTOS} photos shared with a friend`, [
      ['seconds', cost.seconds],
      ['requests', cost.requests],
      ['  of those copies that S3 makes itself', cost.copies],
      ['bytes of pictures through the browser', cost.pictureBytes],
    ]);
    table('opened, ms', [
      ['', 'first thumbnail', 'screen full'],
      ["by the friend, a friend's share", round(of(friends, 'thumb')), round(of(friends, 'full'))],
      ["by the owner, one's own photos", round(of(own, 'thumb')), round(of(own, 'full'))],
    ]);
    result('share', {
      photosPerSecond: round(PHOTOS / cost.seconds),
      requestsPerPhoto: Number((cost.requests / PHOTOS).toFixed(3)),
      pictureBytesThroughBrowser: cost.pictureBytes,
      friendOpenRatio: Number((of(friends, 'full') / of(own, 'full')).toFixed(2)),
    });
  } finally {
    await browser.close();
    await cloud.close();
  }
} finally {
  await rm(directory, { recursive: true });
}
