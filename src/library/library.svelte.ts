// The owner's photos as every screen reads them: a replica in memory, kept on this device, caught up by sync.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError, toCloudError } from '../cloud/error.ts';
import type { PhotoEdit } from '../cloud/requests.ts';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { isTombstone, takenAtOf, type Photo, type PhotoRow } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';
import { chunkOf, Replica, type ReplicaState } from './replica.ts';

/** What the library needs of the cloud; the real one is `Cloud`. */
export type LibrarySource = Pick<Cloud, 'identityId' | 'clock' | 'changes' | 'editPhoto'>;

export type SyncState = 'idle' | 'syncing' | CloudError;

export class Library {
  readonly identityId: IdentityId;
  readonly #source: LibrarySource;
  readonly #replica: Replica;
  readonly #channel: BroadcastChannel;
  readonly #lockName: string;
  #state: ReplicaState = { generation: 0 };
  #rows = new Map<PhotoId, Photo>();
  /** Edits on their way, laid over the rows until the cloud has them. */
  readonly #pending = new Map<PhotoId, PhotoEdit[]>();
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
        const pages = read(this.#source, {
          cursor: this.#state.cursor,
          known: this.#rows.keys(),
          brief,
          signal,
        });
        for await (const { rows, latest, gone } of pages) await this.#apply(rows, latest, gone);
      });
      this.#syncState = 'idle';
      this.#complete = true;
    } catch (error) {
      const problem = toCloudError(error);
      // Anything but a CloudError is an abort: the person is signing out.
      this.#syncState = problem instanceof CloudError ? problem : 'idle';
    }
  }

  /** Takes rows in as the cloud has them, keeps them on this device and shows them. */
  async #apply(
    rows: readonly PhotoRow[],
    cursor: Instant | undefined,
    gone: readonly PhotoId[] = [],
  ): Promise<void> {
    const touched = new Set<string>();
    const changed = (photoId: PhotoId) => touched.add(chunkOf(photoId));
    for (const photoId of gone) if (this.#rows.delete(photoId)) changed(photoId);
    for (const row of rows) {
      if (isTombstone(row)) {
        if (this.#rows.delete(row.photoId)) changed(row.photoId);
      } else if (JSON.stringify(row) !== JSON.stringify(this.#rows.get(row.photoId))) {
        this.#rows.set(row.photoId, row);
        changed(row.photoId);
      }
    }
    const next = cursor && (!this.#state.cursor || cursor > this.#state.cursor) ? cursor : this.#state.cursor;
    if (touched.size === 0 && next === this.#state.cursor) return;

    const chunks = new Map<string, Photo[]>([...touched].map((key) => [key, []]));
    for (const photo of this.#rows.values()) chunks.get(chunkOf(photo.photoId))?.push(photo);
    const state: ReplicaState = {
      generation: this.#state.generation + 1,
      ...(next === undefined ? {} : { cursor: next }),
    };
    await this.#replica.write(chunks, state);
    this.#state = state;
    if (touched.size > 0) {
      this.#show();
      this.#channel.postMessage(state.generation);
    }
  }

  /** Changes a photo: shown at once, taken back with the error when the cloud refuses. */
  async edit(photoId: PhotoId, edit: PhotoEdit): Promise<void> {
    this.#pending.set(photoId, [...(this.#pending.get(photoId) ?? []), edit]);
    this.#show();
    try {
      const changedAt = await this.#source.editPhoto(photoId, edit);
      await this.#inLock(async () => {
        const row = this.#rows.get(photoId);
        // Replayed over the row as it now is: a sync may have brought the other attributes forward meanwhile.
        if (row) await this.#apply([{ ...merged(row, edit), changedAt }], undefined);
      });
    } finally {
      const left = (this.#pending.get(photoId) ?? []).filter((pending) => pending !== edit);
      if (left.length > 0) this.#pending.set(photoId, left);
      else this.#pending.delete(photoId);
      this.#show();
    }
  }

  async #load(): Promise<void> {
    const { state, photos } = await this.#replica.read();
    this.#state = state;
    this.#rows = new Map(photos.map((photo) => [photo.photoId, photo]));
    this.#complete ||= state.cursor !== undefined;
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
    return (this.#pending.get(photo.photoId) ?? []).reduce(merged, photo);
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
