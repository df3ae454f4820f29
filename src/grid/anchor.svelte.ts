// Keeps what one is looking at where it is on the screen, whatever happens to the rows: other widths and heights, photos that come
// above or go, other dates.
import { untrack } from 'svelte';
import type { PhotoList } from '../library/list.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Layout } from './layout.ts';
import { boxesBetween, boxOf, photosBetween, type Box } from './near.ts';
import { successorOf } from './successor.ts';
import type { Viewport } from './viewport.svelte.ts';

/** Px below the top bar: what is there is what one looks at. */
const BELOW_BARS = 80;

interface Held {
  photoId: PhotoId;
  index: number;
  day: number | undefined;
  /** How far down in the photo, 0 to 1; and where that is, px from the top of the screen. */
  within: number;
  at: number;
}

export class Anchor {
  readonly #viewport: Viewport;
  readonly #layout: () => Layout;
  readonly #photos: () => PhotoList;
  #held: Held | undefined;
  /** The list that `#held.index` is of. */
  #known: PhotoList;
  #laidOut: Layout;

  constructor(viewport: Viewport, layout: () => Layout, photos: () => PhotoList) {
    this.#viewport = viewport;
    this.#layout = layout;
    this.#photos = photos;
    this.#known = photos();
    this.#laidOut = layout();
    $effect.pre(() => this.#keep(layout(), photos()));
    $effect(() => {
      const { top } = viewport;
      untrack(() => {
        // At the very top one wants to see what arrives.
        if (top > 0) this.hold(BELOW_BARS);
        else this.#held = undefined;
      });
    });
  }

  /** From here on what is at this place of the screen stays there; `x` from the grid's left edge. */
  hold(at: number, x = 0): void {
    const layout = this.#layout();
    const y = this.#viewport.top + at;
    const row = boxesBetween(layout, ...photosBetween(layout, y, y));
    const box = row.find((one) => one.x + one.width >= x) ?? row.at(-1);
    const photoId = box && this.#photos().idAt(box.index);
    if (!box || photoId === undefined) return;
    const within = Math.min(1, Math.max(0, (y - box.y) / box.height));
    this.#held = {
      photoId,
      index: box.index,
      day: layout.days[box.index],
      within,
      at: box.y + within * box.height - this.#viewport.top,
    };
    this.#known = this.#photos();
  }

  #keep(layout: Layout, photos: PhotoList): void {
    const held = this.#held;
    const changed = layout !== this.#laidOut;
    this.#laidOut = layout;
    if (!held || !changed) return;
    const box = this.#boxOf(held, layout, photos);
    if (!box) return;
    this.#held = {
      ...held,
      photoId: photos.idAt(box.index) ?? held.photoId,
      index: box.index,
      day: layout.days[box.index],
    };
    this.#known = photos;
    untrack(() => this.#viewport.scrollTo(box.y + held.within * box.height - held.at));
  }

  /** Where it is now; one that is gone, or has another date, is succeeded by the next one. */
  #boxOf({ photoId, index, day }: Held, layout: Layout, photos: PhotoList): Box | undefined {
    const now = photos.indexOf(photoId);
    if (now >= 0 && layout.days[now] === day) return boxOf(layout, now);
    const from = now < 0 ? index : index + 1;
    return boxOf(layout, successorOf(this.#known, from, photos));
  }
}
