// The order photos are shown in: newest first by wall-clock second, those of one second by id. Photos go by a reference of 24 bits,
// chunk and row, which sorts as their ids do.
import { compareIds, type Chunk } from './chunk.ts';

export type Chunks = readonly (Chunk | undefined)[];

const ROW_BITS = 18;
const ROW = 2 ** ROW_BITS - 1;
const REFERENCE = 2 ** 24 - 1;

export const referenceTo = (letter: number, row: number): number => (letter << ROW_BITS) | row;
export const letterIn = (reference: number): number => reference >> ROW_BITS;
export const rowIn = (reference: number): number => reference & ROW;

/**
 * Sorts references by time and themselves. Time and reference make one whole number of 64 bits, written by halves: the browser
 * sorts a million of those natively in a tenth of a second, and no year is too far away for it.
 */
function sorted(references: Uint32Array, timeOf: (reference: number) => number): Uint32Array {
  const keys = new BigInt64Array(references.length);
  const halves = new Int32Array(keys.buffer);
  for (let i = 0; i < references.length; i++) {
    const reference = references[i] as number;
    const age = -timeOf(reference);
    halves[i * 2] = ((age & 255) << 24) | reference;
    halves[i * 2 + 1] = Math.floor(age / 256);
  }
  keys.sort();
  for (let i = 0; i < references.length; i++) references[i] = (halves[i * 2] as number) & REFERENCE;
  return references;
}

const timeIn =
  (chunks: Chunks) =>
  (reference: number): number =>
    chunks[letterIn(reference)]?.columns.times[rowIn(reference)] as number;

export const countOf = (chunks: Chunks): number =>
  chunks.reduce((sum, chunk) => sum + (chunk?.count ?? 0), 0);

/** References to all photos, in order. */
export function orderOf(chunks: Chunks): Uint32Array {
  const references = new Uint32Array(countOf(chunks));
  let at = 0;
  for (const [letter, chunk] of chunks.entries()) {
    for (let row = 0; row < (chunk?.count ?? 0); row++) references[at++] = referenceTo(letter, row);
  }
  return sorted(references, timeIn(chunks));
}

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

/** Where a photo stands in an order, by its time and reference; undefined when it is not in there. */
export function positionOf(order: Uint32Array, chunks: Chunks, reference: number): number | undefined {
  const timeOf = timeIn(chunks);
  const time = timeOf(reference);
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = order[middle] as number;
    const thatTime = timeOf(there);
    if (thatTime > time || (thatTime === time && there < reference)) low = middle + 1;
    else high = middle;
  }
  return order[low] === reference ? low : undefined;
}
