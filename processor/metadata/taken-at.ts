// When a photo was taken: the best of what its metadata, GPS, the file's name and its date say, in the local time of the place. Pure.
import type { TakenAtSource } from '../../src/schema/photo.ts';
import { instantOf, localTime, wallClock, type Instant, type LocalTime } from '../../src/schema/time.ts';
import { dateTime, gpsTime, iptcTime, NOON, pngTime, xmpTime } from './dates.ts';
import { timeInName } from './file-name.ts';
import type { Tags } from './tags.ts';
import { offsetByGps, offsetByName, offsetIn, offsetText, timeAt, timeIn } from './zone.ts';

export interface TakenAt {
  takenAt: LocalTime;
  takenAtSource: TakenAtSource;
}

/** The first photograph we know of; anything dated earlier is a mistake. */
const FIRST_YEAR = 1826;
const DAY = 86_400_000;
/** What clocks begin with that were never set: the first day of Unix in any zone, and midnights of old systems. */
const UNIX_BEGINS = { from: '1969-12-31T12:00:00', to: '1970-01-01T23:59:59' };
const MIDNIGHTS = new Set(['1904-01-01T00:00:00', '1980-01-01T00:00:00']);

function plausible(time: LocalTime, now: number): boolean {
  const wall = time.slice(0, 19);
  if (wall >= UNIX_BEGINS.from && wall <= UNIX_BEGINS.to) return false;
  return !MIDNIGHTS.has(wall) && Number(time.slice(0, 4)) >= FIRST_YEAR && wallClock(time) <= now + DAY;
}

/** What clocks on the wall or in cameras said; the others are instants. */
const BY_THE_CLOCK: ReadonlySet<TakenAtSource> = new Set(['exif', 'xmp', 'iptc']);

const hasOffset = (time: LocalTime): boolean => /(?:Z|[+-]\d\d:\d\d)$/.test(time.slice(19));

interface From {
  /** `zone` is the IANA zone of the place, where it is known. */
  told: { tags: Tags; zone?: string };
  containerTime?: LocalTime;
  /** Of a video, in seconds. */
  duration?: number;
  name: string;
  lastModified?: Instant;
  uploadedAt: Instant;
  now: number;
}

/** The first plausible answer, from the most trustworthy source on. */
export function takenAtOf(from: From): TakenAt {
  const { exif, xmp, iptc, png } = from.told.tags;
  const gps = gpsTime(exif?.['GPSDateStamp'], exif?.['GPSTimeStamp']) ?? xmpTime(xmp?.['GPSTimeStamp']);
  const candidates: [TakenAtSource, LocalTime | undefined][] = [
    [
      'exif',
      dateTime(exif?.['DateTimeOriginal'], exif?.['SubSecTimeOriginal'], exif?.['OffsetTimeOriginal']),
    ],
    ['xmp', xmpTime(xmp?.['DateTimeOriginal'])],
    ['xmp', xmpTime(xmp?.['DateCreated'])],
    ['iptc', iptcTime(iptc?.['Date Created'], iptc?.['Time Created'])],
    // When it became a file: of a photo that was scanned, years later.
    ['exif', dateTime(exif?.['CreateDate'], exif?.['SubSecTimeDigitized'], exif?.['OffsetTimeDigitized'])],
    ['xmp', xmpTime(xmp?.['CreateDate'])],
    ['iptc', iptcTime(iptc?.['Digital Creation Date'], iptc?.['Digital Creation Time'])],
    ['container', from.containerTime],
    ['container', pngTime(png?.['Creation Time'])],
    ['gps', gps],
    ['name', timeInName(from.name)],
    // When the picture was last changed. (PNG, 11.3.6.1)
    ['container', pngTime(png?.['tIME'])],
    // When the file was last changed, before what a copy of the file has lost.
    ['file', dateTime(exif?.['ModifyDate'], undefined, exif?.['OffsetTime'])],
    ['file', from.lastModified],
    // The server's own clock needs no proof.
    ['upload', localTime(from.uploadedAt) ?? instantOf(from.now)],
  ];
  const [takenAtSource, time] =
    candidates.find(
      ([source, candidate]) => candidate && (source === 'upload' || plausible(candidate, from.now)),
    ) ?? [];
  if (!takenAtSource || !time) throw new Error('the time of upload is always known');
  return { takenAt: localized(time, takenAtSource, candidates, from), takenAtSource };
}

/** Local time is what people remember: with the offset of the place, where that can be known. */
function localized(
  time: LocalTime,
  source: TakenAtSource,
  candidates: readonly (readonly [TakenAtSource, LocalTime | undefined])[],
  from: From,
): LocalTime {
  const {
    told: { zone },
    now,
  } = from;
  // What a camera says of its own zone is right, even where it says UTC.
  if (hasOffset(time)) {
    const isInstant = time.endsWith('Z') && !BY_THE_CLOCK.has(source);
    return (isInstant && (zone ? timeIn(zone, time) : timeByName(time, from))) || time;
  }
  const gps = candidates.find(([other]) => other === 'gps')?.[1];
  const utc = gps?.endsWith('Z') && plausible(gps, now) ? wallClock(gps) : undefined;
  const offset = zone ? offsetIn(zone, time, utc) : undefined;
  if (offset !== undefined) return withOffset(time, offsetText(offset));
  if (!BY_THE_CLOCK.has(source)) return time;
  // The same time may stand elsewhere with its offset; UTC is what programs write there that do not know.
  const told = candidates.find(
    ([other, same]) =>
      other === 'xmp' && same?.startsWith(time.slice(0, 19)) && /[+-](?!00:00)\d\d:\d\d$/.test(same),
  )?.[1];
  if (told) return withOffset(time, told.slice(-6));
  const byGps = utc === undefined || time.endsWith(`T${NOON}`) ? undefined : offsetByGps(time, utc);
  return byGps === undefined ? time : withOffset(time, offsetText(byGps));
}

/** Phones date their videos in UTC, and name them by the clock on the wall. */
function timeByName(utc: LocalTime, { name, duration }: From): LocalTime | undefined {
  const named = timeInName(name);
  if (!named || hasOffset(named) || named.endsWith(`T${NOON}`)) return undefined;
  const offset = offsetByName(named, wallClock(utc), duration);
  return offset === undefined ? undefined : timeAt(offset, utc);
}

const withOffset = (time: LocalTime, offset: string): LocalTime => localTime(`${time}${offset}`) ?? time;
