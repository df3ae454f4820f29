// When a photo was taken: the best of what EXIF, GPS, the file's name and its date say. Pure; works on text only, so that no
// date ever passes through the time zone of the machine.
import type { TakenAtSource } from '../../src/schema/photo.ts';
import { instantOf, localTime, wallClock, type Instant, type LocalTime } from '../../src/schema/time.ts';

export interface TakenAt {
  takenAt: LocalTime;
  takenAtSource: TakenAtSource;
}

/** EXIF as it stands in the file: text, numbers or lists, or rubbish. */
export type Tags = Readonly<Record<string, unknown>>;

/** The first photograph we know of; anything dated earlier is a mistake. */
const FIRST_YEAR = 1826;
const DAY = 86_400_000;
/** A date without a time is taken for noon: it stays on its day, in the middle of it. */
const NOON = '12:00:00';

const plausible = (time: LocalTime, now: number): boolean => {
  const wall = wallClock(time);
  return wall !== 0 && Number(time.slice(0, 4)) >= FIRST_YEAR && wall <= now + DAY;
};

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll('\0', '').trim() : '';

/** `2019:06:01 12:34:56` as EXIF wants it, and as programs write it: other separators, with a fraction or an offset of its own. */
const EXIF_TIME =
  /^(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?$/;

const offsetOf = (offset: string): string =>
  /^(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/.test(offset) ? offset.replace(/^(.\d\d):?(\d\d)$/, '$1:$2') : '';

function exifTime(value: unknown, subSeconds: unknown, offset: unknown): LocalTime | undefined {
  const match = EXIF_TIME.exec(textOf(value));
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, ownFraction, ownOffset] = match;
  const fraction = ownFraction ?? /^\d{1,9}/.exec(textOf(subSeconds))?.[0];
  const zone = offsetOf(ownOffset ?? textOf(offset));
  return localTime(
    `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction ? `.${fraction}` : ''}${zone}`,
  );
}

/** GPS time is UTC; satellites are exact, receivers' fractions are not worth keeping. */
function gpsTime(date: unknown, time: unknown): LocalTime | undefined {
  const day = /^(\d{4})[:-](\d\d)[:-](\d\d)$/.exec(textOf(date));
  if (!day || !Array.isArray(time) || time.length !== 3) return undefined;
  const clock = time.map((part) => String(Math.floor(Number(part))).padStart(2, '0')).join(':');
  return localTime(`${day[1]}-${day[2]}-${day[3]}T${clock}Z`);
}

// IMG_20190601_123456, 20190601_123456, IMG-20190601-WA0001, Screenshot_2019-06-01-12-34-56, photo_2019-06-01_12-34-56,
// "WhatsApp Image 2019-06-01 at 12.34.56", "Screenshot 2019-06-01 at 1.34.56 PM", "2019-06-01 12.34.56".
const NAME_DATE = /(?<!\d)((?:18|19|20)\d\d)([-_.:]?)(\d\d)\2(\d\d)(?!\d)/;
const NAME_TIME =
  /^(?:[\s_T-]|,? at )\s*(\d{1,2})[-_.:]?(\d\d)[-_.:]?(\d\d)(?:[._]?(\d{3}))?(?!\d)(?:\s?([AP])M)?/i;

/** The date in a file's name, as phones, cameras and messengers write it. */
export function timeInName(name: string): LocalTime | undefined {
  const date = NAME_DATE.exec(name);
  if (!date) return undefined;
  const [whole, year, , month, day] = date;
  const time = NAME_TIME.exec(name.slice(date.index + whole.length));
  const noon = localTime(`${year}-${month}-${day}T${NOON}`);
  if (!time) return noon;
  const [, hours, minutes, seconds, milliseconds, half] = time;
  const hour = half ? (Number(hours) % 12) + (half.toUpperCase() === 'P' ? 12 : 0) : Number(hours);
  const clock = `${String(hour).padStart(2, '0')}:${minutes}:${seconds}${milliseconds ? `.${milliseconds}` : ''}`;
  // Pixel phones name their photos in UTC.
  const zone = /^PXL_/i.test(name) ? 'Z' : '';
  return localTime(`${year}-${month}-${day}T${clock}${zone}`) ?? noon;
}

/** The first plausible answer, from the most trustworthy source on. */
export function takenAtOf(from: {
  told: { tags: Tags };
  containerTime?: LocalTime;
  name: string;
  lastModified?: Instant;
  uploadedAt: Instant;
  now: number;
}): TakenAt {
  const { tags } = from.told;
  const candidates: [TakenAtSource, LocalTime | undefined][] = [
    ['exif', exifTime(tags['DateTimeOriginal'], tags['SubSecTimeOriginal'], tags['OffsetTimeOriginal'])],
    ['exif', exifTime(tags['CreateDate'], tags['SubSecTimeDigitized'], tags['OffsetTimeDigitized'])],
    ['container', from.containerTime],
    ['gps', gpsTime(tags['GPSDateStamp'], tags['GPSTimeStamp'])],
    ['name', timeInName(from.name)],
    ['file', from.lastModified],
  ];
  for (const [takenAtSource, takenAt] of candidates) {
    if (takenAt && plausible(takenAt, from.now)) return { takenAt, takenAtSource };
  }
  return { takenAt: localTime(from.uploadedAt) ?? instantOf(from.now), takenAtSource: 'upload' };
}
