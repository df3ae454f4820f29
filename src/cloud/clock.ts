// Server time: what decides something (cursors, edits, expiry) must not depend on a laptop's clock being right.

// A Date header has whole seconds and took a while to arrive; a clock this close is better than what it says.
const TOLERANCE = 2000;

export class Clock {
  readonly #local: () => number;
  #offset = 0;
  #heard = 0;

  constructor(local: () => number = Date.now) {
    this.#local = local;
  }

  /** Milliseconds to add to the local clock to get server time. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether a server has been heard: until then it is the local clock alone. */
  get known(): boolean {
    return this.#heard > 0;
  }

  /** How many times a server has been heard: an answer that raises it has just told the time. */
  get heard(): number {
    return this.#heard;
  }

  /** The server's time in epoch milliseconds, as well as we know it. */
  now(): number {
    return this.#local() + this.#offset;
  }

  /** Learns from the `Date` header of a response that came at local time `at`. Anything but a date is ignored. */
  observe(date: string | null | undefined, at: number = this.#local()): void {
    const difference = Date.parse(date ?? '') - at;
    if (Number.isNaN(difference)) return;
    this.#heard += 1;
    this.#offset = Math.abs(difference) <= TOLERANCE ? 0 : difference;
  }
}
