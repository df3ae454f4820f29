// Where on the rail of dates one is, and where it leads: from the newest photo at its top to the oldest at its foot.
import type { Layout } from './layout.ts';
import { monthAt, monthsOf, yearLabels, yearsFrom } from './months.ts';
import { BARS, type Viewport } from './viewport.svelte.ts';

/** Px below the bar: a month that begins higher is the one that is seen. */
const SEEN = 8;
/** Px between the middles of two years. */
const YEARS_APART = 32;
/** Px between two months that are marked. */
const MONTHS_APART = 6;

export class Rail {
  readonly #viewport: Viewport;
  readonly #months = $derived.by(() => monthsOf(this.#layout()));
  readonly #ends = $derived.by(() => {
    // Whenever one of them becomes another.
    void [this.#viewport.top, this.#layout()];
    return this.#viewport.ends();
  });
  readonly #layout: () => Layout;
  /** The month that was asked for: near the end it cannot be brought to the top. */
  #asked = $state.raw<{ index: number; top: number }>();
  /** From the thumb's middle to where it was taken, px, while it is. */
  #grip = $state<number>();
  /** Its height, px. */
  height = $state(0);

  constructor(viewport: Viewport, layout: () => Layout) {
    this.#viewport = viewport;
    this.#layout = layout;
  }

  get months() {
    return this.#months;
  }
  get dragging(): boolean {
    return this.#grip !== undefined;
  }
  /** Px from the rail's top to where one is. */
  get at(): number {
    return this.#placeOf(this.#viewport.top);
  }
  /** The index of the month one looks at. */
  get month(): number {
    const { top } = this.#viewport;
    return this.#asked?.top === top ? this.#asked.index : monthAt(this.#months, top + BARS + SEEN);
  }
  readonly years = $derived.by(() => yearLabels(this.#months, (y) => this.#placeOf(y - BARS), YEARS_APART));
  /** Px from the rail's top to some of the months. */
  readonly ticks = $derived.by(() => {
    const places: number[] = [];
    for (const { y } of this.#months) {
      const place = Math.round(this.#placeOf(y - BARS));
      if (place - (places.at(-1) ?? -Infinity) >= MONTHS_APART) places.push(place);
    }
    return places;
  });

  #placeOf(top: number): number {
    const { first, last } = this.#ends;
    if (last <= first) return 0;
    return this.height * Math.min(1, Math.max(0, (top - first) / (last - first)));
  }

  #topOf(place: number): number {
    const { first, last } = this.#ends;
    return first + (last - first) * Math.min(1, Math.max(0, place / this.height));
  }

  /** The month that this place of the rail leads to. */
  monthAt(place: number): number {
    return monthAt(this.#months, this.#topOf(place) + BARS + SEEN);
  }

  /** Somebody takes the rail `place` px from its top: within the thumb as it is, or else the thumb comes. */
  take(place: number, thumb: boolean): void {
    this.#grip = thumb ? place - this.at : 0;
    this.drag(place);
  }

  drag(place: number): void {
    if (this.#grip !== undefined) this.#viewport.jump(this.#topOf(place - this.#grip), true);
  }

  drop(): void {
    if (this.#grip === undefined) return;
    this.#grip = undefined;
    this.#viewport.jump(this.#viewport.top);
  }

  /** To a month, the first one being the newest. */
  go(index: number): void {
    const wanted = Math.min(this.#months.length - 1, Math.max(0, index));
    const month = this.#months[wanted];
    if (!month) return;
    this.#viewport.jump(wanted === 0 ? this.#ends.first : month.y - BARS);
    this.#asked = { index: wanted, top: this.#viewport.top };
  }

  /** Month by month, year by year, to both ends; false for a key that does nothing here. */
  key(key: string): boolean {
    const from = this.month;
    const to = {
      ArrowUp: from - 1,
      ArrowLeft: from - 1,
      ArrowDown: from + 1,
      ArrowRight: from + 1,
      PageUp: yearsFrom(this.#months, from, -1),
      PageDown: yearsFrom(this.#months, from, 1),
      Home: 0,
      End: this.#months.length - 1,
    }[key];
    if (to === undefined) return false;
    this.go(to);
    return true;
  }
}
