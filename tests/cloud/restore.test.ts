// What README says under "Restoring", walked through (`npm run drill`): a deleted photo, rows out of another table, and everything into
// a new stack.
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { adopt, noAdoptTally } from '../../infra/keeping/adopt-run.ts';
import { awaitRows } from '../../infra/keeping/await-rows.ts';
import { inBucket } from '../../infra/keeping/bucket.ts';
import { photosIn } from '../../infra/keeping/library.ts';
import { bringRowsBack } from '../../infra/keeping/restore-run.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { originalKey, originalPrefix, renditionKey } from '../../src/schema/keys.ts';
import { albumId, entryId, friendId, randomId } from '../../src/schema/social.ts';
import { jpeg, photoIdOf } from '../fixtures.ts';
import { begin, libraryOf } from './keeping.ts';
import { freshCloud, member, type Member } from './people.ts';
import { deleteOriginal, photoRow, putOriginal } from './photos.ts';
import { outcome } from './refusals.ts';

vi.setConfig({ testTimeout: 90_000 });

type Cloud = Awaited<ReturnType<typeof freshCloud>>;
let cloud: Cloud;
let other: Cloud;
let people = 0;
let seed = 18_000;
const run = { lanes: 4, signal: new AbortController().signal };

beforeAll(async () => {
  [cloud, other] = await Promise.all([freshCloud({ processor: true }), freshCloud({ processor: true })]);
});
afterAll(() => Promise.all([cloud?.end(), other?.end()]));

const somebody = (where = cloud) => member(where, { email: `somebody-${++people}@example.com` });

async function settled(who: Member, photoId: PhotoId, accept: (row: object) => boolean, where = cloud) {
  await vi.waitUntil(async () => accept((await photoRow(where, who, photoId)) ?? {}), 20_000);
}
const isReady = (row: object) => 'status' in row && row.status === 'ready';

async function photoOf(who: Member, name: string, where = cloud) {
  const bytes = await jpeg({ width: 32, height: 24, seed: seed++ });
  const photoId = await putOriginal(where, who, bytes, name);
  await settled(who, photoId, isReady, where);
  return { photoId, bytes };
}

const write = (who: Member, photoId: PhotoId, values: Record<string, string>, where = cloud) => {
  const now = new Date().toISOString();
  const dated = Object.keys(values).map((name) => [`${name}EditedAt`, now]);
  const all = Object.entries({ ...values, ...Object.fromEntries(dated), changedAt: now });
  return who.dynamodb.send(
    new UpdateCommand({
      TableName: where.config.photosTable,
      Key: { owner: who.identityId, photoId },
      UpdateExpression: `SET ${all.map(([name]) => `${name} = :${name}`).join(', ')}`,
      ExpressionAttributeValues: Object.fromEntries(all.map(([name, value]) => [`:${name}`, value])),
    }),
  );
};

const social = (who: Member, id: string, values: object, where = cloud) =>
  who.dynamodb.send(
    new PutCommand({
      TableName: where.config.socialTable,
      Item: { owner: who.identityId, id, changedAt: new Date().toISOString(), ...values },
    }),
  );
const socialRow = async (who: Member, id: string) =>
  (
    await who.dynamodb.send(
      new GetCommand({ TableName: cloud.config.socialTable, Key: { owner: who.identityId, id } }),
    )
  ).Item;

test('a deleted photo is listed by its name, and given back as it was', async () => {
  const ada = await somebody();
  const [gone, kept, alsoGone] = await Promise.all(
    ['gone.jpg', 'kept.jpg', 'also gone.jpg'].map((name) => photoOf(ada, name)),
  );
  if (!gone || !kept || !alsoGone) throw new Error('There are three.');
  for (const { photoId } of [gone, alsoGone]) {
    await deleteOriginal(cloud, ada, photoId);
    await settled(ada, photoId, (row) => 'deletedAt' in row);
  }
  const restore = (...options: string[]) =>
    begin(cloud.directory, 'restore', ...options, '--owner', ada.identityId).ended;

  const listed = await restore();
  expect(listed.said).toMatch(
    new RegExp(`^${gone.photoId} +\\d.* +deleted 20\\d\\d-\\d\\d-\\d\\d +gone\\.jpg$`, 'm'),
  );
  expect(listed.said).not.toContain(kept.photoId);
  expect([listed.code, listed.said]).toEqual([
    0,
    expect.stringContaining('2 photos can be had back.') as string,
  ]);

  const back = await restore(gone.photoId);
  expect([back.code, back.said]).toEqual([
    0,
    expect.stringContaining('1 photo given back, 0 failed.') as string,
  ]);
  const key = originalKey(ada.identityId, gone.photoId);
  const { Body } = await ada.s3.originals.send(
    new GetObjectCommand({ Bucket: cloud.config.originalsBucket, Key: key }),
  );
  expect(photoIdOf(Buffer.from((await Body?.transformToByteArray()) ?? []))).toBe(gone.photoId);
  const row = await photoRow(cloud, ada, gone.photoId);
  expect(row).toMatchObject({ status: 'ready', name: 'gone.jpg' });
  expect(row).not.toHaveProperty('deletedAt');
  const thumb = {
    Bucket: cloud.config.libraryBucket,
    Key: renditionKey(ada.identityId, gone.photoId, 'thumb'),
  };
  expect(await outcome(ada.s3.library.send(new GetObjectCommand(thumb)))).toBe('ok');

  const never = photoIdOf(Buffer.from('never there'));
  const lost = await restore(never);
  expect([lost.code, lost.said]).toEqual([
    1,
    expect.stringContaining(`${never}: there is nothing of it`) as string,
  ]);
  expect((await restore('--all')).said).toContain('1 photo given back, 0 failed.');
  expect((await restore()).said).toContain('0 photos can be had back.');
});

test('rows come back out of another table: what is missing, and nothing that was written since', async () => {
  const [ben, before] = await Promise.all([somebody(), somebody(other)]);
  const { photoId, bytes } = await photoOf(ben, 'a.jpg');
  await putOriginal(other, before, bytes);
  await settled(before, photoId, isReady, other);
  await write(before, photoId, { caption: 'as it was', takenAtOverride: '1999-01-02T03:04:05' }, other);
  await write(ben, photoId, { caption: 'written since' });
  const [album, kept] = [randomId(), randomId()];
  await social(before, albumId(album), { title: 'Lost' }, other);
  await social(before, albumId(kept), { title: 'Old title' }, other);
  await social(before, friendId(ben.identityId), { recipient: ben.identityId }, other);
  await social(ben, albumId(kept), { title: 'New title' });

  const [library, table] = await Promise.all([
    libraryOf(cloud.directory, ben.identityId),
    libraryOf(other.directory, before.identityId),
  ]);
  expect(await bringRowsBack(library, { photos: table, social: table }, run)).toEqual({
    photos: 1,
    social: 1,
  });
  expect(await photoRow(cloud, ben, photoId)).toMatchObject({
    caption: 'written since',
    takenAtOverride: '1999-01-02T03:04:05',
  });
  expect(await socialRow(ben, albumId(album))).toMatchObject({ title: 'Lost', owner: ben.identityId });
  expect(await socialRow(ben, albumId(kept))).toMatchObject({ title: 'New title' });
  expect(await socialRow(ben, friendId(ben.identityId))).toBeUndefined();
  expect(await bringRowsBack(library, { photos: table, social: table }, run)).toEqual({
    photos: 0,
    social: 0,
  });
});

test('what was written of a photo before it was deleted comes back out of the table of that time', async () => {
  const [cleo, before] = await Promise.all([somebody(), somebody(other)]);
  const { photoId, bytes } = await photoOf(cleo, 'a.jpg');
  await putOriginal(other, before, bytes);
  await settled(before, photoId, isReady, other);
  await write(before, photoId, { caption: 'By the sea' }, other);
  await deleteOriginal(cloud, cleo, photoId);
  await settled(cleo, photoId, (row) => 'deletedAt' in row);
  const restored = await begin(cloud.directory, 'restore', photoId, '--owner', cleo.identityId).ended;
  expect(restored.code).toBe(0);
  expect(await photoRow(cloud, cleo, photoId)).not.toHaveProperty('caption');
  const [library, photos] = await Promise.all([
    libraryOf(cloud.directory, cleo.identityId),
    libraryOf(other.directory, before.identityId),
  ]);
  expect(await bringRowsBack(library, { photos }, run)).toEqual({ photos: 1, social: 0 });
  expect(await photoRow(cloud, cleo, photoId)).toMatchObject({ caption: 'By the sea', status: 'ready' });
});

test('everything comes into a new stack: originals out of the old S3 bucket, then what was written of them', async () => {
  const [old, now] = await Promise.all([somebody(other), somebody()]);
  const photos = await Promise.all(['é.jpg', 'b.jpg', 'c.jpg'].map((name) => photoOf(old, name, other)));
  const [first] = photos;
  if (!first) throw new Error('There are three.');
  await write(old, first.photoId, { caption: 'By the sea' }, other);
  const album = randomId();
  await social(old, albumId(album), { title: 'Summer' }, other);
  await social(old, entryId(album, first.photoId), {}, other);

  const [from, library] = await Promise.all([
    libraryOf(other.directory, old.identityId),
    libraryOf(cloud.directory, now.identityId),
  ]);
  const place = { bucket: other.config.originalsBucket, prefix: originalPrefix(old.identityId) };
  const tally = noAdoptTally();
  const adoption = { ...run, library, tally, changed: () => undefined, told: () => undefined };
  const known = await photosIn(library);
  const awaited = await adopt(inBucket(from.s3, place), { ...adoption, known });
  await awaitRows(awaited, adoption, { pause: 50, most: 20_000 });
  expect(tally).toMatchObject({ stored: 3, failed: 0, awaited: 0, unshowable: 0 });
  await bringRowsBack(library, { photos: from, social: from }, run);

  const { Contents = [] } = await now.s3.originals.send(
    new ListObjectsV2Command({
      Bucket: cloud.config.originalsBucket,
      Prefix: originalPrefix(now.identityId),
    }),
  );
  expect(Contents.map(({ Key }) => Key)).toEqual(
    photos.map(({ photoId }) => originalKey(now.identityId, photoId)).sort(),
  );
  expect(await photoRow(cloud, now, first.photoId)).toMatchObject({ name: 'é.jpg', caption: 'By the sea' });
  expect(await socialRow(now, albumId(album))).toMatchObject({ title: 'Summer' });
  expect(await socialRow(now, entryId(album, first.photoId))).toMatchObject({ owner: now.identityId });
});
