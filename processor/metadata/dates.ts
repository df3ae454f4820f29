// Dates as EXIF, XMP, IPTC, PNG and GPS write them, and as programs do that have not read the specifications. Pure; works on text
// only, so that no date ever passes through the time zone of the machine.
import { localTime, type LocalTime } from '../../src/schema/time.ts';

/** A date without a time is taken for noon: it stays on its day, in the middle of it. */
export const NOON = '12:00:00';

const textOf = (value: unknown): string => {
  const found: unknown = Array.isArray(value) ? value[0] : value;
  return typeof found === 'string' ? found.slice(0, 100).replaceAll('\0', '').trim() : '';
};

const offsetOf = (offset: string): string =>
  /^(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/.test(offset) ? offset.replace(/^(.\d\d):?(\d\d)$/, '$1:$2') : '';

/**
 * `2019:06:01 12:34:56` as EXIF wants it, `2019-06-01T12:34:56.5+02:00` as XMP does, and mixtures of them. Blanks stand for leading
 * zeros, `9: 4: 1`, and for what a camera does not know, `13:34:  `. (EXIF 3.0, 4.6.6.6)
 */
const DATE_TIME =
  /^(\d{4})[:\-/.]([\s\d]\d)[:\-/.]([\s\d]\d)(?:(?:T|\s+)(\d?\d|\s{2})?:([\s\d]\d|\s{2})?(?::(?:([\s\d]\d)(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/;

const two = (digits: string): string => digits.trim().padStart(2, '0');

/** `subSeconds` and `offset` are what EXIF keeps in tags of their own. A day is needed; of the time, what is known. */
export function dateTime(value: unknown, subSeconds?: unknown, offset?: unknown): LocalTime | undefined {
  const match = DATE_TIME.exec(textOf(value));
  if (!match) return undefined;
  const [, year, month = '', day = '', hour = '', minute = '', second, ownFraction, ownOffset] = match;
  const date = `${year}-${two(month)}-${two(day)}`;
  if (hour.trim() === '' || minute.trim() === '') return localTime(`${date}T${NOON}`);
  const fraction =
    second === undefined ? undefined : (ownFraction ?? /^\d{1,9}/.exec(textOf(subSeconds))?.[0]);
  const zone = offsetOf(ownOffset ?? textOf(offset));
  const clock = `${two(hour)}:${two(minute)}:${two(second ?? '')}`;
  return localTime(`${date}T${clock}${fraction ? `.${fraction}` : ''}${zone}`);
}

/** XMP may know no more than the year or the month of an old photo: the first day of it is near enough to find it. */
export function xmpTime(value: unknown): LocalTime | undefined {
  const [, year, month] = /^(\d{4})(?:-(\d\d))?$/.exec(textOf(value)) ?? [];
  return year === undefined ? dateTime(value) : localTime(`${year}-${month ?? '01'}-01T${NOON}`);
}

/** `20190601` and `123456+0200`; 00 is a day or month that nobody knows. (IIM 4.2, 2:55 and 2:60) */
export function iptcTime(date: unknown, time: unknown): LocalTime | undefined {
  const day = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(textOf(date));
  if (!day) return undefined;
  const [, year, month, dayOfMonth] = day.map((part) => (part === '00' ? '01' : part));
  const [, hour, minute, second, zone = ''] =
    /^(\d\d):?(\d\d):?(\d\d)\s*(Z|[+-]\d\d:?\d\d)?$/.exec(textOf(time)) ?? [];
  const noon = localTime(`${year}-${month}-${dayOfMonth}T${NOON}`);
  if (hour === undefined) return noon;
  return localTime(`${year}-${month}-${dayOfMonth}T${hour}:${minute}:${second}${offsetOf(zone)}`) ?? noon;
}

/** GPS time is UTC; satellites are exact, receivers' fractions are not worth keeping. */
export function gpsTime(date: unknown, time: unknown): LocalTime | undefined {
  const day = /^(\d{4})[:-](\d\d)[:-](\d\d)$/.exec(textOf(date));
  if (!day || !Array.isArray(time) || time.length !== 3) return undefined;
  const clock = time.map((part) => String(Math.floor(Number(part))).padStart(2, '0')).join(':');
  return localTime(`${day[1]}-${day[2]}-${day[3]}T${clock}Z`);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `Sat, 1 Jun 2019 12:34:56 +0200`, as PNG recommends. (RFC 1123, 5.2.14) */
const MAIL_DATE =
  /^(?:[A-Z][a-z]{2},? )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))?(?: (?:(GMT|UTC?|Z)|([+-]\d{4})))?$/;

export function pngTime(value: unknown): LocalTime | undefined {
  const match = MAIL_DATE.exec(textOf(value));
  if (!match) return dateTime(value);
  const [, day, month = '', year, hour, minute, second, utc, offset] = match;
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  const zone = utc ? 'Z' : offsetOf(offset ?? '');
  return localTime(`${year}-${number}-${day?.padStart(2, '0')}T${hour}:${minute}:${second ?? '00'}${zone}`);
}
