// Who takes the place of a photo that has left the list: the next of those that stayed. Pure.
import type { PhotoList } from '../library/list.ts';

/** A photo has rarely so many neighbors that left with it; then its position has to do. */
const STEPS = 2000;

/** The index in `now` of what was at `index` of `before`, or else of the photo after it, or before it; -1 when `now` is empty. */
export function successorOf(
  before: Pick<PhotoList, 'idAt'>,
  index: number,
  now: Pick<PhotoList, 'indexOf' | 'length'>,
): number {
  for (const direction of [1, -1]) {
    for (let step = direction === 1 ? 0 : 1; step < STEPS; step++) {
      const photoId = before.idAt(index + direction * step);
      if (photoId === undefined) break;
      const found = now.indexOf(photoId);
      if (found >= 0) return found;
    }
  }
  return Math.min(index, now.length - 1);
}
