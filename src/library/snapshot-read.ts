// A device that knows nothing yet shows the library from its snapshot, as parts of it arrive; the sync after that brings what has
// changed since. Whatever is wrong with a snapshot only costs time: then the sync reads all rows.
import type { Cloud } from '../cloud/cloud.ts';
import { toBase64, type PhotoId } from '../schema/ids.ts';
import type { SnapshotName } from '../schema/keys.ts';
import type { Photo } from '../schema/photo.ts';
import { bytesOfId, Chunk, CHUNKS } from './chunk.ts';
import { Columns } from './columns.ts';
import { gunzipped } from './gzip.ts';
import type { Library } from './library.svelte.ts';
import { writeNote } from './notes.ts';
import { countOf, type Chunks } from './order.ts';
import { chunksOf, MAX_FIRST_OBJECT, readFirst, Unbundler, type Manifest, type Part } from './snapshot.ts';
import { breather } from './slices.ts';
import { STALE_MS } from './sync.ts';
import { Tries } from './tries.ts';

export type SnapshotSource = Pick<Cloud, 'identityId' | 'clock' | 'readSnapshot'>;

/** Clocks may differ so much. */
export const SLACK_MS = 60_000;
/** A first part that takes longer than this is of no use. */
const FIRST_MS = 10_000;
/** Reading the rows themselves would be done by then. */
const ALL_MS = 5 * 60_000;
/** The connection belongs to the first pictures for so long. */
const PICTURES_FIRST_MS = 800;
/** Twice the page did not live to see the end of it: perhaps it was too much for this device. */
const MAX_TRIES = 2;

/** Why a snapshot is not used. */
class Unusable extends Error {}

interface Task {
  library: Library;
  source: SnapshotSource;
  signal: AbortSignal;
  tries?: Tries;
  /** Resolves when the first pictures have had the connection for themselves. */
  whenQuiet?: (signal: AbortSignal) => Promise<void>;
}

const picturesFirst = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, PICTURES_FIRST_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });

/** Resolves with whether the library is now as the snapshot has it. Fails only when the page is being left. */
export async function restore(task: Task): Promise<boolean> {
  const { source, signal, tries = new Tries(source.identityId) } = task;
  if (tries.count >= MAX_TRIES) return false;
  tries.begin();
  try {
    return await restored(task);
  } catch (error) {
    signal.throwIfAborted();
    console.warn('The snapshot of the library is not used; all rows are read instead.', error);
    return false;
  } finally {
    tries.end();
  }
}

async function restored({ library, source, signal, whenQuiet = picturesFirst }: Task): Promise<boolean> {
  const object = await fetched(source, 'first', MAX_FIRST_OBJECT, limited(signal, FIRST_MS));
  if (!object) return false;
  const first = readFirst(object, source.identityId);
  if (!first || first === 'newer') throw new Unusable(first ?? 'no snapshot');
  const { manifest } = first;
  requireRecent(manifest, source.clock.now());
  const newest = Columns.of(await wholeChunks(manifest, first.packed, source));
  library.preview(newest);
  await whenQuiet(signal);

  const patience = limited(signal, ALL_MS);
  const slot = manifest.slot;
  const heads = await partOf(source, `heads-${slot}`, manifest.heads, patience);
  const chunks = chunksOf(source.identityId, await unbundled(heads, manifest.heads, CHUNKS));
  if (!chunks || countOf(chunks) !== manifest.count) throw new Unusable('heads');
  library.preview(Columns.of(withPhotos(chunks, newest)));

  const packed = await partOf(source, `rows-${slot}`, manifest.rows, patience);
  await complete(chunks, await unbundled(packed, manifest.rows, CHUNKS));
  let taken = false;
  await library.inTurn(async ({ replace }) => {
    // Another tab was faster.
    if (!library.blank) return;
    const { cursor, syncedAt } = manifest;
    await replace(chunks, { cursor, syncedAt });
    taken = true;
  });
  if (taken) await writeNote(library.database, 'snapshot', { changes: 0, at: manifest.syncedAt });
  return taken;
}

/** Older than tombstones live, photos deleted meanwhile would come back; from the future, changes until then would never come. */
function requireRecent({ cursor, syncedAt }: Manifest, now: number): void {
  if (Date.parse(cursor) > now + SLACK_MS || Date.parse(syncedAt) > now + SLACK_MS)
    throw new Unusable('from the future');
  if (Date.parse(syncedAt) < now - STALE_MS) throw new Unusable('too old');
}

/** The chunks of the first object: head and rest by turns. */
async function wholeChunks(
  { first }: Manifest,
  packed: Uint8Array<ArrayBuffer>,
  { identityId }: SnapshotSource,
): Promise<Chunks> {
  if ((await sha256Of(packed)) !== first.sha256) throw new Unusable('first: other bytes');
  const buffers = await unbundled(packed, first, CHUNKS * 2);
  const chunks = chunksOf(
    identityId,
    buffers.filter((_, at) => at % 2 === 0),
  );
  if (!chunks) throw new Unusable('first: heads');
  await complete(
    chunks,
    buffers.filter((_, at) => at % 2 === 1),
  );
  return chunks;
}

async function complete(chunks: Chunks, rests: readonly unknown[]): Promise<void> {
  const breath = breather();
  for (const [letter, chunk] of chunks.entries()) {
    if (chunk && !chunk.complete(rests[letter])) throw new Unusable('rows');
    await breath();
  }
}

/** Chunks that have no rows yet, with those photos in them that are there already. */
function withPhotos(chunks: Chunks, { chunks: newest }: Columns): Chunks {
  return chunks.map((plain, letter) => {
    const known = newest[letter];
    if (!plain || !known) return plain;
    const photos = new Map<number, Photo>();
    for (let row = 0; row < known.count; row++) {
      const photo = known.photo(row);
      const at = plain.find(bytesOfId(known.idAt(row) as PhotoId));
      if (photo && at >= 0) photos.set(at, photo);
    }
    return new Chunk(plain.owner, plain.head, plain.columns, { photos, plain });
  });
}

async function partOf(
  source: SnapshotSource,
  name: SnapshotName,
  part: Part,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await fetched(source, name, part.packed, signal);
  // Another device may be writing one just now.
  if (!bytes || bytes.length !== part.packed || (await sha256Of(bytes)) !== part.sha256)
    throw new Unusable(`${name}: other bytes`);
  return bytes;
}

async function unbundled(
  packed: Uint8Array<ArrayBuffer>,
  { bytes }: Part,
  pieces: number,
): Promise<(ArrayBuffer | undefined)[]> {
  const bundle = new Unbundler(pieces, bytes);
  await gunzipped(packed, bytes, (part) => bundle.take(part));
  return bundle.buffers;
}

/** An object, as long as it is no longer than that. Undefined when there is none. */
async function fetched(
  source: SnapshotSource,
  name: SnapshotName,
  most: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const body = (await source.readSnapshot(name, signal))?.body;
  if (!body) return undefined;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (const reader = body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new Unusable(`${name}: longer than ${most} bytes`);
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

export const sha256Of = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));

const limited = (signal: AbortSignal, milliseconds: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
