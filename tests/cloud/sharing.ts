// What people who share with each other do, as their pages do it: friends, shares and manifests, through the real SDK.
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import type { IdentityId, RandomId } from '../../src/schema/ids.ts';
import { MANIFEST_NAME, sharePrefix } from '../../src/schema/share-keys.ts';
import { friendId, pushId, randomId, sharedWithId } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import type { Member } from './people.ts';

type Cloud = Pick<LocalCloud, 'config' | 'pushes'>;

const now = (): string => instantOf(Date.now());

/** Puts a row into one's own partition. */
export const putRow = (
  { config }: Cloud,
  who: Member,
  id: string,
  attributes: Record<string, unknown> = {},
): Promise<unknown> =>
  who.dynamodb.send(
    new PutCommand({
      TableName: config.socialTable,
      Item: { owner: who.identityId, id, changedAt: now(), ...attributes },
    }),
  );

/** Rows of one's own, as they are stored. */
export async function ownItems(
  { config }: Cloud,
  { identityId, dynamodb }: Member,
  begin: string,
): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: config.socialTable,
      KeyConditionExpression: '#owner = :owner AND begins_with(id, :begin)',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': identityId, ':begin': begin },
      ConsistentRead: true,
    }),
  );
  return Items;
}

/** "You may read what I share with you": one side of a friendship. */
export const befriend = (cloud: Cloud, who: Member, friend: IdentityId, name?: string): Promise<unknown> =>
  putRow(cloud, who, friendId(friend), { recipient: friend, ...(name && { name }) });

export async function makeFriends(cloud: Cloud, one: Member, other: Member): Promise<void> {
  await befriend(cloud, one, other.identityId, 'One');
  await befriend(cloud, other, one.identityId, 'Other');
}

/** A device that wants to be told; gives where its notifications arrive. */
export async function subscribe(
  cloud: Cloud,
  who: Member,
  more: Record<string, unknown> = {},
): Promise<{ endpoint: string; row: string }> {
  const { endpoint, keys } = cloud.pushes.subscribe();
  const row = pushId(randomId());
  await putRow(cloud, who, row, { endpoint, ...keys, ...more });
  return { endpoint, row };
}

export interface Shared {
  share?: RandomId;
  title?: string;
  count?: number;
  news?: RandomId | null;
  at?: string;
  more?: Record<string, unknown>;
}

/** Shares with readers: a row for each of them, then the manifest. */
export async function shareWith(
  cloud: Cloud,
  who: Member,
  readers: readonly IdentityId[],
  { share = randomId(), title = 'Lisbon', count = 34, news = randomId(), at = now(), more = {} }: Shared = {},
): Promise<RandomId> {
  for (const reader of readers) {
    const row = { recipient: reader, source: 'photos', title, count };
    await putRow(cloud, who, sharedWithId(share, reader), row);
  }
  await putManifest(cloud, who, share, {
    version: 1,
    share,
    owner: who.identityId,
    source: 'photos',
    title,
    changedAt: at,
    photos: [],
    ...(news && { news: { id: news, count, at } }),
    ...more,
  });
  return share;
}

export const putManifest = (
  { config }: Cloud,
  who: Member,
  share: RandomId,
  manifest: unknown,
  owner = who.identityId,
): Promise<unknown> =>
  who.s3.library.send(
    new PutObjectCommand({
      Bucket: config.libraryBucket,
      Key: `${sharePrefix(owner, 'friends', share)}${MANIFEST_NAME}`,
      Body: typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
      ContentType: 'application/json',
    }),
  );
