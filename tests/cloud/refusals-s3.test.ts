// What S3 must refuse members, the processor and strangers: over HTTP, with the real SDK and real credentials, against the
// deployed policies. Each refusal is the one AWS gives, and leaves everything as it was.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CopyObjectCommandInput,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IdentityId } from '../../src/schema/ids.ts';
import {
  friendSharePrefix,
  indexPrefix,
  linkSharePrefix,
  originalKey,
  originalPrefix,
  renditionKey,
  renditionPrefix,
} from '../../src/schema/keys.ts';
import type { Member } from './people.ts';
import { originalOf } from './photos.ts';
import { deleteAtOnce, DENIED, openWorld, outcome, refuser, type World } from './refusals.ts';

let world: World;
let Originals: string;
let Library: string;
let me: IdentityId;
let you: IdentityId;
/** Ada's and Ben's originals, of the same bytes. */
let mine: string;
let yours: string;
let originals: Member['s3']['originals'];
let library: Member['s3']['library'];

beforeAll(async () => {
  world = await openWorld();
  const { cloud, ada, ben, photoId } = world;
  ({ originalsBucket: Originals, libraryBucket: Library } = cloud.config);
  [me, you] = [ada.identityId, ben.identityId];
  [mine, yours] = [originalKey(me, photoId), originalKey(you, photoId)];
  ({ originals, library } = ada.s3);
});
afterAll(() => world?.cloud.end());

const refuses = refuser(() => world, DENIED);

const copy = (Key: string, CopySource: string, more: Partial<CopyObjectCommandInput> = {}) =>
  library.send(new CopyObjectCommand({ Bucket: Library, Key, CopySource, ...more }));
const putLibrary = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  library.send(new PutObjectCommand({ Bucket: Library, Key, Body: 'mine', ...more }));
const putAgain = (more: Partial<PutObjectCommandInput>) =>
  originals.send(originalOf(Originals, world.ada, world.bytes, more));
const putNew = (more: Partial<PutObjectCommandInput>) =>
  originals.send(originalOf(Originals, world.ada, Buffer.from('a new photo'), more));
const startUpload = async () => {
  const { UploadId } = await originals.send(
    new CreateMultipartUploadCommand({ Bucket: Originals, Key: mine, StorageClass: 'INTELLIGENT_TIERING' }),
  );
  const { ETag } = await originals.send(
    new UploadPartCommand({ Bucket: Originals, Key: mine, UploadId, PartNumber: 1, Body: 'other bytes' }),
  );
  return { UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
};

test('what is refused here would work for its owner', async () => {
  const get = new GetObjectCommand({ Bucket: Originals, Key: mine });
  expect(await (await originals.send(get)).Body?.transformToString()).toBe(String(world.bytes));
  const list = new ListObjectsV2Command({ Bucket: Originals, Prefix: originalPrefix(me) });
  expect((await originals.send(list)).Contents?.map(({ Key }) => Key)).toEqual([mine]);
  const Key = `${friendSharePrefix(me)}t/thumb.webp`;
  expect(await outcome(copy(Key, `${Library}/${renditionKey(me, world.photoId, 'thumb')}`))).toBe('ok');
  expect(await outcome(library.send(new DeleteObjectCommand({ Bucket: Library, Key })))).toBe('ok');
});

describe("another person's original is refused", () => {
  const at = () => ({ Bucket: Originals, Key: yours });
  refuses({
    'to read': () => originals.send(new GetObjectCommand(at())),
    'to put': () => originals.send(originalOf(Originals, world.ben, Buffer.from('mine now'))),
    'to put over': () => originals.send(originalOf(Originals, world.ben, world.bytes)),
    'to delete': () => originals.send(new DeleteObjectCommand(at())),
    'to delete in a batch': () => deleteAtOnce(originals, Originals, [yours]),
    'to copy into an own original': () =>
      originals.send(
        new CopyObjectCommand({
          Bucket: Originals,
          Key: `${me}/stolen`,
          CopySource: `${Originals}/${yours}`,
        }),
      ),
    'to copy into an own index': () => copy(`${indexPrefix(me)}stolen`, `${Originals}/${yours}`),
    'by a path that leads back to it': () =>
      originals.send(new GetObjectCommand({ Bucket: Originals, Key: `${me}/../${yours}` })),
    'to begin in parts': () => originals.send(new CreateMultipartUploadCommand(at())),
    'to see the parts of': () => originals.send(new ListPartsCommand({ ...at(), UploadId: 'x' })),
    'to send a part of': () =>
      originals.send(new UploadPartCommand({ ...at(), UploadId: 'x', PartNumber: 1, Body: 'mine now' })),
    'to complete the upload of': async () =>
      originals.send(
        new CompleteMultipartUploadCommand({ ...at(), ...(await startUpload()), IfNoneMatch: '*' }),
      ),
    'to abort the upload of': () =>
      originals.send(new AbortMultipartUploadCommand({ ...at(), UploadId: 'x' })),
    'even when it does not exist': () =>
      originals.send(new GetObjectCommand({ Bucket: Originals, Key: `${you}/nothing` })),
  });
  // An answer to HEAD has no body, and so no code.
  refuses({ 'to look at': () => originals.send(new HeadObjectCommand(at())) }, /^403 /);
});

describe("another person's upload in parts, whose id got about, is not there under an own key", () => {
  let UploadId: string;
  beforeAll(async () => {
    const begin = new CreateMultipartUploadCommand({ Bucket: Originals, Key: yours });
    ({ UploadId = '' } = await world.ben.s3.originals.send(begin));
  });
  const at = () => ({ Bucket: Originals, Key: mine, UploadId });
  refuses(
    {
      'to see its parts': () => originals.send(new ListPartsCommand(at())),
      'to add a part': () => originals.send(new UploadPartCommand({ ...at(), PartNumber: 1, Body: 'mine' })),
      'to complete it': () =>
        originals.send(
          new CompleteMultipartUploadCommand({
            ...at(),
            IfNoneMatch: '*',
            MultipartUpload: { Parts: [{ PartNumber: 1, ETag: 'x' }] },
          }),
        ),
      'to abort it': () => originals.send(new AbortMultipartUploadCommand(at())),
    },
    '404 NoSuchUpload',
  );

  test('and it is still there for its owner', async () => {
    const list = new ListPartsCommand({ Bucket: Originals, Key: yours, UploadId });
    expect((await world.ben.s3.originals.send(list)).Parts ?? []).toEqual([]);
  });
});

describe("what else is another person's is refused", () => {
  const read = (Key: string) => library.send(new GetObjectCommand({ Bucket: Library, Key }));
  const remove = (Key: string) => library.send(new DeleteObjectCommand({ Bucket: Library, Key }));
  refuses({
    'a rendition': () => read(renditionKey(you, world.photoId, 'thumb')),
    'an index': () => read(`${indexPrefix(you)}rows`),
    'a link share, but for the host of links': () => read(`${linkSharePrefix(you, '7d')}s/manifest.json`),
    'writing into a friend share': () => putLibrary(`${friendSharePrefix(you)}s/manifest.json`),
    'writing into a link share': () => putLibrary(`${linkSharePrefix(you, 'keep')}s/manifest.json`),
    'copying into a friend share': () =>
      copy(`${friendSharePrefix(you)}s/t.webp`, `${Library}/${renditionKey(me, world.photoId, 'thumb')}`),
    'writing into an index': () => putLibrary(`${indexPrefix(you)}rows`),
    'deleting a share': () => remove(`${friendSharePrefix(you)}s/manifest.json`),
    'deleting a rendition': () => remove(renditionKey(you, world.photoId, 'thumb')),
    'copying a rendition into an own share': () =>
      copy(`${friendSharePrefix(me)}s/t.webp`, `${Library}/${renditionKey(you, world.photoId, 'thumb')}`),
    'copying by a path that only begins as an own one': () =>
      copy(
        `${friendSharePrefix(me)}s/t.webp`,
        `${Library}/${renditionPrefix(me)}../${you}/${world.photoId}/thumb.webp`,
      ),
  });
  refuses(
    {
      'looking at a rendition': () =>
        library.send(
          new HeadObjectCommand({ Bucket: Library, Key: renditionKey(you, world.photoId, 'thumb') }),
        ),
    },
    /^403 /,
  );
});

describe('a listing is refused', () => {
  const originalsUnder: Record<string, () => object> = {
    'of the whole S3 bucket': () => ({}),
    'with an empty prefix': () => ({ Prefix: '' }),
    'of top folders': () => ({ Delimiter: '/' }),
    "by one's own id without the slash": () => ({ Prefix: me }),
    'by what the ids of both begin with': () => ({ Prefix: me.slice(0, me.indexOf(':') + 1) }),
    'by a star': () => ({ Prefix: '*' }),
    'of another person': () => ({ Prefix: originalPrefix(you) }),
    'by an own prefix with a capital letter': () => ({ Prefix: originalPrefix(me).toUpperCase() }),
  };
  refuses(
    Object.fromEntries(
      Object.entries(originalsUnder).flatMap(([what, input]) => [
        [what, () => originals.send(new ListObjectsV2Command({ Bucket: Originals, ...input() }))],
        [
          `${what}, the old way`,
          () => originals.send(new ListObjectsCommand({ Bucket: Originals, ...input() })),
        ],
      ]),
    ),
  );
  const libraryUnder: Record<string, () => string> = {
    'of all renditions': () => 'renditions/',
    "of another person's renditions": () => renditionPrefix(you),
    "of another person's index": () => indexPrefix(you),
    'of all friend shares': () => 'shares/friends/',
    'of a friend’s shares, whose ids are the secret': () => friendSharePrefix(you),
    'of all links': () => 'shares/links/7d/',
    "of another person's links": () => linkSharePrefix(you, '7d'),
  };
  refuses(
    Object.fromEntries(
      Object.entries(libraryUnder).map(([what, prefix]) => [
        what,
        () => library.send(new ListObjectsV2Command({ Bucket: Library, Prefix: prefix() })),
      ]),
    ),
  );
  refuses({
    'of versions, even own ones': () =>
      originals.send(new ListObjectVersionsCommand({ Bucket: Originals, Prefix: originalPrefix(me) })),
    'of unfinished uploads': () => originals.send(new ListMultipartUploadsCommand({ Bucket: Originals })),
    'of S3 buckets': () => originals.send(new ListBucketsCommand({})),
  });
  refuses(
    { 'by looking for the S3 bucket': () => originals.send(new HeadBucketCommand({ Bucket: Originals })) },
    /^403 /,
  );
});

describe('an original is written once', () => {
  refuses({ 'again with If-None-Match': () => putAgain({}) }, '412 PreconditionFailed');
  refuses({
    'again without If-None-Match': () => putAgain({ IfNoneMatch: undefined }),
    'for the first time without If-None-Match': () => putNew({ IfNoneMatch: undefined }),
    'in another storage class': () => putNew({ StorageClass: 'STANDARD' }),
    'in the cheapest storage class': () => putNew({ StorageClass: 'DEEP_ARCHIVE' }),
    'with a key that its owner may lose': () =>
      putNew({
        SSECustomerAlgorithm: 'AES256',
        SSECustomerKey: Buffer.alloc(32, 'k').toString('base64'),
        ChecksumSHA256: undefined,
      }),
    'with tags': () => putNew({ Tagging: 'a=b' }),
    'with an access list': () => putNew({ ACL: 'public-read' }),
    'by copying onto itself': () =>
      originals.send(
        new CopyObjectCommand({
          Bucket: Originals,
          Key: mine,
          CopySource: `${Originals}/${mine}`,
          MetadataDirective: 'REPLACE',
          StorageClass: 'INTELLIGENT_TIERING',
          IfNoneMatch: '*',
        }),
      ),
    'by copying a rendition onto it': () =>
      originals.send(
        new CopyObjectCommand({
          Bucket: Originals,
          Key: mine,
          CopySource: `${Library}/${renditionKey(me, world.photoId, 'thumb')}`,
          StorageClass: 'INTELLIGENT_TIERING',
          IfNoneMatch: '*',
        }),
      ),
    'by parts copied from another': async () => {
      const { UploadId } = await startUpload();
      const part = { Bucket: Originals, Key: mine, UploadId, PartNumber: 1 };
      return originals.send(new UploadPartCopyCommand({ ...part, CopySource: `${Originals}/${mine}` }));
    },
    'by parts, without If-None-Match': async () =>
      originals.send(
        new CompleteMultipartUploadCommand({ Bucket: Originals, Key: mine, ...(await startUpload()) }),
      ),
  });
  refuses(
    {
      'by parts, with If-None-Match': async () =>
        originals.send(
          new CompleteMultipartUploadCommand({
            Bucket: Originals,
            Key: mine,
            IfNoneMatch: '*',
            ...(await startUpload()),
          }),
        ),
    },
    '412 PreconditionFailed',
  );

  test('and its bytes are still those of the first time', async () => {
    const { Body } = await originals.send(new GetObjectCommand({ Bucket: Originals, Key: mine }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(world.bytes)).toBe(true);
  });
});

describe('what could destroy, publish or change an original is refused even to its owner:', () => {
  const at = () => ({ Bucket: Originals, Key: mine });
  const version = async () => {
    const listed = await world.operator.s3.originals.send(
      new ListObjectVersionsCommand({ Bucket: Originals, Prefix: mine }),
    );
    return { ...at(), VersionId: listed.Versions?.[0]?.VersionId };
  };
  refuses({
    DeleteObjectVersion: async () => originals.send(new DeleteObjectCommand(await version())),
    GetObjectVersion: async () => originals.send(new GetObjectCommand(await version())),
    GetObjectAcl: () => originals.send(new GetObjectAclCommand(at())),
    PutObjectAcl: () => originals.send(new PutObjectAclCommand({ ...at(), ACL: 'public-read' })),
    GetObjectTagging: () => originals.send(new GetObjectTaggingCommand(at())),
    PutObjectTagging: () =>
      originals.send(
        new PutObjectTaggingCommand({ ...at(), Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }),
      ),
    DeleteObjectTagging: () => originals.send(new DeleteObjectTaggingCommand(at())),
    GetObjectAttributes: () =>
      originals.send(new GetObjectAttributesCommand({ ...at(), ObjectAttributes: ['ETag'] })),
    RestoreObject: () => originals.send(new RestoreObjectCommand({ ...at(), RestoreRequest: { Days: 1 } })),
  });
});

describe('the S3 buckets themselves are out of reach:', () => {
  const bucket = () => ({ Bucket: Originals });
  refuses({
    GetBucketPolicy: () => originals.send(new GetBucketPolicyCommand(bucket())),
    PutBucketPolicy: () => originals.send(new PutBucketPolicyCommand({ ...bucket(), Policy: '{}' })),
    DeleteBucketPolicy: () => originals.send(new DeleteBucketPolicyCommand(bucket())),
    GetBucketAcl: () => originals.send(new GetBucketAclCommand(bucket())),
    PutBucketAcl: () => originals.send(new PutBucketAclCommand({ ...bucket(), ACL: 'public-read' })),
    GetBucketVersioning: () => originals.send(new GetBucketVersioningCommand(bucket())),
    PutBucketVersioning: () =>
      originals.send(
        new PutBucketVersioningCommand({ ...bucket(), VersioningConfiguration: { Status: 'Suspended' } }),
      ),
    PutBucketLifecycleConfiguration: () =>
      originals.send(
        new PutBucketLifecycleConfigurationCommand({
          ...bucket(),
          LifecycleConfiguration: {
            Rules: [{ ID: 'all', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }],
          },
        }),
      ),
    PutBucketCors: () =>
      originals.send(
        new PutBucketCorsCommand({
          ...bucket(),
          CORSConfiguration: { CORSRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['GET'] }] },
        }),
      ),
    PutBucketNotificationConfiguration: () =>
      originals.send(
        new PutBucketNotificationConfigurationCommand({ ...bucket(), NotificationConfiguration: {} }),
      ),
    DeletePublicAccessBlock: () => originals.send(new DeletePublicAccessBlockCommand(bucket())),
    CreateBucket: () => originals.send(new CreateBucketCommand(bucket())),
    DeleteBucket: () => originals.send(new DeleteBucketCommand(bucket())),
  });
});

describe('in the library, an owner is refused', () => {
  const thumb = () => renditionKey(me, world.photoId, 'thumb');
  const share = () => `${friendSharePrefix(me)}s/t.webp`;
  refuses({
    'writing a rendition': () => putLibrary(thumb()),
    'copying a rendition over another': () =>
      copy(renditionKey(me, world.photoId, 'view'), `${Library}/${thumb()}`),
    'deleting a rendition': () => library.send(new DeleteObjectCommand({ Bucket: Library, Key: thumb() })),
    'bytes of their own in a friend share': () => putLibrary(share(), { ContentType: 'image/webp' }),
    'bytes of their own in a link share': () => putLibrary(`${linkSharePrefix(me, '7d')}s/index.html`),
    'a manifest that only ends like one': () => putLibrary(`${friendSharePrefix(me)}s/manifest.json.html`),
    'a kind of link that nobody expires': () => putLibrary(`shares/links/forever/${me}/s/manifest.json`),
    'a copy of an original in a share': () => copy(share(), `${Originals}/${mine}`),
    'a copy of an index in a share': () => copy(share(), `${Library}/${indexPrefix(me)}rows`),
    'a copy of a manifest in a share': () =>
      copy(share(), `${Library}/${friendSharePrefix(me)}s/manifest.json`),
    'a copy under another content type': () =>
      copy(share(), `${Library}/${thumb()}`, { MetadataDirective: 'REPLACE', ContentType: 'text/html' }),
    'a copy as manifest': () =>
      copy(`${friendSharePrefix(me)}s/manifest.json`, `${Library}/${indexPrefix(me)}rows`),
    'a share in parts': () =>
      library.send(new CreateMultipartUploadCommand({ Bucket: Library, Key: share() })),
    'a share in parts that names a rendition': () => {
      const start = new CreateMultipartUploadCommand({ Bucket: Library, Key: share() });
      start.middlewareStack.add(
        (next) => (sent) => {
          const { headers } = sent.request as { headers: Record<string, string> };
          headers['x-amz-copy-source'] = `${Library}/${thumb()}`;
          return next(sent);
        },
        { step: 'build' },
      );
      return library.send(start);
    },
    'a copy in an archive class': () =>
      copy(share(), `${Library}/${thumb()}`, { StorageClass: 'DEEP_ARCHIVE' }),
    'a manifest in an archive class': () =>
      putLibrary(`${friendSharePrefix(me)}s/manifest.json`, { StorageClass: 'GLACIER' }),
    'an index in an archive class': () => putLibrary(`${indexPrefix(me)}rows`, { StorageClass: 'GLACIER' }),
    'a place of their own making': () => putLibrary(`elsewhere/${me}/x`),
    'an original with a key of theirs in a share': () =>
      putLibrary(`${friendSharePrefix(me)}s/manifest.json`, {
        SSECustomerAlgorithm: 'AES256',
        SSECustomerKey: Buffer.alloc(32, 'k').toString('base64'),
      }),
  });
});

describe('the processor is refused', () => {
  const its = () => world.processor.s3;
  refuses({
    'writing an original': () => its().originals.send(originalOf(Originals, world.ada, Buffer.from('new'))),
    'overwriting an original': () =>
      its().originals.send(originalOf(Originals, world.ada, world.bytes, { IfNoneMatch: undefined })),
    'deleting an original': () =>
      its().originals.send(new DeleteObjectCommand({ Bucket: Originals, Key: mine })),
    'writing into a share': () =>
      its().library.send(
        new PutObjectCommand({ Bucket: Library, Key: `${friendSharePrefix(me)}s/manifest.json`, Body: '{}' }),
      ),
    'deleting an index': () =>
      its().library.send(new DeleteObjectCommand({ Bucket: Library, Key: `${indexPrefix(me)}rows` })),
    'reading what it wrote': () =>
      its().library.send(
        new GetObjectCommand({ Bucket: Library, Key: renditionKey(me, world.photoId, 'thumb') }),
      ),
    'old versions': () =>
      its().originals.send(new ListObjectVersionsCommand({ Bucket: Originals, Prefix: originalPrefix(me) })),
  });
});
