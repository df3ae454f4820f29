// Catching up with the cloud: which rows to read since when, and what a long absence means.
import type { Cloud } from '../cloud/cloud.ts';
import type { Changes } from '../cloud/requests.ts';
import type { PhotoId } from '../schema/ids.ts';
import { instantOf, type Instant } from '../schema/time.ts';

/**
 * Rows may become readable a little after their `changedAt`, and an edit is dated when it is sent: each sync reads this much again,
 * a brief one (after uploads, every second or so) much less. Rows already known cost nothing but their reading.
 */
const OVERLAP_MS = 5 * 60_000;
const BRIEF_OVERLAP_MS = 20_000;
/** Tombstones live 90 days; a device away longer than this reads everything anew. */
const STALE_MS = 60 * 86_400_000;

export interface SyncOptions {
  /** Up to where `changes` was read last time; undefined reads everything. */
  cursor: Instant | undefined;
  known: Iterable<PhotoId>;
  brief: boolean;
  signal: AbortSignal;
}

/** A page of rows, with photos that are gone without a tombstone. */
export type Page = Pick<Changes, 'rows' | 'latest'> & { gone?: PhotoId[] };

/** Pages as they come; after a long absence all rows at once, because only then it is known what is gone. */
export async function* read(
  source: Pick<Cloud, 'changes' | 'clock'>,
  { cursor, known, brief, signal }: SyncOptions,
): AsyncGenerator<Page> {
  const since = cursor === undefined ? undefined : Date.parse(cursor);
  if (since !== undefined && source.clock.now() - since <= STALE_MS) {
    yield* source.changes(instantOf(since - (brief ? BRIEF_OVERLAP_MS : OVERLAP_MS)), signal);
  } else if (since === undefined) {
    yield* source.changes(undefined, signal);
  } else {
    const all: Page = { rows: [] };
    for await (const page of source.changes(undefined, signal)) {
      all.rows.push(...page.rows);
      all.latest = page.latest ?? all.latest;
    }
    const left = new Set(all.rows.map((row) => row.photoId));
    yield { ...all, gone: [...known].filter((photoId) => !left.has(photoId)) };
  }
}
