// Making links and ending them, against a store and rows in memory: nothing half is ever shown, and nothing is left of what failed.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Copy, OwnShare } from '../../src/cloud/copies.ts';
import {
  endLink,
  endOf,
  isOver,
  linksOf,
  makeLink,
  type LinkStore,
  type Wish,
} from '../../src/links/make.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import { parseManifest, parseSealed } from '../../src/schema/manifest.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { unseal } from '../../src/schema/seal.ts';
import type { Share } from '../../src/schema/social.ts';
import { photoIdOf } from '../fixtures.ts';

const identityId = 'eu-west-1:12345678-1234-4234-8234-123456789abc' as IdentityId;
const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const DAY = 86_400_000;

const photo = (name: string, more: Partial<Photo> = {}): Photo => ({
  owner: identityId,
  photoId: photoIdOf(Buffer.from(name)),
  changedAt: '2026-01-01T00:00:00.000Z',
  uploadedAt: '2026-01-01T00:00:00.000Z',
  status: 'ready',
  name,
  type: 'image/jpeg',
  bytes: 1000,
  width: 3,
  height: 2,
  takenAt: '2026-01-01T00:00:00',
  takenAtSource: 'exif',
  gps: { latitude: 38.7, longitude: -9.1 },
  place: { city: 'Lisboa', country: 'PT' },
  path: 'private/folder',
  ...more,
});
const photos = [photo('a.jpg'), photo('b.jpg')];
const wish: Wish = { title: 'Lisbon', linkClass: '7d', download: true, originals: false, photos };

/** In the order in which things happened. */
let events: string[];
let stored: Map<string, unknown>;
let rows: Map<string, Record<string, unknown>>;
let refused: (copy: Copy) => boolean;
let broken: string | undefined;

const fails = (what: string): void => {
  if (broken === what) throw new Error(`${what} failed`);
};
const store: LinkStore = {
  copy: async (_at: OwnShare, copies, options) => {
    options?.signal?.throwIfAborted();
    for (const [done, copy] of copies.entries()) {
      events.push(`copy ${copy.of}`);
      if (done === copies.length - 1) fails('copy');
      if (!refused(copy)) stored.set(`${copy.id}/${copy.of}`, copy.photoId);
      options?.onProgress?.(done + 1);
    }
    return new Set(copies.filter(refused));
  },
  putManifest: async (_at, manifest) => {
    fails('manifest');
    events.push('manifest');
    stored.set('manifest', JSON.parse(JSON.stringify(manifest)));
  },
  end: async () => {
    events.push('end');
    fails('end');
    stored.clear();
  },
};
const social = {
  identityId,
  put: async (id: string, attributes: Record<string, unknown>) => {
    fails('row');
    events.push(`row ${Object.keys(attributes).includes('publishedAt') ? 'published' : 'begun'}`);
    rows.set(id, { ...rows.get(id), ...attributes });
  },
  remove: async (ids: readonly string[]) => {
    events.push('row removed');
    for (const id of ids) rows.delete(id);
  },
};
const make = (
  more: Partial<Wish> = {},
  options: { signal?: AbortSignal; onProgress?: (n: number) => void } = {},
) =>
  makeLink(
    { ...wish, ...more },
    { store, rows: social, now: NOW, onProgress: () => {}, signal: new AbortController().signal, ...options },
  );

beforeEach(() => {
  events = [];
  stored = new Map();
  rows = new Map();
  refused = () => false;
  broken = undefined;
});

test('the row comes first, then the copies, then what readers go by', async () => {
  const done: number[] = [];
  const { address, lacking } = await make({}, { onProgress: (count) => done.push(count) });
  expect(events).toEqual([
    'row begun',
    'copy thumb',
    'copy view',
    'copy thumb',
    'copy view',
    'manifest',
    'row published',
  ]);
  expect(lacking).toBe(0);
  expect(done.at(-1)).toBe(2);
  const manifest = parseManifest(stored.get('manifest'), address);
  expect(manifest).toMatchObject({
    title: 'Lisbon',
    download: true,
    until: '2026-11-28T12:00:00.000Z',
    photos: [{ width: 3 }, { width: 3 }],
  });
  expect([...rows.values()]).toMatchObject([
    { audience: 'link', linkClass: '7d', count: 2, password: false },
  ]);
});

test('a link tells neither where photos were taken, nor what their files are called, nor their ids', async () => {
  await make();
  const told = JSON.stringify(stored.get('manifest'));
  for (const secret of [
    'gps',
    'Lisboa',
    '38.7',
    'a.jpg',
    'private',
    ...photos.map(({ photoId }) => photoId),
  ]) {
    expect(told).not.toContain(secret);
  }
});

test('the same photo has another name in each link', async () => {
  await make();
  const first = new Set(stored.keys());
  stored = new Map();
  await make();
  expect([...stored.keys()].filter((name) => first.has(name))).toEqual(['manifest']);
});

test('with originals, what is in the link says their names', async () => {
  const { address } = await make({ originals: true });
  expect(events.filter((event) => event === 'copy original')).toHaveLength(2);
  expect(
    parseManifest(stored.get('manifest'), address)?.photos.map(({ original }) => original?.name),
  ).toEqual(['a.jpg', 'b.jpg']);
});

test('with a password the link holds nothing that can be read without it', async () => {
  const { address } = await make({ password: 'correct horse' });
  expect(JSON.stringify(stored.get('manifest'))).not.toContain('Lisbon');
  expect(JSON.stringify([...rows.values()])).not.toContain('correct horse');
  expect([...rows.values()]).toMatchObject([{ password: true }]);
  const sealed = parseSealed(stored.get('manifest'));
  if (!sealed) throw new Error('it is not sealed');
  expect(parseManifest(await unseal(sealed, 'correct horse'), address)?.title).toBe('Lisbon');
});

test('what cannot be shown, is in the trash or could not be copied is not in it', async () => {
  const [gone] = photos;
  refused = ({ photoId, of }) => photoId === gone?.photoId && of === 'view';
  const more = [
    photo('c.mp4', { type: 'video/mp4' }),
    photo('d.jpg', { trashedAt: '2026-01-01T00:00:00.000Z' }),
  ];
  const { address, lacking } = await make({ photos: [...photos, ...more] });
  expect(lacking).toBe(1);
  expect(parseManifest(stored.get('manifest'), address)?.photos).toHaveLength(1);
});

test('an original that could not be copied leaves its picture in the link', async () => {
  refused = ({ of }) => of === 'original';
  const { address, lacking } = await make({ originals: true });
  expect(lacking).toBe(0);
  expect(parseManifest(stored.get('manifest'), address)?.photos.map(({ original }) => original)).toEqual([
    undefined,
    undefined,
  ]);
});

describe('nothing is left of a link', () => {
  test.each(['copy', 'manifest'])('when the %s fails', async (what) => {
    broken = what;
    await expect(make()).rejects.toThrow(what);
    expect(stored.size).toBe(0);
    expect(rows.size).toBe(0);
  });

  test('that is given up', async () => {
    const leaving = new AbortController();
    leaving.abort();
    await expect(make({}, { signal: leaving.signal })).rejects.toThrow('aborted');
    expect(rows.size).toBe(0);
  });

  test('that was ended; its row goes last', async () => {
    const { address } = await make();
    events = [];
    await endLink({ share: address.share, home: '7d' }, { store, rows: social });
    expect(events).toEqual(['end', 'row removed']);
  });
});

test('a link that could not be taken away is still known, so that it can be tried again', async () => {
  const { address } = await make();
  broken = 'end';
  await expect(endLink({ share: address.share, home: '7d' }, { store, rows: social })).rejects.toThrow('end');
  expect(rows.size).toBe(1);
});

test('links end after 7 days, after 30, or never; what was never finished is over after an hour', () => {
  const createdAt = new Date(NOW).toISOString();
  const link = (more: Partial<Share>): Share =>
    ({ audience: 'link', source: 'photos', createdAt, publishedAt: createdAt, ...more }) as Share;
  expect(endOf(link({ linkClass: '7d' }))).toBe(NOW + 7 * DAY);
  expect(endOf(link({ linkClass: '30d' }))).toBe(NOW + 30 * DAY);
  expect(endOf(link({ linkClass: 'keep' }))).toBeUndefined();
  expect(isOver(link({ linkClass: '7d' }), NOW + 7 * DAY - 1)).toBe(false);
  expect(isOver(link({ linkClass: '7d' }), NOW + 7 * DAY)).toBe(true);
  expect(isOver(link({ linkClass: 'keep' }), NOW + 1000 * DAY)).toBe(false);
  const unfinished = link({ linkClass: 'keep', publishedAt: undefined });
  expect(isOver(unfinished, NOW + 60_000)).toBe(false);
  expect(isOver(unfinished, NOW + 3_600_001)).toBe(true);
});

test('among one’s links are neither shares with friends nor what was deleted', () => {
  const share = (more: Partial<Share>): Share =>
    ({ audience: 'link', linkClass: '7d', createdAt: '2026-01-01T00:00:00.000Z', ...more }) as Share;
  const newer = share({ createdAt: '2026-02-01T00:00:00.000Z' });
  const older = share({});
  const others = [share({ audience: 'friends' }), share({ deletedAt: '2026-01-02T00:00:00.000Z' })];
  expect(linksOf([older, ...others, newer])).toEqual([newer, older]);
});
