// What is asked of the cloud and what it answers. Types only.
import type { OwnerAttribute, Photo, PhotoRow } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';

/** A page of rows that changed. */
export interface Changes {
  rows: PhotoRow[];
  /** How many there were, with those that cannot be read. */
  items: number;
  /** The newest change among them; never later than the server's now. */
  latest?: Instant;
}

/** Attributes to set; null removes one. */
export type PhotoEdit = {
  [Name in Exclude<OwnerAttribute, 'changedAt'>]?: NonNullable<Photo[Name]> | null;
};

export interface PutOptions {
  /** Bytes sent so far; starts over when the request has to be repeated. */
  onProgress?: (bytes: number) => void;
  signal?: AbortSignal;
}
