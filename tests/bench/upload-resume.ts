// An upload whose browser is killed in the middle, for the upload bench: what is sent again once the same files are dropped on the page anew.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from '@playwright/test';
import { startCloud } from '../../infra/local/cloud.ts';
import { buildPage } from '../../infra/local/synth.ts';
import { CHROMIUM_FLAGS, findChromium } from '../chromium.ts';
import { Receiving } from './received.ts';
import { photos } from './upload-files.ts';
import { drop, signIn } from './visit.ts';

const WAIT_MS = 10 * 60_000;

const open = (profile: string, baseURL: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    args: CHROMIUM_FLAGS,
    baseURL,
  });

/** At once, with all its processes, as when the power fails. Nothing is told beforehand. */
async function kill(context: BrowserContext, profile: string): Promise<void> {
  const gone = new Promise((resolve) => context.once('close', resolve));
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  for (const line of lines) {
    const [, pid, args = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    if (args.includes(`--user-data-dir=${profile}`) && Number(pid) !== process.pid)
      process.kill(Number(pid), 'SIGKILL');
  }
  await gone;
}

/** Of all bytes, the share that was sent again. */
export async function resentShare(count: number, bytes: number): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'shoebox-bench-'));
  const cloud = await startCloud({ directory: join(directory, 'data'), dist: buildPage });
  const receiving = new Receiving(cloud.urls.originals);
  try {
    const folder = join(directory, 'photos');
    await photos(folder, count, bytes);
    const profile = join(directory, 'profile');
    const first = await open(profile, cloud.urls.site);
    const page = first.pages()[0] ?? (await first.newPage());
    await signIn(page);
    await page.waitForLoadState('networkidle');
    const before = receiving.bytes;
    await drop(page, [folder]);
    await receiving.until(count / 2);
    await kill(first, profile);
    const second = await open(profile, cloud.urls.site);
    const again = second.pages()[0] ?? (await second.newPage());
    await again.goto('/');
    const card = again.getByRole('complementary', { name: 'Uploads' });
    await card.getByText('needed again').first().waitFor({ timeout: WAIT_MS });
    await drop(again, [folder]);
    // What had become safe unseen is counted once more when its file is found to be here already.
    await card
      .getByText(/^\d+ photos are safe$/)
      .first()
      .waitFor({ timeout: WAIT_MS });
    const sent = receiving.bytes - before;
    await second.close();
    return sent / (count * bytes) - 1;
  } finally {
    receiving.end();
    await cloud.close();
    await rm(directory, { recursive: true });
  }
}
