// Waits for rows: a photo is safe when its row has come back. One loop of syncs serves all that are awaited.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError } from '../cloud/error.ts';
import type { Library } from '../library/library.svelte.ts';
import { inSlices } from '../library/slices.ts';
import type { PhotoId } from '../schema/ids.ts';
import { isTombstone, type Photo } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';

/** What is needed of the library. */
export type Rows = Pick<Library, 'get' | 'ready' | 'sync' | 'syncState' | 'edit'>;

/** The rows themselves, should this device have no room for them. */
export type Source = Pick<Cloud, 'readPhoto'>;

/** How often the row is looked for: soon at first, then ever more calmly. */
const FIRST_LOOK_MS = 400;
const LAST_LOOK_MS = 5000;
/** After so long without a row nobody waits for it any more; it is still looked for, now and then. */
const PATIENCE_MS = 5 * 60_000;
const IDLE_LOOK_MS = 60_000;
/** Rows that are asked for one by one at each look. */
const ASKED = 20;

interface Awaited {
  since: number;
  /** The change that does not count. */
  old: Instant | undefined;
  late: boolean;
  come: (row: Photo) => void;
  onlate: () => void;
}

export class Arrivals {
  readonly #rows: Rows;
  readonly #source: Source;
  readonly #signal: AbortSignal;
  readonly #awaited = new Map<PhotoId, Awaited>();
  #looking = false;
  /** Ends the rest between two looks. */
  #wake = (): void => {};

  constructor(rows: Rows, source: Source, signal: AbortSignal) {
    this.#rows = rows;
    this.#source = source;
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      this.#awaited.clear();
      this.#wake();
    });
  }

  /** Resolves when the library has the photo's row, however long that takes. `onlate` is called once when it takes long. */
  rowOf(photoId: PhotoId, onlate: () => void, old?: Instant): Promise<Photo> {
    return new Promise((come) => {
      this.#awaited.set(photoId, { since: Date.now(), old, late: false, come, onlate });
      this.#wake();
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    let pause = FIRST_LOOK_MS;
    while (this.#awaited.size > 0) {
      const woken = await this.#rest(pause);
      await this.#rows.sync(this.#signal, { brief: true });
      const before = this.#awaited.size;
      if (isStuck(this.#rows.syncState)) await this.#ask();
      if (this.#signal.aborted) break;
      let late = 0;
      await inSlices([...this.#awaited], ([photoId, one]) => {
        late += Number(this.#judge(photoId, one));
      });
      if (this.#awaited.size < before || woken) pause = FIRST_LOOK_MS;
      else pause = Math.min(late < this.#awaited.size ? LAST_LOOK_MS : IDLE_LOOK_MS, pause * 1.5);
    }
    this.#looking = false;
  }

  /** Photos are safe all the same on a device that cannot keep their rows. */
  async #ask(): Promise<void> {
    const asked = [...this.#awaited].slice(0, ASKED).map(async ([photoId, one]) => {
      // The others have their turn at the next look.
      this.#awaited.delete(photoId);
      this.#awaited.set(photoId, one);
      const row = await this.#source.readPhoto(photoId, this.#signal);
      if (row && !isTombstone(row)) this.#come(photoId, one, row);
    });
    // What could not be read is looked for again.
    await Promise.allSettled(asked);
  }

  /** Gives whether it is what was awaited. */
  #come(photoId: PhotoId, one: Awaited, row: Photo | undefined): boolean {
    if (!row || row.changedAt === one.old) return false;
    if (this.#awaited.get(photoId) === one) this.#awaited.delete(photoId);
    one.come(row);
    return true;
  }

  /** Gives whether the row is late. */
  #judge(photoId: PhotoId, one: Awaited): boolean {
    if (this.#come(photoId, one, this.#rows.get(photoId))) return one.late;
    if (!one.late && Date.now() - one.since > PATIENCE_MS) {
      one.late = true;
      one.onlate();
    }
    return one.late;
  }

  /** True when it was cut short: something new is awaited. */
  #rest(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      this.#wake = () => {
        // While looks follow each other fast, the next one is soon enough.
        if (milliseconds <= 2 * FIRST_LOOK_MS && !this.#signal.aborted) return;
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}

/** Neither the connection nor the sign-in is to blame. */
const isStuck = (state: Rows['syncState']): boolean =>
  state instanceof CloudError && state.code === 'unexpected';
