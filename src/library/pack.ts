// Photos into chunks: new rows are packed, all others copied as they are. Loaded with the first sync; reading does not need it.
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import { bytesOfId, Chunk, compareIds, flagsOf, letterOf, newHead, ratioOf, secondsOf } from './chunk.ts';
import type { Chunks } from './order.ts';
import { NESTED, PLAIN, SHARED } from './unpack.ts';

const ID = 32;
/** Attributes that have their place in a row, or that the head knows. */
const PLACED = new Set<string>([
  'owner',
  'photoId',
  'status',
  'takenAt',
  'uploadedAt',
  'changedAt',
  ...PLAIN,
  ...SHARED,
  ...NESTED.map(([name]) => name),
]);

interface Change {
  id: Uint8Array;
  /** The first 48 bits of the id: enough to sort by, but for wonders. */
  key: number;
  photo: Photo | undefined;
}

/** The chunks that are others with these photos put in, replaced, or (undefined) taken out. */
export const repackedChunks = (...request: Parameters<typeof eachRepacked>): Map<number, Chunk | undefined> =>
  new Map(eachRepacked(...request));

/** The same one by one, by their letters: each takes some milliseconds. */
export function* eachRepacked(
  owner: IdentityId,
  chunks: Chunks,
  changed: ReadonlyMap<PhotoId, Photo | undefined>,
): Generator<[number, Chunk | undefined]> {
  const byLetter = new Map<number, [PhotoId, Photo | undefined][]>();
  for (const change of changed) {
    const letter = letterOf(change[0]);
    const others = byLetter.get(letter);
    if (others) others.push(change);
    else byLetter.set(letter, [change]);
  }
  for (const [letter, changes] of byLetter) yield [letter, repacked(owner, chunks[letter], changes)];
}

/**
 * A chunk with some photos put in, replaced, or (undefined) taken out; undefined when none is left. What cannot be dated is no photo
 * and is left out. The table of shared values only grows: what a lost photo leaves in it is too little to look for.
 */
export function repacked(
  owner: IdentityId,
  before: Chunk | undefined,
  changed: Iterable<readonly [PhotoId, Photo | undefined]>,
): Chunk | undefined {
  const changes = sorted(changed);
  const shared = new Shared(before?.shared ?? []);
  const most = (before?.count ?? 0) + changes.length;
  const [, to] = newHead(most, 0, 0);
  const rows = new Bytes(before?.columns.rowBytes ?? 0);
  let count = 0;
  let next = 0;

  /** Copies rows of before, from the next one on, up to `end`. */
  const copy = (end: number): void => {
    if (!before || end <= next) return;
    const { columns } = before;
    for (const name of ['times', 'ratios', 'flags'] as const) {
      to[name].set(columns[name].subarray(next, end), count);
    }
    to.ids.set(columns.ids.subarray(next * ID, end * ID), count * ID);
    const begin = columns.offsets[next] as number;
    for (let row = next; row < end; row++) {
      to.offsets[count++] = rows.length + (columns.offsets[row] as number) - begin;
    }
    const rest = before.rest as Uint8Array;
    const from = columns.sharedBytes;
    rows.copy(rest.subarray(from + begin, from + (columns.offsets[end] as number)));
    next = end;
  };

  for (const { id, photo } of changes) {
    const found = before?.find(id) ?? -1;
    copy(found < 0 ? -1 - found : found);
    if (found >= 0) next = found + 1;
    const seconds = photo && secondsOf(photo);
    if (!photo || seconds === undefined || !Number.isInteger(seconds)) continue;
    to.times[count] = seconds;
    to.ratios[count] = ratioOf(photo);
    to.flags[count] = flagsOf(photo);
    to.ids.set(id, count * ID);
    to.offsets[count++] = rows.length;
    rows.write(packed(photo, shared));
  }
  copy(before?.count ?? 0);
  if (count === 0) return undefined;
  to.offsets[count] = rows.length;

  const table = new TextEncoder().encode(JSON.stringify(shared.values));
  const [head, columns] = newHead(count, table.length, rows.length);
  columns.times.set(to.times.subarray(0, count));
  columns.ratios.set(to.ratios.subarray(0, count));
  columns.offsets.set(to.offsets.subarray(0, count + 1));
  columns.flags.set(to.flags.subarray(0, count));
  columns.ids.set(to.ids.subarray(0, count * ID));
  const rest = new Uint8Array(table.length + rows.length);
  rest.set(table);
  rest.set(rows.taken, table.length);
  const chunk = new Chunk(owner, head, columns);
  // Nothing is stored that could not be read again.
  if (!chunk.complete(rest.buffer)) throw new Error('photos came out of packing other than they went in');
  return chunk;
}

function sorted(changed: Iterable<readonly [PhotoId, Photo | undefined]>): Change[] {
  const changes = Array.from(changed, ([photoId, photo]): Change => {
    const id = bytesOfId(photoId);
    let key = 0;
    for (let i = 0; i < 6; i++) key = key * 256 + (id[i] as number);
    return { id, key, photo };
  });
  return changes.sort((a, b) => a.key - b.key || compareIds(a.id, 0, b.id, 0));
}

/** A row as text: see `unpack`. Written for haste, for a first sync packs a hundred thousand. */
function packed(photo: Photo, shared: Shared): string {
  const { takenAt } = photo;
  const values: unknown[] = [
    photo.takenAtOverride === undefined ? takenAt.slice(19) : takenAt,
    Date.parse(photo.uploadedAt),
    Date.parse(photo.changedAt),
  ];
  for (const name of PLAIN) values.push(photo[name] ?? 0);
  for (const name of SHARED) values.push(photo[name] === undefined ? 0 : shared.number(photo[name]));
  for (const [name, fields] of NESTED) {
    const nested = photo[name] as Readonly<Record<string, number>> | undefined;
    if (!nested) values.push(0);
    else {
      const own: (number | null)[] = [];
      for (const field of fields) own.push(nested[field] ?? null);
      values.push(own);
    }
  }
  let others: Record<string, unknown> | undefined;
  for (const name in photo) {
    if (!PLACED.has(name)) (others ??= {})[name] = photo[name as keyof Photo];
  }
  if (others) values.push(others);
  while (values.at(-1) === 0) values.pop();
  return JSON.stringify(values);
}

/** Values that many rows have, each with a number from 1 on. */
class Shared {
  readonly values: unknown[];
  readonly #numbers: Map<unknown, number>;

  constructor(values: readonly unknown[]) {
    this.values = [...values];
    this.#numbers = new Map(values.map((value, index) => [keyOf(value), index + 1]));
  }

  number(value: unknown): number {
    const key = keyOf(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.values.push(value);
    this.#numbers.set(key, number);
    return number;
  }
}

const keyOf = (value: unknown): unknown => (typeof value === 'object' ? JSON.stringify(value) : value);

/** Bytes that grow as they are written. */
class Bytes {
  static readonly #encoder = new TextEncoder();
  #bytes: Uint8Array;
  length = 0;

  constructor(expected: number) {
    this.#bytes = new Uint8Array(expected + 16_384);
  }

  get taken(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  write(text: string): void {
    // A UTF-16 unit takes three bytes at most.
    this.#reserve(text.length * 3);
    this.length += Bytes.#encoder.encodeInto(text, this.#bytes.subarray(this.length)).written;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + more));
    larger.set(this.taken);
    this.#bytes = larger;
  }
}
