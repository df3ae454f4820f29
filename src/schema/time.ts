// The two kinds of time: instants (UTC, when something changed) and local times (what the clock on the wall said). Pure.
import { text } from './parse.ts';

/** An instant as `2026-11-20T12:00:00.000Z`: 24 characters, so that text order is time order. */
export type Instant = string;

/** A capture time as `2019-06-01T12:34:56`, with `.5` and `+02:00` or `Z` after it where known. Sorts by its wall clock. */
export type LocalTime = string;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LOCAL_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

const isDate = (isoUtc: string): boolean => {
  const time = Date.parse(isoUtc);
  // Date.parse takes 31 February for 3 March: only what prints back as it came is a date.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(isoUtc.slice(0, 19));
};

export const instant = (value: unknown): Instant | undefined =>
  typeof value === 'string' && INSTANT.test(value) && isDate(value) ? value : undefined;

export const instantOf = (epochMilliseconds: number): Instant => new Date(epochMilliseconds).toISOString();

export function localTime(value: unknown): LocalTime | undefined {
  const wall = LOCAL_TIME.exec(text(value, 40) ?? '')?.[1];
  return wall !== undefined && isDate(`${wall}Z`) ? (value as LocalTime) : undefined;
}

/** The wall clock of a capture time in milliseconds, as if it were UTC: for sorting and for `Intl` with timeZone UTC. */
export const wallClock = (time: LocalTime): number => Date.parse(`${time.slice(0, 19)}Z`);
