// The way to the edits that wait for the cloud. Light, because most visits begin with none: the queue itself is loaded when there is
// one, with the first edit, or after the first sync.
import { toCloudError } from '../cloud/error.ts';
import type { EditOutcome } from '../cloud/requests.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Columns } from './columns.ts';
import { EDITS } from './databases.ts';
import type { Change, EditSource, QueuedEdit } from './edits.ts';
import type { EditState } from './edits-awaited.ts';
import type { PhotoEdits } from './edits-photos.ts';
import type { EditHooks } from './edits-queue.ts';
import { editChannel } from './forget.ts';
import { settled } from './request.ts';

const NOTHING: ReadonlyMap<PhotoId, readonly QueuedEdit[]> = new Map();

interface Opened {
  queue: PhotoEdits;
  dater: typeof import('./edits-photos.ts').dater;
}

export class EditGate {
  readonly #source: EditSource;
  readonly #database: IDBDatabase;
  readonly #hooks: EditHooks<QueuedEdit, EditOutcome>;
  #opened: Opened | undefined;
  #loading: Promise<Opened> | undefined;
  #closed = false;
  readonly #channel: BroadcastChannel;

  constructor(source: EditSource, database: IDBDatabase, hooks: EditHooks<QueuedEdit, EditOutcome>) {
    this.#source = source;
    this.#database = database;
    this.#hooks = hooks;
    // Another tab edits: from here on the queue listens itself.
    this.#channel = new BroadcastChannel(editChannel(source.identityId));
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    this.#channel.onmessage = () => {
      if (!this.#opened && !this.#closed)
        this.ready().catch((error: unknown) => !this.#closed && console.error(error));
    };
  }

  /** Somebody is about to edit, or has edited in another tab. */
  async ready(): Promise<void> {
    await this.#whole();
  }

  /** How many edits the cloud may not have yet. */
  get size(): number {
    return this.#opened?.queue.size ?? 0;
  }

  /** All of them by photo, to be laid over the rows. */
  get photos(): ReadonlyMap<PhotoId, readonly QueuedEdit[]> {
    return this.#opened?.queue.rows ?? NOTHING;
  }

  /** Brings what waits on this device. */
  async load(): Promise<void> {
    const waiting = await settled(this.#database.transaction(EDITS).objectStore(EDITS).count());
    if (waiting > 0) await this.#whole();
  }

  /** `rows` are as they were without the edits that wait. */
  async add(changes: readonly Change[], rows: Columns): Promise<EditState> {
    const { clock } = this.#source;
    const { queue, dater } = this.#opened ?? (await this.#whole());
    return queue.add(changes, dater(rows, clock));
  }

  async send(): Promise<void> {
    await (await this.#whole()).queue.send();
  }

  async forget(photoIds: readonly PhotoId[]): Promise<void> {
    await this.#opened?.queue.forget(photoIds);
  }

  async clear(): Promise<void> {
    await (await this.#whole()).queue.clear();
  }

  #whole(): Promise<Opened> {
    this.#loading ??= this.#open().catch((error: unknown) => {
      this.#loading = undefined;
      throw toCloudError(error);
    });
    return this.#loading;
  }

  async #open(): Promise<Opened> {
    const { openQueue, dater } = await import('./edits-photos.ts');
    const queue = openQueue(this.#source, this.#database, this.#hooks);
    // From here on it is what is shown, and what is closed.
    const opened = { queue, dater };
    this.#opened = opened;
    if (this.#closed) queue.close();
    await queue.load();
    return opened;
  }

  close(): void {
    this.#closed = true;
    this.#channel.close();
    this.#opened?.queue.close();
    this.#database.close();
  }
}
