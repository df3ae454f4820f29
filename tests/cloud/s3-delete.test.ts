// Deleting many objects in one request, as the local S3 has it: each key is allowed, refused and answered for as if it came alone.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  type DeleteObjectsCommandOutput,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { friendSharePrefix, renditionKey } from '../../src/schema/keys.ts';
import { photoIdOf } from '../fixtures.ts';
import { originalOf } from './photos.ts';
import { outcome } from './refusals.ts';
import { keysOf, ME, REGION, startS3, YOU, type TestS3 } from './s3-server.ts';
import type { IdentityId } from '../../src/schema/ids.ts';

const [MINE, YOURS] = [ME, YOU] as [IdentityId, IdentityId];

let directory: string;
let cloud: TestS3;
let me: S3Client, you: S3Client, processor: S3Client, operator: S3Client;

const client = (name: string) =>
  new S3Client({
    region: REGION,
    endpoint: cloud.endpoint,
    forcePathStyle: true,
    credentials: keysOf(name),
    maxAttempts: 1,
  });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoebox-s3-'));
  cloud = await startS3(directory);
  [me, you, processor, operator] = [client('me'), client('you'), client('processor'), client('operator')];
});
afterAll(async () => {
  await cloud.stop();
  await rm(directory, { recursive: true, force: true });
});

const remove = (
  from: S3Client,
  Bucket: string,
  objects: readonly (string | ObjectIdentifier)[],
  more: object = {},
): Promise<DeleteObjectsCommandOutput> =>
  from.send(
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: objects.map((one) => (typeof one === 'string' ? { Key: one } : one)), ...more },
    }),
  );
const put = (Bucket: string, Key: string) => operator.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
const isThere = async (Bucket: string, Key: string) =>
  (await outcome(operator.send(new GetObjectCommand({ Bucket, Key })))) === 'ok';
const refusals = ({ Errors = [] }: DeleteObjectsCommandOutput) =>
  Errors.map(({ Key, Code }) => `${Key} ${Code}`);

describe('a batch', () => {
  test('deletes what it names to the letter, and nothing else', async () => {
    const keys = [
      'a//b',
      ' led',
      '<Key>&amp;</Key>',
      `'"`,
      'line\nbreak',
      'sun 🌞 ünïcode',
      'percent%20',
      '../x',
    ];
    const others = ['a', 'b', 'a/b', '&', '<Key>&</Key>', 'percent ', 'x', 'led'];
    for (const key of [...keys, ...others]) await put('plain', key);
    const { Deleted = [], Errors } = await remove(operator, 'plain', keys);
    expect(Deleted.map(({ Key }) => Key)).toEqual(keys);
    expect(Errors).toBeUndefined();
    for (const key of keys) expect([key, await isThere('plain', key)]).toEqual([key, false]);
    for (const key of others) expect([key, await isThere('plain', key)]).toEqual([key, true]);
  });

  test('says of what was never there that it is gone, and when asked to be quiet says nothing', async () => {
    expect((await remove(operator, 'plain', ['never'])).Deleted).toEqual([{ Key: 'never' }]);
    const { Deleted, Errors } = await remove(operator, 'plain', ['never'], { Quiet: true });
    expect([Deleted, Errors]).toEqual([undefined, undefined]);
  });

  test('takes a thousand keys, and no more', async () => {
    const keys = Array.from({ length: 1001 }, (_, i) => `many/${i}`);
    await put('plain', 'many/1000');
    expect(await outcome(remove(operator, 'plain', keys))).toBe('400 MalformedXML');
    expect(await isThere('plain', 'many/1000')).toBe(true);
    expect((await remove(operator, 'plain', keys.slice(1))).Deleted).toHaveLength(1000);
    expect(await isThere('plain', 'many/1000')).toBe(false);
  });

  test('only hides what is in an S3 bucket with versions, and is heard of key by key', async () => {
    const [one, two] = ['one', 'two'].map((text) => `${ME}/${photoIdOf(Buffer.from(text))}`) as [
      string,
      string,
    ];
    for (const text of ['one', 'two']) {
      await me.send(originalOf('originals', { identityId: MINE }, Buffer.from(text)));
    }
    const { Deleted = [] } = await remove(me, 'originals', [one, two]);
    expect(Deleted.map(({ DeleteMarker }) => DeleteMarker)).toEqual([true, true]);
    const { Versions = [], DeleteMarkers = [] } = await operator.send(
      new ListObjectVersionsCommand({ Bucket: 'originals', Prefix: `${ME}/` }),
    );
    expect(Versions).toHaveLength(2);
    expect(DeleteMarkers.map(({ VersionId }) => VersionId).toSorted()).toEqual(
      Deleted.map(({ DeleteMarkerVersionId }) => DeleteMarkerVersionId).toSorted(),
    );
    const heard = cloud.events.filter(({ eventName }) => eventName === 'ObjectRemoved:DeleteMarkerCreated');
    expect(heard.map(({ key }) => key).toSorted()).toEqual([one, two].toSorted());

    // A version itself is another right, and its owner has it as little here as anywhere.
    const versions = Versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
    expect(refusals(await remove(me, 'originals', versions))).toEqual(
      versions.map(({ Key }) => `${Key} AccessDenied`),
    );
    expect((await remove(operator, 'originals', versions)).Errors).toBeUndefined();
  });
});

describe('of a batch a member is refused', () => {
  const share = (owner: IdentityId, name: string) => `${friendSharePrefix(owner)}s/${name}`;
  beforeEach(async () => {
    for (const owner of [MINE, YOURS]) {
      await put('library', share(owner, 'manifest.json'));
      await put('library', renditionKey(owner, photoIdOf(Buffer.from('one')), 'thumb'));
    }
  });

  test('each key that is not theirs, and no other', async () => {
    const rendition = renditionKey(MINE, photoIdOf(Buffer.from('one')), 'thumb');
    const own = share(MINE, 'manifest.json');
    const others = [share(YOURS, 'manifest.json'), rendition];
    const answer = await remove(me, 'library', [others[0] ?? '', own, others[1] ?? '']);
    expect(refusals(answer)).toEqual(others.map((key) => `${key} AccessDenied`));
    expect(answer.Deleted).toEqual([{ Key: own }]);
    expect(await isThere('library', own)).toBe(false);
    for (const key of others) expect([key, await isThere('library', key)]).toEqual([key, true]);
  });

  test('also when they ask it to be quiet', async () => {
    const key = share(YOURS, 'manifest.json');
    expect(refusals(await remove(me, 'library', [key], { Quiet: true }))).toEqual([`${key} AccessDenied`]);
    expect(await isThere('library', key)).toBe(true);
    expect((await remove(you, 'library', [key])).Errors).toBeUndefined();
  });

  test('what the processor may delete, the processor’s batch may: renditions, and no share', async () => {
    const rendition = renditionKey(MINE, photoIdOf(Buffer.from('one')), 'thumb');
    const manifest = share(MINE, 'manifest.json');
    expect(refusals(await remove(processor, 'library', [rendition, manifest]))).toEqual([
      `${manifest} AccessDenied`,
    ]);
    expect(await isThere('library', rendition)).toBe(false);
  });
});

describe('a batch is refused as a whole', () => {
  const xml = (inner: string) => `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</Delete>`;
  const object = (inner: string) => `<Object>${inner}</Object>`;
  const one = object('<Key>whole</Key>');

  /** As the SDK would send it, but with this body. */
  async function send(body: string, headers: Record<string, string> = {}): Promise<string> {
    await put('plain', 'whole');
    const command = new DeleteObjectsCommand({ Bucket: 'plain', Delete: { Objects: [{ Key: 'x' }] } });
    command.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string; headers: Record<string, string> };
        request.body = body;
        for (const name of Object.keys(request.headers)) {
          if (/^x-amz-(?:checksum-|sdk-checksum)|^content-length$/.test(name)) {
            delete request.headers[name];
          }
        }
        request.headers['content-length'] = String(Buffer.byteLength(body));
        request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
        Object.assign(request.headers, headers);
        return next(args);
      },
      { step: 'build', priority: 'low', name: 'otherBody' },
    );
    const answer = await outcome(operator.send(command));
    return `${answer}, ${(await isThere('plain', 'whole')) ? 'kept' : 'gone'}`;
  }
  const md5 = (text: string) => ({ 'content-md5': createHash('md5').update(text).digest('base64') });

  test('without a sum of what it says, or with a wrong one', async () => {
    expect(await send(xml(one), md5(xml(one)))).toBe('ok, gone');
    expect(await send(xml(one))).toBe('400 InvalidRequest, kept');
    expect(await send(xml(one), md5('something else'))).toBe('400 BadDigest, kept');
  });

  test.each([
    ['nothing', ''],
    ['no key', xml('')],
    ['an empty key', xml(object('<Key></Key>'))],
    ['two keys in one', xml(object('<Key>whole</Key><Key>b</Key>'))],
    ['a key among other things', xml(`${one}<Key>b</Key>`)],
    ['another root', `<Deletes>${one}</Deletes>`],
    ['an element within a key', xml(object('<Key><b>whole</b></Key>'))],
    ['a letter that is none', xml(object('<Key>&constructor;</Key>'))],
    ['a key that is too long', xml(object(`<Key>${'k'.repeat(1025)}</Key>`))],
    ['half quiet', xml(`${one}<Quiet>perhaps</Quiet>`)],
    ['a document type', `<!DOCTYPE a [<!ENTITY b "c">]>${xml(one)}`],
    ['too much', xml(one + ' '.repeat(2 ** 21))],
  ])('that says %s', async (_what, body) => {
    expect(await send(body, md5(body))).toBe('400 MalformedXML, kept');
  });

  test.each(['ETag', 'LastModifiedTime', 'Size'])('that names a condition: %s', async (name) => {
    const body = xml(object(`<Key>whole</Key><${name}>1</${name}>`));
    expect(await send(body, md5(body))).toBe('501 NotImplemented, kept');
  });

  test('that nobody has signed, or whose body another has changed', async () => {
    await put('plain', 'whole');
    const body = xml(one);
    const url = `${cloud.endpoint}/plain?delete`;
    expect((await fetch(url, { method: 'POST', body, headers: md5(body) })).status).toBe(403);
    // An address that was signed for reading is none for deleting.
    const signed = await getSignedUrl(operator, new GetObjectCommand({ Bucket: 'plain', Key: 'whole' }));
    const turned = signed.replace('/whole?', '?delete&');
    expect((await fetch(turned, { method: 'POST', body, headers: md5(body) })).status).toBe(403);
    expect(await isThere('plain', 'whole')).toBe(true);
  });
});
