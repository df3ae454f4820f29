// Which photo an arrow key leads to. Pure.
import type { Layout } from './layout.ts';

/** The index of the photo beside, above or below; the same one at the edges. `key` as in KeyboardEvent. */
export function neighborOf(layout: Layout, from: number, key: string): number {
  const last = layout.x.length - 1;
  if (key === 'ArrowLeft') return Math.max(0, from - 1);
  if (key === 'ArrowRight') return Math.min(last, from + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  const row = layout.rowStart.findLastIndex((start) => start <= from);
  const next = key === 'ArrowUp' ? row - 1 : row + 1;
  const start = layout.rowStart[next];
  const end = layout.rowStart[next + 1];
  if (start === undefined || end === undefined) return from;
  const middle = (index: number) => (layout.x[index] as number) + (layout.width[index] as number) / 2;
  let best = start;
  for (let i = start; i < end; i++) {
    if (Math.abs(middle(i) - middle(from)) < Math.abs(middle(best) - middle(from))) best = i;
  }
  return best;
}
