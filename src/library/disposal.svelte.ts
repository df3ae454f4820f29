// Photos on their way out of the trash for good: when somebody says so, and by themselves after 30 days. Loaded when there are any.
import type { CloudErrorCode } from '../cloud/error.ts';
import type { PhotoId } from '../schema/ids.ts';
import { trashEndOf } from '../schema/photo.ts';
import { dispose, type DisposalSource, type Fate, type Trashed } from './dispose.ts';
import type { Library } from './library.svelte.ts';
import { inSlices } from './slices.ts';

export type DisposalLibrary = Pick<Library, 'identityId' | 'get' | 'trash' | 'sendEdits' | 'inTurn' | 'sync'>;

export interface Progress {
  done: number;
  all: number;
}

export interface Outcome {
  deleted: number;
  /** Not in the trash any more, or put there anew. */
  kept: number;
  /** Not deleted, for now. */
  failed: number;
  /** Why, as far as the first of them goes. */
  problem?: CloudErrorCode;
}

/** How long what was moved to the trash just now may take to arrive. */
const LAST_EDITS_MS = 4000;
/** What is due by itself is looked for this often. */
const CHECK_MS = 3_600_000;
/** How often what is shown of thousands changes. */
const DRAW_MS = 150;
/** The cloud clears away after a deleted photo: until the library knows, it is asked this often. */
const LOOK_AGAIN_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

const NOTHING: Outcome = { deleted: 0, kept: 0, failed: 0 };

export class Disposal {
  readonly #source: DisposalSource;
  readonly #library: DisposalLibrary;
  readonly #closing = new AbortController();
  #stopping: AbortController | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #progress = $state.raw<Progress>();
  #leaving = $state.raw<ReadonlySet<PhotoId>>(new Set());
  /** The same, ahead of what is shown: thousands are not drawn one by one. */
  readonly #gone = new Set<PhotoId>();
  #drawn = 0;
  #looking = false;
  #checked = -Infinity;

  constructor(source: DisposalSource, library: DisposalLibrary) {
    this.#source = source;
    this.#library = library;
  }

  /** Undefined when nothing is being deleted because somebody said so. */
  get progress(): Progress | undefined {
    return this.#progress;
  }

  /** Deleted, though the library does not know yet. */
  get leaving(): ReadonlySet<PhotoId> {
    return this.#leaving;
  }

  /** Deletes these for good, if they are still in the trash. */
  now(photoIds: Iterable<PhotoId>): Promise<Outcome> {
    return this.#inTurn(async () => {
      const photos = await this.#trashed(photoIds);
      if (photos.length === 0) return NOTHING;
      this.#progress = { done: 0, all: photos.length };
      this.#stopping = new AbortController();
      try {
        // What was moved there a moment ago has to be in the cloud before it can be deleted from it.
        const unsent = await this.#library.sendEdits(LAST_EDITS_MS);
        const there = unsent > 0 ? await this.#sent(photos) : photos;
        const outcome = await this.#run(there, { due: false, signal: this.#stopping.signal });
        const waiting = photos.length - there.length;
        if (waiting === 0) return outcome;
        return { ...outcome, failed: outcome.failed + waiting, problem: outcome.problem ?? 'throttled' };
      } finally {
        this.#progress = undefined;
      }
    });
  }

  /** Goes no further. What is deleted by then stays so; all else stays in the trash. */
  stop(): void {
    this.#stopping?.abort();
  }

  /** Deletes what has been in the trash for its 30 days; call it as often as you like. One tab of this browser at a time does. */
  due(): Promise<Outcome> {
    return this.#inTurn(async () => {
      if (performance.now() - this.#checked < CHECK_MS) return NOTHING;
      const outcome = await this.#runDue();
      // What failed is tried again with the next call.
      if (outcome.failed === 0) this.#checked = performance.now();
      return outcome;
    });
  }

  #runDue(): Promise<Outcome> {
    return navigator.locks.request(
      `shoebox-disposal-${this.#library.identityId}`,
      { ifAvailable: true },
      async (lock) => {
        if (!lock || this.#closing.signal.aborted) return NOTHING;
        // Only a guess of what may be due, by a clock that may be wrong: what counts is decided for each by the server's.
        const now = this.#source.clock.now();
        const photos = await this.#trashed(this.#idsInTrash(), now);
        return photos.length === 0 ? NOTHING : this.#run(photos, { due: true });
      },
    );
  }

  *#idsInTrash(): Generator<PhotoId> {
    const { trash } = this.#library;
    for (let index = 0; index < trash.length; index++) {
      const photoId = trash.idAt(index);
      if (photoId !== undefined) yield photoId;
    }
  }

  /** As they are seen in the trash this moment; given a time, only those whose time has come by then. */
  async #trashed(photoIds: Iterable<PhotoId>, due?: number): Promise<Trashed[]> {
    const found: Trashed[] = [];
    await inSlices(
      photoIds,
      (photoId) => {
        const photo = this.#library.get(photoId);
        if (photo?.trashedAt === undefined || this.#gone.has(photoId)) return;
        if (due !== undefined && (trashEndOf(photo) ?? Infinity) > due) return;
        found.push({ photoId, trashedAt: photo.trashedAt });
      },
      this.#closing.signal,
    );
    return found;
  }

  /** Those of which the cloud knows that they are in the trash: it would say of the others that they are not. */
  async #sent(photos: readonly Trashed[]): Promise<Trashed[]> {
    const sent: Trashed[] = [];
    await this.#library.inTurn(async ({ rows }) => {
      for (const photo of photos)
        if (rows.get(photo.photoId)?.trashedAt === photo.trashedAt) sent.push(photo);
    });
    return sent;
  }

  async #run(
    photos: readonly Trashed[],
    { due, signal = this.#closing.signal }: { due: boolean; signal?: AbortSignal },
  ): Promise<Outcome> {
    const outcome = { ...NOTHING };
    let reached = 0;
    try {
      await dispose(this.#source, photos, {
        due,
        signal: AbortSignal.any([signal, this.#closing.signal]),
        shown: (photoId) => this.#library.get(photoId),
        onfate: ({ photoId }, fate) => {
          reached += 1;
          this.#note(photoId, fate, outcome);
          this.#draw(due ? undefined : { done: reached, all: photos.length });
        },
      });
    } finally {
      this.#leaving = new Set(this.#gone);
      this.#look();
    }
    // What was not reached failed for the same reason as those before; unless somebody stopped it.
    if (!signal.aborted) outcome.failed += photos.length - reached;
    return outcome;
  }

  #note(photoId: PhotoId, fate: Fate, outcome: Outcome): void {
    if (fate === 'deleted') {
      outcome.deleted += 1;
      this.#gone.add(photoId);
    } else if (fate === 'kept' || fate === 'early') {
      outcome.kept += 1;
    } else {
      outcome.failed += 1;
      outcome.problem ??= fate;
    }
  }

  #draw(progress: Progress | undefined): void {
    if (performance.now() - this.#drawn < DRAW_MS) return;
    this.#drawn = performance.now();
    this.#progress = progress;
    this.#leaving = new Set(this.#gone);
  }

  /** Asks the cloud until the library knows of all that is gone. What still is not in the end is in the trash again, and can be tried again. */
  #look(): void {
    if (this.#looking || this.#gone.size === 0) return;
    this.#looking = true;
    void this.#lookAgain().finally(() => (this.#looking = false));
  }

  async #lookAgain(): Promise<void> {
    const { signal } = this.#closing;
    for (let tries = 0; tries < LOOK_AGAIN_MS.length; tries++) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_AGAIN_MS[tries]);
        signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
      });
      if (signal.aborted) return;
      await this.#library.sync(signal, { brief: true });
      const left = [...this.#gone].filter((photoId) => this.#library.get(photoId));
      // As long as there is progress it is only a matter of time.
      if (left.length < this.#gone.size) tries = -1;
      this.#know(left);
      if (left.length === 0) return;
    }
    this.#know([]);
  }

  #know(left: readonly PhotoId[]): void {
    this.#gone.clear();
    for (const photoId of left) this.#gone.add(photoId);
    this.#leaving = new Set(left);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    // Its failure is its caller's; the next one goes on all the same.
    this.#queue = turn.catch(() => {});
    return turn;
  }

  close(): void {
    this.#closing.abort();
  }
}
