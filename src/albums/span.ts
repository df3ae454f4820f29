// From when to when the photos of an album were taken, in months as people write them. Pure.
import type { Placed } from '../library/album-order.ts';

const month = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Two empty texts where there are no photos. */
export function spanOf(photos: readonly Pick<Placed, 'seconds'>[]): [from: string, to: string] {
  let [from, to] = [Infinity, -Infinity];
  for (const { seconds } of photos) {
    from = Math.min(from, seconds);
    to = Math.max(to, seconds);
  }
  return from <= to ? [month.format(from * 1000), month.format(to * 1000)] : ['', ''];
}
