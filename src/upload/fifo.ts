// Who is next: a queue that may be long, to be joined at either end.

/** So many empty places at the front before they are given back. */
const EMPTY = 1024;

export class Fifo<T> {
  /** Those who were put first, the next one last. */
  readonly #first: T[] = [];
  #others: T[] = [];
  #gone = 0;

  get size(): number {
    return this.#first.length + this.#others.length - this.#gone;
  }

  push(one: T): void {
    this.#others.push(one);
  }

  /** Before all others. */
  unshift(one: T): void {
    this.#first.push(one);
  }

  shift(): T | undefined {
    if (this.#first.length > 0) return this.#first.pop();
    if (this.#gone === this.#others.length) return undefined;
    const one = this.#others[this.#gone++];
    if (this.#gone > EMPTY && this.#gone * 2 > this.#others.length) {
      this.#others = this.#others.slice(this.#gone);
      this.#gone = 0;
    }
    return one;
  }

  clear(): void {
    this.#first.length = 0;
    this.#others.length = 0;
    this.#gone = 0;
  }
}
