// How a large file is cut into the parts it is sent in. Pure.

/** From here on a file is sent in parts: what broke off costs one part, not all of it. */
export const PARTS_FROM = 64 * 2 ** 20;

/** What S3 takes as one object. */
export const LARGEST = 5 * 2 ** 40;

const MEBIBYTE = 2 ** 20;
const SMALLEST = 16 * MEBIBYTE;
/** S3 takes no more. */
const MOST_PARTS = 10_000;

export interface Part {
  /** The first is 1. */
  number: number;
  start: number;
  /** The first byte that is not in it. */
  end: number;
}

/** A file's parts are of this size, whoever sends it and whenever: so that what was begun can be gone on with. */
export const partBytesOf = (bytes: number): number =>
  Math.max(SMALLEST, Math.ceil(bytes / MOST_PARTS / MEBIBYTE) * MEBIBYTE);

export function partsOf(bytes: number, partBytes = partBytesOf(bytes)): Part[] {
  const count = Math.ceil(bytes / partBytes);
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    start: index * partBytes,
    end: Math.min(bytes, (index + 1) * partBytes),
  }));
}
