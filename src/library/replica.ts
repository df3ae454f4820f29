// The library on this device: the owner's rows in IndexedDB, packed in 64 chunks by the first letter of the photo id.
// One record per photo would take ten seconds to write for 100,000 photos; chunks of a hash spread evenly and need no table.
import type { IdentityId } from '../schema/ids.ts';
import { isTombstone, parsePhotoRow, type Photo } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';
import { REPLICA_PREFIX } from './forget.ts';
import { settled } from './request.ts';

/** Change it when stored rows no longer read as they should: the replica is then fetched anew, nothing is lost. */
const VERSION = 1;
const CHUNKS = 'chunks';
const STATE = 'state';

export interface ReplicaState {
  /** Grows with every write, so that a tab sees that another one has written. */
  generation: number;
  /** Up to where `changes` has been read. */
  cursor?: Instant;
  /** When the last sync that ended well began, by the server's clock. */
  syncedAt?: Instant;
}

export class Replica {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // Another tab signs out or brings a newer version: step aside.
    database.addEventListener('versionchange', () => database.close());
  }

  static async open(identityId: IdentityId): Promise<Replica> {
    const opening = indexedDB.open(REPLICA_PREFIX + identityId, VERSION);
    opening.addEventListener('upgradeneeded', () => {
      const { result } = opening;
      for (const name of Array.from(result.objectStoreNames)) result.deleteObjectStore(name);
      result.createObjectStore(CHUNKS);
      result.createObjectStore(STATE);
    });
    return new Replica(await settled(opening));
  }

  async state(): Promise<ReplicaState> {
    const stored = await settled(this.#database.transaction(STATE).objectStore(STATE).get(STATE));
    return (stored as ReplicaState | undefined) ?? { generation: 0 };
  }

  /** Everything, in one transaction. What no longer parses is left out. */
  async read(): Promise<{ state: ReplicaState; photos: Photo[] }> {
    const transaction = this.#database.transaction([CHUNKS, STATE]);
    const [state, chunks] = await Promise.all([
      settled(transaction.objectStore(STATE).get(STATE)),
      settled(transaction.objectStore(CHUNKS).getAll()),
    ]);
    const photos: Photo[] = [];
    for (const row of (chunks as unknown[][]).flat()) {
      const photo = parsePhotoRow(row);
      if (photo && !isTombstone(photo)) photos.push(photo);
    }
    return { state: (state as ReplicaState | undefined) ?? { generation: 0 }, photos };
  }

  /** Replaces the named chunks and the state, in one transaction: after a crash both are old or both are new. */
  write(chunks: ReadonlyMap<string, readonly Photo[]>, state: ReplicaState): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction([CHUNKS, STATE], 'readwrite');
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error));
      const store = transaction.objectStore(CHUNKS);
      for (const [key, photos] of chunks) store.put(photos, key);
      transaction.objectStore(STATE).put(state, STATE);
    });
  }

  close(): void {
    this.#database.close();
  }
}

export const chunkOf = (photoId: string): string => photoId.slice(0, 1);
