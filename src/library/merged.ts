// One's own photos with those of friends among them, by date: one list for the screens. What is one's own stays in its columns; only the
// places of the others are worked out. Pure. Loaded when there is a friend whose photos are wanted.
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import type { PhotoList } from './list.ts';

/** A list, the newest first, that tells when its photos were taken: in seconds, by the clock on the wall. */
export type TimedList = PhotoList & { secondsAt(index: number): number };

export class MergedList implements PhotoList {
  readonly own: TimedList;
  readonly guests: TimedList;
  readonly days: Int32Array;
  readonly ratios: Float32Array;
  readonly theirs: Uint8Array;
  /** Where each of the others stands, ascending. */
  readonly #places: Uint32Array;

  /** Photos of the same second: one's own first. What is the same as in the list of `before` is that very array, so that nothing is laid out again. */
  constructor(own: TimedList, guests: TimedList, before?: MergedList) {
    this.own = own;
    this.guests = guests;
    const places = placesOf(own, guests);
    const stays =
      before?.guests === guests &&
      before.own.length === own.length &&
      before.own.days === own.days &&
      before.own.ratios === own.ratios &&
      before.#places.every((place, i) => place === places[i]);
    this.#places = places;
    this.days = stays ? before.days : woven(Int32Array, own.days, guests.days, places);
    this.ratios = stays ? before.ratios : woven(Float32Array, own.ratios, guests.ratios, places);
    this.theirs = stays ? before.theirs : maskOf(places, this.length);
  }

  get length(): number {
    return this.own.length + this.guests.length;
  }

  /** The place of a photo in one's own list; -1 for one of somebody else. */
  ownIndex(index: number): number {
    return this.theirs[index] === 1 ? -1 : index - this.#before(index);
  }

  /** How many of the others stand before this place. */
  #before(index: number): number {
    return firstOf(this.#places.length, (k) => (this.#places[k] as number) >= index);
  }

  at(index: number): Photo | undefined {
    return this.theirs[index] === 1
      ? this.guests.at(this.#before(index))
      : this.own.at(index - this.#before(index));
  }

  idAt(index: number): PhotoId | undefined {
    return this.theirs[index] === 1
      ? this.guests.idAt(this.#before(index))
      : this.own.idAt(index - this.#before(index));
  }

  indexOf(photoId: PhotoId): number {
    const guest = this.guests.indexOf(photoId);
    if (guest >= 0) return this.#places[guest] as number;
    const own = this.own.indexOf(photoId);
    // So many of the others stand before it: those with no more of one's own before them than it has.
    return own < 0 ? -1 : own + firstOf(this.#places.length, (k) => (this.#places[k] as number) - k > own);
  }

  *[Symbol.iterator](): Generator<Photo> {
    for (let i = 0; i < this.length; i++) {
      const photo = this.at(i);
      if (photo) yield photo;
    }
  }

  /** Something said of each photo of one's own, as said of all. */
  spread(own: Uint8Array): Uint8Array<ArrayBuffer> {
    return woven(Uint8Array, own, new Uint8Array(this.guests.length), this.#places);
  }

  /** The other way: what is said of one's own alone. */
  pick(all: Uint8Array): Uint8Array<ArrayBuffer> {
    return all.filter((_, index) => this.theirs[index] === 0) as Uint8Array<ArrayBuffer>;
  }
}

/** Lists with guests among them one after the other, each by the one before it. */
export function merging(): (own: TimedList, guests: TimedList) => MergedList {
  let before: MergedList | undefined;
  return (own, guests) => {
    if (before?.own !== own || before.guests !== guests) before = new MergedList(own, guests, before);
    return before;
  };
}

/** The first of so many for which it holds; what it holds for comes after all the others. */
function firstOf(count: number, holds: (k: number) => boolean, from = 0): number {
  let low = from;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Both are in order: each place is looked for after the one before. */
function placesOf(own: TimedList, guests: TimedList): Uint32Array {
  const places = new Uint32Array(guests.length);
  let after = 0;
  for (let k = 0; k < places.length; k++) {
    const seconds = guests.secondsAt(k);
    after = firstOf(own.length, (i) => own.secondsAt(i) < seconds, after);
    places[k] = after + k;
  }
  return places;
}

type Column = Int32Array | Float32Array | Uint8Array;

/** Column of all by the columns of both: what lies between two of the others is copied as a whole. */
function woven<T extends Column>(
  Kind: new (length: number) => T,
  own: Column,
  guests: Column,
  places: Uint32Array,
): T {
  const all = new Kind(own.length + guests.length);
  let done = 0;
  for (let k = 0; k < places.length; k++) {
    const place = places[k] as number;
    all.set(own.subarray(done, place - k), done + k);
    all[place] = guests[k] as number;
    done = place - k;
  }
  all.set(own.subarray(done), done + places.length);
  return all;
}

function maskOf(places: Uint32Array, length: number): Uint8Array {
  const mask = new Uint8Array(length);
  for (const place of places) mask[place] = 1;
  return mask;
}
