// The number on the installed app's icon. Several things count; one place decides what is shown, so that none wipes what another has put.

/** What is needed of the browser; not every one has it, or lets the page. */
type Badged = Partial<Pick<Navigator, 'setAppBadge' | 'clearAppBadge'>>;

export class Badge {
  readonly #navigator: Badged;
  #uploading = 0;
  #remembered = 0;
  #shown: number | undefined;

  constructor(navigator: Badged = globalThis.navigator) {
    this.#navigator = navigator;
  }

  /** So many photos are on their way: as long as there are any, that is what one wants to know. */
  uploading(count: number): void {
    this.#uploading = count;
    this.#show();
  }

  /** So many photos of this day wait to be seen. */
  remembered(count: number): void {
    this.#remembered = count;
    this.#show();
  }

  #show(): void {
    const count = this.#uploading || this.#remembered;
    if (count === this.#shown) return;
    // The icon keeps what an earlier visit has left there: the first time, also nothing is shown.
    this.#shown = count;
    const shown = count > 0 ? this.#navigator.setAppBadge?.(count) : this.#navigator.clearAppBadge?.();
    shown?.catch((error: unknown) => console.warn('The app has no badge.', error));
  }
}
