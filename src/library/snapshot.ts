// How a snapshot of the library is written: three objects. The first has the newest photos whole, and says what belongs to it; then the
// heads of all chunks, by which everything can be laid out; then everything else. All are chunks as the replica has them, gzipped.
// Whoever holds the owner's session may have written anything there: sizes are bounded before anything is fetched or inflated.
import { fromBase64, type IdentityId } from '../schema/ids.ts';
import { fields, text, whole } from '../schema/parse.ts';
import { instant, type Instant } from '../schema/time.ts';
import { Chunk, CHUNKS } from './chunk.ts';

/** Change it when pages of before could not read it: they then leave it alone, and read the rows from the table. */
export const VERSION = 1;
/** How many photos the first object has, so that the first screens are whole. */
export const FIRST_PHOTOS = 300;

/** `SBOX` */
const MAGIC = 0x584f4253;
const HEADER = 12;
const MANIFEST = 4096;

const MB = 2 ** 20;
export const MAX_PHOTOS = 2_000_000;
const MAX_FIRST = 4 * MB;
const MAX_ROWS = 512 * MB;
/** Of a row's text. DynamoDB takes no larger items than 400 kB. */
const MAX_ROW = MB;
/** A head is 50 bytes a photo, most of it hashes, which do not pack. */
const HEAD_BYTES = 50;
const HEAD_SWELL = 2;
/** Text swells to ten times what it was packed to, not to a hundred times. */
const TEXT_SWELL = 100;
/** The first object whole. */
export const MAX_FIRST_OBJECT = HEADER + MANIFEST + MAX_FIRST + MAX_FIRST / 100 + 1024;

export interface Part {
  /** As it is stored, and inflated. */
  packed: number;
  bytes: number;
  /** Of the packed bytes, base64. */
  sha256: string;
}

export interface Manifest {
  owner: IdentityId;
  count: number;
  /** Up to where `changes` had been read, and when the last sync before began. */
  cursor: Instant;
  syncedAt: Instant;
  /** Where the other two objects are: a writer uses the slot that is free, so that one that stops halfway has destroyed nothing. */
  slot: 0 | 1;
  first: Part;
  heads: Part;
  rows: Part;
}

type Buffers = readonly (ArrayBufferLike | undefined)[];

function parsePart(value: unknown, most: number, swell: number): Part | undefined {
  const from = fields(value);
  const bytes = whole(from?.['bytes'], 1, most);
  // What does not pack grows a little.
  const packed = whole(from?.['packed'], 1, most + most / 100 + 1024);
  const sha256 = text(from?.['sha256'], 44);
  if (bytes === undefined || packed === undefined || bytes > packed * swell || !sha256) return undefined;
  return fromBase64(sha256)?.length === 32 ? { packed, bytes, sha256 } : undefined;
}

/** Undefined for anything that must not be followed. */
export function parseManifest(value: unknown): Manifest | undefined {
  const from = fields(value);
  const count = whole(from?.['count'], 1, MAX_PHOTOS);
  const cursor = instant(from?.['cursor']);
  const syncedAt = instant(from?.['syncedAt']);
  const slot = from?.['slot'];
  if (!from || count === undefined || !cursor || !syncedAt || (slot !== 0 && slot !== 1)) return undefined;
  const first = parsePart(from['first'], MAX_FIRST, TEXT_SWELL);
  const heads = parsePart(from['heads'], CHUNKS * 24 + count * HEAD_BYTES, HEAD_SWELL);
  const rows = parsePart(from['rows'], MAX_ROWS, TEXT_SWELL);
  if (!first || !heads || !rows) return undefined;
  const owner = from['owner'] as IdentityId;
  return { owner, count, cursor, syncedAt, slot, first, heads, rows };
}

export function firstObject(manifest: Manifest, packed: Blob): Blob {
  const json = new TextEncoder().encode(JSON.stringify(manifest));
  const header = Uint32Array.of(MAGIC, VERSION, json.length);
  return new Blob([header, json, packed]);
}

/** `newer` is by a page that knows more than this one; undefined is nothing to be used. */
export function readFirst(
  bytes: Uint8Array<ArrayBuffer>,
  owner: IdentityId,
): { manifest: Manifest; packed: Uint8Array<ArrayBuffer> } | 'newer' | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(0, true) !== MAGIC) return undefined;
  const version = view.getUint32(4, true);
  if (version !== VERSION) return version > VERSION ? 'newer' : undefined;
  const length = view.getUint32(8, true);
  if (length > MANIFEST || HEADER + length > bytes.length) return undefined;
  const manifest = parseManifest(jsonOf(bytes.subarray(HEADER, HEADER + length)));
  const packed = bytes.subarray(HEADER + length);
  return manifest?.owner === owner && packed.length === manifest.first.packed
    ? { manifest, packed }
    : undefined;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // SyntaxError: no manifest.
    return undefined;
  }
}

/** Buffers in a row, after a table of their lengths. */
export function bundled(buffers: Buffers): Uint8Array<ArrayBuffer>[] {
  const lengths = Uint32Array.from(buffers, (buffer) => buffer?.byteLength ?? 0);
  return [
    new Uint8Array(lengths.buffer),
    ...buffers.flatMap((buffer) => (buffer ? [new Uint8Array(buffer as ArrayBuffer)] : [])),
  ];
}

/** The same buffers again, from parts as they come. Fails with a RangeError when their lengths do not add up to `bytes`. */
export class Unbundler {
  readonly #bytes: number;
  readonly #table: Uint32Array<ArrayBuffer>;
  #filled: Uint8Array[];
  #piece = 0;
  #at = 0;

  constructor(pieces: number, bytes: number) {
    this.#bytes = bytes;
    this.#table = new Uint32Array(pieces);
    this.#filled = [new Uint8Array(this.#table.buffer)];
  }

  take(part: Uint8Array): void {
    let from = 0;
    while (from < part.length) {
      const piece = this.#filled[this.#piece];
      if (!piece) throw new RangeError('more than the lengths say');
      const length = Math.min(part.length - from, piece.length - this.#at);
      piece.set(part.subarray(from, from + length), this.#at);
      from += length;
      this.#at += length;
      if (this.#at < piece.length) return;
      if (this.#piece === 0) this.#allocate();
      this.#at = 0;
      do this.#piece++;
      while (this.#filled[this.#piece]?.length === 0);
    }
  }

  #allocate(): void {
    const sum = this.#table.reduce((total, length) => total + length, this.#table.byteLength);
    if (sum !== this.#bytes) throw new RangeError(`lengths of ${sum} bytes in ${this.#bytes}`);
    this.#filled = [...this.#filled, ...Array.from(this.#table, (length) => new Uint8Array(length))];
  }

  /** Undefined for those of no length, which are none. */
  get buffers(): (ArrayBuffer | undefined)[] {
    return this.#filled
      .slice(1)
      .map((piece) => (piece.length > 0 ? (piece.buffer as ArrayBuffer) : undefined));
  }
}

/** Chunks of heads alone, in which everything has a place; undefined when there is one that cannot be. */
export function chunksOf(owner: IdentityId, heads: Buffers): (Chunk | undefined)[] | undefined {
  const chunks: (Chunk | undefined)[] = [];
  for (const [letter, head] of heads.entries()) {
    const chunk = head && Chunk.read(owner, letter, head);
    if (head && !(chunk?.sound && rowsFit(chunk))) return undefined;
    chunks.push(chunk);
  }
  return chunks;
}

/** No row so long that to look at it would take noticeably long. */
function rowsFit({ columns: { offsets } }: Chunk): boolean {
  for (let row = 1; row < offsets.length; row++)
    if ((offsets[row] as number) - (offsets[row - 1] as number) > MAX_ROW) return false;
  return true;
}
