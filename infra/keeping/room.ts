// How much may be in memory at once: whoever needs room for bytes waits for it, in turn.

export class Room {
  readonly #all: number;
  #free: number;
  readonly #waiting: { bytes: number; go: () => void }[] = [];

  constructor(bytes: number) {
    this.#all = bytes;
    this.#free = bytes;
  }

  /** Gives the way to leave. More than there is counts as all of it. */
  async take(wanted: number): Promise<() => void> {
    const bytes = Math.min(wanted, this.#all);
    if (this.#waiting.length > 0 || bytes > this.#free) {
      await new Promise<void>((go) => this.#waiting.push({ bytes, go }));
    } else this.#free -= bytes;
    return () => {
      this.#free += bytes;
      for (let [next] = this.#waiting; next && next.bytes <= this.#free; [next] = this.#waiting) {
        this.#waiting.shift();
        this.#free -= next.bytes;
        next.go();
      }
    };
  }
}
