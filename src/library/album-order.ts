// How photos stand in an album: by date, or by hand. Sorted by hand, each has a place between its neighbors that is a text, so that
// moving one photo changes that photo and no other. Pure.
import type { AlbumSort } from '../schema/social.ts';
import type { PhotoId } from '../schema/ids.ts';

/** In the order of their codes, as texts are compared; photo ids are made of the same. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const BASE = DIGITS.length;
/** Year 0, in seconds since 1970. */
const EARLIEST = -62_167_219_200;
const TIME_DIGITS = 7;
const ID_DIGITS = 8;
/** A place that has become longer than this is a sign to space all of them anew; the schema takes 100. */
const LONGEST = 60;
const ANEW_DIGITS = 5;

export interface Placed {
  photoId: PhotoId;
  /** Where its owner has put it by hand. */
  position?: string;
  /** When it was taken, in seconds by the clock on the wall. */
  seconds: number;
}

const digitsOf = (value: number, length: number): string => {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i++) {
    text = (DIGITS[rest % BASE] as string) + text;
    rest = Math.floor(rest / BASE);
  }
  return text;
};

/** Where it stands when sorted by hand: where it was put, or else where its date puts it. */
export const placeOf = ({ photoId, position, seconds }: Placed): string =>
  position ??
  digitsOf(Math.max(0, Math.floor(seconds) - EARLIEST), TIME_DIGITS) + photoId.slice(0, ID_DIGITS);

/** The order of an album. Those of one second stand by id, so that they stand alike on all devices. */
export function inOrder<T extends Placed>(photos: readonly T[], sort: AlbumSort): T[] {
  if (sort === 'hand') {
    const placed = photos.map((photo) => ({ photo, place: placeOf(photo) }));
    placed.sort((a, b) => compare(a.place, b.place) || compare(a.photo.photoId, b.photo.photoId));
    return placed.map(({ photo }) => photo);
  }
  const direction = sort === 'oldest' ? 1 : -1;
  return photos.toSorted((a, b) => direction * (a.seconds - b.seconds) || compare(a.photoId, b.photoId));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A text after `a` (undefined: after nothing) and before `b`; undefined where there is none. */
export function between(a: string | undefined, b: string | undefined): string | undefined {
  const [from, to] = [a ?? '', b];
  let bounded = to !== undefined;
  let text = '';
  for (let i = 0; ; i++) {
    if (bounded && i >= (to as string).length) return undefined;
    const low = i < from.length ? DIGITS.indexOf(from[i] as string) : 0;
    const high = bounded ? DIGITS.indexOf((to as string)[i] as string) : BASE;
    if (low < 0 || high < low) return undefined;
    const middle = (low + high) >> 1;
    if (middle > low) return text + (DIGITS[middle] as string);
    text += DIGITS[low] as string;
    // It is below `b` now, whatever follows.
    if (high > low) bounded = false;
  }
}

/**
 * The places to be noted so that the photo at `from` stands at `to` (of those that are left, counted without it). `photos` are in order,
 * sorted by hand. Mostly one; all of them when there is no room left between two.
 */
export function moved(photos: readonly Placed[], from: number, to: number): Map<PhotoId, string> {
  const photo = photos[from];
  if (!photo || from === to) return new Map();
  const others = photos.filter((one) => one !== photo);
  const [before, after] = [others[to - 1], others[to]];
  const place = between(before && placeOf(before), after && placeOf(after));
  if (place !== undefined && place.length <= LONGEST) return new Map([[photo.photoId, place]]);
  const order = others.toSpliced(to, 0, photo);
  const step = Math.floor(BASE ** ANEW_DIGITS / (order.length + 1));
  return new Map(order.map((one, i) => [one.photoId, digitsOf((i + 1) * step, ANEW_DIGITS)]));
}
