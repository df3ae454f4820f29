// `npm run reprocess` as its user runs it, against a local cloud: failures are cured, rows and renditions rebuilt, nothing that an
// owner wrote is touched, a broken-off run goes on where it was; and nobody but the operator may do any of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ROOT } from '../../infra/local/synth.ts';
import { OPERATOR_FILE, parseOperator } from '../../infra/operator.ts';
import { notificationOf } from '../../infra/s3-event.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { originalKey, renditionKey } from '../../src/schema/keys.ts';
import { PIPELINE, TTL_ATTRIBUTE } from '../../src/schema/photo.ts';
import { jpeg, photoIdOf } from '../fixtures.ts';
import { gated, soon } from './gated.ts';
import { clientsFor, freshCloud, member, type AwsCredentials, type Member } from './people.ts';
import { deleteOriginal, photoRow, putOriginal } from './photos.ts';
import type { Order } from './processor-gate.ts';
import { outcome, withOperator } from './refusals.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

// Each of these programs takes its time to start, and longer on a busy computer.
vi.setConfig({ testTimeout: 90_000 });

const { gate, gatedProcessor, settled } = gated();
let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: Member;
let ben: Member;
/** Who may edit rows, as nobody may on AWS but the account's owner. */
let root: ReturnType<typeof clientsFor>;

beforeAll(async () => {
  cloud = await freshCloud({ template: withOperator, processor: gatedProcessor() });
  root = clientsFor(cloud, cloud.issueRole('Operator'));
  [ada, ben] = await Promise.all([
    member(cloud, { email: 'ada@example.com' }),
    member(cloud, { email: 'ben@example.com' }),
  ]);
});
afterAll(() => cloud?.end());

let seed = 500;
/** A photo as its owner drops it, worked through; or, by another order, whatever came of it. */
async function drop(who: Member): Promise<PhotoId> {
  const bytes = await jpeg({ width: 32, height: 24, seed: seed++ });
  return putOriginal(cloud, who, bytes);
}
async function dropSeveral(who: Member, count: number): Promise<PhotoId[]> {
  const before = gate.done.length;
  const photos = await Promise.all(Array.from({ length: count }, () => drop(who)));
  await settled(before + count);
  return photos;
}
const remove = (who: Member, photoId: PhotoId) => deleteOriginal(cloud, who, photoId);
const rowOf = (who: Member, photoId: PhotoId) => photoRow(cloud, who, photoId);

const setRow = ({ identityId: owner }: Member, photoId: PhotoId, values: Record<string, unknown>) =>
  root.dynamodb.send(
    new UpdateCommand({
      TableName: cloud.config.photosTable,
      Key: { owner, photoId },
      UpdateExpression: `SET ${Object.keys(values)
        .map((name) => `#${name} = :${name}`)
        .join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(Object.keys(values).map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [`:${name}`, value]),
      ),
    }),
  );

/** As an older Shoebox made it. */
const outdate = (who: Member, photoId: PhotoId) =>
  setRow(who, photoId, { pipeline: PIPELINE - 1, width: 1, camera: 'as an older Shoebox read it' });

/** The program, not yet ended. */
function begin(...options: string[]) {
  const child = spawn(
    process.execPath,
    ['--import', TSX, join(ROOT, 'infra/reprocess.ts'), '--local', '--data', cloud.directory, ...options],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' } },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => (said += text.toString()));
  }
  return {
    child,
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, said })),
    /** It has heard that it is to stop. */
    stopping: () => vi.waitFor(() => expect(said).toContain('Stopping as soon as'), soon),
  };
}
const reprocess = (...options: string[]) => begin(...options).ended;

const keysAsked = () => gate.asked.map(({ key }) => decodeURIComponent(key));

describe('the failure queue', () => {
  test('is worked through: what still fails stays and is named, and is gone once it is cured', async () => {
    let isBroken = true;
    const failing: PhotoId[] = [];
    gate.order = ({ key }) => (isBroken && failing.some((photoId) => key.endsWith(photoId)) ? 'fail' : 'go');
    const bytes = await Promise.all([0, 1].map(() => jpeg({ width: 32, height: 24, seed: seed++ })));
    failing.push(...bytes.map(photoIdOf));
    for (const one of bytes) {
      await putOriginal(cloud, ada, one);
    }
    await vi.waitFor(() => expect(cloud.failures()).toHaveLength(2), soon);

    const [first = '' as PhotoId, second = '' as PhotoId] = failing;
    // The first is cured, the second is not.
    failing.splice(0, 1);
    const half = await reprocess();
    expect(half.code).toBe(1);
    expect(half.said).toContain(`${originalKey(ada.identityId, second)}: Error: told to fail`);
    expect(half.said).toContain('1 failure cured, 1 failure left (kept in the queue).');
    expect(await rowOf(ada, first)).toMatchObject({ status: 'ready' });
    expect(await rowOf(ada, second)).toBeUndefined();
    expect(cloud.failures()).toHaveLength(1);

    isBroken = false;
    const whole = await reprocess();
    expect(whole).toMatchObject({
      code: 0,
      said: expect.stringContaining('1 failure cured, 0 failures left.') as string,
    });
    expect(await rowOf(ada, second)).toMatchObject({ status: 'ready' });
    expect(cloud.failures()).toEqual([]);
    expect(await reprocess()).toMatchObject({
      code: 0,
      said: expect.stringContaining('Nothing in the failure queue.') as string,
    });
  });

  test('with a message that nobody understands, and one for no photo: both stay, and hold nothing up', async () => {
    const lambda = clientOf(LambdaClient, operatorCredentials());
    const { processor } = operator().names;
    const bucket = { name: cloud.config.originalsBucket };
    const poison = [
      { no: 'event' },
      { Records: [{ s3: { bucket, object: { key: 'a\u001B[2Jb', sequencer: '1' } } }] },
    ];
    gate.order = () => 'fail';
    for (const payload of poison) {
      const Payload = JSON.stringify(payload);
      await lambda.send(new InvokeCommand({ FunctionName: processor, InvocationType: 'Event', Payload }));
    }
    const photoId = await drop(ada);
    await vi.waitFor(() => expect(cloud.failures()).toHaveLength(3), soon);
    gate.order = ({ key }) => (key.endsWith(photoId) ? 'go' : 'fail');
    const { code, said } = await reprocess('--concurrency', '1');
    expect(code).toBe(1);
    expect(said).toMatch(/message [\w-]+: The message is none that Lambda sends\./);
    // Nor does its name reach the terminal as it is.
    expect(said).toContain('a\uFFFD[2Jb: Error: told to fail');
    expect(said).toContain('1 failure cured, 2 failures left');
    expect(await rowOf(ada, photoId)).toMatchObject({ status: 'ready' });
    expect(cloud.failures().map(({ event }) => event)).toEqual(poison);

    gate.order = () => 'go';
    const again = await reprocess();
    expect(again.said).toContain('1 failure cured, 1 failure left');
    await emptyQueue();
  });

  test('is not lost when the run is broken off: what was not done is still in it', async () => {
    gate.order = () => 'fail';
    const photos = await Promise.all([drop(ada), drop(ada), drop(ada)]);
    await vi.waitFor(() => expect(cloud.failures()).toHaveLength(3), soon);
    gate.asked.length = 0;
    let letGo: (order: Order) => void = () => undefined;
    gate.order = () => new Promise((resolve) => (letGo = resolve));
    const { child, ended, stopping } = begin('--concurrency', '1');
    await vi.waitFor(() => expect(gate.asked).toHaveLength(1), soon);
    child.kill('SIGINT');
    await stopping();
    letGo('go');
    const { code, said } = await ended;
    expect(code).toBe(130);
    expect(said).toContain('Stopped: 1 failure cured, 0 failures left. Run it again to go on.');
    expect(cloud.failures()).toHaveLength(2);
    gate.order = () => 'go';
    expect(await reprocess()).toMatchObject({ code: 0 });
    for (const photoId of photos) expect(await rowOf(ada, photoId)).toMatchObject({ status: 'ready' });
    expect(cloud.failures()).toEqual([]);
  });
});

describe('a rebuild', () => {
  test('makes rows and renditions anew, keeps what the owner wrote, and does nothing twice', async () => {
    const photos = await dropSeveral(ada, 2);
    const [photoId = '' as PhotoId] = photos;
    const bens = await dropSeveral(ben, 1);
    for (const one of photos) await outdate(ada, one);
    for (const one of bens) await outdate(ben, one);
    const written = {
      favorite: true,
      caption: 'us',
      tags: ['sea'],
      archived: true,
      trashedAt: new Date(Date.now() + 1000).toISOString(),
      takenAtOverride: '2001-02-03T04:05:06',
      placeOverride: 'at home',
    };
    await setRow(ada, photoId, written);
    const thumb = {
      Bucket: cloud.config.libraryBucket,
      Key: renditionKey(ada.identityId, photoId, 'thumb'),
    };
    await root.s3.library.send(new PutObjectCommand({ ...thumb, Body: 'as an older Shoebox drew it' }));

    const { code, said } = await reprocess('--owner', ada.identityId);
    expect(said).toMatch(/^2 photos rebuilt, \d+ up to date before, 0 failed\.$/m);
    expect(code).toBe(0);
    expect(await rowOf(ada, photoId)).toMatchObject({
      ...written,
      width: 32,
      pipeline: PIPELINE,
      status: 'ready',
    });
    expect(await rowOf(ada, photoId)).not.toHaveProperty('camera');
    const drawn = await ada.s3.library.send(new GetObjectCommand(thumb));
    expect(await drawn.Body?.transformToString('latin1')).toMatch(/^RIFF.{4}WEBP/s);
    // Ben was not asked for.
    expect(await rowOf(ben, bens[0] ?? ('' as PhotoId))).toMatchObject({ width: 1 });

    gate.asked.length = 0;
    expect((await reprocess('--owner', ada.identityId)).said).toMatch(
      /^0 photos rebuilt, \d+ up to date before/m,
    );
    expect(gate.asked).toEqual([]);
    const all = await reprocess('--all');
    expect(all.said).toMatch(/^1 photo rebuilt/m);
    expect(await rowOf(ben, bens[0] ?? ('' as PhotoId))).toMatchObject({ width: 32, pipeline: PIPELINE });
    gate.asked.length = 0;
    expect((await reprocess('--owner', ben.identityId, '--force')).said).toMatch(/^1 photo rebuilt/m);
    expect(keysAsked()).toEqual(bens.map((one) => originalKey(ben.identityId, one)));
  });

  test('that is broken off goes on where it was', async () => {
    const photos = await dropSeveral(ben, 4);
    for (const photoId of photos) await outdate(ben, photoId);
    gate.asked.length = 0;
    let letGo: (order: Order) => void = () => undefined;
    gate.order = () => (gate.asked.length < 2 ? 'go' : new Promise<Order>((resolve) => (letGo = resolve)));
    const { child, ended, stopping } = begin('--all', '--concurrency', '1');
    await vi.waitFor(() => expect(gate.asked).toHaveLength(2), soon);
    child.kill('SIGINT');
    await stopping();
    letGo('go');
    const { code, said } = await ended;
    expect(code).toBe(130);
    expect(said).toContain('Stopped: 2 photos rebuilt');
    const first = keysAsked();
    gate.asked.length = 0;
    gate.order = () => 'go';
    expect(await reprocess('--all')).toMatchObject({ code: 0 });
    expect([...first, ...keysAsked()].sort()).toEqual(
      photos.map((photoId) => originalKey(ben.identityId, photoId)).sort(),
    );
    for (const photoId of photos)
      expect(await rowOf(ben, photoId)).toMatchObject({ width: 32, pipeline: PIPELINE });
  });

  test('killed outright loses nothing: the next run does the rest', async () => {
    const photos = await dropSeveral(ben, 2);
    for (const photoId of photos) await outdate(ben, photoId);
    gate.asked.length = 0;
    let letGo: (order: Order) => void = () => undefined;
    gate.order = () => new Promise<Order>((resolve) => (letGo = resolve));
    const { child, ended } = begin('--all', '--concurrency', '1');
    await vi.waitFor(() => expect(gate.asked).toHaveLength(1), soon);
    child.kill('SIGKILL');
    await ended;
    gate.order = () => 'go';
    letGo('go');
    expect(await reprocess('--all')).toMatchObject({ code: 0 });
    for (const photoId of photos)
      expect(await rowOf(ben, photoId)).toMatchObject({ width: 32, pipeline: PIPELINE });
  });

  test('finds what lost events left: originals without a row, and rows without an original', async () => {
    const cleo = await member(cloud, { email: 'cleo@example.com' });
    const [kept = '' as PhotoId, deleted = '' as PhotoId] = await dropSeveral(ada, 2);
    const [onlyOne = '' as PhotoId] = await dropSeveral(cleo, 1);
    gate.order = () => 'lose';
    const before = gate.done.length;
    const unseen = await drop(ada);
    await remove(ada, deleted);
    // Of Cleo no original is left: the table alone knows of her.
    await remove(cleo, onlyOne);
    await settled(before + 3);
    // Rows that an owner made up sort before and behind every photo; a stranger's key is none of ours.
    for (const photoId of ['\u0001', '\uFFFD']) {
      await setRow(cleo, photoId as PhotoId, { caption: 'made up' });
    }
    await root.s3.originals.send(
      new PutObjectCommand({ Bucket: cloud.config.originalsBucket, Key: 'some\u0001body/a b', Body: 'x' }),
    );
    await settled(before + 4);
    expect(await rowOf(ada, unseen)).toBeUndefined();
    gate.order = () => 'go';
    gate.asked.length = 0;
    const { code, said } = await reprocess('--all');
    expect(said).toMatch(/^3 photos rebuilt/m);
    expect(code).toBe(0);
    expect(await rowOf(ada, unseen)).toMatchObject({ status: 'ready', width: 32 });
    expect(await rowOf(ada, kept)).toMatchObject({ status: 'ready' });
    for (const [who, photoId] of [
      [ada, deleted],
      [cleo, onlyOne],
    ] as const) {
      expect(await rowOf(who, photoId)).toMatchObject({ deletedAt: expect.any(String) as string });
      const Prefix = `renditions/${who.identityId}/${photoId}/`;
      const { KeyCount } = await root.s3.library.send(
        new ListObjectsV2Command({ Bucket: cloud.config.libraryBucket, Prefix }),
      );
      expect(KeyCount).toBe(0);
    }
    expect((await reprocess('--all')).said).toMatch(/^0 photos rebuilt/m);
  });

  test('gives back a photo whose original was put back by hand, and tries again what the computer was too busy for', async () => {
    const dora = await member(cloud, { email: 'dora@example.com' });
    const bytes = await jpeg({ width: 32, height: 24, seed: seed++ });
    const upload = () => putOriginal(cloud, dora, bytes);
    const before = gate.done.length;
    const photoId = photoIdOf(bytes);
    await upload();
    await settled(before + 1);
    await remove(dora, photoId);
    await settled(before + 2);
    expect(await rowOf(dora, photoId)).toHaveProperty('deletedAt');
    // S3 tells nobody that a delete marker is gone.
    gate.order = () => 'lose';
    await upload();
    await settled(before + 3);
    expect(await rowOf(dora, photoId)).toHaveProperty('deletedAt');
    gate.order = () => 'go';
    expect((await reprocess('--owner', dora.identityId)).said).toMatch(/^1 photo rebuilt, 0 up to date/m);
    const restored = await rowOf(dora, photoId);
    expect(restored).toMatchObject({ status: 'ready', width: 32 });
    expect(restored).not.toHaveProperty('deletedAt');
    expect(restored).not.toHaveProperty(TTL_ATTRIBUTE);
    const Prefix = `renditions/${dora.identityId}/${photoId}/`;
    const { KeyCount } = await root.s3.library.send(
      new ListObjectsV2Command({ Bucket: cloud.config.libraryBucket, Prefix }),
    );
    expect(KeyCount).toBe(2);

    const failure = { code: 'unexpected', sentence: 'The picture takes too long to decode.' };
    await setRow(dora, photoId, { status: 'failed', failure, width: 0, height: 0 });
    expect((await reprocess('--owner', dora.identityId)).said).toMatch(/^1 photo rebuilt, 0 up to date/m);
    expect(await rowOf(dora, photoId)).toMatchObject({ status: 'ready', width: 32 });
    expect(await rowOf(dora, photoId)).not.toHaveProperty('failure');
    expect((await reprocess('--owner', dora.identityId)).said).toMatch(/^0 photos rebuilt, 1 up to date/m);
  });

  test('names what fails, does the rest, and leaves the failure to the queue', async () => {
    const [bad = '' as PhotoId, good = '' as PhotoId] = await dropSeveral(ada, 2);
    for (const photoId of [bad, good]) await outdate(ada, photoId);
    gate.order = ({ key }) => (key.endsWith(bad) ? 'crash' : 'go');
    const { code, said } = await reprocess('--owner', ada.identityId);
    expect(code).toBe(1);
    expect(said).toContain(
      `${originalKey(ada.identityId, bad)}: Error: The function ended with exit code 3.`,
    );
    expect(said).toMatch(
      /^1 photo rebuilt, \d+ up to date before, 1 failed \(left to the failure queue\)\.$/m,
    );
    expect(await rowOf(ada, good)).toMatchObject({ width: 32 });
    expect(cloud.failures()).toHaveLength(1);
    gate.order = () => 'go';
    expect(await reprocess()).toMatchObject({ code: 0 });
    expect(await rowOf(ada, bad)).toMatchObject({ width: 32, pipeline: PIPELINE });
  });

  test('stops when the processor turns out to be an older one', async () => {
    const [photoId = '' as PhotoId] = await dropSeveral(ada, 1);
    await outdate(ada, photoId);
    // It says that all is well, and the row is as it was.
    gate.order = () => 'lose';
    const { code, said } = await reprocess('--owner', ada.identityId);
    expect(code).toBe(1);
    expect(said).toContain('older than these sources: run "npm run deploy" first');
    gate.order = () => 'go';
    expect(await reprocess('--owner', ada.identityId)).toMatchObject({ code: 0 });
  });
});

const operator = () => parseOperator(JSON.parse(readFileSync(join(cloud.directory, OPERATOR_FILE), 'utf8')));
const operatorCredentials = (): AwsCredentials => {
  const { credentials } = operator();
  return { ...credentials, expiration: new Date(credentials.expiration) };
};
const clientOf = <T>(
  Client: new (options: {
    region: string;
    endpoint: string;
    credentials: AwsCredentials;
    maxAttempts: number;
  }) => T,
  credentials: AwsCredentials,
): T => new Client({ region: cloud.config.region, endpoint: cloud.urls.api, credentials, maxAttempts: 1 });

async function emptyQueue(): Promise<void> {
  const sqs = clientOf(SQSClient, operatorCredentials());
  const QueueUrl = operator().names.failureQueue;
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  expect(cloud.failures()).toEqual([]);
}

describe('the rights of the operator', () => {
  const REFUSED = '403 AccessDeniedException';
  const requests = (credentials: AwsCredentials): Record<string, () => Promise<unknown>> => {
    const { processor: FunctionName, failureQueue: QueueUrl } = operator().names;
    const event = notificationOf(
      {
        eventName: 'ObjectCreated:Put',
        eventTime: new Date().toISOString(),
        bucket: cloud.config.originalsBucket,
        key: originalKey(ada.identityId, photoIdOf(Buffer.from('x'))),
        sequencer: '0',
      },
      cloud.config.region,
    );
    const Payload = JSON.stringify(event);
    const lambda = clientOf(LambdaClient, credentials);
    const sqs = clientOf(SQSClient, credentials);
    return {
      invoke: () => lambda.send(new InvokeCommand({ FunctionName, Payload })),
      'invoke later': () =>
        lambda.send(new InvokeCommand({ FunctionName, Payload, InvocationType: 'Event' })),
      count: () => sqs.send(new GetQueueAttributesCommand({ QueueUrl })),
      receive: () => sqs.send(new ReceiveMessageCommand({ QueueUrl })),
      delete: () => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'x' })),
      hide: () =>
        sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: 'x', VisibilityTimeout: 0 })),
      send: () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
      list: () => sqs.send(new ListQueuesCommand({})),
    };
  };
  const outcomes = async (credentials: AwsCredentials) =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(requests(credentials)).map(
          async ([name, send]) => [name, await outcome(send())] as const,
        ),
      ),
    ) as Record<string, string>;

  test('are no member’s, nor the processor’s', async () => {
    for (const credentials of [ada.credentials, cloud.issueRole(cloud.stack.processor.role)]) {
      const answers = await outcomes(credentials);
      // The processor's role may report failures, as Lambda does in its name; here nobody sends by hand.
      const { send, ...others } = answers;
      expect(new Set(Object.values(others))).toEqual(new Set([REFUSED]));
      expect([REFUSED, '400 UnsupportedOperation']).toContain(send);
    }
    expect((await outcomes(ada.credentials))['send']).toBe(REFUSED);
    expect(gate.asked).toEqual([]);
  });

  test('are nobody’s whose signature is not good', async () => {
    const forged = { ...operatorCredentials(), secretAccessKey: 'x'.repeat(40) };
    for (const answer of Object.values(await outcomes(forged))) expect(answer).toMatch(/^40[03] .*Signature/);
    const { processor, failureQueue } = operator().names;
    const unsigned = [
      fetch(`${cloud.urls.api}/2015-03-31/functions/${processor}/invocations`, {
        method: 'POST',
        body: '{}',
      }),
      fetch(cloud.urls.api, {
        method: 'POST',
        headers: { 'x-amz-target': 'AmazonSQS.ReceiveMessage', 'content-type': 'application/x-amz-json-1.0' },
        body: JSON.stringify({ QueueUrl: failureQueue }),
      }),
    ];
    for (const answer of await Promise.all(unsigned)) {
      expect(answer.headers.get('x-amzn-errortype')).toMatch(/^MissingAuthenticationToken/);
    }
    expect(gate.asked).toEqual([]);
  });

  test('end where its work ends', async () => {
    const credentials = operatorCredentials();
    const answers = await outcomes(credentials);
    expect(answers).toEqual({
      invoke: 'ok',
      'invoke later': 'ok',
      count: 'ok',
      receive: 'ok',
      delete: '400 ReceiptHandleIsInvalid',
      hide: '400 ReceiptHandleIsInvalid',
      send: REFUSED,
      list: REFUSED,
    });
    const lambda = clientOf(LambdaClient, credentials);
    const sqs = clientOf(SQSClient, credentials);
    const { s3, dynamodb } = clientsFor(cloud, credentials);
    const { originalsBucket: Bucket, libraryBucket, photosTable: TableName, socialTable } = cloud.config;
    const [photoId = '' as PhotoId] = await dropSeveral(ada, 1);
    const Key = originalKey(ada.identityId, photoId);
    const refused = [
      () => lambda.send(new InvokeCommand({ FunctionName: 'another' })),
      () => lambda.send(new InvokeCommand({ FunctionName: '*' })),
      () => sqs.send(new ReceiveMessageCommand({ QueueUrl: `${operator().names.failureQueue}2` })),
      () => s3.originals.send(new GetObjectCommand({ Bucket, Key })),
      () => s3.originals.send(new DeleteObjectCommand({ Bucket, Key })),
      () => s3.originals.send(new PutObjectCommand({ Bucket, Key: `${Key}x`, Body: 'x', IfNoneMatch: '*' })),
      () => s3.library.send(new ListObjectsV2Command({ Bucket: libraryBucket })),
      () => dynamodb.send(new PutCommand({ TableName, Item: { owner: ada.identityId, photoId } })),
      () => dynamodb.send(new ScanCommand({ TableName: socialTable })),
    ];
    for (const send of refused) expect(await outcome(send())).toMatch(/ AccessDenied(?:Exception)?$/);
    expect(await rowOf(ada, photoId)).toMatchObject({ status: 'ready' });
  });

  test('what the local cloud would not act on is refused, not dropped', async () => {
    const credentials = operatorCredentials();
    const lambda = clientOf(LambdaClient, credentials);
    const sqs = clientOf(SQSClient, credentials);
    const { processor: FunctionName, failureQueue: QueueUrl } = operator().names;
    const refused = [
      () => lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'DryRun', Payload: '{}' })),
      () => lambda.send(new InvokeCommand({ FunctionName, Qualifier: '1', Payload: '{}' })),
      () => lambda.send(new InvokeCommand({ FunctionName, LogType: 'Tail', Payload: '{}' })),
      () => lambda.send(new InvokeCommand({ FunctionName, Payload: 'no JSON' })),
      () => sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 })),
      () => sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] })),
      () => sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })),
    ];
    for (const send of refused) expect(await outcome(send())).toMatch(/^400 /);
    expect(gate.asked).toEqual([]);
  });
});

test('the operator’s keys can be read by nobody else, and go with the cloud', async () => {
  const short = await freshCloud({ processor: false });
  const file = join(short.directory, OPERATOR_FILE);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await short.close();
  expect(existsSync(file)).toBe(false);
  const child = spawn(
    process.execPath,
    ['--import', TSX, join(ROOT, 'infra/reprocess.ts'), '--local', '--data', short.directory],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const [[code], said] = await Promise.all([once(child, 'exit'), textOf(child.stderr)]);
  expect(code).toBe(1);
  expect(said).toContain('No local Shoebox is running on');
  await rm(short.directory, { recursive: true });
});
