// `npm run members -- move` against a local cloud: a library is another identity's, whole, before anything old is taken away; and what
// cannot go along is said first.
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { noAdoptTally } from '../../infra/keeping/adopt-run.ts';
import { copyLibrary, missingIn, type Move } from '../../infra/keeping/move-run.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { friendSharePrefix, originalKey, originalPrefix, renditionKey } from '../../src/schema/keys.ts';
import { parseOriginalMetadata } from '../../src/schema/original.ts';
import { albumId, entryId, friendId, profileId, randomId, shareId } from '../../src/schema/social.ts';
import { jpeg } from '../fixtures.ts';
import { begin, libraryOf } from './keeping.ts';
import { clientsFor, freshCloud, member, type Member } from './people.ts';
import { photoRow, putOriginal } from './photos.ts';
import { outcome, withOperator } from './refusals.ts';

vi.setConfig({ testTimeout: 90_000 });

let cloud: Awaited<ReturnType<typeof freshCloud>>;
/** Who may do what nobody may but the account's owner. */
let root: ReturnType<typeof clientsFor>;
let people = 0;
let seed = 15_000;

beforeAll(async () => {
  cloud = await freshCloud({ template: withOperator, processor: true });
  root = clientsFor(cloud, cloud.issueRole('Operator'));
});
afterAll(() => cloud?.end());

const somebody = () => member(cloud, { email: `somebody-${++people}@example.com` });
const Bucket = () => cloud.config.originalsBucket;

async function photoOf(who: Member): Promise<PhotoId> {
  const photoId = await putOriginal(cloud, who, await jpeg({ width: 32, height: 24, seed: seed++ }), 'é.jpg');
  await vi.waitUntil(async () => (await photoRow(cloud, who, photoId))?.['status'] === 'ready', 20_000);
  return photoId;
}

const edit = (who: Member, photoId: PhotoId, values: Record<string, unknown>) => {
  const now = new Date().toISOString();
  const dated = Object.keys(values).map((name) => [`${name}EditedAt`, now]);
  const all = Object.entries({ ...values, ...Object.fromEntries(dated), changedAt: now });
  return who.dynamodb.send(
    new UpdateCommand({
      TableName: cloud.config.photosTable,
      Key: { owner: who.identityId, photoId },
      UpdateExpression: `SET ${all.map(([name]) => `${name} = :${name}`).join(', ')}`,
      ExpressionAttributeValues: Object.fromEntries(all.map(([name, value]) => [`:${name}`, value])),
    }),
  );
};

const social = (who: Member, id: string, values: Record<string, unknown>) =>
  who.dynamodb.send(
    new PutCommand({
      TableName: cloud.config.socialTable,
      Item: { owner: who.identityId, id, changedAt: new Date().toISOString(), ...values },
    }),
  );
const socialRow = async (who: Member, id: string) =>
  (
    await who.dynamodb.send(
      new GetCommand({ TableName: cloud.config.socialTable, Key: { owner: who.identityId, id } }),
    )
  ).Item;

const move = (old: Member, now: Member, ...options: string[]) =>
  begin(cloud.directory, 'members', 'move', old.identityId, now.identityId, ...options);

const countIn = async (kind: 'originals' | 'library', Prefix: string) =>
  (await root.s3[kind].send(new ListObjectsV2Command({ Bucket: cloud.config[`${kind}Bucket`], Prefix })))
    .KeyCount;
const countOf = (who: Member) => countIn('originals', originalPrefix(who.identityId));

test('a library goes to another identity, and is taken away from the old one only when it is told twice', async () => {
  const [old, now, friend] = await Promise.all([somebody(), somebody(), somebody()]);
  const photos = await Promise.all([photoOf(old), photoOf(old), photoOf(old)]);
  const [first, second, third] = photos as [PhotoId, PhotoId, PhotoId];
  await edit(old, first, { caption: 'By the sea', favorite: true, tags: ['sea'] });
  await edit(old, second, { trashedAt: new Date().toISOString() });
  const [album, share] = [randomId(), randomId()];
  await social(old, albumId(album), { title: 'Summer' });
  await social(old, entryId(album, first), {});
  await social(old, profileId, { name: 'Ada' });
  await social(old, friendId(friend.identityId), { recipient: friend.identityId, name: 'Ada' });
  await social(old, shareId(share), {
    audience: 'friends',
    source: 'photos',
    title: 'Us',
    createdAt: new Date().toISOString(),
  });
  const shared = `${friendSharePrefix(old.identityId)}${share}/manifest.json`;
  await old.s3.library.send(
    new PutObjectCommand({ Bucket: cloud.config.libraryBucket, Key: shared, Body: '{}' }),
  );

  const said = await move(old, now).ended;
  expect(said.code).toBe(0);
  for (const line of [
    '3 photos and 1 album go along',
    '1 friend: friendship is between two identities. Invite each of them again',
    '1 share with friends and 0 links: they stay as they are until the old library is removed',
    'Nothing was done. With --yes it is copied',
  ])
    expect(said.said).toContain(line);
  expect(await countOf(now)).toBe(0);

  const early = await move(old, now, '--remove-old', '--yes').ended;
  expect(early.said).toContain('things are NOT in the new library');
  expect([early.code, early.said]).toEqual([1, expect.stringContaining('Nothing was removed.') as string]);
  expect(await countOf(old)).toBe(3);

  const copied = await move(old, now, '--yes').ended;
  expect(copied.said).toMatch(/^3 photos copied \(.+\), 0 there before\.$/m);
  expect([copied.code, copied.said]).toEqual([
    0,
    expect.stringContaining('All of the old library is in the new one') as string,
  ]);
  const { ChecksumSHA256, Metadata } = await now.s3.originals.send(
    new HeadObjectCommand({
      Bucket: Bucket(),
      Key: originalKey(now.identityId, first),
      ChecksumMode: 'ENABLED',
    }),
  );
  expect(Buffer.from(ChecksumSHA256 ?? '', 'base64').toString('base64url')).toBe(first);
  expect(parseOriginalMetadata(Metadata).name).toBe('é.jpg');
  expect(await photoRow(cloud, now, first)).toMatchObject({
    status: 'ready',
    caption: 'By the sea',
    favorite: true,
    tags: ['sea'],
  });
  expect(await photoRow(cloud, now, second)).toHaveProperty('trashedAt');
  expect(await photoRow(cloud, now, third)).not.toHaveProperty('trashedAt');
  const thumb = {
    Bucket: cloud.config.libraryBucket,
    Key: renditionKey(now.identityId, first, 'thumb'),
  };
  expect(await outcome(now.s3.library.send(new GetObjectCommand(thumb)))).toBe('ok');
  expect(await socialRow(now, entryId(album, first))).toMatchObject({ owner: now.identityId });
  expect(await socialRow(now, profileId)).toMatchObject({ name: 'Ada' });
  // Who is whose friend is nobody's to say for another.
  expect(await socialRow(now, friendId(friend.identityId))).toBeUndefined();
  expect(await socialRow(now, shareId(share))).toBeUndefined();

  // What is said anew counts more, and is kept when it is run again.
  await edit(now, first, { caption: 'At the lake' });
  const again = await move(old, now, '--yes').ended;
  expect([again.code, again.said]).toEqual([
    0,
    expect.stringMatching(/^0 photos copied \(0 bytes\), 3 there before\.$/m) as string,
  ]);
  expect(await photoRow(cloud, now, first)).toMatchObject({ caption: 'At the lake' });

  const asked = await move(old, now, '--remove-old').ended;
  expect(asked.said).toContain('To be removed: 3 photos, 1 share, 0 links and 1 friendship of');
  expect([asked.code, await countOf(old)]).toEqual([0, 3]);

  const removed = await move(old, now, '--remove-old', '--yes').ended;
  expect([removed.code, removed.said]).toEqual([0, expect.stringContaining('3 photos removed') as string]);
  expect(await countOf(old)).toBe(0);
  expect(await countIn('library', friendSharePrefix(old.identityId))).toBe(0);
  await vi.waitUntil(async () => (await photoRow(cloud, old, first))?.['deletedAt'] !== undefined, 20_000);
  // The friend's page learns that it is over.
  const { Items = [] } = await friend.dynamodb.send(
    new QueryCommand({
      TableName: cloud.config.socialTable,
      IndexName: 'inbox',
      KeyConditionExpression: 'recipient = :me',
      ExpressionAttributeValues: { ':me': friend.identityId },
    }),
  );
  expect(Items).toEqual([expect.objectContaining({ deletedAt: expect.any(String) as string }) as object]);
  expect(await countOf(now)).toBe(3);
  // For 30 days, S3 has what was removed.
  const { Versions = [] } = await root.s3.originals.send(
    new ListObjectVersionsCommand({ Bucket: Bucket(), Prefix: originalPrefix(old.identityId) }),
  );
  expect(Versions).toHaveLength(3);
});

async function moving(old: Member, now: Member, more: Partial<Move> = {}) {
  const told: string[] = [];
  const [from, to] = await Promise.all(
    [old, now].map(({ identityId }) => libraryOf(cloud.directory, identityId)),
  );
  if (!from || !to) throw new Error('There are two.');
  const tally = noAdoptTally();
  const signal = new AbortController().signal;
  const settings: Move = {
    from,
    to,
    lanes: 2,
    signal,
    tally,
    changed: () => undefined,
    told: (what, why) => told.push(`${what}: ${why}`),
    ...more,
  };
  await copyLibrary(settings);
  return { tally, told, missing: await missingIn(settings) };
}

test('stopped or killed half-way, the next run goes on, and nothing is there twice', async () => {
  const [old, now] = await Promise.all([somebody(), somebody()]);
  const photos = await Promise.all(Array.from({ length: 8 }, () => photoOf(old)));
  await edit(old, photos[7] as PhotoId, { caption: 'the last' });
  const stop = new AbortController();
  const half = await moving(old, now, {
    lanes: 1,
    signal: stop.signal,
    changed: () => stop.abort(),
  });
  expect(half.tally.stored).toBe(1);
  const { tally, missing } = await moving(old, now);
  expect([tally.stored, tally.there, missing]).toEqual([7, 1, []]);
  expect(await photoRow(cloud, now, photos[7] as PhotoId)).toMatchObject({ caption: 'the last' });
  const { Versions = [] } = await root.s3.originals.send(
    new ListObjectVersionsCommand({ Bucket: Bucket(), Prefix: originalPrefix(now.identityId) }),
  );
  expect(Versions).toHaveLength(8);
});

test('what is damaged, archived or lost on the way keeps the old library where it is', async () => {
  const [old, now] = await Promise.all([somebody(), somebody()]);
  const [damaged, archived, large] = (await Promise.all([photoOf(old), photoOf(old), photoOf(old)])) as [
    PhotoId,
    PhotoId,
    PhotoId,
  ];
  cloud.pauseProcessor();
  const put = (photoId: PhotoId, more: object) =>
    root.s3.originals.send(
      new PutObjectCommand({ Bucket: Bucket(), Key: originalKey(old.identityId, photoId), ...more }),
    );
  await put(damaged, { Body: 'not what it was' });
  await put(archived, { Body: 'x', StorageClass: 'DEEP_ARCHIVE' });
  cloud.resumeProcessor();
  const { told, tally, missing } = await moving(old, now);
  expect(tally).toMatchObject({ stored: 1, failed: 2 });
  expect(told.some((line) => line.includes('the original is damaged, and so is the copy'))).toBe(true);
  expect(told.some((line) => line.includes('It is archived: restore it first'))).toBe(true);
  expect(missing).toContain(`${archived}: the original is not there`);
  expect(missing.some((line) => line.startsWith(damaged))).toBe(true);
  expect(missing.some((line) => line.startsWith(large))).toBe(false);
  const { code } = await move(old, now, '--remove-old', '--yes').ended;
  expect(code).toBe(1);
  expect(await countOf(old)).toBe(3);
});

test('what is too large for S3 to copy comes by way of this computer', async () => {
  const [old, now] = await Promise.all([somebody(), somebody()]);
  const photoId = await photoOf(old);
  const { tally, missing } = await moving(old, now, { largestCopy: 10 });
  expect([tally.stored, missing]).toEqual([1, []]);
  expect(await photoRow(cloud, now, photoId)).toMatchObject({ status: 'ready', name: 'é.jpg' });
});

test('nobody else may: a member copies nothing to or from another, and whoever runs it overwrites nothing', async () => {
  const [old, now] = await Promise.all([somebody(), somebody()]);
  const [photoId, other] = await Promise.all([photoOf(old), photoOf(now)]);
  const copy = (from: Member, source: PhotoId, to: Member, target: PhotoId, more = {}) =>
    new CopyObjectCommand({
      Bucket: Bucket(),
      Key: originalKey(to.identityId, target),
      CopySource: encodeURIComponent(`${Bucket()}/${originalKey(from.identityId, source)}`),
      ...more,
    });
  for (const who of [old, now])
    expect(await outcome(who.s3.originals.send(copy(old, photoId, now, photoId, { IfNoneMatch: '*' })))).toBe(
      '403 AccessDenied',
    );
  const { s3 } = await libraryOf(cloud.directory, now.identityId);
  expect(await outcome(s3.send(copy(old, photoId, now, other)))).toBe('403 AccessDenied');
  const version = { Bucket: Bucket(), Key: originalKey(now.identityId, other), VersionId: 'any' };
  expect(await outcome(s3.send(new DeleteObjectCommand(version)))).toBe('403 AccessDenied');
});

test.each([
  [['A'], 'From where to where? move OLD-ID NEW-ID'],
  [['A', 'A'], 'That is one library, not two.'],
  [['A', 'me'], '"me" is no id of a library.'],
])('what is typed wrong is told: move %s', async (typed, told) => {
  const { identityId } = await somebody();
  const ids = typed.map((word) => (word === 'A' ? identityId : word));
  const { code, said } = await begin(cloud.directory, 'members', 'move', ...ids).ended;
  expect([code, said]).toEqual([1, expect.stringContaining(told) as string]);
});
