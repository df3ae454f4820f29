// The processor reads parts of originals from the local S3 under its own role, and of no other bytes than it began with.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { awsStores, type Stores } from '../../processor/stores.ts';
import type { IdentityId, PhotoId } from '../../src/schema/ids.ts';
import { keysOf, ME, REGION, startS3, type TestS3 } from './s3-server.ts';

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
const PHOTO = {
  owner: ME as IdentityId,
  photoId: createHash('sha256').update(CONTENT).digest('base64url') as PhotoId,
};
const PLACE = { Bucket: 'originals', Key: `${PHOTO.owner}/${PHOTO.photoId}` };

let directory: string;
let cloud: TestS3;
let stores: Stores;
let operator: S3Client;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoebox-ranges-'));
  cloud = await startS3(directory);
  const client = (name: string): S3Client =>
    new S3Client({
      region: REGION,
      endpoint: cloud.endpoint,
      forcePathStyle: true,
      credentials: keysOf(name),
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  operator = client('operator');
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({ region: REGION }));
  stores = awsStores(
    { s3: client('processor'), dynamodb },
    { originalsBucket: 'originals', libraryBucket: 'library', photosTable: 'photos' },
  );
  await operator.send(new PutObjectCommand({ ...PLACE, Body: CONTENT }));
});
afterAll(async () => {
  await cloud.stop();
  await rm(directory, { recursive: true, force: true });
});

async function readOriginal() {
  const original = await stores.readOriginal(PHOTO);
  if (!original || original === 'archived') throw new Error('no original');
  return original;
}

test('a part of an original is read by its range, as often as need be', async () => {
  const original = await readOriginal();
  expect((await buffer(original.body)).equals(CONTENT)).toBe(true);
  for (const [start, length] of [
    [0, 1],
    [50_000, 1000],
    [99_999, 1],
  ] as const) {
    expect((await original.read(start, length)).equals(CONTENT.subarray(start, start + length))).toBe(true);
  }
});

test('a part beyond the end is an error and not an empty answer', async () => {
  const original = await readOriginal();
  await expect(original.read(100_000, 10)).rejects.toMatchObject({ name: 'InvalidRange' });
});

test('no part is read of other bytes than those that were there at first', async () => {
  const original = await readOriginal();
  await operator.send(new PutObjectCommand({ ...PLACE, Body: Buffer.alloc(100_000) }));
  await expect(original.read(0, 10)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await operator.send(new DeleteObjectCommand(PLACE));
  await expect(original.read(0, 10)).rejects.toMatchObject({ name: 'NoSuchKey' });
});
