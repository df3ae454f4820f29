// The checksums S3 can be asked to verify. CRC-64/NVME is not among them: asking for it is answered with 501.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const ALGORITHMS = ['sha256', 'sha1', 'crc32', 'crc32c'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Checksum {
  algorithm: Algorithm;
  /** Base64; that of a multipart object ends in `-` and the number of parts. */
  value: string;
}

export interface Running {
  update: (chunk: Uint8Array) => void;
  /** Base64. */
  value: () => string;
}

const CASTAGNOLI = new Int32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0x82f63b78 : 0);
  return value;
});

function crc32c(chunk: Uint8Array, previous: number): number {
  let value = ~previous;
  for (const byte of chunk) value = (value >>> 8) ^ (CASTAGNOLI[(value ^ byte) & 255] ?? 0);
  return ~value >>> 0;
}

function running(step: (chunk: Uint8Array, previous: number) => number): Running {
  let value = 0;
  return {
    update: (chunk) => {
      value = step(chunk, value);
    },
    value: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}

export function startChecksum(algorithm: Algorithm): Running {
  if (algorithm === 'crc32') return running(crc32);
  if (algorithm === 'crc32c') return running(crc32c);
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), value: () => hash.digest('base64') };
}

export const checksumHeader = ({ algorithm }: Checksum): string => `x-amz-checksum-${algorithm}`;

/** The name in XML: `ChecksumSHA256`. */
export const checksumElement = ({ algorithm }: Checksum): string => `Checksum${algorithm.toUpperCase()}`;

const BYTES: Readonly<Record<Algorithm, number>> = { sha256: 32, sha1: 20, crc32: 4, crc32c: 4 };

export const isChecksum = ({ algorithm, value }: Checksum): boolean => {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === BYTES[algorithm] && bytes.toString('base64') === value;
};

/** The checksum of checksums of an object made of parts. */
export function compositeChecksum(algorithm: Algorithm, values: readonly string[]): Checksum {
  const whole = startChecksum(algorithm);
  for (const value of values) whole.update(Buffer.from(value, 'base64'));
  return { algorithm, value: `${whole.value()}-${values.length}` };
}
