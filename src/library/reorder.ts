// The order of photos after a change: only what is new is sorted.
import { compareIds, type Chunk } from './chunk.ts';
import {
  countOf,
  letterIn,
  orderOf,
  placeFor,
  referenceTo,
  rowIn,
  sorted,
  timeIn,
  type Chunks,
} from './order.ts';

/** Of so many photos one is new, and to sort all of them takes no longer than to find a place for each new one. */
const MOST = 64;

/** The order after some chunks were replaced: what stayed where it was is not sorted again. The very same when everything did. */
export function reordered(order: Uint32Array, before: Chunks, after: Chunks): Uint32Array {
  /** Per replaced chunk, where its rows now are; -1 for those that are gone, or are to be sorted in anew. */
  const moved: (Int32Array | undefined)[] = Array.from(after, () => undefined);
  const fresh: number[] = [];
  for (const [letter, chunk] of after.entries()) {
    const old = before[letter];
    if (chunk !== old && !(chunk && old && isUnmoved(old, chunk)))
      moved[letter] = rowsMoved(letter, old, chunk, fresh);
  }
  if (moved.every((rows) => !rows)) return order;
  const count = countOf(after);
  if (fresh.length > count / MOST) return orderOf(after);
  const kept = new Uint32Array(count - fresh.length);
  let at = 0;
  for (let i = 0; i < order.length; i++) {
    const reference = order[i] as number;
    const letter = letterIn(reference);
    const rows = moved[letter];
    const row = rows ? (rows[rowIn(reference)] as number) : rowIn(reference);
    if (row >= 0) kept[at++] = referenceTo(letter, row);
  }
  return withFresh(kept, fresh, after);
}

function withFresh(kept: Uint32Array, fresh: readonly number[], chunks: Chunks): Uint32Array {
  if (fresh.length === 0) return kept;
  const timeOf = timeIn(chunks);
  const result = new Uint32Array(kept.length + fresh.length);
  let from = 0;
  let at = 0;
  for (const reference of sorted(Uint32Array.from(fresh), timeOf)) {
    const place = placeFor(kept, timeOf, reference);
    result.set(kept.subarray(from, place), at);
    at += place - from;
    result[at++] = reference;
    from = place;
  }
  result.set(kept.subarray(from), at);
  return result;
}

/** Whether its rows are the same photos, of the same times: what was edited otherwise does not matter here. */
function isUnmoved({ columns: old }: Chunk, { columns: now }: Chunk): boolean {
  if (old.count !== now.count) return false;
  if (old.times !== now.times)
    for (let row = 0; row < now.count; row++) if (old.times[row] !== now.times[row]) return false;
  if (old.ids === now.ids) return true;
  const [before, after] = [pairsOf(old.ids), pairsOf(now.ids)];
  for (let i = 0; i < after.length; i++) if (before[i] !== after[i]) return false;
  return true;
}

/** Bytes two by two: they begin at an even one, and are soon compared. */
const pairsOf = ({ buffer, byteOffset, length }: Uint8Array): Uint16Array =>
  new Uint16Array(buffer, byteOffset, length / 2);

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
