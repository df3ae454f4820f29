// Everything the notifier reads and writes on AWS, as an interface and as what it is there.
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Readable } from 'node:stream';
import type { IdentityId, RandomId } from '../../src/schema/ids.ts';
import { MOST_MANIFEST_BYTES } from '../../src/schema/manifest.ts';
import { TTL_ATTRIBUTE } from '../../src/schema/photo.ts';
import { MANIFEST_NAME, sharePrefix } from '../../src/schema/share-keys.ts';
import { NOTIFIER, SOCIAL_TOMBSTONE_DAYS, type Mail, type Push } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';

export interface ShareKey {
  owner: IdentityId;
  share: RandomId;
}

/** Every method throws what the store throws; what is not there is undefined. */
export interface Stores {
  /** The parsed JSON; undefined where it is gone, too large, or no JSON. */
  manifest(share: ShareKey): Promise<unknown>;
  row(owner: IdentityId, id: string): Promise<unknown>;
  /** At most `most` rows of an owner whose sort key begins so. */
  rowsBelow(owner: IdentityId, prefix: string, most: number): Promise<unknown[]>;
  /** Marks the row of a device that is gone, unless it was changed since it was read. */
  forget(push: Push, now: number): Promise<void>;
  /** Notes when an address was asked, unless the row was changed since it was read. */
  noteAsked(mail: Mail, now: number): Promise<void>;
  wasTold(news: string): Promise<boolean>;
  noteTold(news: string, now: number): Promise<void>;
}

export interface StoreNames {
  libraryBucket: string;
  socialTable: string;
}

export interface Clients {
  s3: S3Client;
  dynamodb: DynamoDBDocumentClient;
}

const DAY_SECONDS = 86_400;
/** Longer than Lambda goes on trying. */
const TOLD_DAYS = 7;

const ttl = (now: number, days: number): number => Math.floor(now / 1000) + days * DAY_SECONDS;

/** Clients for the addresses and credentials of the environment. */
export const clientsFor = (environment: NodeJS.ProcessEnv): Clients => ({
  s3: new S3Client({ forcePathStyle: environment['AWS_ENDPOINT_URL_S3'] !== undefined }),
  dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient()),
});

export function awsStores({ s3, dynamodb }: Clients, { libraryBucket, socialTable }: StoreNames): Stores {
  /** False where the row is another by now. */
  const update = async (
    row: Mail | Push,
    expression: string,
    values: Record<string, unknown>,
  ): Promise<void> => {
    try {
      await dynamodb.send(
        new UpdateCommand({
          TableName: socialTable,
          Key: { owner: row.owner, id: row.id },
          UpdateExpression: `SET ${expression}, changedAt = :now`,
          ConditionExpression: 'changedAt = :read',
          ExpressionAttributeValues: { ...values, ':read': row.changedAt },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
  const row = async (owner: string, id: string): Promise<unknown> =>
    (await dynamodb.send(new GetCommand({ TableName: socialTable, Key: { owner, id } }))).Item;

  return {
    async manifest({ owner, share }) {
      const { Body, ContentLength = Infinity } = await s3.send(
        new GetObjectCommand({
          Bucket: libraryBucket,
          Key: `${sharePrefix(owner, 'friends', share)}${MANIFEST_NAME}`,
        }),
      );
      if (ContentLength > MOST_MANIFEST_BYTES) {
        // Nobody reads on: the connection is given back.
        (Body as Readable | undefined)?.destroy();
        return undefined;
      }
      const text = await Body?.transformToString();
      try {
        return text === undefined ? undefined : (JSON.parse(text) as unknown);
      } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        throw error;
      }
    },
    row,
    async rowsBelow(owner, prefix, most) {
      const { Items = [] } = await dynamodb.send(
        new QueryCommand({
          TableName: socialTable,
          KeyConditionExpression: '#owner = :owner AND begins_with(id, :prefix)',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': owner, ':prefix': prefix },
          Limit: most,
        }),
      );
      return Items;
    },
    forget: (push, now) =>
      update(push, `deletedAt = :now, deletedAtEditedAt = :now, ${TTL_ATTRIBUTE} = :ttl`, {
        ':now': instantOf(now),
        ':ttl': ttl(now, SOCIAL_TOMBSTONE_DAYS),
      }),
    noteAsked: (mail, now) => update(mail, 'askedAt = :now', { ':now': instantOf(now) }),
    wasTold: async (news) => (await row(NOTIFIER, news)) !== undefined,
    async noteTold(news, now) {
      const Item = { owner: NOTIFIER, id: news, [TTL_ATTRIBUTE]: ttl(now, TOLD_DAYS) };
      await dynamodb.send(new PutCommand({ TableName: socialTable, Item }));
    },
  };
}
