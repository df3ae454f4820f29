// SHA-256 of files that are read into memory used again and again: no file's bytes get into another's, and none is named that is not whole.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Digester } from '../../src/cloud/reading.ts';

const MB = 2 ** 20;

const bytesOf = (size: number, begin: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + begin) % 251);
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A file that gives other bytes than it has said. */
const changed = (said: number, given: Uint8Array<ArrayBuffer>): Blob =>
  Object.assign(new Blob([new Uint8Array(said)]), { stream: () => new Blob([given]).stream() });

test('files of any size, all at once, have their own digest each', async () => {
  const digester = new Digester();
  const files = [0, 1, MB - 1, MB, MB + 1, 3 * MB, 5, 0, 2 * MB].map(bytesOf);
  const digests = await Promise.all(files.map((bytes) => digester.digestOf(new Blob([bytes]))));
  expect(digests.map(hex)).toEqual(files.map(sha256Of));
});

test.each([
  ['shorter', 10],
  ['longer', 2 * MB],
])('a file that has become %s has no digest, and does no harm to the next', async (_, size) => {
  const digester = new Digester();
  const attempt = digester.digestOf(changed(1000, bytesOf(size, 7)));
  const next = bytesOf(2000, 1);
  const after = digester.digestOf(new Blob([next]));
  await expect(attempt).rejects.toMatchObject({ name: 'NotReadableError' });
  expect(hex(await after)).toBe(sha256Of(next));
});

test('what is not wanted any more when its turn comes is not read', async () => {
  const digester = new Digester();
  const controller = new AbortController();
  const first = digester.digestOf(new Blob([bytesOf(MB, 0)]));
  const file = Object.assign(new Blob(['x']), {
    stream: () => {
      throw new Error('it was read');
    },
  });
  const second = digester.digestOf(file, controller.signal);
  controller.abort(new Error('given up'));
  await expect(second).rejects.toThrow('given up');
  expect(await first).toHaveLength(32);
});
