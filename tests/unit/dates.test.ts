// Dates corrected by hand: by the clock on the wall, and back again without a second lost.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inZone, minutesOf, setTo, shifted, zoneAhead, zoneOf } from '../../src/library/dates.ts';
import { localTime, wallClock } from '../../src/schema/time.ts';
import { localTimes } from './schema-arbitraries.ts';

const zones = fc.integer({ min: -14 * 60, max: 14 * 60 }).map(zoneAhead);
const spans = fc
  .integer({ min: -50 * 365 * 86_400, max: 50 * 365 * 86_400 })
  .map((seconds) => seconds * 1000);

test('a shifted clock shows exactly so much more, keeps fraction and zone, and shifts back', () => {
  fc.assert(
    fc.property(localTimes, spans, (time, span) => {
      const moved = shifted(time, span);
      if (moved === undefined) return;
      expect(localTime(moved)).toBe(moved);
      expect(wallClock(moved) - wallClock(time)).toBe(span);
      expect(moved.slice(19)).toBe(time.slice(19));
      expect(shifted(moved, -span)).toBe(time);
    }),
  );
});

test('no summer time gets in the way: an hour is an hour, in the night the clocks change too', () => {
  expect(shifted('2021-03-28T01:30:00', 3_600_000)).toBe('2021-03-28T02:30:00');
  expect(shifted('2021-10-31T02:30:00+02:00', 3_600_000)).toBe('2021-10-31T03:30:00+02:00');
});

test('a clock that was a year and a day wrong is put right, leap days included', () => {
  expect(shifted('2020-02-29T12:00:00.5Z', -366 * 86_400_000)).toBe('2019-02-28T12:00:00.5Z');
});

test('there is no shifting out of the years a row can hold', () => {
  expect(shifted('9999-12-31T23:59:59', 1000)).toBeUndefined();
  expect(shifted('0000-01-01T00:00:00', -1000)).toBeUndefined();
  expect(shifted('2020-01-01T00:00:00', 1e20)).toBeUndefined();
});

test('shifts of photos keep their order', () => {
  fc.assert(
    fc.property(localTimes, localTimes, spans, (a, b, span) => {
      const [first, second] = [shifted(a, span), shifted(b, span)];
      if (first === undefined || second === undefined) return;
      expect(Math.sign(wallClock(first) - wallClock(second))).toBe(Math.sign(wallClock(a) - wallClock(b)));
    }),
  );
});

test('a zone is written as it is read', () => {
  fc.assert(
    fc.property(fc.integer({ min: -14 * 60, max: 14 * 60 }), (minutes) => {
      expect(minutesOf(zoneAhead(minutes))).toBe(minutes);
    }),
  );
  expect(minutesOf('Z')).toBe(0);
  expect(zoneOf('2020-01-01T00:00:00.5-03:30')).toBe('-03:30');
  expect(zoneOf('2020-01-01T00:00:00.5')).toBeUndefined();
});

test('a clock that was right stays when its zone is set; one of home is moved, and the moment stays', () => {
  expect(inZone('2020-01-01T12:00:00.5', '+09:00', false)).toBe('2020-01-01T12:00:00.5+09:00');
  expect(inZone('2020-01-01T12:00:00+01:00', '+09:00', true)).toBe('2020-01-01T20:00:00+09:00');
  expect(inZone('2020-01-01T12:00:00+01:00', undefined, true)).toBe('2020-01-01T12:00:00');
  fc.assert(
    fc.property(localTimes, zones, fc.boolean(), (time, zone, move) => {
      const there = inZone(time, zone, move);
      if (there === undefined) return;
      expect(localTime(there)).toBe(there);
      expect(zoneOf(there)).toBe(zone);
      const moment = (local: string) => Date.parse(local.replace(/\.\d+/, ''));
      const stays = move && zoneOf(time) ? moment : wallClock;
      expect(stays(there)).toBe(stays(time));
    }),
  );
});

test('a date that is set keeps the time of day and the zone, a time that is set the zone', () => {
  expect(setTo('2020-01-01T12:34:56.5+01:00', '1999-12-31')).toBe('1999-12-31T12:34:56.5+01:00');
  expect(setTo('2020-01-01T12:34:56.5+01:00', '1999-12-31', '07:08')).toBe('1999-12-31T07:08:00+01:00');
  expect(setTo('2020-01-01T12:34:56', '1999-12-31', '07:08:09')).toBe('1999-12-31T07:08:09');
});

test.each(['2021-02-29', '2021-13-01', '', 'yesterday'])('there is no %s', (date) => {
  expect(setTo('2020-01-01T12:34:56', date)).toBeUndefined();
  expect(setTo('2020-01-01T12:34:56', date, '10:00')).toBeUndefined();
});
