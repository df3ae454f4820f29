// The blurred picture that stands in for a photo until its thumbnail is there: its ThumbHash as a data URL, kept for reuse.
import { fromBase64 } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';

type Pictured = Pick<Photo, 'placeholder'>;

const urls = new WeakMap<Pictured, string>();

/** To decode many at once takes a while: thumbnails that come as soon as this spare it. */
const PATIENCE_MS = 250;

/** The decoder is fetched when the first thumbnails are late. */
let decode = $state.raw<(hash: Uint8Array) => string>();
let loading: Promise<void> | undefined;

async function load(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  decode = (await import('thumbhash')).thumbHashToDataURL;
}

/** A CSS `url(...)`; undefined without a placeholder, or with one that cannot be read. Reactive: it comes when it can. */
export function placeholderOf(photo: Pictured): string | undefined {
  const known = urls.get(photo);
  if (known !== undefined) return known;
  const hash = photo.placeholder === undefined ? undefined : fromBase64(photo.placeholder);
  if (!hash || hash.length < 5) return undefined;
  if (!decode) {
    loading ??= load().catch(console.warn);
    return undefined;
  }
  const url = `url("${decode(hash)}")`;
  urls.set(photo, url);
  return url;
}
