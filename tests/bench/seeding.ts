// Fills a local cloud, while it is stopped, with a made-up library for Ada. Rows go through the table's own engine; a few pictures serve as everybody's thumbnails and views, as hard links.
import { join } from 'node:path';
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { CognitoState } from '../../infra/local/cognito/state.ts';
import { Engine } from '../../infra/local/dynamodb/engine.ts';
import { lock } from '../../infra/local/lock.ts';
import { synthesise } from '../../infra/local/synth.ts';
import { readStack } from '../../infra/local/template.ts';
import { Clock } from '../../src/cloud/clock.ts';
import { Columns } from '../../src/library/columns.ts';
import { repackedChunks } from '../../src/library/pack.ts';
import { noState } from '../../src/library/replica.ts';
import { writeSnapshot, type SnapshotTarget } from '../../src/library/snapshot-write.ts';
import { toBase64, type IdentityId } from '../../src/schema/ids.ts';
import { renditionKey, RENDITIONS, snapshotKey } from '../../src/schema/keys.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { instantOf } from '../../src/schema/time.ts';
import { pixels } from '../fixtures.ts';
import { madeUpPhotos } from './made-up.ts';
import { SeedObjects, type Shared } from './seeding-objects.ts';

const PICTURES = 30;
/** DynamoDB takes no more at once. */
const ROWS_AT_ONCE = 25;
const OBJECTS_AT_ONCE = 1000;
/** Photos in memory at once. */
const PART = 50_000;

/** Those that serve as everybody's, by their placeholder. */
async function pictures(): Promise<Map<string, Shared>> {
  const made = await Promise.all(
    Array.from({ length: PICTURES }, async (_, n) => {
      const [width, height] = [400, 300];
      const raw = { raw: { width, height, channels: 3 as const } };
      const picture = sharp(pixels(width, height, n + 1), raw).modulate({ hue: n * 12 });
      const small = await picture.clone().resize(80, 60).ensureAlpha().raw().toBuffer();
      const placeholder = toBase64(rgbaToThumbHash(80, 60, small));
      return [placeholder, { bytes: await picture.clone().webp({ quality: 75 }).toBuffer() }] as const;
    }),
  );
  return new Map(made);
}

/** A value as DynamoDB writes it. */
function marshalled(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  return { M: item(value as object) };
}
const item = (from: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).map(([name, value]) => [name, marshalled(value)]));

export interface SeedOptions {
  /** With the snapshot that another device of hers would have left, by the page's own code. */
  snapshot?: boolean;
}

/** Fills the data directory of a local cloud that is not running; gives whose library it now is. */
export async function seed(
  directory: string,
  count: number,
  { snapshot = false }: SeedOptions = {},
): Promise<IdentityId> {
  const held = await lock(directory);
  try {
    const stack = readStack(await synthesise());
    const { region, config } = stack;
    const people = await CognitoState.open(join(directory, 'cognito'));
    const ada = people.people[0];
    if (!ada) throw new Error(`There is nobody in ${directory}.`);
    const owner = people.identityOf(ada.sub, region) as IdentityId;
    const made = await pictures();
    // Made up again each time: a million at once would fill the memory.
    const parts = () => inParts(madeUpPhotos(owner, count, [...made.keys()]));

    const engine = await Engine.open(join(directory, 'dynamodb'), stack.tables);
    try {
      for (const photos of parts()) await putRows(engine, config.photosTable, photos);
    } finally {
      await engine.close();
    }
    const objects = await SeedObjects.open(join(directory, 's3'), config.libraryBucket);
    try {
      for (const photos of parts()) await putRenditions(objects, photos, made);
      if (snapshot) await putSnapshot(objects, owner, parts());
    } finally {
      await objects.close();
    }
    return owner;
  } finally {
    await held.release();
  }
}

function* inParts(photos: Iterable<Photo>): Generator<Photo[]> {
  let part: Photo[] = [];
  for (const photo of photos) {
    if (part.push(photo) < PART) continue;
    yield part;
    part = [];
  }
  yield part;
}

async function putRows(engine: Engine, table: string, photos: readonly Photo[]): Promise<void> {
  for (let at = 0; at < photos.length; at += ROWS_AT_ONCE) {
    const requests = photos
      .slice(at, at + ROWS_AT_ONCE)
      .map((photo) => ({ PutRequest: { Item: item({ ...photo, sequencer: '0' }) } }));
    await engine.run('BatchWriteItem', { RequestItems: { [table]: requests } });
  }
}

/** Every photo's renditions: names of their own for the same few files. */
async function putRenditions(
  objects: SeedObjects,
  photos: readonly Photo[],
  made: ReadonlyMap<string, Shared>,
): Promise<void> {
  const headers = { 'content-type': 'image/webp', 'cache-control': 'private, max-age=31536000, immutable' };
  for (let at = 0; at < photos.length; at += OBJECTS_AT_ONCE) {
    await objects.ready([...made.values()], OBJECTS_AT_ONCE * RENDITIONS.length);
    const puts = photos.slice(at, at + OBJECTS_AT_ONCE).flatMap(({ owner, photoId, placeholder = '' }) => {
      const shared = made.get(placeholder);
      return shared
        ? RENDITIONS.map((rendition) => ({ key: renditionKey(owner, photoId, rendition), shared }))
        : [];
    });
    await objects.putShared(puts, headers);
  }
}

/** Up to date with the rows: what is read since is nothing, or as much as the last of them. */
async function putSnapshot(
  objects: SeedObjects,
  owner: IdentityId,
  parts: Iterable<readonly Photo[]>,
): Promise<void> {
  let { chunks } = Columns.none;
  let cursor = instantOf(0);
  for (const photos of parts) {
    const changed = repackedChunks(owner, chunks, new Map(photos.map((photo) => [photo.photoId, photo])));
    chunks = chunks.map((chunk, letter) => changed.get(letter) ?? chunk);
    for (const { changedAt } of photos) if (changedAt > cursor) cursor = changedAt;
  }
  const target: SnapshotTarget = {
    identityId: owner,
    clock: new Clock(),
    readSnapshot: async () => undefined,
    snapshotTags: async () => new Map(),
    putSnapshot: async (name, body) =>
      objects.put(snapshotKey(owner, name), new Uint8Array(await body.arrayBuffer()), {
        'content-type': 'application/octet-stream',
      }),
  };
  const state = { ...noState, cursor, syncedAt: instantOf(target.clock.now()) };
  await writeSnapshot(target, { rows: Columns.of(chunks), state, signal: new AbortController().signal });
}
