// Edits that wait for the cloud, on this device: one for each photo and attribute.
import type { PhotoId } from '../schema/ids.ts';
import { EDITABLE_ATTRIBUTES } from '../schema/photo.ts';
import { keyOf, parseQueuedEdit, replacing, type QueuedEdit } from './edits.ts';
import { EDITS } from './forget.ts';
import { changing, inPieces } from './transaction.ts';

/** So many are written, or read, before the page has its turn: some milliseconds. */
const AT_ONCE = 250;
/** More are looked up among all: asked for one by one, ten thousand take a second. */
const FEW = 500;

const pathOf = ({ photoId, attribute }: QueuedEdit): [string, string] => [photoId, attribute];

export class EditStore {
  readonly #database: IDBDatabase;

  constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** What waits, the oldest first. What cannot be read is left out. */
  async all(): Promise<QueuedEdit[]> {
    const found: QueuedEdit[] = [];
    await new Promise<void>((resolve, reject) => {
      const transaction = this.#database.transaction(EDITS);
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error));
      inPieces(reading(transaction.objectStore(EDITS), (edit) => found.push(edit)));
    });
    return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  /** Adds edits, all or none; each takes the place of one of the same attribute, and is later. Gives them as they are now. */
  async add(edits: readonly QueuedEdit[]): Promise<QueuedEdit[]> {
    const added: QueuedEdit[] = [];
    await this.#write(edits, (edit, waiting, store) => {
      const one = replacing(edit, waiting);
      added.push(one);
      return store.put(one, pathOf(one));
    });
    return added;
  }

  /** Dates an edit anew. False when another one has taken its place. */
  async redate(edit: QueuedEdit): Promise<boolean> {
    let still = false;
    await this.#write([edit], (_, waiting, store) => {
      still = waiting?.id === edit.id;
      return still ? store.put(edit, pathOf(edit)) : undefined;
    });
    return still;
  }

  /** Removes edits, but not those that have taken their place. */
  remove(edits: readonly QueuedEdit[]): Promise<void> {
    return this.#write(edits, (edit, waiting, store) =>
      waiting?.id === edit.id ? store.delete(pathOf(edit)) : undefined,
    );
  }

  /** Removes all edits of these photos. */
  forget(photoIds: readonly PhotoId[]): Promise<void> {
    return this.#change((store) => forgetting(store, photoIds));
  }

  clear(): Promise<void> {
    return this.#change(function* (store) {
      yield store.clear();
    });
  }

  #write(edits: readonly QueuedEdit[], work: Work): Promise<void> {
    return this.#change((store) => writing(store, edits, work));
  }

  /** Resolves when all of it is on the disk, and not only on its way there. */
  #change(work: (store: IDBObjectStore) => Iterator<IDBRequest>): Promise<void> {
    return changing(this.#database, [EDITS], (store) => inPieces(work(store as IDBObjectStore)), {
      durability: 'strict',
    });
  }
}

/** Does something about an edit, given the one that is in its place now. */
type Work = (
  edit: QueuedEdit,
  waiting: QueuedEdit | undefined,
  store: IDBObjectStore,
) => IDBRequest | undefined;

type Pieces = Generator<IDBRequest, void>;

function* writing(store: IDBObjectStore, edits: readonly QueuedEdit[], work: Work): Pieces {
  const waiting = new Map<string, QueuedEdit>();
  const take = (edit: QueuedEdit): unknown => waiting.set(keyOf(edit), edit);
  yield* edits.length <= FEW ? asking(store, edits, take) : reading(store, take);
  yield* paced(edits, (edit) => work(edit, waiting.get(keyOf(edit)), store));
}

function* forgetting(store: IDBObjectStore, photoIds: readonly PhotoId[]): Pieces {
  yield* paced(photoIds, (photoId) => {
    const [first, ...others] = EDITABLE_ATTRIBUTES;
    for (const attribute of others) store.delete([photoId, attribute]);
    return store.delete([photoId, first]);
  });
}

function* asking(
  store: IDBObjectStore,
  edits: readonly QueuedEdit[],
  take: (edit: QueuedEdit) => unknown,
): Pieces {
  yield* paced(edits, (edit) => {
    const request = store.get(pathOf(edit));
    request.addEventListener('success', () => {
      const found = parseQueuedEdit(request.result);
      if (found) take(found);
    });
    return request;
  });
}

/** Makes a request for each; goes on when those of a piece, and all of them in the end, are answered. */
function* paced<T>(all: Iterable<T>, ask: (one: T) => IDBRequest | undefined): Pieces {
  let last: IDBRequest | undefined;
  let asked = 0;
  for (const one of all) {
    const request = ask(one);
    if (!request) continue;
    last = request;
    if (++asked % AT_ONCE > 0) continue;
    yield request;
    last = undefined;
  }
  if (last) yield last;
}

/** All that wait. */
function* reading(store: IDBObjectStore, take: (edit: QueuedEdit) => unknown): Pieces {
  let range: IDBKeyRange | undefined;
  for (;;) {
    const keys = store.getAllKeys(range, AT_ONCE);
    const values = store.getAll(range, AT_ONCE);
    yield values;
    for (const value of values.result) {
      const edit = parseQueuedEdit(value);
      if (edit) take(edit);
    }
    const last = keys.result.at(-1);
    if (last === undefined || keys.result.length < AT_ONCE) return;
    range = IDBKeyRange.lowerBound(last, true);
  }
}
