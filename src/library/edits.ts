// Edits of photos that the cloud may not have yet: how they are made, and how a photo looks with them. Pure.
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
import { instant } from '../schema/time.ts';
import { datedNow, type EditClock, type WaitingEdit } from './edits-time.ts';

/** What edits need of the cloud; the real one is `Cloud`. */
export type EditSource = Pick<Cloud, 'identityId' | 'clock' | 'editPhoto' | 'readPhoto'>;

export type QueuedEdit = WaitingEdit & AttributeEdit & { rowId: PhotoId };

/** What somebody wants of a photo. */
export interface Change {
  photoId: PhotoId;
  edit: PhotoEdit;
}

/** The edits of one photo, dated. `seen` is when it was edited before, as far as is known. Throws at a value that no row could hold. */
export function datedEdits(
  photoId: PhotoId,
  edit: PhotoEdit,
  { seen, clock }: { seen: Partial<Pick<Photo, EditTime>> | undefined; clock: EditClock },
): QueuedEdit[] {
  const made = (attribute: EditableAttribute): QueuedEdit => ({
    ...datedNow(seen?.[editTimeOf(attribute)], clock),
    rowId: photoId,
    attribute,
    value: valueOf(attribute, edit[attribute]),
  });
  return EDITABLE_ATTRIBUTES.filter((attribute) => edit[attribute] !== undefined).map(made);
}

function valueOf(attribute: EditableAttribute, wanted: unknown): AttributeEdit['value'] {
  if (wanted === null) return null;
  const value = editableValue(attribute, wanted);
  if (value === undefined) throw new TypeError(`no row could hold this as ${attribute}`);
  return value;
}

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
  // As it was called before there were edits of other rows.
  const rowId = from?.['rowId'] ?? from?.['photoId'];
  if (!from || !id || !attribute || !at || !isPhotoId(rowId)) return undefined;
  const wanted = from['value'] === null ? null : editableValue(attribute, from['value']);
  if (wanted === undefined) return undefined;
  return {
    id,
    rowId,
    attribute,
    value: wanted,
    at,
    ...(after ? { after } : {}),
    ...(from['guessed'] === true ? { guessed: true } : {}),
  };
}
