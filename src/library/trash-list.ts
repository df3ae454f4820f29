// The trash by when photos leave it: what was moved there last first, under the day (here) on which it is deleted.
import { trashEndOf } from '../schema/photo.ts';
import type { PhotoId } from '../schema/ids.ts';
import { arranged } from './arranged.ts';
import { TRASHED } from './chunk.ts';
import type { Columns } from './columns.ts';
import { referencesOf, type PhotoList } from './list.ts';
import { inSlices } from './slices.ts';

/** Those that are `leaving` are not in it any more. */
export async function trashList(
  columns: Columns,
  leaving: ReadonlySet<PhotoId>,
  signal: AbortSignal,
): Promise<PhotoList> {
  const ends = new Map<number, number>();
  const there: number[] = [];
  await inSlices(
    referencesOf(columns, TRASHED, TRASHED),
    (reference) => {
      const photo = columns.photo(reference);
      if (photo && leaving.has(photo.photoId)) return;
      there.push(reference);
      // An end no calendar can hold is as far away as one can be.
      ends.set(reference, Math.floor(Math.min((photo && trashEndOf(photo)) ?? 0, LATEST) / 1000));
    },
    signal,
  );
  return arranged(columns, Uint32Array.from(there), (reference) => ends.get(reference) ?? 0);
}

/** The end of the year 9999. */
const LATEST = 253_402_300_799_000;

const DAY = 86_400_000;

/** How many days from `now` until a day here (`2019-06-01`); 0 today. */
export function daysUntil(date: string, now: number): number {
  const here = now - new Date(now).getTimezoneOffset() * 60_000;
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY) - Math.floor(here / DAY);
}
