// What each deed asks of AWS: the requests that page and processor really make (tests count them), and what one person does in a
// month. Pure.
import { PARTS_FROM, partsOf } from '../cloud/parts.ts';

export const MEGABYTE = 1e6;

/** One photo's two renditions, as they come out of photos from phones and cameras of 12 to 24 megapixels. */
export const RENDITION_BYTES = { thumb: 20_000, view: 300_000 };

/** A row with camera, place and names; it lies in the table and whole in the index by change. Below 1 kB, so that a write is one unit. */
export const ROW_BYTES = 900;

/** What the processor does for a new photo, beside reading the original once. */
export const PROCESSING = { originalGets: 1, originalHeads: 1, renditionPuts: 2, rowReads: 1, rowUpdates: 1 };

/** A row that is new is written to the table and put into the index; one that is edited is also taken out of it. */
export const NEW_ROW_WRITES = 2;
export const EDITED_ROW_WRITES = 3;

/** The processor's memory, as stack-processor.ts sets it, in gigabytes. */
export const PROCESSOR_GIGABYTES = 1769 / 1024;

/** Milliseconds that Lambda bills: CPU by `bench:processor`, half as much again for a slower core, and the way from S3 at 60 MB/s. */
export const processorMilliseconds = (bytes: number): number =>
  1.5 * (200 + (13 * bytes) / MEGABYTE) + (1000 / 60) * (bytes / MEGABYTE);

/** The beginning of a process is billed, too: rather many, because photos come in bursts. */
export const COLD_START = { milliseconds: 600, share: 0.1 };

/** A photo of this share is sent or processed a second time. */
export const RETRIES = 0.01;

/** Of its invocation: the processor's line and Lambda's own three. */
export const LOG_BYTES = 800;

/** PUTs, POSTs and LISTs for one original: large ones are looked for, begun, sent in parts, and completed. */
export const originalPuts = (bytes: number): number => (bytes < PARTS_FROM ? 1 : 3 + partsOf(bytes).length);

/** How one person uses Shoebox in a month, beside adding photos. */
export const HABITS = {
  devices: 2,
  visits: 60,
  /** Thumbnails of older photos that a device has not kept; new ones are fetched once by each. */
  olderThumbs: 2000,
  /** Photos looked at by themselves. */
  views: 300,
  /** Originals downloaded, or videos played. */
  originals: 5,
  /** Favorites, captions, albums. */
  edits: 100,
  /** Of the photos added: put in trash at once. They stay 30 days there, and 30 more as versions. */
  deletedShare: 0.03,
};

/** Units of reading that one visit takes: some queries that find little. */
export const VISIT_READS = 10;

/** While photos arrive the page asks every second what is new, and a little further back each time: each row comes about so often. */
export const ARRIVAL_READS = 20;

/** A visit asks whether page, service worker and config are still the same; a new version is fetched by each device. */
export const PAGE = { requestsPerVisit: 3, files: 60, bytes: 600_000, versionsPerMonth: 1 };

/** A snapshot for new devices: three objects and a list, after so many changes (see library/snapshot-write.ts). */
export const SNAPSHOT = { puts: 4, gets: 1, minimumChanges: 500, minimumShare: 0.05 };

/** A new phone or browser, which reads the whole library. */
export const NEW_DEVICES = 1 / 12;

/** What S3 keeps of each archived object beside its bytes: in the archive, and at hand. */
export const ARCHIVE_OVERHEAD = { archived: 32 * 1024, standard: 8 * 1024 };

/** A restored copy is there for a week, beside what is archived; somebody who is in no hurry takes the cheaper way. */
export const RESTORED_DAYS = 7;
