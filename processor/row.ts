// What the processor writes to a photo's row: either everything it measured or a tombstone, always guarded by the sequencer.
import {
  OWNER_ATTRIBUTES,
  TOMBSTONE_DAYS,
  TTL_ATTRIBUTE,
  type OwnerAttribute,
  type Photo,
} from '../src/schema/photo.ts';
import { instantOf, type Instant } from '../src/schema/time.ts';

/** What the processor finds out about a photo that is there. */
export type Measured = Omit<Photo, 'owner' | 'photoId' | OwnerAttribute>;

/** One UpdateItem: what it sets, what it removes, and the event it stands for. */
export interface RowUpdate {
  set: Readonly<Record<string, unknown>>;
  remove: readonly string[];
  /** Refused by a row that has seen a later event; an equal one passes, so that retries and reprocessing work. */
  sequencer: Sequencer;
}

/** An event's place in the order of events of its key, padded so that text order is event order. */
export type Sequencer = string & { readonly brand: 'Sequencer' };

const SEQUENCER_LENGTH = 40;

/** S3's rule: pad the shorter of two sequencers with zeros on the right, then compare as text. */
export function paddedSequencer(sequencer: string): Sequencer {
  if (!/^[0-9a-f]{1,40}$/i.test(sequencer)) throw new TypeError('the event carries no sequencer');
  return sequencer.toUpperCase().padEnd(SEQUENCER_LENGTH, '0') as Sequencer;
}

/** A record, so that an attribute added to the schema cannot be forgotten here. */
const MEASURED: Readonly<Record<keyof Measured, true>> = {
  status: true,
  failure: true,
  note: true,
  name: true,
  path: true,
  type: true,
  bytes: true,
  width: true,
  height: true,
  duration: true,
  flags: true,
  takenAt: true,
  takenAtSource: true,
  placeholder: true,
  camera: true,
  lens: true,
  exposure: true,
  gps: true,
  place: true,
  title: true,
  description: true,
  keywords: true,
  rating: true,
  pipeline: true,
  uploadedAt: true,
};
const measuredAttributes = Object.keys(MEASURED);
const ownerAttributes = OWNER_ATTRIBUTES.filter((name) => name !== 'changedAt');

/** The attributes of a row that decide how a photo that is there is written. */
export interface RowBefore {
  deletedAt?: unknown;
  trashedAt?: unknown;
}

/** The photo is there: its measurements replace all earlier ones and any tombstone; what its owner wrote is not touched. */
export function presentUpdate(
  measured: Measured,
  before: RowBefore | undefined,
  sequencer: Sequencer,
  now: number,
): RowUpdate {
  const set = { ...measured, changedAt: instantOf(now) };
  const stale = measuredAttributes.filter((name) => set[name as keyof Measured] === undefined);
  const remove = [...stale, 'deletedAt', TTL_ATTRIBUTE];
  if (trashedBefore(before, measured.uploadedAt)) remove.push('trashedAt');
  return { set, remove, sequencer };
}

/** Bytes uploaded after their photo had been trashed are a new start: they must not come back in trash. */
const trashedBefore = (row: RowBefore | undefined, uploadedAt: Instant): boolean =>
  row?.deletedAt !== undefined || (typeof row?.trashedAt === 'string' && row.trashedAt < uploadedAt);

/** The photo is gone: nothing of it stays but the fact, and that only for a time. */
export function goneUpdate(sequencer: Sequencer, now: number): RowUpdate {
  return {
    set: {
      deletedAt: instantOf(now),
      changedAt: instantOf(now),
      [TTL_ATTRIBUTE]: Math.floor(now / 1000) + TOMBSTONE_DAYS * 86_400,
    },
    remove: [...measuredAttributes, ...ownerAttributes],
    sequencer,
  };
}
