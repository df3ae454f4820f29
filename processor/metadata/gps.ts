// Where on earth, as EXIF and XMP write it. Pure.
import { number } from '../../src/schema/parse.ts';
import type { Gps } from '../../src/schema/photo.ts';
import type { Tags } from './tags.ts';

/** Degrees, minutes and seconds, of which the last may be missing; undefined when any of them is out of its range. */
function angle(value: unknown, max: number): number | undefined {
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  const degrees = number(parts[0], 0, max);
  const minutes = number(parts[1] ?? 0, 0, 60);
  // A receiver that has no seconds may write 0/0.
  const seconds = Number.isNaN(parts[2]) ? 0 : number(parts[2] ?? 0, 0, 60);
  if (degrees === undefined || minutes === undefined || seconds === undefined) return undefined;
  return number(degrees + minutes / 60 + seconds / 3600, 0, max);
}

function exifAngle(value: unknown, ref: unknown, letters: string, max: number): number | undefined {
  // One number is no angle of EXIF, but that of a raw photo's own tag.
  const degrees = Array.isArray(value) ? angle(value, max) : undefined;
  const side = typeof ref === 'string' ? ref.trim().charAt(0).toUpperCase() : '';
  if (degrees === undefined || side === '' || !letters.includes(side)) return undefined;
  return side === letters[1] ? -degrees : degrees;
}

/** `39,55.5N` and `39,55,30N`. (XMP specification, part 2, 1.2.7.4) */
function xmpAngle(value: unknown, letters: string, max: number): number | undefined {
  const match =
    /^\s*(\d{1,3}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?(?:,(\d{1,2}(?:\.\d+)?))?\s*([NSEW])\s*$/i.exec(
      typeof value === 'string' ? value : '',
    );
  const parts = match?.slice(1, 4).map((part) => Number(part ?? 0));
  return parts && exifAngle(parts, match?.[4], letters, max);
}

/** 0, 0 lies in the Gulf of Guinea and is what phones write when they do not know. */
const gps = (latitude: number | undefined, longitude: number | undefined): Gps | undefined =>
  latitude === undefined || longitude === undefined || (latitude === 0 && longitude === 0)
    ? undefined
    : { latitude: Number(latitude.toFixed(7)), longitude: Number(longitude.toFixed(7)) };

export const gpsOf = ({ exif, xmp }: Tags): Gps | undefined =>
  gps(
    exifAngle(exif?.['GPSLatitude'], exif?.['GPSLatitudeRef'], 'NS', 90),
    exifAngle(exif?.['GPSLongitude'], exif?.['GPSLongitudeRef'], 'EW', 180),
  ) ?? gps(xmpAngle(xmp?.['GPSLatitude'], 'NS', 90), xmpAngle(xmp?.['GPSLongitude'], 'EW', 180));
