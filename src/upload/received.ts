// What other apps hand to the installed one: files shared with it, and those opened with it. They wait on this device until the person
// says what is to become of them, also while nobody is signed in; shared ones stay until they are stored, because there is no other way
// back to their bytes.
import { settled } from '../library/request.ts';
import { changing } from '../library/transaction.ts';
import type { IdentityId } from '../schema/ids.ts';
import { anyReceived, RECEIVED } from './any-received.ts';

/** Where the system posts what is shared, as the manifest says; the service worker answers. */
export const RECEIVE_PATH = '/receive';

const STORE = 'received';
/** Nobody can fill the disk with it, nor leave it here for good. */
export const MOST_FILES = 1000;
export const MOST_BYTES = 8 * 2 ** 30;
const KEPT_MS = 7 * 24 * 3_600_000;

export type Way = 'shared' | 'opened';

interface Row {
  name: string;
  /** The bytes themselves, or the way to them. */
  what: Blob | FileSystemFileHandle;
  /** How many are kept here. */
  bytes: number;
  way: Way;
  at: number;
  /** Who was asked about it: nobody else will be. */
  owner?: IdentityId;
  /** It is being uploaded. */
  taken?: boolean;
}

export interface Received extends Readonly<Row> {
  readonly number: number;
}

/** All of it is kept, or none: false when there is no room. */
export async function receive(
  files: readonly (File | FileSystemFileHandle)[],
  way: Way,
  now = Date.now(),
): Promise<boolean> {
  const rows = files.map((what): Row => ({
    name: what.name,
    what,
    bytes: what instanceof File ? what.size : 0,
    way,
    at: now,
  }));
  return inTurn(async (database) => {
    const before = (await all(database)).filter((one) => isFresh(one, now));
    const bytes = [...before, ...rows].reduce((sum, one) => sum + one.bytes, 0);
    if (before.length + rows.length > MOST_FILES || bytes > MOST_BYTES) return false;
    try {
      await changing(database, [STORE], (store) => {
        for (const row of rows) store?.add(row);
      });
      return true;
    } catch (error) {
      console.warn(error);
      return false;
    }
  });
}

/** What waits for an answer: for this person, who alone is asked from here on; or, nobody being signed in, for whoever comes. */
export async function waiting(owner?: IdentityId, now = Date.now()): Promise<Received[]> {
  await forget((one) => !one.taken && !isFresh(one, now));
  const mine = await ifAny(async (database) => {
    const known = (await all(database)).filter(
      (one) => !one.taken && (one.owner === undefined || one.owner === owner),
    );
    if (owner !== undefined) await put(database, known, { owner });
    return known;
  });
  return mine ?? [];
}

/** They are in the queue, and stay until they are safe. What is gone meanwhile stays gone. */
export async function take(received: readonly Received[]): Promise<void> {
  await ifAny((database) => put(database, received, { taken: true }));
}

/** Forgets all that is meant, and whatever shows that there was anything when nothing is left. */
export async function forget(isMeant: (one: Received) => boolean): Promise<void> {
  await ifAny(async (database) => {
    const before = await all(database);
    const gone = before.filter(isMeant);
    await changing(database, [STORE], (store) => {
      for (const { number } of gone) store?.delete(number);
    });
    if (gone.length < before.length) return;
    database.close();
    await settled(indexedDB.deleteDatabase(RECEIVED));
  });
}

/** Fails with a DOMException when it is not here any more. */
export async function receivedFile(number: number): Promise<File> {
  const read = (database: IDBDatabase): Promise<Row | undefined> =>
    settled(database.transaction(STORE).objectStore(STORE).get(number));
  const row = await ifAny(read);
  if (!row) throw new DOMException('The file is gone.', 'NotFoundError');
  return fileOf(row);
}

/** When something was shared says nothing of the photo. */
export const fileOf = async ({ name, what }: Pick<Row, 'name' | 'what'>): Promise<File> =>
  what instanceof Blob ? new File([what], name, { type: what.type, lastModified: 0 }) : what.getFile();

const isFresh = ({ at }: Row, now: number): boolean => now - at < KEPT_MS;

/** One after the other: what is just being put in must not go with what is emptied. */
const inTurn = <T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> =>
  navigator.locks.request(RECEIVED, () => open(work)) as Promise<T>;

/** Undefined when nothing is there; asked in turn, because opening would leave an empty database behind. */
const ifAny = <T>(work: (database: IDBDatabase) => Promise<T>): Promise<T | undefined> =>
  navigator.locks.request(RECEIVED, async () => ((await anyReceived()) ? open(work) : undefined)) as Promise<
    T | undefined
  >;

/** Nobody keeps it open: the service worker puts in what the page takes out. */
async function open<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(RECEIVED, 1);
  opening.addEventListener('upgradeneeded', () =>
    opening.result.createObjectStore(STORE, { autoIncrement: true }),
  );
  const database = await settled(opening);
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

async function all(database: IDBDatabase): Promise<Received[]> {
  const store = database.transaction(STORE).objectStore(STORE);
  const [keys, rows] = await Promise.all([
    settled(store.getAllKeys()),
    settled(store.getAll()) as Promise<Row[]>,
  ]);
  return rows.map((row, i) => Object.assign(row, { number: keys[i] as number }));
}

/** Says more of those that are still there. */
const put = (
  database: IDBDatabase,
  received: readonly Received[],
  more: Pick<Row, 'owner' | 'taken'>,
): Promise<void> =>
  changing(database, [STORE], (store) => {
    for (const { number } of received) {
      const known = store?.get(number);
      known?.addEventListener('success', () => {
        if (known.result) store?.put({ ...(known.result as Row), ...more }, number);
      });
    }
  });
