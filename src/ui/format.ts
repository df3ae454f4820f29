// Dates as people write them, by Intl in the person's own language. Pure.

/** Made when it is first asked for: the first one costs the browser tens of milliseconds. */
function formatter(options: Intl.DateTimeFormatOptions): (date: Date) => string {
  let made: Intl.DateTimeFormat | undefined;
  return (date) =>
    (made ??= new Intl.DateTimeFormat(undefined, { ...options, timeZone: 'UTC' })).format(date);
}

const day = formatter({ weekday: 'short', day: 'numeric', month: 'short' });
const month = formatter({ month: 'long' });
const monthAndYear = formatter({ month: 'long', year: 'numeric' });
const medium = formatter({ dateStyle: 'medium' });
const minute = formatter({ dateStyle: 'medium', timeStyle: 'short' });

/** Local times are formatted by their own wall clock: date and time are read as if they were UTC. */
export const wall = (local: string): Date =>
  new Date(`${local.length < 19 ? `${local.slice(0, 10)}T00:00:00` : local.slice(0, 19)}Z`);

/** A day since 1970 as `2019-06-01`. */
export const dateOfDay = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10);

export const dayOf = (local: string): string => day(wall(local));
export const dateOf = (local: string): string => medium(wall(local));
export const minuteOf = (local: string): string => minute(wall(local));

/** `June` this year, `June 2019` before. */
export const monthOf = (local: string, now = new Date()): string =>
  (local.startsWith(String(now.getFullYear())) ? month : monthAndYear)(wall(local));
