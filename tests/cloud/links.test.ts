// The host of links over plain HTTP, as anybody reaches it: what is stored does not decide how it is answered, what is revoked is gone
// within five minutes, and nothing else of the library can be had there.
import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IdentityId } from '../../src/schema/ids.ts';
import { originalKey, renditionKey } from '../../src/schema/keys.ts';
import {
  MANIFEST_NAME,
  sharedOriginalName,
  sharedRenditionName,
  sharePrefix,
  type ShareHome,
} from '../../src/schema/share-keys.ts';
import { randomId } from '../../src/schema/social.ts';
import { DENIED, openWorld, outcome, refuser, type World } from './refusals.ts';

let world: World;
let now = Date.now();
let me: IdentityId;
let you: IdentityId;
let Bucket: string;

beforeAll(async () => {
  world = await openWorld({ now: () => now });
  [me, you] = [world.ada.identityId, world.ben.identityId];
  Bucket = world.cloud.config.libraryBucket;
});
afterAll(() => world?.cloud.end());

const photo = randomId();
let share = randomId();
beforeEach(() => (share = randomId()));

const keyOf = (name: string, home: ShareHome = '7d', owner = me): string =>
  sharePrefix(owner, home, share) + name;
const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${world.cloud.config.shareHost}/${path}`, init);
const pathOf = (name: string): string => keyOf(name).replace('shares/links/', '');
const get = (name: string, init: RequestInit = {}): Promise<Response> => ask(pathOf(name), init);
const fromPage = () => ({ headers: { origin: world.cloud.urls.site } });
const put = (Key: string, Body: string, more: object = {}) =>
  world.ada.s3.library.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const copy = (Key: string, CopySource: string, more: object = {}, who = world.ada) =>
  who.s3.library.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...more }));
const rendition = (owner = me) => `${Bucket}/${renditionKey(owner, world.photoId, 'thumb')}`;
const original = (owner = me) => `${world.cloud.config.originalsBucket}/${originalKey(owner, world.photoId)}`;
const remove = (Key: string) => world.ada.s3.library.send(new DeleteObjectCommand({ Bucket, Key }));

test('anybody with the address gets manifest, pictures and originals, each as what it is', async () => {
  await put(keyOf(MANIFEST_NAME), '{}', { ContentType: 'application/json' });
  await copy(keyOf(sharedRenditionName(photo, 'thumb')), rendition());
  await copy(keyOf(sharedOriginalName(photo)), original());
  const manifest = await get(MANIFEST_NAME, fromPage());
  expect(await manifest.text()).toBe('{}');
  expect(manifest.headers.get('content-type')).toBe('application/json');
  expect(manifest.headers.get('access-control-allow-origin')).toBe(world.cloud.urls.site);
  const picture = await get(sharedRenditionName(photo, 'thumb'));
  expect(await picture.text()).toBe(me);
  expect(picture.headers.get('content-type')).toBe('image/webp');
  const bytes = await get(sharedOriginalName(photo));
  expect(await bytes.text()).toBe(String(world.bytes));
  expect(bytes.headers.get('content-type')).toBe('application/octet-stream');
  expect(bytes.headers.get('content-disposition')).toBe('attachment');
});

test('the name and the folder of a file are not told along with a copy of the original', async () => {
  await copy(keyOf(sharedOriginalName(photo)), original());
  const { headers, status } = await get(sharedOriginalName(photo));
  expect(status).toBe(200);
  expect([...headers.keys()].filter((name) => name.startsWith('x-amz-meta'))).toEqual([]);
});

test('a manifest stored as a page is answered as JSON that no browser renders, frames or keeps', async () => {
  await put(keyOf(MANIFEST_NAME), '<script>alert(1)</script>', {
    ContentType: 'text/html',
    ContentDisposition: 'inline',
    CacheControl: 'public, max-age=31536000, immutable',
  });
  const { headers } = await get(MANIFEST_NAME);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'max-age=300',
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'cross-origin',
  });
  expect(headers.has('set-cookie')).toBe(false);
});

test('another site’s script may not read a link', async () => {
  await put(keyOf(MANIFEST_NAME), '{}');
  const { headers } = await get(MANIFEST_NAME, { headers: { origin: 'https://evil.example' } });
  expect(headers.has('access-control-allow-origin')).toBe(false);
});

test('what was revoked is answered for five minutes at most, and a browser is told how old it is', async () => {
  const key = keyOf(MANIFEST_NAME);
  await put(key, '{}', { CacheControl: 'max-age=31536000' });
  expect((await get(MANIFEST_NAME)).status).toBe(200);
  await remove(key);
  now += 299_000;
  const late = await get(MANIFEST_NAME);
  expect([late.status, late.headers.get('age')]).toEqual([200, '299']);
  now += 2000;
  expect((await get(MANIFEST_NAME)).status).toBe(403);
});

test('what was not there yet is found ten seconds later', async () => {
  expect((await get(MANIFEST_NAME)).status).toBe(403);
  await put(keyOf(MANIFEST_NAME), '{}');
  now += 10_001;
  expect((await get(MANIFEST_NAME)).status).toBe(200);
});

describe('the host of links has nothing', () => {
  test.each<[string, () => string]>([
    ['of the friends’ shares', () => `friends/${me}/s/manifest.json`],
    ['of the friends’ shares, by their key', () => `shares/friends/${me}/s/manifest.json`],
    ['of renditions', () => renditionKey(me, world.photoId, 'thumb')],
    ['of renditions, by a way back', () => `7d/${me}/${share}/..%2f..%2f..%2f..%2frenditions/${me}/x`],
    ['of the index', () => `index/${me}/rows`],
    ['to list', () => ''],
    ['to list of a share', () => `7d/${me}/${share}/`],
    ['of links of a class there is not', () => `9d/${me}/${share}/manifest.json`],
  ])('%s', async (_what, path) => {
    const answer = await ask(path());
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  });

  test('to write', async () => {
    await put(keyOf(MANIFEST_NAME), '{}');
    for (const method of ['PUT', 'POST', 'DELETE']) {
      expect((await get(MANIFEST_NAME, { method, body: method === 'DELETE' ? null : 'x' })).status).toBe(403);
    }
    expect(await (await get(MANIFEST_NAME)).text()).toBe('{}');
  });

  test('to choose by the query: neither type nor disposition', async () => {
    await put(keyOf(MANIFEST_NAME), '{}');
    const answer = await get(
      `${MANIFEST_NAME}?response-content-type=text/html&response-cache-control=no-store`,
    );
    expect(answer.headers.get('content-type')).toBe('application/json');
  });
});

describe('into a link nobody puts', () => {
  const refuses = refuser(() => world, DENIED);
  refuses({
    'bytes of their own in place of an original': () => put(keyOf(sharedOriginalName(photo)), '<script>'),
    'bytes of their own in place of a picture': () => put(keyOf(sharedRenditionName(photo, 'view')), '<svg>'),
    'a page': () => put(keyOf('index.html'), '<html>'),
    'an original with another type': () =>
      copy(keyOf(sharedOriginalName(photo)), original(), {
        MetadataDirective: 'REPLACE',
        ContentType: 'text/html',
      }),
    'an original in an archive class': () =>
      copy(keyOf(sharedOriginalName(photo)), original(), { StorageClass: 'GLACIER_IR' }),
    'an original in place of a picture': () => copy(keyOf(sharedRenditionName(photo, 'view')), original()),
    'an original in place of the manifest': () => copy(keyOf(MANIFEST_NAME), original()),
    'somebody else’s original': () => copy(keyOf(sharedOriginalName(photo)), original(you)),
    'somebody else’s rendition': () => copy(keyOf(sharedRenditionName(photo, 'view')), rendition(you)),
    'an original behind somebody else’s link': () =>
      copy(keyOf(sharedOriginalName(photo), '7d', you), original()),
    'an original among what friends see': () => copy(keyOf(sharedOriginalName(photo), 'friends'), original()),
    'a manifest behind somebody else’s link': () => put(keyOf(MANIFEST_NAME, 'keep', you), '{}'),
  });
});

test('what is refused above works for one’s own', async () => {
  const key = keyOf(sharedOriginalName(photo));
  expect(await outcome(copy(key, original(), { MetadataDirective: 'COPY' }))).toBe('ok');
  expect(await outcome(remove(key))).toBe('ok');
});
