// What is to be in a share: its manifest, made of its row and the photos it is of. Pure.
import { toBase64Url, type PhotoId, type RandomId } from '../schema/ids.ts';
import { MOST_PHOTOS, type Manifest, type SharedPhoto } from '../schema/manifest.ts';
import { defined } from '../schema/parse.ts';
import { gpsOf, hasRenditions, placeOf, takenAtOf, type Photo } from '../schema/photo.ts';
import type { Album, Share } from '../schema/social.ts';
import type { Instant } from '../schema/time.ts';
import { inSlices } from './slices.ts';

export interface ShareContent {
  manifest: Manifest;
  /** Which photo has which name in the share. */
  photoIds: ReadonlyMap<RandomId, PhotoId>;
  /** Of all that readers are shown, so that it is known whether anything has changed since. */
  digest: string;
}

export interface ShareSources {
  share: Share;
  photos: Iterable<Photo>;
  /** Of `source: album`. */
  album?: Pick<Album, 'title' | 'description' | 'cover'> | undefined;
  /** What its owner is called. */
  by?: string | undefined;
  now: Instant;
}

/** Additions so soon after the last ones are told of together with them. */
const BATCH_MS = 15 * 60_000;

const encoder = new TextEncoder();

/** Only what there are pictures of; what is in the trash is shown to nobody. */
export const isSharable = (photo: Photo): boolean => hasRenditions(photo) && !photo.trashedAt;

/** Names that say nothing of the photos: they cannot be made, or looked up, without the salt. */
export async function namesOf(salt: RandomId, photoIds: readonly PhotoId[]): Promise<RandomId[]> {
  const secret = encoder.encode(salt);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign']);
  const digests = await Promise.all(
    photoIds.map((photoId) => crypto.subtle.sign('HMAC', key, encoder.encode(photoId))),
  );
  return digests.map((digest) => toBase64Url(new Uint8Array(digest, 0, 16)) as RandomId);
}

/** Readers learn where it was taken, and what its file is called, only where that is meant for them. */
export const sharedPhoto = (
  photo: Photo,
  id: RandomId,
  { places = false, original = false }: { places?: boolean; original?: boolean },
): SharedPhoto =>
  defined({
    id,
    width: Math.max(1, photo.width),
    height: Math.max(1, photo.height),
    takenAt: takenAtOf(photo),
    placeholder: photo.placeholder,
    caption: photo.caption,
    flags: photo.flags,
    ...(places && { place: placeOf(photo), gps: gpsOf(photo) }),
    ...(original && { original: { name: photo.name, type: photo.type, bytes: photo.bytes } }),
  }) as SharedPhoto;

/** All that is to be in a share with friends, without news. */
export async function contentOf(
  { share, photos, album, by, now }: ShareSources,
  signal?: AbortSignal,
): Promise<ShareContent> {
  const chosen: Photo[] = [];
  await inSlices(
    photos,
    (photo) => chosen.length < MOST_PHOTOS && isSharable(photo) && chosen.push(photo),
    signal,
  );
  const names = await namesOf(
    share.salt ?? share.share,
    chosen.map(({ photoId }) => photoId),
  );
  const photoIds = new Map(chosen.map(({ photoId }, i) => [names[i] as RandomId, photoId]));
  const cover = chosen.findIndex(({ photoId }) => photoId === album?.cover);
  const manifest = defined({
    version: 1,
    share: share.share,
    owner: share.owner,
    source: share.source,
    title: album?.title ?? share.title,
    description: album?.description,
    changedAt: now,
    by,
    cover: names[cover],
    album: share.album && {
      owner: share.albumOwner ?? share.owner,
      album: share.album,
      members: share.open ? (share.readers ?? []) : [],
    },
    hidden: share.hidden,
    readers: share.readers,
    was: share.was,
    photos: chosen.map((photo, i) =>
      sharedPhoto(photo, names[i] as RandomId, { places: share.places ?? false }),
    ),
  }) as Manifest;
  const { changedAt: _, ...rest } = manifest;
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(JSON.stringify(rest)));
  return { manifest, photoIds, digest: toBase64Url(new Uint8Array(digest)) };
}

/** The same with what is new in it since readers were last told, and to whom all of it is. */
export function withNews(manifest: Manifest, before: Manifest | undefined, newId: () => RandomId): Manifest {
  // A share that has moved is nothing new to those who go along.
  if (!before && manifest.was?.length) return manifest;
  const news = newsOf(manifest, before, newId);
  const joined = joinedOf(manifest, before, newId);
  return { ...manifest, ...(news && { news }), ...(joined && { joined }) };
}

const isLate = (last: { at: Instant }, now: Instant): boolean =>
  Date.parse(now) - Date.parse(last.at) >= BATCH_MS;

/** One batch, as long as it keeps growing. */
function newsOf(
  { photos, changedAt: at }: Manifest,
  before: Manifest | undefined,
  newId: () => RandomId,
): Manifest['news'] {
  const had = new Set(before?.photos.map(({ id }) => id));
  const count = photos.filter(({ id }) => !had.has(id)).length;
  const last = before?.news;
  if (count === 0) return last;
  const news =
    last && !isLate(last, at) ? { id: last.id, count: last.count + count, at } : { id: newId(), count, at };
  return { ...news, count: Math.min(news.count, MOST_PHOTOS) };
}

/** Those who were added to a share that was there. Of what one adds to another's album its host tells them. */
function joinedOf(
  { owner, album, readers, changedAt: at }: Manifest,
  before: Manifest | undefined,
  newId: () => RandomId,
): Manifest['joined'] {
  if (!before?.readers || (album && album.owner !== owner)) return undefined;
  const had = new Set(before.readers);
  const added = readers?.filter((reader) => !had.has(reader)) ?? [];
  const last = before.joined;
  if (added.length === 0) return last;
  return last && !isLate(last, at)
    ? { id: last.id, at, readers: [...last.readers, ...added] }
    : { id: newId(), at, readers: added };
}
