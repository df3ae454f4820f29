// The grid's rows: what anybody can see of them, for any photos and any width.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  layoutOf,
  photosBetween,
  type Layout,
  type LayoutOptions,
  type Placeable,
} from '../../src/grid/layout.ts';
import { neighborOf } from '../../src/grid/neighbor.ts';

const OPTIONS: LayoutOptions = {
  width: 1200,
  rowHeight: 220,
  gap: 4,
  dayGap: 16,
  dayBand: 36,
  monthBand: 56,
};

const anyPhotos = fc
  .array(fc.record({ age: fc.nat(900), ratio: fc.double({ min: 0.01, max: 100, noNaN: true }) }), {
    maxLength: 200,
  })
  .map((list) =>
    list
      .toSorted((a, b) => a.age - b.age)
      .map(({ age, ratio }): Placeable => ({
        day: new Date(Date.UTC(2026, 10, 20) - age * 86_400_000).toISOString().slice(0, 10),
        ratio,
      })),
  );
const anyWidth = fc.integer({ min: 240, max: 3000 });

const boxes = (layout: Layout) =>
  Array.from(layout.x, (x, i) => ({
    x,
    y: layout.y[i] as number,
    right: x + (layout.width[i] as number),
    bottom: (layout.y[i] as number) + (layout.height[i] as number),
  }));

test('no photo overlaps another, and none leaves the grid', () => {
  fc.assert(
    fc.property(anyPhotos, anyWidth, (photos, width) => {
      const layout = layoutOf(photos, { ...OPTIONS, width });
      const placed = boxes(layout);
      for (const [i, box] of placed.entries()) {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(width + 1);
        expect(box.bottom).toBeLessThanOrEqual(layout.total + 1);
        const next = placed[i + 1];
        expect(!next || next.x >= box.right || next.y >= box.bottom).toBe(true);
      }
    }),
  );
});

test('full rows reach from edge to edge', () => {
  const photos = Array.from({ length: 40 }, () => ({ day: '2026-11-20', ratio: 1.5 }));
  const layout = layoutOf(photos, OPTIONS);
  for (let row = 0; row < layout.rowTop.length - 1; row++) {
    const last = (layout.rowStart[row + 1] as number) - 1;
    expect((layout.x[last] as number) + (layout.width[last] as number)).toBeCloseTo(1200, 0);
  }
});

test('every photo is under its month and its day, and headings count right', () => {
  fc.assert(
    fc.property(anyPhotos, anyWidth, (photos, width) => {
      const { headings, y } = layoutOf(photos, { ...OPTIONS, width });
      for (const kind of ['month', 'day'] as const) {
        const own = headings.filter((heading) => heading.kind === kind);
        expect(own.reduce((sum, { count }) => sum + count, 0)).toBe(photos.length);
        const names = own.map(({ day }) => (kind === 'month' ? day.slice(0, 7) : day));
        expect(new Set(names).size).toBe(names.length);
        for (const heading of own) expect(heading.y).toBeLessThan(y[heading.index] as number);
      }
    }),
  );
});

test('a row of a few photos is not blown up', () => {
  const layout = layoutOf([{ day: '2026-11-20', ratio: 0.5 }], OPTIONS);
  expect(layout.height[0]).toBe(220);
});

test('an empty library takes no room', () => {
  const layout = layoutOf([], OPTIONS);
  expect(layout.total).toBe(0);
  expect(photosBetween(layout, 0, 1000)).toEqual([0, 0]);
});

test('what is on the screen is always among the photos drawn', () => {
  fc.assert(
    fc.property(anyPhotos, fc.integer({ min: -500, max: 20_000 }), (photos, top) => {
      const layout = layoutOf(photos, OPTIONS);
      const bottom = top + 900;
      const [first, end] = photosBetween(layout, top, bottom);
      for (const [i, box] of boxes(layout).entries()) {
        const visible = box.bottom > top && box.y < bottom;
        expect(!visible || (i >= first && i < end)).toBe(true);
      }
    }),
  );
});

describe('arrow keys', () => {
  const layout = layoutOf(
    Array.from({ length: 30 }, (_, i) => ({ day: '2026-11-20', ratio: 1 + (i % 3) / 2 })),
    OPTIONS,
  );

  test('lead to the photo beside, and stop at the ends', () => {
    expect(neighborOf(layout, 3, 'ArrowRight')).toBe(4);
    expect(neighborOf(layout, 0, 'ArrowLeft')).toBe(0);
    expect(neighborOf(layout, 29, 'ArrowRight')).toBe(29);
    expect(neighborOf(layout, 12, 'Home')).toBe(0);
    expect(neighborOf(layout, 12, 'End')).toBe(29);
  });

  test('lead to the nearest photo of the row below, and back', () => {
    const below = neighborOf(layout, 2, 'ArrowDown');
    expect(layout.y[below]).toBeGreaterThan(layout.y[2] as number);
    expect(layout.y[neighborOf(layout, below, 'ArrowUp')]).toBe(layout.y[2]);
    expect(neighborOf(layout, 0, 'ArrowUp')).toBe(0);
  });
});
