// Bytes per second over the last ten seconds. Pure: whoever asks brings the time.

const WINDOW_MS = 10_000;
/** What leaves within so long counts as one. */
const STEP_MS = 250;
/** Before that, nothing can be said. */
const SOONEST_MS = 2000;

export class Speed {
  #begun: number | undefined;
  #steps: { at: number; bytes: number }[] = [];

  /** After a rest: what was before says nothing about what is to come. */
  begin(now: number): void {
    this.#begun = now;
    this.#steps = [];
  }

  add(bytes: number, now: number): void {
    this.#begun ??= now;
    const last = this.#steps.at(-1);
    if (last && now - last.at < STEP_MS) last.bytes += bytes;
    else this.#steps.push({ at: now, bytes });
    if (this.#steps.length > (2 * WINDOW_MS) / STEP_MS) this.#forget(now);
  }

  /** Undefined while it cannot be said yet. */
  perSecond(now: number): number | undefined {
    if (this.#begun === undefined || now - this.#begun < SOONEST_MS) return undefined;
    this.#forget(now);
    const bytes = this.#steps.reduce((sum, step) => sum + step.bytes, 0);
    return (bytes * 1000) / Math.min(WINDOW_MS, now - this.#begun);
  }

  #forget(now: number): void {
    this.#steps = this.#steps.filter(({ at }) => now - at <= WINDOW_MS);
  }
}
