// Dates as people write them, by Intl in the person's own language. Pure.

const day = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});
const month = new Intl.DateTimeFormat(undefined, { month: 'long', timeZone: 'UTC' });
const monthAndYear = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });
const medium = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const minute = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** Local times are formatted by their own wall clock: date and time are read as if they were UTC. */
export const wall = (local: string): Date =>
  new Date(`${local.length < 19 ? `${local.slice(0, 10)}T00:00:00` : local.slice(0, 19)}Z`);

/** A day since 1970 as `2019-06-01`. */
export const dateOfDay = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10);

export const dayOf = (local: string): string => day.format(wall(local));
export const dateOf = (local: string): string => medium.format(wall(local));
export const minuteOf = (local: string): string => minute.format(wall(local));

/** `June` this year, `June 2019` before. */
export const monthOf = (local: string, now = new Date()): string =>
  (local.startsWith(String(now.getFullYear())) ? month : monthAndYear).format(wall(local));
