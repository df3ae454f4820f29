// How many bytes photos have together: read from the packed rows, without unpacking them and without keeping the page busy.
import type { Chunk } from './chunk.ts';
import { ColumnList, type PhotoList } from './list.ts';
import { letterIn, rowIn } from './order.ts';
import { PLAIN, TIMES } from './unpack.ts';

const BYTES = TIMES + PLAIN.indexOf('bytes');
/** So long the page may be kept waiting at once. */
const SLICE_MS = 8;

const decoder = new TextDecoder();

/** The sum for the photos at these places of the list; undefined once `signal` says that nobody wants it any more. */
export async function bytesOf(
  list: PhotoList,
  indexes: Iterable<number>,
  signal: AbortSignal,
): Promise<number | undefined> {
  let sum = 0;
  let due = performance.now() + SLICE_MS;
  let seen = 0;
  for (const index of indexes) {
    sum += bytesAt(list, index);
    if (++seen % 64 > 0 || performance.now() < due) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return undefined;
    due = performance.now() + SLICE_MS;
  }
  return sum;
}

function bytesAt(list: PhotoList, index: number): number {
  if (!(list instanceof ColumnList)) return list.at(index)?.bytes ?? 0;
  const reference = list.references[index] as number;
  const chunk = list.columns.chunks[letterIn(reference)];
  return chunk ? bytesIn(chunk, rowIn(reference)) : 0;
}

/** The number at its place in the row's JSON array; nothing before it but numbers and strings. 0 for a row that is none. */
function bytesIn({ rest, columns: { offsets, sharedBytes } }: Chunk, row: number): number {
  if (!rest) return 0;
  const begin = sharedBytes + (offsets[row] as number);
  const end = sharedBytes + (offsets[row + 1] as number);
  try {
    const values = JSON.parse(decoder.decode(rest.subarray(begin, end))) as unknown[];
    const bytes = values[BYTES];
    return typeof bytes === 'number' && bytes > 0 ? bytes : 0;
  } catch {
    // SyntaxError: a damaged row, which whoever shows it mends.
    return 0;
  }
}
