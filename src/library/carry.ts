// Marks on the photos of a list, carried over to what the list has become: by reference as long as both are of the library's columns,
// so that a hundred thousand of them take milliseconds and no photo id is spelled out. Pure. Loaded with the first selection.
import { compareIds, type Chunk } from './chunk.ts';
import { ColumnList, type PhotoList } from './list.ts';
import { MergedList } from './merged.ts';
import { letterIn, rowIn } from './order.ts';

/** One byte for each photo of `to`: 1 where the photo had one in `from`. Photos that are not in `to` lose theirs. */
export function carried(marks: Uint8Array, from: PhotoList, to: PhotoList): Uint8Array<ArrayBuffer> {
  // Only one's own photos have marks.
  if (from instanceof MergedList) return carried(from.pick(marks), from.own, to);
  if (to instanceof MergedList) return to.spread(carried(marks, from, to.own));
  const result = new Uint8Array(to.length);
  if (from instanceof ColumnList && to instanceof ColumnList) {
    const rows = byRow(marks, from).map((marked, letter) =>
      moved(marked, from.columns.chunks[letter], to.columns.chunks[letter]),
    );
    const { references } = to;
    for (let i = 0; i < references.length; i++) {
      const reference = references[i] as number;
      result[i] = rows[letterIn(reference)]?.[rowIn(reference)] ?? 0;
    }
    return result;
  }
  for (let i = 0; i < from.length; i++) {
    const photoId = marks[i] === 1 ? from.idAt(i) : undefined;
    const index = photoId === undefined ? -1 : to.indexOf(photoId);
    if (index >= 0) result[index] = 1;
  }
  return result;
}

/** Per chunk and row whether its photo is marked. */
function byRow(marks: Uint8Array, { columns, references }: ColumnList): Uint8Array[] {
  const rows = columns.chunks.map((chunk) => new Uint8Array(chunk?.count ?? 0));
  for (let i = 0; i < references.length; i++) {
    if (marks[i] !== 1) continue;
    const reference = references[i] as number;
    (rows[letterIn(reference)] as Uint8Array)[rowIn(reference)] = 1;
  }
  return rows;
}

/** The same for what a chunk has become: rows are sorted by id in both. */
function moved(rows: Uint8Array, old: Chunk | undefined, chunk: Chunk | undefined): Uint8Array | undefined {
  if (!old || !chunk) return undefined;
  const [before, after] = [old.columns.ids, chunk.columns.ids];
  // Edits laid over a chunk leave its rows where they are.
  if (before === after) return rows;
  const result = new Uint8Array(chunk.count);
  let row = 0;
  for (let to = 0; to < result.length; to++) {
    let order = 1;
    while (row < rows.length && (order = compareIds(before, row, after, to)) < 0) row++;
    if (row < rows.length && order === 0) result[to] = rows[row] as number;
  }
  return result;
}
