// Where shares lie in S3, and what lies in one: see keys.ts. Pure.
import { isIdentityId, isRandomId, type IdentityId, type RandomId } from './ids.ts';
import {
  friendSharePrefix,
  LINK_CLASSES,
  linkSharePrefix,
  RENDITIONS,
  type LinkClass,
  type Rendition,
} from './keys.ts';

/** Where a share lies: for friends, or behind a link that lives so long. */
export type ShareHome = 'friends' | LinkClass;

/** All of one share lies below it. */
export const sharePrefix = (owner: IdentityId, home: ShareHome, share: RandomId): string =>
  `${home === 'friends' ? friendSharePrefix(owner) : linkSharePrefix(owner, home)}${share}/`;

/** The names below a share's prefix. A photo's own id says nothing of the original. */
export const MANIFEST_NAME = 'manifest.json';
export const sharedRenditionName = (photo: RandomId, rendition: Rendition): string =>
  `${photo}/${rendition}.webp`;
/** Of a copy of an original: in a place of its own, because it must never be answered as something that runs. */
export const sharedOriginalName = (photo: RandomId): string => `originals/${photo}`;

/** All links lie below it; what the host of links serves is named by the rest of its key. */
export const LINKS_PREFIX = 'shares/links/';

/** Parts of paths, as regular expressions that a function of CloudFront can hold. */
export const IDENTITY = '[a-z]{2}(-[a-z]+)+-[0-9]:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
export const RANDOM = '[A-Za-z0-9_-]{21}[AQgw]';
/** The paths that the host of links answers. */
export const LINK_PATH = `^/(${LINK_CLASSES.join('|')})/${IDENTITY}/${RANDOM}/(manifest[.]json|originals/${RANDOM}|${RANDOM}/(${RENDITIONS.join('|')})[.]webp)$`;

/** Owner, home and share of a manifest's key; undefined for any other text. */
export function parseManifestKey(
  key: string,
): { owner: IdentityId; home: ShareHome; share: RandomId } | undefined {
  const [shares, kind, ...parts] = key.split('/');
  const home = kind === 'links' ? LINK_CLASSES.find((name) => name === parts[0]) : undefined;
  if (shares !== 'shares' || (kind !== 'friends' && !home)) return undefined;
  const [owner, share, name, ...rest] = home ? parts.slice(1) : parts;
  return isIdentityId(owner) && isRandomId(share) && name === MANIFEST_NAME && rest.length === 0
    ? { owner, home: home ?? 'friends', share }
    : undefined;
}
