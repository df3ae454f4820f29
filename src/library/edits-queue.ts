// Edits on their way: shown at once, kept on this device until the cloud has them, sent by one tab at a time.
import { CloudError, isAbort, toCloudError } from '../cloud/error.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Columns } from './columns.ts';
import { Awaited, type EditState } from './edits-awaited.ts';
import { byPhotoOf, dater, isSame, type ByPhoto } from './edits-by-photo.ts';
import { keyOf, type Change, type EditSource, type QueuedEdit } from './edits.ts';
import type { SentEdit } from './edits-send.ts';
import { EditStore } from './edits-store.ts';
import { editChannel } from './forget.ts';
import { inSlices } from './slices.ts';

export interface EditHooks {
  /** What waits has changed. */
  onchange: () => void;
  /** So many edits came to nothing: their photos are no longer there. */
  onlost: (count: number) => void;
  /** Brings the replica up to what was sent. */
  keep: (sent: readonly SentEdit[]) => Promise<void>;
}

const RETRY_MS = 5000;
const RETRY_MAX_MS = 5 * 60_000;
/** Nobody waits longer than this for an edit that is safe already. */
const PATIENCE_MS = 4000;
/** So many are shown before anything else happens. */
const FEW = 50;

/** The queue on what this device keeps; to be loaded. */
export const openQueue = (source: EditSource, database: IDBDatabase, hooks: EditHooks): EditQueue =>
  new EditQueue(source, new EditStore(database), hooks);

export class EditQueue {
  readonly #source: EditSource;
  readonly #store: EditStore;
  readonly #hooks: EditHooks;
  readonly #lockName: string;
  readonly #channel: BroadcastChannel;
  readonly #closing = new AbortController();
  readonly #stored = new Map<string, QueuedEdit>();
  /** Edits that are not on the disk yet. */
  readonly #loose = new Set<QueuedEdit>();
  #byPhoto: ByPhoto = new Map();
  readonly #awaited = new Awaited();
  #size = 0;
  /** When edits made so far have their dates, which takes time for many. */
  #dating: Promise<void> | undefined;
  /** Something was added since the store was read to be sent. */
  #added = false;
  #running: Promise<void> | undefined;
  #wanted = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: EditSource, store: EditStore, hooks: EditHooks) {
    this.#source = source;
    this.#store = store;
    this.#hooks = hooks;
    this.#lockName = editChannel(source.identityId);
    this.#channel = new BroadcastChannel(this.#lockName);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    this.#channel.onmessage = () => {
      this.#added = true;
      this.load().catch((error: unknown) => this.#report(error));
    };
  }

  /** How many edits the cloud may not have yet. */
  get size(): number {
    return this.#size;
  }

  /** All of them by photo, to be laid over the rows. */
  get photos(): ByPhoto {
    return this.#byPhoto;
  }

  /**
   * Adds edits. Resolves when they are safe on this device, and sent if there is a connection. Fails when they can never be: neither
   * disk nor cloud takes them, or (`missing`) the one photo is gone; of several, those that are gone are told of by `onlost`.
   */
  async add(changes: readonly Change[], rows: Columns): Promise<EditState> {
    const edits: QueuedEdit[] = [];
    const dated = dater(rows, this.#source.clock);
    const date = (change: Change): unknown => edits.push(...dated(change));
    if (changes.length <= FEW && !this.#dating) for (const change of changes) date(change);
    else await this.#inTurn(() => inSlices(changes, date));
    for (const one of edits) this.#loose.add(one);
    this.#changed();
    try {
      if (!(await this.#keepHere(edits))) return await this.#sendUnkept(edits);
    } finally {
      for (const one of edits) this.#loose.delete(one);
      this.#changed();
    }
    this.#tell();
    const ids = edits.map(({ id }) => id);
    const ended = this.#awaited.wait(ids, { patience: PATIENCE_MS, strict: changes.length === 1 });
    void this.send();
    return ended;
  }

  /** Nobody overtakes those that are being dated. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = (this.#dating ?? Promise.resolve()).then(work);
    const dating = (this.#dating = turn.catch(() => {}));
    try {
      await turn;
    } finally {
      if (this.#dating === dating) this.#dating = undefined;
    }
  }

  async #keepHere(edits: readonly QueuedEdit[]): Promise<boolean> {
    let kept: QueuedEdit[];
    try {
      kept = await this.#store.add(edits);
    } catch (error) {
      console.warn('An edit could not be kept on this device.', error);
      return false;
    }
    this.#added = true;
    for (const edit of kept) {
      const replaced = this.#stored.get(keyOf(edit));
      if (replaced) this.#awaited.tell(replaced.id, 'queued');
      this.#stored.set(keyOf(edit), edit);
    }
    return true;
  }

  /** The disk does not take them: what the cloud does not take at once is taken back. */
  async #sendUnkept(edits: readonly QueuedEdit[]): Promise<EditState> {
    try {
      const { sendNow } = await import('./edits-send.ts');
      const sent = await sendNow(edits, this.#source, this.#closing.signal);
      // The cloud has it: should this device not even keep that, the next sync brings it.
      await this.#hooks.keep(sent).catch(console.error);
      return 'sent';
    } catch (error) {
      throw toCloudError(error);
    }
  }

  /** Sends what waits. Resolves when all is sent that can be. */
  send(): Promise<void> {
    this.#wanted = true;
    this.#running ??= Promise.resolve().then(() => this.#run());
    return this.#running;
  }

  async #run(): Promise<void> {
    let problem: Error | undefined;
    try {
      while (this.#wanted && this.#stored.size > 0 && navigator.onLine !== false) {
        this.#wanted = false;
        problem = await this.#sendInLock();
      }
    } catch (error) {
      problem = toCloudError(error);
      this.#report(problem);
    } finally {
      this.#running = undefined;
      this.#wanted = false;
    }
    this.#awaited.release();
    this.#retryAfter(problem);
  }

  async #sendInLock(): Promise<Error | undefined> {
    const { sendWaiting } = await import('./edits-send.ts');
    const { signal } = this.#closing;
    let lost = 0;
    return navigator.locks.request(this.#lockName, async () => {
      if (signal.aborted) return undefined;
      try {
        return await sendWaiting({
          store: this.#store,
          source: this.#source,
          signal,
          keep: this.#hooks.keep,
          stale: () => this.#isStale(),
          onkept: (kept) => this.#drop(kept),
          onsent: ({ id }) => this.#awaited.tell(id, 'sent'),
          onlost: ({ id }) => (lost += this.#awaited.lose(id) ? 0 : 1),
        });
      } finally {
        await this.load();
        this.#tell();
        if (lost > 0) this.#hooks.onlost(lost);
      }
    });
  }

  #isStale(): boolean {
    const added = this.#added;
    this.#added = false;
    return added;
  }

  /** These are not on the disk any more. */
  #drop(kept: readonly QueuedEdit[]): void {
    for (const edit of kept)
      if (this.#stored.get(keyOf(edit))?.id === edit.id) this.#stored.delete(keyOf(edit));
    this.#changed();
  }

  /** What no sign-in and no permission would change is tried again by itself; the rest with the next sync. */
  #retryAfter(problem: Error | undefined): void {
    clearTimeout(this.#timer);
    if (!problem) this.#failures = 0;
    const hopeful =
      problem instanceof CloudError && problem.code !== 'signed-out' && problem.code !== 'forbidden';
    if (!hopeful || this.#closing.signal.aborted) return;
    const delay = Math.min(RETRY_MS * 2 ** this.#failures++, RETRY_MAX_MS);
    this.#timer = setTimeout(() => void this.send(), delay);
  }

  /** Photos were deleted: what was still to be done to them goes with them. */
  async forget(photoIds: readonly PhotoId[]): Promise<void> {
    const edited = photoIds.filter((photoId) => this.#byPhoto.has(photoId));
    if (edited.length === 0) return;
    await this.#store.forget(edited);
    await this.load();
    this.#tell();
  }

  /** Gives up everything that waits. */
  async clear(): Promise<void> {
    await this.#store.clear();
    await this.load();
  }

  /** The other tabs read what waits anew. */
  #tell(): void {
    if (!this.#closing.signal.aborted) this.#channel.postMessage('changed');
  }

  /** Reads what waits on this device. */
  async load(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#take(await this.#store.all());
  }

  #take(stored: readonly QueuedEdit[]): void {
    const now = new Map(stored.map((edit) => [keyOf(edit), edit]));
    for (const [key, known] of this.#stored) {
      const edit = now.get(key);
      // The very same, so that nobody lays it over its photo again.
      if (edit && isSame(edit, known)) now.set(key, known);
      // Another tab has sent what one waits for here, or another edit has taken its place.
      if (edit?.id !== known.id) this.#awaited.tell(known.id, edit ? 'queued' : 'sent');
    }
    this.#stored.clear();
    for (const [key, edit] of now) this.#stored.set(key, edit);
    this.#changed();
  }

  #changed(): void {
    const { photos, size, changed } = byPhotoOf([...this.#stored.values(), ...this.#loose], this.#byPhoto);
    this.#byPhoto = photos;
    this.#size = size;
    if (changed) this.#hooks.onchange();
  }

  #report(error: unknown): void {
    if (!this.#closing.signal.aborted && !isAbort(error)) console.error(error);
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#timer);
    this.#channel.close();
    this.#awaited.release();
  }
}
