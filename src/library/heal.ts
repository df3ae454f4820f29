// Putting right what the check of originals has found: a wish for each photo, then what their rows say has come of it.
import type { Cloud } from '../cloud/cloud.ts';
import type { PhotoId } from '../schema/ids.ts';
import { isTombstone, type Failure, type PhotoRow } from '../schema/photo.ts';
import { instantOf, type Instant } from '../schema/time.ts';
import type { Kind, Named } from './integrity.ts';

export type HealSource = Pick<Cloud, 'clock' | 'changes' | 'wish'>;

/** Kinds of findings that a wish puts right. */
export const HEALABLE = ['unprocessed', 'missing', 'madeUp', 'sizes'] as const satisfies readonly Kind[];
export type Healable = (typeof HEALABLE)[number];
export const isHealable = (kind: Kind): kind is Healable => HEALABLE.some((one) => one === kind);

/** A photo that has its row again, and still cannot be shown. */
export type Unshown = Named & { failure: Failure | undefined };

export interface Healed {
  /** Everything that is no finding any more. */
  settled: ReadonlySet<PhotoId>;
  /** Of these: what cannot be shown. */
  unshown: readonly Unshown[];
  /** What nothing has been heard of. */
  waiting: number;
}

export interface HealOptions {
  source: HealSource;
  kind: Healable;
  named: readonly Named[];
  onprogress: (healed: Healed) => void;
  signal: AbortSignal;
  /** Waits so long. */
  pause?: (milliseconds: number) => Promise<void>;
}

/** Wishes on their way at once: more would only wait for each other. */
const LANES = 6;
/** The processor's clock may be behind ours. */
const SLACK_MS = 10_000;
/** Rows may be found a little after the time they are dated. */
const OVERLAP_MS = 20_000;
const FIRST_LOOK_MS = 600;
const LAST_LOOK_MS = 5000;
/** Without any news for so long, it is of no use to keep somebody waiting. */
const PATIENCE_MS = 150_000;

/** Resolves when all is known, or nothing more is to be expected soon. Fails with a CloudError; to begin again does no harm. */
export async function heal({
  source,
  kind,
  named,
  onprogress,
  signal,
  pause = waited,
}: HealOptions): Promise<Healed> {
  const since = instantOf(source.clock.now() - SLACK_MS);
  await wishAll(named, source, signal);
  const open = new Map(named.map((one) => [one.photoId, one]));
  const settled = new Set<PhotoId>();
  const unshown: Unshown[] = [];
  const sofar = (): Healed => ({ settled: new Set(settled), unshown: [...unshown], waiting: open.size });
  let from = since;
  let wait = FIRST_LOOK_MS;
  let quiet = 0;
  while (open.size > 0 && quiet < PATIENCE_MS) {
    await pause(wait);
    const before = open.size;
    for await (const { rows, latest } of source.changes(from, signal)) {
      for (const row of rows) {
        const one = open.get(row.photoId);
        if (!one || row.changedAt < since || !settles(kind, row, one)) continue;
        open.delete(row.photoId);
        settled.add(row.photoId);
        if (!isTombstone(row) && row.status === 'failed')
          unshown.push({ ...one, name: row.name, failure: row.failure });
      }
      if (latest !== undefined) from = laterOf(from, instantOf(Date.parse(latest) - OVERLAP_MS));
    }
    const isNews = open.size < before;
    quiet = isNews ? 0 : quiet + wait;
    wait = isNews ? FIRST_LOOK_MS : Math.min(LAST_LOOK_MS, wait * 1.5);
    if (isNews) onprogress(sofar());
  }
  return sofar();
}

/** Whether a row that was written meanwhile shows that the photo is no finding of this kind any more. */
function settles(kind: Healable, row: PhotoRow, { bytes }: Named): boolean {
  // Deleted since, if it had an original: nothing is left to be put right.
  if (isTombstone(row)) return true;
  if (kind === 'unprocessed') return true;
  // An edit by its owner is no news of its original.
  return kind === 'sizes' && (row.status === 'failed' || row.bytes === bytes);
}

async function wishAll(named: readonly Named[], source: HealSource, signal: AbortSignal): Promise<void> {
  const left = named.values();
  const lane = async (): Promise<void> => {
    for (const { photoId } of left) await source.wish(photoId, signal);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

const laterOf = (one: Instant, other: Instant): Instant => (one > other ? one : other);

const waited = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
