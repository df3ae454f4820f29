// The months and years of a timeline, for the rail beside it, and its days, for whoever looks for one. Pure.
import { firstOfMonth, MONTH, type Layout } from './layout.ts';

export interface Month {
  /** Days since 1970, of its latest photo. */
  day: number;
  /** Where its heading stands, px. */
  y: number;
}

/** The latest month first. */
export function monthsOf({ days, rowStart, rowTop, rowBands }: Layout): Month[] {
  const months: Month[] = [];
  for (let row = 0; row < rowTop.length; row++) {
    if (((rowBands[row] as number) & MONTH) === 0) continue;
    months.push({ day: days[rowStart[row] as number] as number, y: rowTop[row] as number });
  }
  return months;
}

/** The index of the month at `y`; of the first one above all of them. */
export function monthAt(months: readonly Month[], y: number): number {
  let low = 0;
  let high = months.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((months[middle] as Month).y <= y) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

export const yearOf = (day: number): number => new Date(day * 86_400_000).getUTCFullYear();

/** The index of the first month in the page's order that is `years` further down; the nearest one there is. */
export function yearsFrom(months: readonly Month[], from: number, years: number): number {
  const here = months[from];
  if (!here) return from;
  const month = firstOfMonth(here.day);
  const date = new Date(month * 86_400_000);
  date.setUTCFullYear(date.getUTCFullYear() - years);
  const wanted = date.getTime() / 86_400_000;
  const found = months.findIndex(({ day }) => firstOfMonth(day) <= wanted);
  const index = found < 0 ? months.length - 1 : found;
  // A year without photos in between must not keep anybody where they are.
  if (years > 0) return Math.min(months.length - 1, Math.max(index, from + 1));
  return Math.max(0, Math.min(index, from - 1));
}

export interface Label {
  text: string;
  /** Px down the rail. */
  at: number;
}

/** The years, each where its first month is, as many as fit with so much room between them; first and last before all others. */
export function yearLabels(months: readonly Month[], placeOf: (y: number) => number, apart: number): Label[] {
  const all: Label[] = [];
  for (const { day, y } of months) {
    const text = String(yearOf(day));
    if (text !== all.at(-1)?.text) all.push({ text, at: placeOf(y) });
  }
  const last = all.at(-1);
  const labels: Label[] = [];
  for (const label of all) {
    const before = labels.at(-1);
    const afterBefore = !before || label.at - before.at >= apart;
    const beforeLast = !before || !last || label === last || last.at - label.at >= apart;
    if (afterBefore && beforeLast) labels.push(label);
  }
  return labels;
}

/** The index of the first photo of the day nearest to this one; days are in descending order. */
export function nearestDay(days: Int32Array, day: number): number {
  const firstBelow = (value: number): number => {
    let low = 0;
    let high = days.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((days[middle] as number) > value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const older = firstBelow(day);
  const newer = older - 1;
  if (older >= days.length) return days.length === 0 ? -1 : firstBelow(days[newer] as number);
  if (newer < 0 || day - (days[older] as number) <= (days[newer] as number) - day) return older;
  return firstBelow(days[newer] as number);
}
