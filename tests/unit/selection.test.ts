// Selecting: what any way of pointing at photos selects, what stays selected while the library changes under it, and how fast.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOf, type LayoutOptions } from '../../src/grid/layout.ts';
import { boxesBetween, type Box } from '../../src/grid/near.ts';
import { photoNear, photosIn } from '../../src/grid/select-near.ts';
import { Selection } from '../../src/grid/selection.svelte.ts';
import { withChunks, withEdits } from '../../src/library/change.ts';
import type { AttributeEdit } from '../../src/cloud/requests.ts';
import { TRASHED } from '../../src/library/chunk.ts';
import { Columns } from '../../src/library/columns.ts';
import { ColumnList, listOf, type PhotoList } from '../../src/library/list.ts';
import { repackedChunks } from '../../src/library/pack.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import type { Photo } from '../../src/schema/photo.ts';
import type { Instant } from '../../src/schema/time.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { identity } from '../fixtures.ts';

const ME = identity();
const LAST = '9999-12-31T23:59:59.998Z' as Instant;

const changed = (columns: Columns, changes: readonly (readonly [PhotoId, Photo | undefined])[]): Columns =>
  withChunks(columns, repackedChunks(ME, columns.chunks, new Map(changes)));
const columnsOf = (photos: readonly Photo[]): Columns =>
  changed(
    Columns.none,
    photos.map((photo) => [photo.photoId, photo]),
  );
const timeline = (columns: Columns): ColumnList => ColumnList.of(columns, TRASHED, 0);

const EDITS: Record<'trash' | 'date', AttributeEdit> = {
  trash: { attribute: 'trashedAt', value: LAST, at: LAST },
  date: { attribute: 'takenAtOverride', value: '1950-01-01T00:00:00', at: LAST },
};

const hundred = [...madeUpPhotos(ME, 100)];
const selected = (selection: Selection): number[] => [...selection.indexes()];
const begun = (photos: readonly Photo[] = hundred): Selection => new Selection(timeline(columnsOf(photos)));

test('a click selects, another one does not any more', () => {
  const selection = begun();
  selection.toggle(3);
  selection.toggle(7);
  selection.toggle(3);
  expect([selected(selection), selection.count]).toEqual([[7], 1]);
});

test('with shift the range from the last click is selected, either way, and shown before', () => {
  const selection = begun();
  selection.show(12);
  expect(selection.isAhead(12)).toBe(false);
  selection.toggle(10);
  selection.show(12);
  expect([9, 10, 12, 13].map((index) => selection.isAhead(index))).toEqual([false, true, true, false]);
  selection.extend(12);
  selection.extend(8);
  expect(selected(selection)).toEqual([8, 9, 10, 11, 12]);
  expect(selection.isAhead(10)).toBe(false);
});

test('a drag grows and shrinks, and lets alone what was selected before', () => {
  const selection = begun();
  selection.toggle(2);
  selection.begin(5, true);
  selection.draw(9);
  selection.draw(6);
  expect(selected(selection)).toEqual([2, 5, 6]);
  selection.draw(1);
  selection.draw(4);
  selection.drawn();
  expect(selected(selection)).toEqual([2, 4, 5]);
  selection.draw(50);
  expect(selected(selection)).toEqual([2, 4, 5]);
});

test('a drag that begins on a selected photo takes others out', () => {
  const selection = begun();
  selection.all();
  selection.begin(0, false);
  selection.draw(97);
  selection.drawn();
  expect(selected(selection)).toEqual([98, 99]);
});

test('a day knows whether none, some or all of it is selected', () => {
  const selection = begun();
  expect(selection.share([4, 6])).toBe('none');
  selection.toggle(5);
  expect(selection.share([4, 6])).toBe('some');
  selection.toggle(4);
  expect([selection.share([4, 6]), selection.share([4, 7])]).toEqual(['all', 'some']);
});

const changes = fc.array(
  fc.record({
    kind: fc.constantFrom('add' as const, 'delete' as const, 'trash' as const, 'date' as const),
    n: fc.nat(59),
  }),
  { maxLength: 30 },
);

test('whatever a sync or an edit does to the list, those that are still in it stay selected, and no others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(39), { maxLength: 40 }), changes, (picked, steps) => {
      const known = hundred.slice(0, 40);
      let rows = columnsOf(known);
      const edits = new Map<PhotoId, AttributeEdit[]>();
      const selection = new Selection(timeline(rows));
      for (const index of picked) selection.toggle(index);
      const wanted = new Set(selection.ids());
      for (const { kind, n } of steps) {
        const photo = hundred[n] as Photo;
        if (kind === 'add') rows = changed(rows, [[photo.photoId, photo]]);
        else if (kind === 'delete') rows = changed(rows, [[photo.photoId, undefined]]);
        else edits.set(photo.photoId, [EDITS[kind]]);
        const list: PhotoList = timeline(withEdits(rows, edits));
        selection.follow(list);
        for (const id of wanted) if (list.indexOf(id) < 0) wanted.delete(id);
        expect(new Set(selection.ids())).toEqual(wanted);
        expect(selection.count).toBe(wanted.size);
      }
    }),
    { numRuns: 100 },
  );
});

test('a list of another kind is followed by the ids of its photos', () => {
  const selection = begun();
  selection.toggle(1);
  selection.toggle(2);
  const ids = selection.ids();
  const few = listOf(hundred.filter(({ photoId }) => photoId !== ids[0]).toReversed());
  selection.follow(few);
  expect(selection.ids()).toEqual([ids[1]]);
});

test('a hundred thousand are selected, ranged over and carried through a sync in milliseconds', () => {
  const many = [...madeUpPhotos(ME, 100_000)];
  const columns = columnsOf(many);
  const synced = timeline(changed(columns, [[(many[500] as Photo).photoId, undefined]]));
  const selection = new Selection(timeline(columns));
  const times = Array.from({ length: 5 }, () => {
    selection.follow(timeline(columns));
    const begin = performance.now();
    selection.all();
    selection.toggle(0);
    selection.extend(99_999);
    selection.follow(synced);
    return performance.now() - begin;
  });
  expect(selection.count).toBe(99_999);
  // One object for each photo would take ten times as long; a busy computer is forgiven.
  expect(Math.min(...times)).toBeLessThan(60);
});

const OPTIONS: LayoutOptions = {
  width: 1200,
  rowHeight: 220,
  gap: 4,
  dayGap: 16,
  dayBand: 36,
  monthBand: 56,
};

describe('pointing', () => {
  const layout = layoutOf(timeline(columnsOf(hundred)), OPTIONS);
  const boxes = boxesBetween(layout, 0, 100);

  test('a point on a photo means that photo', () => {
    for (const { index, x, y, width, height } of boxes)
      expect(photoNear(layout, x + width / 2, y + height / 2)).toBe(index);
  });

  test('a point beside the photos means the nearest of its row, and of none there is none', () => {
    const [first] = boxes as [Box];
    expect(photoNear(layout, -50, first.y + 5)).toBe(0);
    expect(photoNear(layout, 5000, 1e9)).toBe(99);
    const none = layoutOf({ days: new Int32Array(), ratios: new Float32Array() }, OPTIONS);
    expect(photoNear(none, 0, 0)).toBe(-1);
  });

  const px = fc.integer({ min: -100, max: Math.ceil(layout.total) + 100 });
  test('a frame selects exactly the photos it touches', () => {
    fc.assert(
      fc.property(px, px, px, px, (a, b, c, d) => {
        const frame = {
          left: Math.min(a, b) % 1300,
          right: Math.max(a, b) % 1300,
          top: Math.min(c, d),
          bottom: Math.max(c, d),
        };
        const touched = boxes.filter(
          ({ x, y, width, height }) =>
            x <= frame.right && x + width >= frame.left && y <= frame.bottom && y + height >= frame.top,
        );
        const found = photosIn(layout, frame).flatMap(([from, end]) =>
          Array.from({ length: end - from }, (_, i) => from + i),
        );
        expect(found).toEqual(touched.map(({ index }) => index));
      }),
    );
  });
});
