// Photos of a date in earlier years: by the clock on the wall where they were taken, found in their order by halving. Pure.
import { ARCHIVED, FAILED, TRASHED } from '../library/chunk.ts';
import type { Columns } from '../library/columns.ts';
import { letterIn, rowIn, timeIn } from '../library/order.ts';

const DAY_MS = 86_400_000;
/** What has no place among memories: put away, thrown away, or never a picture. */
const LEFT_OUT = TRASHED | ARCHIVED | FAILED;

/** A day on the calendar; months from 0 on, as everywhere in JavaScript. */
export interface CalendarDay {
  year: number;
  month: number;
  date: number;
}

/** Today on the calendar here. */
export const today = (now = new Date()): CalendarDay => ({
  year: now.getFullYear(),
  month: now.getMonth(),
  date: now.getDate(),
});

/** As `2026-11-20`. */
export const keyOf = ({ year, month, date }: CalendarDay): string =>
  new Date(startOf(year, month, date)).toISOString().slice(0, 10);

const isLeap = (year: number): boolean => new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;

/** In milliseconds. Date.UTC would take the years 0 to 99 for those of the last century. */
function startOf(year: number, month: number, date: number): number {
  return new Date(0).setUTCFullYear(year, month, date);
}

/**
 * References to the photos, those of last year first, each year's newest first. The 29th of February comes round every year: where
 * there is none, on the 28th.
 */
export function onThisDay(columns: Columns, { year, month, date }: CalendarDay): Uint32Array {
  const { chunks, order } = columns;
  const timeOf = timeIn(chunks);
  const found: number[] = [];
  const first =
    order.length > 0 ? new Date(timeOf(order[order.length - 1] as number) * 1000).getUTCFullYear() : year;
  for (let then = year - 1; then >= first; then--) {
    const begin = startOf(then, month, date);
    if (new Date(begin).getUTCMonth() !== month) continue;
    const leaps = month === 1 && date === 28 && isLeap(then) && !isLeap(year);
    const end = begin + DAY_MS * (leaps ? 2 : 1);
    for (let i = firstBefore(order, timeOf, end / 1000); i < order.length; i++) {
      const reference = order[i] as number;
      if (timeOf(reference) < begin / 1000) break;
      const flags = chunks[letterIn(reference)]?.columns.flags[rowIn(reference)] ?? TRASHED;
      if ((flags & LEFT_OUT) === 0) found.push(reference);
    }
  }
  return Uint32Array.from(found);
}

/** Where in the order photos begin that were taken before a second. */
function firstBefore(order: Uint32Array, timeOf: (reference: number) => number, second: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(order[middle] as number) >= second) low = middle + 1;
    else high = middle;
  }
  return low;
}
