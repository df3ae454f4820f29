// Scrolls the page while something is dragged to its upper or lower edge, the faster the nearer.

/** Px from the edges of the screen within which it scrolls; px per second at the very edge. */
const EDGE = 88;
const FASTEST = 2400;

export class EdgeScroll {
  readonly #onscroll: () => void;
  #speed = 0;
  #frame = 0;
  #before = 0;

  /** `onscroll` is told of each step. */
  constructor(onscroll: () => void) {
    this.#onscroll = onscroll;
  }

  /** The pointer is at this height of the screen. */
  at(y: number): void {
    const above = EDGE - y;
    const below = y - (innerHeight - EDGE);
    const depth = Math.min(1, Math.max(above, below) / EDGE);
    this.#speed = depth <= 0 ? 0 : (above > 0 ? -1 : 1) * FASTEST * depth ** 2;
    if (this.#speed === 0) this.stop();
    else if (this.#frame === 0) {
      this.#before = performance.now();
      this.#frame = requestAnimationFrame(this.#step);
    }
  }

  readonly #step = (now: number): void => {
    const distance = (this.#speed * Math.min(50, Math.max(0, now - this.#before))) / 1000;
    this.#before = now;
    scrollBy(0, distance);
    this.#onscroll();
    this.#frame = requestAnimationFrame(this.#step);
  };

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}
