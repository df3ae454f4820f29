// The deep archive of the local S3, through the real SDK: originals move there when their time has come, nobody reads them there, their
// owner alone has them restored, and that takes its time and ends again.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  RestoreObjectCommand,
  S3Client,
  type RestoreRequest,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checksumOfPhotoId, type IdentityId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { photoIdOf } from '../fixtures.ts';
import { BUCKETS, keysOf, ME, REGION, startS3, YOU, type TestS3 } from './s3-server.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function archivedAfter(days: number): typeof BUCKETS {
  const rule = {
    Status: 'Enabled' as const,
    NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    Transitions: [
      { StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 0 },
      { StorageClass: 'DEEP_ARCHIVE', TransitionInDays: days },
    ],
  };
  return BUCKETS.map((bucket) => Object.assign({}, bucket, bucket.versioned && { lifecycleRules: [rule] }));
}

let directory: string;
let cloud: TestS3;
let me: S3Client, you: S3Client, plain: S3Client, processor: S3Client, operator: S3Client;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoebox-s3-archive-'));
});
afterAll(async () => {
  await cloud.stop();
  await rm(directory, { recursive: true, force: true });
});

let runs = 0;
async function start(days: number): Promise<void> {
  await cloud?.stop();
  cloud = await startS3(join(directory, String(++runs)), archivedAfter(days));
  const client = (name: string) =>
    new S3Client({
      region: REGION,
      endpoint: cloud.endpoint,
      forcePathStyle: true,
      credentials: keysOf(name),
      maxAttempts: 1,
    });
  me = client('meArchiving');
  you = client('youArchiving');
  plain = client('me');
  processor = client('processor');
  operator = client('operator');
  Key = await put(200_000);
  at = { Bucket: 'originals', Key };
}

/** Of an own original that was uploaded so many bytes large. */
let Key: string;
let at: { Bucket: string; Key: string };
beforeEach(() => start(180));

async function put(bytes: number): Promise<string> {
  const body = randomBytes(bytes);
  const photoId = photoIdOf(body);
  const key = originalKey(ME as IdentityId, photoId);
  await me.send(
    new PutObjectCommand({
      Bucket: 'originals',
      Key: key,
      Body: body,
      IfNoneMatch: '*',
      ChecksumSHA256: checksumOfPhotoId(photoId),
      StorageClass: 'INTELLIGENT_TIERING',
    }),
  );
  return key;
}

const outcome = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    (answer) => String((answer as { $metadata: { httpStatusCode?: number } }).$metadata.httpStatusCode),
    (error: { $metadata?: { httpStatusCode?: number }; name: string; Code?: string }) =>
      `${error.$metadata?.httpStatusCode} ${error.Code ?? error.name}`,
  );

const read = (client = me) => outcome(client.send(new GetObjectCommand(at)));
const look = async (client = me) => {
  const { StorageClass, Restore } = await client.send(new HeadObjectCommand(at));
  return [StorageClass, Restore];
};
const restore = (
  client = me,
  request: RestoreRequest = { Days: 7, GlacierJobParameters: { Tier: 'Bulk' } },
) => outcome(client.send(new RestoreObjectCommand({ ...at, RestoreRequest: request })));

test('an original moves into the deep archive when its days are over, not before, and a small one never', async () => {
  const small = await put(100_000);
  await cloud.s3.passTime(179 * DAY);
  expect(await look()).toEqual(['INTELLIGENT_TIERING', undefined]);
  expect(await read()).toBe('200');
  await cloud.s3.passTime(2 * DAY);
  expect(await look()).toEqual(['DEEP_ARCHIVE', undefined]);
  const other = await me.send(new HeadObjectCommand({ Bucket: 'originals', Key: small }));
  expect(other.StorageClass).toBe('INTELLIGENT_TIERING');
});

test('what was deleted stays in the class it had, and goes after its 30 days as ever', async () => {
  await start(5);
  await me.send(new DeleteObjectCommand(at));
  await cloud.s3.passTime(20 * DAY);
  const versions = async () =>
    (await operator.send(new ListObjectVersionsCommand({ Bucket: 'originals' }))).Versions?.map(
      ({ StorageClass }) => StorageClass,
    ) ?? [];
  expect(await versions()).toEqual(['INTELLIGENT_TIERING']);
  await cloud.s3.passTime(11 * DAY);
  expect(await versions()).toEqual([]);
});

test('in the deep archive it is read by nobody, whole, in part or by a copy, but everything is known about it', async () => {
  await cloud.s3.passTime(181 * DAY);
  for (const reader of [me, processor]) expect(await read(reader)).toBe('403 InvalidObjectState');
  expect(await outcome(me.send(new GetObjectCommand({ ...at, Range: 'bytes=0-0' })))).toBe(
    '403 InvalidObjectState',
  );
  const copy = new CopyObjectCommand({
    Bucket: 'library',
    Key: `shares/links/7d/${ME}/share/originals/x`,
    CopySource: `originals/${Key}`,
  });
  expect(await outcome(me.send(copy))).toBe('403 ObjectNotInActiveTierError');
  expect(await look()).toEqual(['DEEP_ARCHIVE', undefined]);
});

test('it is restored in the time that its tier takes, can then be read until its days are over, and stays where it is', async () => {
  await cloud.s3.passTime(181 * DAY);
  expect(await restore()).toBe('202');
  expect(await look()).toEqual(['DEEP_ARCHIVE', 'ongoing-request="true"']);
  expect(await read()).toBe('403 InvalidObjectState');
  expect(await restore()).toBe('409 RestoreAlreadyInProgress');
  await cloud.s3.passTime(47 * HOUR);
  expect(await read()).toBe('403 InvalidObjectState');
  await cloud.s3.passTime(2 * HOUR);
  expect(await read()).toBe('200');
  const [StorageClass, Restore] = await look();
  expect(StorageClass).toBe('DEEP_ARCHIVE');
  const until = /^ongoing-request="false", expiry-date="(\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT)"$/.exec(
    Restore ?? '',
  );
  // From when it was ready: 48 hours from 181 days on; to the midnight after.
  const ready = Date.now() + 181 * DAY + 48 * HOUR;
  expect(Date.parse(until?.[1] ?? '')).toBeGreaterThanOrEqual(ready + 7 * DAY - HOUR);
  expect(Date.parse(until?.[1] ?? '')).toBeLessThanOrEqual(ready + 8 * DAY);
  // Once more only has it stay longer.
  expect(await restore(me, { Days: 20 })).toBe('200');
  expect((await look())[1]).not.toBe(Restore);
  await cloud.s3.passTime(22 * DAY);
  expect(await read()).toBe('403 InvalidObjectState');
  expect(await look()).toEqual(['DEEP_ARCHIVE', undefined]);
});

test('the faster tier takes twelve hours', async () => {
  await cloud.s3.passTime(181 * DAY);
  expect(await restore(me, { Days: 1, GlacierJobParameters: { Tier: 'Standard' } })).toBe('202');
  await cloud.s3.passTime(11 * HOUR);
  expect(await read()).toBe('403 InvalidObjectState');
  await cloud.s3.passTime(2 * HOUR);
  expect(await read()).toBe('200');
});

test('nobody has another member’s original restored, and without a deep archive nobody may at all', async () => {
  await cloud.s3.passTime(181 * DAY);
  expect(await restore(you)).toBe('403 AccessDenied');
  expect(await restore(processor)).toBe('403 AccessDenied');
  expect(await restore(plain)).toBe('403 AccessDenied');
  expect(await look()).toEqual(['DEEP_ARCHIVE', undefined]);
  // Nor is told whether there is one.
  at = { Bucket: 'originals', Key: originalKey(YOU as IdentityId, photoIdOf(Buffer.from('none'))) };
  expect(await restore(me)).toBe('403 AccessDenied');
});

test('what is not archived cannot be restored, and nothing is restored by what is no request', async () => {
  expect(await restore()).toBe('403 InvalidObjectState');
  await cloud.s3.passTime(181 * DAY);
  expect(await restore(me, { Days: 0 })).toBe('400 MalformedXML');
  expect(await restore(me, { GlacierJobParameters: { Tier: 'Bulk' } })).toBe('400 MalformedXML');
  expect(await restore(me, { Days: 1, GlacierJobParameters: { Tier: 'Expedited' } })).toBe(
    '501 NotImplemented',
  );
  expect(await restore(me, { Days: 1, Type: 'SELECT' })).toBe('501 NotImplemented');
  expect(await look()).toEqual(['DEEP_ARCHIVE', undefined]);
});

test('a list tells of each original its class and, where that is asked for, its restore', async () => {
  await cloud.s3.passTime(181 * DAY);
  const other = await put(150_000);
  const list = async (more = {}) => {
    const { Contents = [] } = await me.send(
      new ListObjectsV2Command({ Bucket: 'originals', Prefix: `${ME}/`, ...more }),
    );
    return Contents.map(({ Key: key, StorageClass, RestoreStatus }) => [key, StorageClass, RestoreStatus]);
  };
  const optional = { OptionalObjectAttributes: ['RestoreStatus'] };
  await restore(me, { Days: 3 });
  expect((await list(optional)).sort()).toEqual(
    [
      [Key, 'DEEP_ARCHIVE', { IsRestoreInProgress: true }],
      [other, 'INTELLIGENT_TIERING', undefined],
    ].sort(),
  );
  await cloud.s3.passTime(13 * HOUR);
  const [, , status] = (await list(optional)).find(([key]) => key === Key) ?? [];
  expect(status).toMatchObject({ IsRestoreInProgress: false, RestoreExpiryDate: expect.any(Date) as Date });
  expect((await list()).find(([key]) => key === Key)?.[2]).toBeUndefined();
});
