// The cloud without a network: pictures the service worker has are still found.
import { afterEach, expect, test, vi } from 'vitest';
import { Clock } from '../../src/cloud/clock.ts';
import { Cloud, type CloudOptions } from '../../src/cloud/cloud.ts';
import { Credentials } from '../../src/cloud/credentials.ts';
import type { Config } from '../../src/schema/config.ts';
import { identity, photoIdOf } from '../fixtures.ts';
import { Locks, MemoryStorage } from './fake-browser.ts';

const ME = identity();
const PHOTO = photoIdOf(Buffer.from('a photo'));
const KEY = `renditions/${encodeURIComponent(ME)}/${PHOTO}/thumb.webp`;
const config = { region: 'eu-central-1', libraryBucket: 'library', originalsBucket: 'originals' } as Config;

function page(expiresIn: number, refusal: () => Error) {
  let now = Date.UTC(2026, 10, 20, 12);
  let calls = 0;
  const storage = new MemoryStorage();
  storage.setItem(
    'shoebox.credentials',
    JSON.stringify({
      subject: 'anna',
      identityId: ME,
      accessKeyId: 'ASIA',
      secretAccessKey: 'secret',
      sessionToken: 'session',
      expiration: now + expiresIn,
    }),
  );
  const clock = new Clock(() => now);
  const credentials = new Credentials({
    config,
    subject: 'anna',
    idToken: async () => {
      calls += 1;
      throw refusal();
    },
    storage,
    locks: new Locks(),
    fetch,
    clock,
  });
  const pass = (milliseconds: number) => (now += milliseconds);
  const open = (options: Pick<CloudOptions, 'first'> = {}) =>
    Cloud.open({ config, credentials, clock, ...options });
  return { open, pass, calls: () => calls, clock };
}

const offline = () => new TypeError('Failed to fetch');

test('offline with good credentials, URLs are signed as ever', async () => {
  const cloud = await page(3_600_000, offline).open();
  expect(cloud.identityId).toBe(ME);
  const url = await cloud.renditionUrl(PHOTO, 'thumb');
  expect(url).toMatch(`https://library.s3.eu-central-1.amazonaws.com/${KEY}?X-Amz-`);
  expect(cloud.cachedRenditionUrl(PHOTO, 'thumb')).toBe(url);
  expect(cloud.cachedRenditionUrl(PHOTO, 'view')).toBeUndefined();
});

test('offline with dead credentials, URLs are unsigned, and the network is tried again after a while', async () => {
  const { open, pass, calls } = page(0, offline);
  const cloud = await open();
  expect(cloud.cachedRenditionUrl(PHOTO, 'thumb')).toBeUndefined();
  const url = `https://library.s3.eu-central-1.amazonaws.com/${KEY}`;
  expect(await cloud.renditionUrl(PHOTO, 'thumb')).toBe(url);
  expect(cloud.cachedRenditionUrl(PHOTO, 'thumb')).toBe(url);
  expect(calls()).toBe(1);
  pass(10_000);
  expect(cloud.cachedRenditionUrl(PHOTO, 'thumb')).toBeUndefined();
});

test('signed out is not offline', async () => {
  const { open } = page(0, () => Object.assign(new Error('over'), { code: 'signed-out' }));
  await expect((await open()).renditionUrl(PHOTO, 'thumb')).rejects.toMatchObject({ code: 'signed-out' });
});

test('an original is not offered offline', async () => {
  const cloud = await page(0, offline).open();
  await expect(cloud.originalUrl({ photoId: PHOTO, name: 'x.jpg' })).rejects.toMatchObject({
    code: 'offline',
  });
});

test('a video is played as what it is, and nothing of it is kept; what browsers would open as a page never is', async () => {
  const cloud = await page(3_600_000, offline).open();
  const answered = async (type: string) => {
    const { searchParams } = new URL(await cloud.playUrl({ photoId: PHOTO, type }));
    expect(searchParams.get('response-cache-control')).toBe('no-store');
    return searchParams.get('response-content-type');
  };
  for (const type of ['video/mp4', 'video/x-matroska', 'image/gif']) expect(await answered(type)).toBe(type);
  for (const type of [
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'video/mp4; x=text/html',
    'video/',
  ])
    expect(await answered(type)).toBeNull();
});

test('a video is not offered offline', async () => {
  const cloud = await page(0, offline).open();
  await expect(cloud.playUrl({ photoId: PHOTO, type: 'video/mp4' })).rejects.toMatchObject({
    code: 'offline',
  });
});

afterEach(() => vi.unstubAllGlobals());

const { signal } = new AbortController();
/** What S3 answers from now on, and what it is asked for. */
function s3(answer: () => Response): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(new URL(url).pathname);
    return answer();
  });
  return asked;
}
const FIRST = `/index/${encodeURIComponent(ME)}/first`;

test('a snapshot asked for before there was a cloud is not asked for again, and tells the time it was answered', async () => {
  const { open, clock } = page(3_600_000, offline);
  const asked = s3(() => new Response('anew'));
  const at = clock.now() - 5000;
  const headers = { date: new Date(at + 60_000).toUTCString() };
  const cloud = await open({ first: Promise.resolve({ response: new Response('early', { headers }), at }) });
  expect(await (await cloud.readSnapshot('first', signal))?.text()).toBe('early');
  expect(clock.offset).toBe(60_000);
  expect(asked).toEqual([]);
  // An answer is good for one reading.
  expect(await (await cloud.readSnapshot('first', signal))?.text()).toBe('anew');
  expect(asked).toEqual([FIRST]);
});

test('a snapshot that was asked for in vain is asked for again', async () => {
  const asked = s3(() => new Response('anew'));
  const cloud = await page(3_600_000, offline).open({ first: Promise.resolve(undefined) });
  expect(await (await cloud.readSnapshot('first', signal))?.text()).toBe('anew');
  expect(asked).toEqual([FIRST]);
});

test('a snapshot that is not there, or refused, is none, however early it was asked for', async () => {
  const asked = s3(() => new Response('anew'));
  const { open, clock } = page(3_600_000, offline);
  for (const status of [403, 404]) {
    const response = new Response(null, { status });
    const cloud = await open({ first: Promise.resolve({ response, at: clock.now() }) });
    expect(await cloud.readSnapshot('first', signal)).toBeUndefined();
  }
  expect(asked).toEqual([]);
});
