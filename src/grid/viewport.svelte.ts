// What part of the grid is on the screen, and whether it moves too fast for pictures to make sense.
import { untrack } from 'svelte';
import { placeOf, rowsPlaceOf } from './reach.ts';

/** Past half a screen between two scroll events only boxes are drawn; pictures come once it has been calm this long. */
const CALM_MS = 120;
/** What the bar above the page covers, at most, px. */
export const BARS = 64;
/** Further at once than anybody scrolls by wheel, key or finger: the scrollbar was dragged. */
const JUMP_SCREENS = 2;

export class Viewport {
  /** Px of the rows from their beginning to the top of the screen; negative while the grid begins below it. */
  #top = $state(0);
  #height = $state(innerHeight);
  #fast = $state(false);
  #dragged = $state(false);
  /** How much further the rows on the screen are than their place in the element, which may be shorter: see `reach`. */
  #ahead = $state(0);
  /** Px from the element's top to the top of the screen, as last seen. */
  #place = 0;
  readonly #element: () => HTMLElement | undefined;
  readonly #total: () => number;
  #calm: ReturnType<typeof setTimeout> | undefined;

  /** `total` is the height of all rows. */
  constructor(element: () => HTMLElement | undefined, total: () => number) {
    this.#element = element;
    this.#total = total;
    $effect(() => {
      // Not to be run again when what it measures changes: that would stop the timer that ends the haste.
      untrack(() => this.#measure());
      const measure = () => this.#measure();
      addEventListener('scroll', measure, { passive: true });
      addEventListener('resize', measure);
      return () => {
        removeEventListener('scroll', measure);
        removeEventListener('resize', measure);
        clearTimeout(this.#calm);
      };
    });
  }

  get top(): number {
    return this.#top;
  }
  get height(): number {
    return this.#height;
  }
  get fast(): boolean {
    return this.#fast;
  }
  /** Somebody holds the rail, and is not there yet: no picture is asked for until they let go. */
  get dragged(): boolean {
    return this.#dragged;
  }
  /** To be taken from where a row stands among all rows, to get where it is drawn in the element. */
  get ahead(): number {
    return this.#ahead;
  }

  #measure(): void {
    const element = this.#element();
    if (!element) return;
    const place = -element.getBoundingClientRect().top;
    // Rows move with the screen pixel by pixel; only a jump asks for what that place of the scrollbar stands for.
    if (Math.abs(place - this.#place) > JUMP_SCREENS * innerHeight) {
      this.#ahead = Math.round(rowsPlaceOf(this.#total(), place) - place);
    }
    this.#place = place;
    this.#see(place + this.#ahead);
  }

  #see(top: number): void {
    const fast = Math.abs(top - this.#top) > innerHeight / 2;
    if (fast) this.#fast = true;
    if (fast || this.#ahead !== 0) {
      clearTimeout(this.#calm);
      this.#calm = setTimeout(() => this.#rest(), CALM_MS);
    }
    this.#top = top;
    this.#height = innerHeight;
  }

  /** Pictures may come; and the scrollbar is put where it belongs, if scrolling has led the rows away from it. */
  #rest(): void {
    this.#fast = false;
    const total = this.#total();
    if (Math.abs(placeOf(total, this.#top) - this.#place) >= 2) this.#go(this.#top);
  }

  /** Scrolls so that `top` of the rows is at the top of the screen. */
  #go(top: number): void {
    const element = this.#element();
    if (!element) return;
    const place = placeOf(this.#total(), top);
    this.#ahead = Math.round(top - place);
    scrollBy(0, top - this.#ahead + element.getBoundingClientRect().top);
    // The scroll event comes later than the frame in which the photo is to be there.
    this.#place = -element.getBoundingClientRect().top;
    this.#see(this.#place + this.#ahead);
  }

  /** Puts `y` of the rows at the top of the screen, in the frame in which the new layout is drawn. */
  scrollTo(y: number): void {
    if (Math.abs(y - this.#top) >= 1) queueMicrotask(() => this.#go(y));
  }

  /** Scrolls to `top` of the rows at once; `dragged` until the next one that is not. */
  jump(top: number, dragged = false): void {
    this.#dragged = dragged;
    this.#go(top);
  }

  /** What `top` is at both ends of the page, which may begin above the rows and end below them. */
  ends(): { first: number; last: number } {
    const element = this.#element();
    if (!element) return { first: 0, last: 0 };
    const above = element.getBoundingClientRect().top + scrollY;
    const below = document.documentElement.scrollHeight - above - element.clientHeight;
    return { first: -above, last: Math.max(-above, this.#total() + below - innerHeight) };
  }

  /** Scrolls just so far that a box is in sight, clear of the bars. */
  reveal(y: number, height: number): void {
    const margin = 80;
    const above = y - this.#top - margin;
    const below = y + height - this.#top - innerHeight + margin;
    if (above < 0) this.#go(this.#top + above);
    else if (below > 0) this.#go(this.#top + below);
  }
}
