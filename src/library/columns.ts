// The library in memory: its chunks as they are stored, and the order of all photos. Never changed: a change gives new columns that
// share with the old ones whatever it did not touch.
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import { bytesOfId, CHUNKS, letterOf, type Chunk } from './chunk.ts';
import { countOf, letterIn, orderOf, referenceTo, reordered, rowIn, type Chunks } from './order.ts';

export class Columns {
  static readonly none = new Columns(
    Array.from({ length: CHUNKS }, () => undefined),
    new Uint32Array(),
  );

  readonly chunks: Chunks;
  /** References to all photos, newest first. */
  readonly order: Uint32Array;

  private constructor(chunks: Chunks, order: Uint32Array) {
    this.chunks = chunks;
    this.order = order;
  }

  static of(chunks: Chunks): Columns {
    return new Columns(chunks, orderOf(chunks));
  }

  /** With some chunks replaced. */
  with(changed: ReadonlyMap<number, Chunk | undefined>): Columns {
    if (changed.size === 0) return this;
    const chunks = this.chunks.map((chunk, letter) => (changed.has(letter) ? changed.get(letter) : chunk));
    if (this.order.length === 0) return Columns.of(chunks);
    return new Columns(chunks, reordered(this.order, this.chunks, chunks));
  }

  /** The same, for whoever is to look again. */
  again(): Columns {
    return new Columns(this.chunks, this.order);
  }

  /** With some of its photos as edits have them. */
  edited(photos: Iterable<Photo>): Columns {
    const rows = new Map<number, Map<number, Photo>>();
    for (const photo of photos) {
      const reference = this.referenceOf(photo.photoId);
      if (reference === undefined) continue;
      const letter = letterIn(reference);
      rows.set(letter, (rows.get(letter) ?? new Map<number, Photo>()).set(rowIn(reference), photo));
    }
    return this.with(
      new Map(Array.from(rows, ([letter, edits]) => [letter, this.chunks[letter]?.edited(edits)])),
    );
  }

  get count(): number {
    return countOf(this.chunks);
  }

  referenceOf(photoId: PhotoId): number | undefined {
    const letter = letterOf(photoId);
    const row = this.chunks[letter]?.find(bytesOfId(photoId)) ?? -1;
    return row < 0 ? undefined : referenceTo(letter, row);
  }

  /** Undefined for a row that was damaged, or whose chunk is still being read. */
  photo(reference: number): Photo | undefined {
    return this.chunks[letterIn(reference)]?.photo(rowIn(reference));
  }

  idOf(reference: number): PhotoId | undefined {
    return this.chunks[letterIn(reference)]?.idAt(rowIn(reference));
  }

  get(photoId: PhotoId): Photo | undefined {
    const reference = this.referenceOf(photoId);
    return reference === undefined ? undefined : this.photo(reference);
  }

  *ids(): Generator<PhotoId> {
    for (const chunk of this.chunks) {
      for (let row = 0; row < (chunk?.count ?? 0); row++) yield (chunk as Chunk).idAt(row);
    }
  }
}
