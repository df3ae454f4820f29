// How much longer the page takes for an upload than a bare loop of PutObjectCommand, which neither hashes nor remembers anything.
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { build } from 'esbuild';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { checksumOfPhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { member } from '../cloud/people.ts';
import { Receiving } from './received.ts';
import { photoIdOfFile, photos, type MadeFile } from './upload-files.ts';
import type { Loop } from './upload-loop.page.ts';
import { drop, onStage, signIn } from './visit.ts';

export interface Overhead {
  /** Seconds of each round. */
  page: number[];
  loop: number[];
  /** So many at once. */
  lanes: number[];
}

/** Seconds until so many originals are stored, and the most that came in at once. */
async function received(
  { urls }: LocalCloud,
  count: number,
  play: () => Promise<unknown>,
): Promise<{ seconds: number; most: number }> {
  const receiving = new Receiving(urls.originals);
  try {
    const begun = performance.now();
    await Promise.all([play(), receiving.until(count)]);
    return { seconds: (receiving.last - begun) / 1000, most: receiving.most };
  } finally {
    receiving.end();
  }
}

async function byPage(browser: Browser, cloud: LocalCloud, files: readonly MadeFile[]) {
  const page = await browser.newPage({ baseURL: cloud.urls.site });
  await signIn(page);
  await page.waitForLoadState('networkidle');
  // Once in a device's life all of the page is fetched to be kept: that is no part of an upload.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const paths = files.map(({ path }) => path);
  const times = await received(cloud, files.length, () => drop(page, paths));
  // Nobody is left to be asked whether the page may go.
  await page.context().close();
  return times;
}

async function byLoop(
  browser: Browser,
  cloud: LocalCloud,
  { files, script, lanes }: { files: readonly MadeFile[]; script: string; lanes: number },
): Promise<number> {
  const { config, urls } = cloud;
  const { identityId, credentials } = await member(cloud, { email: 'ben@example.com' });
  const originals: Loop['originals'] = [];
  for (const file of files) {
    const photoId = await photoIdOfFile(file);
    originals.push({ key: originalKey(identityId, photoId), checksum: checksumOfPhotoId(photoId) });
  }
  // On the site's own address: S3 answers no other. Of what is there nothing is needed.
  const page = await browser.newPage({ baseURL: urls.site, serviceWorkers: 'block', bypassCSP: true });
  await page.goto('/config.json');
  await page.evaluate(() => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', multiple: true });
    document.body.append(input);
  });
  await page.locator('input').setInputFiles(files.map(({ path }) => path));
  await page.evaluate(script);
  const loop: Loop = {
    client: { region: config.region, endpoint: urls.originals, credentials },
    bucket: config.originalsBucket,
    originals,
    lanes,
  };
  const { seconds } = await received(cloud, files.length, () =>
    page.evaluate(
      (what) => (globalThis as typeof globalThis & { putAll: (loop: Loop) => Promise<void> }).putAll(what),
      loop,
    ),
  );
  await page.context().close();
  return seconds;
}

/** Rounds in turns, so that whatever else this machine does meets both. */
export async function overhead(count: number, bytes: number, rounds: number): Promise<Overhead> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'upload-loop.page.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  const script = outputFiles[0]?.text ?? '';
  const times: Overhead = { page: [], loop: [], lanes: [] };
  for (let round = 0; round < rounds; round++) {
    // A cloud of its own for each: what was stored is gone from the disk before the next begins.
    await onStage(
      async ({ browser, cloud, directory }) => {
        const files = await photos(join(directory, 'photos'), count, bytes);
        const loop = async (lanes: number) =>
          times.loop.push(await byLoop(browser, cloud, { files, script, lanes }));
        // The loop sends as many at once as the page did; from then on each goes first in its turn.
        const known = times.lanes.at(-1);
        const first = round % 2 === 1 && known !== undefined;
        if (first) await loop(known);
        const { seconds, most } = await byPage(browser, cloud, files);
        times.page.push(seconds);
        times.lanes.push(most);
        if (!first) await loop(most);
      },
      { processor: false },
    );
  }
  return times;
}
