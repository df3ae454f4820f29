// What a screen reader is told of uploads: every turn at once, but how far it is only now and then. Pure.

/** Whoever listens wants to do something else meanwhile. */
const REST_MS = 30_000;

export class Announcing {
  #turn: string | undefined;
  #told = -Infinity;

  /** What is to be said now; undefined while what was said last still does. `turn` changes with what is news, not with every photo. */
  next(line: string, turn: string, now = Date.now()): string | undefined {
    if (turn === this.#turn && now - this.#told < REST_MS) return undefined;
    this.#turn = turn;
    this.#told = now;
    return line;
  }
}
