// What becomes of the library when something changes: rows from the cloud, edits on their way, chunks that cannot be read. Loaded with
// the first change; showing what is stored does not need it.
import type { AttributeEdit } from '../cloud/requests.ts';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { isTombstone, type Photo, type PhotoRow } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';
import { letterOf, type Chunk } from './chunk.ts';
import { Columns } from './columns.ts';
import { editedChunk } from './edited-chunk.ts';
import { landed } from './edits.ts';
import type { SentEdit } from './edits-send.ts';
import type { PhotoList } from './list.ts';
import { eachRepacked } from './pack.ts';
import { reordered } from './reorder.ts';
import { HEADS, RESTS, STATE } from './databases.ts';
import { noState, type ReplicaState } from './replica.ts';
import { breather, inSlices, pause } from './slices.ts';
import { changing, inPieces } from './transaction.ts';

type Changed = ReadonlyMap<number, Chunk | undefined>;

export interface News {
  rows: readonly PhotoRow[];
  /** Photos that are gone without a tombstone. */
  gone?: readonly PhotoId[];
  cursor?: Instant;
  syncedAt?: Instant;
}

/** The chunks that are others with these news, and what is to be noted with them; undefined when there is nothing new. */
export async function changedBy(
  { rows: changed, gone = [], cursor, syncedAt }: News,
  { owner, rows, state: known }: { owner: IdentityId; rows: Columns; state: ReplicaState },
): Promise<{ chunks: Changed; state: ReplicaState } | undefined> {
  const changes = new Map<PhotoId, Photo | undefined>();
  const change = (photoId: PhotoId, isKnown: boolean, photo?: Photo) => {
    if (isKnown) changes.delete(photoId);
    else changes.set(photoId, photo);
  };
  await inSlices(gone, (photoId) => change(photoId, rows.referenceOf(photoId) === undefined));
  await inSlices(changed, (row) => {
    const { photoId } = row;
    if (isTombstone(row)) change(photoId, rows.referenceOf(photoId) === undefined);
    else change(photoId, JSON.stringify(row) === JSON.stringify(rows.get(photoId)), row);
  });
  const chunks = new Map<number, Chunk | undefined>();
  const breath = breather();
  for (const [letter, chunk] of eachRepacked(owner, rows.chunks, changes)) {
    chunks.set(letter, chunk);
    await breath();
  }
  const generation = known.generation + (chunks.size > 0 ? 1 : 0);
  const state: ReplicaState = {
    generation,
    written: known.written.map((old, letter) => (chunks.has(letter) ? generation : old)),
    cursor: cursor !== undefined && cursor > (known.cursor ?? '') ? cursor : known.cursor,
    syncedAt: syncedAt ?? known.syncedAt,
    changes: (known.changes ?? 0) + changes.size,
  };
  const isNew = chunks.size > 0 || state.cursor !== known.cursor || state.syncedAt !== known.syncedAt;
  return isNew ? { chunks, state } : undefined;
}

/** What is to be noted when all rows are replaced by others, of which this is known. */
export function stateAnew(
  known: ReplicaState,
  since: Pick<ReplicaState, 'cursor' | 'syncedAt'>,
): ReplicaState {
  const generation = known.generation + 1;
  return { ...since, generation, written: known.written.map(() => generation), changes: 0 };
}

/** Rows as the cloud has them once these edits have arrived: a sync may have brought them forward meanwhile. */
export async function rowsAfter(sent: readonly SentEdit[], rows: Columns): Promise<Photo[]> {
  const changed = new Map<PhotoId, Photo>();
  await inSlices(sent, ({ edit, outcome }) => {
    const row = changed.get(edit.rowId) ?? rows.get(edit.rowId);
    if (row) changed.set(edit.rowId, landed(row, edit, outcome));
  });
  return [...changed.values()];
}

/** With some chunks replaced. */
export function withChunks(rows: Columns, changed: Changed): Columns {
  if (changed.size === 0) return rows;
  const chunks = rows.chunks.map((chunk, letter) => (changed.has(letter) ? changed.get(letter) : chunk));
  return rows.order.length === 0
    ? Columns.of(chunks)
    : new Columns(chunks, reordered(rows.order, rows.chunks, chunks));
}

/** With edits laid over it. Nothing is packed for that. */
export function withEdits(rows: Columns, edits: ReadonlyMap<PhotoId, readonly AttributeEdit[]>): Columns {
  const byLetter = new Map<number, [PhotoId, readonly AttributeEdit[]][]>();
  for (const one of edits) {
    const letter = letterOf(one[0]);
    const others = byLetter.get(letter);
    if (others) others.push(one);
    else byLetter.set(letter, [one]);
  }
  const edited = new Map<number, Chunk | undefined>();
  for (const [letter, own] of byLetter) {
    const chunk = rows.chunks[letter];
    const shown = chunk && editedChunk(chunk, own);
    if (shown && shown !== chunk) edited.set(letter, shown);
  }
  return withChunks(rows, edited);
}

/** Measures the list that will be shown before it is: a million photos chosen, measured and laid out in one go would hold up the page. */
export async function measured(
  rows: Columns,
  edits: Parameters<typeof withEdits>[1],
  list: (rows: Columns) => PhotoList,
): Promise<void> {
  await pause();
  void list(withEdits(rows, edits)).days;
  await pause();
}

const STORES = [HEADS, RESTS, STATE] as const;

/** Replaces these chunks and the state, in one transaction: after a crash both are old or both are new. */
export const write = (database: IDBDatabase, chunks: Changed, state: ReplicaState): Promise<void> =>
  changing(database, STORES, (heads, rests, states) => {
    states.put(state, STATE);
    inPieces(writing(heads, rests, chunks));
  });

/** A chunk at a time: those of a large library have some ten megabytes each. */
function* writing(heads: IDBObjectStore, rests: IDBObjectStore, chunks: Changed): Generator<IDBRequest> {
  for (const [letter, chunk] of chunks) {
    if (chunk) {
      heads.put(chunk.head, letter);
      yield rests.put(chunk.rest?.buffer, letter);
    } else {
      heads.delete(letter);
      yield rests.delete(letter);
    }
  }
}

/** Lets go of chunks that cannot be read. Without a cursor the next sync reads everything, and has them again. */
export const drop = (database: IDBDatabase, letters: readonly number[]): Promise<void> =>
  changing(database, STORES, (heads, rests, states) => {
    for (const letter of letters) {
      heads.delete(letter);
      rests.delete(letter);
    }
    const request = states.get(STATE) as IDBRequest<ReplicaState | undefined>;
    request.addEventListener('success', () => {
      const state = request.result ?? noState;
      const generation = state.generation + 1;
      const written = state.written.map((old, letter) => (letters.includes(letter) ? generation : old));
      states.put({ ...state, generation, written, cursor: undefined }, STATE);
    });
  });
