// manifest.json: what a share holds. Written by its owner's page, read by other people's: every word of it is taken for hostile. Pure.
import { fromBase64, isIdentityId, isRandomId, type IdentityId, type RandomId } from './ids.ts';
import { defined, fields, flag, list, oneOf, text, whole } from './parse.ts';
import { CAPTION_LENGTH, FLAGS, readGps, readPlace, type Flag, type Gps, type Place } from './photo.ts';
import {
  MOST_HIDDEN,
  MOST_MOVES,
  MOST_READERS,
  SHARE_SOURCES,
  TEXT_LENGTH,
  TITLE_LENGTH,
  type ShareSource,
} from './social.ts';
import { instant, localTime, type Instant, type LocalTime } from './time.ts';

/** More photos than this are not in one share. */
export const MOST_PHOTOS = 20_000;
/** A manifest with more bytes is not read at all. */
export const MOST_MANIFEST_BYTES = 16_000_000;

/** A photo as it is shown to those it is shared with. Its id says nothing of the original. */
export interface SharedPhoto {
  /** The name of its folder in the share: `{id}/thumb.webp`, `{id}/view.webp`, and `originals/{id}` where originals are shared. */
  id: RandomId;
  width: number;
  height: number;
  takenAt: LocalTime;
  /** ThumbHash, base64. */
  placeholder?: string;
  caption?: string;
  flags?: Flag[];
  /** Only where its owner shares places. */
  place?: Place;
  gps?: Gps;
  /** Of the original, where it is in the share. */
  original?: { name: string; type: string; bytes: number };
}

export interface Manifest {
  version: 1;
  share: RandomId;
  /** Whoever reads it knows the owner by the address it was read from, and compares. */
  owner: IdentityId;
  source: ShareSource;
  title: string;
  description?: string;
  changedAt: Instant;
  /** Links: whether the page offers downloads, and until when it shows anything. */
  download?: boolean;
  until?: Instant;
  /** How the owner wants to be called here. */
  by?: string;
  cover?: RandomId;
  /** An album that several people fill: whose, which, and who may. */
  album?: { owner: IdentityId; album: RandomId; members: IdentityId[] };
  /** What is new since the last one that readers were told of: one notification for all. */
  news?: { id: RandomId; count: number; at: Instant };
  /** Readers who came to a share that was there already: to them all of it is news. */
  joined?: { id: RandomId; at: Instant; readers: IdentityId[] };
  /** Comments that the owner has hidden. */
  hidden?: RandomId[];
  /** Shares with friends: who they are, for those who say something to all of them; and the ids it had before it moved. */
  readers?: IdentityId[];
  was?: RandomId[];
  photos: SharedPhoto[];
}

/** The same behind a password: AES-GCM of the JSON, with a key that PBKDF2-HMAC-SHA-256 makes of the password. */
export interface SealedManifest {
  version: 1;
  sealed: { salt: string; iterations: number; iv: string; data: string };
}

const random = (value: unknown): RandomId | undefined => (isRandomId(value) ? value : undefined);
const identity = (value: unknown): IdentityId | undefined => (isIdentityId(value) ? value : undefined);

const originalOf = (value: unknown): SharedPhoto['original'] => {
  const from = fields(value);
  const name = text(from?.['name'], 255);
  const type = text(from?.['type'], 100);
  const bytes = whole(from?.['bytes'], 0, 5e12);
  if (name === undefined || type === undefined || bytes === undefined) return undefined;
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) ? { name, type, bytes } : undefined;
};

function photoOf(value: unknown): SharedPhoto | undefined {
  const from = fields(value);
  const id = from?.['id'];
  const width = whole(from?.['width'], 1, 1e6);
  const height = whole(from?.['height'], 1, 1e6);
  const takenAt = localTime(from?.['takenAt']);
  if (!from || !isRandomId(id) || !width || !height || !takenAt) return undefined;
  const placeholder = text(from['placeholder'], 100);
  return defined({
    id,
    width,
    height,
    takenAt,
    placeholder: placeholder !== undefined && fromBase64(placeholder) ? placeholder : undefined,
    caption: text(from['caption'], CAPTION_LENGTH),
    flags: list(from['flags'], (name) => oneOf(name, FLAGS), FLAGS.length),
    place: readPlace(from['place']),
    gps: readGps(from['gps']),
    original: originalOf(from['original']),
  }) as SharedPhoto;
}

const albumOf = (value: unknown): Manifest['album'] => {
  const from = fields(value);
  const owner = from?.['owner'];
  const album = from?.['album'];
  if (!isIdentityId(owner) || !isRandomId(album)) return undefined;
  return { owner, album, members: list(from?.['members'], identity, 51) ?? [] };
};

const newsOf = (value: unknown): Manifest['news'] => {
  const from = fields(value);
  const id = from?.['id'];
  const count = whole(from?.['count'], 1, MOST_PHOTOS);
  const at = instant(from?.['at']);
  return isRandomId(id) && count && at ? { id, count, at } : undefined;
};

const joinedOf = (value: unknown): Manifest['joined'] => {
  const from = fields(value);
  const id = from?.['id'];
  const at = instant(from?.['at']);
  const readers = list(from?.['readers'], identity, MOST_READERS);
  return isRandomId(id) && at && readers?.length ? { id, at, readers } : undefined;
};

/** Reads the JSON of a manifest that was fetched as that share of that owner; undefined for one that says otherwise, or is none. */
export function parseManifest(
  json: unknown,
  { owner, share }: { owner: IdentityId; share: RandomId },
): Manifest | undefined {
  const from = fields(json);
  const source = oneOf(from?.['source'], SHARE_SOURCES);
  const changedAt = instant(from?.['changedAt']);
  if (!from || from['version'] !== 1 || from['owner'] !== owner || from['share'] !== share) return undefined;
  if (!source || !changedAt || !Array.isArray(from['photos'])) return undefined;
  const seen = new Set<RandomId>();
  const photos = (list(from['photos'], photoOf, MOST_PHOTOS) ?? []).filter(
    ({ id }) => !seen.has(id) && seen.add(id),
  );
  return defined({
    version: 1,
    owner,
    share,
    source,
    changedAt,
    title: text(from['title'], TITLE_LENGTH) ?? '',
    description: text(from['description'], TEXT_LENGTH),
    download: flag(from['download']),
    until: instant(from['until']),
    by: text(from['by'], 80),
    cover: random(from['cover']),
    album: albumOf(from['album']),
    news: newsOf(from['news']),
    joined: joinedOf(from['joined']),
    hidden: list(from['hidden'], random, MOST_HIDDEN),
    readers: list(from['readers'], identity, MOST_READERS),
    was: list(from['was'], random, MOST_MOVES),
    photos,
  }) as Manifest;
}

/** The same for one behind a password; undefined where it is none, or would take a device minutes to open. */
export function parseSealed(json: unknown): SealedManifest | undefined {
  const from = fields(json);
  const sealed = fields(from?.['sealed']);
  const salt = text(sealed?.['salt'], 24);
  const iv = text(sealed?.['iv'], 16);
  const data = text(sealed?.['data'], MOST_MANIFEST_BYTES);
  const iterations = whole(sealed?.['iterations'], 100_000, 5_000_000);
  if (from?.['version'] !== 1 || !salt || !iv || !data || !iterations) return undefined;
  if (fromBase64(salt)?.length !== 16 || fromBase64(iv)?.length !== 12) return undefined;
  return { version: 1, sealed: { salt, iterations, iv, data } };
}
