// The page's two doors, sign-in and cloud, against the local cloud: what a person does, and what nobody may.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startCloud, type LocalCloud } from '../../infra/local/cloud.ts';
import type { Cloud } from '../../src/cloud/cloud.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { isTombstone, type Photo, type PhotoRow } from '../../src/schema/photo.ts';
import { jpeg, photoIdOf } from '../fixtures.ts';
import { signInAs, withXhr, type PagePerson } from './page-person.ts';

const directory = mkdtempSync(join(tmpdir(), 'shoebox-page-'));
const NAME = 'Straße am See.jpg';
const signal = AbortSignal.timeout(120_000);
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

async function allOf(target: Cloud, since?: string) {
  const pages = [];
  for await (const page of target.changes(since, signal)) pages.push(page);
  return pages;
}

beforeAll(async () => {
  withXhr();
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

test('an edit is read back, and null takes it away again', async () => {
  const changedAt = await cloud.editPhoto(
    id,
    { favorite: true, caption: 'At the lake', tags: ['lake'] },
    signal,
  );
  expect(await cloud.readPhoto(id, signal)).toMatchObject({
    changedAt,
    favorite: true,
    caption: 'At the lake',
    tags: ['lake'],
  });
  await cloud.editPhoto(id, { favorite: null, caption: null }, signal);
  const row = await cloud.readPhoto(id, signal);
  expect(row).not.toHaveProperty('favorite');
  expect(row).not.toHaveProperty('caption');
  expect(row).toMatchObject({ tags: ['lake'] });
});

test('a photo that does not exist cannot be edited into being', async () => {
  await expect(cloud.editPhoto(missing, { favorite: true }, signal)).rejects.toMatchObject({
    code: 'missing',
  });
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
  const { accessKeyId, secretAccessKey, sessionToken } = await ada.credentials.get();
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      region: local.config.region,
      endpoint: local.urls.api,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    }),
  );
  await client.send(
    new UpdateCommand({
      TableName: local.config.photosTable,
      Key: { owner: cloud.identityId, photoId: missing },
      UpdateExpression: 'SET changedAt = :future',
      ExpressionAttributeValues: { ':future': '2999-01-01T00:00:00.000Z' },
    }),
  );
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

test('a deleted photo leaves a tombstone', async () => {
  await cloud.deleteOriginal(id, signal);
  expect(isTombstone(await rowOf(id, isTombstone))).toBe(true);
  expect((await fetch(await cloud.renditionUrl(id, 'view'))).status).toBe(403);
});
