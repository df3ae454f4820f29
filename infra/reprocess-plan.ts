// What there is to rebuild: originals and rows side by side, owner by owner, and for each photo that is not as it should be
// the event that will have the processor look at it.
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { paginateQuery, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { isIdentityId, isPhotoId, type IdentityId, type PhotoId } from '../src/schema/ids.ts';
import { decodeEventKey, originalKey, originalPrefix, parseOriginalKey } from '../src/schema/keys.ts';
import { fields } from '../src/schema/parse.ts';
import { isRight, rowStateOf, sequencerOf, type RowState } from '../src/schema/row-state.ts';
import type { Target } from './reprocess-target.ts';
import { notificationOf } from './s3-event.ts';

export interface Step {
  photoId: PhotoId;
  hasOriginal: boolean;
  /** The event's; see `sequencerOf`. */
  sequencer: string;
}

/** What is to be done for one photo; undefined where nothing is. `force`: whatever has an original. */
export function stepFor(
  photoId: PhotoId,
  hasOriginal: boolean,
  row: RowState | undefined,
  force = false,
): Step | undefined {
  if (!(force && hasOriginal) && isRight(hasOriginal ? {} : undefined, row)) return undefined;
  return { photoId, hasOriginal, sequencer: sequencerOf(row) };
}

/** The event that S3 would send, or should have sent. */
export const eventFor = (
  { photoId, hasOriginal, sequencer }: Step,
  owner: IdentityId,
  { originalsBucket: bucket, region }: Target['names'],
  now: number,
) =>
  notificationOf(
    {
      eventName: hasOriginal ? 'ObjectCreated:Put' : 'ObjectRemoved:DeleteMarkerCreated',
      eventTime: new Date(now).toISOString(),
      bucket,
      key: originalKey(owner, photoId),
      sequencer,
    },
    region,
    'reprocess',
  );

/** Where the photos of all are. */
type Photos = Pick<Target, 's3' | 'dynamodb'> & {
  names: Pick<Target['names'], 'originalsBucket' | 'photosTable'>;
};

/** Everybody with originals or rows, in a stable order. */
export async function findOwners(target: Photos): Promise<IdentityId[]> {
  const owners = new Set<IdentityId>();
  for await (const owner of ownersOfOriginals(target)) owners.add(owner);
  for await (const owner of ownersOfRows(target)) owners.add(owner);
  return [...owners].sort();
}

async function* ownersOfOriginals({ s3: client, names }: Photos): AsyncGenerator<IdentityId> {
  const pages = paginateListObjectsV2(
    { client },
    { Bucket: names.originalsBucket, Delimiter: '/', EncodingType: 'url' },
  );
  for await (const { CommonPrefixes = [] } of pages) {
    for (const { Prefix = '' } of CommonPrefixes) {
      const owner = decodeEventKey(Prefix)?.slice(0, -1);
      if (isIdentityId(owner)) yield owner;
    }
  }
}

/** Sorts behind every photo id. */
const BEHIND_PHOTOS = '~';

/** Reads one row of each owner and jumps to the next: a table has no list of its partitions. */
async function* ownersOfRows({ dynamodb, names }: Photos): AsyncGenerator<IdentityId> {
  let start: { owner: unknown; photoId: unknown } | undefined;
  let last: unknown;
  for (;;) {
    const { Items = [], LastEvaluatedKey } = await dynamodb.send(
      new ScanCommand({
        TableName: names.photosTable,
        Limit: 1,
        ProjectionExpression: '#owner, photoId',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExclusiveStartKey: start,
      }),
    );
    const found = Items[0] ?? LastEvaluatedKey;
    if (!found) return;
    const { owner, photoId } = found as { owner: unknown; photoId: unknown };
    if (isIdentityId(owner) && owner !== last) yield owner;
    // An owner's own UpdateItem may have made up rows that sort behind: then one by one.
    start = { owner, photoId: owner === last ? photoId : BEHIND_PHOTOS };
    last = owner;
  }
}

/**
 * What is to be done for one owner, how many photos need nothing, and how many cannot be read: they lie in the deep archive. Cut short, it is not for use.
 */
export async function planFor(
  owner: IdentityId,
  target: Target,
  force: boolean,
  signal: AbortSignal,
): Promise<{ steps: Step[]; upToDate: number; archived: number }> {
  const rows = await readRows(owner, target);
  const steps: Step[] = [];
  let upToDate = 0;
  let archived = 0;
  const add = (step: Step | undefined) => {
    if (step) steps.push(step);
    else upToDate += 1;
  };
  for await (const { photoId, isArchived } of originalsOf(owner, target)) {
    const step = stepFor(photoId, true, rows.get(photoId), force);
    if (step && isArchived) archived += 1;
    else add(step);
    rows.delete(photoId);
    if (signal.aborted) break;
  }
  // What is left has no original; a tombstone is as it should be, and counts for nothing.
  for (const [photoId, row] of rows) if (!row.deleted) add(stepFor(photoId, false, row));
  return { steps, upToDate, archived };
}

async function readRows(owner: IdentityId, { dynamodb, names }: Target): Promise<Map<PhotoId, RowState>> {
  const rows = new Map<PhotoId, RowState>();
  const pages = paginateQuery(
    { client: dynamodb },
    {
      TableName: names.photosTable,
      KeyConditionExpression: '#owner = :owner',
      ProjectionExpression: 'photoId, pipeline, sequencer, deletedAt, #failure',
      ExpressionAttributeNames: { '#owner': 'owner', '#failure': 'failure' },
      ExpressionAttributeValues: { ':owner': owner },
      // An older sequencer than the row's would be refused.
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const photoId = fields(item)?.['photoId'];
      const row = rowStateOf(item);
      if (isPhotoId(photoId) && row) rows.set(photoId, row);
    }
  }
  return rows;
}

async function* originalsOf(
  owner: IdentityId,
  { s3: client, names }: Target,
): AsyncGenerator<{ photoId: PhotoId; isArchived: boolean }> {
  const pages = paginateListObjectsV2(
    { client },
    // Keys are the owner's to choose; encoded, none of them breaks the answer.
    {
      Bucket: names.originalsBucket,
      Prefix: originalPrefix(owner),
      EncodingType: 'url',
      OptionalObjectAttributes: ['RestoreStatus'],
    },
  );
  for await (const { Contents = [] } of pages) {
    for (const { Key = '', StorageClass, RestoreStatus } of Contents) {
      const photo = parseOriginalKey(decodeEventKey(Key) ?? '');
      const isArchived = StorageClass === 'DEEP_ARCHIVE' && RestoreStatus?.RestoreExpiryDate === undefined;
      if (photo) yield { photoId: photo.photoId, isArchived };
    }
  }
}
