// What each row of a chunk is, in a few bytes: enough to tell which rows of a later chunk are the same, without keeping the chunk. Pure.
import type { Chunk } from './chunk.ts';

export interface Rows {
  /** Beginnings of the ids, in order: enough to tell photos apart, but for wonders. */
  keys: Float64Array;
  /** Of all that is packed of the photo. */
  hashes: Uint32Array;
  /** What the numbers in the rows stand for. */
  shared: readonly unknown[];
}

export const NO_ROWS: Rows = { keys: new Float64Array(), hashes: new Uint32Array(), shared: [] };

export function rowsOf(chunk: Chunk): Rows {
  const { count, shared, columns } = chunk;
  const { sharedBytes, offsets, times, ids } = columns;
  const rest = chunk.rest as Uint8Array;
  const view = new DataView(ids.buffer, ids.byteOffset, ids.byteLength);
  const keys = new Float64Array(count);
  const hashes = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    keys[row] = view.getUint32(row * 32) * 2 ** 21 + (view.getUint32(row * 32 + 4) >>> 11);
    // FNV-1a; the time stands in the head, not in the row.
    let hash = 0x811c9dc5 ^ ((times[row] as number) | 0);
    const end = sharedBytes + (offsets[row + 1] as number);
    for (let i = sharedBytes + (offsets[row] as number); i < end; i++)
      hash = Math.imul(hash ^ (rest[i] as number), 0x01000193);
    hashes[row] = hash;
  }
  return { keys, hashes, shared };
}

/** Where rows went: per row of before its row now, or -1 when it is gone or another; and the rows that are new or others. */
export function rowsMoved(before: Rows, now: Rows): { rows: Int32Array; fresh: number[] } {
  const rows = new Int32Array(before.keys.length).fill(-1);
  const fresh: number[] = [];
  const comparable = before.shared.every((value, i) => isSame(value, now.shared[i]));
  let row = 0;
  for (let to = 0; to < now.keys.length; to++) {
    const key = now.keys[to] as number;
    while (row < rows.length && (before.keys[row] as number) < key) row++;
    const same = before.keys[row] === key && before.hashes[row] === now.hashes[to];
    if (comparable && same) rows[row] = to;
    else fresh.push(to);
  }
  return { rows, fresh };
}

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
