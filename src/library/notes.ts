// What parts of the library remember on this device beside the rows: gone with them.
import { STATE } from './databases.ts';
import { settled } from './request.ts';
import { changing } from './transaction.ts';

export type NoteName = 'snapshot' | 'check' | 'restores';

/** As it was stored, to be parsed by whoever asks. */
export const readNote = (database: IDBDatabase, name: NoteName): Promise<unknown> =>
  settled(database.transaction(STATE).objectStore(STATE).get(name));

/** Without a value nothing is remembered any more. */
export const writeNote = (database: IDBDatabase, name: NoteName, value?: unknown): Promise<void> =>
  changing(database, [STATE], (states) =>
    value === undefined ? states?.delete(name) : states?.put(value, name),
  );
