// The order in which a slideshow goes through a list. Pure.

/** Indexes of `length` photos: as they are, or shuffled with `first` as the first. */
export function reelOf(
  length: number,
  { shuffled, first, random = Math.random }: { shuffled: boolean; first: number; random?: () => number },
): Uint32Array {
  const reel = Uint32Array.from({ length }, (_, i) => i);
  if (!shuffled || length === 0) return reel;
  const swap = (i: number, j: number) => {
    [reel[i], reel[j]] = [reel[j] as number, reel[i] as number];
  };
  swap(0, first);
  for (let i = length - 1; i > 1; i--) swap(i, 1 + Math.floor(random() * i));
  return reel;
}

/** The place `by` steps further; undefined beyond the ends, unless it begins anew there. */
export function placeAfter(at: number, by: number, length: number, loop: boolean): number | undefined {
  const to = at + by;
  if (to >= 0 && to < length) return to;
  return loop && length > 0 ? ((to % length) + length) % length : undefined;
}
