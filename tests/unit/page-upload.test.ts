// The page is put into its S3 bucket so that no visitor ever meets half of it, and what an open page may still ask for stays for a week.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { uploadPage } from '../../infra/page-upload.ts';
import type { Config } from '../../src/schema/config.ts';
import { AwsStandIn, s3Error, xml, type Asked } from '../aws-stand-in.ts';

const DAY = 24 * 3600 * 1000;
const config = { region: 'us-east-1' } as Config;
const dist = mkdtempSync(join(tmpdir(), 'shoebox-page-'));
afterAll(() => {
  rmSync(dist, { recursive: true });
  vi.unstubAllEnvs();
});

interface Stored {
  modified: number;
  headers: Record<string, string>;
}

let aws: AwsStandIn;
let s3: S3Client;
let stored: Map<string, Stored>;
let now: number;

const known = (path: string): void => {
  const name = `/site/${path}`;
  aws.answer(`s3:PUT ${name}`, ({ headers }: Asked) => {
    const kept = Object.entries(headers).filter(([header]) =>
      /^(?:content-type|cache-control|x-amz-meta-)/.test(header),
    );
    stored.set(path, { modified: now, headers: Object.fromEntries(kept) as Record<string, string> });
    return xml('<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>');
  });
  aws.answer(`s3:HEAD ${name}`, () => {
    const found = stored.get(path);
    return found
      ? { headers: { ...found.headers, 'last-modified': new Date(found.modified).toUTCString() } }
      : { status: 404 };
  });
  aws.answer(`s3:DELETE ${name}`, () => {
    stored.delete(path);
    return { status: 204 };
  });
};

beforeEach(async () => {
  aws = new AwsStandIn();
  vi.stubEnv('AWS_ENDPOINT_URL', await aws.start());
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  s3 = new S3Client({ region: 'us-east-1', maxAttempts: 1 });
  stored = new Map();
  now = Date.UTC(2026, 0, 1);
  aws.answer('s3:GET /site', () =>
    xml(
      `<ListBucketResult><IsTruncated>false</IsTruncated>${[...stored.keys()]
        .map((key) => `<Contents><Key>${key}</Key></Contents>`)
        .join('')}</ListBucketResult>`,
    ),
  );
  for (const path of ['config.json', 'index.html', 'service-worker.js', 'assets/a-1.js', 'assets/b-2.js'])
    known(path);
});
afterEach(async () => {
  s3.destroy();
  await aws.stop();
});

/** Deploys a page of these files, so many days after the beginning. */
async function deployed(files: readonly string[], days = 0) {
  rmSync(dist, { recursive: true });
  mkdirSync(join(dist, 'assets'), { recursive: true });
  for (const file of files) writeFileSync(join(dist, file), file);
  now = Date.UTC(2026, 0, 1) + days * DAY;
  const paused: number[] = [];
  const done = await uploadPage(
    s3,
    { bucket: 'site', dist, config },
    { now, pause: async (ms) => paused.push(ms) },
  );
  return { ...done, paused };
}

const FIRST = ['index.html', 'service-worker.js', 'assets/a-1.js'];
const SECOND = ['index.html', 'service-worker.js', 'assets/b-2.js'];

test('hashed files go up first, then the configuration, then the page, then its service worker', async () => {
  const { uploaded, paused } = await deployed(FIRST);
  expect(uploaded).toBe(4);
  expect(aws.names().filter((name) => name.startsWith('s3:PUT'))).toEqual([
    's3:PUT /site/assets/a-1.js',
    's3:PUT /site/config.json',
    's3:PUT /site/index.html',
    's3:PUT /site/service-worker.js',
  ]);
  expect(paused).toEqual([2000]);
  expect(stored.get('assets/a-1.js')?.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
});

test('a file that cannot be put stops what comes after: no page that asks for it goes up', async () => {
  aws.answer('s3:PUT /site/assets/a-1.js', s3Error('AccessDenied', 403));
  await expect(deployed(FIRST)).rejects.toThrow('AccessDenied');
  expect(stored.has('index.html')).toBe(false);
});

test('what a page that is open may still ask for is there for a week after it was replaced, however old it is', async () => {
  await deployed(FIRST);
  // Much later, so that its age alone would say nothing.
  await deployed(SECOND, 100);
  expect(stored.get('assets/a-1.js')?.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-amz-meta-replaced': 'yes',
  });
  expect((await deployed(SECOND, 106)).removed).toBe(0);
  expect(stored.has('assets/a-1.js')).toBe(true);
  expect((await deployed(SECOND, 108)).removed).toBe(1);
  expect([...stored.keys()].sort()).toEqual([
    'assets/b-2.js',
    'config.json',
    'index.html',
    'service-worker.js',
  ]);
});

test('deploying every day does not begin the week anew', async () => {
  await deployed(FIRST);
  for (let day = 1; day < 8; day++) await deployed(SECOND, day);
  expect(stored.has('assets/a-1.js')).toBe(true);
  await deployed(SECOND, 9);
  expect(stored.has('assets/a-1.js')).toBe(false);
});

test('going back to the page before makes its files current again', async () => {
  await deployed(FIRST);
  await deployed(SECOND, 1);
  await deployed(FIRST, 2);
  await deployed(FIRST, 30);
  expect(stored.get('assets/a-1.js')?.headers).not.toHaveProperty('x-amz-meta-replaced');
  expect(stored.has('assets/b-2.js')).toBe(false);
});
