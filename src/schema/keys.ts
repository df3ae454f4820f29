// Where things lie in S3: every key is built and read here, for page, processor, policies and local cloud alike. Pure.
import { isIdentityId, isPhotoId, type IdentityId, type PhotoId } from './ids.ts';

/** `thumb` is 400 px wide, `view` has a longest edge of 2000 px; both are WebP. */
export type Rendition = 'thumb' | 'view';
export const RENDITIONS: readonly Rendition[] = ['thumb', 'view'];

/** How long a link lives; the S3 lifecycle works by this leading prefix. */
export type LinkClass = '7d' | '30d' | 'keep';
export const LINK_CLASSES: readonly LinkClass[] = ['7d', '30d', 'keep'];

/** In the originals bucket: `{identityId}/{photoId}`. */
export const originalPrefix = (owner: IdentityId): string => `${owner}/`;
export const originalKey = (owner: IdentityId, photoId: PhotoId): string =>
  `${originalPrefix(owner)}${photoId}`;

/** In the library bucket, as are all that follow: `renditions/{identityId}/{photoId}/{thumb|view}.webp`. */
export const renditionPrefix = (owner: IdentityId): string => `renditions/${owner}/`;
export const renditionKey = (owner: IdentityId, photoId: PhotoId, rendition: Rendition): string =>
  `${renditionPrefix(owner)}${photoId}/${rendition}.webp`;

export const indexPrefix = (owner: IdentityId): string => `index/${owner}/`;
/** The objects of a snapshot of the owner's rows. The first one says which of the two slots the others are in. */
export const SNAPSHOT_NAMES = ['first', 'heads-0', 'rows-0', 'heads-1', 'rows-1'] as const;
export type SnapshotName = (typeof SNAPSHOT_NAMES)[number];
export const snapshotKey = (owner: IdentityId, name: SnapshotName): string => `${indexPrefix(owner)}${name}`;

/** Leads all wishes: the processor is told of what is put here. */
export const WISH_PREFIX = 'wishes/';
export const wishPrefix = (owner: IdentityId): string => `${WISH_PREFIX}${owner}/`;
/** An empty object, by which an owner wishes that the processor looks at a photo again: `wishes/{identityId}/{photoId}`. */
export const wishKey = (owner: IdentityId, photoId: PhotoId): string => `${wishPrefix(owner)}${photoId}`;

export const friendSharePrefix = (owner: IdentityId): string => `shares/friends/${owner}/`;
export const linkSharePrefix = (owner: IdentityId, linkClass: LinkClass): string =>
  `shares/links/${linkClass}/${owner}/`;

/** Owner and photo of an original's key; undefined for any other text, however close. */
export function parseOriginalKey(key: string): { owner: IdentityId; photoId: PhotoId } | undefined {
  const [owner, photoId, ...rest] = key.split('/');
  return isIdentityId(owner) && isPhotoId(photoId) && rest.length === 0 ? { owner, photoId } : undefined;
}

/** Owner and photo of a wish's key; undefined for any other text. */
export function parseWishKey(key: string): { owner: IdentityId; photoId: PhotoId } | undefined {
  return key.startsWith(WISH_PREFIX) ? parseOriginalKey(key.slice(WISH_PREFIX.length)) : undefined;
}

/** Owner, photo and kind of a rendition's key; undefined for any other text. */
export function parseRenditionKey(
  key: string,
): { owner: IdentityId; photoId: PhotoId; rendition: Rendition } | undefined {
  const [kind, owner, photoId, file, ...rest] = key.split('/');
  const rendition = RENDITIONS.find((name) => file === `${name}.webp`);
  return kind === 'renditions' && isIdentityId(owner) && isPhotoId(photoId) && rendition && rest.length === 0
    ? { owner, photoId, rendition }
    : undefined;
}

/** The key in an S3 event, which S3 form-encodes: `+` is a space, `%XX` a byte of UTF-8. Undefined when it cannot be decoded. */
export function decodeEventKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    // decodeURIComponent throws for bytes that are no UTF-8; such a key was never written by Shoebox.
    return undefined;
  }
}
