// The blurred picture that stands in for a photo until its thumbnail is there: its ThumbHash as a data URL, kept for reuse.
import { thumbHashToDataURL } from 'thumbhash';
import { fromBase64 } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';

const KEPT = 2000;
const urls = new WeakMap<Photo, string>();
let made = 0;

/** A CSS `url(...)`, or undefined for a photo without a placeholder or with one that cannot be read. */
export function placeholderOf(photo: Photo): string | undefined {
  const known = urls.get(photo);
  if (known !== undefined) return known;
  const hash = photo.placeholder === undefined ? undefined : fromBase64(photo.placeholder);
  if (!hash || hash.length < 5) return undefined;
  const url = `url("${thumbHashToDataURL(hash)}")`;
  if (made < KEPT) {
    urls.set(photo, url);
    made++;
  }
  return url;
}
