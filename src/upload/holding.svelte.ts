// Why nothing is sent at the moment, and when it goes on.

/** Paused by the person; or by itself: no connection, a cloud that asks for patience, a sign-in that has ended. */
export type Hold = 'paused' | 'offline' | 'throttled' | 'signed-out';

const FIRST_MS = { offline: 10_000, throttled: 3000 };
const LONGEST_MS = 60_000;

export class Holding {
  readonly #ongo: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Since something last went through. */
  #tries = 0;
  #proofs = 0;
  #paused = $state(false);
  #stalled = $state<Exclude<Hold, 'paused'>>();

  /** `ongo` is called when nothing holds any more. */
  constructor(ongo: () => void) {
    this.#ongo = ongo;
  }

  get current(): Hold | undefined {
    return this.#paused ? 'paused' : this.#stalled;
  }
  get paused(): boolean {
    return this.#paused;
  }
  /** After trouble one file goes ahead of the others. */
  get careful(): boolean {
    return this.#tries > 0;
  }

  /** How much has got through so far. */
  get proofs(): number {
    return this.#proofs;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.release();
  }

  /** Nothing gets through. Tried again after a while, ever more calmly; a sign-in that has ended comes back by the person. */
  stall(why: Exclude<Hold, 'paused'>): void {
    if (this.#stalled) return;
    this.#stalled = why;
    if (why === 'signed-out') return;
    const wait = Math.min(LONGEST_MS, FIRST_MS[why] * 2 ** this.#tries++);
    // Many devices that were cut off at once do not come back at once.
    this.#timer = setTimeout(() => this.release(), wait * (0.75 + Math.random() / 2));
  }

  /** Something got through. */
  proved(): void {
    this.#tries = 0;
    this.#proofs++;
  }

  /** The connection is said to be back, or somebody wants it tried now. */
  release(): void {
    clearTimeout(this.#timer);
    this.#stalled = undefined;
    if (!this.#paused) this.#ongo();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#paused = true;
  }
}
