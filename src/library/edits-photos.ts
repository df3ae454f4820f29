// The queue of edits of photos: how they are made and where they go. Loaded with the first one.
import type { EditOutcome } from '../cloud/requests.ts';
import type { Columns } from './columns.ts';
import { editTimesOf } from './edited-chunk.ts';
import { datedEdits, parseQueuedEdit, type Change, type EditSource, type QueuedEdit } from './edits.ts';
import { EditQueue, type EditHooks } from './edits-queue.ts';
import { EditStore } from './edits-store.ts';
import { editChannel } from './forget.ts';
import { letterIn, rowIn } from './order.ts';

export type PhotoEdits = EditQueue<QueuedEdit, EditOutcome>;

export const openQueue = (
  source: EditSource,
  database: IDBDatabase,
  hooks: EditHooks<QueuedEdit, EditOutcome>,
): PhotoEdits =>
  new EditQueue({
    ...hooks,
    name: editChannel(source.identityId),
    store: new EditStore(database, parseQueuedEdit),
    target: {
      clock: source.clock,
      atOnce: 1,
      hear: ({ rowId }, signal) => source.readPhoto(rowId, signal),
      send: (edits, signal) => Promise.all(edits.map((edit) => source.editPhoto(edit.rowId, edit, signal))),
    },
  });

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
