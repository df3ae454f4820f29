// By way of CloudFront or from S3 itself: which addresses the page gives out, and when it turns from one to the other.
import { afterEach, expect, test, vi } from 'vitest';
import { Reads } from '../../src/cloud/reads.ts';

const S3 = 'https://library.s3.eu-central-1.amazonaws.com';
const HOST = 'https://reads.example.com';
const signed = (key: string): string => `${S3}/${key}?X-Amz-Signature=abc`;
const presigner = {
  url: (key: string) => Promise.resolve(signed(key)),
  cached: (key: string) => (key.includes('new') ? undefined : signed(key)),
};
const THUMB = 'renditions/me/photo/thumb.webp';

afterEach(() => vi.unstubAllGlobals());

/** What S3 answers when it is asked itself, and what for. */
function s3(answer: () => Response | Promise<Response>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return answer();
  });
  return asked;
}

test('pictures and friends’ shares are read by the host, signed for S3; nothing else is', async () => {
  const reads = new Reads(presigner, S3, HOST);
  for (const key of [THUMB, 'shares/friends/ben/share/manifest.json']) {
    expect(await reads.url(key)).toBe(`${HOST}/${key}?X-Amz-Signature=abc`);
    expect(reads.cached(key)).toBe(await reads.url(key));
  }
  for (const key of [
    'index/me/first',
    'wishes/me/photo',
    'shares/links/7d/me/share/manifest.json',
    'x/renditions/y',
  ]) {
    expect(await reads.url(key)).toBe(signed(key));
    expect(reads.cached(key)).toBe(signed(key));
  }
  expect(reads.cached('renditions/new')).toBeUndefined();
});

test('without a host all is read from S3, and nobody is blamed', async () => {
  const asked = s3(() => new Response());
  const reads = new Reads(presigner, S3, undefined);
  expect(await reads.url(THUMB)).toBe(signed(THUMB));
  expect(await reads.failed(await reads.url(THUMB))).toBe(false);
  expect(asked).toEqual([]);
});

test('what the host fails at and S3 has is the host’s fault: from then on S3 is asked', async () => {
  const asked = s3(() => new Response('the picture'));
  const reads = new Reads(presigner, S3, HOST);
  const url = await reads.url(THUMB);
  expect(await reads.failed(url)).toBe(true);
  expect(asked).toEqual([signed(THUMB)]);
  expect(await reads.url(THUMB)).toBe(signed(THUMB));
  expect(reads.cached(THUMB)).toBe(signed(THUMB));
  // What was asked for before it was known is answered without asking.
  expect(await reads.failed(url)).toBe(true);
  expect(await reads.failed(signed(THUMB))).toBe(false);
  expect(asked).toHaveLength(1);
});

test('of a screen full of pictures that fail, S3 is asked for one', async () => {
  const asked = s3(() => new Response('the picture'));
  const reads = new Reads(presigner, S3, HOST);
  const urls = await Promise.all(
    Array.from({ length: 40 }, (_, n) => reads.url(`renditions/me/photo-${n}/thumb.webp`)),
  );
  expect(await Promise.all(urls.map((url) => reads.failed(url)))).toEqual(urls.map(() => true));
  expect(asked).toHaveLength(1);
});

test.each<[string, () => Response | Promise<Response>]>([
  ['is not there', () => new Response(null, { status: 403 })],
  ['is refused', () => new Response(null, { status: 400 })],
  ['cannot be had without a network', () => Promise.reject(new TypeError('Failed to fetch'))],
])('what %s at S3 either is not the host’s fault', async (_what, answer) => {
  const asked = s3(answer);
  const reads = new Reads(presigner, S3, HOST);
  const url = await reads.url(THUMB);
  expect(await Promise.all([reads.failed(url), reads.failed(url)])).toEqual([false, false]);
  expect(asked).toHaveLength(2);
  expect(await reads.url(THUMB)).toBe(url);
});

test('an address of anybody else is not taken for one of the host', async () => {
  const asked = s3(() => new Response());
  const reads = new Reads(presigner, S3, HOST);
  for (const url of [`${HOST}.evil.example/x`, 'https://evil.example/', 'blob:x', '']) {
    expect(await reads.failed(url)).toBe(false);
  }
  expect(asked).toEqual([]);
});
