// Details as people write them: exact dates, sizes, exposure times. By Intl, in the person's own language. Pure.
import { wall } from './format.ts';

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const OFFSET = /(?:Z|([+-])(\d\d):(\d\d))$/;

/** `GMT+2`, `GMT-3:30`, `GMT`. */
function zoneOf(sign: string, hours: number, minutes: number): string {
  if (hours === 0 && minutes === 0) return 'GMT';
  return `GMT${sign}${hours}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`}`;
}

/**
 * A capture time in full. Where it is known to have been in another zone than this device's, that is said (`2:03 PM GMT+2`): else the
 * clock on that wall would be taken for the one here. `ahead` is by how many minutes the clocks here are ahead of UTC at a moment.
 */
export function fullDateOf(
  local: string,
  ahead: (date: Date) => number = (date) => -date.getTimezoneOffset(),
): string {
  const text = full.format(wall(local));
  const found = OFFSET.exec(local);
  if (!found) return text;
  const [, sign = '+', hours = 0, minutes = 0] = found;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return offset === ahead(new Date(local)) ? text : `${text} ${zoneOf(sign, Number(hours), Number(minutes))}`;
}

export const momentOf = (instant: string): string => moment.format(new Date(instant));

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Decimal units, as cameras, phones and bills count. */
export function sizeOf(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: UNITS[unit] as string,
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: unit === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}

/** `1/250 s`, `2 s`. */
export const shutterOf = (seconds: number): string =>
  seconds >= 0.4 || seconds <= 0 ? `${Math.round(seconds * 10) / 10} s` : `1/${Math.round(1 / seconds)} s`;

/** Kinds whose MIME type is not what people call them. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  'image/jxl': 'JPEG XL',
  'image/jp2': 'JPEG 2000',
  'image/svg+xml': 'SVG',
  'image/vnd.adobe.photoshop': 'PSD',
  'image/x-raw': 'raw',
  'video/quicktime': 'MOV',
  'video/x-matroska': 'MKV',
  'video/x-msvideo': 'AVI',
  'video/x-ms-asf': 'WMV',
  'video/x-flv': 'FLV',
  'video/mp2t': 'MPEG-TS',
  'video/3gpp': '3GP',
  'application/vnd.rn-realmedia': 'RealMedia',
  'application/octet-stream': '',
};

/** `image/jpeg` as `JPEG`, `image/x-canon-cr2` as `CR2`; empty for a type that says nothing. */
export const typeOf = (mime: string): string =>
  TYPE_NAMES[mime] ?? mime.split(/[/-]/).at(-1)?.toUpperCase() ?? '';
