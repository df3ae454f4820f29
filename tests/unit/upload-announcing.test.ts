// What is said aloud of uploads: not so much that one would turn it off, and nothing that matters late.
import { expect, test } from 'vitest';
import { Announcing } from '../../src/upload/announcing.ts';

test('how far thousands of uploads are is said now and then, not with every photo', () => {
  const announcing = new Announcing();
  const said: string[] = [];
  for (let now = 0; now < 120_000; now += 100) {
    const next = announcing.next(`${now / 100} of 1,200 safe`, 'busy', now);
    if (next !== undefined) said.push(next);
  }
  expect(said).toEqual(['0 of 1,200 safe', '300 of 1,200 safe', '600 of 1,200 safe', '900 of 1,200 safe']);
});

test('a pause, a lost connection and the end are said at once', () => {
  const announcing = new Announcing();
  expect(announcing.next('0 of 2 safe', 'busy', 0)).toBe('0 of 2 safe');
  expect(announcing.next('1 of 2 safe', 'busy', 10)).toBeUndefined();
  expect(announcing.next('1 of 2 safe, paused', 'paused', 20)).toBe('1 of 2 safe, paused');
  expect(announcing.next('1 of 2 safe', 'busy', 30)).toBe('1 of 2 safe');
  expect(announcing.next('2 photos are safe', 'over 2 0', 40)).toBe('2 photos are safe');
  expect(announcing.next('2 photos are safe', 'over 2 0', 50)).toBeUndefined();
});
