// Edits that wait for the cloud, on this device: one for each photo and attribute.
import type { PhotoId } from '../schema/ids.ts';
import { EDITABLE_ATTRIBUTES } from '../schema/photo.ts';
import { parseQueuedEdit, replacing, type QueuedEdit } from './edits.ts';
import { EDITS } from './forget.ts';
import { settled } from './request.ts';
import { changing } from './transaction.ts';

/** More are looked up among all. */
const FEW = 16;

const keyOf = ({ photoId, attribute }: QueuedEdit): [string, string] => [photoId, attribute];

export class EditStore {
  readonly #database: IDBDatabase;

  constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** What waits, the oldest first. What cannot be read is left out. */
  async all(): Promise<QueuedEdit[]> {
    const stored = await settled(this.#database.transaction(EDITS).objectStore(EDITS).getAll());
    return stored
      .flatMap((value) => parseQueuedEdit(value) ?? [])
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  /** Adds edits, all or none; each takes the place of one of the same attribute, and is later. */
  add(edits: readonly QueuedEdit[]): Promise<void> {
    return this.#write((store) =>
      withWaiting(store, edits, (edit, waiting) => store.put(replacing(edit, waiting), keyOf(edit))),
    );
  }

  /** Dates an edit anew. False when another one has taken its place. */
  async redate(edit: QueuedEdit): Promise<boolean> {
    let still = false;
    await this.#write((store) =>
      withWaiting(store, [edit], (_, waiting) => {
        still = waiting?.id === edit.id;
        if (still) store.put(edit, keyOf(edit));
      }),
    );
    return still;
  }

  /** Removes edits, but not those that have taken their place. */
  remove(edits: readonly QueuedEdit[]): Promise<void> {
    return this.#write((store) =>
      withWaiting(store, edits, (edit, waiting) => {
        if (waiting?.id === edit.id) store.delete(keyOf(edit));
      }),
    );
  }

  /** Removes all edits of these photos. */
  forget(photoIds: readonly PhotoId[]): Promise<void> {
    return this.#write((store) => {
      for (const photoId of photoIds)
        for (const attribute of EDITABLE_ATTRIBUTES) store.delete([photoId, attribute]);
    });
  }

  clear(): Promise<void> {
    return this.#write((store) => store.clear());
  }

  /** Resolves when it is on the disk and not only on its way there. */
  #write(work: (store: IDBObjectStore) => unknown): Promise<void> {
    return changing(this.#database, [EDITS], work, { durability: 'strict' });
  }
}

/** Does something with each edit and the one that is in its place now. Many are not asked for one by one: that takes a second for 10,000. */
function withWaiting(
  store: IDBObjectStore,
  edits: readonly QueuedEdit[],
  work: (edit: QueuedEdit, waiting: QueuedEdit | undefined) => unknown,
): void {
  if (edits.length <= FEW) {
    for (const edit of edits) {
      const reading = store.get(keyOf(edit));
      reading.addEventListener('success', () => work(edit, parseQueuedEdit(reading.result)));
    }
    return;
  }
  const [keys, values] = [store.getAllKeys(), store.getAll()];
  values.addEventListener('success', () => {
    const found = new Map(keys.result.map((key, i) => [String(key), values.result[i] as unknown]));
    for (const edit of edits) work(edit, parseQueuedEdit(found.get(String(keyOf(edit)))));
  });
}
