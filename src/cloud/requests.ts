// What is asked of the cloud and what it answers. Types only.
import type { PhotoId } from '../schema/ids.ts';
import type { EditableAttribute, Photo, PhotoRow, PlaceOverride } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';

/** A page of rows that changed. */
export interface Changes<Row = PhotoRow> {
  rows: Row[];
  /** How many there were, with those that cannot be read. */
  items: number;
  /** The newest change among them; never later than the server's now. */
  latest?: Instant;
}

/** Attributes to set; null removes one. */
export type PhotoEdit = {
  [Name in EditableAttribute]?: NonNullable<Photo[Name]> | null;
};

/** One attribute as somebody wants it (null: gone), and since when by the server's clock: later edits count, wherever they were made. */
export interface RowEdit {
  attribute: string;
  value: unknown;
  at: Instant;
}

/** The same of a photo. */
export interface AttributeEdit extends RowEdit {
  attribute: EditableAttribute;
  value: PhotoEdit[EditableAttribute] & (string | boolean | string[] | PlaceOverride | null);
}

/** `saved` also where it had been before; `superseded` by a later edit from elsewhere, which stays. */
export type EditOutcome<Row = Photo> =
  { outcome: 'saved'; changedAt: Instant } | { outcome: 'superseded'; row: Row };

export interface PutOptions {
  /** Bytes sent so far, with those of parts that were there already; fewer again when a request has to be repeated. */
  onProgress?: (bytes: number) => void;
  /** S3 asked to slow down. The request is tried again without anybody doing anything; others had better wait. */
  onThrottled?: () => void;
  signal?: AbortSignal;
  /** It was sent before, and what became of it was not heard: it is asked for first, rather than sent in vain. */
  again?: boolean;
  /** Goes on with this upload in parts; begins anew where there is no such upload any more. */
  upload?: string;
  /**
   * A large file's upload has begun, by this id. Whatever then comes between, another call goes on with it by `upload`, or gives it up
   * by `abandonOriginal`.
   */
  onbegun?: (uploadId: string) => void;
}

/** An original as S3 lists it. */
export interface ListedOriginal {
  photoId: PhotoId;
  bytes: number;
  storedAt: Instant;
}

/** What there is to know of a row to compare it with its original: as it is stored, read or not. */
export interface RowFacts {
  photoId: PhotoId;
  /** `made-up` has nothing that the processor measures: the owner's edit alone made it. */
  kind: 'photo' | 'tombstone' | 'made-up';
  bytes?: number;
  name?: string;
}

/** A page of something sorted by photo id; without `next` it is the last one. */
export interface SortedPage<T> {
  entries: T[];
  /** After what the next page begins: whatever lies there, not always a photo's id. */
  next?: string;
}

/**
 * Whether an original can be read: one that is `archived` cannot until somebody has it restored, which takes hours (`restoring`); then it
 * can until that day.
 */
export type Standing = { state: 'here' | 'archived' | 'restoring' } | { state: 'restored'; until: Instant };

/** Within 12 hours, or within 48 for less. */
export type RestoreTier = 'Standard' | 'Bulk';
