// The edits that wait, by the photo they are laid over. Pure.
import type { PhotoId } from '../schema/ids.ts';
import type { Columns } from './columns.ts';
import { editTimesOf } from './edited-chunk.ts';
import { datedEdits, type Change, type EditSource, type QueuedEdit } from './edits.ts';
import { letterIn, rowIn } from './order.ts';

export type ByPhoto = ReadonlyMap<PhotoId, readonly QueuedEdit[]>;

export interface Waiting {
  photos: ByPhoto;
  /** How many edits. */
  size: number;
  /** Whether it says anything else than before. */
  changed: boolean;
}

/** Of several edits of one attribute the last one counts. What is as it was before is the very same, so that nobody lays it over again. */
export function byPhotoOf(edits: Iterable<QueuedEdit>, before: ByPhoto): Waiting {
  const photos = new Map<PhotoId, readonly QueuedEdit[]>();
  let size = 0;
  for (const edit of edits) {
    const known = photos.get(edit.photoId) ?? [];
    const others = known.filter(({ attribute }) => attribute !== edit.attribute);
    size += 1 + others.length - known.length;
    photos.set(edit.photoId, [...others, edit]);
  }
  let changed = before.size !== photos.size;
  for (const [photoId, own] of photos) {
    const shown = before.get(photoId);
    if (shown && areSame(shown, own)) photos.set(photoId, shown);
    else changed = true;
  }
  return { photos, size, changed };
}

/** An edit may be dated anew. */
export const isSame = (one: QueuedEdit, other: QueuedEdit): boolean =>
  one === other || (one.id === other.id && one.at === other.at);

const areSame = (some: readonly QueuedEdit[], others: readonly QueuedEdit[]): boolean =>
  some.length === others.length && some.every((edit, i) => isSame(edit, others[i] as QueuedEdit));

/** Dates changes, all by the same moment: they are then sent in the order they are kept in, which is that of the library's chunks. */
export function dater(rows: Columns, running: EditSource['clock']): (change: Change) => QueuedEdit[] {
  const now = running.now();
  const clock = { known: running.known, offset: running.offset, now: () => now };
  return ({ photoId, edit }) => {
    const reference = rows.referenceOf(photoId);
    const chunk = reference === undefined ? undefined : rows.chunks[letterIn(reference)];
    const seen = chunk && reference !== undefined ? editTimesOf(chunk, rowIn(reference)) : undefined;
    return datedEdits(photoId, edit, { seen, clock });
  };
}
