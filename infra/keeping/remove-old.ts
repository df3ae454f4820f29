// The last step of a move: what there is of somebody, and taking it away once it is elsewhere.
import { DeleteObjectCommand, DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { IdentityId } from '../../src/schema/ids.ts';
import {
  decodeEventKey,
  friendSharePrefix,
  indexPrefix,
  LINK_CLASSES,
  linkSharePrefix,
  originalKey,
  renditionPrefix,
} from '../../src/schema/keys.ts';
import { TTL_ATTRIBUTE } from '../../src/schema/photo.ts';
import { parseSocialRow, SOCIAL_TOMBSTONE_DAYS } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { inLanes } from '../reprocess-run.ts';
import { placeIn, type Library } from './library.ts';
import type { Move } from './move-run.ts';
import { originalsOf } from './originals.ts';
import { rowsIn } from './rows.ts';

/** Takes away what was moved: rows that others see say that they are gone, copies in shares go, and then the originals. */
export async function removeOld({
  from,
  lanes,
  signal,
  tally,
  changed,
}: Omit<Move, 'to' | 'told'>): Promise<void> {
  const { s3, dynamodb, config, owner } = from;
  const run = { lanes, signal };
  await inLanes(rowsIn(from, config.socialTable), run, async ({ id, deletedAt }) => {
    if (deletedAt !== undefined) return;
    const now = Date.now();
    await dynamodb.send(
      new UpdateCommand({
        TableName: config.socialTable,
        Key: { owner, id },
        UpdateExpression: 'SET #gone = :now, #goneAt = :now, #changed = :now, #ends = :ends',
        ExpressionAttributeNames: {
          '#gone': 'deletedAt',
          '#goneAt': 'deletedAtEditedAt',
          '#changed': 'changedAt',
          '#ends': TTL_ATTRIBUTE,
        },
        ExpressionAttributeValues: {
          ':now': instantOf(now),
          ':ends': Math.ceil(now / 1000) + SOCIAL_TOMBSTONE_DAYS * 86_400,
        },
      }),
    );
  });
  for (const prefix of prefixesOf(owner)) await emptyPrefix(from, prefix, signal);
  // The processor hears of each, and leaves a tombstone.
  await inLanes(originalsOf(placeIn(from)), run, async ({ photoId }) => {
    await s3.send(
      new DeleteObjectCommand({ Bucket: config.originalsBucket, Key: originalKey(owner, photoId) }),
    );
    tally.stored += 1;
    changed();
  });
}

const prefixesOf = (owner: IdentityId): string[] => [
  friendSharePrefix(owner),
  ...LINK_CLASSES.map((name) => linkSharePrefix(owner, name)),
  indexPrefix(owner),
  renditionPrefix(owner),
];

async function emptyPrefix(
  { s3: client, config }: Library,
  Prefix: string,
  signal: AbortSignal,
): Promise<void> {
  const Bucket = config.libraryBucket;
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket, Prefix, EncodingType: 'url' },
  )) {
    signal.throwIfAborted();
    const Objects = Contents.map(({ Key = '' }) => ({ Key: decodeEventKey(Key) ?? Key }));
    if (Objects.length === 0) continue;
    const { Errors: [refused] = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    if (refused) throw Object.assign(new Error(refused.Message), { name: refused.Code });
  }
}

export interface Standing {
  photos: number;
  albums: number;
  friends: number;
  shares: number;
  links: number;
  /** Of others, to be seen by this one. */
  said: number;
}

/** What there is of somebody, as far as it is to be said before a move. */
export async function standingOf(library: Library): Promise<Standing> {
  const standing: Standing = { photos: 0, albums: 0, friends: 0, shares: 0, links: 0, said: 0 };
  for await (const _ of originalsOf(placeIn(library))) standing.photos += 1;
  for await (const item of rowsIn(library, library.config.socialTable)) {
    const row = parseSocialRow(item);
    if (!row || row.deletedAt !== undefined) continue;
    if (row.kind === 'album') standing.albums += 1;
    else if (row.kind === 'friend') standing.friends += 1;
    else if (row.kind === 'share') standing[row.audience === 'link' ? 'links' : 'shares'] += 1;
    else if (row.kind === 'like' || row.kind === 'comment') standing.said += 1;
  }
  return standing;
}
