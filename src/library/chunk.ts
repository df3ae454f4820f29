// One chunk of the library: the photos whose hash begins with the same hexadecimal letter, sorted by id, packed in two buffers. The head has
// what they are sorted, filtered and laid out by, as columns; the rest has everything else, to be unpacked when it is looked at.
import { photoIdOfDigest, type IdentityId, type PhotoId } from '../schema/ids.ts';
import { isVideo, takenAtOf, type EditableAttribute, type Photo } from '../schema/photo.ts';
import { wallClock } from '../schema/time.ts';
import { unpack } from './unpack.ts';

/**
 * So few that reading is soon done (each costs the browser the better part of a millisecond, however small), so many that a change
 * of one photo does not write all.
 */
export const CHUNKS = 16;
/** So that chunk and row fit 24 bits; chunks of a hash fill evenly, to 16 million photos. */
export const MAX_ROWS = 2 ** 20;

/** Change it when chunks of before no longer read as they should: they are then fetched anew, nothing is lost. */
const FORMAT = 1;
const HEADER = 16;
const ID = 32;
/** More photos are unpacked again when they are asked for. */
const KEPT = 256;
/** Year 0 to year 9999. */
const EARLIEST = -62_167_219_200;
const LATEST = 253_402_300_799;

/** Width by height of what has at most a million pixels each way. */
const THINNEST = 0.9e-6;
const WIDEST = 1.1e6;

export const FAVORITE = 1;
export const ARCHIVED = 2;
export const TRASHED = 4;
export const FAILED = 8;
export const VIDEO = 16;
/** The owner has corrected its time. */
export const REDATED = 32;

export const flagsOf = (photo: Photo): number =>
  (photo.favorite ? FAVORITE : 0) |
  (photo.archived ? ARCHIVED : 0) |
  (photo.trashedAt ? TRASHED : 0) |
  (photo.status === 'failed' ? FAILED : 0) |
  (isVideo(photo) ? VIDEO : 0) |
  (photo.takenAtOverride ? REDATED : 0);

/** Wall-clock seconds, as if they were UTC: what photos are sorted by. */
export const secondsOf = (photo: Photo): number => wallClock(takenAtOf(photo)) / 1000;

/** Width by height; 0 where there is nothing to show. A video that tells no size is as wide as most. */
export function ratioOf(photo: Photo): number {
  if (photo.status !== 'ready') return 0;
  if (photo.width > 0 && photo.height > 0) return photo.width / photo.height;
  return isVideo(photo) ? 16 / 9 : 0;
}

/** The columns of a head; the same buffer, looked at in several ways. */
export interface Head {
  count: number;
  /** Bytes of the rest: of its table, and of its rows after that. */
  sharedBytes: number;
  rowBytes: number;
  times: Float64Array;
  ratios: Float32Array;
  /** Where each row's text begins, and the last one ends. */
  offsets: Uint32Array;
  flags: Uint16Array;
  ids: Uint8Array;
}

const headBytes = (count: number): number => HEADER + count * (8 + 4 + 4 + 2 + ID) + 4;

function viewsOf(buffer: ArrayBuffer): Head {
  const [, count = 0, sharedBytes = 0, rowBytes = 0] = new Uint32Array(buffer, 0, 4);
  let at = HEADER;
  const take = (bytes: number): number => (at += bytes) - bytes;
  return {
    count,
    sharedBytes,
    rowBytes,
    times: new Float64Array(buffer, take(count * 8), count),
    ratios: new Float32Array(buffer, take(count * 4), count),
    offsets: new Uint32Array(buffer, take(count * 4 + 4), count + 1),
    flags: new Uint16Array(buffer, take(count * 2), count),
    ids: new Uint8Array(buffer, take(count * ID), count * ID),
  };
}

/** An empty head of so many rows, to be filled. */
export function newHead(count: number, sharedBytes: number, rowBytes: number): [ArrayBuffer, Head] {
  if (count > MAX_ROWS) throw new RangeError(`a chunk of ${count} photos is more than the library can hold`);
  const buffer = new ArrayBuffer(headBytes(count));
  new Uint32Array(buffer, 0, 4).set([FORMAT, count, sharedBytes, rowBytes]);
  return [buffer, viewsOf(buffer)];
}

/** The columns of a stored head; undefined when it is none that `letter` can have: torn, of another version, or made up. */
function readHead(letter: number, buffer: unknown): Head | undefined {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < HEADER) return undefined;
  const [format, count = 0] = new Uint32Array(buffer, 0, 2);
  if (format !== FORMAT || count > MAX_ROWS || buffer.byteLength !== headBytes(count)) return undefined;
  const head = viewsOf(buffer);
  const { offsets, ids } = head;
  if (offsets[0] !== 0 || offsets[count] !== head.rowBytes) return undefined;
  return (ids[0] as number) >> 4 === letter ? head : undefined;
}

/** Whether every row has a place, a time and a shape there are, and an id after the one before. Takes a while: boxes do not wait for it. */
function isSound(letter: number, { count, times, ratios, offsets, ids }: Head): boolean {
  for (let row = 0; row < count; row++) {
    const time = times[row] as number;
    const ratio = ratios[row] as number;
    if (!(ratio === 0 || (ratio >= THINNEST && ratio <= WIDEST))) return false;
    if (!(time >= EARLIEST && time <= LATEST && Number.isInteger(time))) return false;
    if ((offsets[row] as number) > (offsets[row + 1] as number)) return false;
    if ((ids[row * ID] as number) >> 4 !== letter) return false;
    if (row > 0 && compareIds(ids, row - 1, ids, row) >= 0) return false;
  }
  return true;
}

/** By row. A photo may be worked out only when it is asked for. */
export type EditedPhotos = Pick<ReadonlyMap<number, Photo>, 'get' | 'keys'> &
  Iterable<[number, Photo]> & {
    /** Rows of those in which this is edited, where that is known. */
    rowsWith?: (attribute: EditableAttribute) => number[];
  };

/** Photos as edits that are on their way have them, and the chunk without. */
interface Edits {
  photos: EditedPhotos;
  plain: Chunk;
}

export class Chunk {
  readonly head: ArrayBuffer;
  readonly columns: Head;
  readonly owner: IdentityId;
  /** The table of values that rows share, then the rows; undefined until it has been read. */
  #rest: Uint8Array | undefined;
  /** What rows share, by the numbers they have for it. */
  #shared: readonly unknown[] = [];
  readonly #unpacked = new Map<number, Photo>();
  #broken = false;
  readonly #edits: Edits | undefined;

  constructor(owner: IdentityId, head: ArrayBuffer, columns: Head, edits?: Edits) {
    this.owner = owner;
    this.head = head;
    this.columns = columns;
    this.#edits = edits;
  }

  /** A stored chunk, without its rest; undefined when it cannot be read. */
  static read(owner: IdentityId, letter: number, head: unknown): Chunk | undefined {
    const columns = readHead(letter, head);
    return columns && new Chunk(owner, head as ArrayBuffer, columns);
  }

  /** Whether its columns are as a library's can be. */
  get sound(): boolean {
    return isSound((this.columns.ids[0] as number) >> 4, this.columns);
  }

  /** Brings the rest; false when it is not this head's, or the head itself is none. */
  complete(rest: unknown): boolean {
    const { sharedBytes, rowBytes } = this.columns;
    if (!this.sound) return false;
    if (!(rest instanceof ArrayBuffer) || rest.byteLength !== sharedBytes + rowBytes) return false;
    const bytes = new Uint8Array(rest);
    try {
      this.#shared = JSON.parse(textOf(bytes, 0, sharedBytes)) as unknown[];
    } catch {
      // SyntaxError: these bytes are no table.
      return false;
    }
    this.#rest = bytes;
    return Array.isArray(this.#shared);
  }

  get count(): number {
    return this.columns.count;
  }
  get rest(): Uint8Array | undefined {
    return this.#rest ?? this.#edits?.plain.rest;
  }
  get shared(): readonly unknown[] {
    return this.#shared;
  }

  /** As it is stored: without the edits that are on their way. */
  get plain(): Chunk {
    return this.#edits?.plain ?? this;
  }
  /** The photos that edits on their way change, by row, as those have them. */
  get edited(): EditedPhotos {
    return this.#edits?.photos ?? new Map<number, Photo>();
  }

  /** Whether a row was found damaged. */
  get broken(): boolean {
    return this.#broken;
  }

  idAt(row: number): PhotoId {
    return photoIdOfDigest(this.columns.ids.subarray(row * ID, row * ID + ID));
  }

  /** The row of an id, or, as -1 - row, where it would be. */
  find(id: Uint8Array): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compareIds(this.columns.ids, middle, id, 0);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1 - low;
  }

  /** The same object as long as it is kept; undefined when the rest is not there yet, or does not fit what the head says. */
  photo(row: number): Photo | undefined {
    if (this.#edits) return this.#edits.photos.get(row) ?? this.#edits.plain.photo(row);
    const known = this.#unpacked.get(row);
    if (known) return known;
    if (!this.#rest || row >= this.count) return undefined;
    const { sharedBytes, offsets, times, flags } = this.columns;
    const begin = sharedBytes + (offsets[row] as number);
    const end = sharedBytes + (offsets[row + 1] as number);
    const seconds = times[row] as number;
    const photo = unpack(textOf(this.#rest, begin, end), this.#shared, {
      owner: this.owner,
      photoId: this.idAt(row),
      seconds,
      failed: ((flags[row] as number) & FAILED) !== 0,
    });
    if (!photo || secondsOf(photo) !== seconds || flagsOf(photo) !== flags[row]) {
      this.#broken = true;
      return undefined;
    }
    for (const oldest of this.#unpacked.keys()) {
      if (this.#unpacked.size < KEPT) break;
      this.#unpacked.delete(oldest);
    }
    this.#unpacked.set(row, photo);
    return photo;
  }
}

const decoder = new TextDecoder();
const textOf = (bytes: Uint8Array, begin: number, end: number): string =>
  decoder.decode(bytes.subarray(begin, end));

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Uint8Array(128);
for (let value = 0; value < 64; value++) VALUES[LETTERS.charCodeAt(value)] = value;

/** Which chunk a photo is in. */
export const letterOf = (photoId: PhotoId): number => (VALUES[photoId.charCodeAt(0)] as number) >> 2;

/** The 32 bytes that an id spells. */
export function bytesOfId(photoId: PhotoId): Uint8Array {
  const bytes = new Uint8Array(ID);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < photoId.length; i++) {
    held = ((held << 6) | (VALUES[photoId.charCodeAt(i)] as number)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  return bytes;
}

/** Compares row `i` of some ids with row `j` of others. */
export function compareIds(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
  for (let byte = 0; byte < ID; byte++) {
    const difference = (a[i * ID + byte] as number) - (b[j * ID + byte] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
