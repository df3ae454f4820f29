// The library on this device: the owner's rows in IndexedDB, packed in 16 chunks by the first letter of its hash.
// One record per photo would take ten seconds to write for 100,000 photos; chunks of a hash spread evenly and need no table.
import type { IdentityId } from '../schema/ids.ts';
import type { Instant } from '../schema/time.ts';
import { Chunk, CHUNKS } from './chunk.ts';
import { HEADS, openReplica, RESTS, STATE } from './databases.ts';
import { settled } from './request.ts';

export interface ReplicaState {
  /** Grows with every write, so that a tab sees that another one has written. */
  generation: number;
  /** Per chunk, the generation that wrote it. */
  written: readonly number[];
  /** Up to where `changes` has been read. */
  cursor?: Instant;
  /** When the last sync that ended well began, by the server's clock. */
  syncedAt?: Instant;
  /** How many rows have changed since all were replaced. */
  changes?: number;
}

export interface Reading {
  state: ReplicaState;
  /** Chunks that are other than known, without their rests; undefined for those that are gone. */
  changed: Map<number, Chunk | undefined>;
  /** Letters of those that cannot be read, once the rests of the others are there too. */
  damaged: Promise<number[]>;
}

export const noState: ReplicaState = { generation: 0, written: Array.from({ length: CHUNKS }, () => 0) };

export class Replica {
  readonly database: IDBDatabase;
  readonly #owner: IdentityId;

  constructor(database: IDBDatabase, owner: IdentityId) {
    this.database = database;
    this.#owner = owner;
  }

  static async open(owner: IdentityId): Promise<Replica> {
    return new Replica(await openReplica(owner), owner);
  }

  async state(): Promise<ReplicaState> {
    return readState(this.database.transaction(STATE));
  }

  /** What differs from what `known` says, in one transaction: heads as soon as they are there, the rests after them. */
  async read(known: ReplicaState): Promise<Reading> {
    const transaction = this.database.transaction([HEADS, RESTS, STATE]);
    const [heads, rests] = [transaction.objectStore(HEADS), transaction.objectStore(RESTS)];
    if (known.generation === 0) {
      const [state, keys, found] = await Promise.all([
        readState(transaction),
        settled(heads.getAllKeys()),
        settled(heads.getAll()),
      ]);
      // Only now: asked for together, the rests, four times as many bytes, would hold up the heads.
      const read = Promise.all([settled(rests.getAllKeys()), settled(rests.getAll())]);
      return this.#reading(
        state,
        keys.map((key, i) => [Number(key), found[i]]),
        read.then(([names, values]) => new Map(names.map((key, i) => [key, (values as unknown[])[i]]))),
      );
    }
    const state = await readState(transaction);
    const letters = state.written.flatMap((generation, letter) =>
      generation === known.written[letter] ? [] : [letter],
    );
    const read = Promise.all(letters.map((letter) => settled(heads.get(letter))));
    const restsRead = Promise.all(letters.map((letter) => settled(rests.get(letter))));
    const found = await read;
    return this.#reading(
      state,
      letters.map((letter, i) => [letter, found[i]]),
      restsRead.then((all) => new Map(letters.map((letter, i) => [letter, all[i]]))),
    );
  }

  #reading(
    state: ReplicaState,
    heads: readonly (readonly [number, unknown])[],
    rests: Promise<ReadonlyMap<unknown, unknown>>,
  ): Reading {
    const changed = new Map<number, Chunk | undefined>();
    const lost: number[] = [];
    for (const [letter, head] of heads) {
      const chunk = head === undefined ? undefined : Chunk.read(this.#owner, letter, head);
      changed.set(letter, chunk);
      if (head !== undefined && !chunk) lost.push(letter);
    }
    const damaged = rests.then((found) => [
      ...lost,
      ...[...changed].flatMap(([letter, chunk]) =>
        chunk && !chunk.complete(found.get(letter)) ? [letter] : [],
      ),
    ]);
    return { state, changed, damaged };
  }

  close(): void {
    this.database.close();
  }
}

async function readState(transaction: IDBTransaction): Promise<ReplicaState> {
  const stored = (await settled(transaction.objectStore(STATE).get(STATE))) as ReplicaState | undefined;
  return stored && Array.isArray(stored.written) ? stored : noState;
}
