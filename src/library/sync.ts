// Catching up with the cloud: which rows to read since when, and what a long absence means.
import type { Cloud } from '../cloud/cloud.ts';
import type { Changes } from '../cloud/requests.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { PhotoRow } from '../schema/photo.ts';
import { instantOf, type Instant } from '../schema/time.ts';

/**
 * Rows may become readable a little after their `changedAt`, and an edit is dated when it is sent: each sync reads this much again,
 * a brief one (after uploads, every second or so) much less. Rows already known cost nothing but their reading.
 */
const OVERLAP_MS = 5 * 60_000;
const BRIEF_OVERLAP_MS = 20_000;
/** Tombstones live 90 days; a device away longer than this reads everything anew. */
export const STALE_MS = 60 * 86_400_000;

/**
 * A first sync shows what it has at growing distances: packing and writing a growing library at every page would be quadratic. But so
 * many rows as objects fill the memory of a phone.
 */
const SHOW_AFTER_MS = 2000;
const SHOW_ROWS = 50_000;

export interface SyncOptions<Id = PhotoId> {
  /** Up to where `changes` was read last time; undefined reads everything. */
  cursor?: Instant;
  /** When the last sync that ended well began; undefined before the first one. */
  syncedAt?: Instant;
  known: Iterable<Id>;
  brief: boolean;
  signal: AbortSignal;
}

/** Rows to take in, and which are gone though nothing says so. */
export type Page<Row = PhotoRow, Id = PhotoId> = Pick<Changes<Row>, 'rows' | 'latest'> & { gone?: Id[] };

/** What has changed of the photos. */
export const read = (source: Pick<Cloud, 'changes' | 'clock'>, options: SyncOptions): AsyncGenerator<Page> =>
  readRows(
    { clock: source.clock, changes: (since, signal) => source.changes(since, signal) },
    { ...options, idOf: (row) => row.photoId },
  );

interface RowSource<Row> {
  clock: Pick<Cloud['clock'], 'now'>;
  changes: (since: Instant | undefined, signal: AbortSignal) => AsyncIterable<Changes<Row>>;
}

/** Pages as they come; after a long absence all rows at once, because only then it is known what is gone. */
export async function* readRows<Row, Id>(
  source: RowSource<Row>,
  { cursor, syncedAt, known, idOf, brief, signal }: SyncOptions<Id> & { idOf: (row: Row) => Id },
): AsyncGenerator<Page<Row, Id>> {
  const absent = syncedAt === undefined ? 0 : source.clock.now() - Date.parse(syncedAt);
  if (absent > STALE_MS) {
    const all = await collected<Row, Id>(source.changes(undefined, signal));
    const left = new Set(all.rows.map(idOf));
    yield { ...all, gone: [...known].filter((id) => !left.has(id)) };
  } else if (cursor === undefined) {
    yield* inParts<Row, Id>(source.changes(undefined, signal));
  } else {
    const overlap = brief ? BRIEF_OVERLAP_MS : OVERLAP_MS;
    yield* inParts<Row, Id>(source.changes(instantOf(Date.parse(cursor) - overlap), signal));
  }
}

async function collected<Row, Id>(pages: AsyncIterable<Page<Row, Id>>): Promise<Page<Row, Id>> {
  const all: Page<Row, Id> = { rows: [] };
  for await (const page of pages) join(all, page);
  return all;
}

/** The first page at once, the others joined into parts; what was read before an error is not lost. */
async function* inParts<Row, Id>(pages: AsyncIterable<Page<Row, Id>>): AsyncGenerator<Page<Row, Id>> {
  let part: Page<Row, Id> = { rows: [] };
  let due = -Infinity;
  let distance = SHOW_AFTER_MS;
  try {
    for await (const page of pages) {
      join(part, page);
      if (performance.now() < due && part.rows.length < SHOW_ROWS) continue;
      yield part;
      part = { rows: [] };
      due = performance.now() + distance;
      distance *= 2;
    }
  } catch (error) {
    yield part;
    throw error;
  }
  yield part;
}

function join<Row, Id>(all: Page<Row, Id>, { rows, latest }: Page<Row, Id>): void {
  all.rows.push(...rows);
  all.latest = latest ?? all.latest;
}
