// The order of photos after a change: only what is new is sorted.
import { compareIds, type Chunk } from './chunk.ts';
import { countOf, letterIn, orderOf, referenceTo, rowIn, sorted, timeIn, type Chunks } from './order.ts';

/** The order after some chunks were replaced: what stayed where it was is not sorted again. */
export function reordered(order: Uint32Array, before: Chunks, after: Chunks): Uint32Array {
  /** Per replaced chunk, where its rows now are; -1 for those that are gone, or are to be sorted in anew. */
  const moved = new Map<number, Int32Array>();
  const fresh: number[] = [];
  for (const [letter, chunk] of after.entries()) {
    const old = before[letter];
    if (chunk !== old) moved.set(letter, rowsMoved(letter, old, chunk, fresh));
  }
  const count = countOf(after);
  if (fresh.length > count / 8) return orderOf(after);
  const timeOf = timeIn(after);
  const inserted = sorted(Uint32Array.from(fresh), timeOf);
  const result = new Uint32Array(count);
  let at = 0;
  let next = 0;
  let nextTime = inserted.length > 0 ? timeOf(inserted[0] as number) : -Infinity;
  for (let i = 0; i < order.length; i++) {
    let reference = order[i] as number;
    const rows = moved.get(letterIn(reference));
    if (rows) {
      const row = rows[rowIn(reference)] as number;
      if (row < 0) continue;
      reference = referenceTo(letterIn(reference), row);
    }
    if (next < inserted.length) {
      const time = timeOf(reference);
      while (nextTime > time || (nextTime === time && (inserted[next] as number) < reference)) {
        result[at++] = inserted[next++] as number;
        nextTime = next < inserted.length ? timeOf(inserted[next] as number) : -Infinity;
      }
    }
    result[at++] = reference;
  }
  result.set(inserted.subarray(next), at);
  return result;
}

/** Where the rows of a chunk went; adds those without a place in the order so far to `fresh`. */
function rowsMoved(
  letter: number,
  old: Chunk | undefined,
  chunk: Chunk | undefined,
  fresh: number[],
): Int32Array {
  const rows = new Int32Array(old?.count ?? 0).fill(-1);
  let row = 0;
  for (let to = 0; to < (chunk?.count ?? 0); to++) {
    const { ids, times } = (chunk as Chunk).columns;
    let order = 1;
    while (row < rows.length && (order = compareIds((old as Chunk).columns.ids, row, ids, to)) < 0) row++;
    if (order === 0 && row < rows.length && old?.columns.times[row] === times[to]) rows[row] = to;
    else fresh.push(referenceTo(letter, to));
  }
  return rows;
}
