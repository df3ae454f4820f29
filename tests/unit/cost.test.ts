// What a library costs: the model counts what the processor really does, adds up, and says what it rests on; wrong questions and wrong
// files of prices are named.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CostError, knownRegions, parseQuestion, readPrices } from '../../infra/cost-question.ts';
import { figuresOf, monthOf100Gigabytes, monthsShown, report } from '../../infra/cost-report.ts';
import { parseSettings, readSettings } from '../../infra/settings.ts';
import { resourcesWith } from '../../infra/standing-synth.ts';
import { beyondGiven, standingOf } from '../../infra/standing.ts';
import type { Stores } from '../../processor/stores.ts';
import { processRecord } from '../../processor/process.ts';
import { billOf, GIGABYTE, LINES, restoreOf, sumOf } from '../../src/cost/bill.ts';
import { HABITS, PROCESSING, PROCESSOR_GIGABYTES } from '../../src/cost/deeds.ts';
import { parsePrices } from '../../src/cost/prices.ts';
import { WAYS } from '../../src/cost/ways.ts';
import { identity, photo, photoIdOf } from '../fixtures.ts';
import { MemoryStores } from '../memory-stores.ts';

const ROOT = join(import.meta.dirname, '../..');
const prices = readPrices('us-east-1');
const usual = { photos: 200, bytes: 20e6 };
const { intelligent, glacierInstant, deepArchive } = WAYS;

test('a new photo asks of S3 and the table what the bill says it does', async () => {
  const stores = new MemoryStores();
  const asked = new Map<keyof Stores, number>();
  stores.before = (operation) => void asked.set(operation, (asked.get(operation) ?? 0) + 1);
  const bytes = await photo();
  const event = stores.upload({ owner: identity(), photoId: photoIdOf(bytes) }, bytes);
  await processRecord(event, { stores, now: stores.now, log: () => {} });
  expect(Object.fromEntries(asked)).toEqual({
    readOriginal: PROCESSING.originalGets,
    lookAtOriginal: PROCESSING.originalHeads,
    putRendition: PROCESSING.renditionPuts,
    readRow: PROCESSING.rowReads,
    updateRow: PROCESSING.rowUpdates,
  });
});

test('in the first month originals cost what all of them cost in frequent access, and being watched', () => {
  const bill = billOf(prices, usual, 1, intelligent);
  expect(bill.frequent).toBeCloseTo((200 * 20e6 * 0.023) / 2 ** 30, 10);
  expect(bill.monitoring).toBeCloseTo(200 * 0.0000025, 10);
  expect(bill.infrequent + bill.archiveInstant + bill.glacierInstant + bill.standard).toBe(0);
  expect(bill.renditions).toBeCloseTo((200 * 320_000 * 0.023) / 2 ** 30, 10);
});

test('every original is in exactly one class: bytes come out again from what is paid for them', () => {
  for (const month of [1, 2, 3, 4, 12, 120]) {
    const bill = billOf(prices, usual, month, intelligent);
    const { gigabyteMonth: rate } = prices.s3;
    const bytes =
      GIGABYTE *
      (bill.frequent / rate.frequent +
        bill.infrequent / rate.infrequent +
        bill.archiveInstant / rate.archiveInstant);
    // Beside what is kept: what is in trash, or a version, for two months.
    const kept = 200 * (1 - HABITS.deletedShare) * month;
    const going = 200 * HABITS.deletedShare * Math.min(month, 2);
    expect(bytes / 20e6).toBeCloseTo(kept + going, 6);
  }
});

test('small originals are watched by nobody, and moved by no rule', () => {
  const small = { photos: 1000, bytes: 50_000 };
  expect(billOf(prices, small, 12, intelligent)).toMatchObject({
    monitoring: 0,
    infrequent: 0,
    archiveInstant: 0,
  });
  expect(billOf(prices, small, 1, glacierInstant)).toMatchObject({
    glacierInstant: 0,
    standard: expect.closeTo((1000 * 50_000 * 0.023) / 2 ** 30, 10) as number,
  });
  expect(billOf(prices, small, 24, deepArchive)).toEqual(billOf(prices, small, 24, intelligent));
});

test('what is deleted early from Glacier is paid for ninety days', () => {
  const bill = billOf(prices, usual, 12, glacierInstant);
  const gone = 200 * HABITS.deletedShare;
  const there = (200 - gone) * 12 + gone * 3;
  expect(bill.glacierInstant).toBeCloseTo((there * 20e6 * 0.004) / 2 ** 30, 10);
});

test('the deep archive is empty until its days are over; then it has what is older, with what S3 keeps of each, and costs its move', () => {
  expect(billOf(prices, usual, 6, deepArchive)).toEqual(billOf(prices, usual, 6, intelligent));
  const bill = billOf(prices, usual, 25, deepArchive);
  const there = 200 * (1 - HABITS.deletedShare) * 19;
  expect(bill.deepArchive).toBeCloseTo(
    (there * ((20e6 + 32 * 1024) * 0.00099 + 8 * 1024 * 0.023)) / 2 ** 30,
    10,
  );
  const before = billOf(prices, usual, 25, intelligent);
  expect(bill.requests - before.requests).toBeCloseTo(200 * (1 - HABITS.deletedShare) * 5e-5, 10);
  // Most of what is opened has to be restored first: a week's copy, its bytes and the request.
  const restored = (HABITS.originals * there) / (200 * 25);
  const each = 2.5e-5 + (20e6 / 2 ** 30) * (0.0025 + (0.023 * 7) / 30);
  expect(bill.restores).toBeCloseTo(restored * each, 10);
  expect(sumOf(bill)).toBeLessThan(sumOf(before));
});

test('what is in no hurry is restored for less', () => {
  expect(restoreOf(prices, 20e6)).toBeLessThan(restoreOf(prices, 20e6, 'standard') / 2);
});

test('a library never costs less for being larger or older, no line is negative or unknown, and they add up', () => {
  const libraries = fc.record({
    photos: fc.integer({ min: 1, max: 5000 }),
    bytes: fc.integer({ min: 1000, max: 5_000_000_000 }),
  });
  fc.assert(
    fc.property(
      libraries,
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom(...Object.values(WAYS)),
      (one, month, how) => {
        const bill = billOf(prices, one, month, how);
        for (const usd of Object.values(bill)) expect(usd).toBeGreaterThanOrEqual(0);
        expect(Object.keys(bill).sort()).toEqual(Object.keys(LINES).sort());
        expect(sumOf(bill)).toBeCloseTo(
          Object.values(bill).reduce((sum, usd) => sum + usd, 0),
          10,
        );
        const older = billOf(prices, one, month + 1, how);
        // A larger library is packed anew for new devices less often, which is worth a cent at the very most.
        expect(sumOf(older)).toBeGreaterThan(sumOf(bill) - 0.01);
        const more = billOf(prices, { ...one, photos: one.photos * 2 }, month, how);
        expect(sumOf(more)).toBeGreaterThan(sumOf(bill));
      },
    ),
  );
});

test('the figures keep to the aims that they can keep to, at list prices and without a free tier', () => {
  const figures = figuresOf(prices, usual);
  expect(monthOf100Gigabytes(usual)).toBe(25);
  expect(figures.month1USD).toBeLessThanOrEqual(0.12);
  expect(figures.at100GBUSD).toBeLessThanOrEqual(0.65);
  expect(figures.operationsUSD).toBeLessThanOrEqual(0.02);
  // The aim is 0.05: missed by what goes out of S3 to look at photos, of which AWS gives 100 GB to everybody.
  const { transfer, ...rest } = billOf(prices, usual, 1, glacierInstant);
  expect(sumOf({ ...rest, transfer: 0 })).toBeLessThanOrEqual(0.05);
  expect(figures.month1GlacierUSD).toBeCloseTo(sumOf({ ...rest, transfer }), 4);
});

test('every line of the table is in its sum, and says which months it is about', () => {
  const lines = report(
    prices,
    { ...usual, months: 25 },
    { counts: { alarm: 4 }, unknown: ['AWS::New::Thing'] },
  );
  const all = lines.filter((line) => line.startsWith('all '));
  expect(all).toHaveLength(3);
  expect(all[0]).toContain(sumOf(billOf(prices, usual, 25, intelligent)).toFixed(4));
  expect(lines.join('\n')).toMatch(/month 1 +month 6 +month 12 +month 25/);
  expect(lines.join('\n')).toContain('4 alarms: 0.00 (list price 0.400; 10 are given to every account)');
  expect(lines.join('\n')).toContain('AWS::New::Thing: nobody has said yet what it costs');
  expect(lines.join('\n')).toContain('Not confirmed against AWS');
  expect(monthsShown(3)).toEqual([1, 3]);
  expect(monthsShown(1)).toEqual([1]);
});

test.each([
  [['--photos', 'many'], '--photos must be a number above 0'],
  [['--photos', '1.5'], '--photos must be a whole number'],
  [['--photos', '0'], '--photos must be'],
  [['--photos=-3'], '--photos must be'],
  [['--megabytes', '1e9'], '--megabytes must be'],
  [['--months', '0'], '--months must be'],
  [['--months', '99999'], 'up to 1200'],
  [['--fotos', '3'], "Unknown option '--fotos'"],
  [['200'], 'Unexpected argument'],
])('of %j it says what is wrong', (argv, sentence) => {
  expect(() => parseQuestion(argv, 'us-east-1')).toThrow(CostError);
  expect(() => parseQuestion(argv, 'us-east-1')).toThrow(sentence);
});

test('a Region without prices is refused, with those that have some', () => {
  expect(() => readPrices('mars-north-1')).toThrow(/no prices of "mars-north-1".*us-east-1/);
  expect(() => readPrices('../settings')).toThrow(CostError);
});

test('prices of every Region are whole, dated, and say where each is from', () => {
  expect(knownRegions()).toContain('us-east-1');
  for (const region of knownRegions()) {
    const found = readPrices(region);
    expect(Date.parse(found.date)).toBeLessThanOrEqual(Date.now());
    for (const source of found.sources) expect(source.from.length).toBeGreaterThan(20);
  }
});

test.each([
  ['a price that is missing', { s3: { put: undefined } }, '"s3.put" must be a price above zero'],
  ['a price of nothing', { dynamodb: { write: 0 } }, '"dynamodb.write" must be a price above zero'],
  ['a price as text', { s3: { gigabyteMonth: { standard: '0.023' } } }, '"s3.gigabyteMonth.standard"'],
  ['no date', { date: undefined }, '"date" is missing'],
  ['another currency', { currency: 'EUR' }, '"currency" must be "USD"'],
  ['a price nobody vouches for', { sources: [] }, 'does not say where the prices of s3 are from'],
])('a file of prices with %s is refused', (_what, change, sentence) => {
  const good = JSON.parse(readFileSync(join(ROOT, 'src/cost/prices/us-east-1.json'), 'utf8')) as object;
  expect(() => parsePrices(good)).not.toThrow();
  expect(() => parsePrices(merged(good, change))).toThrow(sentence);
});

/** The change's own values, wherever they lie, in place of those there are. */
const merged = (from: unknown, change: unknown): unknown =>
  typeof change !== 'object' || change === null || Array.isArray(change)
    ? change
    : {
        ...(from as object),
        ...Object.fromEntries(
          Object.entries(change).map(([key, value]) => [
            key,
            merged((from as Record<string, unknown>)[key], value),
          ]),
        ),
      };

test('as it comes, the stack deploys nothing that costs while nobody uses it', () => {
  expect(standingOf(resourcesWith(parseSettings({ stackName: 'Shoebox', region: 'us-east-1' })))).toEqual({
    counts: {},
    unknown: [],
  });
});

test('with every option on, of all that it deploys it is known what that costs: alarms and a dashboard, fewer than everybody is given, and firewalls', () => {
  const everything = parseSettings({
    stackName: 'Shoebox',
    region: 'us-east-1',
    alarmEmail: 'me@example.com',
    monthlyBudget: 5,
    dashboard: true,
    friendMail: true,
    firewall: { requestsPer5Minutes: 1000 },
    domain: { page: 'photos.example.com', links: 'links.example.com' },
  });
  const { counts, unknown } = standingOf(resourcesWith(everything));
  expect(unknown).toEqual([]);
  const { alarm = 0, dashboard = 0, metric = 0, ...others } = counts;
  expect(alarm).toBeGreaterThan(0);
  expect(beyondGiven('alarm', alarm)).toBe(0);
  expect(beyondGiven('dashboard', dashboard)).toBe(0);
  expect(beyondGiven('metric', metric)).toBe(0);
  expect(others).toEqual({ firewall: 1, firewallRule: 3 });
});

test('a secret, a key or an eleventh alarm would be told', () => {
  const alarms = Object.fromEntries(
    Array.from({ length: 11 }, (_, index) => [`A${index}`, { Type: 'AWS::CloudWatch::Alarm' }]),
  );
  const found = standingOf({
    ...alarms,
    S: { Type: 'AWS::SecretsManager::Secret' },
    K: { Type: 'AWS::KMS::Key' },
    N: { Type: 'AWS::EC2::NatGateway' },
  });
  expect(found).toEqual({ counts: { alarm: 11, secret: 1, key: 1 }, unknown: ['AWS::EC2::NatGateway'] });
  expect(beyondGiven('alarm', 11)).toBe(1);
  expect(beyondGiven('secret', 1)).toBe(1);
});

test('the processor is billed with the memory that it is deployed with', () => {
  const memory = Object.values(resourcesWith(readSettings()))
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties?.['MemorySize']);
  expect(memory).toContain(PROCESSOR_GIGABYTES * 1024);
});

test('npm run cost prints a table and ends with its figures as JSON; asked wrongly it ends with 1 and a sentence', () => {
  const tsx = ['--import', 'tsx', join(ROOT, 'infra/cost.ts')];
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  const said = execFileSync(process.execPath, [...tsx, '--photos', '100', '--months', '6'], options);
  expect(said).toContain('Originals in Intelligent-Tiering');
  const figures = figuresOf(prices, { photos: 100, bytes: 20e6 });
  expect(JSON.parse(said.trim().split('\n').at(-1) ?? '')).toEqual({ bench: 'cost', figures });

  const wrong = spawnSync(process.execPath, [...tsx, '--region', 'mars'], options);
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toMatch(/^There are no prices of "mars" here/m);
  expect(wrong.stderr).not.toMatch(/^\s+at /m);
});
