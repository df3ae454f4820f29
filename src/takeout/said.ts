// What stands in the JSON files of a Google Takeout: of one photo, or of an album. They may come from anywhere, so nothing in them is
// believed before it is read. Pure.
import { fields, flag, text } from '../schema/parse.ts';
import { CAPTION_LENGTH, readGps, type Gps } from '../schema/photo.ts';
import { TEXT_LENGTH, TITLE_LENGTH } from '../schema/social.ts';
import { instantOf, type Instant } from '../schema/time.ts';

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

export interface AlbumSaid {
  /** Not there for an album without a title. */
  title?: string;
  description?: string;
}

/** More than any sidecar has. */
export const MOST_BYTES = 4 * 2 ** 20;
const LONGEST_NAME = 1024;

/** Before the first photo ever, and later than any clock may be wrong. */
const FIRST = Date.parse('1800-01-01T00:00:00Z') / 1000;
const LAST = Date.parse('2100-01-01T00:00:00Z') / 1000;

/** What only the sidecar of a photo has. */
const OF_PHOTOS = ['photoTakenTime', 'creationTime', 'imageViews', 'googlePhotosOrigin'];

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

/** Undefined for JSON that speaks of no album. Exports before 2020 have it one level deeper. */
export function readAlbumSaid(json: unknown): AlbumSaid | undefined {
  const outer = fields(json);
  const inner = fields(outer?.['albumData']);
  const from = inner ?? outer;
  if (!from || typeof from['title'] !== 'string' || OF_PHOTOS.some((name) => name in from)) return undefined;
  const title = shortened(from['title'], TITLE_LENGTH);
  const description = shortened(from['description'], TEXT_LENGTH);
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}

/** Text is cut rather than lost; blanks are none. */
function shortened(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  return (
    value
      .slice(0, 2 * max)
      .trim()
      .slice(0, max)
      .toWellFormed()
      .trim() || undefined
  );
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
