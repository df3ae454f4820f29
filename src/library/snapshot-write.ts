// Keeps the snapshot of the library fresh, for devices to come: written by whichever device of the owner finds that much has changed
// since the last one. Never the truth, and never waited for.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError } from '../cloud/error.ts';
import type { IdentityId } from '../schema/ids.ts';
import type { SnapshotName } from '../schema/keys.ts';
import { fields, flag, whole } from '../schema/parse.ts';
import { instant, instantOf, type Instant } from '../schema/time.ts';
import { ARCHIVED, TRASHED } from './chunk.ts';
import { Columns } from './columns.ts';
import { gzipped } from './gzip.ts';
import type { Library } from './library.svelte.ts';
import { ColumnList } from './list.ts';
import { readNote, writeNote } from './notes.ts';
import { repackedChunks } from './pack.ts';
import type { ReplicaState } from './replica.ts';
import {
  bundled,
  FIRST_PHOTOS,
  firstObject,
  MAX_FIRST_OBJECT,
  MAX_PHOTOS,
  parseManifest,
  readFirst,
  type Manifest,
  type Part,
} from './snapshot.ts';
import { sha256Of, SLACK_MS } from './snapshot-read.ts';

export type SnapshotTarget = Pick<
  Cloud,
  'identityId' | 'clock' | 'readSnapshot' | 'snapshotTags' | 'putSnapshot'
>;

/** Fewer photos are as soon read from the table. */
const MIN_PHOTOS = 50;
/** So many changes are as soon read: not one request more. */
const MIN_CHANGES = 500;
const MIN_SHARE = 0.05;
/** Not more often than this; much more often when the library has become another, as in a first import. */
const APART_MS = 6 * 3_600_000;
const LARGE_SHARE = 0.5;
const APART_LARGE_MS = 10 * 60_000;
/** At twice this age it is not used any more. */
const OLD_MS = 30 * 86_400_000;

/** What this device knows of the snapshot there is. */
export interface SnapshotNote {
  /** How many changes it had seen. */
  changes: number;
  at: Instant;
  /** The owner has had everything read anew: what lies there may be why. */
  doubted?: boolean;
}

export function parseNote(value: unknown): SnapshotNote | undefined {
  const from = fields(value);
  const changes = whole(from?.['changes']);
  const at = instant(from?.['at']);
  return changes === undefined || !at
    ? undefined
    : { changes, at, doubted: flag(from?.['doubted']) ?? false };
}

/** Whether a snapshot is worth its bytes by now. */
export function isDue(
  note: SnapshotNote | undefined,
  { count, changes, now }: { count: number; changes: number; now: number },
): boolean {
  if (count < MIN_PHOTOS || count > MAX_PHOTOS) return false;
  if (!note || note.doubted) return true;
  const age = now - Date.parse(note.at);
  const since = changes - note.changes;
  if (age > OLD_MS || since < 0) return true;
  if (since >= count * LARGE_SHARE) return age > APART_LARGE_MS;
  return since >= Math.max(MIN_CHANGES, count * MIN_SHARE) && age > APART_MS;
}

/** The person wants to save data: this is for devices that may never come. */
const isFrugal = (): boolean =>
  (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;

export interface Task {
  library: Library;
  target: SnapshotTarget;
  signal: AbortSignal;
}

/** Writes a snapshot if one is due; resolves with whether it was written. Fails with a CloudError; another sync tries again. */
export async function keepSnapshot({ library, target, signal }: Task): Promise<boolean> {
  const { rows, state } = library.stored;
  const { cursor, syncedAt } = state;
  const count = rows.order.length;
  const changes = state.changes ?? 0;
  const now = target.clock.now();
  const note = parseNote(await readNote(library.database, 'snapshot'));
  if (!cursor || !syncedAt || !isDue(note, { count, changes, now }) || isFrugal()) return false;
  // One tab is enough.
  return navigator.locks.request(
    `shoebox-snapshot-${target.identityId}`,
    { ifAvailable: true },
    async (lock) => {
      if (lock === null) return false;
      const written = await writeSnapshot(target, {
        rows,
        state: { ...state, cursor, syncedAt },
        note,
        signal,
      });
      if (written !== 'newer' && !signal.aborted)
        await writeNote(library.database, 'snapshot', { changes, at: instantOf(now) } satisfies SnapshotNote);
      return written === 'written';
    },
  );
}

interface Contents {
  rows: Columns;
  state: ReplicaState & { cursor: Instant; syncedAt: Instant };
  note?: SnapshotNote | undefined;
  signal: AbortSignal;
}

/** Writes a snapshot in place of the one there is: `kept` when another device has just written one, or is about to. */
export async function writeSnapshot(
  target: SnapshotTarget,
  { rows, state, note, signal }: Contents,
): Promise<'written' | 'kept' | 'newer'> {
  const tags = await target.snapshotTags(signal);
  const there = await manifestOf(target, tags, signal);
  if (there === 'newer') return 'newer';
  const count = rows.order.length;
  if (there && !note?.doubted && isFresh(there, count, target.clock.now())) return 'kept';
  const slot = there?.slot === 0 ? 1 : 0;
  const put = async (name: SnapshotName, { blob, part }: Packed): Promise<void> => {
    await target.putSnapshot(name, blob, { tag: tags.get(name), sha256: part.sha256, signal });
  };
  const heads = await packed(bundled(rows.chunks.map((chunk) => chunk?.head)));
  const rests = await packed(bundled(rows.chunks.map((chunk) => restOf(chunk?.rest))));
  const first = await packed(bundled(newest(target.identityId, rows)));
  const { cursor, syncedAt } = state;
  const owner = target.identityId;
  const manifest: Manifest = {
    owner,
    count,
    cursor,
    syncedAt,
    slot,
    first: first.part,
    heads: heads.part,
    rows: rests.part,
  };
  // Nothing is written that could not be read again: a library may be beyond what a snapshot is for.
  if (!parseManifest(manifest)) return 'kept';
  const object = firstObject(manifest, first.blob);
  try {
    await put(`heads-${slot}`, heads);
    await put(`rows-${slot}`, rests);
    // Only this makes it the snapshot: whoever stops before has changed nothing.
    const sha256 = await sha256Of(new Uint8Array(await object.arrayBuffer()));
    await target.putSnapshot('first', object, { tag: tags.get('first'), sha256, signal });
  } catch (error) {
    if (error instanceof CloudError && TAKEN.has(error.code)) return 'kept';
    throw error;
  }
  return 'written';
}

/** Another device was there since we looked. */
const TAKEN: ReadonlySet<string> = new Set(['exists', 'missing']);

/** Another device has written it so lately that it need not be done again. One from the future is nobody's work. */
function isFresh(there: Manifest, count: number, now: number): boolean {
  const age = now - Date.parse(there.syncedAt);
  const isLike = Math.abs(count - there.count) < count * LARGE_SHARE;
  return age > -SLACK_MS && age < (isLike ? APART_MS : APART_LARGE_MS);
}

/** What the snapshot says that is there; undefined for none, and for one that nobody could use. */
async function manifestOf(
  target: SnapshotTarget,
  tags: ReadonlyMap<SnapshotName, string>,
  signal: AbortSignal,
): Promise<Manifest | 'newer' | undefined> {
  if (!tags.has('first')) return undefined;
  const response = await target.readSnapshot('first', signal);
  if (!response || Number(response.headers.get('content-length') ?? 0) > MAX_FIRST_OBJECT) return undefined;
  const found = readFirst(new Uint8Array(await response.arrayBuffer()), target.identityId);
  return found === 'newer' ? found : found?.manifest;
}

interface Packed {
  blob: Blob;
  part: Part;
}

async function packed(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<Packed> {
  const blob = await gzipped(pieces);
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const sha256 = await sha256Of(new Uint8Array(await blob.arrayBuffer()));
  return { blob, part: { packed: blob.size, bytes, sha256 } };
}

const restOf = (rest: Uint8Array | undefined): ArrayBufferLike | undefined =>
  rest && (rest.byteLength === rest.buffer.byteLength ? rest.buffer : rest.slice().buffer);

/** The newest photos of the timeline as small chunks of their own: head and rest by turns. */
function newest(owner: IdentityId, rows: Columns): (ArrayBufferLike | undefined)[] {
  const timeline = ColumnList.of(rows, TRASHED | ARCHIVED, 0);
  const photos = Array.from({ length: Math.min(FIRST_PHOTOS, timeline.length) }, (_, at) => timeline.at(at));
  const chunks = repackedChunks(
    owner,
    Columns.none.chunks,
    new Map(photos.flatMap((photo) => (photo ? [[photo.photoId, photo] as const] : []))),
  );
  return Columns.none.chunks.flatMap((_, letter) => {
    const chunk = chunks.get(letter);
    return [chunk?.head, restOf(chunk?.rest)];
  });
}
