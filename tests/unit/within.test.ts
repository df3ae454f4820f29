// Waiting for work, but not for ever.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { within } from '../../src/library/within.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what is done in time is given, and no timer is left behind', async () => {
  expect(await within(Promise.resolve('done'), 1000)).toBe('done');
  expect(vi.getTimerCount()).toBe(0);
});

test('what takes longer is not waited for', async () => {
  const waited = within(new Promise<string>(() => {}), 1000);
  await vi.advanceTimersByTimeAsync(999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await waited).toBeUndefined();
});

test('what fails in time fails, and no timer is left behind', async () => {
  await expect(within(Promise.reject(new Error('broken')), 1000)).rejects.toThrow('broken');
  expect(vi.getTimerCount()).toBe(0);
});

test('what fails later troubles nobody', async () => {
  const work = new Promise<string>((_resolve, reject) => {
    setTimeout(() => reject(new Error('broken')), 2000);
  });
  const waited = within(work, 1000);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await waited).toBeUndefined();
  // A rejection that nobody handles would end the run.
  await vi.advanceTimersByTimeAsync(1000);
});
