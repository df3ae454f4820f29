// What every story starts from: a local cloud for each worker, a page that is watched for what must never happen, and people.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  expect,
  test as base,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test';
import { startCloud, type CloudOptions, type LocalCloud } from '../../infra/local/cloud.ts';
import { ROOT } from '../../infra/local/synth.ts';
import { member, type Member } from '../cloud/people.ts';
import { jpeg, type PhotoOptions } from '../fixtures.ts';

/** The cloud as `npm start` runs it, with the page that the global setup has built. */
export const startWith = (options: Omit<CloudOptions, 'dist'>): Promise<LocalCloud> =>
  startCloud({ ...options, dist: () => Promise.resolve(join(ROOT, 'dist')) });

/** A cloud on data of its own, which `prepare` may have put there, for as long as somebody uses it. */
export async function withCloud(
  use: (cloud: LocalCloud) => Promise<void>,
  options: Omit<CloudOptions, 'dist' | 'directory'> = {},
  prepare?: (directory: string) => Promise<unknown>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'shoebox-e2e-'));
  await prepare?.(directory);
  const cloud = await startWith({ directory, ...options });
  await use(cloud);
  await cloud.close();
  await rm(directory, { recursive: true });
}

interface Fixtures {
  /** Writes files for this test, each with its path below a folder of its own; gives the whole paths. */
  files: (contents: Readonly<Record<string, Uint8Array>>) => Promise<string[]>;
  /** A browser of one's own for somebody else; what must never happen is watched for there too. */
  anotherPage: (options?: BrowserContextOptions) => Promise<Page>;
}
interface WorkerFixtures {
  cloud: LocalCloud;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern
    ({}, use) => withCloud(use),
    { scope: 'worker' },
  ],
  baseURL: async ({ cloud }, use) => use(cloud.urls.site),
  context: async ({ context }, use) => {
    const alarms = await watch(context);
    await use(context);
    expect(alarms).toEqual([]);
  },
  // oxlint-disable-next-line no-empty-pattern
  files: async ({}, use, info) => {
    await use((contents) =>
      Promise.all(
        Object.entries(contents).map(async ([name, bytes]) => {
          const path = info.outputPath('files', name);
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, bytes);
          return path;
        }),
      ),
    );
  },
  anotherPage: async ({ browser, baseURL }, use) => {
    const opened: { context: BrowserContext; alarms: string[] }[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ baseURL, ...options });
      opened.push({ context, alarms: await watch(context) });
      return context.newPage();
    });
    for (const { context, alarms } of opened) {
      expect(alarms).toEqual([]);
      await context.close();
    }
  },
});

export { expect };

/** Notes what no story may bring about: an error nobody caught, or something the content security policy had to stop. */
export async function watch(context: BrowserContext): Promise<string[]> {
  const alarms: string[] = [];
  context.on('weberror', (error) => alarms.push(String(error.error())));
  context.on('console', (message) => {
    if (/Content[ -]Security[ -]Policy|Trusted ?Type/i.test(message.text())) alarms.push(message.text());
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`Content Security Policy: ${event.violatedDirective} stopped ${event.blockedURI}`);
    });
  });
  return alarms;
}

let people = 0;

/** Somebody no cloud knows yet. */
export const someone = (name = 'Cleo Winter') => ({
  name,
  email: `${name.split(' ')[0]?.toLowerCase()}.${process.pid}.${++people}@example.com`,
});

/** From the sign-in page into the library, as somebody new. */
export async function signUp(
  page: Page,
  { name, email } = someone(),
  { member: isMember = true } = {},
): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Someone new').click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Let in as a member').setChecked(isMember);
  await page.getByRole('button', { name: 'Create and sign in' }).click();
  if (isMember) await expect(accountButton(page)).toBeVisible();
}

/** From the page before sign-in to Google and back, as somebody new there. */
export async function signUpWithGoogle(
  page: Page,
  { name, email } = someone(),
  { member: isMember = true } = {},
): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Continue with Google' }).click();
  await expect(page.getByRole('heading', { name: 'Choose an account' })).toBeVisible();
  // Folded away once there is anybody to choose.
  const another = page.locator('details');
  if (!(await another.evaluate((details: HTMLDetailsElement) => details.open))) {
    await another.locator('summary').click();
  }
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Let in as a member').setChecked(isMember);
  await page.getByRole('button', { name: 'Create and sign in' }).click();
}

/** Somebody new at the page, and through the SDK as from another device of theirs. */
export async function signUpMember(page: Page, cloud: LocalCloud, who = someone()): Promise<Member> {
  await signUp(page, who);
  return member(cloud, who);
}

/** From the sign-in page into the library, as somebody who has been here before, perhaps on another device. */
export async function signInAs(page: Page, { email }: { email: string }): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: email }).click();
}

export const accountButton = (page: Page) => page.getByRole('button', { name: /^Account of/ });

export async function signOut(page: Page): Promise<void> {
  await accountButton(page).click();
  await leave(page);
}

/** Presses the button that signs out. The way out leads by the sign-in service and back. */
export async function leave(page: Page): Promise<void> {
  const back = page
    .waitForRequest((request) => request.url().includes('/logout?'))
    .then(() => page.waitForEvent('load'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await back;
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
}

/** What this browser keeps about anybody: names of storage entries, databases and cached pictures. */
export const remains = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => `database ${name}`);
    // The page itself and how it looks are about the device, not about a person.
    const stored = [...Object.keys(localStorage), ...Object.keys(sessionStorage)];
    const cached = (await caches.keys()).filter((name) => !/^shoebox-(?:shell-|config$)/.test(name));
    return [
      ...stored.filter((key) => !['shoebox.theme', 'shoebox.density'].includes(key)),
      ...databases,
      ...cached,
    ];
  });

/** Drops files and folders from the disk onto the page, as the system's file manager would. */
export async function drop(page: Page, paths: readonly string[]): Promise<void> {
  // Not detached: that would put a page back online that is meant to be offline.
  const devtools = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize() ?? { width: 600, height: 600 };
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', {
      type,
      x: Math.round(width / 2),
      y: Math.round(height / 2),
      data,
    });
  }
}

export const uploadCard = (page: Page) => page.getByRole('complementary', { name: 'Uploads' });
/** The one line that says how far all of it is. */
export const uploadLine = (page: Page) => uploadCard(page).locator('.line');
export const uploadRow = (page: Page, name: string) =>
  uploadCard(page).getByRole('listitem').filter({ hasText: name });

export const closeUploads = (page: Page) => uploadCard(page).getByRole('button', { name: 'Close' }).click();

/** Waits until the upload card says that this many are safe. */
export const allSafe = (page: Page, count: number) =>
  expect(uploadLine(page)).toHaveText(`${count === 1 ? '1 photo is' : `${count} photos are`} safe`, {
    timeout: 40_000,
  });

/** The photos on the screen, in their order in the document. */
export const tiles = (page: Page) => page.locator('main .tile');
export const tile = (page: Page, name: string) => page.locator(`main .tile[aria-label^="${name}"]`);

/** Waits until each of so many photos shows its thumbnail. */
export async function thumbnailsShown(page: Page, count: number, timeout = 15_000): Promise<void> {
  await expect(tiles(page)).toHaveCount(count, { timeout });
  await expect(page.locator('main .tile img.shown')).toHaveCount(count, { timeout });
}

/** The viewer; within it PhotoSwipe has a dialog of its own. */
export const viewer = (page: Page) => page.getByRole('dialog', { name: /^Photo/ });

/** A photo of an ordinary shape, smaller than a camera's so that tests are quick. */
export const snapshot = (seed: number, takenAt: string, more: Partial<PhotoOptions> = {}): Promise<Buffer> =>
  jpeg({ width: 480, height: 320, seed, takenAt, ...more });

/** Three photos of three days in two months, oldest first. */
export const threePhotos = async (): Promise<Record<string, Buffer>> => ({
  'beach.jpg': await snapshot(1, '2021:06:03 18:20:00'),
  'forest.jpg': await snapshot(2, '2021:07:14 09:00:00'),
  'harbor.jpg': await snapshot(3, '2021:07:15 12:30:00'),
});

/** Drops the three photos into an empty library and waits for them. */
export async function withThreePhotos(page: Page, files: Fixtures['files']): Promise<void> {
  await drop(page, await files(await threePhotos()));
  await allSafe(page, 3);
  await thumbnailsShown(page, 3);
}
