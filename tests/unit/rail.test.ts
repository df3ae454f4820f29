// The rail of dates and the steps of density: what leads where, and how much of it there is.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aheadOf, rowHeightOf, spacingOf, STEPS } from '../../src/grid/density.ts';
import { layoutOf } from '../../src/grid/layout.ts';
import { monthAt, monthsOf, nearestDay, yearLabels, yearOf, yearsFrom } from '../../src/grid/months.ts';
import { boxesBetween, headingsOf, photosBetween } from '../../src/grid/near.ts';
import { successorOf } from '../../src/grid/successor.ts';

const dayNumber = (text: string): number => Date.parse(text) / 86_400_000;
const monthText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 7);

const anyDays = fc.array(fc.nat(9000), { minLength: 1, maxLength: 200 }).map((ages) =>
  Int32Array.from(
    ages.toSorted((a, b) => a - b),
    (age) => dayNumber('2026-11-20') - age,
  ),
);
const layoutFor = (days: Int32Array, step = 2) =>
  layoutOf(
    { days, ratios: new Float32Array(days.length).fill(1.5) },
    { width: 1200, rowHeight: 220, ...spacingOf(step, 1200) },
  );

test('the rail knows every month with photos once, where its heading is', () => {
  fc.assert(
    fc.property(anyDays, fc.constantFrom(0, 2), (days, step) => {
      const layout = layoutFor(days, step);
      const headings = headingsOf(layout, boxesBetween(layout, 0, days.length));
      const months = headings.filter(({ kind }) => kind === 'month');
      expect(monthsOf(layout)).toEqual(months.map(({ day, y }) => ({ day, y })));
    }),
  );
});

test('a place in the timeline belongs to the month whose heading is the last above it', () => {
  fc.assert(
    fc.property(anyDays, fc.integer({ min: -500, max: 20_000 }), (days, y) => {
      const months = monthsOf(layoutFor(days));
      expect(monthAt(months, y)).toBe(
        Math.max(
          0,
          months.findLastIndex((month) => month.y <= y),
        ),
      );
    }),
  );
});

test('years on the rail never overlap, and the newest is always named', () => {
  fc.assert(
    fc.property(anyDays, fc.integer({ min: 1, max: 2000 }), (days, height) => {
      const layout = layoutFor(days);
      const months = monthsOf(layout);
      const labels = yearLabels(months, (y) => (y / layout.total) * height, 32);
      expect(labels[0]?.text).toBe(String(yearOf(days[0] as number)));
      for (const [i, { at, text }] of labels.entries()) {
        const next = labels[i + 1];
        expect(!next || (next.at - at >= 32 && Number(next.text) < Number(text))).toBe(true);
      }
    }),
  );
});

test('with room for all, every year is named', () => {
  const days = Int32Array.from(['2026-01-02', '2025-05-05', '2025-01-01', '2019-12-31'], dayNumber);
  const labels = yearLabels(monthsOf(layoutFor(days)), (y) => y * 10, 32);
  expect(labels.map(({ text }) => text)).toEqual(['2026', '2025', '2019']);
});

describe('a year on', () => {
  const months = monthsOf(
    layoutFor(
      Int32Array.from(['2026-03-09', '2026-01-02', '2025-03-05', '2021-07-01', '2020-12-31'], dayNumber),
    ),
  );
  test('is the same month, or the next one there is; never where one is already', () => {
    const at = (index: number) => monthText(months[index]?.day ?? Number.NaN);
    expect(at(yearsFrom(months, 0, 1))).toBe('2025-03');
    expect(at(yearsFrom(months, 1, 1))).toBe('2021-07');
    expect(at(yearsFrom(months, 2, 1))).toBe('2021-07');
    expect(at(yearsFrom(months, 4, 1))).toBe('2020-12');
    expect(at(yearsFrom(months, 4, -1))).toBe('2021-07');
    expect(at(yearsFrom(months, 3, -1))).toBe('2025-03');
    expect(at(yearsFrom(months, 0, -1))).toBe('2026-03');
  });
});

test('a date leads to the first photo of the nearest day', () => {
  fc.assert(
    fc.property(anyDays, fc.integer({ min: -100, max: 9100 }), (days, age) => {
      const wanted = dayNumber('2026-11-20') - age;
      const found = nearestDay(days, wanted);
      const distance = Math.min(...days.map((day) => Math.abs(day - wanted)));
      const day = days[found] as number;
      expect(Math.abs(day - wanted)).toBe(distance);
      expect(days.indexOf(day)).toBe(found);
    }),
  );
  expect(nearestDay(new Int32Array(), 1)).toBe(-1);
});

describe('the photo after one that is gone', () => {
  const list = (text: string) => ({
    length: text.length,
    idAt: (index: number) => text[index] as never,
    indexOf: (photoId: string) => text.indexOf(photoId),
  });
  test('is the next of those that stayed, or the one before', () => {
    expect(successorOf(list('abcdef'), 2, list('abdef'))).toBe(2);
    expect(successorOf(list('abcdef'), 2, list('abf'))).toBe(2);
    expect(successorOf(list('abcdef'), 4, list('xabc'))).toBe(3);
    expect(successorOf(list('abc'), 1, list('zabc'))).toBe(2);
    expect(successorOf(list('abc'), 1, list(''))).toBe(-1);
  });
});

test('on no screen and in no step more photos are drawn than a browser takes lightly', () => {
  const screens: [number, number][] = [
    [360, 740],
    [768, 1024],
    [1300, 900],
    [2412, 1440],
    [3700, 2160],
  ];
  for (const [width, height] of screens) {
    for (let step = 0; step < STEPS; step++) {
      const rowHeight = rowHeightOf(step, width, height);
      const days = new Int32Array(5000).fill(20_000);
      const layout = layoutOf(
        { days, ratios: Float32Array.from(days, (_, i) => [1.33, 0.75, 1.5][i % 3] as number) },
        { width, rowHeight, ...spacingOf(step, width) },
      );
      const ahead = aheadOf(rowHeight, width, height) * height;
      const [first, end] = photosBetween(layout, 20_000 - ahead, 20_000 + height + ahead);
      expect(end - first, `${width} x ${height}, step ${step}`).toBeLessThanOrEqual(140);
      expect(end - first).toBeGreaterThan(4);
    }
  }
});
