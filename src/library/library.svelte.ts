// The owner's photos as every screen reads them: a replica in memory, kept on this device, caught up by sync.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError, toCloudError } from '../cloud/error.ts';
import type { PhotoEdit } from '../cloud/requests.ts';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { isTombstone, type Photo } from '../schema/photo.ts';
import { instantOf } from '../schema/time.ts';
import type { News } from './change.ts';
import { ARCHIVED, FAVORITE, TRASHED } from './chunk.ts';
import { Columns } from './columns.ts';
import { openDatabases, type Databases } from './databases.ts';
import type { EditState } from './edits-awaited.ts';
import { EditGate } from './edits-gate.ts';
import type { SentEdit } from './edits-send.ts';
import { listing, type ColumnList, type PhotoList } from './list.ts';
import type { Chunks } from './order.ts';
import { noState, Replica, type ReplicaState } from './replica.ts';
import { within } from './within.ts';

/** What the library needs of the cloud; the real one is `Cloud`. */
export type LibrarySource = Pick<Cloud, 'identityId' | 'clock' | 'changes' | 'editPhoto' | 'readPhoto'>;

type Change = typeof import('./change.ts');

export type SyncState = 'idle' | 'syncing' | CloudError;

export interface LibraryOptions {
  /** Where they are being opened already. */
  databases?: Promise<Databases> | undefined;
  /** So many edits came to nothing, long after they were made: their photos are no longer there. */
  onlost?: (count: number) => void;
}

/** What work that replaces rows is given while no other may. */
export interface Desk {
  rows: Columns;
  apply: (news: News) => Promise<void>;
  /** All rows become others, up to date as of then. */
  replace: (chunks: Chunks, since: Pick<ReplicaState, 'cursor' | 'syncedAt'>) => Promise<void>;
}

export class Library {
  readonly identityId: IdentityId;
  readonly #source: LibrarySource;
  readonly #replica: Replica;
  readonly #channel: BroadcastChannel;
  readonly #lockName: string;
  readonly #timeline = listing(TRASHED | ARCHIVED, 0);
  readonly #liked = listing(TRASHED | FAVORITE, FAVORITE);
  readonly #archived = listing(TRASHED | ARCHIVED, ARCHIVED);
  readonly #trashed = listing(TRASHED, TRASHED);
  #change: Change | undefined;
  #state: ReplicaState = noState;
  #rows = Columns.none;
  /** When photos can be looked at, not only laid out. */
  #ready: Promise<void> = Promise.resolve();
  /** Edits on their way, laid over the rows until the cloud has them. */
  readonly #edits: EditGate;
  /** When it is known which those are. */
  #waiting: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  /** Shown until there are rows of its own. */
  #preview: Columns | undefined;
  #restoring: Promise<unknown> | undefined;
  #closed = false;

  /** Every photo not yet deleted, newest first by the clock on the wall where it was taken, with the edits on their way. */
  #shown = $state.raw(Columns.none);
  #syncState = $state.raw<SyncState>('idle');
  #complete = $state(false);
  #unsent = $state(0);

  readonly #photos = $derived(this.#timeline(this.#shown));
  readonly #favorites = $derived(this.#liked(this.#shown));
  readonly #archive = $derived(this.#archived(this.#shown));
  readonly #trash = $derived(this.#trashed(this.#shown));

  private constructor(
    source: LibrarySource,
    replica: Replica,
    edits: IDBDatabase,
    onlost: (count: number) => void,
  ) {
    this.identityId = source.identityId;
    this.#source = source;
    this.#replica = replica;
    this.#edits = new EditGate(source, edits, {
      onchange: () => this.#show(),
      onlost,
      keep: (sent) => this.#keep(sent),
    });
    this.#lockName = `shoebox-library-${source.identityId}`;
    this.#channel = new BroadcastChannel(this.#lockName);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    this.#channel.onmessage = () => void this.#reload();
  }

  /**
   * The library as this device knows it, without asking the cloud. What rows are laid out by is there at once; what is in them, when
   * `ready` says so.
   */
  static async open(
    source: LibrarySource,
    { databases = openDatabases(source.identityId), onlost = () => {} }: LibraryOptions = {},
  ): Promise<Library> {
    const { replica, edits } = await databases;
    const library = new Library(source, new Replica(replica, source.identityId), edits, onlost);
    library.#waiting = library.#edits.load();
    await Promise.all([library.#waiting, library.#load()]);
    return library;
  }

  get ready(): Promise<void> {
    return this.#ready;
  }
  /** The timeline: neither in trash nor archived. */
  get photos(): ColumnList {
    return this.#photos;
  }
  get favorites(): PhotoList {
    return this.#favorites;
  }
  get archive(): PhotoList {
    return this.#archive;
  }
  get trash(): PhotoList {
    return this.#trash;
  }
  /** Every photo not yet deleted, as columns: what search and other parts of the library are chosen from (`ColumnList.pick`). */
  get columns(): Columns {
    return this.#shown;
  }
  get syncState(): SyncState {
    return this.#syncState;
  }
  /** False only on a device that has never finished a sync: an empty library may then just be unread. */
  get complete(): boolean {
    return this.#complete;
  }
  /** How many changes the cloud may not have yet. */
  get unsent(): number {
    return this.#unsent;
  }
  /** Whether this device knows nothing yet. */
  get blank(): boolean {
    return this.#state.generation === 0 && !this.#complete;
  }
  /** The rows as this device keeps them, without edits on their way, and what is noted with them. */
  get stored(): { rows: Columns; state: ReplicaState } {
    return { rows: this.#rows, state: this.#state };
  }
  /** Where parts of the library keep notes (`notes.ts`). */
  get database(): IDBDatabase {
    return this.#replica.database;
  }
  /** The photo's row, wherever it is (timeline, archive, trash). */
  get(photoId: PhotoId): Photo | undefined {
    return this.#shown.get(photoId);
  }

  /**
   * Catches up with the cloud; calls during a running sync share it. Resolves also when it fails: see `syncState`.
   * `brief` looks only at what has just changed.
   */
  sync(signal: AbortSignal, { brief = false } = {}): Promise<void> {
    this.#running ??= this.#sync(signal, brief).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #sync(signal: AbortSignal, brief: boolean): Promise<void> {
    this.#syncState = 'syncing';
    try {
      await this.#restoring;
      const [{ read }] = await Promise.all([import('./sync.ts'), this.#edits.ready()]);
      await this.#inLock(async () => {
        const begun = instantOf(this.#source.clock.now());
        const pages = read(this.#source, { ...this.#state, known: this.#rows.ids(), brief, signal });
        for await (const { rows, latest, gone } of pages) await this.#apply({ rows, cursor: latest, gone });
        await this.#apply({ rows: [], syncedAt: begun });
      });
      this.#syncState = 'idle';
      void this.#edits.send();
    } catch (error) {
      const problem = toCloudError(error);
      // Anything but a CloudError is an abort: the person is signing out.
      this.#syncState = problem instanceof CloudError ? problem : 'idle';
    }
  }

  /** A snapshot is being fetched: syncs wait for that, however it ends. */
  restoring(work: Promise<unknown>): void {
    this.#restoring = work.catch((error: unknown) => this.#report(error));
  }

  /** Shows rows that are not kept yet, while there are no others. */
  preview(rows: Columns): void {
    if (!this.blank) return;
    this.#preview = rows;
    this.#show();
  }

  /** For parts that are loaded when needed: works on the rows while nobody else does, in no tab. */
  inTurn(work: (desk: Desk) => Promise<void>): Promise<void> {
    return this.#inLock(() =>
      work({
        rows: this.#rows,
        apply: (news) => this.#apply(news),
        replace: (chunks, since) => this.#replace(chunks, since),
      }),
    );
  }

  async #replace(chunks: Chunks, since: Pick<ReplicaState, 'cursor' | 'syncedAt'>): Promise<void> {
    const { stateAnew, write } = await this.#changing();
    const state = stateAnew(this.#state, since);
    await write(this.#replica.database, new Map(chunks.entries()), state);
    this.#take(state, Columns.of(chunks));
    this.#channel.postMessage(state.generation);
  }

  /** Takes rows in as the cloud has them, keeps them on this device and shows them: all of it, or nothing when it fails. */
  async #apply(news: News): Promise<void> {
    const change = await this.#changing();
    const known = { owner: this.identityId, rows: this.#rows, state: this.#state };
    const changed = await change.changedBy(news, known);
    if (changed) {
      const { chunks, state } = changed;
      await change.write(this.#replica.database, chunks, state);
      const rows = change.withChunks(this.#rows, chunks);
      if (rows !== this.#rows) await change.measured(rows, this.#edits.photos, this.#timeline);
      this.#take(state, rows);
    }
    const deleted = news.rows.filter(isTombstone).map((row) => row.photoId);
    await this.#edits.forget([...(news.gone ?? []), ...deleted]).catch(console.error);
    if (changed?.chunks.size) this.#channel.postMessage(changed.state.generation);
  }

  async #changing(): Promise<Change> {
    return (this.#change ??= await import('./change.ts'));
  }

  /**
   * Changes a photo: shown at once. Resolves when that is safe on this device, and sent if there is a connection; fails when it can
   * never be, and is then taken back. Of two edits of one attribute the later one counts, on whatever device it was made.
   */
  edit(photoId: PhotoId, edit: PhotoEdit): Promise<EditState> {
    return this.editAll([photoId], () => edit);
  }

  /** The same for many photos, together. Those that are gone by now are told of by `onlost`. */
  editAll(photoIds: readonly PhotoId[], editOf: (photoId: PhotoId) => PhotoEdit): Promise<EditState> {
    return this.#edits.add(
      photoIds.map((photoId) => ({ photoId, edit: editOf(photoId) })),
      this.#rows,
    );
  }

  /** Sends what waits, for a while; gives how many changes the cloud may still not have. */
  async sendEdits(milliseconds: number): Promise<number> {
    await within(this.#edits.send(), milliseconds);
    return this.#edits.size;
  }

  /** Gives up the changes that the cloud does not have yet. */
  discardEdits(): Promise<void> {
    return this.#edits.clear();
  }

  /** Lays edits over the rows as they now are: a sync may have brought them forward meanwhile. */
  #keep(sent: readonly SentEdit[]): Promise<void> {
    return this.#inLock(async () => {
      const { rowsAfter } = await this.#changing();
      await this.#apply({ rows: await rowsAfter(sent, this.#rows) });
    });
  }

  /** Reads what is stored and not known yet. The first time, boxes are shown before there is anything to put into them. */
  async #load(): Promise<void> {
    const { state, changed, damaged } = await this.#replica.read(this.#state);
    if (this.#rows !== Columns.none) {
      const { withChunks } = await this.#changing();
      const letters = await damaged;
      if (letters.length > 0) await this.#mend(letters);
      else this.#take(state, withChunks(this.#rows, changed));
      return;
    }
    const rows = Columns.of(Columns.none.chunks.map((_, letter) => changed.get(letter)));
    this.#take(state, rows);
    this.#ready = damaged.then(async (letters) => {
      await this.#waiting;
      if (this.#edits.size > 0) await this.#changing();
      if (letters.length > 0) await this.#mend(letters);
      else this.#take(state, rows.again());
    });
    this.#ready.catch((error: unknown) => this.#report(error));
  }

  /** Chunks that cannot be read are let go of, and come again with the next sync, which has to read everything for them. */
  async #mend(letters: readonly number[]): Promise<void> {
    console.warn(
      `${letters.length} parts of the library on this device cannot be read and are fetched anew.`,
    );
    await (await this.#changing()).drop(this.#replica.database, letters);
    await this.#load();
  }

  #take(state: ReplicaState, rows: Columns): void {
    this.#state = state;
    this.#complete = state.syncedAt !== undefined;
    if (rows === this.#rows && (this.blank || !this.#preview)) return;
    this.#rows = rows;
    this.#show();
  }

  /** Another tab has written: takes that over. */
  async #reload(): Promise<void> {
    try {
      await this.#inLock(async () => {});
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    // Closed while it was under way: there is nobody left to show anything to.
    if (!this.#closed) console.error(error);
  }

  /** One writer over all tabs; what another tab has written meanwhile is read first. */
  async #inLock(work: () => Promise<void>): Promise<void> {
    await navigator.locks.request(this.#lockName, async () => {
      if (this.#closed) throw new DOMException('the library is closed', 'AbortError');
      await this.#ready;
      const { generation } = await this.#replica.state();
      if (generation !== this.#state.generation) await this.#load();
      const broken = this.#rows.chunks.flatMap((chunk, letter) => (chunk?.broken ? [letter] : []));
      if (broken.length > 0) await this.#mend(broken);
      await work();
    });
  }

  #show(): void {
    const { photos } = this.#edits;
    if (photos.size > 0 && !this.#change) this.#changing().then(() => this.#show(), console.error);
    if (!this.blank) this.#preview = undefined;
    const rows = this.#preview ?? this.#rows;
    this.#shown = this.#change?.withEdits(rows, photos) ?? rows;
    this.#unsent = this.#edits.size;
  }

  /** Lets go of the database, so that sign-out can delete it. */
  close(): void {
    this.#closed = true;
    this.#channel.close();
    this.#edits.close();
    this.#replica.close();
  }
}
