// The rows near the screen as a screen reader is told of them: what is in each, in reading order. Pure.
import { rowOf, type Heading } from './near.ts';
import type { Layout } from './layout.ts';

export interface Row {
  /** From 0, among all rows of the layout. */
  row: number;
  /** The ids of its elements: headings, each before the photos below it. */
  cells: string;
}

/** Ids of elements in the document. */
export const headingId = ({ kind, day }: Pick<Heading, 'kind' | 'day'>): string => `${kind}${day}`;
export const tileId = (photoId: string): string => `photo-${photoId}`;

/** The rows of these photos, which are in order, and of the headings among them; those above all of them belong to the first row. */
export function rowsOf(
  layout: Layout,
  headings: readonly Heading[],
  photos: readonly { box: { index: number }; photoId: string | undefined }[],
): Row[] {
  const rows: { row: number; cells: string[] }[] = [];
  let next = 0;
  for (const { box, photoId } of photos) {
    const { index } = box;
    const row = rowOf(layout, index);
    let last = rows.at(-1);
    if (last?.row !== row) rows.push((last = { row, cells: [] }));
    for (let heading = headings[next]; heading && heading.index <= index; heading = headings[++next]) {
      last.cells.push(headingId(heading));
    }
    if (photoId !== undefined) last.cells.push(tileId(photoId));
  }
  return rows.map(({ row, cells }) => ({ row, cells: cells.join(' ') }));
}
