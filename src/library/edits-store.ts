// Edits that wait for the cloud, on this device: one for each row and attribute.
import { EDITS } from './databases.ts';
import { keyOf, replacing, type WaitingEdit } from './edits-time.ts';
import { changing, inPieces } from './transaction.ts';

/** So many are written, or read, before the page has its turn: some milliseconds. */
const AT_ONCE = 250;
/** More are looked up among all: asked for one by one, ten thousand take a second. */
const FEW = 500;

const pathOf = ({ rowId, attribute }: WaitingEdit): [string, string] => [rowId, attribute];

/** Of an edit as it was stored on this device; undefined for what cannot be read. */
export type ParseEdit<Edit> = (value: unknown) => Edit | undefined;

export class EditStore<Edit extends WaitingEdit> {
  readonly #database: IDBDatabase;
  readonly #parse: ParseEdit<Edit>;

  constructor(database: IDBDatabase, parse: ParseEdit<Edit>) {
    this.#database = database;
    this.#parse = parse;
  }

  /** What waits, the oldest first. What cannot be read is left out. */
  async all(): Promise<Edit[]> {
    const found: Edit[] = [];
    await new Promise<void>((resolve, reject) => {
      const transaction = this.#database.transaction(EDITS);
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error));
      inPieces(reading(transaction.objectStore(EDITS), this.#parse, (edit) => found.push(edit)));
    });
    return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  /** Adds edits, all or none; each takes the place of one of the same attribute, and is later. Gives them as they are now. */
  async add(edits: readonly Edit[]): Promise<Edit[]> {
    const added: Edit[] = [];
    await this.#write(edits, (edit, waiting, store) => {
      const one = replacing(edit, waiting);
      added.push(one);
      return store.put(one, pathOf(one));
    });
    return added;
  }

  /** Dates an edit anew. False when another one has taken its place. */
  async redate(edit: Edit): Promise<boolean> {
    let still = false;
    await this.#write([edit], (_, waiting, store) => {
      still = waiting?.id === edit.id;
      return still ? store.put(edit, pathOf(edit)) : undefined;
    });
    return still;
  }

  /** Removes edits, but not those that have taken their place. */
  remove(edits: readonly Edit[]): Promise<void> {
    return this.#write(edits, (edit, waiting, store) =>
      waiting?.id === edit.id ? store.delete(pathOf(edit)) : undefined,
    );
  }

  /** Removes all edits of these rows. */
  forget(rowIds: readonly string[]): Promise<void> {
    return this.#change((store) => forgetting(store, rowIds));
  }

  clear(): Promise<void> {
    return this.#change(function* (store) {
      yield store.clear();
    });
  }

  #write(edits: readonly Edit[], work: Work<Edit>): Promise<void> {
    return this.#change((store) => writing(store, edits, { parse: this.#parse, work }));
  }

  /** Resolves when all of it is on the disk, and not only on its way there. */
  #change(work: (store: IDBObjectStore) => Iterator<IDBRequest>): Promise<void> {
    return changing(this.#database, [EDITS], (store) => inPieces(work(store as IDBObjectStore)), {
      durability: 'strict',
    });
  }
}

/** Does something about an edit, given the one that is in its place now. */
type Work<Edit> = (edit: Edit, waiting: Edit | undefined, store: IDBObjectStore) => IDBRequest | undefined;

type Pieces = Generator<IDBRequest, void>;

function* writing<Edit extends WaitingEdit>(
  store: IDBObjectStore,
  edits: readonly Edit[],
  { parse, work }: { parse: ParseEdit<Edit>; work: Work<Edit> },
): Pieces {
  const waiting = new Map<string, Edit>();
  const take = (edit: Edit): unknown => waiting.set(keyOf(edit), edit);
  yield* edits.length <= FEW ? asking(store, edits, parse, take) : reading(store, parse, take);
  yield* paced(edits, (edit) => work(edit, waiting.get(keyOf(edit)), store));
}

function* forgetting(store: IDBObjectStore, rowIds: readonly string[]): Pieces {
  // A list of names sorts after any name.
  yield* paced(rowIds, (rowId) => store.delete(IDBKeyRange.bound([rowId], [rowId, []])));
}

function* asking<Edit extends WaitingEdit>(
  store: IDBObjectStore,
  edits: readonly Edit[],
  parse: ParseEdit<Edit>,
  take: (edit: Edit) => unknown,
): Pieces {
  yield* paced(edits, (edit) => {
    const request = store.get(pathOf(edit));
    request.addEventListener('success', () => {
      const found = parse(request.result);
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
function* reading<Edit>(
  store: IDBObjectStore,
  parse: ParseEdit<Edit>,
  take: (edit: Edit) => unknown,
): Pieces {
  let range: IDBKeyRange | undefined;
  for (;;) {
    const keys = store.getAllKeys(range, AT_ONCE);
    const values = store.getAll(range, AT_ONCE);
    yield values;
    for (const value of values.result) {
      const edit = parse(value);
      if (edit) take(edit);
    }
    const last = keys.result.at(-1);
    if (last === undefined || keys.result.length < AT_ONCE) return;
    range = IDBKeyRange.lowerBound(last, true);
  }
}
