// The library's two databases on this device: the replica, and apart from it, because the replica may be thrown away, the edits that
// wait for the cloud. Light: a visit opens them before anything else of the library is there.
import type { IdentityId } from '../schema/ids.ts';
import { settled } from './request.ts';

/** Names of replica databases: this prefix, then the identity id. */
export const REPLICA_PREFIX = 'shoebox-library-';
/** After the same name: the edits that wait for the cloud. */
export const EDITS_SUFFIX = '-edits';

export const HEADS = 'heads';
export const RESTS = 'rests';
export const STATE = 'state';
/** The table of edits. */
export const EDITS = 'edits';

/** Change it when the stores are others: everything is then fetched anew, nothing is lost. */
const VERSION = 2;
const EDITS_VERSION = 1;

export interface Databases {
  replica: IDBDatabase;
  edits: IDBDatabase;
}

/**
 * A database of what can be fetched anew: another version throws away what the one before it had. `onblank` is told, before it is
 * there, that there was none.
 */
export function openStores(
  name: string,
  { version, stores, onblank }: { version: number; stores: readonly string[]; onblank?: () => void },
): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, version);
  opening.addEventListener('upgradeneeded', ({ oldVersion }) => {
    if (oldVersion === 0) onblank?.();
    const { result } = opening;
    for (const store of Array.from(result.objectStoreNames)) result.deleteObjectStore(store);
    for (const store of stores) result.createObjectStore(store);
  });
  return opened(opening);
}

/** What waits for the cloud beside such a database: another version would have to take it along. */
export function openEdits(name: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name + EDITS_SUFFIX, EDITS_VERSION);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(EDITS));
  return opened(opening);
}

export function openReplica(owner: IdentityId, onblank?: () => void): Promise<IDBDatabase> {
  return openStores(REPLICA_PREFIX + owner, {
    version: VERSION,
    stores: [HEADS, RESTS, STATE],
    onblank,
  });
}

export async function openDatabases(owner: IdentityId, onblank?: () => void): Promise<Databases> {
  const [replica, edits] = await Promise.all([
    openReplica(owner, onblank),
    openEdits(REPLICA_PREFIX + owner),
  ]);
  return { replica, edits };
}

async function opened(opening: IDBOpenDBRequest): Promise<IDBDatabase> {
  const database = await settled(opening);
  // Another tab signs out or brings a newer version: step aside.
  database.addEventListener('versionchange', () => database.close());
  return database;
}
