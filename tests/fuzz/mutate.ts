// Makes broken files out of whole ones, the way files break and the way people break them: repeatable by a seed.

/** A stream of numbers in [0, 1), the same for the same seed on every machine (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Uint8Array;

const below = (random: Random, end: number): number => Math.floor(random() * end);

/** Structure stands at the beginning of most formats, and at the very end of some: that is where a change says the most. */
function place(random: Random, length: number): number {
  const kind = random();
  if (kind < 0.6) return below(random, Math.min(length, 600));
  if (kind < 0.7) return Math.max(0, length - 1 - below(random, 64));
  return below(random, length);
}

/** Counts, offsets and sizes that parsers trip over. */
const EXTREMES = [
  0, 1, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = place(random, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
    return bytes;
  },
  function setByte(bytes, random) {
    bytes[place(random, bytes.length)] = below(random, 256);
    return bytes;
  },
  function setNumber(bytes, random) {
    const width = [1, 2, 4][below(random, 3)] ?? 1;
    const at = place(random, Math.max(1, bytes.length - width));
    if (at + width > bytes.length) return bytes;
    const value = (EXTREMES[below(random, EXTREMES.length)] ?? 0) % 2 ** (8 * width);
    if (random() < 0.5) bytes.writeUIntBE(value, at, width);
    else bytes.writeUIntLE(value, at, width);
    return bytes;
  },
  function fill(bytes, random) {
    const at = place(random, bytes.length);
    return bytes.fill(random() < 0.5 ? 0 : 0xff, at, Math.min(bytes.length, at + 1 + below(random, 64)));
  },
  function cut(bytes, random) {
    return bytes.subarray(0, below(random, bytes.length));
  },
  function drop(bytes, random) {
    const at = place(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 32))]);
  },
  function repeat(bytes, random) {
    const at = place(random, bytes.length);
    const part = bytes.subarray(at, at + 1 + below(random, 256));
    return Buffer.concat([bytes.subarray(0, at), part, part, bytes.subarray(at)]);
  },
  function swap(bytes, random) {
    const [from, to] = [place(random, bytes.length), place(random, bytes.length)];
    const part = Buffer.from(bytes.subarray(from, from + 4));
    bytes.copy(bytes, from, to, to + 4);
    part.copy(bytes, to);
    return bytes;
  },
  function splice(bytes, random, other) {
    return Buffer.concat([
      bytes.subarray(0, place(random, bytes.length)),
      other.subarray(place(random, other.length)),
    ]);
  },
];

/** A copy of `bytes` with one to a few things wrong with it; `other` is where foreign parts come from. */
export function mutate(bytes: Buffer, random: Random, other: Buffer): Buffer {
  let mutant: Buffer = Buffer.from(bytes);
  const changes = random() < 0.5 ? 1 : 1 + below(random, 8);
  for (let change = 0; change < changes && mutant.length > 0; change++) {
    const mutation = MUTATIONS[below(random, MUTATIONS.length)];
    if (mutation) mutant = Buffer.from(mutation(mutant, random, other));
  }
  return mutant;
}
