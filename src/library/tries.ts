// How often the page has not lived to see the end of work that may be too much for this device. Leaving it is no crash: it does not count.
import type { IdentityId } from '../schema/ids.ts';
import { TRIES_PREFIX } from './forget.ts';

export class Tries {
  readonly #key: string;
  readonly #storage: Storage;
  readonly #page: EventTarget;
  #before = 0;

  constructor(identityId: IdentityId, storage: Storage = localStorage, page: EventTarget = window) {
    this.#key = TRIES_PREFIX + identityId;
    this.#storage = storage;
    this.#page = page;
  }

  get count(): number {
    const count = Number(this.#storage.getItem(this.#key));
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  }

  begin(): void {
    this.#before = this.count;
    this.#keep(this.#before + 1);
    this.#page.addEventListener('pagehide', this.#left);
  }

  end(): void {
    this.#keep(0);
    this.#page.removeEventListener('pagehide', this.#left);
  }

  readonly #left = (): void => this.#keep(this.#before);

  // It is kept at once, whatever becomes of the page: in no database would it be.
  #keep(count: number): void {
    if (count === 0) this.#storage.removeItem(this.#key);
    else this.#storage.setItem(this.#key, String(count));
  }
}
