// What a library costs in a month, by the originals that are in it: the model of the bill, applied to what there is instead of to what is
// added each month. Pure.
import { SMALLEST_MOVED, type Keeping } from '../schema/keeping.ts';
import {
  archiveOf,
  gigabytes,
  NO_STORAGE,
  othersOf,
  restoreOf,
  type Bill,
  type Library,
  type StorageBill,
} from './bill.ts';
import type { Prices } from './prices.ts';

export const CLASSES = [
  'standard',
  'frequent',
  'infrequent',
  'archiveInstant',
  'glacierInstant',
  'deepArchive',
] as const;
export type ClassName = (typeof CLASSES)[number];

export interface Amount {
  photos: number;
  bytes: number;
}

/** Originals of one size of an age: small ones are moved by no rule. */
export interface Cohort extends Amount {
  /** Since the upload. */
  days: number;
  small: boolean;
}

/** Where an original lies by now if nobody has opened it: Intelligent-Tiering moves it after 30 and after 90 days. */
export function classOf({ storage, deepArchive }: Keeping, days: number, small: boolean): ClassName {
  if (small) return storage === 'glacierInstant' ? 'standard' : 'frequent';
  if (days >= (deepArchive?.afterDays ?? Infinity)) return 'deepArchive';
  if (storage === 'glacierInstant') return days >= 1 ? 'glacierInstant' : 'standard';
  if (days < 30) return 'frequent';
  return days < 90 ? 'infrequent' : 'archiveInstant';
}

export const noAmounts = (): Record<ClassName, Amount> =>
  Object.fromEntries(CLASSES.map((name) => [name, { photos: 0, bytes: 0 }])) as Record<ClassName, Amount>;

export function amountsOf(cohorts: Iterable<Cohort>, keeping: Keeping): Record<ClassName, Amount> {
  const amounts = noAmounts();
  for (const { photos, bytes, days, small } of cohorts) {
    const amount = amounts[classOf(keeping, days, small)];
    amount.photos += photos;
    amount.bytes += bytes;
  }
  return amounts;
}

export function estimateOf(prices: Prices, keeping: Keeping, cohorts: readonly Cohort[]): Bill {
  const amounts = amountsOf(cohorts, keeping);
  const all = sum(cohorts);
  return {
    ...storageOf(prices, amounts, cohorts),
    ...othersOf(prices, addedIn(cohorts, all), all.photos, amounts.deepArchive.photos, keeping),
  };
}

function storageOf(
  prices: Prices,
  amounts: Record<ClassName, Amount>,
  cohorts: readonly Cohort[],
): StorageBill {
  const rate = prices.s3.gigabyteMonth;
  const bill = { ...NO_STORAGE };
  for (const name of CLASSES) bill[name] = gigabytes(amounts[name].bytes) * rate[name];
  bill.deepArchive = archiveOf(prices, amounts.deepArchive.photos, amounts.deepArchive.bytes);
  const small = sum(cohorts.filter((cohort) => cohort.small)).photos;
  // Small ones count as asked for often, and are watched by nobody.
  const tiered = amounts.frequent.photos + amounts.infrequent.photos + amounts.archiveInstant.photos;
  const watched = tiered > 0 ? tiered - small : 0;
  return { ...bill, monitoring: watched * prices.s3.monitoringPerObject };
}

/** What came within a month, as the bill counts deeds by it; the size of one is that of all on the average, where none came. */
function addedIn(cohorts: readonly Cohort[], all: Amount): Library {
  const added = sum(cohorts.filter(({ days }) => days < 30));
  const of = added.photos > 0 ? added : all;
  return { photos: added.photos, bytes: of.photos > 0 ? of.bytes / of.photos : 0 };
}

const sum = (cohorts: readonly Cohort[]): Amount =>
  cohorts.reduce(
    (total, { photos, bytes }) => ({ photos: total.photos + photos, bytes: total.bytes + bytes }),
    { photos: 0, bytes: 0 },
  );

/** What it costs to have each original once: out of the deep archive restored in no hurry, out of Glacier read. Without the transfer. */
export function takingOut(prices: Prices, keeping: Keeping, cohorts: readonly Cohort[]): number {
  const { deepArchive, glacierInstant } = amountsOf(cohorts, keeping);
  const { s3 } = prices;
  const restored =
    deepArchive.photos > 0
      ? deepArchive.photos * restoreOf(prices, deepArchive.bytes / deepArchive.photos)
      : 0;
  return (
    restored +
    glacierInstant.photos * s3.glacierInstantGet +
    gigabytes(glacierInstant.bytes) * s3.glacierInstantRetrievalPerGigabyte
  );
}

const MONTH_DAYS = 30;

/** Gathers originals by month of age and whether they are small, so that a hundred thousand are some dozens. */
export class Cohorts {
  readonly #now: number;
  readonly #found = new Map<string, Cohort>();

  constructor(now: number) {
    this.#now = now;
  }

  add(bytes: number, uploadedAt: string): void {
    const days = Math.max(0, Math.floor((this.#now - Date.parse(uploadedAt)) / 86_400_000));
    const small = bytes < SMALLEST_MOVED;
    // The first days by themselves: some rules move what is a day old.
    const from = days < MONTH_DAYS ? Math.min(days, 1) : days - (days % MONTH_DAYS);
    const key = `${from} ${small}`;
    const cohort = this.#found.get(key) ?? { days: from, small, photos: 0, bytes: 0 };
    cohort.photos++;
    cohort.bytes += bytes;
    this.#found.set(key, cohort);
  }

  get all(): Cohort[] {
    return [...this.#found.values()];
  }
}
