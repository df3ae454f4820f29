// Uploads in a real browser where S3 is busy, answers get lost and connections break; and a file that is sent in parts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Fault, Faults } from '../../infra/local/s3/faults.ts';
import {
  allSafe,
  drop,
  expect,
  signUp,
  snapshot,
  startWith,
  test as base,
  threePhotos,
  thumbnailsShown,
} from './shoebox.ts';

interface Rough {
  /** What goes wrong with each PUT of an original, in turn, until there is no more. */
  faults: Fault[];
  url: string;
}

const test = base.extend<{ rough: Rough }>({
  // A cloud of its own, which nobody else is on.
  // oxlint-disable-next-line no-empty-pattern
  rough: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'shoebox-rough-'));
    const rough: Rough = { faults: [], url: '' };
    const next: Faults = ({ method, url = '' }) =>
      method === 'PUT' && /-originals/.test(url) ? rough.faults.shift() : undefined;
    const cloud = await startWith({ directory, faults: next });
    rough.url = cloud.urls.site;
    await use(rough);
    await cloud.close();
    await rm(directory, { recursive: true });
  },
  baseURL: async ({ rough }, use) => use(rough.url),
});

/** The part numbers of all PUTs from here on; null for one that is no part. */
function puts(page: Page): (string | null)[] {
  const seen: (string | null)[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') seen.push(new URL(request.url()).searchParams.get('partNumber'));
  });
  return seen;
}

test('photos get through, each once, while S3 is busy, answers are lost and connections break', async ({
  page,
  files,
  rough,
}) => {
  await signUp(page);
  rough.faults = ['busy', 'lost', 'cut', 'broken', 'lost'];
  await drop(page, await files(await threePhotos()));
  await allSafe(page, 3);
  await thumbnailsShown(page, 3);
  expect(rough.faults).toEqual([]);
});

test('a large file is sent in parts, over a network that breaks, and is safe like any other', async ({
  page,
  files,
  rough,
}) => {
  await signUp(page);
  const large = Buffer.concat([await snapshot(1, '2021:06:03 18:20:00'), Buffer.alloc(64 * 2 ** 20)]);
  const paths = await files({ 'large.jpg': large });
  const sent = puts(page);
  rough.faults = ['cut', 'lost'];
  await drop(page, paths);
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
  expect([...new Set(sent)].sort()).toEqual(['1', '2', '3', '4', '5']);
  expect(rough.faults).toEqual([]);
});
