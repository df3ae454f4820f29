// How much memory pages take, their workers and what they share with the browser included: of their processes all that is not a file's on the
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

/** What all pages of a browser together take, and its main process, again and again while something happens. In MB. */
export async function memoryWhile(
  browser: Browser,
  play: () => Promise<unknown>,
): Promise<{ pages: number[]; main: number[] }> {
  const devtools = await browser.newBrowserCDPSession();
  const pages: number[] = [];
  const main: number[] = [];
  const sum = (pids: readonly number[]) => pids.reduce((all, pid) => all + megabytesOf(pid), 0);
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
      const of = (type: string) => processInfo.filter((one) => one.type === type).map(({ id }) => id);
      pages.push(sum(of('renderer')));
      main.push(sum(of('browser')));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  await Promise.all([watch(), play().finally(() => over.abort())]);
  return { pages, main };
}
