// An original's bytes as the format readers see them: held in memory as a rule, read by ranges when there are too many to hold.
import { createHash } from 'node:crypto';
import type { Original } from './stores.ts';

/** What is held in memory; a larger original is hashed as it passes and then read by ranges. */
export const MAX_HELD_BYTES = 200_000_000;
/** Of a large original, so much of the beginning is kept as it passes: enough for what most files say about themselves. */
export const HEAD_BYTES = 1_000_000;
/** Ranges are read in blocks, because parsers take a few bytes here and a few there. */
const BLOCK_BYTES = 256 * 1024;
/** The blocks kept, the last used ones: 8 MB. */
const MAX_BLOCKS = 32;
/** The largest part of an original that a reader may ask for at once: a preview, not the photo. */
const MAX_READ_BYTES = 128_000_000;
/** No honest file needs more; one that sends its reader to and fro for ever is stopped. */
const MAX_REQUESTS = 500;
const MAX_REQUESTED_BYTES = 512_000_000;

export interface Source {
  /** Of the whole original. */
  readonly bytes: number;
  /** All of it, when it is held. */
  readonly held?: Buffer;
  /** The bytes from `start` on, fewer than `length` at the end of the original, none beyond it. Rejects when the store fails. */
  read(start: number, length: number): Promise<Buffer>;
  /**
   * What the store failed with, if it has: a parser in between may have taken that for a broken file, but it is a reason to try
   * again, not to call the photo damaged.
   */
  readonly failure?: unknown;
}

export const heldSource = (held: Buffer): Source => ({
  bytes: held.length,
  held,
  read: (start, length) => Promise.resolve(held.subarray(start, start + length)),
});

/** A part of another source that begins to count at its own first byte, as blocks within files do. */
export function within(source: Source, start: number, length: number): Source {
  const bytes = Math.max(0, Math.min(length, source.bytes - start));
  return {
    bytes,
    held: source.held?.subarray(start, start + bytes),
    read: (at, count) => source.read(start + at, Math.max(0, Math.min(count, bytes - at))),
  };
}

type ReadRange = Original['read'];

/** A large original: what is asked for again, or lies near what was asked for, costs no request. */
export class RangedSource implements Source {
  readonly bytes: number;
  readonly #head: Buffer;
  readonly #readRange: ReadRange;
  readonly #blocks = new Map<number, Buffer>();
  #requests = 0;
  #requested = 0;
  #failure: unknown;

  /** `head` is the beginning of the original, as far as it is at hand. */
  constructor(bytes: number, head: Buffer, readRange: ReadRange) {
    this.bytes = bytes;
    this.#head = head;
    this.#readRange = readRange;
  }

  get failure(): unknown {
    return this.#failure;
  }

  async read(start: number, length: number): Promise<Buffer> {
    const end = Math.min(start + length, this.bytes);
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end))
      throw new RangeError('a place in the file is no whole number');
    if (start < 0 || !(end > start)) return Buffer.alloc(0);
    if (end <= this.#head.length) return this.#head.subarray(start, end);
    if (end - start > MAX_READ_BYTES) throw new RangeError(`${end - start} bytes at once are too many`);
    if (end - start > BLOCK_BYTES) return this.#request(start, end - start);
    const parts: Buffer[] = [];
    for (let index = Math.floor(start / BLOCK_BYTES); index * BLOCK_BYTES < end; index++) {
      const block = await this.#block(index);
      const from = Math.max(0, start - index * BLOCK_BYTES);
      parts.push(block.subarray(from, end - index * BLOCK_BYTES));
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  async #block(index: number): Promise<Buffer> {
    const start = index * BLOCK_BYTES;
    const length = Math.min(BLOCK_BYTES, this.bytes - start);
    const block = this.#blocks.get(index) ?? (await this.#request(start, length));
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    const oldest = this.#blocks.keys().next().value;
    if (this.#blocks.size > MAX_BLOCKS && oldest !== undefined) this.#blocks.delete(oldest);
    return block;
  }

  async #request(start: number, length: number): Promise<Buffer> {
    this.#requests += 1;
    this.#requested += length;
    if (this.#requests > MAX_REQUESTS || this.#requested > MAX_REQUESTED_BYTES)
      throw new RangeError('the file sends its reader to too many places');
    try {
      const found = await this.#readRange(start, length);
      if (found.length !== length) throw new Error(`S3 sent ${found.length} bytes of a range of ${length}`);
      return found;
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }
}

/** Where metadata is in all that cameras write: at the beginning. All of the file when it is held. */
export const headOf = async (source: Source): Promise<Buffer> =>
  source.held ?? (await source.read(0, HEAD_BYTES));

/** The whole original, hashed as it arrives; a large one is not kept. Throws what the store throws. */
export async function receive(original: Original): Promise<{ source: Source; digest: Buffer }> {
  const { bytes } = original;
  const isHeld = bytes <= MAX_HELD_BYTES;
  const held = Buffer.alloc(isHeld ? bytes : HEAD_BYTES);
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of original.body) {
    hash.update(chunk);
    if (length < held.length) held.set(chunk.subarray(0, held.length - length), length);
    length += chunk.length;
  }
  if (length !== bytes) throw new Error(`S3 sent ${length} bytes of ${bytes}`);
  const source = isHeld ? heldSource(held) : new RangedSource(bytes, held, original.read);
  return { source, digest: hash.digest() };
}
