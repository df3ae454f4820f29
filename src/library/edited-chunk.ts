// A chunk of the library with edits laid over it. Ten thousand edited photos are not unpacked for that: what they are listed by is worked
// out from the edits and the times in their rows, and a photo is unpacked when it is looked at.
import type { AttributeEdit } from '../cloud/requests.ts';
import type { PhotoId } from '../schema/ids.ts';
import { EDIT_TIMES, editTimeOf, type EditTime, type Photo } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';
import {
  ARCHIVED,
  bytesOfId,
  Chunk,
  FAVORITE,
  flagsOf,
  secondsOf,
  TRASHED,
  type EditedPhotos,
} from './chunk.ts';
import { laidOver } from './edits.ts';
import { othersIn } from './unpack.ts';

export type EditTimes = Partial<Record<EditTime, Instant>>;
type PhotoEdits = readonly [PhotoId, readonly AttributeEdit[]];

/** What an edit of these says is a bit and nothing else. */
const BITS: Partial<Record<AttributeEdit['attribute'], number>> = {
  favorite: FAVORITE,
  archived: ARCHIVED,
  trashedAt: TRASHED,
};
/** Nothing is sorted or listed by these. */
const UNLISTED = new Set<AttributeEdit['attribute']>(['caption', 'tags', 'placeOverride']);

const decoder = new TextDecoder();
const BRACE = '}'.charCodeAt(0);

/** The last one of each chunk: most often the same edits are laid over it again, because something else has changed. */
const made = new WeakMap<Chunk, { edits: readonly PhotoEdits[]; chunk: Chunk }>();

/** The same chunk with some photos as edits have them; itself when none of the edits counts. */
export function editedChunk(chunk: Chunk, edits: readonly PhotoEdits[]): Chunk {
  // Its rows are still being read: the edits are laid over it when they are there.
  if (!chunk.rest) return chunk;
  const before = made.get(chunk);
  if (before && areSame(before.edits, edits)) return before.chunk;
  let { times } = chunk.columns;
  const flags = chunk.columns.flags.slice();
  const edited = new Map<number, readonly AttributeEdit[]>();
  for (const [photoId, own] of edits) {
    const row = chunk.find(bytesOfId(photoId));
    const known = row < 0 ? undefined : editTimesOf(chunk, row);
    const counting = known
      ? own.filter(({ attribute, at }) => (known[editTimeOf(attribute)] ?? '') <= at)
      : [];
    if (counting.length === 0) continue;
    edited.set(row, counting);
    for (const { attribute, value } of counting) {
      const bit = BITS[attribute];
      if (bit !== undefined)
        flags[row] = value ? (flags[row] as number) | bit : (flags[row] as number) & ~bit;
    }
    if (counting.every(({ attribute }) => BITS[attribute] !== undefined || UNLISTED.has(attribute))) continue;
    const plain = chunk.photo(row);
    if (!plain) continue;
    const photo = laidOver(plain, counting);
    if (times === chunk.columns.times) times = times.slice();
    times[row] = secondsOf(photo);
    flags[row] = flagsOf(photo);
  }
  const shown =
    edited.size === 0
      ? chunk
      : new Chunk(
          chunk.owner,
          chunk.head,
          { ...chunk.columns, times, flags },
          { photos: lookingAt(chunk, edited), plain: chunk },
        );
  made.set(chunk, { edits, chunk: shown });
  return shown;
}

/** The edited photos, each the same object every time. */
function lookingAt(chunk: Chunk, edited: ReadonlyMap<number, readonly AttributeEdit[]>): EditedPhotos {
  const seen = new Map<number, Photo>();
  const get = (row: number): Photo | undefined => {
    const edits = edited.get(row);
    const known = seen.get(row);
    if (known || !edits) return known;
    const plain = chunk.photo(row);
    if (plain) seen.set(row, laidOver(plain, edits));
    return seen.get(row);
  };
  return {
    get,
    keys: () => edited.keys(),
    rowsWith: (wanted) =>
      [...edited].flatMap(([row, edits]) =>
        edits.some(({ attribute }) => attribute === wanted) ? [row] : [],
      ),
    *[Symbol.iterator]() {
      for (const row of edited.keys()) {
        const photo = get(row);
        if (photo) yield [row, photo];
      }
    },
  };
}

const NEVER: EditTimes = {};
/** Of photos that are being edited: asked for when an edit is made, and again when it is shown. */
const known = new WeakMap<Chunk, Map<number, EditTimes>>();

/** When a photo was last edited, as its row says. Undefined while the rows are still being read, and for a damaged one. */
export function editTimesOf({ plain }: Chunk, row: number): EditTimes | undefined {
  const { rest } = plain;
  const { offsets, sharedBytes } = plain.columns;
  if (!rest) return undefined;
  const begin = sharedBytes + (offsets[row] as number);
  const end = sharedBytes + (offsets[row + 1] as number);
  // What the owner has edited ends a row; most have nothing of it.
  if (rest[end - 2] !== BRACE) return NEVER;
  const ofChunk = known.get(plain) ?? new Map<number, EditTimes>();
  known.set(plain, ofChunk);
  const before = ofChunk.get(row);
  if (before) return before;
  const found = othersIn(decoder.decode(rest.subarray(begin, end)));
  if (!found) return undefined;
  const times: EditTimes = {};
  for (const name of EDIT_TIMES) {
    const at = found[name];
    if (typeof at === 'string') times[name] = at as Instant;
  }
  ofChunk.set(row, times);
  return times;
}

function areSame(before: readonly PhotoEdits[], now: readonly PhotoEdits[]): boolean {
  return (
    before.length === now.length &&
    before.every(([photoId, edits], i) => {
      const [otherId, others] = now[i] as PhotoEdits;
      return (
        photoId === otherId &&
        edits.length === others.length &&
        edits.every((one, j) => isSame(one, others[j]))
      );
    })
  );
}

/** Two edits of one attribute at one time are the same, unless a device makes two within a millisecond. */
const isSame = (one: AttributeEdit, other: AttributeEdit | undefined): boolean =>
  one === other ||
  (one.at === other?.at &&
    one.attribute === other.attribute &&
    (one.value === other.value || JSON.stringify(one.value) === JSON.stringify(other.value)));
