// The Lambda's package, bundled as it is deployed and run by plain Node: everything it loads is in it, and nothing else.
import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUNDLING } from '../../infra/stack-processor.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { identity, photo, photoIdOf } from '../fixtures.ts';
import { fixture } from '../heif-builders.ts';

const root = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'shoebox-package-'));
let asset: string;
let server: Server;
/** What S3 has, by key, and what it and DynamoDB were sent. */
const originals = new Map<string, Buffer>();
let renditions: string[] = [];
let rows: string[] = [];

/** Runs the handler on an event for each file and says what became of it. */
const CHILD = `
  const { handler } = await import(process.argv[2]);
  for (const key of JSON.parse(process.argv[3])) {
    const record = { s3: { bucket: { name: 'originals' }, object: { key: encodeURIComponent(key), sequencer: '1' } } };
    await handler({ Records: [record] }).then(() => console.log('done'), (error) => console.log('again ' + error));
  }
`;

beforeAll(async () => {
  const app = new App({ outdir: join(scratch, 'out'), analyticsReporting: false });
  const lambda = new NodejsFunction(new Stack(app, 'Test'), 'Processor', {
    entry: join(root, 'processor/handler.ts'),
    projectRoot: root,
    depsLockFilePath: join(root, 'package-lock.json'),
    // sharp would come from the registry, for another machine; the one of this machine takes its place.
    bundling: { ...BUNDLING, nodeModules: undefined, externalModules: ['sharp'] },
    runtime: Runtime.NODEJS_24_X,
  });
  const name = readdirSync(join(scratch, 'out')).find((entry) => entry.startsWith('asset.'));
  if (!name) throw new Error(`nothing was bundled for ${lambda.node.path}`);
  asset = join(scratch, 'out', name);
  symlinkSync(join(root, 'node_modules/sharp'), join(asset, 'node_modules/sharp'));
  writeFileSync(join(scratch, 'child.mjs'), CHILD);

  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const key = decodeURIComponent(request.url?.split('?')[0]?.replace(/^\/originals\//, '') ?? '');
      const original = originals.get(key);
      if (request.method === 'POST') {
        rows.push(Buffer.concat(chunks).toString());
        response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
      } else if (request.method === 'PUT') {
        renditions.push(key);
        response.end();
      } else if (original) {
        response.setHeader('last-modified', 'Thu, 01 Jan 2026 00:00:00 GMT').setHeader('etag', '"1"');
        response.setHeader('content-length', original.length);
        response.end(request.method === 'HEAD' ? undefined : original);
      } else response.writeHead(404).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
}, 120_000);

afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  rmSync(scratch, { recursive: true });
});

/** What the handler did with each file: `done`, or `again` and why. */
async function run(files: readonly Buffer[]): Promise<string[]> {
  const keys = files.map((file) => {
    const key = originalKey(identity(), photoIdOf(file));
    originals.set(key, file);
    return key;
  });
  renditions = [];
  rows = [];
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const said = await new Promise<string>((resolve, reject) =>
    execFile(
      process.execPath,
      [join(scratch, 'child.mjs'), join(asset, 'index.mjs'), JSON.stringify(keys)],
      {
        // Should the process not end by itself, it is ended, and the test fails.
        timeout: 100_000,
        cwd: scratch,
        env: {
          AWS_REGION: 'eu-central-1',
          AWS_ACCESS_KEY_ID: 'x',
          AWS_SECRET_ACCESS_KEY: 'x',
          AWS_ENDPOINT_URL_S3: origin,
          AWS_ENDPOINT_URL_DYNAMODB: origin,
          ORIGINALS_BUCKET: 'originals',
          LIBRARY_BUCKET: 'library',
          PHOTOS_TABLE: 'photos',
        },
      },
      (error, stdout, stderr) =>
        error ? reject(new Error(`${stdout}\n${stderr}`, { cause: error })) : resolve(stdout),
    ),
  );
  return said.split('\n').filter((line) => /^(?:done|again)/.test(line));
}

const jpeg = await photo({ gps: { latitude: 48.8566, longitude: 2.3522 } });

test('the package shows HEIC, JPEG XL and JPEG, names places, and lets its process end', async () => {
  const calls = await run([fixture('plain.heic'), fixture('p3.jxl'), jpeg]);
  expect(calls).toEqual(['done', 'done', 'done']);
  expect(renditions).toHaveLength(6);
  const ready = rows.filter((row) => row.includes('{"S":"ready"}'));
  expect(ready.map((row) => /image\/\w+/.exec(row)?.[0])).toEqual(['image/heic', 'image/jxl', 'image/jpeg']);
  expect(ready[2]).toContain('Paris');
}, 120_000);

test('it is small, and brings the license of libheif along', () => {
  const files = readdirSync(asset, { recursive: true, withFileTypes: true, encoding: 'utf8' }).filter(
    (entry) => entry.isFile(),
  );
  const bytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
  expect(bytes).toBeLessThan(25_000_000);
  expect(existsSync(join(asset, 'node_modules/libheif-js/LICENSE'))).toBe(true);
  expect(existsSync(join(asset, 'node_modules/libheif-js/libheif-wasm/LICENSE'))).toBe(true);
  expect(files.filter((file) => /\.(?:ts|map|test\.\w+)$/.test(file.name)).map(({ name }) => name)).toEqual(
    [],
  );
});

test('a JPEG needs none of the decoders; a HEIC without its decoder is tried again, not called damaged', async () => {
  rmSync(join(asset, 'node_modules/libheif-js'), { recursive: true });
  const [first, second] = await run([jpeg, fixture('plain.heic')]);
  expect(first).toBe('done');
  expect(second).toMatch(/^again .*decoder of heif/);
  expect(rows.filter((row) => row.includes('{"S":"failed"}'))).toEqual([]);
}, 120_000);
