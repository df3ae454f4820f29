// Edits of many photos and the way back: each exactly as it was, and nobody's later change undone with it.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PhotoEdit } from '../../src/cloud/requests.ts';
import { editMany, same } from '../../src/library/edit-many.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { EDITABLE_ATTRIBUTES, type Photo } from '../../src/schema/photo.ts';
import { photos } from './schema-arbitraries.ts';

/** A library in memory that takes edits as they come. */
class Shelf {
  readonly photos: Map<PhotoId, Photo>;
  calls = 0;
  constructor(all: readonly Photo[]) {
    this.photos = new Map(all.map((photo) => [photo.photoId, photo]));
  }
  get = (photoId: PhotoId): Photo | undefined => this.photos.get(photoId);
  editAll = async (photoIds: readonly PhotoId[], editOf: (photoId: PhotoId) => PhotoEdit) => {
    this.calls++;
    for (const photoId of photoIds) {
      const row: Record<string, unknown> = { ...this.get(photoId) };
      for (const [name, value] of Object.entries(editOf(photoId))) {
        if (value === null) delete row[name];
        else row[name] = value;
      }
      this.photos.set(photoId, row as unknown as Photo);
    }
    return 'sent' as const;
  };
}

const library = fc.uniqueArray(photos, { selector: ({ photoId }) => photoId, minLength: 1, maxLength: 8 });
const edit = fc
  .tuple(photos, fc.subarray([...EDITABLE_ATTRIBUTES], { minLength: 1 }), fc.boolean())
  .map(([like, names, remove]): PhotoEdit =>
    Object.fromEntries(names.map((name) => [name, remove ? null : (like[name] ?? null)])),
  );

test('undo puts every photo back exactly as it was', async () => {
  await fc.assert(
    fc.asyncProperty(library, edit, async (all, wanted) => {
      const shelf = new Shelf(all);
      const ids = all.map(({ photoId }) => photoId);
      const { saving, undo, count } = await editMany(shelf, ids, () => wanted);
      await saving;
      expect(all.filter((photo) => !same(shelf.get(photo.photoId), photo))).toHaveLength(count);
      await undo();
      expect([...shelf.photos.values()]).toEqual(all);
    }),
  );
});

test('undo leaves alone what has been changed again since, and what else was changed', async () => {
  await fc.assert(
    fc.asyncProperty(library, edit, edit, async (all, wanted, later) => {
      const shelf = new Shelf(all);
      const ids = all.map(({ photoId }) => photoId);
      const first = await editMany(shelf, ids, () => wanted);
      await first.saving;
      const between = new Map(shelf.photos);
      await (
        await editMany(shelf, ids, () => later)
      ).saving;
      const after = new Map(shelf.photos);
      await first.undo();
      for (const photo of all) {
        const now = shelf.get(photo.photoId);
        for (const name of EDITABLE_ATTRIBUTES) {
          const set = between.get(photo.photoId)?.[name];
          const latest = after.get(photo.photoId)?.[name];
          const edited = name in wanted && !same(set ?? null, photo[name] ?? null);
          expect(now?.[name]).toEqual(edited && same(set ?? null, latest ?? null) ? photo[name] : latest);
        }
      }
    }),
  );
});

test('what is so already is not edited again, and photos that are gone are left out', async () => {
  const [photo] = fc.sample(photos, 1) as [Photo];
  const shelf = new Shelf([{ ...photo, caption: 'Low tide' }]);
  const gone = `Z${photo.photoId.slice(1)}` as PhotoId;
  const edited = await editMany(shelf, [photo.photoId, gone], () => ({ caption: 'Low tide' }));
  expect(edited.count).toBe(0);
  expect(await edited.saving).toBe('sent');
  expect(await edited.undo()).toBe('sent');
  expect(shelf.calls).toBe(0);
});

test('many photos are edited in one go', async () => {
  const [photo] = fc.sample(photos, 1) as [Photo];
  const all = Array.from({ length: 10_000 }, (_, n) => ({
    ...photo,
    photoId: `${String(n).padStart(42, '0')}A` as PhotoId,
  }));
  const shelf = new Shelf(all);
  const { count, saving, undo } = await editMany(
    shelf,
    all.map(({ photoId }) => photoId),
    ({ photoId }) => ({ caption: photoId }),
  );
  await saving;
  expect([count, shelf.calls]).toEqual([10_000, 1]);
  await undo();
  expect([...shelf.photos.values()]).toEqual(all);
});
