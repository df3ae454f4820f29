// The grid's rows: what anybody can see of them, for any photos and any width.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOf, type Layout, type LayoutOptions, type Placeables } from '../../src/grid/layout.ts';
import { boxesBetween, boxOf, headingsOf, monthOver, photosBetween, type Box } from '../../src/grid/near.ts';
import { neighborOf } from '../../src/grid/neighbor.ts';
import { headingId, rowsOf, tileId } from '../../src/grid/rows.ts';
import { placeOf, reachOf, rowsPlaceOf, TALLEST } from '../../src/grid/reach.ts';

const OPTIONS: LayoutOptions = {
  width: 1200,
  rowHeight: 220,
  gap: 4,
  dayGap: 16,
  dayBand: 36,
  monthBand: 56,
};

const dayNumber = (text: string): number => Date.parse(text) / 86_400_000;
const monthText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 7);
const placeables = (photos: readonly { day: number; ratio: number }[]): Placeables => ({
  days: Int32Array.from(photos, ({ day }) => day),
  ratios: Float32Array.from(photos, ({ ratio }) => ratio),
});
const ofOneDay = (count: number, ratioOf: (i: number) => number): Placeables =>
  placeables(Array.from({ length: count }, (_, i) => ({ day: dayNumber('2026-11-20'), ratio: ratioOf(i) })));

const anyPhotos = fc
  .array(fc.record({ age: fc.nat(900), ratio: fc.double({ min: 0.01, max: 100, noNaN: true }) }), {
    maxLength: 200,
  })
  .map((list) =>
    placeables(
      list
        .toSorted((a, b) => a.age - b.age)
        .map(({ age, ratio }) => ({ day: dayNumber('2026-11-20') - age, ratio })),
    ),
  );
const anyWidth = fc.integer({ min: 240, max: 3000 });

const all = (layout: Layout): Box[] => boxesBetween(layout, 0, layout.days.length);
const boxes = (layout: Layout) =>
  all(layout).map(({ x, y, width, height }) => ({ x, y, right: x + width, bottom: y + height }));
const boxAt = (layout: Layout, index: number): Box => boxOf(layout, index) as Box;

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
  const layout = layoutOf(
    ofOneDay(40, () => 1.5),
    OPTIONS,
  );
  for (let row = 0; row < layout.rowTop.length - 1; row++) {
    const last = (layout.rowStart[row + 1] as number) - 1;
    const { x, width } = boxAt(layout, last);
    expect(x + width).toBeCloseTo(1200, 0);
  }
});

test('every photo is under its month and its day, and headings count right', () => {
  fc.assert(
    fc.property(anyPhotos, anyWidth, (photos, width) => {
      const layout = layoutOf(photos, { ...OPTIONS, width });
      const headings = headingsOf(layout, all(layout));
      for (const kind of ['month', 'day'] as const) {
        const own = headings.filter((heading) => heading.kind === kind);
        expect(own.reduce((sum, { count }) => sum + count, 0)).toBe(photos.days.length);
        const names = own.map(({ day }) => (kind === 'month' ? monthText(day) : day));
        expect(new Set(names).size).toBe(names.length);
        for (const { y, index, day } of own) {
          expect(y).toBeLessThan(boxAt(layout, index).y);
          expect(photos.days[index]).toBe(day);
        }
      }
    }),
  );
});

test('headings near the screen are just those that the whole timeline has there', () => {
  fc.assert(
    fc.property(anyPhotos, fc.integer({ min: -500, max: 20_000 }), (photos, top) => {
      const layout = layoutOf(photos, OPTIONS);
      const [first, end] = photosBetween(layout, top, top + 900);
      const near = headingsOf(layout, boxesBetween(layout, first, end));
      const whole = headingsOf(layout, all(layout));
      expect(near).toEqual(whole.filter(({ index }) => index >= first && index < end));
    }),
  );
});

test('photos far down in a month still have the heading of that month', () => {
  fc.assert(
    fc.property(anyPhotos, fc.integer({ min: -500, max: 20_000 }), (photos, top) => {
      const layout = layoutOf(photos, OPTIONS);
      const [first, end] = photosBetween(layout, top, top + 900);
      const near = headingsOf(layout, boxesBetween(layout, first, end));
      const months = headingsOf(layout, all(layout)).filter(({ kind }) => kind === 'month');
      const month = months.findLast(({ index }) => index <= first);
      const found = monthOver(layout, near, first);
      expect(found).toEqual(month?.index === first ? undefined : month);
    }),
  );
});

test('a screen reader is told of every heading and photo once, each photo below its day', () => {
  fc.assert(
    fc.property(anyPhotos, anyWidth, (photos, width) => {
      const layout = layoutOf(photos, { ...OPTIONS, width });
      const placed = all(layout);
      const headings = headingsOf(layout, placed);
      const rows = rowsOf(
        layout,
        headings,
        placed.map((box) => ({ box, photoId: String(box.index) })),
      );
      expect(rows.map(({ row }) => row)).toEqual([...layout.rowTop.keys()]);
      const cells = rows.flatMap((row) => row.cells.split(' '));
      const expected = placed.flatMap(({ index }) => [
        ...headings.filter((heading) => heading.index === index).map(headingId),
        tileId(String(index)),
      ]);
      expect(cells).toEqual(placed.length > 0 ? expected : []);
    }),
  );
});

test('a row of a few photos is not blown up', () => {
  const layout = layoutOf(
    ofOneDay(1, () => 0.5),
    OPTIONS,
  );
  expect(boxAt(layout, 0).height).toBe(220);
});

test('an empty library takes no room', () => {
  const layout = layoutOf(placeables([]), OPTIONS);
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
    ofOneDay(30, (i) => 1 + (i % 3) / 2),
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
    expect(boxAt(layout, below).y).toBeGreaterThan(boxAt(layout, 2).y);
    expect(boxAt(layout, neighborOf(layout, below, 'ArrowUp')).y).toBe(boxAt(layout, 2).y);
    expect(neighborOf(layout, 0, 'ArrowUp')).toBe(0);
  });
});

test('a photo whose shape nobody knows is laid out as a square, not as nothing', () => {
  const layout = layoutOf(
    ofOneDay(3, (i) => [0, Number.NaN, 1][i] as number),
    OPTIONS,
  );
  expect(all(layout).map(({ width }) => Math.round(width))).toEqual([220, 220, 220]);
});

describe('a timeline taller than browsers draw', () => {
  const total = fc.double({ min: 1, max: 1e9, noNaN: true });
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test('has an element that they do draw, and every place of it stands for a place in the rows, and back', () => {
    fc.assert(
      fc.property(total, share, (tall, at) => {
        expect(reachOf(tall)).toBeLessThanOrEqual(TALLEST);
        const place = placeOf(tall, tall * at);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThanOrEqual(reachOf(tall) + 0.01);
        expect(Math.abs(rowsPlaceOf(tall, place) - tall * at)).toBeLessThan(0.01);
      }),
    );
  });

  test('goes on in one direction only', () => {
    fc.assert(
      fc.property(total, share, share, (tall, a, b) => {
        fc.pre(a < b);
        expect(placeOf(tall, tall * a)).toBeLessThanOrEqual(placeOf(tall, tall * b));
      }),
    );
  });

  test('begins and ends with the element, pixel by pixel', () => {
    for (const tall of [5000, TALLEST, 40_000_000]) {
      for (const near of [0, 1, 5000]) {
        expect(placeOf(tall, near)).toBe(near);
        expect(placeOf(tall, tall - near)).toBeCloseTo(reachOf(tall) - near, 6);
      }
    }
  });

  test('keeps whole pixels far down, so that gaps stay even', () => {
    const layout = layoutOf(
      ofOneDay(2000, (i) => 0.7 + (i % 7) / 5),
      OPTIONS,
    );
    for (const { y, height } of all(layout)) expect([y % 1, height % 1]).toEqual([0, 0]);
  });
});
