// Work on very many things: done in pieces between which the page lives on, and stopped when nobody wants it any more.
import { afterEach, expect, test, vi } from 'vitest';
import { breather, inSlices, upTo } from '../../src/library/slices.ts';

/** A millisecond for each look at the clock. */
function ticking(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now++);
}

afterEach(() => vi.restoreAllMocks());

test('each is done once and in order, and others get a turn in between', async () => {
  ticking();
  const done: number[] = [];
  const turns: number[] = [];
  const work = inSlices(upTo(10_000), (one) => done.push(one));
  const timer = setInterval(() => turns.push(done.length));
  await work;
  clearInterval(timer);
  expect(done).toEqual([...upTo(10_000)]);
  expect(turns.length).toBeGreaterThan(5);
});

test('a few are done at once', () => {
  const done: number[] = [];
  void inSlices([1, 2, 3], (one) => done.push(one));
  expect(done).toEqual([1, 2, 3]);
});

test('what is not wanted any more goes no further', async () => {
  ticking();
  const leaving = new AbortController();
  let done = 0;
  const work = inSlices(upTo(1e9), () => ++done === 5000 && leaving.abort(new Error('gone')), leaving.signal);
  await expect(work).rejects.toThrow('gone');
  expect(done).toBeLessThan(10_000);
  await expect(inSlices([1], () => done++, leaving.signal)).rejects.toThrow('gone');
});

test('quick work is never told to rest', () => {
  vi.spyOn(performance, 'now').mockReturnValue(0);
  const breath = breather();
  expect(Array.from(upTo(1000), breath).filter(Boolean)).toEqual([]);
});
