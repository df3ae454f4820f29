// What the page says a library costs: the model of `npm run cost`, applied to the photos there are.
import { expect, test } from 'vitest';
import { readPrices } from '../../infra/cost-question.ts';
import { billOf, STORAGE_LINES, sumOf } from '../../src/cost/bill.ts';
import { HABITS } from '../../src/cost/deeds.ts';
import { amountsOf, classOf, Cohorts, estimateOf, takingOut, type Cohort } from '../../src/cost/estimate.ts';
import { pricesOf } from '../../src/cost/region-prices.ts';
import { WAYS } from '../../src/cost/ways.ts';

const prices = readPrices('us-east-1');
const NOW = Date.parse('2026-11-22T12:00:00Z');
const ago = (days: number): string => new Date(NOW - days * 86_400_000).toISOString();

/** 200 photos of 20 MB a month, for so many months. */
const grown = (months: number): Cohort[] =>
  Array.from({ length: months }, (_, month) => ({
    photos: 200,
    bytes: 200 * 20e6,
    days: month * 30 + 1,
    small: false,
  }));

test.each([...Object.values(WAYS), { storage: 'glacierInstant', deepArchive: { afterDays: 365 } } as const])(
  'for a library that has grown evenly the page says what the command says: %j',
  (keeping) => {
    for (const months of [1, 6, 25]) {
      const bill = billOf(prices, { photos: 200, bytes: 20e6 }, months, keeping);
      const estimate = estimateOf(prices, keeping, grown(months));
      // The command counts what is deleted or opened, too: some percent; and a first day in STANDARD.
      const lines = STORAGE_LINES.filter((line) => line !== 'standard');
      const apart = sumOf(estimate, lines) / sumOf(bill, lines);
      expect(Math.abs(apart - 1)).toBeLessThan(0.05 + HABITS.deletedShare);
      for (const line of ['renditions', 'rows', 'lambda', 'dynamodb', 'cloudfront', 'transfer'] as const)
        expect(estimate[line]).toBeCloseTo(bill[line], 10);
    }
  },
);

test('every original is in one class, by its age and size and what was chosen', () => {
  const { intelligent, glacierInstant, deepArchive } = WAYS;
  expect([0, 29, 30, 89, 90, 4000].map((days) => classOf(intelligent, days, false))).toEqual([
    'frequent',
    'frequent',
    'infrequent',
    'infrequent',
    'archiveInstant',
    'archiveInstant',
  ]);
  expect([0, 1, 4000].map((days) => classOf(glacierInstant, days, false))).toEqual([
    'standard',
    'glacierInstant',
    'glacierInstant',
  ]);
  expect([179, 180].map((days) => classOf(deepArchive, days, false))).toEqual([
    'archiveInstant',
    'deepArchive',
  ]);
  // Nothing more is moved there.
  expect(classOf({ ...deepArchive, deepArchive: { afterDays: null } }, 4000, false)).toBe('archiveInstant');
  for (const keeping of Object.values(WAYS))
    expect(['frequent', 'standard']).toContain(classOf(keeping, 4000, true));
});

test('photos are gathered by month of age without losing any, and small ones by themselves', () => {
  const cohorts = new Cohorts(NOW);
  const ages = [0, 0.5, 2, 29, 31, 59, 95, 1000];
  for (const days of ages) cohorts.add(1_000_000, ago(days));
  cohorts.add(100, ago(1000));
  // A clock that is ahead makes no photo younger than new.
  cohorts.add(1_000_000, ago(-3));
  const { all } = cohorts;
  expect(all.reduce((sum, { photos }) => sum + photos, 0)).toBe(ages.length + 2);
  expect(all.filter(({ small }) => small)).toEqual([{ days: 990, small: true, photos: 1, bytes: 100 }]);
  expect(amountsOf(all, WAYS.intelligent)).toMatchObject({
    frequent: { photos: 6, bytes: 5_000_100 },
    infrequent: { photos: 2 },
    archiveInstant: { photos: 2 },
  });
});

test('colder classes cost something to be taken out of, the usual one nothing', () => {
  const cohorts = grown(25);
  expect(takingOut(prices, WAYS.intelligent, cohorts)).toBe(0);
  // 100 GB at 0.03, and each by a request.
  expect(takingOut(prices, WAYS.glacierInstant, cohorts)).toBeCloseTo(
    (100e9 / 2 ** 30) * 0.03 + 5000 * 1e-5,
    6,
  );
  const archived = 200 * 19;
  expect(takingOut(prices, WAYS.deepArchive, cohorts)).toBeCloseTo(
    archived * 2.5e-5 + ((archived * 20e6) / 2 ** 30) * (0.0025 + (0.023 * 7) / 30),
    6,
  );
});

test('an empty library costs next to nothing, and never less', () => {
  for (const keeping of Object.values(WAYS)) {
    const bill = estimateOf(prices, keeping, []);
    for (const usd of Object.values(bill)) expect(usd).toBeGreaterThanOrEqual(0);
    expect(sumOf(bill)).toBeLessThan(0.05);
    expect(takingOut(prices, keeping, [])).toBe(0);
  }
});

test('the page has the prices of its own Region, and says so where there are none', async () => {
  expect(await pricesOf('us-east-1')).toEqual(prices);
  expect(await pricesOf('mars-north-1')).toBeUndefined();
  expect(await pricesOf('../prices')).toBeUndefined();
});
