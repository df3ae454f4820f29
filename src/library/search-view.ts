// An index laid over its chunk as the chunk is now: where each row has gone, and the photos that are new or others since, which are
// looked at one by one until a worker has made another index. So what is found is always up to date, and no change costs a new index.
import type { Chunk } from './chunk.ts';
import { eachDocument, eachRow, type Index } from './search-index.ts';
import { meets, searchedOf, type Searched } from './search-match.ts';
import type { Condition } from './search-query.ts';
import { NO_ROWS, rowsMoved, rowsOf, type Rows } from './search-rows.ts';

/** Of more photos than that, in one chunk, a new index is made; so many are looked at one by one meanwhile, the others wait for it. */
const MOST = 200;
/** So few photos in a chunk need no index. */
const FEW = 64;

export interface Indexed {
  index: Index;
  /** The chunk it was made of, for as long as that is the library's. */
  chunk: WeakRef<Chunk>;
  rows: Rows;
}

export interface View {
  chunk: Chunk;
  indexed: Indexed | undefined;
  /** Per row of the index its row in the chunk, or -1; undefined when all are where they were. */
  rows: Int32Array | undefined;
  fresh: ReadonlyMap<number, Searched>;
  /** Rows that cannot be found by words yet; `all` before there is an index. */
  unseen: readonly number[] | 'all';
}

/** How many photos can be found by their words. */
export const seenIn = ({ chunk, unseen }: View): number =>
  unseen === 'all' ? 0 : chunk.count - unseen.length;

/** Whether a new index is worth while. */
export const isStale = ({ unseen, fresh }: View): boolean => unseen === 'all' || fresh.size >= MOST;

export const indexedOf = (chunk: Chunk, index: Index): Indexed => ({
  index,
  chunk: new WeakRef(chunk),
  rows: rowsOf(chunk),
});

export function viewOf(chunk: Chunk, indexed: Indexed | undefined): View {
  const bare: View = { chunk, indexed, rows: undefined, fresh: new Map(), unseen: [] };
  const { plain } = chunk;
  if (!plain.rest || (!indexed && chunk.count > FEW)) return { ...bare, indexed: undefined, unseen: 'all' };
  const moved =
    plain === indexed?.chunk.deref() ? undefined : rowsMoved(indexed?.rows ?? NO_ROWS, rowsOf(plain));
  const changed = new Set(moved?.fresh);
  for (const row of chunk.edited.keys()) if (isOther(chunk, row)) changed.add(row);
  if (changed.size === 0) return { ...bare, rows: moved?.rows };

  const rows = moved?.rows ?? new Int32Array(indexed?.index.count ?? 0).map((_, row) => row);
  for (let row = 0; row < rows.length; row++) if (changed.has(rows[row] as number)) rows[row] = -1;
  const [looked, unseen] = [[...changed].slice(0, MOST), [...changed].slice(MOST)];
  const fresh = new Map<number, Searched>();
  for (const row of looked) {
    const photo = chunk.photo(row);
    if (photo) fresh.set(row, searchedOf(photo));
  }
  return { ...bare, rows, fresh, unseen };
}

/** Whether an edit changes what a photo is found by: flags and times are in the chunk's columns. */
function isOther(chunk: Chunk, row: number): boolean {
  const [now, before] = [chunk.photo(row), chunk.plain.photo(row)];
  return (
    now?.caption !== before?.caption ||
    now?.takenAtOverride !== before?.takenAtOverride ||
    JSON.stringify(now?.placeOverride) !== JSON.stringify(before?.placeOverride) ||
    JSON.stringify(now?.tags) !== JSON.stringify(before?.tags)
  );
}

/** Visits the rows of a document, as they are now. */
export function eachRowNow({ indexed, rows }: View, document: number, visit: (row: number) => void): void {
  if (!indexed) return;
  eachRow(indexed.index, document, (row) => {
    const now = rows ? (rows[row] as number) : row;
    if (now >= 0) visit(now);
  });
}

/** Marks with 1 the rows that meet a condition. */
export function marksOf(view: View, condition: Condition): Uint8Array {
  const { times, flags } = view.chunk.columns;
  const marks = new Uint8Array(view.chunk.count);
  if (condition.kind === 'time') {
    const { from, to } = condition;
    for (let row = 0; row < marks.length; row++)
      marks[row] = (times[row] as number) >= from && (times[row] as number) < to ? 1 : 0;
  } else if (condition.kind === 'flag') {
    for (let row = 0; row < marks.length; row++) marks[row] = (flags[row] as number) & condition.flag ? 1 : 0;
  } else {
    const mark = (row: number) => (marks[row] = 1);
    const index = view.indexed?.index;
    if (index) eachDocument(index, condition, (document) => eachRowNow(view, document, mark));
    const asked = { ...condition, not: false };
    for (const [row, searched] of view.fresh) marks[row] = meets(searched, asked) ? 1 : 0;
  }
  if (condition.not) for (let row = 0; row < marks.length; row++) marks[row] = 1 - (marks[row] as number);
  return marks;
}
