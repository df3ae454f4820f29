// Edits of social rows that the cloud may not have yet: how they are made, and how a row looks with them. Pure.
import type { EditOutcome, RowEdit } from '../cloud/requests.ts';
import type { IdentityId } from '../schema/ids.ts';
import { fields, text } from '../schema/parse.ts';
import { parseSocialRow, socialItem, type SocialRow } from '../schema/social.ts';
import { instant, type Instant } from '../schema/time.ts';
import { same } from './edit-many.ts';
import { datedNow, type EditClock, type WaitingEdit } from './edits-time.ts';

/** Attributes of a row to set; null removes one. */
export interface RowChange {
  id: string;
  attributes: Readonly<Record<string, unknown>>;
}

const ATTRIBUTE = /^[a-zA-Z][a-zA-Z0-9]{0,29}$/;
/** What no edit changes: it is the row's own, or follows from what is edited. */
const FIXED = new Set(['owner', 'id', 'kind', 'changedAt', 'editedAt', 'expiresAt']);

const isAttribute = (name: unknown): name is string =>
  typeof name === 'string' && ATTRIBUTE.test(name) && !name.endsWith('EditedAt') && !FIXED.has(name);

/** The row as it is once these edits have arrived; undefined for one that is not there, or not whole. */
export function laidOver(
  owner: IdentityId,
  id: string,
  row: SocialRow | undefined,
  edits: readonly RowEdit[],
): SocialRow | undefined {
  const counting = edits.filter(({ attribute, at }) => (row?.editedAt[attribute] ?? '') <= at);
  if (counting.length === 0) return row;
  const item = row ? socialItem(row) : { owner, id, changedAt: counting[0]?.at };
  for (const { attribute, value, at } of counting) {
    item[`${attribute}EditedAt`] = at;
    if (value === null) delete item[attribute];
    else item[attribute] = value;
  }
  return parseSocialRow(item);
}

/**
 * The row once the cloud has answered to edits of it: with those that were saved, all together because one alone may not make a row, and
 * with the later ones that were there already.
 */
export function landed(
  owner: IdentityId,
  row: SocialRow | undefined,
  sent: readonly { edit: WaitingEdit; outcome: EditOutcome<SocialRow> }[],
): SocialRow | undefined {
  const saved: WaitingEdit[] = [];
  let last = row?.changedAt ?? '';
  for (const { edit, outcome } of sent) {
    if (outcome.outcome !== 'saved') continue;
    saved.push(edit);
    if (outcome.changedAt > last) last = outcome.changedAt;
  }
  const id = sent[0]?.edit.rowId;
  const laid = saved.length > 0 && id !== undefined ? laidOver(owner, id, row, saved) : row;
  const dated = laid && saved.length > 0 ? { ...laid, changedAt: last } : laid;
  return sent.reduce((now, { edit, outcome }) => {
    if (outcome.outcome === 'saved') return now;
    const { attribute } = edit;
    const theirs = outcome.row;
    if (!now) return theirs;
    const value = fields(theirs)?.[attribute] ?? null;
    return laidOver(owner, edit.rowId, now, [
      { attribute, value, at: theirs.editedAt[attribute] ?? edit.at },
    ]);
  }, dated);
}

/**
 * Makes edits of a change, dated, all by the same moment. `stored` are rows as the cloud has them, as far as is known, `shown` with edits
 * on their way. Throws at what no row could hold: it would be lost.
 */
export function dater({
  owner,
  clock: running,
  stored,
  shown,
}: {
  owner: IdentityId;
  clock: EditClock;
  stored: (id: string) => SocialRow | undefined;
  shown: (id: string) => SocialRow | undefined;
}): (change: RowChange) => WaitingEdit[] {
  const now = running.now();
  const clock = { known: running.known, offset: running.offset, now: () => now };
  return ({ id, attributes }) => {
    const seen = stored(id)?.editedAt;
    const edits: WaitingEdit[] = [];
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value === undefined) continue;
      if (!isAttribute(attribute)) throw new TypeError(`${attribute} is nothing that is edited`);
      edits.push({ ...datedNow(seen?.[attribute], clock), rowId: id, attribute, value });
    }
    check(edits, { owner, id, row: shown(id) });
    return edits;
  };
}

/** Nobody is to find out tomorrow that what was said to be safe is not in the row. */
function check(
  edits: readonly WaitingEdit[],
  { owner, id, row }: { owner: IdentityId; id: string; row: SocialRow | undefined },
): void {
  // Whatever clocks say: this is about values.
  const plain = row && { ...row, editedAt: {} };
  const wanted = fields(laidOver(owner, id, plain, edits));
  if (!wanted) throw new TypeError(`no row could be like ${id}`);
  for (const { attribute, value } of edits)
    if (value !== null && !same(wanted[attribute], value))
      throw new TypeError(`no row could hold this as ${attribute}`);
}

/** An edit as it was stored on this device; undefined for what cannot be read. */
export function parseWaitingEdit(value: unknown): WaitingEdit | undefined {
  const from = fields(value);
  const id = text(from?.['id'], 100);
  const rowId = text(from?.['rowId'], 300);
  const attribute = from?.['attribute'];
  const at: Instant | undefined = instant(from?.['at']);
  const after = instant(from?.['after']);
  if (!from || !id || !rowId || !at || !isAttribute(attribute) || from['value'] === undefined)
    return undefined;
  return {
    id,
    rowId,
    attribute,
    value: from['value'],
    at,
    ...(after ? { after } : {}),
    ...(from['guessed'] === true ? { guessed: true } : {}),
  };
}
