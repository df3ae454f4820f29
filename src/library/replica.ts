// The library on this device: the owner's rows in IndexedDB, packed in 64 chunks by the first letter of the photo id.
// One record per photo would take ten seconds to write for 100,000 photos; chunks of a hash spread evenly and need no table.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { REPLICA_PREFIX } from './forget.ts';
import type { IdentityId } from '../schema/ids.ts';
import { parsePhotoRow, isTombstone, type Photo } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';

/** Change it when stored rows no longer read as they should: the replica is then fetched anew, nothing is lost. */
const VERSION = 1;

export interface ReplicaState {
  /** Grows with every write, so that a tab sees that another one has written. */
  generation: number;
  /** Up to where `changes` has been read. */
  cursor?: Instant;
}

interface Schema extends DBSchema {
  chunks: { key: string; value: unknown[] };
  state: { key: 'state'; value: ReplicaState };
}

export class Replica {
  readonly #database: IDBPDatabase<Schema>;

  private constructor(database: IDBPDatabase<Schema>) {
    this.#database = database;
  }

  static async open(identityId: IdentityId): Promise<Replica> {
    const database = await openDB<Schema>(`${REPLICA_PREFIX}${identityId}`, VERSION, {
      upgrade(upgraded) {
        for (const name of Array.from(upgraded.objectStoreNames)) upgraded.deleteObjectStore(name);
        upgraded.createObjectStore('chunks');
        upgraded.createObjectStore('state');
      },
      // Another tab signs out or brings a newer version: step aside.
      blocking: () => database.close(),
    });
    return new Replica(database);
  }

  async state(): Promise<ReplicaState> {
    return (await this.#database.get('state', 'state')) ?? { generation: 0 };
  }

  /** Everything, in one transaction. What no longer parses is left out and comes back with the next full sync. */
  async read(): Promise<{ state: ReplicaState; photos: Photo[] }> {
    const transaction = this.#database.transaction(['chunks', 'state']);
    const [state, chunks] = await Promise.all([
      transaction.objectStore('state').get('state'),
      transaction.objectStore('chunks').getAll(),
    ]);
    const photos: Photo[] = [];
    for (const row of chunks.flat()) {
      const photo = parsePhotoRow(row);
      if (photo && !isTombstone(photo)) photos.push(photo);
    }
    return { state: state ?? { generation: 0 }, photos };
  }

  /** Replaces the named chunks and the state in one transaction. */
  async write(chunks: ReadonlyMap<string, readonly Photo[]>, state: ReplicaState): Promise<void> {
    const transaction = this.#database.transaction(['chunks', 'state'], 'readwrite');
    const store = transaction.objectStore('chunks');
    await Promise.all([
      ...[...chunks].map(([key, photos]) => store.put([...photos], key)),
      transaction.objectStore('state').put(state, 'state'),
      transaction.done,
    ]);
  }

  close(): void {
    this.#database.close();
  }
}

export const chunkOf = (photoId: string): string => photoId.slice(0, 1);
