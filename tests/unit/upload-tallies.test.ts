// What is counted of uploads: kept with every change, and the same as if all were looked through.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tallies } from '../../src/upload/tallies.svelte.ts';
import { Upload, type UploadState, type Watcher } from '../../src/upload/upload.svelte.ts';

const STATES: readonly UploadState[] = [
  'needed',
  'waiting',
  'hashing',
  'sending',
  'processing',
  'ready',
  'duplicate',
  'restored',
  'unshowable',
  'stored',
  'failed',
  'cancelled',
];

function uploadsOf(sizes: readonly number[], tallies = new Tallies()): Upload[] {
  const watcher: Watcher = {
    moved: (upload, from, by) => tallies.moved(upload, from, by),
    progressed: (upload, bytes) => tallies.progressed(upload, bytes),
    noted: () => {},
  };
  return sizes.map((size, i) => {
    const upload = new Upload({ name: `${i}.jpg`, size, lastModified: 0 }, watcher);
    tallies.added(upload);
    return upload;
  });
}

test('whatever becomes of files, counts and bytes are those of the files', () => {
  const step = fc.record({
    of: fc.nat(9),
    what: fc.constantFrom('state', 'sent', 'remove', 'take'),
    state: fc.constantFrom(...STATES),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(fc.nat(5e9), { minLength: 10, maxLength: 10 }),
      fc.array(step, { maxLength: 60 }),
      (sizes, steps) => {
        const tallies = new Tallies();
        const left = new Set(uploadsOf(sizes, tallies));
        const all = [...left];
        for (const { of, what, state, share } of steps) {
          const upload = all[of];
          if (!upload) continue;
          if (what === 'state') upload.become(state);
          else if (what === 'sent') upload.sent = Math.floor(upload.bytes * share);
          else if (what === 'take')
            upload.take({ name: 'x', size: Math.floor(share * 1e9), lastModified: 1 });
          else if (left.delete(upload)) tallies.removed(upload);
        }
        for (const state of STATES)
          expect(tallies.count(state)).toBe([...left].filter((upload) => upload.state === state).length);
        const sum = (of: (upload: Upload) => number) => [...left].reduce((total, one) => total + of(one), 0);
        expect(tallies.bytes).toBe(sum((upload) => upload.counted));
        expect(tallies.dealt).toBe(sum((upload) => upload.dealt));
        expect(tallies.dealt).toBeLessThanOrEqual(tallies.bytes);
        tallies.close();
      },
    ),
  );
});

test('a file that is needed again or was called off is none of the work; one that failed is dealt with', () => {
  const tallies = new Tallies();
  const [needed, cancelled, failed, sending] = uploadsOf([1, 10, 100, 1000], tallies);
  needed?.become('needed');
  cancelled?.become('cancelled');
  failed?.become('failed');
  sending?.become('sending');
  if (sending) sending.sent = 400;
  expect(tallies.bytes).toBe(1100);
  expect(tallies.dealt).toBe(500);
  tallies.close();
});

test('problems are found first, then what moves, then what waits, then what is done', () => {
  const tallies = new Tallies();
  const [ready, waiting, sending, failed] = uploadsOf([1, 1, 1, 1], tallies);
  ready?.become('ready');
  sending?.become('sending');
  failed?.become('failed');
  expect(tallies.first(10)).toEqual([failed, sending, waiting, ready]);
  expect(tallies.first(2)).toEqual([failed, sending]);
  tallies.close();
});

test('how long it takes is told from the last seconds, duplicates included, and not at once', () => {
  const tallies = new Tallies();
  const now = Date.now();
  const [sending, duplicate] = uploadsOf([10_000, 2000, 8000], tallies);
  tallies.begin(now - 5000);
  sending?.become('sending');
  expect(tallies.secondsLeft(now - 4500)).toBeUndefined();
  if (sending) sending.sent = 3000;
  duplicate?.become('duplicate');
  // 5000 of 20,000 bytes in five seconds.
  expect(Math.round(tallies.secondsLeft(now) ?? 0)).toBe(15);
  expect(Math.round(tallies.speed(now) ?? 0)).toBe(600);
  tallies.close();
});

test('whoever draws is told four times a second at most, and always of the last change', async () => {
  let told = 0;
  const tallies = new Tallies(() => told++);
  const all = uploadsOf(
    Array.from({ length: 1000 }, () => 1),
    tallies,
  );
  for (const upload of all) {
    upload.become('hashing');
    upload.become('ready');
  }
  await expect.poll(() => told).toBe(1);
  all[0]?.become('failed');
  await expect.poll(() => told).toBe(2);
  tallies.close();
});
