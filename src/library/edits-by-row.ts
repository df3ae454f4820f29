// The edits that wait, by the row they are laid over. Pure.
import type { WaitingEdit } from './edits-time.ts';

export type ByRow<Edit extends WaitingEdit> = ReadonlyMap<Edit['rowId'], readonly Edit[]>;

export interface Waiting<Edit extends WaitingEdit> {
  rows: ByRow<Edit>;
  /** How many edits. */
  size: number;
  /** Whether it says anything else than before. */
  changed: boolean;
}

/** Of several edits of one attribute the last one counts. What is as it was before is the very same, so that nobody lays it over again. */
export function byRowOf<Edit extends WaitingEdit>(edits: Iterable<Edit>, before: ByRow<Edit>): Waiting<Edit> {
  const rows = new Map<Edit['rowId'], readonly Edit[]>();
  let size = 0;
  for (const edit of edits) {
    const known = rows.get(edit.rowId) ?? [];
    const others = known.filter(({ attribute }) => attribute !== edit.attribute);
    size += 1 + others.length - known.length;
    rows.set(edit.rowId, [...others, edit]);
  }
  let changed = before.size !== rows.size;
  for (const [rowId, own] of rows) {
    const shown = before.get(rowId);
    if (shown && areSame(shown, own)) rows.set(rowId, shown);
    else changed = true;
  }
  return { rows, size, changed };
}

/** An edit may be dated anew. */
export const isSame = (one: WaitingEdit, other: WaitingEdit): boolean =>
  one === other || (one.id === other.id && one.at === other.at);

const areSame = (some: readonly WaitingEdit[], others: readonly WaitingEdit[]): boolean =>
  some.length === others.length && some.every((edit, i) => isSame(edit, others[i] as WaitingEdit));
