// A list of photos as screens take it: how many, what they are laid out by, and each photo when it is looked at.
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import { ratioOf, secondsOf } from './chunk.ts';
import type { Columns } from './columns.ts';
import { letterIn, positionOf, rowIn, timeIn } from './order.ts';

export interface PhotoList {
  readonly length: number;
  /** Per photo its day on the wall calendar, in days since 1970; and width by height, 0 where that is not known. */
  readonly days: Int32Array;
  readonly ratios: Float32Array;
  /** 1 for each photo that is somebody else's: it can be looked at, and not be selected. Undefined where none is. */
  readonly theirs?: Uint8Array;
  /** Undefined beyond the ends, and for a photo that cannot be read (yet). */
  at(index: number): Photo | undefined;
  idAt(index: number): PhotoId | undefined;
  /** -1 when it is not in the list. */
  indexOf(photoId: PhotoId): number;
  [Symbol.iterator](): Iterator<Photo>;
}

const DAY = 86_400;

const NO_FLAGS = new Uint16Array();
const NO_TIMES = new Float64Array();
const NO_RATIOS = new Float32Array();

/** References to the photos whose flags under `mask` are `value`, in order. Not to be changed: it may be the order of all. */
export function referencesOf({ chunks, order }: Columns, mask: number, value: number): Uint32Array {
  const flags = chunks.map((chunk) => chunk?.columns.flags ?? NO_FLAGS);
  const wanted = new Uint32Array(order.length);
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const reference = order[i] as number;
    const own = (flags[letterIn(reference)] as Uint16Array)[rowIn(reference)] as number;
    if ((own & mask) === value) wanted[count++] = reference;
  }
  // Most libraries have nothing to leave out.
  return count === order.length ? order : wanted.slice(0, count);
}

/** The photos of a library whose flags are as wanted. */
export class ColumnList implements PhotoList {
  readonly #columns: Columns;
  readonly #order: Uint32Array;
  #before: ColumnList | undefined;
  #days: Int32Array | undefined;
  #ratios: Float32Array | undefined;

  private constructor(columns: Columns, order: Uint32Array, before?: ColumnList) {
    this.#columns = columns;
    this.#order = order;
    // Not one that nobody has laid out: it would hold on to the one before it, and so on.
    if (before) this.#before = before.#days ? before : before.#before;
  }

  /**
   * Those whose flags under `mask` are `value`. What is the same as in the list of `before` is that very array, so that nobody lays out
   * a million photos again because one of them is a favorite now.
   */
  static of(columns: Columns, mask: number, value: number, before?: ColumnList): ColumnList {
    if (!before || !isLike(before.#columns, columns, mask))
      return new ColumnList(columns, referencesOf(columns, mask, value), before);
    const list = new ColumnList(columns, before.#order, before.#before);
    list.#days = before.#days;
    list.#ratios = before.#ratios;
    return list;
  }

  /** Photos by reference, in timeline order like `columns.order`. */
  static pick(columns: Columns, references: Uint32Array): ColumnList {
    return new ColumnList(columns, references);
  }

  get length(): number {
    return this.#order.length;
  }
  /** The library it is of, and which of its photos, in order. */
  get columns(): Columns {
    return this.#columns;
  }
  get references(): Uint32Array {
    return this.#order;
  }
  get days(): Int32Array {
    this.#measure();
    return this.#days as Int32Array;
  }
  get ratios(): Float32Array {
    this.#measure();
    return this.#ratios as Float32Array;
  }

  #measure(): void {
    if (this.#days) return;
    const { chunks } = this.#columns;
    const order = this.#order;
    const days = new Int32Array(order.length);
    const ratios = new Float32Array(order.length);
    const times = chunks.map((chunk) => chunk?.columns.times ?? NO_TIMES);
    const shapes = chunks.map((chunk) => chunk?.columns.ratios ?? NO_RATIOS);
    for (let i = 0; i < order.length; i++) {
      const reference = order[i] as number;
      const letter = letterIn(reference);
      const row = rowIn(reference);
      days[i] = Math.floor(((times[letter] as Float64Array)[row] as number) / DAY);
      ratios[i] = (shapes[letter] as Float32Array)[row] as number;
    }
    this.#days = same(this.#before?.days, days);
    this.#ratios = same(this.#before?.ratios, ratios);
    this.#before = undefined;
  }

  at(index: number): Photo | undefined {
    const reference = this.#order[index];
    return reference === undefined ? undefined : this.#columns.photo(reference);
  }

  idAt(index: number): PhotoId | undefined {
    const reference = this.#order[index];
    return reference === undefined ? undefined : this.#columns.idOf(reference);
  }

  /** When it was taken, in seconds, by the clock on the wall. */
  secondsAt(index: number): number {
    return timeIn(this.#columns.chunks)(this.#order[index] as number);
  }

  indexOf(photoId: PhotoId): number {
    const reference = this.#columns.referenceOf(photoId);
    if (reference === undefined) return -1;
    return positionOf(this.#order, timeIn(this.#columns.chunks), reference) ?? -1;
  }

  *[Symbol.iterator](): Generator<Photo> {
    for (let i = 0; i < this.length; i++) {
      const photo = this.at(i);
      if (photo) yield photo;
    }
  }
}

/** Lists such photos of one library after the other, each by the one before it. */
export function listing(mask: number, value: number): (columns: Columns) => ColumnList {
  let listed: Columns | undefined;
  let list: ColumnList | undefined;
  return (columns) => {
    if (!list || columns !== listed) list = ColumnList.of(columns, mask, value, list);
    listed = columns;
    return list;
  };
}

/** Whether all photos stand where they did, have the shapes they had, and under `mask` the flags. Only chunks that changed are looked at. */
function isLike(before: Columns, now: Columns, mask: number): boolean {
  return (
    before.order === now.order &&
    now.chunks.every((chunk, letter) => {
      const old = before.chunks[letter];
      if (chunk === old || !chunk || !old) return chunk === old;
      const [was, is] = [old.columns, chunk.columns];
      if (same(was.ratios, is.ratios) !== was.ratios) return false;
      for (let row = 0; row < is.count; row++)
        if (((was.flags[row] as number) ^ (is.flags[row] as number)) & mask) return false;
      return true;
    })
  );
}

/** `before`, when it says the same as `now`. */
function same<T extends Int32Array | Float32Array>(before: T | undefined, now: T): T {
  if (before === now || before?.length !== now.length) return now;
  for (let i = 0; i < now.length; i++) if (before[i] !== now[i]) return now;
  return before;
}

/** A list of a few photos at hand, in the order given. */
export function listOf(photos: readonly Photo[]): PhotoList {
  return {
    length: photos.length,
    days: Int32Array.from(photos, (photo) => Math.floor(secondsOf(photo) / DAY)),
    ratios: Float32Array.from(photos, ratioOf),
    at: (index) => photos[index],
    idAt: (index) => photos[index]?.photoId,
    indexOf: (photoId) => photos.findIndex((photo) => photo.photoId === photoId),
    [Symbol.iterator]: () => photos[Symbol.iterator](),
  };
}
