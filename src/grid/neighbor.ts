// Which photo an arrow key leads to. Pure.
import type { Layout } from './layout.ts';
import { boxesBetween, boxOf, rowOf, type Box } from './near.ts';

const middle = ({ x, width }: Box): number => x + width / 2;

/** The index of the photo beside, above or below; the same one at the edges. `key` as in KeyboardEvent. */
export function neighborOf(layout: Layout, from: number, key: string): number {
  const last = layout.days.length - 1;
  if (key === 'ArrowLeft') return Math.max(0, from - 1);
  if (key === 'ArrowRight') return Math.min(last, from + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  const next = rowOf(layout, from) + (key === 'ArrowUp' ? -1 : 1);
  const start = layout.rowStart[next];
  const end = layout.rowStart[next + 1];
  const here = boxOf(layout, from);
  if (start === undefined || end === undefined || !here) return from;
  const distance = (box: Box): number => Math.abs(middle(box) - middle(here));
  return boxesBetween(layout, start, end).reduce((best, box) => (distance(box) < distance(best) ? box : best))
    .index;
}
