// Time zones: which one a place is in, and what its clocks say. Pure but for data loaded with the first place.
import type { Gps } from '../../src/schema/photo.ts';
import { localTime, wallClock, type LocalTime } from '../../src/schema/time.ts';
import { lazily } from './lazily.ts';

type Lookup = (latitude: number, longitude: number) => string;

const lookup = lazily<Lookup>(async () => (await import('@photostructure/tz-lookup')).default);

/** The IANA zone of a place; undefined at sea, where clocks are a captain's affair. */
export async function zoneOf({ latitude, longitude }: Gps): Promise<string | undefined> {
  const zone = (await lookup())(latitude, longitude);
  return zone.startsWith('Etc/') ? undefined : zone;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Minutes east of UTC at an instant; undefined where clocks went by the sun, with seconds in their offset. */
function offsetAt(zone: string, instant: number): number | undefined {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    timeZoneName: 'longOffset',
  }).formatToParts(instant);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name);
  if (!match) return undefined;
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

/** `+05:45`. */
export function offsetText(minutes: number): string {
  const whole = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(whole / 60))}:${two(whole % 60)}`;
}

/**
 * What a zone's clocks were ahead of UTC when they showed this time, in minutes. When they showed it twice, the one that `utc` (in
 * milliseconds, from GPS) comes nearer to, else the first; when they skipped it, as before they did.
 */
export function offsetIn(zone: string, time: LocalTime, utc?: number): number | undefined {
  const wall = wallClock(time);
  const around = [offsetAt(zone, wall - 24 * HOUR), offsetAt(zone, wall + 24 * HOUR)];
  const fitting = around.filter(
    (offset) => offset !== undefined && offsetAt(zone, wall - offset * MINUTE) === offset,
  );
  const off = (offset: number | undefined): number => Math.abs(wall - (offset ?? 0) * MINUTE - (utc ?? 0));
  if (utc !== undefined && fitting.length === 2 && off(fitting[1]) < off(fitting[0])) return fitting[1];
  return fitting[0] ?? around[0];
}

/** A time in UTC as the clocks of a zone showed it. */
export function timeIn(zone: string, utc: LocalTime): LocalTime | undefined {
  const offset = offsetAt(zone, wallClock(utc));
  return offset === undefined ? undefined : timeAt(offset, utc);
}

/** A time in UTC as clocks show it that are so many minutes ahead of it. */
export function timeAt(offset: number, utc: LocalTime): LocalTime | undefined {
  const wall = new Date(wallClock(utc) + offset * MINUTE).toISOString().slice(0, 19);
  return localTime(`${wall}${utc.slice(19, -1)}${offsetText(offset)}`);
}

/** The quarters of an hour that are in use; a clock that differs by another one is merely wrong. */
const ODD_OFFSETS = new Set([-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825]);

/** What a clock is ahead of UTC, by its time and that of GPS, when the difference can be that of a zone. */
export function offsetByGps(time: LocalTime, utc: number): number | undefined {
  const offset = Math.round((wallClock(time) - utc) / (15 * MINUTE)) * 15 || 0;
  const isInUse = offset % 60 === 0 ? offset >= -12 * 60 && offset <= 14 * 60 : ODD_OFFSETS.has(offset);
  return isInUse ? offset : undefined;
}

/** How far a name and a container that tell of the same moment are apart at most. */
const SAME_MOMENT = 2 * MINUTE;

/**
 * The same of a file that bears its local time in its name and UTC inside. A video may be named after its first second and dated by
 * its last one. What differs by more was named at another time, when somebody saved or trimmed it, and tells nothing.
 */
export function offsetByName(named: LocalTime, utc: number, seconds = 0): number | undefined {
  const off = (instant: number, offset: number | undefined): number =>
    offset === undefined ? Infinity : Math.abs(wallClock(named) - instant - offset * MINUTE);
  const [best] = [utc, utc - seconds * 1000]
    .map((instant) => ({ instant, offset: offsetByGps(named, instant) }))
    .sort((one, other) => off(one.instant, one.offset) - off(other.instant, other.offset));
  return best && off(best.instant, best.offset) <= SAME_MOMENT ? best.offset : undefined;
}
