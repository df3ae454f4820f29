// How much memory the page takes, its workers and what it shares with the browser included: of its process all that is not a file's on the
// disk, as Chromium's own task manager counts it. Read from /proc, where there is one.
import { existsSync, readFileSync } from 'node:fs';
import type { Browser } from '@playwright/test';

const EVERY_MS = 250;

export const canMeasure = existsSync('/proc/self/status');

function megabytesOf(pid: number): number {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has ended since the browser named it.
    return 0;
  }
  const kibibytes = ['RssAnon', 'RssShmem'].map((name) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0),
  );
  return kibibytes.reduce((sum, one) => sum + one * 1024, 0) / 1e6;
}

/**
 * What the only page of a browser takes, and the browser's main process, again and again while something happens. In MB. Browsers keep
 * processes for pages to come, and some for themselves: the page's is the largest.
 */
export async function memoryWhile(
  browser: Browser,
  play: () => Promise<unknown>,
): Promise<{ page: number[]; main: number[] }> {
  const devtools = await browser.newBrowserCDPSession();
  const page: number[] = [];
  const main: number[] = [];
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
      const most = (type: string) =>
        Math.max(...processInfo.filter((one) => one.type === type).map(({ id }) => megabytesOf(id)));
      page.push(most('renderer'));
      main.push(most('browser'));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  await Promise.all([watch(), play().finally(() => over.abort())]);
  return { page, main };
}
