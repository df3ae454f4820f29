// Moving a photo of an album by hand: picked up, carried to another place, put down or put back.
import { moved, type Placed } from '../library/album-order.ts';
import type { PhotoId } from '../schema/ids.ts';

/** What was just done, to be said. */
export type Said = { what: 'picked' | 'moved' | 'put'; place: number } | { what: 'back' };

export class Arranging {
  readonly #photos: () => readonly Placed[];
  readonly #onmove: (places: ReadonlyMap<PhotoId, string>) => void;
  #picked = $state<number>();
  #target = $state(0);
  #said = $state.raw<Said>();

  constructor(photos: () => readonly Placed[], onmove: (places: ReadonlyMap<PhotoId, string>) => void) {
    this.#photos = photos;
    this.#onmove = onmove;
  }

  /** The photo that is carried, by its place before. */
  get picked(): number | undefined {
    return this.#picked;
  }
  /** Where it would be put. */
  get target(): number {
    return this.#target;
  }
  get said(): Said | undefined {
    return this.#said;
  }

  /** Places as they would be: which photo of before stands at each. */
  readonly order = $derived.by(() => {
    const order = this.#photos().map((_, i) => i);
    if (this.#picked !== undefined) order.splice(this.#target, 0, ...order.splice(this.#picked, 1));
    return order;
  });

  pick(place: number): void {
    this.#picked = this.#target = place;
    this.#said = { what: 'picked', place };
  }

  /** Carries it on; nothing is changed yet. */
  carry(place: number): void {
    if (this.#picked === undefined) return;
    const target = Math.min(this.#photos().length - 1, Math.max(0, place));
    if (target === this.#target) return;
    this.#target = target;
    this.#said = { what: 'moved', place: target };
  }

  put(): void {
    if (this.#picked === undefined) return;
    const [from, to] = [this.#picked, this.#target];
    this.#picked = undefined;
    this.#said = { what: 'put', place: to };
    const places = moved(this.#photos(), from, to);
    if (places.size > 0) this.#onmove(places);
  }

  back(): void {
    if (this.#picked === undefined) return;
    this.#picked = undefined;
    this.#said = { what: 'back' };
  }
}
