// Rows of `social`, manifests and where shares lie: what is written is read the same, and what a stranger writes comes to nothing.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRandomId, toBase64, toBase64Url, type IdentityId, type RandomId } from '../../src/schema/ids.ts';
import { MOST_PHOTOS, parseManifest, parseSealed, type Manifest } from '../../src/schema/manifest.ts';
import { LINK_CLASSES } from '../../src/schema/keys.ts';
import { MANIFEST_NAME, parseManifestKey, sharePrefix } from '../../src/schema/share-keys.ts';
import {
  albumId,
  commentId,
  entryId,
  friendId,
  inviteId,
  likeId,
  muteId,
  parseSocialRow,
  profileId,
  pushId,
  randomId,
  pathId,
  seenId,
  sharedWithId,
  shareId,
  socialItem,
} from '../../src/schema/social.ts';
import { identityId, instants, localTimes, photoId } from './schema-arbitraries.ts';
import { hostile, spoiled } from './schema-hostile.ts';

const random = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => toBase64Url(bytes) as RandomId);
const base64Url = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => toBase64Url(bytes));
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 });

/** A row of each kind with everything it may have, as it is stored, and what it is read as beyond that. */
const rows = fc
  .record({
    owner: identityId,
    other: identityId,
    at: instants,
    a: random,
    b: random,
    c: random,
    photo: photoId,
    title: words,
    secret: base64Url(32),
    key: base64Url(65),
    auth: base64Url(16),
    count: fc.integer({ min: 0, max: 1000 }),
  })
  .chain(({ owner, other, at, a, b, c, photo, title, secret, key, auth, count }) => {
    const to = { recipient: other };
    return fc
      .constantFrom<{ id: string; stored: object; read: object }>(
        { id: profileId, stored: { name: title, picture: 'QUJD' }, read: { kind: 'profile' } },
        {
          id: albumId(a),
          stored: { title, description: title, cover: photo, sort: 'hand', folder: 'Trips/2024' },
          read: { kind: 'album', album: a },
        },
        {
          id: entryId(a, photo),
          stored: { position: 'n' },
          read: { kind: 'entry', album: a, photoId: photo },
        },
        {
          id: friendId(other),
          stored: { ...to, name: title, picture: 'QUJD', invite: a, proof: secret },
          read: { kind: 'friend', friend: other },
        },
        {
          id: inviteId(a),
          stored: { secret, until: at, usedBy: other },
          read: { kind: 'invite', invite: a },
        },
        {
          id: shareId(a),
          stored: {
            audience: 'friends',
            source: 'album',
            title,
            createdAt: at,
            album: b,
            albumOwner: owner,
            open: true,
            since: at,
            places: false,
            photos: [photo],
            salt: c,
            readers: [other],
            told: [other],
            was: [c],
            hidden: [b],
            linkClass: '7d',
            download: true,
            originals: false,
            password: true,
            count,
            bytes: count,
            publishedAt: at,
            published: secret,
          },
          read: { kind: 'share', share: a },
        },
        {
          id: sharedWithId(a, other),
          stored: {
            ...to,
            source: 'album',
            title,
            count,
            album: b,
            albumOwner: owner,
            open: true,
            cover: c,
            added: count,
            addedAt: at,
          },
          read: { kind: 'shared', share: a },
        },
        {
          id: likeId(a, b, other),
          stored: { ...to, by: title },
          read: { kind: 'like', share: a, photo: b },
        },
        {
          id: commentId(a, b, c, other),
          stored: { ...to, text: title, saidAt: at, by: title },
          read: { kind: 'comment', share: a, photo: b, comment: c },
        },
        {
          id: pushId(a),
          stored: { endpoint: 'https://push.example/1', p256dh: key, auth, quietFrom: 1320, quietTo: 420 },
          read: { kind: 'push', device: a },
        },
        {
          id: muteId(other),
          stored: { muted: true, blocked: false, inTimeline: true, dismissed: true, name: title },
          read: { kind: 'mute', person: other },
        },
        { id: pathId(photo), stored: { path: title }, read: { kind: 'path', photoId: photo } },
        { id: seenId(a), stored: { until: at }, read: { kind: 'seen', share: a } },
      )
      .map(({ id, stored, read }) => ({
        item: { owner, id, changedAt: at, titleEditedAt: at, ...stored },
        row: { owner, id, changedAt: at, editedAt: { title: at }, ...stored, ...read },
        addressed: 'recipient' in stored,
      }));
  });

test('a row is read as it was written', () => {
  fc.assert(fc.property(rows, ({ item, row }) => void expect(parseSocialRow(item)).toEqual(row)));
});

test('a row that was read can be written again as it was', () => {
  fc.assert(
    fc.property(rows, ({ item }) => {
      const row = parseSocialRow(item);
      expect(row && parseSocialRow(socialItem(row))).toEqual(row);
    }),
  );
});

test('whom a row is addressed to stands in its key, too: one that says otherwise is not read', () => {
  const addressed = rows.filter((one) => one.addressed);
  fc.assert(
    fc.property(addressed, identityId, ({ item }, somebody) => {
      fc.pre(somebody !== (item as { recipient?: string }).recipient);
      expect(parseSocialRow({ ...item, recipient: somebody })).toBeUndefined();
      expect(parseSocialRow({ ...item, recipient: undefined })).toBeUndefined();
    }),
  );
});

test('who sends a row is the owner of its partition, whatever else it claims', () => {
  fc.assert(
    fc.property(rows, identityId, ({ item }, claimed) => {
      expect(parseSocialRow({ ...item, sender: claimed, from: claimed })?.owner).toBe(item.owner);
    }),
  );
});

test('what is hostile is left out, or the row is not read: nothing else of it reaches the page', () => {
  fc.assert(
    fc.property(
      rows.chain(({ item }) => spoiled(fc.constant<object>(item))),
      (item) => {
        const row = parseSocialRow(item);
        if (!row) return;
        expect(JSON.stringify(row).length).toBeLessThan(60_000);
        expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
        expect(row.editedAt).not.toHaveProperty('__proto__.status');
      },
    ),
  );
  fc.assert(fc.property(hostile, (item) => void expect(() => parseSocialRow(item)).not.toThrow()));
});

test('names that every object has are no kinds of row', () => {
  for (const id of ['constructor', 'toString#x', '__proto__', '__proto__#a', 'hasOwnProperty']) {
    const item = {
      owner: 'eu-west-1:12345678-1234-4234-8234-123456789abc',
      id,
      changedAt: '2026-01-01T00:00:00.000Z',
    };
    expect(parseSocialRow(item)).toBeUndefined();
  }
});

test('random ids are 16 bytes that nobody can guess', () => {
  const some = Array.from({ length: 1000 }, randomId);
  expect(new Set(some).size).toBe(1000);
  expect(some.every(isRandomId)).toBe(true);
  expect(isRandomId(`${'A'.repeat(21)}B`)).toBe(false);
  expect(isRandomId(`${'A'.repeat(22)}\n`)).toBe(false);
});

test('a manifest’s key is read back, and nothing else is taken for one', () => {
  const homes = fc.constantFrom('friends' as const, ...LINK_CLASSES);
  fc.assert(
    fc.property(identityId, homes, random, (owner, home, share) => {
      const key = `${sharePrefix(owner, home, share)}${MANIFEST_NAME}`;
      expect(parseManifestKey(key)).toEqual({ owner, home, share });
      for (const other of [`${key}/x`, `x/${key}`, key.replace('shares', 'renditions'), key.slice(0, -1)]) {
        expect(parseManifestKey(other)).toBeUndefined();
      }
      expect(parseManifestKey(key.replace(share, '..'))).toBeUndefined();
    }),
  );
});

const sharedPhotos = fc.record(
  {
    id: random,
    width: fc.integer({ min: 1, max: 1e6 }),
    height: fc.integer({ min: 1, max: 1e6 }),
    takenAt: localTimes,
    placeholder: fc.uint8Array({ minLength: 1, maxLength: 25 }).map(toBase64),
    caption: words,
    original: fc.record({ name: words, type: fc.constant('image/jpeg'), bytes: fc.nat() }),
  },
  { requiredKeys: ['id', 'width', 'height', 'takenAt'] },
);
const manifests: fc.Arbitrary<Manifest> = fc.record({
  version: fc.constant(1 as const),
  owner: identityId,
  share: random,
  source: fc.constantFrom('photos' as const, 'album' as const),
  title: words,
  changedAt: instants,
  news: fc.record({ id: random, count: fc.integer({ min: 1, max: 100 }), at: instants }),
  joined: fc.record({
    id: random,
    at: instants,
    readers: fc.array(identityId, { minLength: 1, maxLength: 3 }),
  }),
  hidden: fc.array(random, { maxLength: 3 }),
  readers: fc.array(identityId, { maxLength: 3 }),
  was: fc.array(random, { maxLength: 3 }),
  photos: fc.uniqueArray(sharedPhotos, { selector: ({ id }) => id, maxLength: 5 }),
});

test('a manifest is read as it was written, by whoever fetched that share of that owner', () => {
  fc.assert(
    fc.property(manifests, identityId, (manifest, other) => {
      const json: unknown = JSON.parse(JSON.stringify(manifest));
      expect(parseManifest(json, manifest)).toEqual(manifest);
      fc.pre(other !== manifest.owner);
      expect(parseManifest(json, { owner: other, share: manifest.share })).toBeUndefined();
    }),
  );
});

test('a hostile manifest gives photos that are right, or none', () => {
  fc.assert(
    fc.property(
      manifests,
      fc.array(fc.oneof(hostile, spoiled(sharedPhotos)), { maxLength: 5 }),
      (manifest, photos) => {
        const read = parseManifest({ ...manifest, photos }, manifest);
        for (const photo of read?.photos ?? []) {
          expect(isRandomId(photo.id)).toBe(true);
          expect(photo.width).toBeGreaterThan(0);
        }
      },
    ),
  );
  fc.assert(
    fc.property(manifests, hostile, (manifest, json) => {
      expect(() => parseManifest(json, manifest)).not.toThrow();
      expect(() => parseSealed(json)).not.toThrow();
    }),
  );
});

test('a manifest with a million entries, foreign addresses or the same photo twice shows no more than it may', () => {
  const owner = 'eu-west-1:12345678-1234-4234-8234-123456789abc' as IdentityId;
  const share = 'AAAAAAAAAAAAAAAAAAAAAA' as RandomId;
  const good = { id: share, width: 1, height: 1, takenAt: '2026-01-01T00:00:00' };
  const manifest = (photos: object[]) => ({
    version: 1,
    owner,
    share,
    source: 'photos',
    title: 'x',
    changedAt: '2026-01-01T00:00:00.000Z',
    photos,
  });
  const at = { owner, share };
  expect(parseManifest(manifest([good, good]), at)?.photos).toHaveLength(1);
  for (const id of [
    '../../renditions',
    'https://evil.example/x.webp',
    '//evil.example',
    'javascript:alert(1)',
  ]) {
    expect(parseManifest(manifest([{ ...good, id }]), at)?.photos).toEqual([]);
  }
  const url = { ...good, src: 'https://evil.example/x.webp', url: 'javascript:alert(1)' };
  expect(parseManifest(manifest([url]), at)?.photos).toEqual([good]);
  const many = Array.from({ length: 1_000_000 }, () => ({ ...good, id: randomId() }));
  expect(parseManifest(manifest(many), at)?.photos).toHaveLength(MOST_PHOTOS);
});

test('a sealed manifest that would take minutes to open, or is easily guessed, is not opened', () => {
  const sealed = {
    salt: toBase64(new Uint8Array(16)),
    iv: toBase64(new Uint8Array(12)),
    iterations: 600_000,
    data: 'QUJD',
  };
  expect(parseSealed({ version: 1, sealed })).toEqual({ version: 1, sealed });
  for (const wrong of [
    { iterations: 1e9 },
    { iterations: 1 },
    { salt: 'QUJD' },
    { iv: 'QUJD' },
    { data: '' },
  ]) {
    expect(parseSealed({ version: 1, sealed: { ...sealed, ...wrong } })).toBeUndefined();
  }
});
