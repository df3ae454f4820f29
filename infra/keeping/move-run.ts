// How `npm run members -- move` takes a library to another identity. S3 copies the originals itself, once, and says their hash, which
// has to be their photo id; the processor draws and measures them there, as it does with every original; then what the owner wrote goes
// along. Nothing old is touched until all that has been found to be there, by another run and on another word.
import { DeleteObjectCommand, DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isPhotoId, type IdentityId, type PhotoId } from '../../src/schema/ids.ts';
import {
  decodeEventKey,
  friendSharePrefix,
  indexPrefix,
  LINK_CLASSES,
  linkSharePrefix,
  originalKey,
  renditionPrefix,
} from '../../src/schema/keys.ts';
import {
  EDIT_TIMES,
  EDITABLE_ATTRIBUTES,
  editTimeOf,
  TTL_ATTRIBUTE,
  type EditableAttribute,
} from '../../src/schema/photo.ts';
import { parseSocialRow, SOCIAL_TOMBSTONE_DAYS, type SocialKind } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { inLanes } from '../reprocess-run.ts';
import { adopt, awaitRows, type AdoptTally } from './adopt-run.ts';
import { inBucket } from './bucket.ts';
import { photosIn, placeIn, type Library } from './library.ts';
import { copyOriginal } from './copies.ts';
import { originalsOf } from './originals.ts';
import { rowsIn } from './rows.ts';

export interface Move {
  from: Library;
  to: Library;
  lanes: number;
  signal: AbortSignal;
  tally: AdoptTally;
  changed: () => void;
  told: (what: string, why: string) => void;
  /** S3 copies no more than this at once. */
  largestCopy?: number;
}

type Item = Record<string, unknown>;

/** What is somebody's own. Shares, friends, and what was said in shares of others hang on the identity; devices sign in anew. */
const OWN: ReadonlySet<SocialKind> = new Set(['profile', 'album', 'entry', 'path', 'mute'] as const);
const LARGEST_COPY = 5 * 2 ** 30;

/** Copies whatever is not there yet, of originals, of what the owner wrote, and of albums. */
export async function copyLibrary(move: Move): Promise<void> {
  const awaited = await copyOriginals(move);
  if (move.signal.aborted) return;
  await awaitRows(awaited, { ...move, library: move.to });
  if (move.signal.aborted) return;
  await inLanes(liveRows(move.from), move, async (item) => void (await bringEdits(item, move.to)));
  await inLanes(ownRows(move.from), move, async (item) => void (await putRow(item, move.to)));
}

async function copyOriginals(move: Move): Promise<Map<PhotoId, string>> {
  const { from, to, tally, changed, told, largestCopy = LARGEST_COPY } = move;
  const known = await photosIn(to);
  const awaited = new Map<PhotoId, string>();
  await inLanes(originalsOf(placeIn(from)), move, async ({ photoId, bytes }) => {
    const key = originalKey(from.owner, photoId);
    try {
      if (known.has(photoId)) tally.there += 1;
      else if (bytes > largestCopy) await stream(key, move);
      else if (await copyOriginal(key, photoId, to)) {
        tally.stored += 1;
        tally.bytes += bytes;
      } else tally.there += 1;
      if (!known.get(photoId)) awaited.set(photoId, key);
    } catch (error) {
      const { name, message } = error as Error;
      const archived = /^(?:InvalidObjectState|ObjectNotInActiveTierError)$/.test(name);
      if (!archived && !/^(?:NoSuchKey|BadCopy)$/.test(name)) throw error;
      tally.failed += 1;
      told(key, archived ? 'It is archived: restore it first, then run this again.' : message);
    }
    changed();
  });
  return awaited;
}

/** What is too large to be copied at once comes by way of this computer. */
async function stream(key: string, { from, to, signal, tally, changed, told }: Move): Promise<void> {
  const findings = inBucket(from.s3, { bucket: from.config.originalsBucket, prefix: key });
  await adopt(findings, { library: to, known: new Map(), lanes: 1, signal, tally, changed, told });
}

/** Rows of photos that are there. */
export async function* liveRows(library: Library): AsyncGenerator<Item> {
  for await (const item of rowsIn(library, library.config.photosTable))
    if (isPhotoId(item['photoId']) && item['status'] !== undefined && item['deletedAt'] === undefined)
      yield item;
}

export async function* ownRows(library: Library): AsyncGenerator<Item> {
  for await (const item of rowsIn(library, library.config.socialTable)) {
    const row = parseSocialRow(item);
    if (row && row.deletedAt === undefined && OWN.has(row.kind)) yield item;
  }
}

const rowAt = async ({ dynamodb, config, owner }: Library, photoId: unknown): Promise<Item | undefined> =>
  (
    await dynamodb.send(
      new GetCommand({ TableName: config.photosTable, Key: { owner, photoId }, ConsistentRead: true }),
    )
  ).Item;

/** When a photo comes back after it was deleted, the processor dates what its owner wrote of it by then, though there is nothing. */
const isAnew = (now: Item, name: EditableAttribute): boolean => {
  const at = now[editTimeOf(name)];
  return at !== undefined && at === now['uploadedAt'];
};

/** What the owner wrote in the old library and nobody has written in the new one. */
function missingEdits(old: Item, now: Item): Item {
  const edits: Item = {};
  for (const name of EDITABLE_ATTRIBUTES) {
    const at = editTimeOf(name);
    if (old[name] === undefined || now[name] !== undefined) continue;
    if (now[at] !== undefined && !isAnew(now, name)) continue;
    edits[name] = old[name];
    // In the trash it lies anew: the copy is younger than that edit, and would be taken out again.
    const dated = name === 'trashedAt' || now[at] !== undefined || old[at] === undefined;
    edits[at] = dated ? instantOf(Date.now()) : old[at];
  }
  return edits;
}

const times: ReadonlySet<string> = new Set(EDIT_TIMES);
const isEditTime = (name: string): boolean => times.has(name);

const MOST_TURNS = 5;

/** What the owner wrote, where nobody has written anything else; whether there was anything to bring. */
export async function bringEdits(old: Item, to: Library): Promise<boolean> {
  for (let turn = 1; ; turn++) {
    const now = await rowAt(to, old['photoId']);
    // Told by whoever waited for it.
    if (!now || now['status'] === undefined) return false;
    const edits = missingEdits(old, now);
    const names = Object.keys(edits);
    if (names.length === 0) return false;
    const values = { ...edits, changedAt: instantOf(Date.now()) };
    try {
      await to.dynamodb.send(
        new UpdateCommand({
          TableName: to.config.photosTable,
          Key: { owner: to.owner, photoId: old['photoId'] },
          UpdateExpression: `SET ${Object.keys(values)
            .map((name) => `#${name} = :${name}`)
            .join(', ')}`,
          // Somebody may be editing it there.
          ConditionExpression: names
            .map((name) =>
              isEditTime(name)
                ? `(attribute_not_exists(#${name}) OR #${name} = #uploadedAt)`
                : `attribute_not_exists(#${name})`,
            )
            .join(' AND '),
          ExpressionAttributeNames: Object.fromEntries(
            [...Object.keys(values), 'uploadedAt'].map((name) => [`#${name}`, name]),
          ),
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(values).map(([name, value]) => [`:${name}`, value]),
          ),
        }),
      );
      return true;
    } catch (error) {
      if ((error as Error).name !== 'ConditionalCheckFailedException' || turn === MOST_TURNS) throw error;
    }
  }
}

/** False where there is one already. */
export async function putRow(item: Item, { dynamodb, config, owner }: Library): Promise<boolean> {
  return dynamodb
    .send(
      new PutCommand({
        TableName: config.socialTable,
        Item: { ...item, owner, changedAt: instantOf(Date.now()) },
        ConditionExpression: 'attribute_not_exists(id)',
      }),
    )
    .then(
      () => true,
      (error: unknown) => {
        if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
        return false;
      },
    );
}

/** What the new library lacks of the old one, a line for each; the word of the processor, which hashes anew, counts for the bytes. */
export async function missingIn({
  from,
  to,
  signal,
}: Pick<Move, 'from' | 'to' | 'signal'>): Promise<string[]> {
  const missing: string[] = [];
  const [words, sizes] = [await photosIn(to), new Map<PhotoId, number>()];
  for await (const { photoId, bytes } of originalsOf(placeIn(to))) sizes.set(photoId, bytes);
  for await (const { photoId, bytes } of originalsOf(placeIn(from))) {
    const word = words.get(photoId);
    if (sizes.get(photoId) !== bytes) missing.push(`${photoId}: the original is not there`);
    else if (!word) missing.push(`${photoId}: the processor has not been there`);
    else if (word.failure === 'hash-mismatch')
      missing.push(`${photoId}: its bytes are not those of its hash`);
  }
  await inLanes(liveRows(from), { lanes: 8, signal }, async (old) => {
    const now = await rowAt(to, old['photoId']);
    const lost = now
      ? Object.keys(missingEdits(old, now)).filter((name) => !name.endsWith('EditedAt'))
      : ['row'];
    if (lost.length > 0) missing.push(`${String(old['photoId'])}: no ${lost.join(', ')}`);
  });
  const there = new Set<unknown>();
  for await (const { id } of rowsIn(to, to.config.socialTable)) there.add(id);
  for await (const { id } of ownRows(from)) if (!there.has(id)) missing.push(`${String(id)}: not there`);
  return missing;
}

/** Takes away what was moved: rows that others see say that they are gone, copies in shares go, and then the originals. */
export async function removeOld({ from, lanes, signal, tally, changed }: Move): Promise<void> {
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
