// The page's two doors, sign-in and cloud, against the local cloud: what a person does, and what nobody may.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startCloud, type LocalCloud } from '../../infra/local/cloud.ts';
import type { Cloud } from '../../src/cloud/cloud.ts';
import { CloudError } from '../../src/cloud/error.ts';
import type { AttributeEdit } from '../../src/cloud/requests.ts';
import { Library, type LibrarySource } from '../../src/library/library.svelte.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { isTombstone, type EditableAttribute, type Photo, type PhotoRow } from '../../src/schema/photo.ts';
import { instantOf } from '../../src/schema/time.ts';
import { jpeg, photoIdOf } from '../fixtures.ts';
import { Locks } from '../unit/fake-browser.ts';
import { signInAs, withXhr, type PagePerson } from './page-person.ts';

const directory = mkdtempSync(join(tmpdir(), 'shoebox-page-'));
const NAME = 'Straße am See.jpg';
const signal = AbortSignal.timeout(900_000);
const missing = photoIdOf(Buffer.from('never uploaded'));

let local: LocalCloud;
let ada: PagePerson;
let cloud: Cloud;
let bytes: Buffer;
let id: PhotoId;

const put = (target: Cloud, photoId: PhotoId, data: Buffer) =>
  target.putOriginal(photoId, new Blob([new Uint8Array(data)]), buildOriginalMetadata({ name: NAME }), {
    signal,
  });

async function rowOf(photoId: PhotoId, accept: (row: PhotoRow) => boolean): Promise<PhotoRow> {
  return vi.waitUntil(
    async () => {
      const row = await cloud.readPhoto(photoId, signal);
      return row && accept(row) ? row : undefined;
    },
    { timeout: 20_000, interval: 50 },
  );
}

/** What somebody with the owner's rights, but none of our code, may do to a row. */
async function rawTable(photoId = id) {
  const { accessKeyId, secretAccessKey, sessionToken } = await ada.credentials.get();
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      region: local.config.region,
      endpoint: local.urls.api,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    }),
  );
  return (UpdateExpression: string, value: unknown) =>
    client.send(
      new UpdateCommand({
        TableName: local.config.photosTable,
        Key: { owner: cloud.identityId, photoId },
        UpdateExpression,
        ExpressionAttributeValues: { ':value': value },
      }),
    );
}

async function allOf(target: Cloud, since?: string) {
  const pages = [];
  for await (const page of target.changes(since, signal)) pages.push(page);
  return pages;
}

beforeAll(async () => {
  withXhr();
  vi.stubGlobal('navigator', { locks: new Locks() });
  local = await startCloud({ directory });
  ada = await signInAs(local, 'ada@example.com');
  cloud = await ada.open();
  bytes = await jpeg({ seed: 7 });
  id = photoIdOf(bytes);
});

afterAll(async () => {
  await local.close();
  rmSync(directory, { recursive: true });
  vi.unstubAllGlobals();
});

test('a photo that is put comes back as a row, as renditions and as the same bytes under its own name', async () => {
  const sent: number[] = [];
  const blob = new Blob([new Uint8Array(bytes)]);
  const options = { onProgress: (count: number) => sent.push(count), signal };
  expect(await cloud.putOriginal(id, blob, buildOriginalMetadata({ name: NAME }), options)).toBe('stored');
  expect(sent.at(-1)).toBe(bytes.length);

  const photo = (await rowOf(id, (row) => 'status' in row && row.status === 'ready')) as Photo;
  expect(photo).toMatchObject({
    name: NAME,
    bytes: bytes.length,
    type: 'image/jpeg',
    owner: cloud.identityId,
  });

  const url = await cloud.renditionUrl(id, 'thumb');
  expect(cloud.cachedRenditionUrl(id, 'thumb')).toBe(url);
  const thumb = await fetch(url);
  expect(thumb.status).toBe(200);
  expect(thumb.headers.get('content-type')).toBe('image/webp');

  const original = await fetch(await cloud.originalUrl(photo));
  expect(Buffer.from(await original.arrayBuffer()).equals(bytes)).toBe(true);
  expect(original.headers.get('content-type')).toBe('application/octet-stream');
  expect(original.headers.get('content-disposition')).toContain(
    "filename*=UTF-8''Stra%C3%9Fe%20am%20See.jpg",
  );
});

test('the same photo again is told to be there already', async () => {
  expect(await put(cloud, id, bytes)).toBe('exists');
});

test('bytes that are not those of the photo id are not stored', async () => {
  await expect(put(cloud, missing, bytes)).rejects.toMatchObject({ name: 'CloudError' });
  await expect(cloud.originalUrl({ photoId: missing, name: 'x' })).rejects.toMatchObject({ code: 'missing' });
});

test('an upload that is given up ends with an AbortError', async () => {
  const blob = new Blob([new Uint8Array(bytes)]);
  await expect(cloud.putOriginal(missing, blob, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

const edited = (attribute: EditableAttribute, value: AttributeEdit['value'], at = cloud.clock.now()) =>
  cloud.editPhoto(id, { attribute, value, at: instantOf(at) }, signal);

test('an edit is read back, and null takes it away again', async () => {
  const now = cloud.clock.now();
  await edited('favorite', true, now);
  await edited('tags', ['lake'], now);
  const saved = await edited('caption', 'At the lake', now);
  expect(saved).toEqual({ outcome: 'saved', changedAt: expect.any(String) as unknown });
  expect(await cloud.readPhoto(id, signal)).toMatchObject({
    changedAt: saved.outcome === 'saved' && saved.changedAt,
    favorite: true,
    caption: 'At the lake',
    tags: ['lake'],
    captionEditedAt: instantOf(now),
  });
  await edited('favorite', null);
  await edited('caption', null);
  const row = await cloud.readPhoto(id, signal);
  expect(row).not.toHaveProperty('favorite');
  expect(row).not.toHaveProperty('caption');
  expect(row).toMatchObject({ tags: ['lake'] });
});

test('of two edits of one attribute the later one counts, whichever arrives first; others are not touched', async () => {
  const now = cloud.clock.now();
  await edited('caption', 'later', now);
  const before = await cloud.readPhoto(id, signal);
  const answer = await edited('caption', 'earlier', now - 5000);
  expect(answer).toEqual({ outcome: 'superseded', row: before });
  expect(await cloud.readPhoto(id, signal)).toEqual(before);
  expect(await edited('caption', null, now - 1)).toMatchObject({ outcome: 'superseded' });
  const placeOverride = { name: 'Hafen', gps: { latitude: 53.54, longitude: 9.98 } };
  expect(await edited('placeOverride', placeOverride, now - 5000)).toMatchObject({ outcome: 'saved' });
  expect(await cloud.readPhoto(id, signal)).toMatchObject({ caption: 'later', placeOverride });
});

test('an edit that is sent again, because its answer was lost, is no error, and a removal neither', async () => {
  const now = cloud.clock.now();
  for (const value of [['sea', 'blue'], null] as const) {
    const at = value ? now : now + 1;
    for (let times = 0; times < 3; times++) {
      expect(await edited('tags', value && [...value], at)).toMatchObject({ outcome: 'saved' });
    }
    const row = await cloud.readPhoto(id, signal);
    expect(row && !isTombstone(row) ? row.tags : 'gone').toEqual(value ?? undefined);
  }
});

test('an edit dated in the far future, or by no date at all, does not win for ever', async () => {
  const raw = await rawTable();
  for (const broken of ['2999-01-01T00:00:00.000Z', 'zzz', 7]) {
    await raw('SET captionEditedAt = :value', broken);
    expect(await cloud.readPhoto(id, signal)).not.toHaveProperty('captionEditedAt');
    expect(await edited('caption', `after ${broken}`)).toMatchObject({ outcome: 'saved' });
    expect(await cloud.readPhoto(id, signal)).toMatchObject({ caption: `after ${broken}` });
  }
});

test('two devices that edited offline end with the later edit of each attribute, through the real table', async () => {
  const devices = await Promise.all(
    [0, 1].map(async () => {
      const storage = new IDBFactory();
      vi.stubGlobal('indexedDB', storage);
      const network = { up: true };
      const online = <T>(work: () => T): T => {
        if (!network.up) throw new CloudError('offline', 'on a plane');
        return work();
      };
      const source: LibrarySource = {
        identityId: cloud.identityId,
        clock: cloud.clock,
        changes: (...request) => online(() => cloud.changes(...request)),
        readPhoto: async (...request) => online(() => cloud.readPhoto(...request)),
        editPhoto: async (...request) => online(() => cloud.editPhoto(...request)),
      };
      const library = await Library.open(source);
      await library.sync(signal);
      return { library, network };
    }),
  );
  const [one, two] = devices;
  if (!one || !two) throw new Error('two devices');
  const settle = async () => {
    for (const { library } of [one, two, one]) {
      await library.sync(signal);
      expect(await library.sendEdits(10_000)).toBe(0);
    }
  };
  const shown = () => devices.map(({ library }) => library.get(id));

  one.network.up = false;
  await one.library.edit(id, { caption: 'of one', favorite: true, tags: ['one'] });
  two.network.up = false;
  await vi.waitUntil(() => instantOf(cloud.clock.now()) > (one.library.get(id)?.captionEditedAt ?? ''));
  await two.library.edit(id, { caption: 'of two', trashedAt: instantOf(cloud.clock.now()), archived: true });
  for (const { network } of devices) network.up = true;
  // The later edit arrives first.
  expect(await two.library.sendEdits(10_000)).toBe(0);
  await settle();
  const row = await cloud.readPhoto(id, signal);
  expect(row).toMatchObject({ caption: 'of two', favorite: true, tags: ['one'], archived: true });
  expect(shown()).toEqual([row, row]);

  await one.library.edit(id, { trashedAt: null, archived: null, favorite: null, caption: null });
  await settle();
  const back = await cloud.readPhoto(id, signal);
  for (const name of ['trashedAt', 'archived', 'favorite', 'caption']) expect(back).not.toHaveProperty(name);
  expect(shown()).toEqual([back, back]);
  for (const { library } of devices) library.close();
});

test('a photo that does not exist cannot be edited into being', async () => {
  const edit = { attribute: 'favorite', value: true, at: instantOf(cloud.clock.now()) } as const;
  await expect(cloud.editPhoto(missing, edit, signal)).rejects.toMatchObject({ code: 'missing' });
  expect(await cloud.readPhoto(missing, signal)).toBeUndefined();
});

test('changes are found since a time, and none after the last', async () => {
  const [page] = await allOf(cloud);
  expect(page?.rows.map(({ photoId }) => photoId)).toEqual([id]);
  expect(page?.items).toBe(1);
  const latest = page?.latest ?? '';
  expect((await allOf(cloud, latest))[0]?.items).toBe(1);
  expect(await allOf(cloud, `${latest}1`)).toEqual([{ rows: [], items: 0 }]);
});

test('a row dated in the future does not carry the cursor away, and a made-up row is counted but not shown', async () => {
  const raw = await rawTable(missing);
  await raw('SET changedAt = :value', '2999-01-01T00:00:00.000Z');
  const [page] = await allOf(cloud);
  expect(page?.items).toBe(2);
  expect(page?.rows).toHaveLength(1);
  expect(Date.parse(page?.latest ?? '')).toBeLessThanOrEqual(cloud.clock.now());
});

test('another person sees nothing of it', async () => {
  const ben = await (await signInAs(local, 'ben@example.com')).open();
  expect(ben.identityId).not.toBe(cloud.identityId);
  expect(await allOf(ben)).toEqual([{ rows: [], items: 0 }]);
  const mine = await ben.renditionUrl(id, 'thumb');
  expect((await fetch(mine)).status).toBe(403);
  const moved = mine.replace(encodeURIComponent(ben.identityId), encodeURIComponent(cloud.identityId));
  expect((await fetch(moved)).status).toBe(403);
});

test('somebody who signed in but is no member is told that it is forbidden', async () => {
  local.people.addPerson({ name: 'Eve', email: 'eve@example.com', provider: 'google', groups: [] });
  const eve = await signInAs(local, 'eve@example.com');
  await expect(eve.open()).rejects.toMatchObject({ name: 'CloudError', code: 'forbidden' });
  expect(eve.session.claims.groups).not.toContain('members');
});

test('credentials that AWS no longer takes are renewed without anybody noticing', async () => {
  const person = await signInAs(local, 'ada@example.com');
  await person.credentials.get();
  const record = JSON.parse(person.storage.getItem('shoebox.credentials') ?? '') as object;
  person.storage.setItem(
    'shoebox.credentials',
    JSON.stringify({ ...record, sessionToken: 'no longer good' }),
  );

  const reloaded = person.reload();
  expect(reloaded.credentials.current()?.sessionToken).toBe('no longer good');
  const [page] = await allOf(await reloaded.open());
  expect(page?.rows).toHaveLength(1);
  expect(reloaded.credentials.current()?.sessionToken).not.toBe('no longer good');
});

test('a session is renewed with a new refresh token', async () => {
  const person = await signInAs(local, 'ada@example.com');
  const before = await person.session.idToken();
  const after = await person.session.idToken({ force: true });
  expect(after).not.toBe(before);
  expect(await person.session.idToken()).toBe(after);
});

test('after signing out nothing is left, and the old token is worthless', async () => {
  const person = await signInAs(local, 'ada@example.com');
  await person.credentials.get();
  const idToken = await person.session.idToken();
  const problems: unknown[] = [];
  person.credentials.forget();
  await person.session.signOut((error) => problems.push(error));
  expect(problems).toEqual([]);
  expect(person.storage.dump()).toBe('[]');
  const goodbye = await fetch(person.visited.at(-1) ?? '', { redirect: 'manual' });
  expect(goodbye.headers.get('location')).toBe(`${local.urls.site}/`);
  await expect(person.withToken(idToken).get()).rejects.toMatchObject({ code: 'signed-out' });
});

test('a session that was ended by the owner of the account ends here at the next renewal', async () => {
  local.people.addPerson({ name: 'Cy', email: 'cy@example.com', provider: 'email', groups: ['members'] });
  const cy = await signInAs(local, 'cy@example.com');
  local.people.signOutEverywhere(cy.session.claims.sub, Math.floor(Date.now() / 1000));
  await expect(cy.open()).rejects.toMatchObject({ code: 'signed-out' });
  expect(cy.storage.dump()).toBe('[]');
});

test('a deleted photo leaves a tombstone, which no edit brings to life', async () => {
  await cloud.deleteOriginal(id, signal);
  const tombstone = await rowOf(id, isTombstone);
  expect(isTombstone(tombstone)).toBe(true);
  await expect(edited('favorite', true)).rejects.toMatchObject({ code: 'missing' });
  expect(await cloud.readPhoto(id, signal)).toEqual(tombstone);
  expect((await fetch(await cloud.renditionUrl(id, 'view'))).status).toBe(403);
});
