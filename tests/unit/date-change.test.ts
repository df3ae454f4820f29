// The form of dates: what each of its ways makes of a photo's time, and what it shows before that is saved.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedTime, endsOf, zonesFor } from '../../src/editing/date-change.ts';
import { wallClock } from '../../src/schema/time.ts';
import { localTimes } from './schema-arbitraries.ts';

const one = { taken: '2021-06-03T18:20:00+02:00', measured: '2020-01-01T00:00:00' };

test('each way does what it says', () => {
  expect(changedTime(one, { way: 'set', date: '1999-12-31' })).toBe('1999-12-31T18:20:00+02:00');
  expect(changedTime(one, { way: 'set', date: '1999-12-31', time: '07:08', zone: '' })).toBe(
    '1999-12-31T07:08:00',
  );
  expect(changedTime(one, { way: 'set', date: '1999-12-31', zone: '+09:00' })).toBe(
    '1999-12-31T18:20:00+09:00',
  );
  expect(changedTime(one, { way: 'shift', milliseconds: -3_600_000 })).toBe('2021-06-03T17:20:00+02:00');
  expect(changedTime(one, { way: 'zone', zone: '+09:00', move: true })).toBe('2021-06-04T01:20:00+09:00');
  expect(changedTime(one, { way: 'zone', zone: '', move: false })).toBe('2021-06-03T18:20:00');
  expect(changedTime(one, { way: 'back' })).toBe('2020-01-01T00:00:00');
});

test.each(['', '2021-02-30', '99999-01-01'])('there is no date %s', (date) => {
  expect(changedTime(one, { way: 'set', date })).toBeUndefined();
});

test('the first and the last are those of the wall clock', () => {
  expect(endsOf([])).toBeUndefined();
  fc.assert(
    fc.property(fc.array(localTimes, { minLength: 1 }), (times) => {
      const walls = times.map(wallClock);
      expect(endsOf(times)?.map(wallClock)).toEqual([Math.min(...walls), Math.max(...walls)]);
    }),
  );
});

test('zones to choose from go from west to east, with unusual ones of the photos themselves', () => {
  const zones = zonesFor(['2020-01-01T00:00:00+00:37', '2020-01-01T00:00:00Z', '2020-01-01T00:00:00']);
  expect(zones).toContain(37);
  expect(zones).toEqual([...new Set(zones)].toSorted((a, b) => a - b));
});
