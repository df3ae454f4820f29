// What AWS has to refuse a member, each tried with real credentials: nobody reads, writes or destroys what is not theirs to.
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { PhotoId } from '../../src/schema/ids.ts';
import {
  friendSharePrefix,
  originalKey,
  originalPrefix,
  renditionKey,
  snapshotKey,
} from '../../src/schema/keys.ts';
import { INBOX_INDEX } from '../../src/schema/photo.ts';
import { refused, type Examination } from './findings.ts';
import { originalOf } from './photos.ts';
import { makePicture } from './picture.ts';
import type { Target } from './target.ts';
import type { Visitor } from './visitor.ts';

export interface Scene {
  /** Has a photo that is ready. */
  owner: Visitor;
  photoId: PhotoId;
  stranger: Visitor;
}

type Attempt = readonly [what: string, attempt: () => Promise<unknown>];

export async function examineRefusals(examination: Examination, target: Target, scene: Scene): Promise<void> {
  for (const [title, attempts] of [
    ['Of another member', inS3(target, scene)],
    ['Of their own', ofOwn(target, scene)],
    ['In the tables', inTables(target, scene)],
  ] as const) {
    examination.chapter(`${title}, refused:`);
    for (const [what, attempt] of attempts) await examination.look(what, () => refused(attempt()));
  }
}

function inS3(target: Target, { owner, photoId, stranger }: Scene): Attempt[] {
  const { originalsBucket, libraryBucket } = target.config;
  const { originals, library, identityId: me } = stranger;
  const { identityId: them } = owner;
  const read = (Bucket: string, Key: string) => async () => {
    const { Body } = await (Bucket === originalsBucket ? originals : library).send(
      new GetObjectCommand({ Bucket, Key }),
    );
    await Body?.transformToByteArray();
  };
  const list = (Bucket: string, Prefix?: string) => () =>
    (Bucket === originalsBucket ? originals : library).send(new ListObjectsV2Command({ Bucket, Prefix }));
  const theirs = originalKey(them, photoId);
  const thumb = renditionKey(them, photoId, 'thumb');
  return [
    ['to read an original', read(originalsBucket, theirs)],
    ['to read a picture', read(libraryBucket, thumb)],
    ['to read the snapshot', read(libraryBucket, snapshotKey(them, 'first'))],
    ['to list originals', list(originalsBucket, originalPrefix(them))],
    ['to list all originals', list(originalsBucket)],
    ['to list with the beginning of an id', list(originalsBucket, them.slice(0, -1))],
    ['to list what anybody shares', list(libraryBucket, 'shares/friends/')],
    [
      'to delete an original',
      () => originals.send(new DeleteObjectCommand({ Bucket: originalsBucket, Key: theirs })),
    ],
    [
      'to put an original',
      () => {
        const picture = makePicture();
        const Key = originalKey(them, picture.photoId);
        return originals.send(new PutObjectCommand({ ...originalOf(target, stranger, picture), Key }));
      },
    ],
    [
      'to put into a share',
      () =>
        library.send(
          new PutObjectCommand({
            Bucket: libraryBucket,
            Key: `${friendSharePrefix(them)}doctor/manifest.json`,
            Body: '{}',
          }),
        ),
    ],
    [
      'to copy a picture into a share of one’s own',
      () =>
        library.send(
          new CopyObjectCommand({
            Bucket: libraryBucket,
            Key: `${friendSharePrefix(me)}doctor/x/thumb.webp`,
            CopySource: `${libraryBucket}/${thumb}`,
          }),
        ),
    ],
  ];
}

function ofOwn(target: Target, { owner, photoId }: Scene): Attempt[] {
  const { originalsBucket, libraryBucket } = target.config;
  const { originals, library, identityId: me } = owner;
  const share = `${friendSharePrefix(me)}doctor/`;
  const put =
    (Key: string, more: object = {}) =>
    () =>
      library.send(new PutObjectCommand({ Bucket: libraryBucket, Key, Body: 'x', ...more }));
  const copy =
    (CopySource: string, more: object = {}) =>
    () =>
      library.send(
        new CopyObjectCommand({ Bucket: libraryBucket, Key: `${share}x/thumb.webp`, CopySource, ...more }),
      );
  const another = makePicture();
  return [
    [
      'to put an original that could lie over another',
      () =>
        originals.send(
          new PutObjectCommand({ ...originalOf(target, owner, another), IfNoneMatch: undefined }),
        ),
    ],
    [
      'to put an original where nobody can read it at once',
      () =>
        originals.send(
          new PutObjectCommand({ ...originalOf(target, owner, another), StorageClass: 'DEEP_ARCHIVE' }),
        ),
    ],
    [
      'to encrypt an original with a key of one’s own',
      () =>
        originals.send(
          new PutObjectCommand({
            ...originalOf(target, owner, another),
            SSECustomerAlgorithm: 'AES256',
            SSECustomerKey: Buffer.alloc(32, 1).toString('base64'),
            SSECustomerKeyMD5: 'cNDkZ2T2Y1Pt8eyhz7RjYw==',
          }),
        ),
    ],
    [
      'to delete a version of an original',
      () =>
        originals.send(
          new DeleteObjectCommand({
            Bucket: originalsBucket,
            Key: originalKey(me, photoId),
            VersionId: 'null',
          }),
        ),
    ],
    [
      'to list versions of originals',
      () =>
        originals.send(
          new ListObjectVersionsCommand({ Bucket: originalsBucket, Prefix: originalPrefix(me) }),
        ),
    ],
    ['to write a picture', put(renditionKey(me, photoId, 'thumb'))],
    ['to put anything but a manifest into a share', put(`${share}page.html`, { ContentType: 'text/html' })],
    ['to share an original with friends', copy(`${originalsBucket}/${originalKey(me, photoId)}`)],
    [
      'to share a picture as if it were a page',
      copy(`${libraryBucket}/${renditionKey(me, photoId, 'thumb')}`, {
        MetadataDirective: 'REPLACE',
        ContentType: 'text/html',
      }),
    ],
  ];
}

function inTables({ config }: Target, { owner, photoId, stranger }: Scene): Attempt[] {
  const { photosTable, socialTable } = config;
  const { dynamodb, identityId: me } = stranger;
  const { identityId: them } = owner;
  const theirs = { owner: them, photoId };
  const update =
    (Key: object, attribute: string, more: object = {}) =>
    () =>
      dynamodb.send(
        new UpdateCommand({
          TableName: photosTable,
          Key: Key as Record<string, unknown>,
          UpdateExpression: 'SET #one = :one',
          ExpressionAttributeNames: { '#one': attribute },
          ExpressionAttributeValues: { ':one': true },
          ...more,
        }),
      );
  return [
    ['to read another’s row', () => dynamodb.send(new GetCommand({ TableName: photosTable, Key: theirs }))],
    [
      'to read another’s row among own ones',
      () =>
        dynamodb.send(
          new BatchGetCommand({
            RequestItems: { [photosTable]: { Keys: [{ owner: me, photoId }, theirs] } },
          }),
        ),
    ],
    [
      'to read everybody’s photo rows',
      () => dynamodb.send(new ScanCommand({ TableName: photosTable, Limit: 1 })),
    ],
    [
      'to read everybody’s social rows',
      () => dynamodb.send(new ScanCommand({ TableName: socialTable, Limit: 1 })),
    ],
    [
      'to read what is addressed to somebody else',
      () =>
        dynamodb.send(
          new QueryCommand({
            TableName: socialTable,
            IndexName: INBOX_INDEX,
            KeyConditionExpression: '#to = :them',
            ExpressionAttributeNames: { '#to': 'recipient' },
            ExpressionAttributeValues: { ':them': them },
          }),
        ),
    ],
    ['to edit another’s photo', update(theirs, 'favorite')],
    ['to change what was measured of an own photo', update({ owner: me, photoId }, 'bytes')],
    [
      'to have a whole row back from an edit',
      update({ owner: me, photoId }, 'favorite', { ReturnValues: 'ALL_OLD' }),
    ],
    [
      'to put a photo row',
      () => dynamodb.send(new PutCommand({ TableName: photosTable, Item: { owner: me, photoId } })),
    ],
    [
      'to delete a photo row',
      () => dynamodb.send(new DeleteCommand({ TableName: photosTable, Key: { owner: me, photoId } })),
    ],
    [
      'to write a social row in another’s name',
      () => dynamodb.send(new PutCommand({ TableName: socialTable, Item: { owner: them, id: 'profile' } })),
    ],
  ];
}
