// What a photo's row says about how it came to be, and whether that is as it should be: judged alike by the processor, when an owner
// wishes that it looks again, and by `npm run reprocess`. Pure.
import { fields, text, whole } from './parse.ts';
import { PIPELINE, type FailureCode } from './photo.ts';

export interface RowState {
  pipeline?: number | undefined;
  /** Of the last event that wrote it; a row that only its owner's edit has made has none. */
  sequencer?: string | undefined;
  deleted: boolean;
  /** The code of its failure. */
  failure?: string | undefined;
  bytes?: number | undefined;
}

/** As DynamoDB gives it; undefined for no row. */
export function rowStateOf(item: unknown): RowState | undefined {
  const from = fields(item);
  return (
    from && {
      pipeline: whole(from['pipeline']),
      sequencer: text(from['sequencer'], 40),
      deleted: from['deletedAt'] !== undefined,
      failure: text(fields(from['failure'])?.['code'], 100),
      bytes: whole(from['bytes']),
    }
  );
}

/** Nothing about a photo fails like this every time: the computer was too busy. */
const MAY_PASS: FailureCode = 'unexpected';

/**
 * Whether row and original agree. With an original: when the row is there, of this pipeline, of as many bytes (where both are known) and
 * not of a failure that may pass. A tombstone does not count as a row: the original was put back by hand, which no event tells of.
 * Without: unless a row claims that there is one, because the event of its deletion was lost.
 */
export function isRight(original: { bytes?: number } | undefined, row: RowState | undefined): boolean {
  if (!original) return row === undefined || row.deleted;
  return (
    row !== undefined &&
    !row.deleted &&
    (row.pipeline ?? 0) >= PIPELINE &&
    (row.bytes ?? original.bytes) === (original.bytes ?? row.bytes) &&
    row.failure !== MAY_PASS
  );
}

/** Before every event there is: whatever S3 reports of the photo, then or later, wins. */
const BEFORE_ALL = '0';

/**
 * The place in the order of events of whoever looks again: the row's own, which passes, so that the row is written again, and a later
 * event, which has a greater one, wins whenever it comes. A row that no event has written yet, or none at all, is before all events.
 */
export const sequencerOf = (row: RowState | undefined): string => row?.sequencer ?? BEFORE_ALL;
