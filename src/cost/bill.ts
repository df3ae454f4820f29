// What a library costs in one month, line by line, at list prices and without any free tier. Pure.
//
// A month's photos count as if all had come on its first day, so that no bill is higher than this.
import { SMALLEST_MOVED, type Keeping } from '../schema/keeping.ts';
import {
  ARCHIVE_OVERHEAD,
  ARRIVAL_READS,
  COLD_START,
  EDITED_ROW_WRITES,
  HABITS,
  LOG_BYTES,
  NEW_DEVICES,
  NEW_ROW_WRITES,
  originalPuts,
  PAGE,
  PROCESSING,
  PROCESSOR_GIGABYTES,
  processorMilliseconds,
  RENDITION_BYTES,
  RESTORED_DAYS,
  RETRIES,
  ROW_BYTES,
  SNAPSHOT,
  VISIT_READS,
} from './deeds.ts';
import type { Prices } from './prices.ts';

/** A gigabyte as S3 bills it. https://aws.amazon.com/s3/faqs/ (its worked examples divide by 2^30) */
export const GIGABYTE = 2 ** 30;

export interface Library {
  /** Added each month. */
  photos: number;
  /** Of one original. */
  bytes: number;
}

export const LINES = {
  standard: 'originals, STANDARD',
  frequent: 'originals, frequent access',
  infrequent: 'originals, infrequent access',
  archiveInstant: 'originals, archive instant access',
  glacierInstant: 'originals, Glacier Instant Retrieval',
  deepArchive: 'originals, deep archive',
  monitoring: 'monitoring by Intelligent-Tiering',
  renditions: 'renditions',
  rows: 'rows and their recovery',
  requests: 'requests to S3',
  restores: 'restores out of the deep archive',
  lambda: 'Lambda and its log',
  dynamodb: 'DynamoDB',
  cloudfront: 'CloudFront',
  transfer: 'transfer out of S3',
} as const;
export type Line = keyof typeof LINES;
export type Bill = Record<Line, number>;

/** What is paid for deeds, not for keeping; transfer out is told apart, because AWS gives 100 GB of it to everybody each month. */
export const OPERATIONS: readonly Line[] = ['requests', 'restores', 'lambda', 'dynamodb', 'cloudfront'];

export const sumOf = (bill: Bill, lines: readonly Line[] = Object.keys(LINES) as Line[]): number =>
  lines.reduce((sum, line) => sum + bill[line], 0);

/** The first is month 1. */
export function billOf(prices: Prices, library: Library, month: number, keeping: Keeping): Bill {
  return {
    ...originals(prices, library, month, keeping),
    ...othersOf(prices, library, library.photos * month, archivedOf(library, month, keeping), keeping),
  };
}

/** All but originals' own bytes, of a library with so many photos, so many of them in the deep archive. */
export function othersOf(
  prices: Prices,
  library: Library,
  photos: number,
  archived: number,
  keeping: Keeping,
): Omit<Bill, keyof StorageBill> {
  // Of those that are opened, as many are archived as of all.
  const restored = photos > 0 ? (HABITS.originals * archived) / photos : 0;
  return {
    renditions:
      gigabytes(photos * (RENDITION_BYTES.thumb + RENDITION_BYTES.view)) * prices.s3.gigabyteMonth.standard,
    rows:
      gigabytes(photos * 2 * ROW_BYTES) *
      (prices.dynamodb.gigabyteMonth + prices.dynamodb.recoveryGigabyteMonth),
    requests: requests(prices, library, photos, archived, keeping),
    restores: restored * restoreOf(prices, library.bytes),
    lambda: lambda(prices, library),
    dynamodb: dynamodb(prices, library, photos),
    cloudfront: cloudfront(prices),
    transfer: transfer(prices, library),
  };
}

export const gigabytes = (bytes: number): number => bytes / GIGABYTE;

/** Of one original, and its copy for as long as that stays. */
export function restoreOf({ s3 }: Prices, bytes: number, tier: 'bulk' | 'standard' = 'bulk'): number {
  const { restore, gigabyteMonth } = s3;
  const copy = (gigabyteMonth.standard * RESTORED_DAYS) / 30;
  return restore[`${tier}Request`] + gigabytes(bytes) * (restore[`${tier}PerGigabyte`] + copy);
}

/** What so many originals of so many bytes together cost there for a month. */
export const archiveOf = ({ s3 }: Prices, photos: number, bytes: number): number =>
  gigabytes(bytes + photos * ARCHIVE_OVERHEAD.archived) * s3.gigabyteMonth.deepArchive +
  gigabytes(photos * ARCHIVE_OVERHEAD.standard) * s3.gigabyteMonth.standard;

export const STORAGE_LINES = [
  'standard',
  'frequent',
  'infrequent',
  'archiveInstant',
  'glacierInstant',
  'deepArchive',
  'monitoring',
] as const satisfies readonly Line[];
export type StorageBill = Pick<Bill, (typeof STORAGE_LINES)[number]>;

export const NO_STORAGE: StorageBill = {
  standard: 0,
  frequent: 0,
  infrequent: 0,
  archiveInstant: 0,
  glacierInstant: 0,
  deepArchive: 0,
  monitoring: 0,
};

/** How many of those that are kept have been moved into the deep archive: what is deleted is gone before. */
function archivedOf({ photos, bytes }: Library, month: number, { deepArchive }: Keeping): number {
  const days = deepArchive?.afterDays ?? undefined;
  if (days === undefined || bytes < SMALLEST_MOVED) return 0;
  return photos * (1 - HABITS.deletedShare) * Math.max(0, month - Math.ceil(days / 30));
}

function originals(prices: Prices, library: Library, month: number, keeping: Keeping): StorageBill {
  const { gigabyteMonth: rate } = prices.s3;
  const each = gigabytes(library.bytes);
  const deleted = library.photos * HABITS.deletedShare;
  const kept = library.photos - deleted;
  const archived = archivedOf(library, month, keeping);
  const deepArchive = archiveOf(prices, archived, archived * library.bytes);
  if (keeping.storage === 'glacierInstant') {
    // What is deleted is kept 60 days. Rules leave small ones where they are.
    if (library.bytes < SMALLEST_MOVED) {
      const there = kept * month + deleted * Math.min(month, 2);
      return { ...NO_STORAGE, standard: there * each * rate.standard };
    }
    // Whoever takes one out within 90 days pays for all of them: what is deleted counts for three months.
    const there = kept * month + deleted * Math.min(month, 3) - archived;
    return {
      ...NO_STORAGE,
      standard: (each * library.photos * rate.standard) / 30,
      glacierInstant: there * each * rate.glacierInstant,
      deepArchive,
    };
  }
  const there = kept * month + deleted * Math.min(month, 2) - archived;
  if (library.bytes < SMALLEST_MOVED) return { ...NO_STORAGE, frequent: there * each * rate.frequent };
  // Photos move after 30 and after 90 days in which nobody asked for them; opened, they come back and start again.
  const added = Math.min(library.photos, there);
  const opened = Math.min(HABITS.originals, Math.max(0, there - added));
  const frequent = added + opened;
  const infrequent = Math.min(there - frequent, 2 * (kept + opened));
  return {
    ...NO_STORAGE,
    frequent: frequent * each * rate.frequent,
    infrequent: infrequent * each * rate.infrequent,
    archiveInstant: (there - frequent - infrequent) * each * rate.archiveInstant,
    deepArchive,
    monitoring: there * prices.s3.monitoringPerObject,
  };
}

function requests(
  { s3 }: Prices,
  library: Library,
  photos: number,
  archived: number,
  keeping: Keeping,
): number {
  const tried = library.photos * (1 + RETRIES);
  const changes = library.photos + HABITS.edits;
  const snapshots = changes / Math.max(SNAPSHOT.minimumChanges, photos * SNAPSHOT.minimumShare);
  const puts = tried * (originalPuts(library.bytes) + PROCESSING.renditionPuts) + snapshots * SNAPSHOT.puts;
  // Of each PUT the browser asks beforehand whether it may.
  const preflights = tried * originalPuts(library.bytes);
  const gets =
    preflights +
    tried * (PROCESSING.originalGets + PROCESSING.originalHeads) +
    thumbs(library) +
    HABITS.views +
    snapshots * SNAPSHOT.gets;
  const isMoved = keeping.storage === 'glacierInstant' && library.bytes >= SMALLEST_MOVED;
  const opened = isMoved
    ? HABITS.originals *
        (s3.glacierInstantGet + gigabytes(library.bytes) * s3.glacierInstantRetrievalPerGigabyte) +
      library.photos * s3.transitionToGlacierInstant
    : HABITS.originals * s3.get;
  // As many go into the archive as have come so long ago.
  const moved = archived > 0 ? library.photos * (1 - HABITS.deletedShare) : 0;
  return puts * s3.put + gets * s3.get + opened + moved * s3.transitionToDeepArchive;
}

const thumbs = (library: Library): number => library.photos * HABITS.devices + HABITS.olderThumbs;

function lambda({ lambda: price, cloudwatch }: Prices, library: Library): number {
  // Each that is deleted is another event, of a moment.
  const calls = library.photos * (1 + RETRIES + HABITS.deletedShare);
  const milliseconds =
    library.photos * (1 + RETRIES) * processorMilliseconds(library.bytes) +
    calls * COLD_START.share * COLD_START.milliseconds;
  return (
    calls * price.request +
    (milliseconds / 1000) * PROCESSOR_GIGABYTES * price.gigabyteSecond +
    gigabytes(calls * LOG_BYTES) * (cloudwatch.logsPerGigabyte + cloudwatch.logsGigabyteMonth)
  );
}

function dynamodb({ dynamodb: price }: Prices, library: Library, photos: number): number {
  const tried = library.photos * (1 + RETRIES);
  const writes =
    tried * NEW_ROW_WRITES + (HABITS.edits + library.photos * 2 * HABITS.deletedShare) * EDITED_ROW_WRITES;
  // A unit reads 4 kB.
  const units = ROW_BYTES / 4096;
  const reads =
    tried * PROCESSING.rowReads +
    tried * ARRIVAL_READS * units +
    HABITS.visits * VISIT_READS +
    HABITS.edits +
    photos * NEW_DEVICES * units;
  return writes * price.write + reads * price.read;
}

function cloudfront({ cloudfront: price }: Prices): number {
  const versions = HABITS.devices * PAGE.versionsPerMonth;
  const asked = HABITS.visits * PAGE.requestsPerVisit + versions * PAGE.files;
  return (
    asked * (price.request + price.functionCall) +
    gigabytes(versions * PAGE.bytes) * price.transferOutPerGigabyte
  );
}

function transfer({ s3 }: Prices, library: Library): number {
  const bytes =
    thumbs(library) * RENDITION_BYTES.thumb +
    HABITS.views * RENDITION_BYTES.view +
    HABITS.originals * library.bytes;
  return gigabytes(bytes) * s3.transferOutPerGigabyte;
}
