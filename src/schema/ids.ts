// The two names everything hangs on: whose photo (identity id) and which photo (photo id). Pure.

/** A Cognito identity id, `{region}:{uuid}`: the owner of everything stored under it. */
export type IdentityId = string & { readonly brand: 'IdentityId' };

/** base64url of the SHA-256 of the original's bytes, 43 characters. Same bytes, same photo. */
export type PhotoId = string & { readonly brand: 'PhotoId' };

const IDENTITY_ID = /^[a-z]{2}(?:-[a-z]+)+-\d:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// 32 bytes are 42 full characters and a last one that carries 4 bits: its two low bits must be zero.
const PHOTO_ID = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

export const isIdentityId = (text: unknown): text is IdentityId =>
  typeof text === 'string' && IDENTITY_ID.test(text);

export const isPhotoId = (text: unknown): text is PhotoId => typeof text === 'string' && PHOTO_ID.test(text);

/** The photo id of a SHA-256 digest (32 bytes). Throws a RangeError for any other length. */
export function photoIdOfDigest(digest: Uint8Array): PhotoId {
  if (digest.length !== 32) throw new RangeError(`a SHA-256 digest has 32 bytes, not ${digest.length}`);
  return toBase64Url(digest) as PhotoId;
}

/** 16 random bytes, base64url: what names an album, a share, a photo within a share. Of a share it is also the key to it. */
export type RandomId = string & { readonly brand: 'RandomId' };

// The last character carries 2 bits.
const RANDOM_ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;

export const isRandomId = (text: unknown): text is RandomId =>
  typeof text === 'string' && RANDOM_ID.test(text);

/** The same digest as S3 wants it in `x-amz-checksum-sha256`: standard base64 with padding. */
export const checksumOfPhotoId = (photoId: PhotoId): string =>
  `${photoId.replaceAll('-', '+').replaceAll('_', '/')}=`;

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Without padding. */
export const toBase64Url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** The bytes of standard base64; undefined when the text is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
