// What the processor writes to a photo's row: either everything it measured or a tombstone, always guarded by the sequencer.
import {
  EDIT_TIMES,
  EDITABLE_ATTRIBUTES,
  SEALED,
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
const editTimes = (time: Instant): Record<string, Instant> =>
  Object.fromEntries(EDIT_TIMES.map((name) => [name, time]));

/** The attributes of a row that decide how a photo that is there is written. */
export interface RowBefore {
  status?: unknown;
  deletedAt?: unknown;
  trashedAt?: unknown;
  trashedAtEditedAt?: unknown;
}

/** The photo is there: its measurements replace all earlier ones and any tombstone; what its owner wrote is not touched. */
export function presentUpdate(
  measured: Measured,
  before: RowBefore | undefined,
  sequencer: Sequencer,
  now: number,
): RowUpdate {
  const anew = newStart(before, measured.uploadedAt);
  const set = { ...measured, changedAt: instantOf(now), ...anew.set };
  const stale = measuredAttributes.filter((name) => set[name as keyof Measured] === undefined);
  return { set, remove: [...stale, 'deletedAt', TTL_ATTRIBUTE, ...anew.remove], sequencer };
}

/**
 * Bytes uploaded after their photo had been deleted, or put in trash, are a new start: they must not come back in trash. An edit from
 * before that still waits on a device without a connection is dated earlier than this, and comes too late.
 */
function newStart(row: RowBefore | undefined, uploadedAt: Instant): Pick<RowUpdate, 'set' | 'remove'> {
  if (row?.deletedAt !== undefined) return { set: editTimes(uploadedAt), remove: EDITABLE_ATTRIBUTES };
  const { trashedAt, trashedAtEditedAt = trashedAt } = row ?? {};
  const trashed = typeof trashedAt === 'string' && typeof trashedAtEditedAt === 'string';
  return trashed && trashedAtEditedAt < uploadedAt
    ? { set: { trashedAtEditedAt: uploadedAt }, remove: ['trashedAt'] }
    : { set: {}, remove: [] };
}

/** The photo is gone: nothing of it stays but the fact, and that only for a time. */
export function goneUpdate(sequencer: Sequencer, now: number): RowUpdate {
  return {
    set: {
      deletedAt: instantOf(now),
      changedAt: instantOf(now),
      [TTL_ATTRIBUTE]: Math.floor(now / 1000) + TOMBSTONE_DAYS * 86_400,
      ...editTimes(SEALED),
    },
    remove: [...measuredAttributes, ...EDITABLE_ATTRIBUTES],
    sequencer,
  };
}
