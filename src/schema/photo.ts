// A photo's row in the `photos` table: its attributes, who may write which, and how a row from outside is read. Pure.
import { fromBase64, isIdentityId, isPhotoId, type IdentityId, type PhotoId } from './ids.ts';
import { defined, fields, flag, list, number, oneOf, text, whole, type Fields } from './parse.ts';
import { instant, localTime, type Instant, type LocalTime } from './time.ts';

/** What the owner may edit, from any device at any time: of two edits of one attribute the later one counts. */
export const EDITABLE_ATTRIBUTES = [
  'favorite',
  'caption',
  'tags',
  'archived',
  'trashedAt',
  'takenAtOverride',
  'placeOverride',
] as const;
export type EditableAttribute = (typeof EDITABLE_ATTRIBUTES)[number];

/**
 * Beside each stands when it was last edited, by the server's clock. Flat, because IAM's `dynamodb:Attributes` knows top-level names
 * only, and DynamoDB sets nothing inside a map that is not there.
 */
export type EditTime = `${EditableAttribute}EditedAt`;
export const editTimeOf = (attribute: EditableAttribute): EditTime => `${attribute}EditedAt`;
export const EDIT_TIMES: readonly EditTime[] = EDITABLE_ATTRIBUTES.map(editTimeOf);

/** Of a tombstone's attributes: no edit is later, so that none is written on it. */
export const SEALED: Instant = '9999-12-31T23:59:59.999Z';

/** Attributes the owner's browser may write (the policy allows no other). Everything else is the processor's. */
export const OWNER_ATTRIBUTES = [...EDITABLE_ATTRIBUTES, ...EDIT_TIMES, 'changedAt'] as const;
export type OwnerAttribute = (typeof OWNER_ATTRIBUTES)[number];

export const PHOTO_KEY_ATTRIBUTES = ['owner', 'photoId'] as const;

/** Local index of both tables: partition `owner`, sort `changedAt`. */
export const CHANGES_INDEX = 'changes';
/** Global index of `social`: partition `recipient`, sort `changedAt`. */
export const INBOX_INDEX = 'inbox';
/** The TTL attribute of both tables: epoch seconds. */
export const TTL_ATTRIBUTE = 'expiresAt';
/** How long a deleted photo's tombstone stays, in days. */
export const TOMBSTONE_DAYS = 90;
/** The longest caption and tag, in UTF-16 units. */
export const CAPTION_LENGTH = 10_000;
export const TAG_LENGTH = 200;
/** How long a photo stays in trash before the page deletes it, in days. */
export const TRASH_DAYS = 30;

export const FAILURE_CODES = [
  'empty',
  'unsupported',
  'damaged',
  'too-large',
  'hash-mismatch',
  'unexpected',
] as const;
/**
 * Why a photo has no renditions: `empty` no bytes at all; `unsupported` not a picture we can show; `damaged` a picture that
 * cannot be decoded; `too-large` over the pixel limit; `hash-mismatch` bytes that are not those of the photo id;
 * `unexpected` anything else. The original is kept in every case.
 */
export type FailureCode = (typeof FAILURE_CODES)[number];
export interface Failure {
  code: FailureCode;
  sentence: string;
}

export const TAKEN_AT_SOURCES = [
  'exif',
  'xmp',
  'iptc',
  'container',
  'gps',
  'name',
  'file',
  'upload',
] as const;
/**
 * What `takenAt` was read from, the most trustworthy first: EXIF, XMP, IPTC, the container (HEIF, PNG, video), GPS time, the
 * file's name, the file's last-modified, or the time of upload.
 */
export type TakenAtSource = (typeof TAKEN_AT_SOURCES)[number];

export const FLAGS = ['animated', 'panorama', 'motion', 'hdr', 'raw'] as const;
/**
 * What kind of photo it is beyond its type: `animated` has further frames; `panorama` was stitched; `motion` carries a short
 * video; `hdr` is brighter than its rendition (a gain map, PQ or HLG); `raw` is as a camera's sensor saw it.
 */
export type Flag = (typeof FLAGS)[number];

export const NOTE_CODES = ['cut-short', 'preview', 'over-limit'] as const;
/**
 * What is to be known of a photo: `cut-short` the file ends early or is damaged, and a part of the picture is missing; `preview`
 * the renditions come from a preview much smaller than the photo; `over-limit` its file is larger than this Shoebox wants files
 * to be, which is said before anything else.
 */
export type NoteCode = (typeof NOTE_CODES)[number];

/**
 * Counts up whenever the processor makes more or other things of the same original; a row with a lower number, or none, is one
 * that `npm run reprocess` has not come to yet.
 */
export const PIPELINE = 3;

/** Where on earth, by the nearest town. */
export interface Place {
  city?: string;
  /** State, province, county: whatever a country is divided into first. */
  region?: string;
  /** ISO 3166-1 alpha-2, upper case; the page names it in its reader's language. */
  country: string;
}

/** Degrees, WGS 84. */
export interface Gps {
  latitude: number;
  longitude: number;
}

/**
 * Where the owner says it was, in place of everything that was measured: without `gps` it is not on the map, and without anything
 * it was nowhere.
 */
export interface PlaceOverride {
  /** The owner's own words; they go before the town's. */
  name?: string;
  place?: Place;
  gps?: Gps;
}

export interface Exposure {
  /** Seconds. */
  time?: number;
  /** f-number. */
  aperture?: number;
  iso?: number;
  /** Millimetres. */
  focalLength?: number;
}

interface Row {
  owner: IdentityId;
  photoId: PhotoId;
  changedAt: Instant;
}

type EditTimes = { [Name in EditTime]?: Instant };

/** What the processor measured and the owner added. */
export interface Photo extends Row, EditTimes {
  status: 'ready' | 'failed';
  failure?: Failure;
  /** A note on a photo that is ready all the same; `over-limit` also on one that is not. */
  note?: NoteCode;
  name: string;
  /** The folder it was dropped from, `/` between parts; may have been cut. */
  path?: string;
  /** MIME type by the file's first bytes, never by its name. A `video/` has no renditions. */
  type: string;
  bytes: number;
  /** Pixels, upright; 0 where the photo failed. */
  width: number;
  height: number;
  /** Of a video, in seconds. */
  duration?: number;
  flags?: Flag[];
  takenAt: LocalTime;
  takenAtSource: TakenAtSource;
  /** ThumbHash, base64. */
  placeholder?: string;
  camera?: string;
  lens?: string;
  exposure?: Exposure;
  gps?: Gps;
  place?: Place;
  /** As cameras and programs wrote them into the file; the owner's own words are `caption` and `tags`. */
  title?: string;
  description?: string;
  keywords?: string[];
  /** 1 to 5 stars, as programs wrote them into the file. */
  rating?: number;
  /** PIPELINE of the processor that measured it. */
  pipeline?: number;
  uploadedAt: Instant;
  favorite?: boolean;
  caption?: string;
  tags?: string[];
  archived?: boolean;
  trashedAt?: Instant;
  takenAtOverride?: LocalTime;
  placeOverride?: PlaceOverride;
}

/** What is left of a deleted photo, until its TTL: tells replicas to forget it. */
export interface Tombstone extends Row {
  deletedAt: Instant;
}

export type PhotoRow = Photo | Tombstone;

export const isTombstone = (row: PhotoRow): row is Tombstone => 'deletedAt' in row;

export const isVideo = (photo: Pick<Photo, 'type'>): boolean => photo.type.startsWith('video/');

/** Whether there are a thumb and a view to show. */
export const hasRenditions = (photo: Pick<Photo, 'type' | 'status'>): boolean =>
  photo.status === 'ready' && !isVideo(photo);

/** When the photo was taken: the owner's correction before what was measured. */
export const takenAtOf = (photo: Photo): LocalTime => photo.takenAtOverride ?? photo.takenAt;

type Placed = Pick<Photo, 'placeOverride' | 'place' | 'gps'>;

/** Where on the map it was taken, and by which town: the owner's correction before what was measured. */
export const gpsOf = ({ placeOverride, gps }: Placed): Gps | undefined =>
  placeOverride ? placeOverride.gps : gps;
export const placeOf = ({ placeOverride, place }: Placed): Place | undefined =>
  placeOverride ? placeOverride.place : place;

/** What the owner calls the place, or else the town. */
export const placeNameOf = (photo: Placed): string | undefined =>
  photo.placeOverride?.name ?? placeOf(photo)?.city;

/**
 * Since when it has been in the trash, by the server's clock. `trashedAt` itself may be by the clock of a device that had not heard the
 * server yet; the time of the edit was put right when it was sent.
 */
export const trashedSince = (photo: Pick<Photo, 'trashedAt' | 'trashedAtEditedAt'>): Instant | undefined =>
  photo.trashedAt && (photo.trashedAtEditedAt ?? photo.trashedAt);

/** When it leaves the trash for good, in epoch milliseconds. */
export function trashEndOf(photo: Pick<Photo, 'trashedAt' | 'trashedAtEditedAt'>): number | undefined {
  const since = trashedSince(photo);
  return since === undefined ? undefined : Date.parse(since) + TRASH_DAYS * 86_400_000;
}

export const readGps = (value: unknown): Gps | undefined => {
  const latitude = number(fields(value)?.['latitude'], -90, 90);
  const longitude = number(fields(value)?.['longitude'], -180, 180);
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
};

const exposureOf = (value: unknown): Exposure | undefined => {
  const from = fields(value);
  return from
    ? defined({
        time: number(from['time'], 0, 1e6),
        aperture: number(from['aperture'], 0, 1e4),
        iso: number(from['iso'], 0, 1e9),
        focalLength: number(from['focalLength'], 0, 1e6),
      })
    : undefined;
};

const failureOf = (value: unknown): Failure | undefined => {
  const code = oneOf(fields(value)?.['code'], FAILURE_CODES);
  return code ? { code, sentence: text(fields(value)?.['sentence'], 1000) ?? '' } : undefined;
};

export const readPlace = (value: unknown): Place | undefined => {
  const from = fields(value);
  const country = text(from?.['country'], 2);
  if (!from || !country || !/^[A-Z]{2}$/.test(country)) return undefined;
  return defined({ city: text(from['city'], 200), region: text(from['region'], 200), country });
};

/** Text is a name: so says whoever writes rows by hand. */
const readPlaceOverride = (value: unknown): PlaceOverride | undefined => {
  if (typeof value === 'string') return readPlaceOverride({ name: value });
  const from = fields(value);
  if (!from) return undefined;
  const read: PlaceOverride = defined({
    name: text(from['name'], 300),
    place: readPlace(from['place']),
    gps: readGps(from['gps']),
  });
  // Something that cannot be read is not the owner saying "nowhere".
  return Object.keys(read).length > 0 || Object.keys(from).length === 0 ? read : undefined;
};

const placeholderOf = (value: unknown): string | undefined => {
  const found = text(value, 100);
  return found !== undefined && fromBase64(found) ? found : undefined;
};

const READ_EDITABLE: { readonly [Name in EditableAttribute]: (value: unknown) => Photo[Name] } = {
  favorite: flag,
  caption: (value) => text(value, CAPTION_LENGTH),
  tags: (value) => list(value, (tag) => text(tag, TAG_LENGTH)),
  archived: flag,
  trashedAt: instant,
  takenAtOverride: localTime,
  placeOverride: readPlaceOverride,
};

/** The value of an editable attribute; undefined for what a row could not hold. */
export const editableValue = <Name extends EditableAttribute>(name: Name, value: unknown): Photo[Name] =>
  READ_EDITABLE[name](value);

/** What the owner wrote, and when. */
const ownersOf = (from: Fields): Partial<Photo> =>
  Object.fromEntries(
    EDITABLE_ATTRIBUTES.flatMap((name) => [
      [name, editableValue(name, from[name])],
      [editTimeOf(name), instant(from[editTimeOf(name)])],
    ]),
  );

/**
 * A row of the `photos` table as read by the SDK's document client.
 * Undefined for what no processor wrote: a row the owner's UpdateItem made up, or one too broken to show.
 * An optional attribute that cannot be read is left out; the photo stays.
 */
export function parsePhotoRow(item: unknown): PhotoRow | undefined {
  const from = fields(item);
  if (!from || !isIdentityId(from['owner']) || !isPhotoId(from['photoId'])) return undefined;
  const changedAt = instant(from['changedAt']);
  if (!changedAt) return undefined;
  const row: Row = { owner: from['owner'], photoId: from['photoId'], changedAt };

  const deletedAt = instant(from['deletedAt']);
  if (deletedAt) return { ...row, deletedAt };

  const status = oneOf(from['status'], ['ready', 'failed'] as const);
  const bytes = whole(from['bytes']);
  const takenAt = localTime(from['takenAt']);
  const uploadedAt = instant(from['uploadedAt']);
  const width = whole(from['width'], 0, 1e6);
  const height = whole(from['height'], 0, 1e6);
  if (!status || bytes === undefined || !takenAt || !uploadedAt) return undefined;
  const type = text(from['type'], 100) ?? 'application/octet-stream';
  // A video that tells no size can be played all the same.
  if (status === 'ready' && !isVideo({ type }) && !(width && height)) return undefined;

  return {
    ...row,
    status,
    bytes,
    takenAt,
    uploadedAt,
    name: text(from['name'], 1024) ?? from['photoId'],
    type,
    width: width ?? 0,
    height: height ?? 0,
    takenAtSource: oneOf(from['takenAtSource'], TAKEN_AT_SOURCES) ?? 'upload',
    ...defined({
      failure: failureOf(from['failure']),
      note: oneOf(from['note'], NOTE_CODES),
      path: text(from['path'], 2048),
      duration: number(from['duration'], 0, 1e9),
      flags: list(from['flags'], (name) => oneOf(name, FLAGS)),
      placeholder: placeholderOf(from['placeholder']),
      camera: text(from['camera'], 200),
      lens: text(from['lens'], 200),
      exposure: exposureOf(from['exposure']),
      gps: readGps(from['gps']),
      place: readPlace(from['place']),
      title: text(from['title'], 1000),
      description: text(from['description'], 10_000),
      keywords: list(from['keywords'], (keyword) => text(keyword, 200)),
      rating: whole(from['rating'], 1, 5),
      pipeline: whole(from['pipeline']),
      ...ownersOf(from),
    }),
  };
}
