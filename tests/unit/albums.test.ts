// Albums: their order by date and by hand, what is shown of them, and what is in them while photos come and go.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { between, inOrder, moved, placeOf, type Placed } from '../../src/library/album-order.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { photoId } from './schema-arbitraries.ts';

const photos = fc.uniqueArray(fc.record({ photoId, seconds: fc.integer({ min: -5e9, max: 5e9 }) }), {
  selector: (one) => one.photoId,
  minLength: 1,
  maxLength: 20,
}) as fc.Arbitrary<Placed[]>;
const ids = (all: readonly Placed[]): PhotoId[] => all.map((one) => one.photoId);

const placedAt = (one: Placed, position: string | undefined): Placed =>
  position === undefined ? one : { ...one, position };

test('albums sort by date both ways, and as long as nobody moves a photo by hand they stand by date', () => {
  fc.assert(
    fc.property(photos, (all) => {
      const oldest = inOrder(all, 'oldest');
      expect(oldest.every((one, i) => i === 0 || one.seconds >= (oldest[i - 1]?.seconds ?? 0))).toBe(true);
      const newest = inOrder(all, 'newest');
      expect(newest.every((one, i) => i === 0 || one.seconds <= (newest[i - 1]?.seconds ?? 0))).toBe(true);
      const byHand = inOrder(all, 'hand');
      expect(byHand.map(({ seconds }) => seconds)).toEqual(oldest.map(({ seconds }) => seconds));
      // Whatever order they arrive in.
      expect(ids(inOrder(all.toReversed(), 'hand'))).toEqual(ids(byHand));
    }),
  );
});

test('a photo moved by hand stands where it was put, again and again, and the others stay in order', () => {
  const moves = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60 });
  fc.assert(
    fc.property(photos, moves, (all, some) => {
      let order = inOrder(all, 'hand');
      for (const [a, b] of some) {
        const [from, to] = [a % order.length, b % order.length];
        const expected = ids(order);
        expected.splice(to, 0, ...expected.splice(from, 1));
        const places = moved(order, from, to);
        order = inOrder(
          order.map((one) => placedAt(one, places.get(one.photoId))),
          'hand',
        );
        expect(ids(order)).toEqual(expected);
        expect(order.every((one) => placeOf(one).length <= 60)).toBe(true);
      }
    }),
  );
});

test('moving a photo changes no other, until there is no room left between two', () => {
  let order = inOrder(
    Array.from({ length: 3 }, (_, n): Placed => ({
      photoId: `${n}${'x'.repeat(41)}A` as PhotoId,
      seconds: n,
    })),
    'hand',
  );
  const changed: number[] = [];
  // Always the last one between the first two.
  for (let i = 0; i < 1000; i++) {
    const places = moved(order, 2, 1);
    changed.push(places.size);
    order = inOrder(
      order.map((one) => placedAt(one, places.get(one.photoId))),
      'hand',
    );
  }
  expect(changed.filter((count) => count === 1).length).toBeGreaterThan(980);
  expect(new Set(changed)).toEqual(new Set([1, 3]));
});

test('between two places there is another one', () => {
  const text = fc.string({ unit: fc.constantFrom(...'-09AZ_az'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      fc.pre(a < b);
      const found = between(a, b);
      // Nothing is between a text and itself with the lowest digits behind it.
      const close = b.startsWith(a) && /^-+$/.test(b.slice(a.length));
      expect(close || (found !== undefined && a < found && found < b)).toBe(true);
      expect((between(undefined, b) ?? '') < b).toBe(true);
      expect((between(a, undefined) ?? '') > a).toBe(true);
    }),
  );
});
