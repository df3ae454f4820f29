// The photos of an album as the library has them: those in the trash are left out, and are back when they are put back.
import type { PhotoId } from '../schema/ids.ts';
import type { Album, Entry } from '../schema/social.ts';
import { inOrder, type Placed } from './album-order.ts';
import { TRASHED } from './chunk.ts';
import type { Columns } from './columns.ts';
import type { PhotoList } from './list.ts';
import { letterIn, rowIn } from './order.ts';

interface Found extends Placed {
  reference: number;
}

function found(columns: Columns, photoId: PhotoId, position?: string): Found | undefined {
  const reference = columns.referenceOf(photoId);
  if (reference === undefined) return undefined;
  const chunk = columns.chunks[letterIn(reference)]?.columns;
  const row = rowIn(reference);
  if (!chunk || (chunk.flags[row] as number) & TRASHED) return undefined;
  return { photoId, reference, seconds: chunk.times[row] as number, ...(position && { position }) };
}

/** Photos of a library in an order of their own, without days. */
export class OrderedList implements PhotoList {
  readonly days: Int32Array;
  readonly ratios: Float32Array;
  /** In order, for whoever moves them. */
  readonly placed: readonly Placed[];
  readonly #columns: Columns;
  readonly #order: readonly Found[];
  #indexes: Map<PhotoId, number> | undefined;

  constructor(columns: Columns, order: readonly Found[]) {
    this.#columns = columns;
    this.#order = this.placed = order;
    this.days = new Int32Array(order.length);
    this.ratios = Float32Array.from(
      order,
      ({ reference }) => columns.chunks[letterIn(reference)]?.columns.ratios[rowIn(reference)] ?? 0,
    );
  }

  get length(): number {
    return this.#order.length;
  }
  at(index: number) {
    const one = this.#order[index];
    return one && this.#columns.photo(one.reference);
  }
  idAt(index: number): PhotoId | undefined {
    return this.#order[index]?.photoId;
  }
  indexOf(photoId: PhotoId): number {
    this.#indexes ??= new Map(this.#order.map((one, i) => [one.photoId, i]));
    return this.#indexes.get(photoId) ?? -1;
  }
  *[Symbol.iterator]() {
    for (let i = 0; i < this.length; i++) {
      const photo = this.at(i);
      if (photo) yield photo;
    }
  }
}

export const albumList = (columns: Columns, entries: readonly Entry[], sort: Album['sort']): OrderedList =>
  new OrderedList(
    columns,
    inOrder(
      entries.flatMap(({ photoId, position }) => found(columns, photoId, position) ?? []),
      sort,
    ),
  );

/** An album as it is shown among others. */
export interface Glance {
  count: number;
  /** What stands for it: chosen, or else its first photo. */
  cover?: PhotoId;
  /** When its oldest and its newest photo were taken, in seconds by the clock on the wall. */
  oldest: number;
  newest: number;
}

export function glanceAt(
  columns: Columns,
  { sort, cover }: Pick<Album, 'sort' | 'cover'>,
  entries: readonly Entry[],
): Glance {
  const glance: Glance = { count: 0, oldest: Infinity, newest: -Infinity };
  let first: Found | undefined;
  let chosen = false;
  for (const { photoId, position } of entries) {
    const photo = found(columns, photoId, position);
    if (!photo) continue;
    glance.count++;
    glance.oldest = Math.min(glance.oldest, photo.seconds);
    glance.newest = Math.max(glance.newest, photo.seconds);
    if (photoId === cover) chosen = true;
    if (!first || inOrder([first, photo], sort)[0] === photo) first = photo;
  }
  const shown = chosen ? cover : first?.photoId;
  return shown === undefined ? glance : { ...glance, cover: shown };
}
