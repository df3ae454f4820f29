// What goes wrong around an upload, injected on purpose: the cloud dies, the page is closed, credentials run out, others do the same at
// the same time. Nothing is lost, nothing is there twice, and nothing is called safe before it is.
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../../infra/local/synth.ts';
import { startChild, type CloudChild } from '../cloud/cloud-child.ts';
import { member, type Reachable } from '../cloud/people.ts';
import {
  accountButton,
  allSafe,
  drop,
  expect,
  signInAs,
  signUp,
  snapshot,
  someone,
  test as base,
  thumbnailsShown,
  uploadLine,
} from './shoebox.ts';
import { agreeToLeave, album, kept, originalsOf, test, withoutHandles } from './uploading.ts';

for (const share of [30, 60, 90]) {
  test(`a page reloaded at ${share} % has lost nothing, and sends nothing twice`, async ({
    page,
    files,
    gate,
  }) => {
    agreeToLeave(page);
    await withoutHandles(page);
    await signUp(page);
    const folder = dirname((await files(await album(10, 'Summer/')))[0] ?? '');
    const before = share / 10;
    gate.open(before);
    await drop(page, [folder]);
    await expect(uploadLine(page)).toHaveText(new RegExp(`^${before} of 10 safe`));
    await expect.poll(() => kept(page)).toHaveLength(10 - before);
    await page.reload();
    await expect(uploadLine(page)).toHaveText(/needed again/);
    gate.open();
    await drop(page, [folder]);
    await allSafe(page, 10);
    await thumbnailsShown(page, 10);
    expect(gate.stored).toHaveLength(10);
    expect(new Set(gate.stored).size).toBe(10);
  });
}

test('a large file cut off by a reload goes on with the part it was at', async ({ page, files }) => {
  agreeToLeave(page);
  await signUp(page);
  const [film = ''] = await files({ 'film.jpg': await snapshot(1, '2021:06:03 18:20:00') });
  // Sparse: it takes no room on the disk.
  await truncate(film, 5 * 16 * 2 ** 20);
  /** Parts that S3 says it has. */
  const stored: string[] = [];
  const second = new Promise<void>((resolve) => {
    page.on('response', (response) => {
      const part = new URL(response.url()).searchParams.get('partNumber');
      if (part && response.request().method() === 'PUT' && response.ok()) stored.push(part);
      if (stored.length === 2) resolve();
    });
  });
  await drop(page, [film]);
  await second;
  await page.reload();
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
  expect(new Set(stored).size).toBe(stored.length);
});

test('two devices that are given the same folder at once end with one photo each', async ({
  page,
  anotherPage,
  files,
  cloud,
}) => {
  const person = someone();
  await signUp(page, person);
  const other = await anotherPage();
  await other.goto('/');
  await signInAs(other, person);
  await expect(accountButton(other)).toBeVisible();
  const folder = dirname((await files(await album(8, 'Both/')))[0] ?? '');
  await Promise.all([drop(page, [folder]), drop(other, [folder])]);
  for (const one of [page, other]) {
    await allSafe(one, 8);
    await thumbnailsShown(one, 8);
  }
  expect(await originalsOf(cloud, await member(cloud, person))).toHaveLength(8);
});

interface Mortal {
  cloud: Reachable;
  kill: () => Promise<unknown>;
  /** The same data at the same address. */
  restart: () => Promise<void>;
}

const killable = base.extend<{ mortal: Mortal }>({
  // oxlint-disable-next-line no-empty-pattern
  mortal: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'shoebox-mortal-'));
    const options = { directory, dist: join(ROOT, 'dist') };
    let child: CloudChild = await startChild(options);
    const ports = Object.fromEntries(
      Object.entries(child.cloud.urls).map(([name, url]) => [name, Number(new URL(url).port)]),
    );
    await use({
      // As it is now: with the people who have come since.
      get cloud() {
        return child.cloud;
      },
      kill: () => child.kill(),
      restart: async () => {
        child = await startChild({ ...options, ports });
      },
    });
    await child.kill();
    await rm(directory, { recursive: true, maxRetries: 3 });
  },
  baseURL: async ({ mortal }, use) => use(mortal.cloud.urls.site),
});

killable(
  'a cloud killed in the middle of an upload: all goes on once there is one again, and nothing is lost or there twice',
  async ({ page, files, mortal }) => {
    const person = someone();
    await signUp(page, person);
    const photos = Object.entries(await album(9));
    // Large enough that some are on their way when it happens.
    const contents = photos.map(
      ([name, bytes]) => [name, Buffer.concat([bytes, Buffer.alloc(2 ** 20)])] as const,
    );
    let sent = 0;
    const killed = new Promise<void>((resolve) => {
      page.on('request', (request) => {
        if (request.method() === 'PUT' && ++sent === 6) resolve(mortal.kill().then(() => undefined));
      });
    });
    await drop(page, await files(Object.fromEntries(contents)));
    await killed;
    await expect(uploadLine(page)).toHaveText(/^\d of 9 safe/);
    await mortal.restart();
    // Sooner than it would look by itself.
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await allSafe(page, 9);
    await thumbnailsShown(page, 9);
    const who = await member(mortal.cloud, person);
    expect(await originalsOf(mortal.cloud, who)).toHaveLength(9);
  },
);
