// How many files are sent at once, and how fast that is: learned from what gets through.
import { expect, test } from 'vitest';
import { Fifo } from '../../src/upload/fifo.ts';
import { Pace, placesOf } from '../../src/upload/pace.ts';
import { Speed } from '../../src/upload/speed.ts';

const MB = 1e6;

/** Sends files of a megabyte for so long over a line that carries `megabytes(limit)` in a second; gives the limits it went through. */
function run(pace: Pace, seconds: number, megabytes: (limit: number) => number, from = 0): number[] {
  const limits: number[] = [];
  for (let now = from; now < from + seconds * 1000; now += 500) {
    const bytes = (megabytes(pace.limit) * MB) / 2;
    pace.sent(bytes, now);
    pace.arrived(now, true);
    limits.push(pace.limit);
  }
  return limits;
}

test('a line that carries more with more files at once is given all six', () => {
  const pace = new Pace();
  run(pace, 30, (limit) => limit);
  expect(pace.limit).toBe(6);
});

test('a line that is full is not pressed further: one more is tried and taken back', () => {
  const pace = new Pace();
  const limits = run(pace, 120, () => 3);
  expect(Math.max(...limits)).toBe(5);
  expect(limits.filter((limit) => limit === 4).length).toBeGreaterThan(limits.length * 0.7);
});

test('a cloud that asks for patience gets half at most, never nothing, and more again after a while', () => {
  const pace = new Pace();
  run(pace, 30, (limit) => limit);
  pace.throttled(30_000);
  expect(pace.limit).toBe(3);
  pace.throttled(30_100);
  pace.throttled(30_200);
  pace.throttled(30_300);
  expect(pace.limit).toBe(1);
  run(pace, 20, (limit) => limit, 31_000);
  expect(pace.limit).toBe(1);
  run(pace, 60, (limit) => limit, 61_000);
  expect(pace.limit).toBeGreaterThan(4);
});

test('nothing is learned while there is not enough to send', () => {
  const pace = new Pace();
  for (let now = 0; now < 60_000; now += 500) {
    pace.sent(MB, now);
    pace.arrived(now, false);
  }
  expect(pace.limit).toBe(4);
});

test('large files go few at a time, and one alone always may, however little room there is', () => {
  const pace = new Pace();
  const large = placesOf(3e9);
  expect(placesOf(8 * MB)).toBe(1);
  expect(large).toBe(2);
  expect(pace.room(2, large)).toBe(true);
  expect(pace.room(3, large)).toBe(false);
  for (let i = 0; i < 5; i++) pace.throttled(0);
  expect(pace.room(0, large)).toBe(true);
  expect(pace.room(1, 1)).toBe(false);
});

test('speed is that of the last ten seconds', () => {
  const speed = new Speed();
  speed.begin(0);
  for (let now = 0; now <= 60_000; now += 100) speed.add(now < 40_000 ? MB : 2 * MB, now);
  expect((speed.perSecond(60_000) ?? 0) / (20 * MB)).toBeCloseTo(1, 1);
  expect(speed.perSecond(80_000)).toBe(0);
});

test('at the very beginning, and again after a rest, no speed is claimed', () => {
  const speed = new Speed();
  expect(speed.perSecond(0)).toBeUndefined();
  speed.begin(0);
  speed.add(MB, 500);
  expect(speed.perSecond(1000)).toBeUndefined();
  expect(speed.perSecond(4000)).toBe(MB / 4);
  speed.begin(10_000);
  expect(speed.perSecond(11_000)).toBeUndefined();
});

test('a long queue keeps its order, and those who are put first come first', () => {
  const fifo = new Fifo<number>();
  for (let i = 0; i < 50_000; i++) fifo.push(i);
  for (let i = 0; i < 30_000; i++) expect(fifo.shift() === i).toBe(true);
  fifo.unshift(-1);
  fifo.unshift(-2);
  fifo.push(50_000);
  expect(fifo.size).toBe(20_003);
  expect([fifo.shift(), fifo.shift(), fifo.shift()]).toEqual([-2, -1, 30_000]);
  for (let i = 30_001; i <= 50_000; i++) expect(fifo.shift() === i).toBe(true);
  expect(fifo.shift()).toBeUndefined();
  expect(fifo.size).toBe(0);
});
