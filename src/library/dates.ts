// Correcting when photos were taken: all by the clock on the wall, which no summer time moves. Pure.
import { localTime, wallClock, type LocalTime } from '../schema/time.ts';

/** `+02:00`, `-03:30`, `Z`. */
export type Zone = string;

/** What follows the seconds: a fraction, and the zone where known. */
const fractionOf = (time: LocalTime): string => /^\.\d+/.exec(time.slice(19))?.[0] ?? '';

export const zoneOf = (time: LocalTime): Zone | undefined => /(?:Z|[+-]\d\d:\d\d)$/.exec(time.slice(19))?.[0];

/** How many minutes clocks there are ahead of UTC. */
export function minutesOf(zone: Zone): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
}

/** `+02:00` for 120. */
export function zoneAhead(minutes: number): Zone {
  const ahead = Math.abs(minutes);
  const parts = [Math.floor(ahead / 60), ahead % 60].map((part) => String(part).padStart(2, '0'));
  return `${minutes < 0 ? '-' : '+'}${parts.join(':')}`;
}

/** Undefined before the year 0 and after 9999, which no row can hold. */
const wallAt = (milliseconds: number): string | undefined => {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return undefined;
  const text = date.toISOString();
  return text.length === 24 ? text.slice(0, 19) : undefined;
};

/** The clock so much later (or, below 0, earlier); its zone stays. Undefined where there is no such year. */
export function shifted(time: LocalTime, milliseconds: number): LocalTime | undefined {
  const wall = wallAt(wallClock(time) + milliseconds);
  return wall && wall + time.slice(19);
}

/**
 * In another zone. Either the clock was right and only nobody knew where it hung: then it stays. Or the moment was right and the clock
 * still that of home: then it is moved, if it is known where home was.
 */
export function inZone(time: LocalTime, zone: Zone | undefined, move: boolean): LocalTime | undefined {
  const before = zoneOf(time);
  const by = move && zone !== undefined && before !== undefined ? minutesOf(zone) - minutesOf(before) : 0;
  const wall = wallAt(wallClock(time) + by * 60_000);
  return wall && wall + fractionOf(time) + (zone ?? '');
}

/**
 * On this date (`2019-06-01`) and at this time (`12:34` or `12:34:56`); without one, at the time of day it was. Its zone stays.
 * Undefined for a date there is none of.
 */
export function setTo(time: LocalTime, date: string, clock?: string): LocalTime | undefined {
  if (clock === undefined) return localTime(date + time.slice(10));
  const zone = zoneOf(time) ?? '';
  return localTime(`${date}T${clock.length === 5 ? `${clock}:00` : clock}${zone}`);
}
