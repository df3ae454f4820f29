// The processor's stores on AWS: what is asked of S3 and DynamoDB, and which answers are errors. The real SDK, without a network.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { goneUpdate, paddedSequencer } from '../../processor/row.ts';
import { awsStores, type Stores } from '../../processor/stores.ts';
import { identity, photoIdOf } from '../fixtures.ts';

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array;
}

interface Answer {
  statusCode: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Stores whose requests get these answers, the last one again and again, and what was asked. */
function answering(...answers: [Answer, ...Answer[]]) {
  const asked: Asked[] = [];
  const requestHandler = {
    handle: (request: Asked) => {
      const answer = answers[Math.min(asked.push(request), answers.length) - 1] ?? answers[0];
      const { body = '', headers = {}, statusCode } = answer;
      return Promise.resolve({ response: { statusCode, headers, body: Readable.from([Buffer.from(body)]) } });
    },
  };
  const common = {
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler,
  };
  const clients = {
    s3: new S3Client({ ...common, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(common), {
      marshallOptions: { removeUndefinedValues: true },
    }),
  };
  const names = { originalsBucket: 'originals', libraryBucket: 'library', photosTable: 'photos' };
  return { asked, stores: awsStores(clients, names) };
}

const photo = { owner: identity(), photoId: photoIdOf(Buffer.from('x')) };
const s3Error = (statusCode: number, code: string): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`,
});

const FIVE_BYTES: Answer = {
  statusCode: 200,
  headers: {
    'content-length': '5',
    'last-modified': 'Fri, 20 Nov 2026 12:00:00 GMT',
    'x-amz-version-id': 'v1',
    'x-amz-meta-name': 'a.jpg',
    etag: '"tag"',
  },
  body: 'bytes',
};

async function there(stores: Stores) {
  const original = await stores.readOriginal(photo);
  return original === 'archived' ? undefined : original;
}

test('an original comes with its version, size, time, metadata and bytes', async () => {
  const { stores, asked } = answering(FIVE_BYTES);
  const original = await there(stores);
  expect(original).toMatchObject({
    version: 'v1',
    bytes: 5,
    uploadedAt: '2026-11-20T12:00:00.000Z',
    metadata: { name: 'a.jpg' },
  });
  expect(await text(original?.body ?? Readable.from([]))).toBe('bytes');
  expect(asked).toMatchObject([
    { method: 'GET', path: `/${encodeURIComponent(photo.owner)}/${photo.photoId}` },
  ]);
});

test('a part of an original is read by its range, and only of the very bytes that were there', async () => {
  const { stores, asked } = answering(FIVE_BYTES, { statusCode: 206, body: 'te' });
  const original = await there(stores);
  expect(String(await original?.read(2, 2))).toBe('te');
  expect(asked[1]).toMatchObject({ method: 'GET', headers: { range: 'bytes=2-3', 'if-match': '"tag"' } });
});

test.each<[string, Answer, string]>([
  ['an original that was replaced', s3Error(412, 'PreconditionFailed'), 'no'],
  ['an original that was deleted', s3Error(404, 'NoSuchKey'), 'no'],
  ['a throttled S3', s3Error(503, 'SlowDown'), 'no'],
  ['an S3 that takes no notice of the range', { statusCode: 200, body: 'bytes' }, 'S3 sent no range'],
])('%s is an error when a part is read', async (_name, answer, message) => {
  const original = await there(answering(FIVE_BYTES, answer).stores);
  await expect(original?.read(2, 2)).rejects.toThrow(message);
});

test('an original in the deep archive is an answer', async () => {
  const { stores } = answering(s3Error(403, 'InvalidObjectState'));
  expect(await stores.readOriginal(photo)).toBe('archived');
});

test('a missing original is an answer', async () => {
  expect(await answering(s3Error(404, 'NoSuchKey')).stores.readOriginal(photo)).toBeUndefined();
  expect(await answering({ statusCode: 404 }).stores.lookAtOriginal(photo)).toBeUndefined();
});

test.each([
  [404, 'NoSuchBucket'],
  [403, 'AccessDenied'],
  [503, 'SlowDown'],
  [500, 'InternalError'],
])('%i %s is an error and never taken for a deleted photo', async (status, code) => {
  await expect(answering(s3Error(status, code)).stores.readOriginal(photo)).rejects.toThrow(
    expect.objectContaining({ name: code }) as Error,
  );
});

test('renditions are WebP, immutable and for no shared cache', async () => {
  const { stores, asked } = answering({ statusCode: 200 });
  await stores.putRendition(photo, 'thumb', Buffer.from('webp'));
  expect(asked).toMatchObject([
    {
      method: 'PUT',
      path: `/renditions/${encodeURIComponent(photo.owner)}/${photo.photoId}/thumb.webp`,
      headers: { 'content-type': 'image/webp', 'cache-control': 'private, max-age=31536000, immutable' },
    },
  ]);
});

const update = goneUpdate(paddedSequencer('5F01'), Date.parse('2026-11-20T12:00:00Z'));
const dynamoError = (name: string): Answer => ({
  statusCode: 400,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no' }),
});

test('a row is written under the condition that no later event wrote it', async () => {
  const { stores, asked } = answering({ statusCode: 200, body: '{}' });
  expect(await stores.updateRow(photo, update)).toBe(true);
  const input = JSON.parse(new TextDecoder().decode(asked[0]?.body)) as Record<string, unknown>;
  expect(input).toMatchObject({
    TableName: 'photos',
    Key: { owner: { S: photo.owner }, photoId: { S: photo.photoId } },
    ConditionExpression: 'attribute_not_exists(#sequencer) OR #sequencer <= :sequencer',
    ExpressionAttributeValues: {
      ':sequencer': { S: '5F01'.padEnd(40, '0') },
      ':expiresAt': { N: '1802952000' },
    },
  });
});

test('a row that has seen a later event is left alone, and that is no error', async () => {
  const { stores } = answering(dynamoError('ConditionalCheckFailedException'));
  expect(await stores.updateRow(photo, update)).toBe(false);
});

test('a throttled table is an error', async () => {
  const { stores } = answering(dynamoError('ProvisionedThroughputExceededException'));
  await expect(stores.updateRow(photo, update)).rejects.toThrow('no');
});
