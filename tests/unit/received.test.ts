// What other apps hand over: it waits, for one person, for some days, within bounds, and goes without a trace.
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import type { IdentityId } from '../../src/schema/ids.ts';
import { looksLikeFilm, looksLikePhoto, STILLS } from '../../src/takeout/endings.ts';
import { anyReceived } from '../../src/upload/any-received.ts';
import { forgetUploads, noteUploads } from '../../src/upload/kept.ts';
import { forget, receive, receivedFile, RECEIVE_PATH, take, waiting } from '../../src/upload/received.ts';
import { fileAt, mayRead } from '../../src/upload/sources.ts';
import { isShare, received } from '../../src/worker-receiving.ts';
import { Locks } from './fake-browser.ts';
import { fileOf, localEntries } from './fake-uploads.ts';

const ME = 'eu-central-1:00000000-0000-0000-0000-000000000001' as IdentityId;
const OTHER = 'eu-central-1:00000000-0000-0000-0000-000000000002' as IdentityId;
const DAY = 24 * 3_600_000;

beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  vi.stubGlobal('localStorage', localEntries());
  vi.stubGlobal('self', { location: new URL('https://photos.example/service-worker.js') });
  await forget(() => true);
});

const names = async (owner?: IdentityId, now?: number): Promise<string[]> =>
  (await waiting(owner, now)).map(({ name }) => name);

test('what was shared waits while nobody is signed in, and for the first person who is then asked alone', async () => {
  await receive([fileOf('a.jpg'), fileOf('b.jpg')], 'shared');
  expect(await names()).toEqual(['a.jpg', 'b.jpg']);
  expect(await names(ME)).toEqual(['a.jpg', 'b.jpg']);
  expect(await names(OTHER)).toEqual([]);
  expect(await names()).toEqual([]);
  expect(await names(ME)).toEqual(['a.jpg', 'b.jpg']);
});

test('what is being uploaded is not asked about again, and its bytes can be come back to', async () => {
  await receive([fileOf('a.jpg', 'bytes')], 'shared');
  const [one] = await waiting(ME);
  if (!one) throw new Error('nothing waits');
  await take([one]);
  expect(await names(ME)).toEqual([]);
  const root = { kind: 'received', number: one.number } as const;
  expect(await mayRead(root)).toBe('granted');
  expect(await (await fileAt(root, undefined, 'a.jpg')).text()).toBe('bytes');
  await forget(({ number }) => number === one.number);
  await expect(receivedFile(one.number)).rejects.toThrow(DOMException);
  expect(await anyReceived()).toBe(false);
});

test('whoever asks while it is emptied leaves nothing behind', async () => {
  await receive([fileOf('a.jpg')], 'shared');
  const [one] = await waiting(ME);
  if (!one) throw new Error('nothing waits');
  const asking = [waiting(), waiting(ME), take([one]), receivedFile(one.number).catch(() => undefined)];
  await Promise.all([...asking, forget(() => true), waiting(), forget(() => true)]);
  expect(await anyReceived()).toBe(false);
});

test('what was discarded meanwhile does not come back by being taken', async () => {
  await receive([fileOf('a.jpg'), fileOf('b.jpg')], 'shared');
  const both = await waiting(ME);
  await forget(({ name }) => name === 'a.jpg');
  await take(both);
  await expect(receivedFile(both[0]?.number ?? 0)).rejects.toThrow(DOMException);
  expect((await receivedFile(both[1]?.number ?? 0)).name).toBe('b.jpg');
});

test('nobody fills the disk with it: what goes beyond the bounds is refused as a whole', async () => {
  const many = Array.from({ length: 999 }, (_, i) => fileOf(`${i}.jpg`));
  expect(await receive(many, 'shared')).toBe(true);
  expect(await receive([fileOf('x'), fileOf('y')], 'shared')).toBe(false);
  expect(await receive([fileOf('x')], 'shared')).toBe(true);
  expect(await waiting()).toHaveLength(1000);
  await forget(() => true);
  const large = Object.defineProperty(fileOf('large.mov'), 'size', { value: 9 * 2 ** 30 });
  expect(await receive([large], 'shared')).toBe(false);
  expect(await names()).toEqual([]);
});

test('when the disk is full it is said, and nothing of it stays', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const full = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  expect(await receive([fileOf('a.jpg')], 'shared')).toBe(false);
  full.mockRestore();
  expect(await names()).toEqual([]);
});

test('what nobody answers for goes after some days', async () => {
  const then = Date.now() - 8 * DAY;
  await receive([fileOf('old.jpg')], 'shared', then);
  await receive([fileOf('new.jpg')], 'shared');
  expect(await names(ME, then + DAY)).toEqual(['old.jpg', 'new.jpg']);
  expect(await names(ME)).toEqual(['new.jpg']);
});

test('signing out forgets what waits for an answer; what is in the queue stays with it, if that was wanted', async () => {
  await receive([fileOf('mine.jpg'), fileOf('sent.jpg')], 'shared');
  const [, sent] = await waiting(ME);
  if (sent) await take([sent]);
  noteUploads(ME, 'visit', 1);
  // The session has ended by itself: both stay.
  await forgetUploads(ME, { spare: true, spareReceived: true });
  expect(await names(ME)).toEqual(['mine.jpg']);
  await forgetUploads(ME, { spare: true, spareReceived: false });
  expect(await names(ME)).toEqual([]);
  expect((await receivedFile(sent?.number ?? 0)).name).toBe('sent.jpg');
  noteUploads(ME, 'visit', 0);
  await forgetUploads(ME, { spare: false, spareReceived: false });
  expect(await anyReceived()).toBe(false);
});

test('somebody’s signing out leaves alone what waits for another person', async () => {
  await receive([fileOf('theirs.jpg')], 'shared');
  await waiting(OTHER);
  await forgetUploads(ME, { spare: false, spareReceived: false });
  expect(await names(OTHER)).toEqual(['theirs.jpg']);
});

/** What the service worker is told of a request that the browser makes; the rest it cannot see. */
function shared(files: readonly File[], more: Record<string, unknown> = {}): Request {
  const form = new FormData();
  for (const file of files) form.append('photos', file);
  const { body, headers } = new Response(form);
  return {
    method: 'POST',
    mode: 'navigate',
    destination: 'document',
    referrer: '',
    url: `https://photos.example${RECEIVE_PATH}`,
    body,
    headers,
    ...more,
  } as unknown as Request;
}

const leadsTo = async (request: Request): Promise<string | null> => {
  const redirect = vi
    .spyOn(Response, 'redirect')
    .mockImplementation((url, status) => new Response(null, { status, headers: { location: String(url) } }));
  const response = await received(request);
  redirect.mockRestore();
  expect(response.status).toBe(303);
  return response.headers.get('location');
};

test('a share is kept, without a date that would be that of the share, and leads to the page', async () => {
  expect(isShare(shared([]))).toBe(true);
  expect(await leadsTo(shared([fileOf('a.jpg', 'bytes', Date.now())]))).toBe('/');
  const [one] = await waiting();
  expect(one?.way).toBe('shared');
  const file = await receivedFile(one?.number ?? 0);
  expect(await file.text()).toBe('bytes');
  expect(file.lastModified).toBe(0);
});

test('the app that a share came from may be named', async () => {
  await leadsTo(shared([fileOf('a.jpg')], { referrer: 'android-app://com.example.gallery/' }));
  expect(await names()).toEqual(['a.jpg']);
});

test('what another page posts is not taken, nor what is posted in a frame', async () => {
  for (const more of [
    { referrer: 'https://elsewhere.example/' },
    { referrer: 'http://elsewhere.example/form' },
    { destination: 'iframe' },
    { destination: 'frame' },
    { destination: '' },
  ])
    expect(await leadsTo(shared([fileOf('planted.jpg')], more))).toBe('/');
  expect(await anyReceived()).toBe(false);
});

test('only what is posted to its address by going there is a share', () => {
  for (const more of [
    { method: 'GET' },
    { mode: 'cors' },
    { mode: 'no-cors' },
    { url: `https://elsewhere.example${RECEIVE_PATH}` },
    { url: 'https://photos.example/' },
    { url: `https://photos.example${RECEIVE_PATH}/more` },
  ])
    expect(isShare(shared([], more))).toBe(false);
});

test('a share that breaks off, or finds no room, is told to the page', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { body, headers } = shared([fileOf('a.jpg', 'x'.repeat(1000))]);
  const whole = new Uint8Array(await new Response(body).arrayBuffer());
  const broken = { body: new Response(whole.subarray(0, 600)).body, headers };
  expect(await leadsTo(shared([], broken))).toBe('/?received=broken');
  expect(await leadsTo(shared([], { headers: new Headers({ 'content-type': 'text/plain' }) }))).toBe(
    '/?received=broken',
  );
  const many = Array.from({ length: 1001 }, (_, i) => fileOf(`${i}.jpg`));
  expect(await leadsTo(shared(many))).toBe('/?received=full');
  expect(await names()).toEqual([]);
  expect(await leadsTo(shared([], { body: null }))).toBe('/');
});

test('the manifest offers Shoebox for the pictures, raw photos and films it takes, and for nothing else', () => {
  const manifest = JSON.parse(readFileSync('public/manifest.webmanifest', 'utf8')) as {
    share_target: { action: string; params: { files: { name: string; accept: string[] }[] } };
    file_handlers: { action: string; accept: Record<string, string[]> }[];
  };
  const { action, params } = manifest.share_target;
  expect(action).toBe(RECEIVE_PATH);
  const accepted = params.files[0]?.accept ?? [];
  expect(accepted.slice(0, 2)).toEqual(['image/*', 'video/*']);
  const opened = Object.values(manifest.file_handlers[0]?.accept ?? {}).flat();
  expect(new Set(opened).size).toBe(opened.length);
  expect([...accepted.slice(2), ...opened].filter((ending) => !looksLikePhoto(`x${ending}`))).toEqual([]);
  // `.raw` is anything.
  expect(STILLS.filter((one) => !opened.includes(`.${one}`))).toEqual(['raw']);
  for (const [type, endings] of Object.entries(manifest.file_handlers[0]?.accept ?? {}))
    expect([type, endings.every((one) => looksLikeFilm(`x${one}`))]).toEqual([
      type,
      type.startsWith('video/'),
    ]);
});
