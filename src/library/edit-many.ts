// One edit of many photos, and the way back: each photo as it was before.
import type { PhotoEdit } from '../cloud/requests.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { EditableAttribute, Photo } from '../schema/photo.ts';
import type { EditState } from './edits-awaited.ts';
import type { Library } from './library.svelte.ts';
import { inSlices } from './slices.ts';

type Editable = Pick<Library, 'get' | 'editAll'>;

export interface Edited {
  /** How many photos are others than before. */
  count: number;
  /** As `Library.edit` resolves and fails. */
  saving: Promise<EditState>;
  /** Puts each back as it was. What has been changed again since stays as it is. */
  undo: () => Promise<EditState>;
}

/**
 * Shows at once what `editOf` makes of each photo; undefined, and what is so already, changes nothing. Photos that are gone are left
 * out.
 */
export async function editMany(
  library: Editable,
  photoIds: readonly PhotoId[],
  editOf: (photo: Photo) => PhotoEdit | undefined,
): Promise<Edited> {
  const edits = new Map<PhotoId, PhotoEdit>();
  const before = new Map<PhotoId, PhotoEdit>();
  await inSlices(photoIds, (photoId) => {
    const photo = library.get(photoId);
    const wanted = photo && changesOf(photo, editOf(photo) ?? {});
    if (!wanted) return;
    edits.set(photoId, wanted);
    before.set(photoId, presentOf(photo, wanted));
  });
  return {
    count: edits.size,
    saving: edit(library, edits),
    undo: async () => edit(library, await backTo(library, before, edits)),
  };
}

const edit = (library: Editable, edits: ReadonlyMap<PhotoId, PhotoEdit>): Promise<EditState> =>
  edits.size === 0
    ? Promise.resolve('sent')
    : library.editAll([...edits.keys()], (photoId) => edits.get(photoId) ?? {});

/** What is left to undo: nothing of what is not any more as the edit had it. */
async function backTo(
  library: Editable,
  before: ReadonlyMap<PhotoId, PhotoEdit>,
  edits: ReadonlyMap<PhotoId, PhotoEdit>,
): Promise<Map<PhotoId, PhotoEdit>> {
  const back = new Map<PhotoId, PhotoEdit>();
  await inSlices(before, ([photoId, was]) => {
    const photo = library.get(photoId);
    const wanted = edits.get(photoId) ?? {};
    if (!photo) return;
    const still = namesIn(wanted).filter((name) => same(photo[name] ?? null, wanted[name] ?? null));
    if (still.length > 0) back.set(photoId, pick(was, still));
  });
  return back;
}

const namesIn = (edited: PhotoEdit): EditableAttribute[] => Object.keys(edited) as EditableAttribute[];

const pick = (from: PhotoEdit, names: readonly EditableAttribute[]): PhotoEdit =>
  Object.fromEntries(names.map((name) => [name, from[name] ?? null]));

/** What of an edit is not so already; undefined when there is nothing. */
function changesOf(photo: Photo, wanted: PhotoEdit): PhotoEdit | undefined {
  const names = namesIn(wanted).filter((name) => !same(photo[name] ?? null, wanted[name] ?? null));
  return names.length > 0 ? pick(wanted, names) : undefined;
}

const presentOf = (photo: Photo, wanted: PhotoEdit): PhotoEdit =>
  Object.fromEntries(namesIn(wanted).map((name) => [name, photo[name] ?? null]));

/** By content; the fields of an object may come in any order. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => same((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]))
  );
}
