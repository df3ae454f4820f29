// The order photos are shown in: newest first by wall-clock second, those of one second by id. Photos go by a reference of 24 bits,
// chunk and row, which sorts as their ids do.
import type { Chunk } from './chunk.ts';

export type Chunks = readonly (Chunk | undefined)[];

const ROW_BITS = 20;
const ROW = 2 ** ROW_BITS - 1;
const REFERENCE = 2 ** 24 - 1;

export const referenceTo = (letter: number, row: number): number => (letter << ROW_BITS) | row;
export const letterIn = (reference: number): number => reference >> ROW_BITS;
export const rowIn = (reference: number): number => reference & ROW;

/**
 * Sorts references by time and themselves. Time and reference make one whole number of 64 bits, written by halves: the browser
 * sorts a million of those natively in a tenth of a second, and no year is too far away for it.
 */
export function sorted(references: Uint32Array, timeOf: (reference: number) => number): Uint32Array {
  const keys = new BigInt64Array(references.length);
  const halves = new Int32Array(keys.buffer);
  for (let i = 0; i < references.length; i++) {
    const reference = references[i] as number;
    const age = -timeOf(reference);
    halves[i * 2] = ((age & 255) << 24) | reference;
    halves[i * 2 + 1] = Math.floor(age / 256);
  }
  keys.sort();
  for (let i = 0; i < references.length; i++) references[i] = (halves[i * 2] as number) & REFERENCE;
  return references;
}

export const timeIn =
  (chunks: Chunks) =>
  (reference: number): number =>
    chunks[letterIn(reference)]?.columns.times[rowIn(reference)] as number;

export const countOf = (chunks: Chunks): number =>
  chunks.reduce((sum, chunk) => sum + (chunk?.count ?? 0), 0);

/** References to all photos, in order. */
export function orderOf(chunks: Chunks): Uint32Array {
  const count = countOf(chunks);
  const references = new Uint32Array(count);
  const times = new Float64Array(count);
  let latest = -Infinity;
  let earliest = Infinity;
  let at = 0;
  for (const [letter, chunk] of chunks.entries()) {
    if (!chunk) continue;
    times.set(chunk.columns.times, at);
    for (let row = 0; row < chunk.count; row++, at++) {
      references[at] = referenceTo(letter, row);
      latest = Math.max(latest, times[at] as number);
      earliest = Math.min(earliest, times[at] as number);
    }
  }
  // 136 years: few libraries have more.
  if (!(latest - earliest < 2 ** 32)) return sorted(references, timeIn(chunks));
  const ages = new Uint32Array(count);
  for (let i = 0; i < count; i++) ages[i] = latest - (times[i] as number);
  return byAge(references, ages);
}

/** Of an age, in three passes. */
const DIGIT_BITS = 11;
const DIGIT = 2 ** DIGIT_BITS - 1;

/** Sorts references, given in their own order, by age: digit by digit, which takes half the time of comparing them. */
function byAge(references: Uint32Array<ArrayBuffer>, ages: Uint32Array<ArrayBuffer>): Uint32Array {
  const count = ages.length;
  let [from, fromAges] = [references, ages];
  let [to, toAges] = [new Uint32Array(count), new Uint32Array(count)];
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    const begins = new Uint32Array(DIGIT + 2);
    for (let i = 0; i < count; i++) {
      const digit = ((fromAges[i] as number) >>> shift) & DIGIT;
      begins[digit + 1] = (begins[digit + 1] as number) + 1;
    }
    for (let digit = 0; digit < DIGIT; digit++)
      begins[digit + 1] = (begins[digit + 1] as number) + (begins[digit] as number);
    for (let i = 0; i < count; i++) {
      const age = fromAges[i] as number;
      const digit = (age >>> shift) & DIGIT;
      const place = begins[digit] as number;
      begins[digit] = place + 1;
      to[place] = from[i] as number;
      toAges[place] = age;
    }
    [from, fromAges, to, toAges] = [to, toAges, from, fromAges];
  }
  return from;
}

/** Where a photo stands in an order, or would, by its time there and its reference. */
export function placeFor(
  order: Uint32Array,
  timeOf: (reference: number) => number,
  reference: number,
): number {
  const time = timeOf(reference);
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = order[middle] as number;
    const thatTime = timeOf(there);
    if (thatTime > time || (thatTime === time && there < reference)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Undefined when it is not in it. */
export function positionOf(
  order: Uint32Array,
  timeOf: (reference: number) => number,
  reference: number,
): number | undefined {
  const place = placeFor(order, timeOf, reference);
  return order[place] === reference ? place : undefined;
}
