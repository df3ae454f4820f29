// A photo's row out of a chunk: a JSON array of its attributes, most of them by position, values that repeat by their number in
// the chunk's table. What comes out has passed the same parser as a row from the cloud.
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { isTombstone, parsePhotoRow, type Photo } from '../schema/photo.ts';
import { instantOf } from '../schema/time.ts';

/** The first places of a row: takenAt (only what its second does not tell, unless the owner has corrected that), uploadedAt and changedAt in milliseconds. */
const TIMES = 3;
/** Then these, as they are; then these, by their number in the table, from 1 on. 0 stands for an attribute that is not there. */
export const PLAIN = ['name', 'bytes', 'width', 'height', 'placeholder'] as const;
export const SHARED = ['type', 'takenAtSource', 'pipeline', 'camera', 'lens', 'path', 'place'] as const;
/** Then these, as arrays of their fields; and last an object with whatever else there is. */
export const NESTED = [
  ['exposure', ['time', 'aperture', 'iso', 'focalLength']],
  ['gps', ['latitude', 'longitude']],
] as const;

/** Where in a row they begin; `others` is that object. */
export const PLACES = {
  plain: TIMES,
  shared: TIMES + PLAIN.length,
  gps: TIMES + PLAIN.length + SHARED.length + 1,
  others: TIMES + PLAIN.length + SHARED.length + NESTED.length,
} as const;

const UPLOADED_AT = 1;
const PLACE = PLACES.shared + SHARED.indexOf('place');

/** A few attributes of a row without the rest of it, unchecked; its place by number in the chunk's table, 0 without one. */
export interface Glimpse {
  uploadedAt: unknown;
  place: unknown;
  gps: unknown;
  /** Whether its owner has put it elsewhere. */
  replaced: boolean;
}

/** For those who look at every row. Undefined for a row that was damaged. */
export function glimpse(text: string): Glimpse | undefined {
  try {
    const values: unknown = JSON.parse(text);
    if (!Array.isArray(values)) return undefined;
    const others: unknown = values[PLACES.others];
    return {
      uploadedAt: values[UPLOADED_AT],
      place: values[PLACE] ?? 0,
      gps: values[PLACES.gps],
      replaced: typeof others === 'object' && others !== null && 'placeOverride' in others,
    };
  } catch {
    // SyntaxError: these bytes are no row, which is noted when somebody looks at it.
    return undefined;
  }
}

/** The object with whatever has no place of its own in a row, unchecked: what the owner has edited, and when. Undefined as above. */
export function othersIn(text: string): Record<string, unknown> | undefined {
  try {
    const values: unknown = JSON.parse(text);
    return Array.isArray(values) ? { ...(values[PLACES.others] as object) } : undefined;
  } catch {
    // SyntaxError, as above.
    return undefined;
  }
}

/** What the head of the chunk knows of the photo. */
export interface Known {
  owner: IdentityId;
  photoId: PhotoId;
  seconds: number;
  failed: boolean;
}

/** As `2019-06-01T12:34:56`. */
const wallTime = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19);

/** Undefined for a row that was damaged: no JSON, or no photo. */
export function unpack(
  text: string,
  shared: readonly unknown[],
  { owner, photoId, seconds, failed }: Known,
): Photo | undefined {
  let item: Record<string, unknown>;
  try {
    const values = JSON.parse(text) as unknown[];
    item = { ...(values[PLACES.others] as object) };
    let at = TIMES;
    for (const name of PLAIN) item[name] = values[at++] ?? 0;
    for (const name of SHARED) item[name] = shared[Number(values[at++] ?? 0) - 1];
    for (const [name, fields] of NESTED) {
      const nested = values[at++];
      if (Array.isArray(nested))
        item[name] = Object.fromEntries(fields.map((field, i) => [field, nested[i]]));
    }
    const [takenAt, uploadedAt, changedAt] = values;
    item['takenAt'] = String(takenAt).length < 19 ? wallTime(seconds) + String(takenAt) : takenAt;
    item['uploadedAt'] = instantOf(Number(uploadedAt));
    item['changedAt'] = instantOf(Number(changedAt));
  } catch {
    // SyntaxError, TypeError, RangeError: that it throws says that these bytes are no row.
    return undefined;
  }
  const row = parsePhotoRow({ ...item, owner, photoId, status: failed ? 'failed' : 'ready' });
  return row && !isTombstone(row) ? row : undefined;
}
