// How far down a grid reaches. Browsers draw no element taller than some 16 million pixels, and a timeline of decades is: its
// element then is shorter than its rows, and a place in the rows is not the same as the place in the element. Pure.

/** Taller no element is. */
export const TALLEST = 10_000_000;
/** Near both ends a pixel is a pixel, so that nobody scrolls into an end before the photos do. */
const EXACT = 1_000_000;

/** The height of the element for rows of this height. */
export const reachOf = (total: number): number => Math.min(total, TALLEST);

/** The place in the element that stands for a place in the rows: the same as long as there is room. */
export function placeOf(total: number, y: number): number {
  if (total <= TALLEST || y <= EXACT) return y;
  if (y >= total - EXACT) return y - total + TALLEST;
  return EXACT + ((y - EXACT) * (TALLEST - 2 * EXACT)) / (total - 2 * EXACT);
}

/** And back. */
export function rowsPlaceOf(total: number, place: number): number {
  if (total <= TALLEST || place <= EXACT) return place;
  if (place >= TALLEST - EXACT) return place - TALLEST + total;
  return EXACT + ((place - EXACT) * (total - 2 * EXACT)) / (TALLEST - 2 * EXACT);
}
