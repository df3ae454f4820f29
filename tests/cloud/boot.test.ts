// The local cloud as a whole: a photo's way through it, the processor's failures, restarts, locks, ports and the page's host.
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startCloud } from '../../infra/local/cloud.ts';
import { notificationOf } from '../../infra/s3-event.ts';
import { LockedError } from '../../infra/local/lock.ts';
import { PortError } from '../../infra/local/ports.ts';
import { ROOT, synthesise } from '../../infra/local/synth.ts';
import type { Template } from '../../infra/local/template-values.ts';
import { parseConfig } from '../../src/schema/config.ts';
import { decodeEventKey, originalKey, renditionKey } from '../../src/schema/keys.ts';
import { parsePhotoRow } from '../../src/schema/photo.ts';
import { exchange, freshCloud, member } from './people.ts';
import { putOriginal } from './photos.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const ada = { email: 'ada@example.com' };

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'shoebox-boot-'));
});
afterAll(() => rm(scratch, { recursive: true, maxRetries: 3 }));

test(
  'a dropped photo comes out as a row and renditions that its owner can read',
  { timeout: 60_000 },
  async () => {
    const cloud = await freshCloud({ processor: true });
    try {
      const who = await member(cloud, ada);
      const bytes = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#357' } })
        .jpeg()
        .toBuffer();
      const photoId = await putOriginal(cloud, who, bytes);
      const Key = { owner: who.identityId, photoId };
      const row = await vi.waitFor(
        async () => {
          const { Item } = await who.dynamodb.send(
            new GetCommand({ TableName: cloud.config.photosTable, Key }),
          );
          const parsed = parsePhotoRow(Item);
          if (!parsed) throw new Error(`not processed: ${JSON.stringify(cloud.failures())}`);
          return parsed;
        },
        { timeout: 40_000, interval: 50 },
      );
      expect(row).toMatchObject({
        status: 'ready',
        width: 900,
        height: 600,
        name: 'a photo.jpg',
        bytes: bytes.length,
      });
      const thumb = await who.s3.library.send(
        new GetObjectCommand({
          Bucket: cloud.config.libraryBucket,
          Key: renditionKey(who.identityId, photoId, 'thumb'),
        }),
      );
      const { width, format } = await sharp(await thumb.Body?.transformToByteArray()).metadata();
      expect({ width, format }).toEqual({ width: 400, format: 'webp' });
      expect(cloud.failures()).toEqual([]);
    } finally {
      await cloud.end();
    }
  },
);

describe('the processor', { timeout: 120_000 }, () => {
  /** Every process that is ended has another one start, which takes seconds on a busy computer. */
  const patient = { timeout: 60_000, interval: 50 };

  /** A handler that does as the file's content says, and notes every event it was given. */
  async function scripted(name: string): Promise<{ module: string; seen: () => Promise<string[]> }> {
    const notes = join(scratch, `${name}.jsonl`);
    const module = join(scratch, `${name}.mjs`);
    await writeFile(notes, '');
    await writeFile(
      module,
      `import { appendFileSync } from 'node:fs';
      export async function handler({ Records: [{ s3: { object } }] }) {
        appendFileSync(${JSON.stringify(notes)}, object.size + '\\n');
        if (object.size === 1) throw new Error('too small');
        if (object.size === 2) process.exit(3);
        if (object.size === 3) await new Promise(() => setInterval(() => {}, 1000));
      }`,
    );
    const seen = async () => (await readFile(notes, 'utf8')).split('\n').filter(Boolean);
    return { module: pathToFileURL(module).href, seen };
  }

  /** The real template, with a timeout that a test can wait for. */
  const hasty = async (): Promise<Template> => {
    const template = structuredClone(await synthesise());
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type === 'AWS::Lambda::Function' && Properties) Properties['Timeout'] = 2;
    }
    return template;
  };

  test('tries what fails, crashes or hangs three times, then queues the failure and goes on', async () => {
    const { module, seen } = await scripted('failing');
    const cloud = await freshCloud({ processor: { module }, template: hasty });
    try {
      const who = await member(cloud, ada);
      for (const size of [1, 2, 3, 4]) await putOriginal(cloud, who, Buffer.alloc(size, 'x'));
      await vi.waitFor(() => expect(cloud.failures()).toHaveLength(3), patient);
      await vi.waitFor(async () => expect(await seen()).toHaveLength(10), patient);
      expect(cloud.failures().map(({ attempts, error }) => [attempts, error.split('\n')[0]])).toEqual(
        expect.arrayContaining([
          [3, 'Error: too small'],
          [3, 'The function ended with exit code 3.'],
          [3, 'Task timed out after 2.00 seconds'],
        ]),
      );
    } finally {
      await cloud.end();
    }
  });

  test('gets what an earlier run left behind, and nothing twice that was done', async () => {
    const directory = join(scratch, 'left-behind');
    const { module, seen } = await scripted('later');
    const first = await startCloud({ directory, processor: false });
    const who = await member(first, ada);
    await putOriginal(first, who, Buffer.alloc(10, 'x'));
    await putOriginal(first, who, Buffer.alloc(11, 'x'));
    await first.close();
    expect(await seen()).toEqual([]);

    const second = await startCloud({ directory, processor: { module } });
    await vi.waitFor(async () => expect((await seen()).sort()).toEqual(['10', '11']), patient);
    await putOriginal(second, await member(second, ada), Buffer.alloc(12, 'x'));
    await vi.waitFor(async () => expect(await seen()).toHaveLength(3), patient);
    await second.close();

    const third = await startCloud({ directory, processor: { module } });
    await putOriginal(third, await member(third, ada), Buffer.alloc(13, 'x'));
    await vi.waitFor(async () => expect(await seen()).toContain('13'), patient);
    expect((await seen()).filter((size) => size === '10')).toHaveLength(1);
    await third.close();
  });

  test.each(['a b', 'a+b', '100%', 'ü/🙂', '../up', "(it's)!*", 'us-east-1:1/x'])(
    'is told of the key %s so that it reads the same',
    (key) => {
      const event = { eventName: 'ObjectCreated:Put', eventTime: '', bucket: 'b', key, sequencer: '1' };
      const encoded = notificationOf(event, 'us-east-1').Records[0]?.s3.object.key ?? '';
      expect(encoded).toMatch(/^[\w.*%+/-]+$/);
      expect(decodeEventKey(encoded)).toBe(key);
    },
  );
});

test('a restart keeps people, identities, tokens, credentials and rows', async () => {
  const directory = join(scratch, 'restart');
  const ports = { site: 0 };
  const first = await startCloud({ directory, processor: false, ports });
  const who = await member(first, ada);
  const photoId = await putOriginal(first, who, Buffer.from('kept'));
  await first.close();

  const api = Number(new URL(first.urls.api).port);
  const originals = Number(new URL(first.urls.originals).port);
  const second = await startCloud({ directory, processor: false, ports: { api, originals } });
  expect((await exchange(second, who.tokens.idToken)).identityId).toBe(who.identityId);
  // With the very credentials of before.
  const { Body } = await who.s3.originals.send(
    new GetObjectCommand({
      Bucket: second.config.originalsBucket,
      Key: originalKey(who.identityId, photoId),
    }),
  );
  expect(await Body?.transformToString()).toBe('kept');
  await second.close();
});

describe('one directory, one process', () => {
  test('a second start on the same data is refused, and says where the first one is', async () => {
    const directory = join(scratch, 'locked');
    const cloud = await startCloud({ directory, processor: false });
    const second = startCloud({ directory, processor: false });
    await expect(second).rejects.toBeInstanceOf(LockedError);
    await expect(second).rejects.toThrow(cloud.urls.site);
    await cloud.close();
    await (await startCloud({ directory, processor: false })).close();
  });

  test('the lock of a process that died is taken over', async () => {
    const directory = join(scratch, 'stale');
    const locks = `import { lock } from '${pathToFileURL(join(ROOT, 'infra/local/lock.ts')).href}';
      (await lock(${JSON.stringify(directory)})).announce('http://localhost:1');
      process.kill(process.pid, 'SIGKILL');`;
    const died = spawnSync(process.execPath, ['--import', TSX, '--input-type=module', '-e', locks]);
    expect(died.signal).toBe('SIGKILL');
    expect(await readFile(join(directory, 'address'), 'utf8')).toBe('http://localhost:1');

    const starts = [1, 2, 3].map(() => startCloud({ directory, processor: false }));
    const settled = await Promise.allSettled(starts);
    const [cloud, ...others] = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(others).toEqual([]);
    expect(await readFile(join(directory, 'address'), 'utf8')).toBe(cloud?.urls.site);
    await cloud?.close();
  });

  test("the page's port must be free; the others give way", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const directory = join(scratch, 'ports');
    await expect(startCloud({ directory, processor: false, ports: { site: port } })).rejects.toBeInstanceOf(
      PortError,
    );
    const taken6 = createServer();
    await new Promise<void>((resolve) => taken6.listen(0, '::1', resolve));
    const { port: port6 } = taken6.address() as AddressInfo;
    const on6 = startCloud({ directory, processor: false, ports: { site: port6 } });
    await expect(on6).rejects.toBeInstanceOf(PortError);
    await new Promise((resolve) => taken6.close(resolve));

    const cloud = await startCloud({ directory, processor: false, ports: { api: port, library: port } });
    expect([cloud.urls.api, cloud.urls.library]).not.toContain(`http://127.0.0.1:${port}`);
    await cloud.close();
    await new Promise((resolve) => taken.close(resolve));
  });
});

describe("the page's host", () => {
  let cloud: Awaited<ReturnType<typeof freshCloud>>;
  const script = 'export const text = "a script";\n'.repeat(100);

  beforeAll(async () => {
    const dist = join(scratch, 'dist');
    await mkdir(join(dist, 'assets'), { recursive: true });
    await writeFile(join(dist, 'index.html'), '<!doctype html><title>The page</title>');
    await writeFile(join(dist, 'service-worker.js'), script);
    await writeFile(join(dist, '.sources'), 'an ending that has no type');
    await writeFile(join(dist, 'assets/main-abc123.js'), script);
    await writeFile(join(scratch, 'secret.txt'), 'secret');
    cloud = await freshCloud({ dist: () => Promise.resolve(dist) });
  });
  afterAll(() => cloud?.end());

  /** As it is: no header of its own, no tidied path. */
  const raw = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const { port, host } = new URL(cloud.urls.site);
      request({ host: '127.0.0.1', port, path, method, headers: { host, ...headers } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      })
        .on('error', reject)
        .end();
    });

  test('config.json names this cloud and is one the page can read', async () => {
    const config: unknown = await (await fetch(`${cloud.urls.site}/config.json`)).json();
    expect(parseConfig(config)).toEqual(cloud.config);
    expect(cloud.config.endpoints?.originals).toBe(cloud.urls.originals);
    expect(JSON.stringify(config)).not.toContain('amazonaws.com');
  });

  test('addresses of the page are the page; a missing file is an error', async () => {
    for (const path of ['/', '/albums', '/photo/abc?x=1']) {
      const { status, body } = await raw(path);
      expect([status, body.toString()]).toEqual([200, expect.stringContaining('The page')]);
    }
    expect((await raw('/assets/gone.js')).status).toBe(403);
  });

  test('nothing outside the build is served', async () => {
    const paths = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/a%00.txt',
      '/%zz.txt',
      '//etc/passwd.txt',
    ];
    for (const path of paths) {
      const { status, body } = await raw(path);
      expect([path, status]).toEqual([path, 403]);
      expect(body.toString()).not.toContain('secret');
    }
    expect((await raw('/', {}, 'POST')).status).toBe(403);
  });

  test('carries the headers of the template, with hosts of this machine in the policy and no HSTS', async () => {
    const { headers } = await raw('/');
    const csp = String(headers['content-security-policy']);
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain(cloud.urls.library);
    expect(csp).toContain(cloud.urls.api);
    expect(csp).not.toContain('amazon');
    expect(csp).not.toContain('unsafe-inline');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  test('caches what has a hash in its name for ever, and has all else asked for again', async () => {
    expect((await raw('/assets/main-abc123.js')).headers['cache-control']).toContain('immutable');
    for (const path of ['/', '/config.json', '/service-worker.js']) {
      expect((await raw(path)).headers['cache-control']).toBe('no-cache');
    }
    const { etag } = (await raw('/')).headers;
    expect((await raw('/', { 'if-none-match': String(etag) })).status).toBe(304);
  });

  test('sends Brotli to whoever takes it', async () => {
    const { headers, body } = await raw('/assets/main-abc123.js', { 'accept-encoding': 'gzip, br' });
    expect(headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(body).toString()).toBe(script);
  });

  test('a file that it cannot serve costs one answer, and not the cloud', async () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect((await raw('/.sources')).status).toBe(500);
    expect(complaint).toHaveBeenCalledOnce();
    complaint.mockRestore();
    expect((await raw('/')).status).toBe(200);
  });

  test('is there under IPv6, too, as "localhost" may mean that', async () => {
    const { port } = new URL(cloud.urls.site);
    expect((await fetch(`http://[::1]:${port}/albums`, { redirect: 'manual' })).status).toBe(307);
  });

  test('an address with two slashes is none of the API', async () => {
    const { port, host } = new URL(cloud.urls.api);
    for (const path of ['//', '//evil.example/']) {
      const status = await new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
          resolve(answer.resume().statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect([path, status]).toEqual([path, 400]);
    }
  });

  test('answers under its own name only, and so does S3', async () => {
    expect((await raw('/', { host: 'evil.example' })).status).toBe(421);
    for (const name of ['originals', 'library', 's3'] as const) {
      const status = await new Promise((resolve, reject) => {
        request(cloud.urls[name], { headers: { host: 'evil.example' } }, (answer) => {
          resolve(answer.resume().statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect([name, status]).toEqual([name, 421]);
    }
    const { port } = new URL(cloud.urls.site);
    const moved = await raw('/albums', { host: `127.0.0.1:${port}` });
    expect([moved.status, moved.headers['location']]).toEqual([307, `${cloud.urls.site}/albums`]);
  });
});

describe('npm run dev', () => {
  // The template is another test's matter, and slow.
  beforeAll(async () => {
    await synthesise();
    await cp(join(ROOT, '.shoebox/cache'), join(scratch, 'started/cache'), { recursive: true });
  });

  const start = (environment: Record<string, string>, data = join(scratch, 'started')) => {
    const child = spawn(
      process.execPath,
      ['--import', TSX, 'infra/local/start.ts', '--dev', '--data', data],
      { cwd: ROOT, env: { ...process.env, NODE_ENV: 'development', VITEST: '', ...environment } },
    );
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, ended, output: () => output };
  };

  test(
    'says one address, serves there, refuses a second start, and stops when asked',
    { timeout: 60_000 },
    async () => {
      const first = start({ PORT: '0' });
      const address = await vi.waitFor(
        () => {
          const found = /^Shoebox is ready: (http:\/\/localhost:\d+)$/m.exec(first.output())?.[1];
          if (!found) throw new Error(first.output());
          return found;
        },
        { timeout: 40_000, interval: 50 },
      );
      const page = await fetch(address);
      expect(await page.text()).toContain('/src/main.ts');
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");

      // Keys and photos lie below the data directory, which may lie among the sources.
      const keys = join(scratch, 'started/cognito/keys.json');
      for (const path of [
        `/@fs${keys}`,
        `/@fs${keys}?raw`,
        `/@fs//${keys}`,
        `/%40fs${keys}`,
        `/.shoebox/x`,
      ]) {
        const answer = await fetch(address + path, { headers: { origin: 'http://localhost:5173' } });
        expect([path, await answer.text()]).not.toEqual([path, expect.stringContaining('master')]);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
      expect((await fetch(`${address}/@fs${keys}`)).status).toBe(403);

      const second = start({ PORT: '0' });
      expect(await second.ended).toBe(1);
      expect(second.output()).toContain(`already running on these data: ${address}`);
      expect(second.output()).not.toContain('    at ');

      first.child.kill('SIGTERM');
      expect(await first.ended).toBe(0);
      expect(first.output().match(/Shoebox is ready/g)).toHaveLength(1);
    },
  );

  test('says plainly that it may not write', async () => {
    const file = join(scratch, 'a-file');
    await writeFile(file, '');
    const wrong = start({ PORT: '0' }, join(file, 'data'));
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toContain('is no folder');
    expect(wrong.output()).not.toContain('    at ');
  });

  test('says plainly what is wrong with a port', async () => {
    const wrong = start({ PORT: 'photos' });
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toContain('PORT must be a whole number');
    expect(wrong.output()).not.toContain('    at ');
  });
});
