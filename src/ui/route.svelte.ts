// Where in the page one is: the path, and what is open on it. Back and forward work as everywhere on the web.

interface Step {
  /** Something was opened by this step, so that Back closes it. */
  opened?: boolean;
  /** How far the page was scrolled when it was left. */
  scroll?: number;
}

/** How many frames a page may take to be as long as it was. */
const PATIENCE_FRAMES = 60;
/** Browsers allow some 100 changes of the address in 30 seconds; a key held down asks for more. */
const REPLACE_MS = 400;

export class Route {
  #path = $state(location.pathname);
  #search = $state(location.search);
  readonly #parameters = $derived(new URLSearchParams(this.#search));
  #replacing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    history.scrollRestoration = 'manual';
    addEventListener('popstate', () => {
      clearTimeout(this.#replacing);
      const moved = location.pathname !== this.#path;
      this.#read();
      if (moved) scrollWhenLongEnough((history.state as Step | null)?.scroll ?? 0);
    });
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
    this.#remember();
    history.pushState(null, '', path);
    this.#read();
    scrollTo(0, 0);
  }

  /** Another address in place of this one, without a step in the history. */
  reset(path: string): void {
    clearTimeout(this.#replacing);
    history.replaceState(null, '', path);
    this.#read();
  }

  /** Opens something on top of this page: Back closes it. */
  open(name: string, value: string): void {
    this.#remember();
    history.pushState({ opened: true } satisfies Step, '', this.#with(name, value));
    this.#read();
  }

  /** What is open becomes another of its kind, without a step in the history. */
  replace(name: string, value: string | undefined): void {
    this.#search = this.#with(name, value);
    clearTimeout(this.#replacing);
    this.#replacing = setTimeout(() => history.replaceState(history.state, '', this.#address), REPLACE_MS);
  }

  /** Closes what `open` opened under this name. */
  close(name: string): void {
    // By the address itself: whatever is just being taken away is given what was before.
    const parameters = new URLSearchParams(location.search);
    if (!parameters.has(name)) return;
    clearTimeout(this.#replacing);
    if ((history.state as Step | null)?.opened) {
      history.back();
      return;
    }
    parameters.delete(name);
    this.reset(location.pathname + (parameters.size > 0 ? `?${parameters}` : ''));
  }

  /** The address's parameters with one of them changed, or gone. */
  #with(name: string, value?: string): string {
    const parameters = new URLSearchParams(this.#search);
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, value);
    return parameters.size > 0 ? `?${parameters}` : '';
  }

  get #address(): string {
    return this.#path + this.#search;
  }

  /** What is replaced but not in the address yet is left behind there too. */
  #remember(): void {
    clearTimeout(this.#replacing);
    const step: Step = { ...(history.state as Step | null), scroll: scrollY };
    history.replaceState(step, '', this.#address);
  }

  #read(): void {
    this.#path = location.pathname;
    this.#search = location.search;
  }
}

function scrollWhenLongEnough(y: number, frames = PATIENCE_FRAMES): void {
  scrollTo(0, y);
  if (scrollY < y - 1 && frames > 0) requestAnimationFrame(() => scrollWhenLongEnough(y, frames - 1));
}
