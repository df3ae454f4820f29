// The way to the edits that wait for the cloud. Light, because most visits begin with none: the queue itself is loaded when there is
// one, with the first edit, or after the first sync.
import { toCloudError } from '../cloud/error.ts';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import type { Columns } from './columns.ts';
import type { Change, EditSource, QueuedEdit } from './edits.ts';
import type { EditState } from './edits-awaited.ts';
import type { EditHooks, EditQueue } from './edits-queue.ts';
import { EDITS, editChannel, EDITS_SUFFIX, REPLICA_PREFIX } from './forget.ts';
import { settled } from './request.ts';

const VERSION = 1;

const NOTHING: ReadonlyMap<PhotoId, readonly QueuedEdit[]> = new Map();

/** Apart from the replica, which may be thrown away. */
export async function openEdits(identityId: IdentityId): Promise<IDBDatabase> {
  const opening = indexedDB.open(REPLICA_PREFIX + identityId + EDITS_SUFFIX, VERSION);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(EDITS));
  const database = await settled(opening);
  database.addEventListener('versionchange', () => database.close());
  return database;
}

export class EditGate {
  readonly #source: EditSource;
  readonly #database: IDBDatabase;
  readonly #hooks: EditHooks;
  #queue: EditQueue | undefined;
  #loading: Promise<EditQueue> | undefined;
  #closed = false;
  readonly #channel: BroadcastChannel;

  constructor(source: EditSource, database: IDBDatabase, hooks: EditHooks) {
    this.#source = source;
    this.#database = database;
    this.#hooks = hooks;
    // Another tab edits: from here on the queue listens itself.
    this.#channel = new BroadcastChannel(editChannel(source.identityId));
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    this.#channel.onmessage = () => {
      if (!this.#queue && !this.#closed)
        this.ready().catch((error: unknown) => !this.#closed && console.error(error));
    };
  }

  /** Somebody is about to edit, or has edited in another tab. */
  async ready(): Promise<void> {
    await this.#whole();
  }

  /** How many edits the cloud may not have yet. */
  get size(): number {
    return this.#queue?.size ?? 0;
  }

  /** All of them by photo, to be laid over the rows. */
  get photos(): ReadonlyMap<PhotoId, readonly QueuedEdit[]> {
    return this.#queue?.photos ?? NOTHING;
  }

  /** Brings what waits on this device. */
  async load(): Promise<void> {
    const waiting = await settled(this.#database.transaction(EDITS).objectStore(EDITS).count());
    if (waiting > 0) await this.#whole();
  }

  /** `rows` are as they were without the edits that wait. */
  async add(changes: readonly Change[], rows: Columns): Promise<EditState> {
    return (this.#queue ?? (await this.#whole())).add(changes, rows);
  }

  async send(): Promise<void> {
    await (await this.#whole()).send();
  }

  async forget(photoIds: readonly PhotoId[]): Promise<void> {
    await this.#queue?.forget(photoIds);
  }

  async clear(): Promise<void> {
    await (await this.#whole()).clear();
  }

  #whole(): Promise<EditQueue> {
    this.#loading ??= this.#open().catch((error: unknown) => {
      this.#loading = undefined;
      throw toCloudError(error);
    });
    return this.#loading;
  }

  async #open(): Promise<EditQueue> {
    const { openQueue } = await import('./edits-queue.ts');
    const queue = openQueue(this.#source, this.#database, this.#hooks);
    // From here on it is what is shown, and what is closed.
    this.#queue = queue;
    if (this.#closed) queue.close();
    await queue.load();
    return queue;
  }

  close(): void {
    this.#closed = true;
    this.#channel.close();
    this.#queue?.close();
    this.#database.close();
  }
}
