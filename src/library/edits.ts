// Edits the cloud may not have yet: how they are dated, and how a photo looks with them. Pure.
//
// Each attribute of a photo carries the time of its last edit; of two edits the later one counts, wherever it was made and whenever
// it arrives. The table decides by that rule, and so does what is shown here, so that all devices end with the same.
import type { Cloud } from '../cloud/cloud.ts';
import type { AttributeEdit, EditOutcome, PhotoEdit } from '../cloud/requests.ts';
import { isPhotoId, type PhotoId } from '../schema/ids.ts';
import { fields, oneOf, text } from '../schema/parse.ts';
import {
  EDITABLE_ATTRIBUTES,
  editableValue,
  editTimeOf,
  type EditTime,
  type EditableAttribute,
  type Photo,
} from '../schema/photo.ts';
import { instant, instantOf, type Instant } from '../schema/time.ts';

/** What edits need of the cloud; the real one is `Cloud`. */
export type EditSource = Pick<Cloud, 'identityId' | 'clock' | 'editPhoto' | 'readPhoto'>;

/** A photo has at most one for each attribute: a later edit takes the place of one that was not sent yet. */
export interface QueuedEdit extends AttributeEdit {
  photoId: PhotoId;
  /** Tells it from the one it takes the place of. */
  id: string;
  /** The edit that was seen when this one was made: whatever the clocks say, this one is later. */
  after?: Instant;
  /** Dated before any server was heard, by a clock that may be wrong. */
  guessed?: true;
}

/** There is one edit of each at most. */
export const keyOf = ({ photoId, attribute }: QueuedEdit): string => `${photoId} ${attribute}`;

/** What somebody wants of a photo. */
export interface Change {
  photoId: PhotoId;
  edit: PhotoEdit;
}

type EditClock = Pick<EditSource['clock'], 'now' | 'offset' | 'known'>;

/** How far into the future an edit may be dated: clocks are not that exact. The table takes later ones for undated. */
const SLACK_MS = 60_000;

/** The edits of one photo, dated. `seen` is when it was edited before, as far as is known. Throws at a value that no row could hold. */
export function datedEdits(
  photoId: PhotoId,
  edit: PhotoEdit,
  { seen, clock }: { seen: Partial<Pick<Photo, EditTime>> | undefined; clock: EditClock },
): QueuedEdit[] {
  return EDITABLE_ATTRIBUTES.filter((attribute) => edit[attribute] !== undefined).map((attribute) => {
    const after = seen?.[editTimeOf(attribute)];
    const dated: QueuedEdit = {
      id: crypto.randomUUID(),
      photoId,
      attribute,
      value: valueOf(attribute, edit[attribute]),
      at: later(instantOf(clock.now()), after),
    };
    if (after !== undefined) dated.after = after;
    if (!clock.known) dated.guessed = true;
    return dated;
  });
}

function valueOf(attribute: EditableAttribute, wanted: unknown): AttributeEdit['value'] {
  if (wanted === null) return null;
  const value = editableValue(attribute, wanted);
  if (value === undefined) throw new TypeError(`no row could hold this as ${attribute}`);
  return value;
}

/** The same edit as it may be sent, once server time is known. */
export function sendable(edit: QueuedEdit, clock: EditClock): QueuedEdit {
  const { guessed, ...rest } = edit;
  const now = clock.now();
  const soon = instantOf(now + SLACK_MS);
  const made = Date.parse(edit.at) + (guessed ? clock.offset : 0);
  // Nothing was edited in the future, neither this nor what was seen: the clock has been put right since.
  const after = edit.after !== undefined && edit.after > soon ? undefined : edit.after;
  const at = later(instantOf(made > now + SLACK_MS ? now : made), after);
  return at === edit.at && !guessed ? edit : { ...rest, at };
}

/** `at`, or the instant right after `after`. */
const later = (at: Instant, after: Instant | undefined): Instant =>
  after === undefined || at > after ? at : instantOf(Date.parse(after) + 1);

/** The edit as it takes the place of another one of the same attribute. */
export const replacing = (edit: QueuedEdit, replaced: QueuedEdit | undefined): QueuedEdit =>
  replaced && replaced.at >= (edit.after ?? '')
    ? { ...edit, after: replaced.at, at: later(edit.at, replaced.at) }
    : edit;

/** The photo as it is once these edits have arrived. An attribute that was edited later elsewhere stays. */
export function laidOver(photo: Photo, edits: readonly AttributeEdit[]): Photo {
  const counting = edits.filter(({ attribute, at }) => (photo[editTimeOf(attribute)] ?? '') <= at);
  if (counting.length === 0) return photo;
  const row: Record<string, unknown> = { ...photo };
  for (const { attribute, value, at } of counting) {
    row[editTimeOf(attribute)] = at;
    if (value === null) delete row[attribute];
    else row[attribute] = value;
  }
  return row as unknown as Photo;
}

/** The row once the cloud has answered to an edit: with it, or with the later one that was there already. */
export function landed(row: Photo, edit: QueuedEdit, outcome: EditOutcome): Photo {
  if (outcome.outcome === 'saved') {
    const changedAt = outcome.changedAt > row.changedAt ? outcome.changedAt : row.changedAt;
    return { ...laidOver(row, [edit]), changedAt };
  }
  const { attribute } = edit;
  const at = outcome.row[editTimeOf(attribute)] ?? edit.at;
  return laidOver(row, [{ attribute, value: outcome.row[attribute] ?? null, at }]);
}

/** An edit as it was stored on this device; undefined for what cannot be read. */
export function parseQueuedEdit(value: unknown): QueuedEdit | undefined {
  const from = fields(value);
  const id = text(from?.['id'], 100);
  const attribute = oneOf(from?.['attribute'], EDITABLE_ATTRIBUTES);
  const at = instant(from?.['at']);
  const after = instant(from?.['after']);
  if (!from || !id || !attribute || !at || !isPhotoId(from['photoId'])) return undefined;
  const wanted = from['value'] === null ? null : editableValue(attribute, from['value']);
  if (wanted === undefined) return undefined;
  return {
    id,
    photoId: from['photoId'],
    attribute,
    value: wanted,
    at,
    ...(after ? { after } : {}),
    ...(from['guessed'] === true ? { guessed: true } : {}),
  };
}
