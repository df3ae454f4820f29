// What part of the grid is on the screen, and whether it moves too fast for pictures to make sense.
import { untrack } from 'svelte';

/** Past half a screen between two scroll events only boxes are drawn; pictures come once it has been calm this long. */
const CALM_MS = 120;

export class Viewport {
  /** Px from the grid's top to the top of the screen; negative while the grid begins below it. */
  #top = $state(0);
  #height = $state(innerHeight);
  #fast = $state(false);
  readonly #element: () => HTMLElement | undefined;
  #calm: ReturnType<typeof setTimeout> | undefined;

  constructor(element: () => HTMLElement | undefined) {
    this.#element = element;
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

  #measure(): void {
    const element = this.#element();
    if (!element) return;
    const top = -element.getBoundingClientRect().top;
    if (Math.abs(top - this.#top) > innerHeight / 2) {
      this.#fast = true;
      clearTimeout(this.#calm);
      this.#calm = setTimeout(() => {
        this.#fast = false;
      }, CALM_MS);
    }
    this.#top = top;
    this.#height = innerHeight;
  }

  /** Puts `y` of the grid at the top of the screen, in the frame in which the new layout is drawn. */
  scrollTo(y: number): void {
    const delta = y - this.#top;
    if (Math.abs(delta) < 1) return;
    queueMicrotask(() => scrollBy(0, delta));
  }

  /** Scrolls just so far that a box is in sight, clear of the bars. */
  reveal(y: number, height: number): void {
    const margin = 80;
    const above = y - this.#top - margin;
    const below = y + height - this.#top - innerHeight + margin;
    if (above < 0) scrollBy(0, above);
    else if (below > 0) scrollBy(0, below);
    // The scroll event comes later than the frame in which the photo is to be there.
    this.#measure();
  }
}
