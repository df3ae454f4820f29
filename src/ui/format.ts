// Dates, sizes and durations as people write them, by Intl in the person's own language. Pure.

const day = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});
const month = new Intl.DateTimeFormat(undefined, { month: 'long', timeZone: 'UTC' });
const monthAndYear = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });
const long = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Formats local times by their own wall clock: the text's date and time are read as if they were UTC. */
const wall = (local: string): Date =>
  new Date(`${local.length < 19 ? `${local.slice(0, 10)}T00:00:00` : local.slice(0, 19)}Z`);

export const dayOf = (local: string): string => day.format(wall(local));
export const dateOf = (local: string): string => long.format(wall(local));
export const fullDateOf = (local: string): string => full.format(wall(local));

/** `June` this year, `June 2019` before. */
export const monthOf = (local: string, now = new Date()): string =>
  (local.startsWith(String(now.getFullYear())) ? month : monthAndYear).format(wall(local));

export const momentOf = (instant: string): string => moment.format(new Date(instant));

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Decimal units, as cameras, phones and bills count. */
export function sizeOf(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: UNITS[unit] as string,
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: unit === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}

/** `1/250 s`, `2 s`. */
export const shutterOf = (seconds: number): string =>
  seconds >= 0.4 || seconds <= 0 ? `${Math.round(seconds * 10) / 10} s` : `1/${Math.round(1 / seconds)} s`;
