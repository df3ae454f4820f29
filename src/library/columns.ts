// The library in memory: its chunks as they are stored, and the order of all photos. Never changed: a change gives new columns that
// share with the old ones whatever it did not touch.
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import { bytesOfId, CHUNKS, letterOf } from './chunk.ts';
import { letterIn, orderOf, referenceTo, rowIn, type Chunks } from './order.ts';

export class Columns {
  static readonly none = new Columns(
    Array.from({ length: CHUNKS }, () => undefined),
    new Uint32Array(),
  );

  readonly chunks: Chunks;
  /** References to all photos, newest first. */
  readonly order: Uint32Array;

  constructor(chunks: Chunks, order: Uint32Array) {
    this.chunks = chunks;
    this.order = order;
  }

  static of(chunks: Chunks): Columns {
    return new Columns(chunks, orderOf(chunks));
  }

  /** The same, for whoever is to look again. */
  again(): Columns {
    return new Columns(this.chunks, this.order);
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
      if (chunk) for (let row = 0; row < chunk.count; row++) yield chunk.idAt(row);
    }
  }
}
