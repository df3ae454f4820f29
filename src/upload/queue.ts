// The uploads that are not safe yet, kept on this device, so that a closed tab or a crash forgets none. Each visit keeps its own, and
// holds a lock by which others know that it lives: what belongs to nobody any more is taken over.
import { settled } from '../library/request.ts';
import { breather } from '../library/slices.ts';
import { changing, inPieces } from '../library/transaction.ts';
import { isPhotoId, isRandomId, type IdentityId, type PhotoId, type RandomId } from '../schema/ids.ts';
import { fields, flag, list, number, text, whole } from '../schema/parse.ts';
import { noteUploads, QUEUE_PREFIX } from './kept.ts';
import type { Root } from './sources.ts';
import type { Upload } from './upload.svelte.ts';

const VERSION = 1;
/** One row for each file, and one for each thing that was dropped; both by visit and number. */
const FILES = 'files';
const ROOTS = 'roots';
/** So many are written, or read, before the page has its turn. */
const AT_ONCE = 250;
/** So many in one transaction. */
const TOGETHER = 2000;
/** Changes are collected for so long. */
const COLLECT_MS = 400;
const MOST_ALBUMS = 100;
/** A page that is reloaded takes so long to let go of its lock. */
const PATIENCE_MS = 3000;

/** A file as it is kept. */
export interface KeptFile {
  name: string;
  size: number;
  lastModified: number;
  path?: string;
  photoId?: PhotoId;
  /** The upload in parts that has begun. */
  uploadId?: string;
  /** It has been begun to be sent: see `Upload.tried`. */
  tried?: boolean;
  /** Only its row is awaited. */
  stored?: boolean;
  /** The albums it is to be put into. */
  albums?: RandomId[];
  /** What is to be told to its row. */
  facts?: object;
  /** Number of what it was dropped with. */
  root?: number;
}

/** What another visit has left, and where. */
export interface Left {
  place: Place;
  file: KeptFile;
  root: Root | undefined;
}

export interface Place {
  readonly visit: string;
  readonly number: number;
  /** Whether it is in the database. */
  written: boolean;
  root?: number;
}

export class Queue {
  readonly #owner: IdentityId;
  readonly #database: IDBDatabase;
  readonly #locks: Pick<LockManager, 'request'>;
  readonly #visit = crypto.randomUUID();
  readonly #places = new Map<Upload, Place>();
  readonly #counts = new Map<string, number>();
  /** Changed since they were written. */
  readonly #changed = new Set<Upload>();
  readonly #roots = new Map<Root, number>();
  readonly #newRoots = new Map<number, Root>();
  /** Ends when the page lets go of its locks. */
  readonly #here: Promise<void>;
  #leave = (): void => {};
  #next = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  #held = false;
  #closed = false;

  private constructor(owner: IdentityId, database: IDBDatabase, locks: Pick<LockManager, 'request'>) {
    this.#owner = owner;
    this.#database = database;
    this.#locks = locks;
    this.#here = new Promise((resolve) => (this.#leave = resolve));
    // Somebody signs out, or a newer version comes: step aside.
    database.addEventListener('versionchange', () => this.close());
  }

  static async open(
    owner: IdentityId,
    locks: Pick<LockManager, 'request'> = navigator.locks,
  ): Promise<Queue> {
    const opening = indexedDB.open(QUEUE_PREFIX + owner, VERSION);
    opening.addEventListener('upgradeneeded', () => {
      for (const name of [FILES, ROOTS]) opening.result.createObjectStore(name);
    });
    return new Queue(owner, await settled(opening), locks);
  }

  /** From here on it is kept, until it is safe or nobody wants it any more. */
  keep(upload: Upload, root?: Root): void {
    const place: Place = { visit: this.#visit, number: this.#next++, written: false };
    if (root) place.root = this.#numberOf(root);
    this.#put(upload, place);
    this.#touch(upload);
  }

  /** The same for what another visit has left. */
  adopt(upload: Upload, place: Place): void {
    this.#put(upload, place);
  }

  /** Something about it is to be remembered. */
  changed(upload: Upload): void {
    if (this.#places.has(upload)) this.#touch(upload);
  }

  /** It need not be kept any more. */
  forget(upload: Upload): void {
    this.changed(upload);
  }

  /** Resolves when all that is known is on the disk. Fails when it cannot be put there. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** What visits have left that do not live any more. `late` is called with what takes its time to be let go of. */
  async left(late: (left: Left[]) => void): Promise<Left[]> {
    const visits = await this.#visits();
    const found: Left[] = [];
    for (const visit of visits) {
      if (await this.#hold(visit)) found.push(...(await this.#read(visit)));
      else this.#await(visit, late).catch(console.warn);
    }
    return found;
  }

  async #await(visit: string, late: (left: Left[]) => void): Promise<void> {
    if ((await this.#hold(visit, PATIENCE_MS)) && !this.#closed) late(await this.#read(visit));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#leave();
    this.#database.close();
  }

  #put(upload: Upload, place: Place): void {
    this.#places.set(upload, place);
    this.#counts.set(place.visit, (this.#counts.get(place.visit) ?? 0) + 1);
  }

  #touch(upload: Upload): void {
    this.#changed.add(upload);
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => this.flush().catch(console.warn), COLLECT_MS);
  }

  #numberOf(root: Root): number {
    const known = this.#roots.get(root);
    if (known !== undefined) return known;
    const made = this.#roots.size + 1;
    this.#roots.set(root, made);
    this.#newRoots.set(made, root);
    return made;
  }

  async #write(): Promise<void> {
    if (!this.#held) this.#held = await this.#hold(this.#visit);
    while (this.#changed.size > 0 && !this.#closed) {
      const some = [...this.#changed].slice(0, TOGETHER);
      for (const upload of some) this.#changed.delete(upload);
      this.#note();
      await this.#keepRoots();
      await changing(this.#database, [FILES], (files) =>
        inPieces(writing(files as IDBObjectStore, some, this.#places)),
      );
      // What has become safe while it was being written is changed again.
      for (const upload of some) if (!isKept(upload)) this.#drop(upload);
      this.#note();
    }
  }

  #drop(upload: Upload): void {
    const place = this.#places.get(upload);
    if (!place || place.written) return;
    this.#places.delete(upload);
    this.#counts.set(place.visit, (this.#counts.get(place.visit) ?? 1) - 1);
  }

  #note(): void {
    for (const [visit, count] of this.#counts) noteUploads(this.#owner, visit, count);
  }

  async #keepRoots(): Promise<void> {
    if (this.#newRoots.size === 0) return;
    const roots = [...this.#newRoots];
    this.#newRoots.clear();
    try {
      await changing(this.#database, [ROOTS], (store) => {
        for (const [key, root] of roots) store?.put(root, [this.#visit, key]);
      });
    } catch (error) {
      // The files can be given again.
      console.warn(error);
    }
  }

  /** Holds the lock of a visit until this page goes. False when another page does, also after so much patience. */
  #hold(visit: string, patience = 0): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
      this.#locks
        .request(`${QUEUE_PREFIX}${this.#owner}/${visit}`, options, (lock) => {
          resolve(lock !== null);
          return lock ? this.#here : undefined;
        })
        .catch((error: unknown) => {
          if (patience > 0) resolve(false);
          else reject(error);
        });
    });
  }

  /** All visits of which anything is kept, but not this one. */
  async #visits(): Promise<string[]> {
    const visits: string[] = [];
    const store = this.#database.transaction(FILES).objectStore(FILES);
    for (let after = ''; ;) {
      const range = IDBKeyRange.lowerBound([after, []], true);
      const cursor = await settled(store.openKeyCursor(range));
      const key: unknown = cursor?.key;
      const visit = Array.isArray(key) ? text(key[0]) : undefined;
      if (visit === undefined) return visits.filter((one) => one !== this.#visit);
      visits.push(visit);
      after = visit;
    }
  }

  async #read(visit: string): Promise<Left[]> {
    const roots = await this.#rootsOf(visit);
    const left: Left[] = [];
    const breath = breather();
    const end = [visit, []];
    let after: IDBValidKey = [visit];
    for (;;) {
      const store = this.#database.transaction(FILES).objectStore(FILES);
      const range = IDBKeyRange.bound(after, end, true);
      const [keys, values] = await Promise.all([
        settled(store.getAllKeys(range, AT_ONCE)),
        settled(store.getAll(range, AT_ONCE)) as Promise<unknown[]>,
      ]);
      for (const [i, key] of keys.entries()) {
        const file = parseFile(values[i]);
        const at = (key as [string, number])[1];
        if (!file) continue;
        const place: Place = { visit, number: at, written: true };
        if (file.root !== undefined) place.root = file.root;
        left.push({ place, file, root: file.root === undefined ? undefined : roots.get(file.root) });
      }
      const last = keys.at(-1);
      if (last === undefined || keys.length < AT_ONCE) return left;
      after = last;
      await breath();
    }
  }

  async #rootsOf(visit: string): Promise<Map<number, Root>> {
    const store = this.#database.transaction(ROOTS).objectStore(ROOTS);
    const range = IDBKeyRange.bound([visit], [visit, []]);
    const [keys, values] = await Promise.all([
      settled(store.getAllKeys(range)),
      settled(store.getAll(range)) as Promise<Root[]>,
    ]);
    return new Map(keys.flatMap((key, i) => (values[i] ? [[(key as [string, number])[1], values[i]]] : [])));
  }
}

/** Whether it would be missed: not what is safe, with nothing left to be done about it, or stored for good, nor what nobody wants any more. */
const isKept = (upload: Upload): boolean =>
  upload.safe
    ? upload.albums.length > 0 || upload.pathOpen || upload.facts !== undefined
    : !upload.forgotten && upload.state !== 'unshowable' && upload.state !== 'cancelled';

function* writing(
  store: IDBObjectStore,
  uploads: readonly Upload[],
  places: ReadonlyMap<Upload, Place>,
): Generator<IDBRequest, void> {
  let made = 0;
  for (const upload of uploads) {
    const place = places.get(upload);
    if (!place) continue;
    const key = [place.visit, place.number];
    let request: IDBRequest | undefined;
    if (isKept(upload)) request = store.put(recordOf(upload, place), key);
    else if (place.written) request = store.delete(key);
    place.written = isKept(upload);
    if (request && ++made % AT_ONCE === 0) yield request;
  }
}

function recordOf(upload: Upload, place: Place): KeptFile {
  const { name, size, lastModified, path } = upload.origin;
  const { photoId, begun, tried, albums, facts } = upload;
  const stored = upload.state === 'processing' || upload.state === 'stored';
  return {
    name,
    size,
    lastModified,
    ...(path === undefined ? {} : { path }),
    ...(photoId === undefined ? {} : { photoId }),
    ...(begun === undefined || begun.photoId !== photoId ? {} : { uploadId: begun.uploadId }),
    ...(photoId !== undefined && tried === photoId ? { tried: true } : {}),
    ...(stored ? { stored } : {}),
    ...(albums.length > 0 ? { albums: [...albums] } : {}),
    ...(facts ? { facts } : {}),
    ...(place.root === undefined ? {} : { root: place.root }),
  };
}

const album = (value: unknown): RandomId | undefined => (isRandomId(value) ? value : undefined);

/** A file as it was kept on this device; undefined for what cannot be read. */
export function parseFile(value: unknown): KeptFile | undefined {
  const from = fields(value);
  const name = text(from?.['name'], 10_000);
  const size = whole(from?.['size']);
  const lastModified = number(from?.['lastModified']);
  if (!from || name === undefined || size === undefined || lastModified === undefined) return undefined;
  const file: KeptFile = { name, size, lastModified };
  const path = text(from['path'], 100_000);
  const uploadId = text(from['uploadId'], 10_000);
  const root = whole(from['root']);
  if (path !== undefined) file.path = path;
  if (isPhotoId(from['photoId'])) file.photoId = from['photoId'];
  if (uploadId !== undefined && file.photoId) file.uploadId = uploadId;
  if (flag(from['tried']) && file.photoId) file.tried = true;
  if (flag(from['stored']) && file.photoId) file.stored = true;
  const facts = fields(from['facts']);
  if (facts) file.facts = facts;
  const albums = list(from['albums'], album, MOST_ALBUMS);
  if (albums && albums.length > 0) file.albums = albums;
  if (root !== undefined) file.root = root;
  return file;
}
