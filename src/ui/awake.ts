// Keeps the screen on while that is wanted and somebody may be looking: a device that falls asleep sends nothing, and shows nothing.

/** What is needed of the browser; not every one has it. */
type Wakeful = Partial<Pick<Navigator, 'wakeLock'>>;

export class Awake {
  readonly #navigator: Wakeful;
  readonly #page: Document;
  #wanted = false;
  #lock: WakeLockSentinel | undefined;
  #asking = false;

  constructor(signal: AbortSignal, navigator: Wakeful = globalThis.navigator, page: Document = document) {
    this.#navigator = navigator;
    this.#page = page;
    // The browser lets go of it whenever the page is hidden.
    page.addEventListener('visibilitychange', () => void this.#ask(), { signal });
    signal.addEventListener('abort', () => this.keep(false));
  }

  keep(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) void this.#ask();
    else void this.#release();
  }

  async #ask(): Promise<void> {
    const { wakeLock } = this.#navigator;
    if (!wakeLock || !this.#wanted || this.#asking || this.#page.visibilityState === 'hidden') return;
    if (this.#lock && !this.#lock.released) return;
    this.#asking = true;
    try {
      this.#lock = await wakeLock.request('screen');
    } catch {
      // A battery that runs low, for example: the device may sleep, and what goes on here goes on when it wakes.
    }
    this.#asking = false;
    if (!this.#wanted) await this.#release();
  }

  async #release(): Promise<void> {
    await this.#lock?.release();
    this.#lock = undefined;
  }
}
