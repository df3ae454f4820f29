// The owner's photos as every screen reads them: a replica in memory, kept on this device, caught up by sync.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError, toCloudError } from '../cloud/error.ts';
import type { PhotoEdit } from '../cloud/requests.ts';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { isTombstone, takenAtOf, type Photo, type PhotoRow } from '../schema/photo.ts';
import { instantOf, type Instant } from '../schema/time.ts';
import { landed, laidOver } from './edits.ts';
import type { EditState } from './edits-awaited.ts';
import { EditQueue } from './edits-queue.ts';
import type { SentEdit } from './edits-send.ts';
import { EditStore } from './edits-store.ts';
import { chunkOf, Replica, type ReplicaState } from './replica.ts';

/** What the library needs of the cloud; the real one is `Cloud`. */
export type LibrarySource = Pick<Cloud, 'identityId' | 'clock' | 'changes' | 'editPhoto' | 'readPhoto'>;

export type SyncState = 'idle' | 'syncing' | CloudError;

export interface LibraryHooks {
  /** So many edits came to nothing, long after they were made: their photos are no longer there. */
  onlost?: (count: number) => void;
}

export class Library {
  readonly identityId: IdentityId;
  readonly #source: LibrarySource;
  readonly #replica: Replica;
  readonly #channel: BroadcastChannel;
  readonly #lockName: string;
  #state: ReplicaState = { generation: 0 };
  #rows = new Map<PhotoId, Photo>();
  /** Edits on their way, laid over the rows until the cloud has them. */
  readonly #edits: EditQueue;
  #running: Promise<void> | undefined;
  #closed = false;

  /** Every photo not yet deleted, newest first by the clock on the wall where it was taken. */
  #all = $state.raw<readonly Photo[]>([]);
  #syncState = $state.raw<SyncState>('idle');
  #complete = $state(false);

  readonly #photos = $derived(this.#all.filter((photo) => !photo.trashedAt && !photo.archived));
  readonly #favorites = $derived(this.#all.filter((photo) => photo.favorite && !photo.trashedAt));
  readonly #trash = $derived(this.#all.filter((photo) => photo.trashedAt));

  private constructor(
    source: LibrarySource,
    replica: Replica,
    store: EditStore,
    onlost: (count: number) => void,
  ) {
    this.identityId = source.identityId;
    this.#source = source;
    this.#replica = replica;
    this.#edits = new EditQueue(source, store, {
      onchange: () => this.#show(),
      onlost,
      keep: (sent) => this.#keep(sent),
    });
    this.#lockName = `shoebox-library-${source.identityId}`;
    this.#channel = new BroadcastChannel(this.#lockName);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    this.#channel.onmessage = () => void this.#reload();
  }

  /** The library as this device knows it, without asking the cloud. */
  static async open(source: LibrarySource, { onlost = () => {} }: LibraryHooks = {}): Promise<Library> {
    const { identityId } = source;
    const [replica, store] = await Promise.all([Replica.open(identityId), EditStore.open(identityId)]);
    const library = new Library(source, replica, store, onlost);
    await Promise.all([library.#edits.load(), library.#load()]);
    return library;
  }

  /** The timeline: neither in trash nor archived. */
  get photos(): readonly Photo[] {
    return this.#photos;
  }
  get favorites(): readonly Photo[] {
    return this.#favorites;
  }
  get trash(): readonly Photo[] {
    return this.#trash;
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
    void this.#all;
    return this.#edits.size;
  }
  /** The photo's row, wherever it is (timeline, archive, trash). */
  get(photoId: PhotoId): Photo | undefined {
    // The map itself is not reactive; the list changes whenever it does.
    void this.#all;
    const row = this.#rows.get(photoId);
    return row && laidOver(row, this.#edits.of(photoId));
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
      const { read } = await import('./sync.ts');
      await this.#inLock(async () => {
        const begun = instantOf(this.#source.clock.now());
        const pages = read(this.#source, { ...this.#state, known: this.#rows.keys(), brief, signal });
        for await (const { rows, latest, gone } of pages) await this.#apply(rows, { cursor: latest, gone });
        await this.#apply([], { syncedAt: begun });
      });
      this.#syncState = 'idle';
      void this.#edits.send();
    } catch (error) {
      const problem = toCloudError(error);
      // Anything but a CloudError is an abort: the person is signing out.
      this.#syncState = problem instanceof CloudError ? problem : 'idle';
    }
  }

  /** Takes rows in as the cloud has them, keeps them on this device and shows them: all of it, or nothing when it fails. */
  async #apply(
    changed: readonly PhotoRow[],
    { cursor, syncedAt, gone = [] }: { cursor?: Instant; syncedAt?: Instant; gone?: readonly PhotoId[] } = {},
  ): Promise<void> {
    const rows = new Map(this.#rows);
    const touched = new Set<string>();
    const touch = (photoId: PhotoId) => touched.add(chunkOf(photoId));
    for (const photoId of gone) if (rows.delete(photoId)) touch(photoId);
    for (const row of changed) {
      if (isTombstone(row)) {
        if (rows.delete(row.photoId)) touch(row.photoId);
      } else if (JSON.stringify(row) !== JSON.stringify(rows.get(row.photoId))) {
        rows.set(row.photoId, row);
        touch(row.photoId);
      }
    }
    const known = this.#state;
    const state: ReplicaState = {
      generation: known.generation + (touched.size > 0 ? 1 : 0),
      cursor: cursor !== undefined && cursor > (known.cursor ?? '') ? cursor : known.cursor,
      syncedAt: syncedAt ?? known.syncedAt,
    };
    if (touched.size > 0 || state.cursor !== known.cursor || state.syncedAt !== known.syncedAt) {
      const chunks = new Map<string, Photo[]>([...touched].map((key) => [key, []]));
      for (const photo of rows.values()) chunks.get(chunkOf(photo.photoId))?.push(photo);
      await this.#replica.write(chunks, state);
    }
    this.#take(state, rows);
    const deleted = changed.filter(isTombstone).map((row) => row.photoId);
    await this.#edits.forget([...gone, ...deleted]).catch(console.error);
    if (touched.size > 0) this.#channel.postMessage(state.generation);
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
      photoIds.map((photoId) => ({ photoId, edit: editOf(photoId), seen: this.get(photoId) })),
    );
  }

  /** Sends what waits, for a while; gives how many changes the cloud may still not have. */
  async sendEdits(milliseconds: number): Promise<number> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
    await Promise.race([this.#edits.send(), late]);
    clearTimeout(timer);
    return this.#edits.size;
  }

  /** Gives up the changes that the cloud does not have yet. */
  discardEdits(): Promise<void> {
    return this.#edits.clear();
  }

  /** Lays edits over the rows as they now are: a sync may have brought them forward meanwhile. */
  #keep(sent: readonly SentEdit[]): Promise<void> {
    return this.#inLock(async () => {
      const changed = new Map<PhotoId, Photo>();
      for (const { edit, outcome } of sent) {
        const row = changed.get(edit.photoId) ?? this.#rows.get(edit.photoId);
        if (row) changed.set(edit.photoId, landed(row, edit, outcome));
      }
      await this.#apply([...changed.values()]);
    });
  }

  async #load(): Promise<void> {
    const { state, photos } = await this.#replica.read();
    this.#take(state, new Map(photos.map((photo) => [photo.photoId, photo])));
  }

  #take(state: ReplicaState, rows: Map<PhotoId, Photo>): void {
    this.#state = state;
    this.#rows = rows;
    this.#complete = state.syncedAt !== undefined;
    this.#show();
  }

  /** Another tab has written: takes that over. */
  async #reload(): Promise<void> {
    try {
      await this.#inLock(async () => {});
    } catch (error) {
      // Closed while the news was on its way: there is nobody left to show it to.
      if (!this.#closed) console.error(error);
    }
  }

  /** One writer over all tabs; what another tab has written meanwhile is read first. */
  async #inLock(work: () => Promise<void>): Promise<void> {
    await navigator.locks.request(this.#lockName, async () => {
      if (this.#closed) throw new DOMException('the library is closed', 'AbortError');
      const { generation } = await this.#replica.state();
      if (generation !== this.#state.generation) await this.#load();
      await work();
    });
  }

  #show(): void {
    const keyed = [...this.#rows.values()].map((photo) => {
      const shown = laidOver(photo, this.#edits.of(photo.photoId));
      return { shown, time: takenAtOf(shown).slice(0, 19) };
    });
    keyed.sort((a, b) => compare(b.time, a.time) || compare(a.shown.photoId, b.shown.photoId));
    this.#all = keyed.map(({ shown }) => shown);
  }

  /** Lets go of the database, so that sign-out can delete it. */
  close(): void {
    this.#closed = true;
    this.#channel.close();
    this.#edits.close();
    this.#replica.close();
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
