// Edits on their way: shown at once, kept on this device until the cloud has them, sent by one tab at a time.
import { CloudError, isAbort, toCloudError } from '../cloud/error.ts';
import { Awaited, type EditState } from './edits-awaited.ts';
import { byRowOf, isSame, type ByRow } from './edits-by-row.ts';
import type { EditTarget, SentEdit } from './edits-send.ts';
import type { EditStore } from './edits-store.ts';
import { keyOf, type WaitingEdit } from './edits-time.ts';
import { inSlices } from './slices.ts';

export interface EditHooks<Edit, Outcome> {
  /** What waits has changed. */
  onchange: () => void;
  /** So many edits came to nothing: their rows are no longer there. */
  onlost: (count: number) => void;
  /** Brings the replica up to what was sent. */
  keep: (sent: readonly SentEdit<Edit, Outcome>[]) => Promise<void>;
}

export interface QueueOptions<Edit extends WaitingEdit, Outcome> extends EditHooks<Edit, Outcome> {
  store: EditStore<Edit>;
  target: EditTarget<Edit, Outcome>;
  /** By which tabs tell each other of what waits, and the lock by which only one of them sends it. */
  name: string;
}

const RETRY_MS = 5000;
const RETRY_MAX_MS = 5 * 60_000;
/** Nobody waits longer than this for an edit that is safe already. */
const PATIENCE_MS = 4000;
/** So many are shown before anything else happens. */
const FEW = 50;

export class EditQueue<Edit extends WaitingEdit, Outcome> {
  readonly #options: QueueOptions<Edit, Outcome>;
  readonly #store: EditStore<Edit>;
  readonly #channel: BroadcastChannel;
  readonly #closing = new AbortController();
  readonly #stored = new Map<string, Edit>();
  /** Edits that are not on the disk yet. */
  readonly #loose = new Set<Edit>();
  #byRow: ByRow<Edit> = new Map();
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

  constructor(options: QueueOptions<Edit, Outcome>) {
    this.#options = options;
    this.#store = options.store;
    this.#channel = new BroadcastChannel(options.name);
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

  /** All of them by row, to be laid over it. */
  get rows(): ByRow<Edit> {
    return this.#byRow;
  }

  /**
   * Adds the edits that `dated` makes of each change. Resolves when they are safe on this device, and sent if there is a connection.
   * Fails when they can never be: neither disk nor cloud takes them, or (`missing`) the one row is gone; of several, those that are gone
   * are told of by `onlost`.
   */
  async add<Change>(
    changes: readonly Change[],
    dated: (change: Change) => readonly Edit[],
  ): Promise<EditState> {
    const edits: Edit[] = [];
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
    // Its failure is its caller's; the next one goes on all the same.
    const dating = (this.#dating = turn.catch(() => {}));
    try {
      await turn;
    } finally {
      if (this.#dating === dating) this.#dating = undefined;
    }
  }

  async #keepHere(edits: readonly Edit[]): Promise<boolean> {
    let kept: Edit[];
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
  async #sendUnkept(edits: readonly Edit[]): Promise<EditState> {
    try {
      const { sendNow } = await import('./edits-send.ts');
      const sent = await sendNow(edits, this.#options.target, this.#closing.signal);
      // The cloud has it: should this device not even keep that, the next sync brings it.
      await this.#options.keep(sent).catch(console.error);
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
    return navigator.locks.request(this.#options.name, async () => {
      if (signal.aborted) return undefined;
      try {
        return await sendWaiting({
          store: this.#store,
          target: this.#options.target,
          signal,
          keep: this.#options.keep,
          stale: () => this.#isStale(),
          onkept: (kept) => this.#drop(kept),
          onsent: ({ id }) => this.#awaited.tell(id, 'sent'),
          onlost: ({ id }) => (lost += this.#awaited.lose(id) ? 0 : 1),
        });
      } finally {
        await this.load();
        this.#tell();
        if (lost > 0) this.#options.onlost(lost);
      }
    });
  }

  #isStale(): boolean {
    const added = this.#added;
    this.#added = false;
    return added;
  }

  /** These are not on the disk any more. */
  #drop(kept: readonly Edit[]): void {
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

  /** Rows were deleted: what was still to be done to them goes with them. */
  async forget(rowIds: readonly Edit['rowId'][]): Promise<void> {
    const edited = rowIds.filter((rowId) => this.#byRow.has(rowId));
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

  #take(stored: readonly Edit[]): void {
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
    const { rows, size, changed } = byRowOf([...this.#stored.values(), ...this.#loose], this.#byRow);
    this.#byRow = rows;
    this.#size = size;
    if (changed) this.#options.onchange();
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
