// The owner's photos as every screen reads them: a replica in memory, kept on this device, caught up by sync.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError, toCloudError } from '../cloud/error.ts';
import type { PhotoEdit } from '../cloud/requests.ts';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { isTombstone, takenAtOf, type Photo, type PhotoRow } from '../schema/photo.ts';
import { instantOf, type Instant } from '../schema/time.ts';
import { chunkOf, Replica, type ReplicaState } from './replica.ts';

/** What the library needs of the cloud; the real one is `Cloud`. */
export type LibrarySource = Pick<Cloud, 'identityId' | 'clock' | 'changes' | 'editPhoto'>;

export type SyncState = 'idle' | 'syncing' | CloudError;

interface Pending {
  edit: PhotoEdit;
  sent: Promise<Instant>;
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
  readonly #pending = new Map<PhotoId, Pending[]>();
  #running: Promise<void> | undefined;
  #closed = false;

  /** Every photo not yet deleted, newest first by the clock on the wall where it was taken. */
  #all = $state.raw<readonly Photo[]>([]);
  #syncState = $state.raw<SyncState>('idle');
  #complete = $state(false);

  readonly #photos = $derived(this.#all.filter((photo) => !photo.trashedAt && !photo.archived));
  readonly #favorites = $derived(this.#all.filter((photo) => photo.favorite && !photo.trashedAt));
  readonly #trash = $derived(this.#all.filter((photo) => photo.trashedAt));

  private constructor(source: LibrarySource, replica: Replica) {
    this.identityId = source.identityId;
    this.#source = source;
    this.#replica = replica;
    this.#lockName = `shoebox-library-${source.identityId}`;
    this.#channel = new BroadcastChannel(this.#lockName);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    this.#channel.onmessage = () => void this.#reload();
  }

  /** The library as this device knows it, without asking the cloud. */
  static async open(source: LibrarySource): Promise<Library> {
    const library = new Library(source, await Replica.open(source.identityId));
    await library.#load();
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
  /** The photo's row, wherever it is (timeline, archive, trash). */
  get(photoId: PhotoId): Photo | undefined {
    // The map itself is not reactive; the list changes whenever it does.
    void this.#all;
    const row = this.#rows.get(photoId);
    return row && this.#withPending(row);
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
    if (touched.size > 0) this.#channel.postMessage(state.generation);
  }

  /** Changes a photo: shown at once, taken back with the error when the cloud refuses. Edits of one photo keep their order. */
  async edit(photoId: PhotoId, edit: PhotoEdit): Promise<void> {
    const before = this.#pending.get(photoId) ?? [];
    const sent = Promise.allSettled(before.map((one) => one.sent)).then(() =>
      this.#source.editPhoto(photoId, edit),
    );
    const pending = { edit, sent };
    this.#pending.set(photoId, [...before, pending]);
    this.#show();
    try {
      const changedAt = await sent;
      // The cloud has it: should this device fail to keep it, the next sync brings it.
      await this.#keep(photoId, edit, changedAt).catch(console.error);
    } finally {
      const left = (this.#pending.get(photoId) ?? []).filter((one) => one !== pending);
      if (left.length > 0) this.#pending.set(photoId, left);
      else this.#pending.delete(photoId);
      this.#show();
    }
  }

  /** Lays an edit over the row as it now is: a sync may have brought the other attributes forward meanwhile. */
  #keep(photoId: PhotoId, edit: PhotoEdit, changedAt: Instant): Promise<void> {
    return this.#inLock(async () => {
      const row = this.#rows.get(photoId);
      if (row) await this.#apply([{ ...merged(row, edit), changedAt }]);
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

  #withPending(photo: Photo): Photo {
    return (this.#pending.get(photo.photoId) ?? []).reduce((row, { edit }) => merged(row, edit), photo);
  }

  #show(): void {
    const keyed = [...this.#rows.values()].map((photo) => {
      const shown = this.#pending.size > 0 ? this.#withPending(photo) : photo;
      return { shown, time: takenAtOf(shown).slice(0, 19) };
    });
    keyed.sort((a, b) => compare(b.time, a.time) || compare(a.shown.photoId, b.shown.photoId));
    this.#all = keyed.map(({ shown }) => shown);
  }

  /** Lets go of the database, so that sign-out can delete it. */
  close(): void {
    this.#closed = true;
    this.#channel.close();
    this.#replica.close();
  }
}

function merged(photo: Photo, edit: PhotoEdit): Photo {
  const entries = Object.entries({ ...photo, ...edit }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as unknown as Photo;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
