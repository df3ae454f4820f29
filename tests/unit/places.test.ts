// The map of places: where things stand on it, which photos become one, and what is in sight.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClusterIndex } from '../../src/places/cluster-index.ts';
import type { Located } from '../../src/places/cluster-messages.ts';
import { nameOf, placeOf, roomFor, wholeNameOf } from '../../src/places/labels.ts';
import {
  between,
  boundsOf,
  clamped,
  fitting,
  latitudeOf,
  longitudeOf,
  MAX_ZOOM,
  minZoomOf,
  offsetOf,
  panned,
  read,
  widthOf,
  written,
  xOf,
  yOf,
  zoomed,
  type View,
} from '../../src/places/mercator.ts';
import { within, type Points } from '../../src/places/points.ts';

const SIZE = { width: 900, height: 600 };
const anyLongitude = fc.double({ min: -180, max: 179.999, noNaN: true });
const anyLatitude = fc.double({ min: -85, max: 85, noNaN: true });
const anyView: fc.Arbitrary<View> = fc
  .record({
    x: fc.double({ min: 0, max: 0.9999, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
    zoom: fc.double({ min: 0, max: 18, noNaN: true }),
  })
  .map((view) => clamped(view, SIZE));
const px = fc.double({ min: -400, max: 400, noNaN: true });

/** Photos of Munich, unless told otherwise. */
const located = (places: readonly (readonly [number, number, number?, number?])[]): Located => ({
  xs: Float32Array.from(places, ([, longitude]) => xOf(longitude)),
  ys: Float32Array.from(places, ([latitude]) => yOf(latitude)),
  towns: Uint32Array.from(places, ([, , town = 1]) => town),
  countries: Uint32Array.from(places, ([, , , country = 2]) => country),
});
const pointsOf = (places: readonly (readonly [number, number, number?, number?])[]): Points => ({
  ...located(places),
  references: Uint32Array.from(places, (_, i) => 1000 + i),
  places: [],
  without: 0,
});
const WORLD = { west: 0, east: 1, north: 0, south: 1 };

describe('the map', () => {
  test('shows every place where it is, and finds it there again', () => {
    fc.assert(
      fc.property(anyLongitude, anyLatitude, (longitude, latitude) => {
        expect(longitudeOf(xOf(longitude))).toBeCloseTo(longitude, 6);
        expect(latitudeOf(yOf(latitude))).toBeCloseTo(latitude, 6);
      }),
    );
    expect([yOf(90), yOf(-90), yOf(0)]).toEqual([expect.closeTo(0), expect.closeTo(1), 0.5]);
  });

  test('never shows what is beyond the poles, nor the world twice, nor nearer than there is anything', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const { west, east, north, south } = boundsOf(view, SIZE);
        expect(east - west).toBeLessThanOrEqual(1 + 1e-9);
        expect(north).toBeGreaterThanOrEqual(-1e-9);
        expect(south).toBeLessThanOrEqual(1 + 1e-9);
        expect(view.zoom).toBeGreaterThanOrEqual(minZoomOf(SIZE));
        expect(view.zoom).toBeLessThanOrEqual(MAX_ZOOM);
      }),
    );
    // On a tall screen there is more room than world.
    expect(clamped({ x: 0.5, y: 0.1, zoom: 0 }, { width: 300, height: 900 }).y).toBe(0.5);
  });

  test('follows the finger, and what is below it stays there while it zooms', () => {
    fc.assert(
      fc.property(anyView, px, px, fc.double({ min: 0, max: 16, noNaN: true }), (view, dx, dy, zoom) => {
        const under = { x: view.x + dx / widthOf(view.zoom), y: view.y + dy / widthOf(view.zoom) };
        const after = offsetOf(zoomed(view, SIZE, zoom, dx, dy), under);
        expect(after.x).toBeCloseTo(dx, 3);
        expect(after.y).toBeCloseTo(dy, 3);
        const moved = offsetOf(panned(view, dx, dy), view);
        expect(moved.x).toBeCloseTo(dx, 3);
        expect(moved.y).toBeCloseTo(dy, 3);
      }),
    );
  });

  test('goes round the world the short way', () => {
    const fiji = { x: xOf(178), y: 0.5, zoom: 5 };
    const samoa = { x: xOf(-172), y: 0.5, zoom: 5 };
    expect(offsetOf(fiji, samoa).x).toBeCloseTo((10 / 360) * widthOf(5), 3);
    expect(longitudeOf(between(fiji, samoa, 0.5).x)).toBeCloseTo(-177, 6);
    fc.assert(
      fc.property(anyView, anyView, (from, to) => {
        expect(offsetOf(between(from, to, 0), from).x).toBeCloseTo(0, 2);
        const arrived = offsetOf(between(from, to, 1), to);
        expect(Math.hypot(arrived.x, arrived.y)).toBeLessThan(0.01);
      }),
    );
  });

  test('begins so that all photos are in sight, those on both sides of the date line together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyLatitude, anyLongitude), { minLength: 1, maxLength: 20 }),
        (places) => {
          const { xs, ys } = located(places);
          const view = fitting(xs, ys, SIZE) as View;
          const { zoom } = view;
          // From minZoom on, the world is as wide as the map: more does not fit.
          fc.pre(zoom > minZoomOf(SIZE) + 0.01);
          for (const [i, x] of xs.entries()) {
            const at = offsetOf(view, { x, y: ys[i] as number });
            expect(Math.abs(at.x)).toBeLessThanOrEqual(SIZE.width / 2);
            expect(Math.abs(at.y)).toBeLessThanOrEqual(SIZE.height / 2);
          }
        },
      ),
    );
    const { xs, ys } = located([
      [-17, 178],
      [-14, -172],
    ]);
    const view = fitting(xs, ys, SIZE);
    expect(longitudeOf(view?.x ?? 0)).toBeCloseTo(-177, 1);
    expect(view?.zoom).toBeGreaterThan(4);
    expect(fitting(new Float32Array(), new Float32Array(), SIZE)).toBeUndefined();
  });

  test('has an address that leads back to it; one that is none leads nowhere', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const back = read(written(view)) as View;
        const at = offsetOf({ ...view, zoom: back.zoom }, back);
        expect(Math.hypot(at.x, at.y)).toBeLessThan(3);
        expect(written(back)).toBe(written(view));
      }),
    );
    for (const text of [
      undefined,
      '',
      '1,2',
      '91,0,3',
      '0,181,3',
      '1e1,2,3',
      '1,2,3,4',
      'NaN,0,1',
      '0,0,<b>',
    ])
      expect(read(text)).toBeUndefined();
  });
});

describe('photos on the map', () => {
  test('are all there at every zoom, each in one mark', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyLatitude, anyLongitude), { maxLength: 60 }),
        fc.integer({ min: 0, max: MAX_ZOOM }),
        (places, zoom) => {
          const index = new ClusterIndex(located(places));
          const marks = index.within(WORLD, zoom);
          expect(marks.reduce((sum, { count }) => sum + count, 0)).toBe(places.length);
          const all = marks.flatMap(({ id, newest }) => (id < 0 ? [newest] : [...index.pointsOf(id)]));
          expect(all.toSorted((a, b) => a - b)).toEqual(places.map((_, i) => i));
          for (const { id, newest } of marks)
            expect(newest).toBe(id < 0 ? newest : Math.min(...index.pointsOf(id)));
          expect(marks.every(({ id, count }) => id >= 0 === count > 1)).toBe(true);
        },
      ),
    );
  });

  test('near each other are one mark until one comes near; of one spot they always are', () => {
    const index = new ClusterIndex(
      located([
        [48.137, 11.575],
        [48.2, 11.6],
        [59.9, 10.7],
        [59.9, 10.7],
      ]),
    );
    const two = index.within(WORLD, 5).find(({ y }) => y > yOf(55));
    expect(two?.count).toBe(2);
    const parting = index.partingZoom(two?.id ?? 0);
    expect(index.within(WORLD, parting).filter(({ y }) => y > yOf(55))).toHaveLength(2);
    const spot = index.within(WORLD, MAX_ZOOM).find(({ y }) => y < yOf(55));
    expect(spot?.count).toBe(2);
    expect(index.partingZoom(spot?.id ?? 0)).toBeGreaterThan(MAX_ZOOM);
  });

  test('on both sides of the date line are found from either', () => {
    const index = new ClusterIndex(
      located([
        [0, 179],
        [0, -179],
      ]),
    );
    const bounds = { west: xOf(170), east: xOf(190), north: 0.4, south: 0.6 };
    expect(index.within(bounds, 8)).toHaveLength(2);
    expect(index.within({ ...bounds, west: xOf(-190), east: xOf(-170) }, 8)).toHaveLength(2);
    expect(index.within({ ...bounds, west: xOf(-10), east: xOf(10) }, 8)).toHaveLength(0);
  });

  test('are named after the town of most of them, else after the country, else not at all', () => {
    const markOf = (towns: readonly (readonly [number, number])[]) =>
      new ClusterIndex(located(towns.map(([town, country]) => [48, 11, town, country]))).within(WORLD, 3)[0];
    expect(
      markOf([
        [3, 2],
        [3, 2],
        [3, 2],
        [4, 2],
      ]),
    ).toMatchObject({ town: 3, country: 2 });
    expect(
      markOf([
        [3, 2],
        [4, 2],
        [5, 2],
      ]),
    ).toMatchObject({ town: 0, country: 2 });
    expect(
      markOf([
        [3, 1],
        [4, 2],
        [5, 6],
      ]),
    ).toMatchObject({ town: 0, country: 0 });
    const places = [undefined, { country: 'DE' }, { country: 'DE', region: 'Bavaria', city: 'Munich' }];
    expect(placeOf({ town: 2, country: 1 }, places)).toBe(places[2]);
    expect(placeOf({ town: 0, country: 1 }, places)).toBe(places[1]);
    expect(placeOf({ town: 0, country: 0 }, places)).toBeUndefined();
    expect(nameOf({ country: 'DE', city: 'Munich' })).toBe('Munich');
    expect(nameOf({ country: 'DE' })).toBe('Germany');
    expect(wholeNameOf({ country: 'DE', region: 'Bavaria', city: 'Munich' })).toBe('Munich, Germany');
    expect(wholeNameOf({ country: 'SG', city: 'Singapore' })).toBe('Singapore');
  });

  test('in sight are those within its bounds, however often one went round the world', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyLatitude, anyLongitude), { maxLength: 40 }),
        anyView,
        fc.integer({ min: -3, max: 3 }),
        (places, view, round) => {
          const points = pointsOf(places);
          const bounds = boundsOf({ ...view, x: view.x + round }, SIZE);
          const shown = [...points.references].filter((_, i) => {
            const at = offsetOf(view, { x: points.xs[i] as number, y: points.ys[i] as number });
            return Math.abs(at.x) <= SIZE.width / 2 && Math.abs(at.y) <= SIZE.height / 2;
          });
          expect([...within(points, bounds)]).toEqual(shown);
        },
      ),
    );
  });

  test('have their names only where those cover nothing, and the larger before the smaller', () => {
    const mark = (x: number, count: number, text = 'Munich') => ({ x, y: 0, count, text });
    expect(roomFor([mark(0, 1), mark(400, 2)])).toEqual(new Set([0, 1]));
    expect(roomFor([mark(0, 1), mark(30, 2)])).toEqual(new Set([1]));
    expect(roomFor([mark(0, 1, '')])).toEqual(new Set());
    // Not over another photo either.
    expect(roomFor([mark(0, 5), { x: 0, y: 50, count: 1, text: '' }])).toEqual(new Set());
  });
});
