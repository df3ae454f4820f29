// The check of all originals: what it finds, and that it is neither fooled by what moves nor in need of much memory.
import { expect, test } from 'vitest';
import { CloudError } from '../../src/cloud/error.ts';
import type { ListedOriginal, RowFacts, SortedPage } from '../../src/cloud/requests.ts';
import {
  checked,
  emptyReport,
  KINDS,
  kindOf,
  parseReport,
  settledBy,
  without,
  type CheckSource,
  type Report,
} from '../../src/library/integrity.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { instantOf } from '../../src/schema/time.ts';
import { photoIdOf } from '../fixtures.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const LONG_AGO = instantOf(NOW - 86_400_000);
const signal = new AbortController().signal;
const everything = (): boolean => true;

const idOf = (n: number): PhotoId => photoIdOf(Buffer.from(String(n)));
const original = (n: number, more: Partial<ListedOriginal> = {}): ListedOriginal => ({
  photoId: idOf(n),
  bytes: 1000,
  storedAt: LONG_AGO,
  ...more,
});
const row = (n: number, more: Partial<RowFacts> = {}): RowFacts => ({
  photoId: idOf(n),
  kind: 'photo',
  bytes: 1000,
  name: `photo ${n}.jpg`,
  ...more,
});

/** Both lists by pages of a few, sorted as S3 and DynamoDB sort them. */
class FakeStores implements CheckSource {
  readonly clock = { now: () => NOW } as CheckSource['clock'];
  readonly pages: (string | undefined)[] = [];
  /** What is there when one looks again. */
  readonly there: Set<PhotoId>;
  readonly #originals: readonly ListedOriginal[];
  readonly #rows: readonly RowFacts[];
  fault: { after: number; error: Error } | undefined;

  constructor(originals: readonly ListedOriginal[], rows: readonly RowFacts[]) {
    this.#originals = originals.toSorted((a, b) => (a.photoId < b.photoId ? -1 : 1));
    this.#rows = rows.toSorted((a, b) => (a.photoId < b.photoId ? -1 : 1));
    this.there = new Set(originals.map(({ photoId }) => photoId));
  }

  originalsAfter = async (after: string | undefined): Promise<SortedPage<ListedOriginal>> =>
    this.#page(this.#originals, after, 7);

  rowsAfter = async (after: string | undefined): Promise<SortedPage<RowFacts>> =>
    this.#page(this.#rows, after, 5);

  originalUrl = async ({ photoId }: { photoId: PhotoId }): Promise<string> => {
    if (!this.there.has(photoId)) throw new CloudError('missing', 'not there');
    return 'https://somewhere';
  };

  #page<T extends { photoId: PhotoId }>(
    all: readonly T[],
    after: string | undefined,
    size: number,
  ): SortedPage<T> {
    if (this.fault && this.pages.length >= this.fault.after) throw this.fault.error;
    this.pages.push(after);
    const left = all.filter(({ photoId }) => after === undefined || photoId > after);
    const entries = left.slice(0, size);
    const next = entries.at(-1)?.photoId;
    return { entries, ...(left.length > size && next ? { next } : {}) };
  }
}

async function reportOf(
  source: CheckSource,
  more: { from?: Report; isKnown?: typeof everything } = {},
): Promise<Report> {
  let report = emptyReport;
  for await (const one of checked({ source, isKnown: everything, signal, ...more })) report = one;
  return report;
}

const countsOf = ({ findings }: Report) =>
  Object.fromEntries(KINDS.map((kind) => [kind, findings[kind].count]));
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const nothing = { unprocessed: 0, missing: 0, madeUp: 0, sizes: 0, unknown: 0 };

test('a library in which all is well has nothing to report', async () => {
  const source = new FakeStores(
    numbers(40).map((n) => original(n)),
    [...numbers(40).map((n) => row(n)), row(41, { kind: 'tombstone' })],
  );
  const report = await reportOf(source);
  expect(report.originals).toBe(40);
  expect(countsOf(report)).toEqual(nothing);
});

test('an empty library is no problem', async () => {
  expect(await reportOf(new FakeStores([], []))).toEqual(emptyReport);
});

test('everything that differs is found and named, wherever it is among the others', async () => {
  const source = new FakeStores(
    [
      ...numbers(60).map((n) => original(n)),
      original(100),
      original(101),
      original(102, { storedAt: instantOf(NOW) }),
    ],
    [
      ...numbers(60).map((n) => row(n, n === 7 ? { bytes: 999 } : {})),
      row(101, { kind: 'made-up' }),
      row(200),
      row(201, { kind: 'made-up' }),
    ],
  );
  const report = await reportOf(source, { isKnown: (photoId: PhotoId) => photoId !== idOf(8) } as never);
  expect(countsOf(report)).toEqual({ unprocessed: 2, missing: 1, madeUp: 1, sizes: 1, unknown: 1 });
  expect(report.arriving).toBe(1);
  expect(report.findings.missing.named).toEqual([{ photoId: idOf(200), name: 'photo 200.jpg' }]);
  expect(report.findings.sizes.named).toEqual([{ photoId: idOf(7), name: 'photo 7.jpg', bytes: 1000 }]);
  expect(new Set(report.findings.unprocessed.named.map(({ photoId }) => photoId))).toEqual(
    new Set([idOf(100), idOf(101)]),
  );
});

test.each([
  ['an original without a row', original(1), undefined, 'unprocessed'],
  ['one whose row is a tombstone', original(1), row(1, { kind: 'tombstone' }), 'unprocessed'],
  ['one stored a moment ago', original(1, { storedAt: instantOf(NOW - 60_000) }), undefined, 'arriving'],
  ['a photo', original(1), row(1), undefined],
  ['a row that tells no size', original(1), { photoId: idOf(1), kind: 'photo' } as const, undefined],
  ['a deleted photo', undefined, row(1, { kind: 'tombstone' }), undefined],
])('%s is told for what it is', (_what, stored, facts, kind) => {
  expect(kindOf(stored, facts, NOW)).toBe(kind);
});

test('a photo that came or went while the lists were read is no finding', async () => {
  const source = new FakeStores([original(1)], [row(1, { kind: 'tombstone' }), row(2)]);
  // Deleted since it was listed; uploaded since.
  source.there.delete(idOf(1));
  source.there.add(idOf(2));
  expect(countsOf(await reportOf(source))).toEqual(nothing);
});

test('a check that broke off goes on where it was, and finds each thing once', async () => {
  const source = new FakeStores(
    numbers(50).map((n) => original(n)),
    numbers(50)
      .filter((n) => n % 5 > 0)
      .map((n) => row(n)),
  );
  source.fault = { after: 9, error: new CloudError('offline', 'no network') };
  let report = emptyReport;
  const attempt = async (): Promise<void> => {
    for await (const one of checked({ source, from: report, isKnown: everything, signal })) report = one;
  };
  await expect(attempt()).rejects.toThrow('no network');
  expect(report.originals).toBeGreaterThan(0);
  expect(report.originals).toBeLessThan(50);
  // As after a reload: what was kept of it is all there is.
  report = parseReport(structuredClone(report)) as Report;
  source.fault = undefined;
  await attempt();
  expect(report.originals).toBe(50);
  expect(report.findings.unprocessed.count).toBe(10);
});

test('stopped, it stops at the next page', async () => {
  const source = new FakeStores(
    numbers(100).map((n) => original(n)),
    numbers(100).map((n) => row(n)),
  );
  const stop = new AbortController();
  const attempt = async (): Promise<void> => {
    for await (const _ of checked({ source, isKnown: everything, signal: stop.signal })) stop.abort();
  };
  await expect(attempt()).rejects.toThrow('aborted');
  expect(source.pages.length).toBeLessThan(6);
});

test('of thousands a thousand are named, the others counted', async () => {
  const report = await reportOf(
    new FakeStores(
      numbers(2000).map((n) => original(n)),
      [],
    ),
  );
  expect(report.findings.unprocessed.count).toBe(2000);
  expect(report.findings.unprocessed.named).toHaveLength(1000);
});

test('what a sync has brought meanwhile is no finding any more', async () => {
  const report = await reportOf(new FakeStores([original(1), original(2)], [row(1), row(2)]), {
    isKnown: () => false,
  });
  expect(report.findings.unknown.count).toBe(2);
  const settled = settledBy(report, (photoId) => photoId === idOf(1));
  expect(settled.findings.unknown).toEqual({
    count: 1,
    named: [{ photoId: idOf(2), name: 'photo 2.jpg', bytes: 1000 }],
  });
});

test('what has been put right is off the list, and what is counted but not named stays counted', async () => {
  const report = await reportOf(
    new FakeStores(
      numbers(1200).map((n) => original(n)),
      [],
    ),
  );
  const settled = new Set(report.findings.unprocessed.named.slice(0, 400).map(({ photoId }) => photoId));
  const { unprocessed } = without(report, 'unprocessed', (photoId) => settled.has(photoId)).findings;
  expect(unprocessed.count).toBe(800);
  expect(unprocessed.named).toHaveLength(600);
  expect(unprocessed.named.some(({ photoId }) => settled.has(photoId))).toBe(false);
});

test.each([undefined, null, 'report', {}, { originals: -1 }, { originals: 1, arriving: 0, findings: 3 }])(
  'a note that is no report is none: %j',
  (value) => {
    expect(parseReport(value)).toBeUndefined();
  },
);
