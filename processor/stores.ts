// Everything the processor reads and writes: two S3 buckets and a table, as an interface (so that tests can have them fail)
// and on AWS.
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { IdentityId, PhotoId } from '../src/schema/ids.ts';
import { originalKey, renditionKey, type Rendition } from '../src/schema/keys.ts';
import { instantOf, type Instant } from '../src/schema/time.ts';
import type { RowBefore, RowUpdate } from './row.ts';

export interface PhotoKey {
  owner: IdentityId;
  photoId: PhotoId;
}

/** An original as it is now. */
export interface Original {
  /** Another upload of the same key has another version. */
  version: string;
  bytes: number;
  uploadedAt: Instant;
  /** The user metadata as stored; read it with `parseOriginalMetadata`. */
  metadata: unknown;
  body: AsyncIterable<Uint8Array>;
  /** A part of these very bytes; throws when the original is no longer the same. */
  read(start: number, length: number): Promise<Buffer>;
}

/** Every method throws what the store throws; a missing original or row is undefined. */
export interface Stores {
  /** One in the deep archive can be read by nobody until it is restored. */
  readOriginal(photo: PhotoKey): Promise<Original | 'archived' | undefined>;
  lookAtOriginal(photo: PhotoKey): Promise<Pick<Original, 'version' | 'bytes'> | undefined>;
  putRendition(photo: PhotoKey, rendition: Rendition, webp: Buffer): Promise<void>;
  deleteRendition(photo: PhotoKey, rendition: Rendition): Promise<void>;
  readRow(photo: PhotoKey): Promise<RowBefore | undefined>;
  /** False when the row has already seen a later event, and is left as it is. */
  updateRow(photo: PhotoKey, update: RowUpdate): Promise<boolean>;
}

export interface StoreNames {
  originalsBucket: string;
  libraryBucket: string;
  photosTable: string;
}

export interface Clients {
  s3: S3Client;
  dynamodb: DynamoDBDocumentClient;
}

/** Clients for the addresses and credentials of the environment. */
export function clientsFor(environment: NodeJS.ProcessEnv): Clients {
  return {
    s3: new S3Client({
      forcePathStyle: Boolean(environment['AWS_ENDPOINT_URL_S3']),
      // The original's own hash is checked, and SigV4 covers what is put.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({}), {
      marshallOptions: { removeUndefinedValues: true },
    }),
  };
}

export function awsStores({ s3, dynamodb }: Clients, names: StoreNames): Stores {
  const original = ({ owner, photoId }: PhotoKey) => ({
    Bucket: names.originalsBucket,
    Key: originalKey(owner, photoId),
  });
  const inLibrary = ({ owner, photoId }: PhotoKey, rendition: Rendition) => ({
    Bucket: names.libraryBucket,
    Key: renditionKey(owner, photoId, rendition),
  });
  const row = ({ owner, photoId }: PhotoKey) => ({ TableName: names.photosTable, Key: { owner, photoId } });

  return {
    async readOriginal(photo) {
      const found = await unlessMissing(s3.send(new GetObjectCommand(original(photo)))).catch(
        (error: unknown) => {
          if (error instanceof S3ServiceException && error.name === 'InvalidObjectState')
            return 'archived' as const;
          throw error;
        },
      );
      if (!found || found === 'archived') return found;
      const { Body, ContentLength, LastModified, ETag } = found;
      if (!Body || ContentLength === undefined || !LastModified || !ETag)
        throw new Error('S3 sent an incomplete answer');
      return {
        version: versionOf(found),
        bytes: ContentLength,
        uploadedAt: instantOf(LastModified.getTime()),
        metadata: found.Metadata,
        body: Body as AsyncIterable<Uint8Array>,
        async read(start, length) {
          const Range = `bytes=${start}-${start + length - 1}`;
          // The ETag pins the bytes: to ask for a version takes a right that the processor has no other need of.
          const part = await s3.send(new GetObjectCommand({ ...original(photo), Range, IfMatch: ETag }));
          if (part.$metadata.httpStatusCode !== 206 || !part.Body) throw new Error('S3 sent no range');
          return Buffer.from(await part.Body.transformToByteArray());
        },
      };
    },
    async lookAtOriginal(photo) {
      const found = await unlessMissing(s3.send(new HeadObjectCommand(original(photo))));
      if (!found) return undefined;
      if (found.ContentLength === undefined) throw new Error('S3 sent an incomplete answer');
      return { version: versionOf(found), bytes: found.ContentLength };
    },
    async putRendition(photo, rendition, webp) {
      await s3.send(
        new PutObjectCommand({
          ...inLibrary(photo, rendition),
          Body: webp,
          ContentType: 'image/webp',
          // Same key, same bytes, same picture; private, because no shared cache may keep a person's photo.
          CacheControl: 'private, max-age=31536000, immutable',
        }),
      );
    },
    async deleteRendition(photo, rendition) {
      await s3.send(new DeleteObjectCommand(inLibrary(photo, rendition)));
    },
    async readRow(photo) {
      return (await dynamodb.send(new GetCommand({ ...row(photo), ConsistentRead: true }))).Item;
    },
    async updateRow(photo, update) {
      try {
        await dynamodb.send(new UpdateCommand({ ...row(photo), ...expressionOf(update) }));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

const versionOf = (found: { VersionId?: string; ETag?: string }): string =>
  found.VersionId ?? found.ETag ?? '';

/** Only a missing key is an answer; a missing S3 bucket or a refusal is an error. */
async function unlessMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound')) {
      return undefined;
    }
    throw error;
  }
}

/** The update as UpdateItem takes it: every name by an alias, because DynamoDB reserves words such as `name`. */
export function expressionOf({ set, remove, sequencer }: RowUpdate) {
  const values = Object.entries({ ...set, sequencer }).filter(([, value]) => value !== undefined);
  const sets = values.map(([name]) => `#${name} = :${name}`);
  const removes = remove.map((name) => `#${name}`);
  const names = [...values.map(([name]) => name), ...remove];
  return {
    UpdateExpression: `SET ${sets.join(', ')} REMOVE ${removes.join(', ')}`,
    ConditionExpression: 'attribute_not_exists(#sequencer) OR #sequencer <= :sequencer',
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(values.map(([name, value]) => [`:${name}`, value])),
  };
}
