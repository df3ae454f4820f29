// What a form makes of a capture time. Pure.
import { inZone, minutesOf, setTo, shifted, zoneOf, type Zone } from '../library/dates.ts';
import type { LocalTime } from '../schema/time.ts';

export type DateChange =
  /** Without `time` each photo keeps its own. `zone`: as it is, not known (''), or this one. */
  | { way: 'set'; date: string; time?: string | undefined; zone?: Zone | '' | undefined }
  | { way: 'shift'; milliseconds: number }
  | { way: 'zone'; zone: Zone | ''; move: boolean }
  | { way: 'back' };

/** Undefined where there is no such time. `measured` is what the file says. */
export function changedTime(
  { taken, measured }: { taken: LocalTime; measured: LocalTime },
  change: DateChange,
): LocalTime | undefined {
  if (change.way === 'back') return measured;
  if (change.way === 'shift') return shifted(taken, change.milliseconds);
  if (change.way === 'zone') return inZone(taken, change.zone || undefined, change.move);
  const set = setTo(taken, change.date, change.time);
  if (set === undefined || change.zone === undefined) return set;
  return inZone(set, change.zone || undefined, false);
}

/** Offsets that clocks somewhere on earth have, in minutes. */
const AHEAD = [
  -720, -660, -600, -570, -540, -480, -420, -360, -300, -240, -210, -180, -150, -120, -60, 0, 60, 120, 180,
  210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 525, 540, 570, 600, 630, 660, 720, 765, 780, 825, 840,
];

/** The zones to choose from, with those that the photos have themselves. */
export function zonesFor(times: readonly LocalTime[]): number[] {
  const own = times.flatMap((time) => {
    const zone = zoneOf(time);
    return zone === undefined ? [] : [minutesOf(zone)];
  });
  return [...new Set([...AHEAD, ...own])].sort((a, b) => a - b);
}

/** The earliest and the latest of these by the clock on the wall. */
export function endsOf(times: readonly LocalTime[]): [LocalTime, LocalTime] | undefined {
  let [first, last] = [times[0], times[0]];
  if (first === undefined || last === undefined) return undefined;
  for (const time of times) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return [first, last];
}
