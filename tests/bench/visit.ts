// What the benches need of a visit: a browser, a local cloud with the built page, somebody signed in, and files dropped.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { startCloud, type LocalCloud } from '../../infra/local/cloud.ts';
import { buildPage } from '../../infra/local/synth.ts';
import { CHROMIUM_FLAGS, findChromium } from '../chromium.ts';
import { seed } from './seeding.ts';

export interface Stage {
  cloud: LocalCloud;
  browser: Browser;
  /** A folder of this run's own. */
  directory: string;
}

/** Sets the stage, with so many photos of Ada's, lets `play` use it, and clears it away. Without the processor, its work waits. */
export async function onStage(
  play: (stage: Stage) => Promise<void>,
  { photos = 0, processor = true }: { photos?: number; processor?: boolean } = {},
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'shoebox-bench-'));
  const start = () => startCloud({ directory: join(directory, 'data'), dist: buildPage, processor });
  if (photos > 0) {
    // People and S3 buckets are made with the first start.
    await (await start()).close();
    await seed(join(directory, 'data'), photos);
  }
  const cloud = await start();
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  try {
    await play({ cloud, browser, directory });
  } finally {
    await browser.close();
    await cloud.close();
    await rm(directory, { recursive: true });
  }
}

/** As Ada, or as another whom every local cloud knows. */
export async function signIn(page: Page, url = '/', name = 'Ada Berger'): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name }).click();
  await page.getByRole('button', { name: /^Account of/ }).waitFor();
}

/** Drops files from the disk, as a file manager would. */
export async function drop(page: Page, files: string[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, x: 400, y: 400, data });
  }
}

/** Waits until the upload card says that all of so many are safe. */
export const allSafe = (page: Page, count: number, timeout = 60_000): Promise<void> =>
  page
    .getByRole('complementary', { name: 'Uploads' })
    .getByText(count === 1 ? '1 photo is safe' : `${count} photos are safe`, { exact: true })
    // Screen readers are told so, too.
    .first()
    .waitFor({ timeout });
