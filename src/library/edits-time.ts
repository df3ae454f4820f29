// When an edit counts as made, of whatever it is an edit. Pure.
//
// Each attribute of a row carries the time of its last edit; of two edits the later one counts, wherever it was made and whenever
// it arrives. The table decides by that rule, and so does what is shown here, so that all devices end with the same.
import type { Cloud } from '../cloud/cloud.ts';
import type { RowEdit } from '../cloud/requests.ts';
import { instantOf, type Instant } from '../schema/time.ts';

/** A row has at most one waiting for each attribute: a later edit takes the place of one that was not sent yet. */
export interface WaitingEdit extends RowEdit {
  rowId: string;
  /** Tells it from the one it takes the place of. */
  id: string;
  /** The edit that was seen when this one was made: whatever the clocks say, this one is later. */
  after?: Instant;
  /** Dated before any server was heard, by a clock that may be wrong. */
  guessed?: true;
}

/** There is one edit of each at most. */
export const keyOf = ({ rowId, attribute }: WaitingEdit): string => `${rowId} ${attribute}`;

export type EditClock = Pick<Cloud['clock'], 'now' | 'offset' | 'known'>;

/** How far into the future an edit may be dated: clocks are not that exact. The table takes later ones for undated. */
const SLACK_MS = 60_000;

/** Since when an edit counts that is made now. `after` is when the attribute was edited before, as far as is known. */
export function datedNow(
  after: Instant | undefined,
  clock: EditClock,
): Pick<WaitingEdit, 'id' | 'at' | 'after' | 'guessed'> {
  return {
    id: crypto.randomUUID(),
    at: later(instantOf(clock.now()), after),
    ...(after === undefined ? {} : { after }),
    ...(clock.known ? {} : { guessed: true }),
  };
}

/** The same edit as it may be sent, once server time is known. */
export function sendable<Edit extends WaitingEdit>(edit: Edit, clock: EditClock): Edit {
  const now = clock.now();
  const soon = instantOf(now + SLACK_MS);
  const made = Date.parse(edit.at) + (edit.guessed ? clock.offset : 0);
  // Nothing was edited in the future, neither this nor what was seen: the clock has been put right since.
  const after = edit.after !== undefined && edit.after > soon ? undefined : edit.after;
  const at = later(instantOf(made > now + SLACK_MS ? now : made), after);
  if (at === edit.at && !edit.guessed) return edit;
  const dated = { ...edit, at };
  delete dated.guessed;
  return dated;
}

/** `at`, or the instant right after `after`. */
const later = (at: Instant, after: Instant | undefined): Instant =>
  after === undefined || at > after ? at : instantOf(Date.parse(after) + 1);

/** The edit as it takes the place of another one of the same attribute. */
export const replacing = <Edit extends WaitingEdit>(edit: Edit, replaced: Edit | undefined): Edit =>
  replaced && replaced.at >= (edit.after ?? '')
    ? { ...edit, after: replaced.at, at: later(edit.at, replaced.at) }
    : edit;
