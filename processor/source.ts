// An original's bytes as the format readers see them: held in memory as a rule, read by ranges when there are too many to hold.

/** What is held in memory; a larger original is hashed as it passes and then read by ranges. */
export const MAX_HELD_BYTES = 200_000_000;

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
