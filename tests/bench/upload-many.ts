// A folder of very many files dropped at once, for the upload bench: when the card is there and answers, when all are listed, and how long the
// page was ever held up meanwhile.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import type { Page } from '@playwright/test';
import { tenYears } from './upload-files.ts';
import { drop, onStage, signIn } from './visit.ts';

export interface Many {
  /** Seconds until the card is there and one of its buttons has done what it says. */
  queue: number[];
  /** Seconds until all files are in the list. */
  listed: number[];
  /** Ms of the longest task of the page's main thread until then, and a while longer. */
  longest: number[];
  /** MB of JavaScript's heap then. */
  heap: number[];
}

type Observed = typeof globalThis & { longest: number };

/** What has come by then, the disk is told of, and the first photos are sent. */
const LONGER_MS = 3000;

const observe = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const watched = globalThis as Observed;
    watched.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watched.longest = Math.max(watched.longest, duration);
    }).observe({ type: 'longtask' });
  });

async function heapOf(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

export async function many(count: number, rounds: number): Promise<Many> {
  const folder = await mkdtemp(join(tmpdir(), 'shoebox-many-'));
  const times: Many = { queue: [], listed: [], longest: [], heap: [] };
  try {
    await tenYears(join(folder, 'Ten years'), count);
    for (let round = 0; round < rounds; round++) {
      await onStage(
        async ({ browser, cloud }) => {
          const page = await browser.newPage({ baseURL: cloud.urls.site });
          await signIn(page);
          await page.waitForLoadState('networkidle');
          await observe(page);
          const card = page.getByRole('complementary', { name: 'Uploads' });
          const seconds = (since: number) => (performance.now() - since) / 1000;
          const begun = performance.now();
          await drop(page, [join(folder, 'Ten years')]);
          await card.getByRole('button', { name: 'Pause' }).click({ timeout: 300_000 });
          await card.getByRole('button', { name: 'Go on' }).click();
          times.queue.push(seconds(begun));
          const known = card.getByText(`of ${count.toLocaleString('en-US')} safe`);
          await known.first().waitFor({ timeout: 300_000 });
          times.listed.push(seconds(begun));
          await page.waitForTimeout(LONGER_MS);
          times.longest.push(await page.evaluate(() => (globalThis as Observed).longest));
          times.heap.push(await heapOf(page));
          await page.context().close();
        },
        { processor: false },
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return times;
}
