// How many bytes photos have together: read from the packed rows, without unpacking them and without keeping the page busy.
import type { Chunk } from './chunk.ts';
import { ColumnList, type PhotoList } from './list.ts';
import { MergedList } from './merged.ts';
import { letterIn, rowIn } from './order.ts';
import { inSlices } from './slices.ts';
import { PLACES, PLAIN } from './unpack.ts';

const BYTES = PLACES.plain + PLAIN.indexOf('bytes');
const decoder = new TextDecoder();

/** The sum for the photos at these places of the list. Aborted, it fails with the signal's reason. */
export async function bytesOf(
  list: PhotoList,
  indexes: Iterable<number>,
  signal: AbortSignal,
): Promise<number> {
  let sum = 0;
  await inSlices(indexes, (index) => (sum += bytesAt(list, index)), signal);
  return sum;
}

function bytesAt(list: PhotoList, index: number): number {
  if (list instanceof MergedList) return bytesAt(list.own, list.ownIndex(index));
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
