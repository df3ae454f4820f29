// Reads through CloudFront over plain HTTP, with the function, the headers and the cache rules of the template: who has signed gets what
// their own rights let them have, and nobody else gets anything, whether CloudFront has kept it or not.
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Presigner, type PresignOptions } from '../../src/cloud/presign.ts';
import type { AwsCredentials } from '../../src/cloud/kept.ts';
import { bucketUrl } from '../../src/schema/config.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import { originalKey, renditionKey, snapshotKey } from '../../src/schema/keys.ts';
import { MANIFEST_NAME, sharePrefix } from '../../src/schema/share-keys.ts';
import { randomId } from '../../src/schema/social.ts';
import { freshCloud } from './people.ts';
import { withReads } from './reading.ts';
import { openWorld, withOperator, type World } from './refusals.ts';

let world: World;
let now = Date.now();
let me: IdentityId;
let thumb: string;
let host: string;

beforeAll(async () => {
  world = await openWorld({ now: () => now, template: () => withOperator(withReads) });
  me = world.ada.identityId;
  host = world.cloud.urls.reads;
});
afterAll(() => world?.cloud.end());
// A picture of its own for each test: nothing of it was ever asked for.
beforeEach(async () => {
  thumb = sharePrefix(me, 'friends', randomId()) + MANIFEST_NAME;
  await put(thumb, 'the picture');
});

const put = (Key: string, Body: string, more: object = {}) =>
  world.operator.s3.library.send(
    new PutObjectCommand({ Bucket: world.cloud.config.libraryBucket, Key, Body, ...more }),
  );
const remove = (Key: string) =>
  world.operator.s3.library.send(new DeleteObjectCommand({ Bucket: world.cloud.config.libraryBucket, Key }));

/** What may be kept for an hour, so that CloudFront keeps it as long as it may. */
const KEPT: PresignOptions = { cacheControl: 'max-age=3600' };

/** As the page signs, and asks the host of reads instead of S3's. */
async function signed(
  key: string,
  { options = {}, who = world.ada, bucket = 'library' as 'library' | 'originals' } = {},
): Promise<string> {
  const { config } = world.cloud;
  const { expiration, ...keys } = who.credentials;
  const held = { ...keys, identityId: who.identityId, expiration: expiration.getTime() } as AwsCredentials;
  const presigner = new Presigner(
    { current: () => held, get: async () => held },
    config.region,
    bucketUrl(config, bucket),
  );
  return (await presigner.url(key, options)).replace(bucketUrl(config, bucket), host);
}
const status = async (url: string, init?: RequestInit): Promise<number> => (await fetch(url, init)).status;
/** S3 calls some claims malformed, which is no better. */
const refused = async (url: string): Promise<boolean> => [400, 403].includes(await status(url));
/** Of an address as it is, which `fetch` would tidy up. */
const statusOfRaw = async (path: string, headers = {}): Promise<number | undefined> => {
  const [answer] = (await once(request(host, { path, headers }).end(), 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
};
const read = async (url: string, init?: RequestInit) => {
  const answer = await fetch(url, init);
  return [answer.status, await answer.text()];
};
/** The same address with one parameter another, or without it. */
function changed(url: string, name: string, value?: string): string {
  const parts = url.slice(url.indexOf('?') + 1).split('&');
  const others = parts.filter((part) => !part.startsWith(`${name}=`));
  expect(others).toHaveLength(parts.length - 1);
  return `${url.slice(0, url.indexOf('?'))}?${[...others, ...(value === undefined ? [] : [`${name}=${value}`])].join('&')}`;
}

test('the page is told of the host, and its content security policy lets it ask there', async () => {
  const { config, urls } = world.cloud;
  expect(config.readsHost).toBe(host);
  const policy = (await fetch(`${urls.site}/`)).headers.get('content-security-policy') ?? '';
  for (const directive of ['img-src', 'connect-src'])
    expect(policy.split('; ').find((one) => one.startsWith(directive))).toContain(host);
});

test('a member reads own pictures and what a friend shares, by the signature made for S3', async () => {
  const own = renditionKey(me, world.photoId, 'thumb');
  expect(await read(await signed(own))).toEqual([200, me]);
  expect(await read(await signed(thumb))).toEqual([200, 'the picture']);
  expect(await read(await signed(thumb, { who: world.ben }))).toEqual([200, 'the picture']);
});

test('the page may read the answer, another may not, and no browser makes a page of it', async () => {
  await put(thumb, '<script>', { ContentType: 'text/html' });
  const url = await signed(thumb);
  const { headers } = await fetch(url, { headers: { origin: world.cloud.urls.site } });
  expect(Object.fromEntries(headers)).toMatchObject({
    'access-control-allow-origin': world.cloud.urls.site,
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
  });
  const foreign = await fetch(url, { headers: { origin: 'https://evil.example' } });
  expect(foreign.headers.has('access-control-allow-origin')).toBe(false);
});

test('what a cache for everybody may not keep, CloudFront does not keep', async () => {
  for (const cacheControl of ['private, max-age=31536000, immutable', 'no-store']) {
    const url = await signed(thumb, { options: { cacheControl } });
    expect(await status(url)).toBe(200);
    await remove(thumb);
    expect(await status(url)).toBe(403);
    await put(thumb, 'the picture');
  }
});

test('whatever S3 says, an answer is kept for five minutes, and a refusal not at all', async () => {
  const url = await signed(thumb, { options: KEPT });
  await remove(thumb);
  expect(await status(url)).toBe(403);
  await put(thumb, 'the picture');
  expect(await status(url)).toBe(200);
  await remove(thumb);
  now += 299_000;
  const late = await fetch(url);
  expect([late.status, late.headers.get('age'), await late.text()]).toEqual([200, '299', 'the picture']);
  now += 2000;
  expect(await status(url)).toBe(403);
});

describe.each([
  ['that CloudFront keeps', true],
  ['that CloudFront does not keep', false],
])('of a picture %s, nothing is had', (_which, kept) => {
  let url: string;
  beforeEach(async () => {
    url = await signed(thumb, { options: KEPT });
    if (!kept) return;
    const before = await status(url);
    // From here on only the cache could have it.
    await remove(thumb);
    const after = await status(url);
    if (before !== 200 || after !== 200) throw new Error(`It is not kept: ${before}, ${after}`);
  });

  test('without a signature', async () => {
    expect(await status(url.slice(0, url.indexOf('?')))).toBe(403);
    expect(await status(changed(url, 'X-Amz-Signature'))).toBe(403);
    for (const name of ['Algorithm', 'Credential', 'Date', 'Expires', 'Security-Token', 'SignedHeaders'])
      expect(await status(changed(url, `X-Amz-${name}`))).toBe(403);
  });

  test('with a signature that is none of its own', async () => {
    expect(await status(changed(url, 'X-Amz-Signature', '0'.repeat(64)))).toBe(403);
    const other = await signed(renditionKey(me, world.photoId, 'thumb'), { options: KEPT });
    expect(await status(url.slice(0, url.indexOf('?')) + other.slice(other.indexOf('?')))).toBe(403);
  });

  test('with somebody’s signature under another’s credentials', async () => {
    const theirs = new URL(await signed(thumb, { options: KEPT, who: world.ben })).searchParams;
    for (const name of ['X-Amz-Credential', 'X-Amz-Security-Token'])
      expect(await refused(changed(url, name, encodeURIComponent(theirs.get(name) ?? '')))).toBe(true);
  });

  test('when the time of the signature is over', async () => {
    const before = now;
    now = world.ada.credentials.expiration.getTime() + 1000;
    try {
      expect(await status(url)).toBe(403);
      // Nor by claiming more time, or another.
      expect(await status(changed(url, 'X-Amz-Expires', '3599'))).toBe(403);
      expect(await status(changed(url, 'X-Amz-Expires', '604800'))).toBe(403);
      const later = new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
      expect(await refused(changed(url, 'X-Amz-Date', later))).toBe(true);
      expect(await status(`${url}&X-Amz-Date=${later}`)).toBe(403);
      expect(await refused(`${url}&x-amz-date=${later}`)).toBe(true);
    } finally {
      now = before;
    }
  });

  test('with another query', async () => {
    expect(await status(`${url}&x=1`)).toBe(403);
    expect(await status(changed(url, 'response-cache-control', 'max-age=1'))).toBe(403);
    expect(await status(`${url}&response-content-type=text%2Fhtml`)).toBe(403);
    expect(await status(`${url}&X-Amz-Signature=${'0'.repeat(64)}`)).toBe(403);
  });

  test('under another path', async () => {
    for (const path of [
      `/${thumb}/../manifest.json`,
      `/./${thumb}`,
      `/x/../${thumb}`,
      `/${thumb}%00`,
      `//${thumb}`,
      `/${thumb.replace('shares', '%73hares')}`,
    ])
      expect(await statusOfRaw(path + url.slice(url.indexOf('?')))).toBe(403);
  });

  test('by writing', async () => {
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH'])
      expect(await status(url, { method, body: method === 'DELETE' ? null : 'x' })).toBe(403);
    expect(await status(url, { method: 'OPTIONS', headers: { origin: world.cloud.urls.site } })).toBe(403);
  });
});

describe('whatever the signature, there is nothing', () => {
  test.each<[string, () => Promise<string>]>([
    ['of one’s own index', () => signed(snapshotKey(me, 'rows-0'))],
    ['of one’s own index as it lies there', () => signed(`index/${me}/rows`)],
    ['of one’s own originals', () => signed(originalKey(me, world.photoId), { bucket: 'originals' })],
    ['of one’s own originals, as if of the library', () => signed(originalKey(me, world.photoId))],
    ['of links', () => signed(`${sharePrefix(me, '7d', randomId())}${MANIFEST_NAME}`)],
    ['to list', () => signed('')],
    ['of another’s pictures', () => signed(renditionKey(world.ben.identityId, world.photoId, 'thumb'))],
  ])('%s', async (_what, url) => {
    expect(await status(await url())).toBe(403);
  });

  test('for whoever asks S3 to be shown the way: the function alone refuses what S3 would allow', async () => {
    const direct = (await signed(`index/${me}/rows`)).replace(host, bucketUrl(world.cloud.config, 'library'));
    expect(await read(direct)).toEqual([200, me]);
  });
});

test('a HEAD is answered from what a GET has left, and otherwise refused: it is not what was signed', async () => {
  const url = await signed(thumb, { options: KEPT });
  expect(await status(url, { method: 'HEAD' })).toBe(403);
  expect(await status(url)).toBe(200);
  expect(await status(url, { method: 'HEAD' })).toBe(200);
});

test('a browser that has the picture already is told so', async () => {
  const url = await signed(thumb, { options: KEPT });
  const etag = (await fetch(url)).headers.get('etag') ?? '';
  expect(await status(url, { headers: { 'if-none-match': etag } })).toBe(304);
});

test('under another name the host says nothing: a foreign page may have led its own name here', async () => {
  const path = (await signed(thumb)).slice(host.length);
  expect(await statusOfRaw(path)).toBe(200);
  expect(await statusOfRaw(path, { host: 'evil.example' })).toBe(421);
});

test('where the setting is off, nothing is there and the page knows of nothing', async () => {
  const cloud = await freshCloud();
  try {
    expect(cloud.config).not.toHaveProperty('readsHost');
    const answer = await fetch(`${cloud.urls.reads}/renditions/x`);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('cloudFrontReads')]);
  } finally {
    await cloud.end();
  }
});
