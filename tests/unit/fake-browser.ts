// What a browser gives all tabs of one site, in memory: storage and locks. Each tab is whoever uses them.

export class MemoryStorage implements Storage {
  readonly #entries = new Map<string, string>();
  get length(): number {
    return this.#entries.size;
  }
  key(index: number): string | null {
    return [...this.#entries.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.#entries.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#entries.set(key, value);
  }
  removeItem(key: string): void {
    this.#entries.delete(key);
  }
  clear(): void {
    this.#entries.clear();
  }
  /** All that is stored, as one text to search. */
  dump(): string {
    return JSON.stringify([...this.#entries]);
  }
}

/** `navigator.locks`, exclusive only: one holder at a time, in the order they asked. */
export class Locks {
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #held = new Set<string>();

  request(name: string, ...rest: unknown[]): Promise<never> {
    const work = rest.at(-1) as (lock: object | null) => unknown;
    const { ifAvailable = false } = (rest.length > 1 ? rest[0] : {}) as LockOptions;
    if (ifAvailable && this.#held.has(name)) return Promise.resolve(work(null)) as Promise<never>;
    const turn = (this.#queues.get(name) ?? Promise.resolve())
      .then(() => this.#held.add(name) && work({ name }))
      .finally(() => this.#held.delete(name));
    // The next one waits for this one, however it ends; the caller hears of a failure.
    this.#queues.set(
      name,
      turn.catch(() => undefined),
    );
    return turn as Promise<never>;
  }
}

/** An unsigned JWT that says `claims`. */
export const token = (claims: object): string =>
  `${btoa('{"alg":"none"}')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
