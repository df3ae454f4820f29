// The local S3 through the real SDK over HTTP: what it keeps, what it gives back, and everything it must refuse.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUCKETS, keysOf, ME, ORIGIN, REGION, startS3, YOU, type TestS3 } from './s3-server.ts';

const HERE = import.meta.dirname;
let directory: string;
let cloud: TestS3;
let me: S3Client, you: S3Client, processor: S3Client, operator: S3Client;

const client = (name: string, endpoint = cloud.endpoint, more: S3ClientConfig = {}) =>
  new S3Client({
    region: REGION,
    endpoint,
    forcePathStyle: true,
    credentials: keysOf(name),
    maxAttempts: 1,
    ...more,
  });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoebox-s3-'));
  cloud = await startS3(join(directory, 'shared'));
  [me, you, processor, operator] = [client('me'), client('you'), client('processor'), client('operator')];
});
afterAll(async () => {
  await cloud.stop();
  await rm(directory, { recursive: true, force: true });
});

/** `403 AccessDenied` for a refusal, `ok` for none. */
const outcome = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => 'ok',
    (error: { $metadata?: { httpStatusCode?: number }; name: string; Code?: string }) =>
      `${error.$metadata?.httpStatusCode} ${error.Code ?? error.name}`,
  );

const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('base64');
const photoId = (data: Uint8Array | string) => createHash('sha256').update(data).digest('base64url');
const original = (data: Uint8Array | string, owner = ME) => `${owner}/${photoId(data)}`;

const putOriginal = (data: string, more: object = {}) =>
  new PutObjectCommand({
    Bucket: 'originals',
    Key: original(data),
    Body: new TextEncoder().encode(data),
    IfNoneMatch: '*',
    StorageClass: 'INTELLIGENT_TIERING',
    ChecksumSHA256: sha256(data),
    ...more,
  });
const getText = async (from: S3Client, Bucket: string, Key: string, more: object = {}) =>
  (await from.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();
const put = (Key: string, Body: string | Uint8Array = 'x', more: object = {}) =>
  operator.send(new PutObjectCommand({ Bucket: 'plain', Key, Body, ...more }));

describe('an object', () => {
  test('comes back byte for byte with all that was said about it', async () => {
    const bytes = randomBytes(300_000);
    const written = await put('all', bytes, {
      ContentType: 'image/webp',
      CacheControl: 'immutable',
      ContentDisposition: 'inline',
      Metadata: { name: 'IMG%20%C3%A9.jpg', path: 'a/b' },
      StorageClass: 'INTELLIGENT_TIERING',
    });
    const read = await operator.send(new GetObjectCommand({ Bucket: 'plain', Key: 'all' }));
    expect(photoId((await read.Body?.transformToByteArray()) ?? '')).toBe(photoId(bytes));
    expect(read).toMatchObject({
      ContentType: 'image/webp',
      CacheControl: 'immutable',
      ContentDisposition: 'inline',
      ContentLength: 300_000,
      Metadata: { name: 'IMG%20%C3%A9.jpg', path: 'a/b' },
      StorageClass: 'INTELLIGENT_TIERING',
      ServerSideEncryption: 'AES256',
      ETag: `"${createHash('md5').update(bytes).digest('hex')}"`,
    });
    expect(written.ETag).toBe(read.ETag);
    expect(read.VersionId).toBeUndefined();
    expect(Date.now() - Number(read.LastModified)).toBeLessThan(60_000);
  });

  test('may be empty', async () => {
    await put('empty', '');
    expect(await getText(operator, 'plain', 'empty')).toBe('');
    const head = await operator.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'empty' }));
    expect(head.ContentLength).toBe(0);
  });

  test.each([
    'a//b',
    '/leading',
    'trailing/',
    '../up/./here',
    '..',
    'sun 🌞 ünïcode',
    "a+b&c!d'e(f)*g$h,i:j;k=l@m",
    'percent%20sign%',
    'question?mark#hash',
    'back\\slash "quote" <tag>',
    'UPPER',
    'upper',
  ])('keeps its key to the letter: %s', async (key) => {
    await put(`odd/${key}`, key);
    await put(key, `bare ${key}`);
    expect(await getText(operator, 'plain', `odd/${key}`)).toBe(key);
    expect(await getText(operator, 'plain', key)).toBe(`bare ${key}`);
    const listed = await operator.send(new ListObjectsV2Command({ Bucket: 'plain', Prefix: `odd/${key}` }));
    expect(listed.Contents?.map((each) => each.Key)).toContain(`odd/${key}`);
    expect(cloud.events.filter((event) => event.key === key)).toHaveLength(1);
  });

  test('streams in with a checksum that follows the body', async () => {
    const bytes = randomBytes(2_000_000);
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const) {
      const pieces = [
        bytes.subarray(0, 70_001),
        bytes.subarray(70_001, 1_500_000),
        bytes.subarray(1_500_000),
      ];
      await put('streamed', bytes, {
        Body: Readable.from(pieces),
        ContentLength: bytes.length,
        ChecksumAlgorithm,
        ContentEncoding: 'gzip',
      });
      const read = await operator.send(
        new GetObjectCommand({ Bucket: 'plain', Key: 'streamed', ChecksumMode: 'ENABLED' }),
      );
      expect(read[`Checksum${ChecksumAlgorithm}`]).toBeTypeOf('string');
      expect(read.ContentEncoding).toBe('gzip');
      expect(photoId((await read.Body?.transformToByteArray()) ?? '')).toBe(photoId(bytes));
    }
  });

  test('is read in part', async () => {
    await put('digits', '0123456789');
    const range = async (Range: string) => {
      const read = await operator.send(new GetObjectCommand({ Bucket: 'plain', Key: 'digits', Range }));
      return `${await read.Body?.transformToString()} ${read.ContentRange}`;
    };
    expect(await range('bytes=2-4')).toBe('234 bytes 2-4/10');
    expect(await range('bytes=7-')).toBe('789 bytes 7-9/10');
    expect(await range('bytes=-3')).toBe('789 bytes 7-9/10');
    expect(await range('bytes=-30')).toBe('0123456789 bytes 0-9/10');
    expect(await range('bytes=5-99')).toBe('56789 bytes 5-9/10');
    expect(await range('nonsense')).toBe('0123456789 undefined');
    expect(await outcome(range('bytes=10-'))).toBe('416 InvalidRange');
    expect(await outcome(range('bytes=0-1,3-4'))).toBe('501 NotImplemented');
  });

  test('is replaced only by whoever has seen it, if that is asked for', async () => {
    const { ETag } = await put('seen', 'one');
    const two = await outcome(put('seen', 'two', { IfMatch: ETag }));
    expect(two).toBe('ok');
    expect(await outcome(put('seen', 'three', { IfMatch: ETag }))).toBe('412 PreconditionFailed');
    expect(await getText(operator, 'plain', 'seen')).toBe('two');
    expect(await outcome(put('never seen', 'one', { IfMatch: ETag }))).toBe('404 NoSuchKey');
  });

  test('is not sent again to whoever has it', async () => {
    const { ETag } = await put('cached', 'x');
    const read = (more: object) =>
      outcome(operator.send(new GetObjectCommand({ Bucket: 'plain', Key: 'cached', ...more })));
    expect(await read({ IfNoneMatch: ETag })).toMatch(/^304/);
    expect(await read({ IfNoneMatch: '"other"' })).toBe('ok');
    expect(await read({ IfMatch: ETag })).toBe('ok');
    expect(await read({ IfMatch: '"other"' })).toBe('412 PreconditionFailed');
    expect(await read({ IfModifiedSince: new Date(Date.now() + 60_000) })).toMatch(/^304/);
    expect(await read({ IfModifiedSince: new Date(0) })).toBe('ok');
    expect(await read({ IfUnmodifiedSince: new Date(0) })).toBe('412 PreconditionFailed');
  });

  test('goes out under the name that the address asks for', async () => {
    await put('download', 'x');
    const read = await operator.send(
      new GetObjectCommand({
        Bucket: 'plain',
        Key: 'download',
        ResponseContentDisposition: `attachment; filename*=UTF-8''a%20b.jpg`,
        ResponseContentType: 'application/x-mine',
      }),
    );
    expect(read.ContentDisposition).toBe(`attachment; filename*=UTF-8''a%20b.jpg`);
    expect(read.ContentType).toBe('application/x-mine');
  });

  test('is replaced and deleted where there are no versions', async () => {
    await put('replaced', 'one');
    await put('replaced', 'two');
    expect(await getText(operator, 'plain', 'replaced')).toBe('two');
    await operator.send(new DeleteObjectCommand({ Bucket: 'plain', Key: 'replaced' }));
    expect(await outcome(getText(operator, 'plain', 'replaced'))).toBe('404 NoSuchKey');
    expect(await outcome(operator.send(new DeleteObjectCommand({ Bucket: 'plain', Key: 'never' })))).toBe(
      'ok',
    );
  });
});

describe('what does not match is refused, and nothing is stored', () => {
  const key = 'refused';
  const stored = () => outcome(getText(operator, 'plain', key));

  test('a wrong checksum or Content-MD5', async () => {
    expect(await outcome(put(key, 'abc', { ChecksumSHA256: sha256('abd') }))).toBe('400 BadDigest');
    expect(await outcome(put(key, 'abc', { ChecksumCRC32: 'AAAAAA==' }))).toBe('400 BadDigest');
    expect(await outcome(put(key, 'abc', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }))).toBe('400 BadDigest');
    expect(await outcome(put(key, 'abc', { ChecksumSHA256: 'abc' }))).toBe('400 InvalidRequest');
    expect(await stored()).toBe('404 NoSuchKey');
  });

  test('a checksum nobody here can verify', async () => {
    expect(await outcome(put(key, 'abc', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }))).toBe('501 NotImplemented');
    expect(await stored()).toBe('404 NoSuchKey');
  });

  test('a body that is not the signed one, or shorter', async () => {
    const swapped = (body: string) => {
      const sender = client('operator');
      sender.middlewareStack.add(
        (next) => (args) => {
          (args.request as { body: unknown }).body = body;
          return next(args);
        },
        { step: 'finalizeRequest', priority: 'low' },
      );
      return outcome(
        sender.send(
          new PutObjectCommand({
            Bucket: 'plain',
            Key: key,
            Body: 'signed',
            ChecksumSHA256: sha256('signed'),
          }),
        ),
      );
    };
    expect(await swapped('forged')).toMatch(/^400 (?:XAmzContentSHA256Mismatch|BadDigest)$/);
    expect(await stored()).toBe('404 NoSuchKey');
  });

  test('a body whose connection breaks', async () => {
    const url = new URL(
      await getSignedUrl(operator, new PutObjectCommand({ Bucket: 'plain', Key: key }), {
        unhoistableHeaders: new Set(['x-amz-checksum-crc32']),
      }),
    );
    const half = httpRequest(url, { method: 'PUT', headers: { 'content-length': '1000' } });
    const closed = new Promise((resolve) => {
      half.once('error', resolve);
      half.once('close', resolve);
    });
    half.write('x'.repeat(500), () => half.destroy());
    await closed;
    expect(await stored()).toBe('404 NoSuchKey');
  });

  test('metadata over 2 kB', async () => {
    expect(await outcome(put(key, 'x', { Metadata: { a: 'x'.repeat(2047) } }))).toBe('ok');
    expect(await outcome(put('large', 'x', { Metadata: { a: 'x'.repeat(2048) } }))).toBe(
      '400 MetadataTooLarge',
    );
    await operator.send(new DeleteObjectCommand({ Bucket: 'plain', Key: key }));
    expect(await stored()).toBe('404 NoSuchKey');
  });

  test('a key over 1024 bytes', async () => {
    expect(await outcome(put('k'.repeat(1024)))).toBe('ok');
    expect(await outcome(put('k'.repeat(1025)))).toBe('400 KeyTooLongError');
  });

  test('a storage class that does not exist or could not be read back', async () => {
    expect(await outcome(put(key, 'x', { StorageClass: 'NONE' }))).toBe('400 InvalidStorageClass');
    expect(await outcome(put(key, 'x', { StorageClass: 'GLACIER' }))).toBe('501 NotImplemented');
    expect(await stored()).toBe('404 NoSuchKey');
  });

  test('headers and operations that are not implemented', async () => {
    const Key = key;
    const refused = [
      put(Key, 'x', { Tagging: 'a=b' }),
      put(Key, 'x', { ACL: 'public-read' }),
      put(Key, 'x', { ServerSideEncryption: 'aws:kms' }),
      put(Key, 'x', { IfMatch: '*' }),
      put(Key, 'x', { IfMatch: '"a", "b"' }),
      put(Key, 'x', { IfMatch: '"a"', IfNoneMatch: '*' }),
      put(Key, 'x', { IfNoneMatch: '"a"' }),
      put(Key, 'x', { WebsiteRedirectLocation: '/a' }),
      operator.send(new GetObjectTaggingCommand({ Bucket: 'plain', Key })),
      operator.send(new GetObjectAclCommand({ Bucket: 'plain', Key })),
      operator.send(new GetObjectCommand({ Bucket: 'plain', Key, PartNumber: 1 })),
      operator.send(new ListObjectsCommand({ Bucket: 'plain' })),
      operator.send(new GetBucketLocationCommand({ Bucket: 'plain' })),
      operator.send(
        new UploadPartCopyCommand({
          Bucket: 'plain',
          Key,
          UploadId: 'u',
          PartNumber: 1,
          CopySource: 'plain/x',
        }),
      ),
    ];
    expect(new Set(await Promise.all(refused.map(outcome)))).toEqual(new Set(['501 NotImplemented']));
    expect(await stored()).toBe('404 NoSuchKey');
  });
});

describe('originals', () => {
  test('are written once: the second time is refused, by policy or by precondition', async () => {
    expect(await outcome(me.send(putOriginal('once')))).toBe('ok');
    expect(await outcome(me.send(putOriginal('once')))).toBe('412 PreconditionFailed');
    expect(await outcome(me.send(putOriginal('once', { IfNoneMatch: undefined })))).toBe('403 AccessDenied');
    expect(await outcome(me.send(putOriginal('once', { IfNoneMatch: undefined, IfMatch: '*' })))).toBe(
      '403 AccessDenied',
    );
    expect(await getText(me, 'originals', original('once'))).toBe('once');
  });

  test('of several writers at once have exactly one', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => outcome(me.send(putOriginal('race')))),
    );
    expect(outcomes.filter((each) => each === 'ok')).toHaveLength(1);
    expect(outcomes.filter((each) => each === '412 PreconditionFailed')).toHaveLength(7);
  });

  test('only in the configured class and never encrypted by a key of the customer', async () => {
    expect(await outcome(me.send(putOriginal('class', { StorageClass: 'ONEZONE_IA' })))).toBe(
      '403 AccessDenied',
    );
    const customer = {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: randomBytes(32).toString('base64'),
      SSECustomerKeyMD5: 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    for (const sender of [me, operator])
      expect(await outcome(sender.send(putOriginal('ssec', customer)))).toBe('403 AccessDenied');
  });

  test('are hidden by a delete marker and come back when it is removed', async () => {
    const Key = original('deleted');
    const first = await me.send(putOriginal('deleted'));
    const gone = await me.send(new DeleteObjectCommand({ Bucket: 'originals', Key }));
    expect(gone.DeleteMarker).toBe(true);
    const read = (more: object = {}) => outcome(getText(processor, 'originals', Key, more));
    expect(await read()).toBe('404 NoSuchKey');
    expect(await outcome(getText(me, 'originals', Key))).toBe('403 AccessDenied');
    expect(await outcome(getText(operator, 'originals', Key, { VersionId: gone.VersionId }))).toBe(
      '405 MethodNotAllowed',
    );
    expect(await getText(operator, 'originals', Key, { VersionId: first.VersionId })).toBe('deleted');
    expect(await outcome(getText(operator, 'originals', Key, { VersionId: 'other' }))).toBe(
      '404 NoSuchVersion',
    );
    expect(await outcome(getText(me, 'originals', Key, { VersionId: first.VersionId }))).toBe(
      '403 AccessDenied',
    );

    const versions = await operator.send(new ListObjectVersionsCommand({ Bucket: 'originals', Prefix: Key }));
    expect(versions.DeleteMarkers?.map((each) => [each.VersionId, each.IsLatest])).toEqual([
      [gone.VersionId, true],
    ]);
    expect(versions.Versions?.map((each) => [each.VersionId, each.IsLatest])).toEqual([
      [first.VersionId, false],
    ]);

    const remove = new DeleteObjectCommand({ Bucket: 'originals', Key, VersionId: gone.VersionId });
    expect(await outcome(me.send(remove))).toBe('403 AccessDenied');
    await operator.send(remove);
    expect(await getText(me, 'originals', Key)).toBe('deleted');
    expect(cloud.events.filter((event) => event.key === Key).map((event) => event.eventName)).toEqual([
      'ObjectCreated:Put',
      'ObjectRemoved:DeleteMarkerCreated',
    ]);
  });

  test('can be uploaded again after they were deleted', async () => {
    const Key = original('again');
    await me.send(putOriginal('again'));
    await me.send(new DeleteObjectCommand({ Bucket: 'originals', Key }));
    expect(await outcome(me.send(putOriginal('again')))).toBe('ok');
    expect(await getText(me, 'originals', Key)).toBe('again');
  });
});

describe('a member is refused', () => {
  const DENIED = '403 AccessDenied';
  const theirs = original('theirs', YOU);

  beforeAll(async () => {
    await you.send(putOriginal('theirs', { Key: theirs }));
    for (const owner of [ME, YOU])
      await processor.send(
        new PutObjectCommand({
          Bucket: 'library',
          Key: `renditions/${owner}/p/thumb.webp`,
          Body: owner,
          ContentType: 'image/webp',
        }),
      );
  });

  test('what belongs to another', async () => {
    expect(await outcome(getText(me, 'originals', theirs))).toBe(DENIED);
    expect(await outcome(getText(me, 'library', `renditions/${YOU}/p/thumb.webp`))).toBe(DENIED);
    expect(await outcome(me.send(new DeleteObjectCommand({ Bucket: 'originals', Key: theirs })))).toBe(
      DENIED,
    );
    expect(await outcome(me.send(putOriginal('mine', { Key: original('mine', YOU) })))).toBe(DENIED);
    expect(
      await outcome(
        me.send(
          new PutObjectCommand({
            Bucket: 'library',
            Key: `shares/friends/${YOU}/s/manifest.json`,
            Body: '{}',
          }),
        ),
      ),
    ).toBe(DENIED);
    expect(await getText(you, 'originals', theirs)).toBe('theirs');
  });

  test('lists beyond their own prefixes', async () => {
    const list = (more: object) =>
      outcome(me.send(new ListObjectsV2Command({ Bucket: 'originals', ...more })));
    expect(await list({ Prefix: `${ME}/` })).toBe('ok');
    for (const more of [
      {},
      { Prefix: '' },
      { Prefix: ME },
      { Prefix: `${YOU}/` },
      { Prefix: '*' },
      { Delimiter: '/' },
    ])
      expect(await list(more)).toBe('403 AccessDenied');
    expect(
      await outcome(me.send(new ListObjectVersionsCommand({ Bucket: 'originals', Prefix: `${ME}/` }))),
    ).toBe(DENIED);
    expect(await outcome(me.send(new HeadBucketCommand({ Bucket: 'originals' })))).toMatch(/^403/);
  });

  test('access lists, tags, bucket policies and renditions of their own making', async () => {
    const Key = original('once');
    expect(
      await outcome(me.send(new PutObjectAclCommand({ Bucket: 'originals', Key, ACL: 'public-read' }))),
    ).toBe(DENIED);
    expect(await outcome(me.send(new GetObjectAclCommand({ Bucket: 'originals', Key })))).toBe(DENIED);
    expect(
      await outcome(
        me.send(new PutObjectTaggingCommand({ Bucket: 'originals', Key, Tagging: { TagSet: [] } })),
      ),
    ).toBe(DENIED);
    expect(await outcome(me.send(new GetBucketPolicyCommand({ Bucket: 'originals' })))).toBe(DENIED);
    expect(await outcome(me.send(putOriginal('tagged', { Tagging: 'a=b' })))).toBe(DENIED);
    expect(await outcome(me.send(putOriginal('acl', { ACL: 'public-read' })))).toBe(DENIED);
    expect(
      await outcome(
        me.send(new PutObjectCommand({ Bucket: 'library', Key: `renditions/${ME}/p/view.webp`, Body: 'x' })),
      ),
    ).toBe(DENIED);
  });

  test('the difference between missing and forbidden', async () => {
    expect(await outcome(getText(me, 'originals', original('never')))).toBe(DENIED);
    expect(await outcome(getText(processor, 'originals', original('never')))).toBe('404 NoSuchKey');
    const head = new HeadObjectCommand({ Bucket: 'originals', Key: original('never') });
    expect(await outcome(me.send(head))).toMatch(/^403/);
    expect(await outcome(processor.send(head))).toMatch(/^404/);
  });

  test('copies of anything but their own renditions, unchanged', async () => {
    const Key = `shares/friends/${ME}/s/p.webp`;
    const copy = (CopySource: string, more: object = {}) =>
      me.send(new CopyObjectCommand({ Bucket: 'library', Key, CopySource, ...more }));
    expect(await outcome(copy(`library/renditions/${ME}/p/thumb.webp`))).toBe('ok');
    const read = await you.send(new GetObjectCommand({ Bucket: 'library', Key }));
    expect(await read.Body?.transformToString()).toBe(ME);
    expect(read.ContentType).toBe('image/webp');
    expect(await outcome(copy(`library/renditions/${YOU}/p/thumb.webp`))).toBe(DENIED);
    expect(await outcome(copy(`originals/${original('once')}`))).toBe(DENIED);
    expect(await outcome(copy(`library/renditions/${ME}/missing/thumb.webp`))).toBe(DENIED);
    expect(
      await outcome(
        copy(`library/renditions/${ME}/p/thumb.webp`, {
          MetadataDirective: 'REPLACE',
          ContentType: 'text/html',
        }),
      ),
    ).toBe(DENIED);
    expect(
      await outcome(
        me.send(putOriginal('x', { CopySource: undefined, Key: `${ME}/x`, IfNoneMatch: undefined })),
      ),
    ).toBe(DENIED);
    expect(await outcome(me.send(new PutObjectCommand({ Bucket: 'library', Key, Body: 'mine' })))).toBe(
      DENIED,
    );
  });

  test('unsigned and badly signed requests', async () => {
    const plain = await fetch(`${cloud.endpoint}/originals/${encodeURIComponent(original('once'))}`);
    expect([plain.status, (await plain.text()).includes('<Code>AccessDenied</Code>')]).toEqual([403, true]);
    const as = (keys: object) =>
      outcome(
        getText(
          client('me', cloud.endpoint, { credentials: { ...keysOf('me'), ...keys } }),
          'originals',
          original('once'),
        ),
      );
    expect(await as({})).toBe('ok');
    expect(await as({ secretAccessKey: 'guess' })).toBe('403 SignatureDoesNotMatch');
    expect(await as({ accessKeyId: 'nobody' })).toBe('403 InvalidAccessKeyId');
    expect(await as({ accessKeyId: 'old' })).toBe('400 ExpiredToken');
    expect(await as({ sessionToken: 'you-token' })).toBe('400 InvalidToken');
    expect(await as({ sessionToken: undefined })).toBe('400 InvalidToken');
  });

  test('an S3 bucket on the address of another', async () => {
    const elsewhere = client('operator', cloud.libraryEndpoint);
    expect(await outcome(getText(elsewhere, 'originals', original('once')))).toBe('404 NoSuchBucket');
    expect(await outcome(getText(elsewhere, 'library', `renditions/${ME}/p/thumb.webp`))).toBe('ok');
    expect(await outcome(getText(operator, 'nowhere', 'k'))).toBe('404 NoSuchBucket');
  });
});

describe('presigned addresses', () => {
  const status = async (url: string, init?: RequestInit) => {
    const response = await fetch(url, init);
    const text = await response.text();
    return `${response.status} ${/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? text}`;
  };

  test('give the object until they are tampered with or expire', async () => {
    const Key = original('once');
    const url = await getSignedUrl(me, new GetObjectCommand({ Bucket: 'originals', Key }), { expiresIn: 60 });
    expect(await status(url)).toBe('200 once');
    expect(await status(url.replace(photoId('once'), photoId('race')))).toBe('403 SignatureDoesNotMatch');
    expect(await status(`${url}&response-content-type=text%2Fhtml`)).toBe('403 SignatureDoesNotMatch');
    expect(await status(url.replace(/Signature=./, 'Signature=x'))).toMatch(/^400/);
    const past = await getSignedUrl(me, new GetObjectCommand({ Bucket: 'originals', Key }), {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 120_000),
    });
    expect(await status(past)).toBe('403 AccessDenied');
  });

  test('carry headers in their query, which policies see just the same', async () => {
    const Key = `renditions/${ME}/p/thumb.webp`;
    const command = new CopyObjectCommand({
      Bucket: 'library',
      Key: `index/${ME}/stolen`,
      CopySource: `library/${Key}`,
    });
    const url = await getSignedUrl(me, command);
    expect(url).toMatch(/[?&]x-amz-copy-source=/i);
    expect(await status(url, { method: 'PUT' })).toBe('403 AccessDenied');
  });
});

describe('lists', () => {
  test('come page by page in the order of UTF-8, folded at the delimiter', async () => {
    const keys = ['a', 'a/1', 'a/2', 'b/x/1', 'b/y', 'c', 'é', '\u{1f31e}', '\uffee'].map(
      (key) => `list/${key}`,
    );
    for (const key of keys) await put(key);
    const list = async (more: object) => {
      const found: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await operator.send(
          new ListObjectsV2Command({
            Bucket: 'plain',
            Prefix: 'list/',
            MaxKeys: 2,
            ContinuationToken,
            ...more,
          }),
        );
        expect(page.KeyCount).toBeLessThanOrEqual(2);
        found.push(
          ...(page.Contents ?? []).map((each) => each.Key ?? ''),
          ...(page.CommonPrefixes ?? []).map((each) => `${each.Prefix}...`),
        );
        ContinuationToken = page.NextContinuationToken;
        expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
      } while (ContinuationToken);
      return found.map((each) => each.slice('list/'.length));
    };
    expect(await list({})).toEqual(['a', 'a/1', 'a/2', 'b/x/1', 'b/y', 'c', 'é', '\uffee', '\u{1f31e}']);
    expect(new Set(await list({ Delimiter: '/' }))).toEqual(
      new Set(['a', 'a/...', 'b/...', 'c', 'é', '\uffee', '\u{1f31e}']),
    );
    expect(await list({ StartAfter: 'list/b/y' })).toEqual(['c', 'é', '\uffee', '\u{1f31e}']);
    expect(await list({ Prefix: 'list/a/' })).toEqual(['a/1', 'a/2']);
    expect(await list({ Prefix: 'list/nothing' })).toEqual([]);
    const encoded = await operator.send(
      new ListObjectsV2Command({ Bucket: 'plain', Prefix: 'list/é', EncodingType: 'url' }),
    );
    expect(encoded.Contents?.[0]?.Key).toBe('list/%C3%A9');
    expect(await outcome(list({ ContinuationToken: 'nonsense' }))).toBe('400 InvalidArgument');
  });

  test('leave out what is deleted', async () => {
    const Key = original('listed');
    await me.send(putOriginal('listed'));
    const keys = async () =>
      (await me.send(new ListObjectsV2Command({ Bucket: 'originals', Prefix: `${ME}/` }))).Contents?.map(
        (each) => each.Key,
      );
    expect(await keys()).toContain(Key);
    await me.send(new DeleteObjectCommand({ Bucket: 'originals', Key }));
    expect(await keys()).not.toContain(Key);
  });
});

describe('a multipart upload', () => {
  const MB = 1024 ** 2;
  const bytes = randomBytes(11 * MB);
  const pieces = [bytes.subarray(0, 5 * MB), bytes.subarray(5 * MB, 10 * MB), bytes.subarray(10 * MB)];
  const Bucket = 'originals';

  async function upload(Key: string, from = me, parts = pieces) {
    const { UploadId } = await from.send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key,
        ChecksumAlgorithm: 'SHA256',
        StorageClass: 'INTELLIGENT_TIERING',
        Metadata: { name: 'n' },
      }),
    );
    const Parts = [];
    for (const [index, Body] of parts.entries()) {
      const PartNumber = index + 1;
      const ChecksumSHA256 = sha256(Body);
      const { ETag } = await from.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumSHA256 }),
      );
      Parts.push({ PartNumber, ETag, ChecksumSHA256 });
    }
    return { UploadId, Parts };
  }

  test('becomes one object, once', async () => {
    const Key = original(bytes);
    const { UploadId, Parts } = await upload(Key);
    const listed = await me.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    expect(listed.Parts?.map((part) => part.Size)).toEqual([5 * MB, 5 * MB, MB]);
    expect(await outcome(getText(operator, Bucket, Key))).toBe('404 NoSuchKey');
    const complete = (more: object = {}) =>
      new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts },
        IfNoneMatch: '*',
        ...more,
      });
    expect(await outcome(me.send(complete({ IfNoneMatch: undefined })))).toBe('403 AccessDenied');
    expect(await outcome(you.send(complete()))).toBe('403 AccessDenied');
    const wrong = Parts.map((part) => ({ ...part, ETag: '"0"' }));
    expect(await outcome(me.send(complete({ MultipartUpload: { Parts: wrong } })))).toBe('400 InvalidPart');
    expect(await outcome(me.send(complete({ MultipartUpload: { Parts: Parts.toReversed() } })))).toBe(
      '400 InvalidPartOrder',
    );
    const done = await me.send(complete());
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(done.ChecksumSHA256).toMatch(/=-3$/);
    const read = await me.send(new GetObjectCommand({ Bucket, Key }));
    expect(photoId((await read.Body?.transformToByteArray()) ?? '')).toBe(photoId(bytes));
    expect(read).toMatchObject({ StorageClass: 'INTELLIGENT_TIERING', Metadata: { name: 'n' } });
    expect(cloud.events.at(-1)).toMatchObject({
      key: Key,
      eventName: 'ObjectCreated:CompleteMultipartUpload',
    });
    expect(await outcome(me.send(complete()))).toBe('404 NoSuchUpload');
  });

  test('cannot take the place of an object that is there', async () => {
    const Key = original('once');
    const { UploadId, Parts } = await upload(Key, me, [Buffer.from('evil')]);
    const complete = new CompleteMultipartUploadCommand({
      Bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts },
      IfNoneMatch: '*',
    });
    expect(await outcome(me.send(complete))).toBe('412 PreconditionFailed');
    expect(await getText(me, Bucket, Key)).toBe('once');
    expect(await outcome(me.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })))).toBe('ok');
    expect(await outcome(me.send(new ListPartsCommand({ Bucket, Key, UploadId })))).toBe('404 NoSuchUpload');
  });

  test('with parts that are too small or damaged is refused', async () => {
    const Key = original('small');
    const { UploadId, Parts } = await upload(Key, me, [Buffer.from('a'), Buffer.from('b')]);
    const complete = new CompleteMultipartUploadCommand({
      Bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts },
      IfNoneMatch: '*',
    });
    expect(await outcome(me.send(complete))).toBe('400 EntityTooSmall');
    const part = (more: object) =>
      outcome(me.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 3, Body: 'x', ...more })));
    expect(await part({ ChecksumSHA256: sha256('y') })).toBe('400 BadDigest');
    expect(await part({ ChecksumCRC32: undefined })).toBe('400 InvalidRequest');
    expect(await part({ PartNumber: 10_001, ChecksumSHA256: sha256('x') })).toBe('400 InvalidArgument');
    expect(await part({ UploadId: 'other', ChecksumSHA256: sha256('x') })).toBe('404 NoSuchUpload');
  });
});

describe('another origin', () => {
  const preflight = (headers: Record<string, string>, bucket = 'originals') =>
    fetch(`${cloud.endpoint}/${bucket}/k`, { method: 'OPTIONS', headers });
  const asked = {
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'x-amz-date,authorization',
  };

  test('is let in as configured', async () => {
    const response = await preflight({ origin: ORIGIN, ...asked });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET, HEAD, PUT, POST, DELETE',
      'access-control-allow-headers': 'x-amz-date, authorization',
      'access-control-max-age': '3600',
    });
    const refused = await fetch(`${cloud.endpoint}/originals/k`, { headers: { origin: ORIGIN } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(refused.headers.get('access-control-expose-headers')).toBe('ETag, Date, x-amz-version-id');
    expect(refused.headers.get('vary')).toContain('Origin');
    expect(refused.headers.get('date')).toBeTruthy();
  });

  test('is kept out otherwise', async () => {
    expect((await preflight({ origin: 'http://evil.example', ...asked })).status).toBe(403);
    expect((await preflight({ origin: ORIGIN, 'access-control-request-method': 'PATCH' })).status).toBe(403);
    expect((await preflight({ origin: ORIGIN, ...asked }, 'plain')).status).toBe(403);
    expect((await preflight({ origin: ORIGIN })).status).toBe(400);
    const refused = await fetch(`${cloud.endpoint}/originals/k`, {
      headers: { origin: 'http://evil.example' },
    });
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('events', () => {
  test('come again after a restart until they are acknowledged, in order', async () => {
    const at = join(directory, 'events');
    const first = await startS3(at);
    const writer = client('me', first.endpoint);
    for (const data of ['e1', 'e2', 'e3']) await writer.send(putOriginal(data));
    expect(first.events.map((event) => event.key)).toEqual(['e1', 'e2', 'e3'].map((data) => original(data)));
    expect(first.events[0]).toMatchObject({ bucket: 'originals', eventName: 'ObjectCreated:Put', size: 2 });
    const [, second] = first.events;
    if (second) await first.s3.acknowledge(second);
    await first.stop();

    const again = await startS3(at);
    expect(again.events).toEqual([]);
    await again.s3.drain();
    expect(again.events.map((event) => event.key)).toEqual([original('e1'), original('e3')]);
    for (const event of again.events) await again.s3.acknowledge(event);
    again.events.length = 0;
    await again.s3.drain();
    expect(again.events).toEqual([]);
    await again.stop();
  });

  test('of one key have growing sequencers, whatever the clock does', async () => {
    const at = join(directory, 'clock');
    const first = await startS3(at);
    await client('operator', first.endpoint).send(
      new PutObjectCommand({ Bucket: 'plain', Key: 'k', Body: '1' }),
    );
    await first.stop();
    const later = await startS3(at, BUCKETS, { offset: -60_000 });
    await client('operator', later.endpoint).send(
      new PutObjectCommand({ Bucket: 'plain', Key: 'k', Body: '2' }),
    );
    const [one, two] = [first.events[0]?.sequencer ?? '', later.events[0]?.sequencer ?? ''];
    expect(one.length).toBe(two.length);
    expect(one < two).toBe(true);
    await later.stop();
  });

  test('by a filter are those of keys that begin like it', async () => {
    const operate = client('operator', cloud.endpoint);
    for (const Key of ['wishes/x', 'wishes', 'shares/wishes/x', 'Wishes/x'])
      await operate.send(new PutObjectCommand({ Bucket: 'library', Key, Body: '' }));
    const told = cloud.events.filter((event) => event.bucket === 'library');
    expect(told.map(({ key }) => key)).toEqual(['wishes/x']);
  });
});

describe('lifecycle', () => {
  const DAY = 24 * 3600 * 1000;

  test('removes old versions, expired shares and forgotten uploads, and nothing else', async () => {
    const at = join(directory, 'lifecycle');
    const first = await startS3(at);
    const operate = client('operator', first.endpoint);
    const member = client('me', first.endpoint);
    await member.send(putOriginal('kept'));
    await member.send(putOriginal('gone'));
    await member.send(new DeleteObjectCommand({ Bucket: 'originals', Key: original('gone') }));
    for (const Key of ['shares/links/7d/x', 'shares/links/30d/x'])
      await operate.send(new PutObjectCommand({ Bucket: 'library', Key, Body: 'x' }));
    const Key = original('unfinished');
    const { UploadId } = await member.send(new CreateMultipartUploadCommand({ Bucket: 'originals', Key }));
    await first.stop();

    const restart = async (days: number) => {
      const cloudThen = await startS3(at, BUCKETS, { offset: days * DAY });
      const reader = client('operator', cloudThen.endpoint, { systemClockOffset: days * DAY });
      const versions = await reader.send(new ListObjectVersionsCommand({ Bucket: 'originals' }));
      const library = await reader.send(new ListObjectsV2Command({ Bucket: 'library' }));
      const parts = await outcome(reader.send(new ListPartsCommand({ Bucket: 'originals', Key, UploadId })));
      await cloudThen.stop();
      return [
        versions.Versions?.map((each) => each.Key).sort(),
        versions.DeleteMarkers?.length ?? 0,
        library.Contents?.map((each) => each.Key),
        parts,
      ];
    };
    const [kept, gone] = [original('kept'), original('gone')];
    const both = [kept, gone].sort();
    expect(await restart(2)).toEqual([both, 1, ['shares/links/30d/x', 'shares/links/7d/x'], 'ok']);
    expect(await restart(8)).toEqual([both, 1, ['shares/links/30d/x'], '404 NoSuchUpload']);
    expect(await restart(31)).toEqual([[kept], 0, ['shares/links/30d/x'], '404 NoSuchUpload']);
  });
});

describe('an S3 bucket that cannot be kept as configured stops the start', () => {
  const start = (more: object) =>
    startS3(join(directory, 'never'), [
      { name: 'b', arn: 'arn:aws:s3:::b', versioned: false, corsRules: [], lifecycleRules: [], ...more },
    ]);

  test.each([
    ['a lifecycle rule', { lifecycleRules: [{ Status: 'Enabled', TagFilters: [] }] }],
    [
      'a part of one',
      {
        lifecycleRules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NewerNoncurrentVersions: 1 } }],
      },
    ],
    ['a CORS rule', { corsRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['GET'], AllowAll: true }] }],
    [
      'a policy',
      {
        policy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: '*', NotAction: 's3:*' }],
        },
      },
    ],
  ])('%s it does not know', async (_, more) => {
    await expect(start(more)).rejects.toThrow(/know|unknown/);
  });
});

describe('a crash', () => {
  test('in the middle of uploads loses no acknowledged object and leaves no debris', async () => {
    const at = join(directory, 'crash');
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, ['--import', 'tsx', join(HERE, 's3-server.ts'), at], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const writer = client('me', line.toString().trim());
      const exited = once(child, 'exit');
      let count = 0;
      const work = async (lane: number) => {
        for (let index = 0; ; index++) {
          const data = `${round}/${lane}/${index} ${'x'.repeat(50_000)}`;
          try {
            await writer.send(putOriginal(data));
          } catch {
            // The server is gone: what was not acknowledged may be lost.
            return;
          }
          acknowledged.set(original(data), data);
          count += 1;
          if (count === 60) child.kill('SIGKILL');
        }
      };
      await Promise.all([...Array(6).keys()].map(work));
      await exited;
      writer.destroy();
    }
    const after = await startS3(at);
    const reader = client('me', after.endpoint);
    for (const [key, data] of acknowledged) expect(await getText(reader, 'originals', key)).toBe(data);
    await after.s3.drain();
    const told = new Set(after.events.map((event) => event.key));
    expect([...acknowledged.keys()].filter((key) => !told.has(key))).toEqual([]);
    const listed = await client('operator', after.endpoint).send(
      new ListObjectVersionsCommand({ Bucket: 'originals' }),
    );
    const files = await readdir(join(at, 'data'), { recursive: true, withFileTypes: true });
    expect(files.filter((entry) => entry.isFile())).toHaveLength(listed.Versions?.length ?? 0);
    expect(await readdir(join(at, 'tmp'))).toEqual([]);
    await after.stop();
  });
});
