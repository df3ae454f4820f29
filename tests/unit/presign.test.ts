// Presigned URLs: the same signatures as the SDK's presigner, the same URL while credentials live, and harmless downloads.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Presigner, attachment, type PresignOptions } from '../../src/cloud/presign.ts';
import type { AwsCredentials } from '../../src/cloud/kept.ts';

const EXPIRATION = Date.UTC(2026, 10, 20, 13, 0, 0, 700);
const credentials: AwsCredentials = {
  identityId: 'eu-central-1:11111111-2222-3333-4444-555555555555' as AwsCredentials['identityId'],
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret/with+signs=',
  sessionToken: 'token/with+signs==',
  expiration: EXPIRATION,
};
const holding = (held: AwsCredentials) => ({ current: () => held, get: async () => held });
const REGION = 'eu-central-1';
const ON_AWS = 'https://shoebox-library.s3.eu-central-1.amazonaws.com';
const LOCAL = 'http://localhost:9002/shoebox-library';

/** What the SDK wants of a hash. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === 'string' ? secret : secret && Buffer.from(secret as Uint8Array);
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const sdk = new S3RequestPresigner({
  credentials: { ...credentials, expiration: new Date(EXPIRATION) },
  region: REGION,
  sha256: Sha256,
});
async function bySdk(base: string, key: string, query: Record<string, string> = {}): Promise<string> {
  const { protocol, hostname, port, pathname } = new URL(base);
  const path = key.split('/').map(encodeURIComponent).join('/');
  const escaped = path.replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const signed = await sdk.presign(
    {
      method: 'GET',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: `${pathname === '/' ? '' : pathname}/${escaped}`,
      query,
      headers: {},
      body: undefined,
    },
    { signingDate: new Date(Math.floor(EXPIRATION / 1000) * 1000 - 3_600_000), expiresIn: 3600 },
  );
  return String(signed.query?.['X-Amz-Signature']);
}
const signatureOf = (url: string) => new URL(url).searchParams.get('X-Amz-Signature');

const KEYS = [
  'renditions/eu-central-1:11111111-2222-3333-4444-555555555555/abc/thumb.webp',
  "odd key/with +&=!'()*~ and %20.jpg",
  'ünï/日本/😀',
  'double//slash',
  '$,;:@?#[]"<>|\\^`{}',
];

test.each([ON_AWS, LOCAL])('our signatures are those of the SDK at %s', async (base) => {
  const presigner = new Presigner(holding(credentials), REGION, base);
  for (const key of KEYS) expect(signatureOf(await presigner.url(key))).toBe(await bySdk(base, key));
});

test('our signatures are those of the SDK for any key', async () => {
  const presigner = new Presigner(holding(credentials), REGION, ON_AWS);
  const key = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((text) => text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(key, async (text) => {
      expect(signatureOf(await presigner.url(text))).toBe(await bySdk(ON_AWS, text));
    }),
  );
});

test('our signatures are those of the SDK with a file name and a cache rule', async () => {
  const presigner = new Presigner(holding(credentials), REGION, LOCAL);
  const options: PresignOptions = { download: 'Straße "1".jpg', cacheControl: 'max-age=60, immutable' };
  const expected = await bySdk(LOCAL, 'a/b', {
    'response-cache-control': 'max-age=60, immutable',
    'response-content-disposition': attachment('Straße "1".jpg'),
    'response-content-type': 'application/octet-stream',
  });
  expect(signatureOf(await presigner.url('a/b', options))).toBe(expected);
});

test('a URL stays the same while the credentials live, in another tab too, and ends with them', async () => {
  const url = await new Presigner(holding(credentials), REGION, ON_AWS).url('a/b');
  expect(await new Presigner(holding({ ...credentials }), REGION, ON_AWS).url('a/b')).toBe(url);
  const query = new URL(url).searchParams;
  expect(query.get('X-Amz-Date')).toBe('20261120T120000Z');
  expect(query.get('X-Amz-Expires')).toBe('3600');
});

test('a URL that was asked for is known at once, but not past its credentials', async () => {
  let held: AwsCredentials | undefined = credentials;
  const presigner = new Presigner({ current: () => held, get: async () => credentials }, REGION, ON_AWS);
  expect(presigner.cached('a/b')).toBeUndefined();
  const url = await presigner.url('a/b');
  expect(presigner.cached('a/b')).toBe(url);
  held = { ...credentials, accessKeyId: 'ASIAOTHER' };
  expect(presigner.cached('a/b')).toBeUndefined();
  expect(await presigner.url('a/b')).not.toBe(url);
  held = undefined;
  expect(presigner.cached('a/b')).toBeUndefined();
});

test('a download URL is never mistaken for the plain one', async () => {
  const presigner = new Presigner(holding(credentials), REGION, ON_AWS);
  const download = await presigner.url('a/b', { download: 'x.jpg' });
  expect(presigner.cached('a/b')).toBeUndefined();
  expect(await presigner.url('a/b')).not.toBe(download);
});

test('no file name can break out of its header', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
      expect(attachment(name)).toMatch(/^attachment; filename="[ -~]*"; filename\*=UTF-8''[\w.~%-]*$/);
      expect(attachment(name).split('"')).toHaveLength(3);
    }),
  );
});

test('what is played is answered as what it is and not kept; a download never is, whatever type it is asked for as', async () => {
  const presigner = new Presigner(holding(credentials), REGION, ON_AWS);
  const answered = async (options: PresignOptions) => {
    const { searchParams } = new URL(await presigner.url('a/b', options));
    return [searchParams.get('response-content-type'), searchParams.get('response-cache-control')];
  };
  expect(await answered({ type: 'video/mp4', cacheControl: 'no-store' })).toEqual(['video/mp4', 'no-store']);
  expect(await answered({ type: 'text/html', download: 'x.html' })).toEqual([
    'application/octet-stream',
    null,
  ]);
  const signed = await presigner.url('a/b', { type: 'video/mp4' });
  expect(signatureOf(signed)).toBe(await bySdk(ON_AWS, 'a/b', { 'response-content-type': 'video/mp4' }));
});
