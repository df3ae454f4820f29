// What stands beside a photo in a Google Takeout. It may come from anywhere, so nothing in it is believed before it is read. Pure.
import { fields, flag, text } from '../schema/parse.ts';
import { CAPTION_LENGTH, readGps, type Gps } from '../schema/photo.ts';
import { OF_PHOTOS, shortened } from '../schema/takeout.ts';
import { instant, instantOf, type Instant } from '../schema/time.ts';

/** What Google knows of a photo beyond its bytes. */
export interface Facts {
  caption?: string;
  favorite?: true;
  archived?: true;
  takenAt?: Instant;
  gps?: Gps;
}

export interface PhotoSaid {
  /** The photo's name before it was cut. */
  title?: string;
  /** It lay in the trash. */
  trashed: boolean;
  facts: Facts;
}

/** More than any sidecar has. */
export const MOST_BYTES = 4 * 2 ** 20;
const LONGEST_NAME = 1024;

/** Before the first photo ever, and later than any clock may be wrong. */
const FIRST = Date.parse('1800-01-01T00:00:00Z') / 1000;
const LAST = Date.parse('2100-01-01T00:00:00Z') / 1000;

/** Undefined for JSON that speaks of no photo. */
export function readPhotoSaid(json: unknown): PhotoSaid | undefined {
  const from = fields(json);
  if (!from || !OF_PHOTOS.some((name) => name in from)) return undefined;
  const title = text(from['title'], LONGEST_NAME);
  const caption = shortened(from['description'], CAPTION_LENGTH);
  const takenAt = epoch(fields(from['photoTakenTime'])?.['timestamp']);
  // As the person corrected it, before what the file says.
  const gps = somewhere(from['geoData']) ?? somewhere(from['geoDataExif']);
  return {
    ...(title !== undefined && { title }),
    trashed: flag(from['trashed']) ?? false,
    facts: {
      ...(caption !== undefined && { caption }),
      ...(from['favorited'] === true && { favorite: true }),
      ...(from['archived'] === true && { archived: true }),
      ...(takenAt !== undefined && { takenAt }),
      ...(gps && { gps }),
    },
  };
}

/** The same as it was kept on this device. */
export function parseFacts(value: unknown): Facts {
  const from = fields(value);
  const caption = text(from?.['caption'], CAPTION_LENGTH);
  const takenAt = instant(from?.['takenAt']);
  const gps = readGps(from?.['gps']);
  return {
    ...(caption !== undefined && { caption }),
    ...(from?.['favorite'] === true && { favorite: true }),
    ...(from?.['archived'] === true && { archived: true }),
    ...(takenAt !== undefined && { takenAt }),
    ...(gps && { gps }),
  };
}

/** Seconds since 1970, in words or as a number; exactly 0 is Google's word for not known. */
function epoch(value: unknown): Instant | undefined {
  const seconds = typeof value === 'string' && /^-?\d{1,12}$/.test(value) ? Number(value) : value;
  const known = typeof seconds === 'number' && seconds !== 0 && seconds >= FIRST && seconds < LAST;
  return known ? instantOf(Math.floor(seconds) * 1000) : undefined;
}

/** 0, 0 is nowhere. */
function somewhere(value: unknown): Gps | undefined {
  const gps = readGps(value);
  return gps && (gps.latitude !== 0 || gps.longitude !== 0) ? gps : undefined;
}
