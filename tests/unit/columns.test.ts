// The library in memory: whatever photos come and go, they are kept to the last attribute, found, and shown in their order.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withChunks, withEdits } from '../../src/library/change.ts';
import {
  bytesOfId,
  Chunk,
  compareIds,
  FAVORITE,
  letterOf,
  secondsOf,
  TRASHED,
} from '../../src/library/chunk.ts';
import { Columns } from '../../src/library/columns.ts';
import { laidOver } from '../../src/library/edits.ts';
import { ColumnList, listOf } from '../../src/library/list.ts';
import { orderOf } from '../../src/library/order.ts';
import { repacked, repackedChunks } from '../../src/library/pack.ts';
import type { AttributeEdit } from '../../src/cloud/requests.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { parsePhotoRow, takenAtOf, type Photo } from '../../src/schema/photo.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { identity } from '../fixtures.ts';
import { localTimes, photoId as anyId, photos as anyPhoto } from './schema-arbitraries.ts';

const ME = identity();

/** Later than whatever the photos say. */
const LAST = '9999-12-31T23:59:59.999Z';
const EDITS: Record<'trash' | 'date' | 'favorite' | 'none', AttributeEdit[]> = {
  trash: [{ attribute: 'trashedAt', value: '2026-02-02T00:00:00.000Z', at: LAST }],
  date: [{ attribute: 'takenAtOverride', value: '1950-12-31T23:59:59', at: LAST }],
  favorite: [{ attribute: 'favorite', value: true, at: LAST }],
  none: [],
};

/** As a row comes from the cloud: without what JSON does not know. */
const plain = (photo: Photo): Photo => JSON.parse(JSON.stringify({ ...photo, owner: ME })) as Photo;
const mine = anyPhoto.map(plain);
/** Few letters and few seconds, so that photos meet in chunks and in time. */
const crowded = fc
  .record({
    photo: mine,
    id: anyId.map((id) => `${'AQ'[id.charCodeAt(5) % 2]}${id.slice(1)}` as PhotoId),
    takenAt: fc.oneof(localTimes, fc.constantFrom('2026-01-01T00:00:00', '2026-01-01T00:00:01.5+02:00')),
  })
  .map(({ photo, id, takenAt }) => Object.assign(photo, { photoId: id, takenAt }));
const library = fc.uniqueArray(crowded, { selector: ({ photoId }) => photoId, maxLength: 40 });

type Changes = readonly (readonly [PhotoId, Photo | undefined])[];

const changed = (columns: Columns, changes: Changes): Columns =>
  withChunks(columns, repackedChunks(ME, columns.chunks, new Map(changes)));
const columnsOf = (list: readonly Photo[]): Columns =>
  changed(
    Columns.none,
    list.map((photo) => [photo.photoId, photo]),
  );

const everything = (columns: Columns): (Photo | undefined)[] =>
  [...columns.order].map((at) => columns.photo(at));
const wall = (photo: Photo): string => takenAtOf(photo).slice(0, 19);

function sorted(list: Iterable<Photo>): Photo[] {
  return [...list].toSorted((a, b) => {
    if (wall(a) !== wall(b)) return wall(a) < wall(b) ? 1 : -1;
    return compareIds(bytesOfId(a.photoId), 0, bytesOfId(b.photoId), 0);
  });
}

/** What is stored of a chunk, as it comes back from the disk. */
const stored = (chunk: Chunk) => ({ head: chunk.head.slice(0), rest: chunk.rest?.slice().buffer });

test('every attribute of a photo is still there after packing, storing and reading', () => {
  fc.assert(
    fc.property(mine, (photo) => {
      const letter = letterOf(photo.photoId);
      const packed = repacked(ME, undefined, [[photo.photoId, photo]]) as Chunk;
      const { head, rest } = stored(packed);
      const read = Chunk.read(ME, letter, head);
      expect(read?.photo(0)).toBeUndefined();
      expect(read?.complete(rest)).toBe(true);
      expect(read?.photo(0)).toEqual(photo);
      expect(read?.photo(1)).toBeUndefined();
    }),
  );
});

test('photos are in their order and complete after any changes, just as if all had come at once', () => {
  fc.assert(
    fc.property(
      library,
      fc.array(library, { maxLength: 4 }),
      fc.infiniteStream(fc.boolean()),
      (first, then, coin) => {
        const known = new Map(first.map((photo) => [photo.photoId, photo]));
        let columns = columnsOf(first);
        for (const round of then) {
          const gone = [...known.keys()].filter(() => coin.next().value);
          const kept = [...known.values()].filter(() => coin.next().value);
          const redated = kept.map((photo) =>
            Object.assign({}, photo, { takenAt: '2026-01-01T00:00:00Z', bytes: 1 }),
          );
          const changes = new Map<PhotoId, Photo | undefined>(redated.map((photo) => [photo.photoId, photo]));
          for (const photo of round) changes.set(photo.photoId, photo);
          for (const id of gone) changes.set(id, undefined);
          columns = changed(columns, [...changes]);
          for (const [id, photo] of changes) {
            if (photo) known.set(id, photo);
            else known.delete(id);
          }
        }
        expect(everything(columns)).toEqual(sorted(known.values()));
        expect(columns.order).toEqual(orderOf(columns.chunks));
        expect(new Set(columns.ids())).toEqual(new Set(known.keys()));
        for (const [id, photo] of known) expect(columns.get(id)).toEqual(photo);
      },
    ),
  );
});

test('among many photos, a few that come, go or get another date stand where they belong, and the lists say so', () => {
  const many = [...madeUpPhotos(ME, 400)].map(plain);
  const few = fc.array(fc.tuple(fc.nat(399), fc.constantFrom('gone', 'redated', 'reshaped', 'loved')), {
    minLength: 1,
    maxLength: 4,
  });
  const start = columnsOf(many.filter((_, n) => n % 10 > 0));
  expect(everything(start)).toEqual(sorted(many.filter((_, n) => n % 10 > 0)));
  const masks = [TRASHED, TRASHED | FAVORITE] as const;
  fc.assert(
    fc.property(fc.array(few, { maxLength: 4 }), (rounds) => {
      let columns = start;
      let lists = masks.map((mask) => ColumnList.of(columns, mask, mask & FAVORITE));
      for (const round of rounds) {
        const changes = round.map(([n, what]): [PhotoId, Photo | undefined] => {
          const photo = many[n] as Photo;
          if (what === 'gone') return [photo.photoId, undefined];
          if (what === 'redated') return [photo.photoId, { ...photo, takenAt: '2015-05-05T05:05:05' }];
          return [photo.photoId, { ...photo, ...(what === 'loved' ? { favorite: true } : { width: 1234 }) }];
        });
        for (const list of lists) void list.days;
        columns = changed(columns, changes);
        lists = masks.map((mask, i) => ColumnList.of(columns, mask, mask & FAVORITE, lists[i]));
        expect(columns.order).toEqual(orderOf(columns.chunks));
        for (const [i, list] of lists.entries()) {
          const anew = ColumnList.of(columns, masks[i] as number, (masks[i] as number) & FAVORITE);
          expect(list.references).toEqual(anew.references);
          expect(list.days).toEqual(anew.days);
          expect(list.ratios).toEqual(anew.ratios);
        }
      }
    }),
  );
});

test('an edit on its way shows in every list at once, and nothing else changes', () => {
  fc.assert(
    fc.property(
      library,
      fc.infiniteStream(fc.constantFrom('trash' as const, 'date' as const, 'none' as const)),
      (list, what) => {
        const before = columnsOf(list);
        const edits = list.map(
          ({ photoId }) => [photoId, EDITS[what.next().value as keyof typeof EDITS]] as const,
        );
        const edited = list.map((photo, i) => laidOver(photo, edits[i]?.[1] ?? []));
        const columns = withEdits(before, new Map(edits));
        expect(everything(columns)).toEqual(sorted(edited));
        const trash = ColumnList.of(columns, TRASHED, TRASHED);
        expect([...trash]).toEqual(sorted(edited.filter((photo) => photo.trashedAt)));
        expect(everything(before)).toEqual(sorted(list));
      },
    ),
  );
});

test('a list says of every photo where it is, and of others that they are not there', () => {
  fc.assert(
    fc.property(library, anyId, (all, other) => {
      const columns = columnsOf(all);
      const list = ColumnList.of(columns, TRASHED, 0);
      const model = listOf(sorted(all).filter((photo) => !photo.trashedAt));
      expect([...list]).toEqual([...model]);
      expect(list).toHaveLength(model.length);
      expect(list.days).toEqual(model.days);
      expect(list.ratios).toEqual(model.ratios);
      for (const photo of all) expect(list.indexOf(photo.photoId)).toBe(model.indexOf(photo.photoId));
      for (let i = -1; i <= model.length; i++) {
        expect(list.at(i)).toEqual(model.at(i));
        expect(list.idAt(i)).toBe(model.idAt(i));
      }
      expect(list.indexOf(other)).toBe(model.indexOf(other));
    }),
  );
});

describe('what need not be done again', () => {
  const [one, two] = fc.sample(crowded, 2) as [Photo, Photo];
  const photos = [
    { ...one, trashedAt: undefined, takenAtOverride: undefined, archived: undefined },
    { ...two, trashedAt: undefined },
  ];

  test('a favorite more is no reason to lay out the timeline again', () => {
    const columns = columnsOf(photos);
    const before = ColumnList.of(columns, TRASHED, 0);
    const { days, ratios } = before;
    const after = withEdits(columns, new Map([[one.photoId, EDITS.favorite]]));
    const list = ColumnList.of(after, TRASHED, 0, before);
    expect(list.days).toBe(days);
    expect(list.ratios).toBe(ratios);
    expect(list.references).toBe(before.references);
    expect(after.order).toBe(columns.order);
    expect(list.at(list.indexOf(one.photoId))?.favorite).toBe(true);
  });

  test('another date is', () => {
    const columns = columnsOf(photos);
    const before = ColumnList.of(columns, TRASHED, 0);
    const { days } = before;
    const after = withEdits(columns, new Map([[one.photoId, EDITS.date]]));
    expect(ColumnList.of(after, TRASHED, 0, before).days).not.toEqual(days);
  });

  test('a photo that is looked at again is the same object, though others came and went meanwhile', () => {
    const other = { ...one, photoId: `g${one.photoId.slice(1)}` as PhotoId };
    const columns = columnsOf([one]);
    const first = columns.get(one.photoId);
    expect(changed(columns, [[other.photoId, other]]).get(one.photoId)).toBe(first);
  });
});

describe('a stored chunk that is not what it should be', () => {
  const anyLetter = fc.integer({ min: 0, max: 15 });

  test('is refused or shows right photos only, whichever bytes were damaged', () => {
    const some = fc.uniqueArray(crowded, { selector: ({ photoId }) => photoId, minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        some,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (list, at, flip, inHead) => {
          const letter = letterOf((list[0] as Photo).photoId);
          const own = list.filter((photo) => letterOf(photo.photoId) === letter);
          const chunk = repacked(
            ME,
            undefined,
            own.map((photo) => [photo.photoId, photo]),
          ) as Chunk;
          const { head, rest } = stored(chunk);
          const bytes = new Uint8Array(inHead ? head : (rest as ArrayBuffer));
          bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ flip;
          const read = Chunk.read(ME, letter, head);
          const rows = read?.complete(rest) ? [...Array(read.count).keys()] : [];
          // A flipped letter of a name cannot be known; but what is shown is a photo, of this owner, where its columns say.
          const wrong = rows.flatMap((row) => {
            const photo = read?.photo(row);
            if (!photo) return read?.broken ? [] : ['an unreadable row that nobody hears of'];
            const right = photo.owner === ME && letterOf(photo.photoId) === letter && parsePhotoRow(photo);
            return right && secondsOf(photo) === read?.columns.times[row] ? [] : [photo.photoId];
          });
          expect(wrong).toEqual([]);
        },
      ),
    );
  });

  test('is refused when it was cut, or is something else', () => {
    const [photo] = fc.sample(mine, 1) as [Photo];
    const letter = letterOf(photo.photoId);
    const { head, rest } = stored(repacked(ME, undefined, [[photo.photoId, photo]]) as Chunk);
    for (const wrong of [
      undefined,
      null,
      'text',
      {},
      new ArrayBuffer(0),
      new ArrayBuffer(100),
      head.slice(1),
    ])
      expect(Chunk.read(ME, letter, wrong)).toBeUndefined();
    for (const wrong of [undefined, null, new ArrayBuffer(0), rest?.slice(1)])
      expect(Chunk.read(ME, letter, head)?.complete(wrong)).toBe(false);
  });

  test('is refused under another letter than its own', () => {
    fc.assert(
      fc.property(mine, anyLetter, (photo, letter) => {
        fc.pre(letter !== letterOf(photo.photoId));
        const { head } = stored(repacked(ME, undefined, [[photo.photoId, photo]]) as Chunk);
        expect(Chunk.read(ME, letter, head)).toBeUndefined();
      }),
    );
  });

  test('shows no photo whose row says another date than the one it is sorted by', () => {
    const [photo] = fc.sample(mine, 1) as [Photo];
    const dated = { ...photo, takenAtOverride: '2020-02-02T00:00:00' };
    const { head, rest } = stored(repacked(ME, undefined, [[photo.photoId, dated]]) as Chunk);
    new Float64Array(head, 16, 1)[0] = 0;
    const read = Chunk.read(ME, letterOf(photo.photoId), head);
    expect(read?.complete(rest)).toBe(true);
    expect(read?.photo(0)).toBeUndefined();
  });
});
