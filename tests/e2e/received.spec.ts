// Photos that other apps hand over to the installed one: shared with it, or opened with it. Nothing is uploaded unasked.
import { writeFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  accountButton,
  allSafe,
  drop,
  expect,
  leave,
  remains,
  signInAs,
  signOut,
  signUp,
  snapshot,
  someone,
  test,
  thumbnailsShown,
  tile,
  tiles,
  uploadCard,
} from './shoebox.ts';

const two = async (): Promise<Record<string, Buffer>> => ({
  'beach.jpg': await snapshot(1, '2021:06:03 18:20:00'),
  'forest.jpg': await snapshot(2, '2021:07:14 09:00:00'),
});

const question = (page: Page) => page.getByRole('dialog');
const answer = (page: Page, name: string) =>
  question(page).getByRole('button', { name, exact: true }).click();
const workerReady = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));
/** Whether this browser keeps anything of what was handed over. */
const kept = async (page: Page): Promise<boolean> =>
  (await remains(page)).includes('database shoebox-received');

const FORM = (site: string, policy = 'origin') => `<!doctype html><title>elsewhere</title>
  <meta name="referrer" content="${policy}">
  <form method="post" enctype="multipart/form-data" action="${site}/receive">
    <input type="file" multiple name="photos"><button>Share</button>
  </form>`;

/** The browser posts what is shared as a form would, from nowhere. */
async function share(page: Page, site: string, paths: string[]): Promise<void> {
  await page.goto('about:blank');
  await page.setContent(FORM(site));
  await page.locator('input').setInputFiles(paths);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.waitForURL(`${site}/`);
}

/** The same, posted by a page of somebody else. */
async function plant(page: Page, site: string, paths: string[], policy?: string): Promise<void> {
  await page.route('http://elsewhere.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: FORM(site, policy) }),
  );
  await page.goto('http://elsewhere.example/');
  await page.locator('input').setInputFiles(paths);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.waitForURL(`${site}/`);
}

test('what another app shares is asked about, and uploaded when one says so', async ({
  page,
  files,
  cloud,
}) => {
  await signUp(page);
  await workerReady(page);
  await share(page, cloud.urls.site, await files(await two()));
  await expect(question(page)).toHaveAccessibleName('Upload 2 photos shared with Shoebox?');
  await expect(question(page).getByRole('listitem')).toContainText(['beach.jpg', 'forest.jpg']);
  await expect(question(page).locator('img')).toHaveCount(2);
  const checked = new AxeBuilder({ page }).include('dialog').withTags(['wcag2a', 'wcag2aa', 'wcag21aa']);
  expect((await checked.analyze()).violations).toEqual([]);
  await expect(uploadCard(page)).toHaveCount(0);
  await answer(page, 'Upload');
  await allSafe(page, 2);
  await thumbnailsShown(page, 2);
  await expect.poll(() => kept(page)).toBe(false);
});

test('what is shared while nobody is signed in waits, is said to, and can be discarded', async ({
  page,
  files,
  cloud,
}) => {
  const me = someone();
  await signUp(page, me);
  await workerReady(page);
  await signOut(page);
  await share(page, cloud.urls.site, await files(await two()));
  await expect(page.getByRole('heading', { name: '2 photos wait for you.' })).toBeVisible();
  await signInAs(page, me);
  await expect(question(page)).toHaveAccessibleName('Upload 2 photos shared with Shoebox?');
  await answer(page, 'Discard');
  await expect(question(page)).toHaveCount(0);
  await expect.poll(() => kept(page)).toBe(false);
  await page.reload();
  await expect(accountButton(page)).toBeVisible();
  await expect(tiles(page)).toHaveCount(0);
});

test('put off, it is asked about again, but of nobody else, and gone when one signs out', async ({
  page,
  files,
  cloud,
}) => {
  await signUp(page);
  await workerReady(page);
  // Larger than what is read at once.
  const film = Buffer.alloc(40 * 2 ** 20, 'film');
  await share(page, cloud.urls.site, await files({ ...(await two()), 'film.mp4': film }));
  await expect(question(page).getByRole('listitem').filter({ hasText: 'film.mp4' })).toContainText('41.9 MB');
  await page.keyboard.press('Escape');
  await expect(question(page)).toHaveCount(0);
  await page.reload();
  await expect(question(page)).toBeVisible();
  await page.keyboard.press('Escape');
  expect(await kept(page)).toBe(true);
  await accountButton(page).click();
  await leave(page);
  expect(await remains(page)).toEqual([]);
});

test('a page of somebody else cannot hand anything over', async ({ page, files, cloud }) => {
  await signUp(page);
  await workerReady(page);
  const paths = await files(await two());
  await plant(page, cloud.urls.site, paths);
  await expect(accountButton(page)).toBeVisible();
  expect(await kept(page)).toBe(false);
  // One that hides where it comes from looks like the system: then the person decides.
  await plant(page, cloud.urls.site, paths, 'no-referrer');
  await expect(question(page)).toContainText('If it was not you who shared them, discard them');
  await answer(page, 'Discard');
  await expect.poll(() => kept(page)).toBe(false);
  await expect(uploadCard(page)).toHaveCount(0);
});

test('a reload in the middle costs nothing of what was shared', async ({ page, files, cloud }) => {
  await signUp(page);
  await workerReady(page);
  const shared = await files(await two());
  await share(page, cloud.urls.site, shared);
  const held: (() => void)[] = [];
  await page.route(`${cloud.urls.originals}/**`, async (route) => {
    if (route.request().method() === 'PUT') await new Promise<void>((go) => held.push(go));
    await route.continue().catch(() => {});
  });
  await answer(page, 'Upload');
  await expect.poll(() => held.length).toBe(2);
  // They are nowhere else any more.
  for (const path of shared) await writeFile(path, '');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.reload();
  await allSafe(page, 2);
  await expect(question(page)).toHaveCount(0);
  await thumbnailsShown(page, 2);
});

test('what is opened with the app is asked about once, and uploaded when one says so', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'launchQueue', {
      value: { setConsumer: (take: unknown) => Object.assign(window, { launch: take }) },
    });
  });
  await signUp(page);
  await page.waitForFunction(() => 'launch' in window);
  const bytes = [...(await snapshot(3, '2021:07:15 12:30:00'))];
  // Such a handle is like that of a file on the disk.
  await page.evaluate(async (content) => {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle('harbor.jpg', { create: true });
    const writable = await handle.createWritable();
    await writable.write(new Uint8Array(content));
    await writable.close();
    (window as unknown as { launch: (launch: object) => void }).launch({ files: [handle] });
  }, bytes);
  await expect(question(page)).toHaveAccessibleName('Upload 1 photo opened with Shoebox?');
  await answer(page, 'Upload');
  await allSafe(page, 1);
  await expect(tile(page, 'harbor.jpg')).toBeVisible();
  await expect.poll(() => kept(page)).toBe(false);
});

test('the installed app’s icon counts what is left while it is uploaded, and nothing afterwards', async ({
  page,
  files,
  cloud,
}) => {
  await page.addInitScript(() => {
    const shown: number[] = [];
    Object.assign(globalThis, { shown });
    Object.assign(navigator, {
      setAppBadge: async (count: number) => void shown.push(count),
      clearAppBadge: async () => void shown.push(0),
    });
  });
  const shown = () => page.evaluate(() => (globalThis as unknown as { shown: number[] }).shown);
  await signUp(page);
  const held: (() => void)[] = [];
  await page.route(`${cloud.urls.originals}/**`, async (route) => {
    if (route.request().method() === 'PUT') await new Promise<void>((go) => held.push(go));
    await route.continue();
  });
  await drop(page, await files(await two()));
  await expect.poll(async () => (await shown()).at(-1)).toBe(2);
  await expect.poll(() => held.length).toBe(2);
  held[0]?.();
  await expect.poll(async () => (await shown()).at(-1)).toBe(1);
  held[1]?.();
  await allSafe(page, 2);
  await expect.poll(async () => (await shown()).at(-1)).toBe(0);
});
