// Which photos a pointer means: the one it is nearest to, and those a frame drawn over the rows touches. Pure.
import { drawnHeight, shownRatio, type Layout } from './layout.ts';
import { boxesBetween, photosBetween, rowOf, type Box } from './near.ts';
import type { Run } from './selection.svelte.ts';

export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The index of the photo nearest to a point of the rows; -1 where there are none. */
export function photoNear(layout: Layout, x: number, y: number): number {
  const { rowStart, rowTop } = layout;
  if (rowTop.length === 0) return -1;
  const row = rowOf(layout, photosBetween(layout, y, y)[0]);
  const boxes = boxesBetween(layout, rowStart[row] as number, rowStart[row + 1] as number);
  const off = (box: Box): number => Math.max(box.x - x, x - box.x - box.width);
  return boxes.reduce((best, box) => (off(box) < off(best) ? box : best)).index;
}

/** Runs of photos that the frame touches: those of a row are neighbors. No object is made for a photo. */
export function photosIn(layout: Layout, { left, top, right, bottom }: Frame): Run[] {
  const { days, ratios, rowStart, rowTop, rowHeight, options } = layout;
  const runs: Run[] = [];
  const [first, end] = photosBetween(layout, top, bottom);
  for (let row = rowOf(layout, first); (rowStart[row] ?? end) < end; row++) {
    const [from, to] = [rowStart[row] as number, rowStart[row + 1] as number];
    const height = rowHeight[row] as number;
    // Below its headings: a row ends where the next one begins, less the gap.
    const floor = (rowTop[row + 1] ?? layout.total) - options.gap;
    if (floor < top || floor - drawnHeight(height) > bottom) continue;
    let x = 0;
    let run: [number, number] | undefined;
    for (let i = from; i < to; i++) {
      if (i > from) x += days[i] === days[i - 1] ? options.gap : options.dayGap;
      const beyond = x + shownRatio(ratios[i] as number) * height;
      if (x <= right && beyond >= left) run = [run?.[0] ?? i, i + 1];
      x = beyond;
    }
    if (run) runs.push(run);
  }
  return runs;
}
