// What is searched for, as the address has it, and what searches: fetched when somebody is about to.
import type { Search } from '../library/search.svelte.ts';
import type { Route } from '../ui/route.svelte.ts';

export const PATH = '/search';

export class Finder {
  readonly #route: Route;
  readonly #fetch: () => Promise<Search>;
  #search = $state.raw<Search>();
  #missing = $state(false);
  #fetching: Promise<void> | undefined;

  constructor(route: Route, fetch: () => Promise<Search>) {
    this.#route = route;
    this.#fetch = fetch;
  }

  /** Whether results are what the page shows. */
  get here(): boolean {
    return this.#route.path === PATH;
  }
  get text(): string {
    return this.here ? (this.#route.parameter('q') ?? '') : '';
  }
  /** Undefined until it has been fetched. */
  get search(): Search | undefined {
    return this.#search;
  }
  /** It could not be fetched. */
  get missing(): boolean {
    return this.#missing;
  }

  /** Fetches what searches; calls while it is on its way share it. */
  ready(): Promise<void> {
    this.#fetching ??= this.#fetch()
      .then(
        (search) => {
          this.#search = search;
          this.#missing = false;
        },
        (error: unknown) => {
          console.warn(error);
          this.#missing = true;
        },
      )
      .finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  /** Typing is one step in the history, however long it goes on. */
  say(text: string): void {
    if (this.here) {
      this.#route.replace('q', text === '' ? undefined : text);
      scrollTo(0, 0);
    } else this.#route.go(`${PATH}?${new URLSearchParams({ q: text })}`);
  }

  /** Another search, to come back from. */
  ask(text: string): void {
    this.#route.go(`${PATH}?${new URLSearchParams({ q: text })}`);
  }
}
