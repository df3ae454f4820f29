// Waits for rows: a photo is safe when its row has come back. One loop of syncs serves all that are awaited.
import type { Library } from '../library/library.svelte.ts';
import { inSlices } from '../library/slices.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';

/** What is needed of the library. */
export type Rows = Pick<Library, 'get' | 'ready' | 'sync' | 'syncState' | 'edit'>;

/** How often the row is looked for: soon at first, then ever more calmly. */
const FIRST_LOOK_MS = 400;
const LAST_LOOK_MS = 5000;
/** After so long without a row nobody waits for it any more; it is still looked for, now and then. */
const PATIENCE_MS = 5 * 60_000;
const IDLE_LOOK_MS = 60_000;

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
  readonly #signal: AbortSignal;
  readonly #awaited = new Map<PhotoId, Awaited>();
  #looking = false;
  /** Ends the rest between two looks. */
  #wake = (): void => {};

  constructor(rows: Rows, signal: AbortSignal) {
    this.#rows = rows;
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
      if (this.#signal.aborted) break;
      const before = this.#awaited.size;
      let late = 0;
      await inSlices([...this.#awaited], ([photoId, one]) => {
        late += Number(this.#judge(photoId, one));
      });
      if (this.#awaited.size < before || woken) pause = FIRST_LOOK_MS;
      else pause = Math.min(late < this.#awaited.size ? LAST_LOOK_MS : IDLE_LOOK_MS, pause * 1.5);
    }
    this.#looking = false;
  }

  /** Gives whether the row is late. */
  #judge(photoId: PhotoId, one: Awaited): boolean {
    const row = this.#rows.get(photoId);
    if (row && row.changedAt !== one.old) {
      if (this.#awaited.get(photoId) === one) this.#awaited.delete(photoId);
      one.come(row);
    } else if (!one.late && Date.now() - one.since > PATIENCE_MS) {
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
