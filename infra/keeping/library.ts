// What one member's library has already: originals by their keys, and what their rows say of them.
import { PutCommand, BatchGetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Config } from '../../src/schema/config.ts';
import { isPhotoId, type IdentityId, type PhotoId } from '../../src/schema/ids.ts';
import { keepingOf, writtenClassOf } from '../../src/schema/keeping.ts';
import { beyondMetadata } from '../../src/schema/original.ts';
import { fields, oneOf, text } from '../../src/schema/parse.ts';
import { FAILURE_CODES, type FailureCode } from '../../src/schema/photo.ts';
import { pathId } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { originalsOf, type OriginalsPlace } from './originals.ts';

export interface Library {
  config: Config;
  s3: S3Client;
  dynamodb: DynamoDBDocumentClient;
  owner: IdentityId;
}

export const placeIn = ({ s3, config, owner }: Library): OriginalsPlace => ({
  client: s3,
  bucket: config.originalsBucket,
  owner,
  storageClass: writtenClassOf(keepingOf(config)),
});

/** What a row says, as far as whoever brings photos has to know it. */
export interface Word {
  trashed: boolean;
  failure?: FailureCode;
}

/** Undefined where no processor has been. */
function wordOf(item: unknown): Word | undefined {
  const from = fields(item);
  if (!from || from['deletedAt'] !== undefined || from['status'] === undefined) return undefined;
  const failure = oneOf(fields(from['failure'])?.['code'], FAILURE_CODES);
  return { trashed: text(from['trashedAt']) !== undefined, ...(failure && { failure }) };
}

const ASKED = {
  ProjectionExpression: 'photoId, trashedAt, deletedAt, #status, failure',
  ExpressionAttributeNames: { '#status': 'status' },
};

/** The photos whose originals are there; undefined for one whose row is still to come. */
export async function photosIn(library: Library): Promise<Map<PhotoId, Word | undefined>> {
  const photos = new Map<PhotoId, Word | undefined>();
  for await (const { photoId } of originalsOf(placeIn(library))) photos.set(photoId, undefined);
  const { dynamodb: client, config, owner } = library;
  const pages = paginateQuery(
    { client },
    {
      TableName: config.photosTable,
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeValues: { ':owner': owner },
      ...ASKED,
      ExpressionAttributeNames: { ...ASKED.ExpressionAttributeNames, '#owner': 'owner' },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const photoId: unknown = item['photoId'];
      if (isPhotoId(photoId) && photos.has(photoId)) photos.set(photoId, wordOf(item));
    }
  }
  return photos;
}

/** So many DynamoDB takes. */
export const MOST_ASKED = 100;

/** What the rows of at most a hundred photos say; of those that have none yet, nothing. */
export async function wordsOn(
  { dynamodb, config, owner }: Library,
  photoIds: readonly PhotoId[],
): Promise<Map<PhotoId, Word>> {
  const words = new Map<PhotoId, Word>();
  const { Responses = {} } = await dynamodb.send(
    new BatchGetCommand({
      RequestItems: {
        [config.photosTable]: {
          Keys: photoIds.map((photoId) => ({ owner, photoId })),
          ConsistentRead: true,
          ...ASKED,
        },
      },
    }),
  );
  // What DynamoDB leaves for another time is asked again with those that have no row yet.
  for (const item of Responses[config.photosTable] ?? []) {
    const photoId: unknown = item['photoId'];
    const word = wordOf(item);
    if (isPhotoId(photoId) && word) words.set(photoId, word);
  }
  return words;
}

/** A path that is longer than metadata have room for, kept as the page keeps it. */
export async function keepPath(
  { dynamodb, config, owner }: Library,
  photoId: PhotoId,
  path = '',
): Promise<void> {
  const beyond = beyondMetadata(path);
  if (!beyond) return;
  const changedAt = instantOf(Date.now());
  const Item = { owner, id: pathId(photoId), path: beyond.whole, pathEditedAt: changedAt, changedAt };
  await dynamodb
    .send(
      new PutCommand({
        TableName: config.socialTable,
        Item,
        ConditionExpression: 'attribute_not_exists(id)',
      }),
    )
    .catch((error: unknown) => {
      if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
    });
}
