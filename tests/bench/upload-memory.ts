// What memory the page takes while very much is uploaded: photos, and videos of some gigabytes that go in parts.
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryWhile } from './page-memory.ts';
import { median } from './report.ts';
import { Receiving } from './received.ts';
import { blanks } from './upload-files.ts';
import { drop, onStage, signIn } from './visit.ts';

const PHOTO = 8e6;
const VIDEO = 3e9;
/** Of all bytes, so much in videos: one at least. */
const IN_VIDEOS = 0.6;
/** What is stored takes its room on the disk, and parts are there twice while they are put together. */
const ROOM = 1.5;

export interface Memory {
  gigabytes: number;
  seconds: number;
  /** MB of the page with its workers: before, the most while it goes on, and medians of the first and last fifth of the time. */
  before: number;
  peak: number;
  first: number;
  last: number;
  /** The most that the browser's main process took more than before, in MB. */
  browser: number;
}

export async function memory(gigabytes: number): Promise<Memory> {
  const videos = Math.max(1, Math.floor((gigabytes * 1e9 * IN_VIDEOS) / VIDEO));
  const photos = Math.round((gigabytes * 1e9 - videos * VIDEO) / PHOTO);
  const measured: Memory[] = [];
  await onStage(
    async ({ browser, cloud, directory }) => {
      const { bavail, bsize } = await statfs(directory);
      if (bavail * bsize < gigabytes * 1e9 * ROOM)
        throw new Error(`There is no room for ${gigabytes} GB in ${directory}: ask for fewer gigabytes.`);
      // Videos among the photos, as in folders of people.
      const sizes = Array.from({ length: photos + videos }, () => PHOTO);
      for (let i = 0; i < videos; i++) sizes[Math.floor(((i + 0.5) * sizes.length) / videos)] = VIDEO;
      const folder = join(directory, 'Ten years');
      await blanks(folder, sizes);
      const page = await browser.newPage({ baseURL: cloud.urls.site });
      await signIn(page);
      await page.waitForLoadState('networkidle');
      const receiving = new Receiving(cloud.urls.originals);
      const idle = await memoryWhile(browser, () => page.waitForTimeout(2000));
      const begun = performance.now();
      const { page: taken, main } = await memoryWhile(browser, async () => {
        await drop(page, [folder]);
        await receiving.until(sizes.length);
      });
      receiving.end();
      const fifth = Math.ceil(taken.length / 5);
      measured.push({
        gigabytes,
        seconds: (performance.now() - begun) / 1000,
        before: median(idle.page),
        peak: Math.max(...taken),
        first: median(taken.slice(0, fifth)),
        last: median(taken.slice(-fifth)),
        browser: Math.max(...main) - median(idle.main),
      });
      await page.context().close();
    },
    { processor: false },
  );
  const [only] = measured;
  if (!only) throw new Error('Nothing was measured.');
  return only;
}
