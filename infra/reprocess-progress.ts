// What is seen of a long run: on a terminal one line that changes, elsewhere a plain line now and then.

export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const TERMINAL_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 10_000;

export class Progress {
  readonly #screen: Screen;
  readonly #now: () => number;
  #shownAt = -Infinity;
  #shown = '';

  constructor(screen: Screen, now: () => number = Date.now) {
    this.#screen = screen;
    this.#now = now;
    // A short run needs no plain lines at all.
    if (!screen.isTTY) this.#shownAt = now();
  }

  /** Shows how far things are, unless that was done a moment ago. */
  show(text: string): void {
    const wait = this.#screen.isTTY ? TERMINAL_MILLISECONDS : PLAIN_MILLISECONDS;
    if (text === this.#shown || this.#now() - this.#shownAt < wait) return;
    this.#shownAt = this.#now();
    this.#shown = text;
    // A line that wraps could not be taken back.
    if (this.#screen.isTTY)
      this.#screen.write(`\r\u001B[K${text.slice(0, (this.#screen.columns || 80) - 1)}`);
    else this.#screen.write(`${text}\n`);
  }

  /** A line that stays. What others wrote into it cannot steer the terminal. */
  say(text: string): void {
    const clear = this.#screen.isTTY ? '\r\u001B[K' : '';
    this.#screen.write(`${clear}${printable(text)}\n`);
    // It has gone with the line.
    if (this.#screen.isTTY) this.#shownAt = -Infinity;
    this.#shown = '';
  }
}

/** Keys and errors come from elsewhere: no control character of theirs reaches the terminal. */
const printable = (text: string): string => text.replaceAll(/(?![\t\n])\p{Cc}/gu, '\uFFFD');
