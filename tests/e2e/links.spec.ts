// Sharing by link: made by somebody with a library, followed by somebody without any account, until it ends.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { entriesOf } from '../zip-reader.ts';
import {
  closeUploads,
  expect,
  signUp,
  startWith,
  test as base,
  threePhotos,
  tiles,
  watch,
  withThreePhotos,
} from './shoebox.ts';

/** How much later it is at the cloud than here, in milliseconds. */
let later = 0;
const SECOND = 1000;
const DAY = 86_400 * SECOND;

const test = base.extend<object, { cloud: LocalCloud }>({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const directory = await mkdtemp(join(tmpdir(), 'shoebox-e2e-'));
      const cloud = await startWith({ directory, now: () => Date.now() + later });
      await use(cloud);
      await cloud.close();
      await rm(directory, { recursive: true });
    },
    { scope: 'worker' },
  ],
});

test.beforeEach(async ({ page, files }) => {
  later = 0;
  await signUp(page);
  await withThreePhotos(page, files);
  await closeUploads(page);
});

const dialog = (page: Page) => page.getByRole('dialog');

interface Wanted {
  title?: string;
  life?: string;
  password?: string;
  originals?: boolean;
  download?: boolean;
}

/** Makes a link of all three photos, and gives it. */
async function makeLink(page: Page, wanted: Wanted = {}): Promise<string> {
  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
  await page.keyboard.press('Control+a');
  const bar = page.getByRole('region', { name: 'Selected photos' });
  await bar.getByRole('button', { name: 'More' }).click();
  await bar.getByRole('button', { name: 'Share by link' }).click();
  const form = dialog(page);
  await form.getByLabel('Title').fill(wanted.title ?? 'Summer by the sea');
  if (wanted.life) await form.getByText(wanted.life, { exact: true }).click();
  if (wanted.download === false) await form.getByLabel('Photos may be downloaded').uncheck();
  if (wanted.originals) await form.getByLabel('With the originals').check();
  if (wanted.password !== undefined) {
    await form.getByLabel('With a password').check();
    await form.getByLabel('Password', { exact: true }).fill(wanted.password);
  }
  await form.getByRole('button', { name: 'Make the link' }).click();
  await expect(form.getByRole('heading', { name: 'The link is ready' })).toBeVisible({ timeout: 30_000 });
  const link = await form.getByLabel('Link', { exact: true }).inputValue();
  await form.getByRole('button', { name: 'Done' }).click();
  await page.keyboard.press('Escape');
  return link;
}

/** Somebody with a browser of their own, who has never been here. */
async function guest(browser: Browser): Promise<{ page: Page; alarms: string[]; asked: string[] }> {
  const context = await browser.newContext();
  const alarms = await watch(context);
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  const page = await context.newPage();
  // As in browsers that let no page write to the disk.
  await page.addInitScript(() => Object.assign(globalThis, { showSaveFilePicker: undefined }));
  return { page, alarms, asked };
}

const photos = (page: Page) => page.getByRole('list', { name: 'Photos' }).getByRole('button');
const thumbnails = (page: Page) => page.locator('.tile img.shown');

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

test('somebody without an account sees, watches and saves what is behind a link', async ({
  page,
  browser,
}) => {
  const link = await makeLink(page, { originals: true });
  const { page: other, alarms, asked } = await guest(browser);
  await other.goto(link);
  await expect(other.getByRole('heading', { name: 'Summer by the sea' })).toBeVisible();
  await expect(thumbnails(other)).toHaveCount(3);
  await expect(other).toHaveTitle('Summer by the sea · Shoebox');
  await expect(other.getByText('3 photos')).toBeVisible();
  await expect(other.getByRole('button', { name: 'Sign in' })).toHaveCount(0);
  await expect(other.getByRole('button', { name: 'Download all' })).toBeVisible();
  expect(await barriers(other)).toEqual([]);

  await photos(other).first().click();
  const viewer = other.getByRole('dialog', { name: 'Photo 1' });
  await expect(viewer.locator('.pswp__img:not(.pswp__img--placeholder)').first()).toBeVisible();
  const [one] = await Promise.all([
    other.waitForEvent('download'),
    viewer.getByRole('button', { name: 'Download' }).click(),
  ]);
  expect(one.suggestedFilename()).toBe('harbor.jpg');
  const originals = await threePhotos();
  expect(Buffer.compare(await readFile(await one.path()), originals['harbor.jpg'] ?? Buffer.of())).toBe(0);
  await viewer.getByRole('button', { name: 'Slideshow' }).click();
  await expect(other.getByRole('dialog', { name: 'Slideshow' })).toBeVisible();
  await other.keyboard.press('Escape');
  await other.keyboard.press('Escape');
  await expect(viewer).toHaveCount(0);
  await expect(photos(other).first()).toBeFocused();

  const [all] = await Promise.all([
    other.waitForEvent('download'),
    other.getByRole('button', { name: 'Download all' }).click(),
  ]);
  expect(all.suggestedFilename()).toBe('Summer by the sea.zip');
  const entries = entriesOf(await readFile(await all.path()));
  expect(entries.map(({ name }) => name)).toEqual(['harbor.jpg', 'forest.jpg', 'beach.jpg']);
  for (const { name, content } of entries) {
    expect(Buffer.compare(content, originals[name] ?? Buffer.of())).toBe(0);
  }

  // Nobody but the host of links is told which link it is, and nothing is left on this device.
  const share = link.split('/').at(-1) ?? '';
  const { origin } = new URL(link);
  expect(asked.filter((url) => url.includes(share) && new URL(url).origin === origin)).toEqual([]);
  const left = await other.evaluate(async () => ({
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    stored: { ...localStorage },
    databases: await indexedDB.databases(),
  }));
  expect(left).toEqual({ caches: [], workers: 0, stored: {}, databases: [] });
  expect(alarms).toEqual([]);
});

test('without downloads and originals a link shows photos, and offers nothing else', async ({
  page,
  browser,
}) => {
  const link = await makeLink(page, { download: false });
  const { page: other } = await guest(browser);
  await other.goto(link);
  await expect(thumbnails(other)).toHaveCount(3);
  await expect(other.getByRole('button', { name: 'Slideshow' })).toBeVisible();
  await expect(other.getByRole('button', { name: /Download/ })).toHaveCount(0);
  await photos(other).nth(1).click();
  await expect(other.getByRole('dialog', { name: 'Photo 2' })).toBeVisible();
  await expect(other.getByRole('button', { name: /Download/ })).toHaveCount(0);
});

test('a password keeps out whoever does not know it, title and all', async ({ page, browser, cloud }) => {
  const link = await makeLink(page, { password: 'correct horse', life: 'Until I end it' });
  const { page: other, alarms } = await guest(browser);
  await other.goto(link);
  const field = other.getByLabel('Password');
  await expect(field).toBeFocused();
  await expect(other).toHaveTitle('Shared photos · Shoebox');
  expect(await barriers(other)).toEqual([]);
  const path = link.slice(link.indexOf('#') + 1);
  const manifest = await (await fetch(`${cloud.config.shareHost}/${path}/manifest.json`)).text();
  expect(manifest).not.toContain('Summer');

  await field.fill('Correct horse');
  await field.press('Enter');
  await expect(other.getByRole('alert')).toHaveText('That is not the password. Capitals count.');
  await expect(photos(other)).toHaveCount(0);
  await field.fill('correct horse');
  await field.press('Enter');
  await expect(thumbnails(other)).toHaveCount(3);
  await expect(other.getByRole('heading', { name: 'Summer by the sea' })).toBeVisible();
  expect(alarms).toEqual([]);
});

test('a password that is soon guessed is not taken', async ({ page }) => {
  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
  await page.keyboard.press('Control+a');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Share by link' }).click();
  const form = dialog(page);
  await expect(form.getByText('these 3 photos')).toBeVisible();
  await form.getByLabel('With a password').check();
  await form.getByLabel('Password', { exact: true }).fill('1234');
  await form.getByRole('button', { name: 'Make the link' }).click();
  await expect(form.getByText('Take at least 8 characters.')).toBeVisible();
  await form.getByLabel('With the originals').check();
  await expect(form.getByText('often the place, too')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
});

test('a link that is ended is over for everybody within five minutes, and for its owner’s own browser', async ({
  page,
  browser,
}) => {
  const link = await makeLink(page, { life: 'Until I end it' });
  const { page: other } = await guest(browser);
  await other.goto(link);
  await expect(thumbnails(other)).toHaveCount(3);
  // The owner's browser has the library's service worker, which answers for everything else here.
  await page.evaluate(() => navigator.serviceWorker.ready);
  const mine = await page.context().newPage();
  await mine.goto(link);
  await expect(thumbnails(mine)).toHaveCount(3);
  expect(await mine.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);

  await page.goto('/links');
  const card = page.getByRole('listitem', { name: 'Summer by the sea' });
  await expect(card).toContainText('3 photos');
  await expect(card).toContainText('Until you end it');
  expect(await barriers(page)).toEqual([]);
  await card.getByRole('button', { name: 'End link' }).click();
  await dialog(page).getByRole('button', { name: 'End link' }).click();
  await expect(page.getByText('The link has ended.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No links yet' })).toBeVisible();

  later = 301 * SECOND;
  for (const visitor of [other, mine]) {
    await visitor.reload();
    await expect(visitor.getByRole('heading', { name: 'This link has ended' })).toBeVisible();
    await expect(photos(visitor)).toHaveCount(0);
  }
  expect(await barriers(other)).toEqual([]);
});

test('a link of seven days is over after seven days', async ({ page, browser }) => {
  const link = await makeLink(page, { life: '7 days' });
  const { page: other } = await guest(browser);
  later = 7 * DAY - 60 * SECOND;
  await other.goto(link);
  await expect(thumbnails(other)).toHaveCount(3);
  later = 7 * DAY + 60 * SECOND;
  await other.reload();
  // Its copies may still lie there: S3 takes its time.
  await expect(other.getByRole('heading', { name: 'This link has ended' })).toBeVisible({ timeout: 20_000 });
});

test('one photo, and an album in its own order, go by link to people who are no friends', async ({
  page,
  browser,
}) => {
  await tiles(page).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Share with friends' }).click();
  await dialog(page).getByRole('button', { name: 'Share by link' }).click();
  await expect(dialog(page).getByText('this photo')).toBeVisible();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await page.keyboard.press('Escape');

  await tiles(page).first().hover();
  await expect(page.locator('.selectable')).toBeVisible();
  await tiles(page).first().focus();
  await page.keyboard.press('Control+a');
  await page
    .getByRole('region', { name: 'Selected photos' })
    .getByRole('button', { name: 'Add to album' })
    .click();
  await dialog(page).getByLabel('New album with this title').fill('Lisbon');
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await page.getByRole('navigation', { name: 'Library' }).getByRole('link', { name: 'Albums' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Lisbon' }).click();
  await page.getByRole('button', { name: 'Share with friends' }).click();
  await dialog(page).getByRole('button', { name: 'Share by link' }).click();
  await expect(dialog(page).getByLabel('Title')).toHaveValue('Lisbon');
  await dialog(page).getByRole('button', { name: 'Make the link' }).click();
  await expect(dialog(page).getByRole('heading', { name: 'The link is ready' })).toBeVisible({
    timeout: 30_000,
  });
  const { page: other } = await guest(browser);
  await other.goto(await dialog(page).getByLabel('Link', { exact: true }).inputValue());
  await expect(other.getByRole('heading', { name: 'Lisbon' })).toBeVisible();
  await expect(thumbnails(other)).toHaveCount(3);
});

test('a picture that does not come holds up neither the others nor what can be done with them', async ({
  page,
  browser,
}) => {
  const link = await makeLink(page);
  const { page: other } = await guest(browser);
  let lost = '';
  await other.route(/thumb\.webp$/, (route) => {
    lost ||= route.request().url();
    return lost === route.request().url() ? route.abort() : route.continue();
  });
  await other.goto(link);
  await expect(thumbnails(other)).toHaveCount(2);
  await expect(other.getByRole('button', { name: 'Slideshow' })).toBeVisible();
  await expect(other.getByRole('button', { name: 'Download all' })).toBeVisible();
  await expect(photos(other)).toHaveCount(3);
});

test('half a link, and no connection, are said in plain words', async ({ page, browser }) => {
  const link = await makeLink(page);
  const { page: other } = await guest(browser);
  await other.goto(link.slice(0, -3));
  await expect(other.getByRole('heading', { name: 'This is not a whole link' })).toBeVisible();
  await other.route(/manifest\.json$/, (route) => route.abort('internetdisconnected'));
  await other.goto('about:blank');
  await other.goto(link);
  await expect(other.getByRole('heading', { name: 'No connection' })).toBeVisible();
  await other.unroute(/manifest\.json$/);
  await other.getByRole('button', { name: 'Try again' }).click();
  await expect(thumbnails(other)).toHaveCount(3);
});
