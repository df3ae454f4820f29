// How originals are kept, as the owner of a deployment has chosen: in which class S3 is given them, and where rules move them later. Pure.
import { ConfigError, type Config } from './config.ts';
import { fields, oneOf, whole } from './parse.ts';

/**
 * `intelligentTiering` from the first moment on. `glacierInstant` is written as STANDARD and moved by a rule the day after: the processor
 * reads every original once, and to read it out of Glacier costs seven times what it costs to keep it there for a month.
 */
export const STORAGES = ['intelligentTiering', 'glacierInstant'] as const;
export type Storage = (typeof STORAGES)[number];

/** What an original is written with. */
export type WrittenClass = 'INTELLIGENT_TIERING' | 'STANDARD';

export interface Keeping {
  storage: Storage;
  /** Originals there have to be restored, for hours, before anybody can read them. Null where there never were any. */
  deepArchive: DeepArchive | null;
}

export interface DeepArchive {
  /** Since the upload. Null: nothing more is moved there, but there may be some. */
  afterDays: number | null;
}

/** Also what a deployment from before there was a choice has. */
export const DEFAULT_KEEPING: Keeping = { storage: 'intelligentTiering', deepArchive: null };

/** The class that the page names; the policy lets no other through. */
export const writtenClassOf = ({ storage }: Pick<Keeping, 'storage'>): WrittenClass =>
  storage === 'glacierInstant' ? 'STANDARD' : 'INTELLIGENT_TIERING';

/** Smaller objects are not moved by rules, and stay what they were written as. */
export const SMALLEST_MOVED = 128 * 1024;

/** When an original gets into the deep archive, in epoch milliseconds; undefined where it does not. */
export function archivedFrom(
  { deepArchive }: Keeping,
  { bytes, uploadedAt }: { bytes: number; uploadedAt: string },
): number | undefined {
  const days = deepArchive?.afterDays ?? undefined;
  if (days === undefined || bytes < SMALLEST_MOVED) return undefined;
  return Date.parse(uploadedAt) + days * 86_400_000;
}

/** Of config.json. Throws a ConfigError where it says something that is none. */
export function keepingOf({ keeping }: Pick<Config, 'keeping'>): Keeping {
  if (keeping === undefined) return DEFAULT_KEEPING;
  const found = parseKeeping(keeping);
  if (!found) throw new ConfigError('keeping');
  return found;
}

function parseKeeping(value: unknown): Keeping | undefined {
  const from = fields(value);
  const storage = oneOf(from?.['storage'], STORAGES);
  if (!from || !storage) return undefined;
  if (from['deepArchive'] === null) return { storage, deepArchive: null };
  const days = fields(from['deepArchive'])?.['afterDays'];
  const afterDays = days === null ? null : whole(days, 1);
  return afterDays === undefined ? undefined : { storage, deepArchive: { afterDays } };
}
