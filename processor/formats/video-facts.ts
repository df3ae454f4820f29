// What is to be known of a video, and the ways in which containers write times and places.
import type { Gps } from '../../src/schema/photo.ts';
import { localTime, type LocalTime } from '../../src/schema/time.ts';
import type { Size } from './format.ts';

/** What a container says of its video. */
export interface Video {
  /** Upright, of its largest picture; undefined where there is none to see, but only sound. */
  size?: Size;
  /** Seconds. */
  duration?: number;
  time?: LocalTime;
  gps?: Gps;
  make?: string;
  model?: string;
  title?: string;
  /** A packet of XMP. */
  xmp?: Buffer;
}

/** `2019-06-01T12:34:56+0200`, as Apple and others write it. */
export function writtenTime(text: string | undefined): LocalTime | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/.exec(text?.trim() ?? '');
  const zone = match?.[3]?.replace(/^(.\d\d):?(\d\d)$/, '$1:$2') ?? '';
  return match ? localTime(`${match[1]}${match[2] ?? ''}${zone}`) : undefined;
}

/** `+48.8584+002.2945+035.000/`, degrees as ISO 6709 has them. */
export function writtenPlace(text: string | undefined): Gps | undefined {
  const match = /^([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)/.exec(text?.trim() ?? '');
  const [latitude, longitude] = [Number(match?.[1]), Number(match?.[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}

/** A moment in UTC; undefined for one that no video was made at. */
export function utcTime(epochMilliseconds: number): LocalTime | undefined {
  // Clocks begin at 1904, 1970 or 2001: what is near any beginning was never set.
  if (!(epochMilliseconds > Date.UTC(1990, 0) && epochMilliseconds < Date.UTC(2200, 0))) return undefined;
  return localTime(new Date(epochMilliseconds).toISOString().replace(/\.\d+Z$/, 'Z'));
}
