// Where in the page one is: the path, and what is open on it. Back and forward work as everywhere on the web.
export class Route {
  #path = $state(location.pathname);
  #search = $state(location.search);
  readonly #parameters = $derived(new URLSearchParams(this.#search));

  constructor() {
    addEventListener('popstate', () => this.#read());
  }

  get path(): string {
    return this.#path;
  }

  parameter(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined;
  }

  /** To another page. */
  go(path: string): void {
    if (path === this.#path && this.#search === '') return;
    history.pushState(null, '', path);
    this.#read();
    scrollTo(0, 0);
  }

  /** Another address in place of this one, without a step in the history. */
  reset(path: string): void {
    history.replaceState(null, '', path);
    this.#read();
  }

  /** Opens something on top of this page: Back closes it. */
  open(name: string, value: string): void {
    history.pushState({ opened: true }, '', `?${new URLSearchParams({ [name]: value })}`);
    this.#read();
  }

  /** What is open becomes another of its kind, without a step in the history. */
  replace(name: string, value: string): void {
    history.replaceState(history.state, '', `?${new URLSearchParams({ [name]: value })}`);
    this.#read();
  }

  /** Closes what `open` opened. */
  close(): void {
    if ((history.state as { opened?: boolean } | null)?.opened) history.back();
    else {
      history.replaceState(null, '', this.#path);
      this.#read();
    }
  }

  #read(): void {
    this.#path = location.pathname;
    this.#search = location.search;
  }
}
