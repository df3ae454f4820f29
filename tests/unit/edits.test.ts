// The rule by which edits are laid over each other: per attribute the later one, in whatever order they come.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttributeEdit } from '../../src/cloud/requests.ts';
import { datedEdits, landed, laidOver, parseQueuedEdit, type QueuedEdit } from '../../src/library/edits.ts';
import { replacing, sendable } from '../../src/library/edits-time.ts';
import { EDITABLE_ATTRIBUTES, editTimeOf, parsePhotoRow, type Photo } from '../../src/schema/photo.ts';
import { instantOf } from '../../src/schema/time.ts';
import { photoId, photos } from './schema-arbitraries.ts';
import { hostile, spoiled } from './schema-hostile.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const clock = (more: { now?: number; offset?: number; known?: boolean } = {}) => ({
  now: () => more.now ?? NOW,
  offset: more.offset ?? 0,
  known: more.known ?? true,
});
const at = (milliseconds: number) => instantOf(NOW + milliseconds);

/** Edits with values that a photo may have, each at another time. */
const edits = fc.uniqueArray(fc.integer({ min: 0, max: 1e9 }), { maxLength: 12 }).chain((times) =>
  fc.tuple(
    ...times.map((time) =>
      fc.tuple(fc.constantFrom(...EDITABLE_ATTRIBUTES), photos).map(([attribute, photo]): AttributeEdit => {
        return { attribute, value: photo[attribute] ?? null, at: at(time) };
      }),
    ),
  ),
);
const undated = photos.map((photo): Photo => {
  const row = { ...photo };
  for (const name of EDITABLE_ATTRIBUTES) delete row[editTimeOf(name)];
  return row;
});

test('edits come out the same in whatever order they arrive, once or twice', () => {
  fc.assert(
    fc.property(
      undated,
      edits.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
      ),
      (photo, [all, shuffled]) => {
        const sorted = all.toSorted((a, b) => (a.at < b.at ? -1 : 1));
        const once = laidOver(photo, sorted);
        expect(shuffled.reduce((row, edit) => laidOver(row, [edit]), photo)).toEqual(once);
        for (const { attribute, value, at: time } of sorted.filter(
          (edit, index) => sorted.findLastIndex((one) => one.attribute === edit.attribute) === index,
        )) {
          expect([once[attribute] ?? null, once[editTimeOf(attribute)]]).toEqual([value, time]);
        }
        // It is a row like any other.
        expect(parsePhotoRow(once)).toEqual(once);
      },
    ),
  );
});

test('a photo without edits stays the same object', () => {
  fc.assert(
    fc.property(photos, (photo) => {
      expect(laidOver(photo, [])).toBe(photo);
      const late = { ...photo, captionEditedAt: at(1) };
      expect(laidOver(late, [{ attribute: 'caption', value: 'too late', at: at(0) }])).toBe(late);
    }),
  );
});

test('an edit is later than what was seen, whatever the clock says', () => {
  fc.assert(
    fc.property(photos, fc.integer({ min: -1e6, max: 50_000 }), (photo, ahead) => {
      const seen = { ...photo, favoriteEditedAt: at(ahead) };
      const [edit] = datedEdits(photo.photoId, { favorite: null }, { seen, clock: clock() });
      expect(edit && edit.at > seen.favoriteEditedAt).toBe(true);
      expect(edit && sendable(edit, clock())).toBe(edit);
      expect(edit && laidOver(seen, [edit])).not.toHaveProperty('favorite');
    }),
  );
});

const queued = (more: Partial<QueuedEdit> = {}): QueuedEdit =>
  ({
    id: 'one',
    rowId: 'x'.repeat(42) + 'A',
    attribute: 'favorite',
    value: true,
    at: at(0),
    ...more,
  }) as QueuedEdit;

test('an edit dated by a wrong clock is dated right once a server has been heard', () => {
  const hour = 3_600_000;
  const made = datedEdits(
    queued().rowId,
    { favorite: true },
    {
      seen: undefined,
      clock: clock({ now: NOW + hour, known: false }),
    },
  )[0] as QueuedEdit;
  expect(made).toMatchObject({ at: at(hour), guessed: true });
  const sent = sendable(made, clock({ now: NOW + 5000, offset: -hour }));
  expect(sent.at).toBe(at(0));
  expect(sent).not.toHaveProperty('guessed');
  // Dated right from the beginning, it is left alone, also when the local clock is set right afterwards.
  expect(sendable(queued(), clock({ offset: -hour })).at).toBe(at(0));
});

test('no edit is sent from the future, not even one that followed another from there', () => {
  expect(sendable(queued({ at: at(1e9) }), clock()).at).toBe(at(0));
  expect(sendable(queued({ at: at(1e9 + 1), after: at(1e9) }), clock()).at).toBe(at(0));
  expect(sendable(queued({ at: at(-5000), after: at(30_000) }), clock()).at).toBe(at(30_001));
});

test('an edit that takes the place of another is later than it', () => {
  expect(replacing(queued(), queued({ at: at(7) }))).toMatchObject({ at: at(8), after: at(7) });
  expect(replacing(queued({ at: at(9) }), queued({ at: at(7) })).at).toBe(at(9));
  expect(replacing(queued(), undefined)).toEqual(queued());
});

test('what has landed is kept, unless a sync has brought something later meanwhile', () => {
  fc.assert(
    fc.property(undated, (photo) => {
      const row = { ...photo, changedAt: at(0) };
      const saved = { outcome: 'saved', changedAt: at(5) } as const;
      const kept = landed(row, queued(), saved);
      expect(kept).toMatchObject({ favorite: true, favoriteEditedAt: at(0), changedAt: at(5) });
      const newer = { ...row, favorite: false, favoriteEditedAt: at(1), changedAt: at(9) };
      expect(landed(newer, queued(), saved)).toEqual(newer);
      const theirs = landed(row, queued(), { outcome: 'superseded', row: newer });
      expect(theirs).toEqual({ ...row, favorite: false, favoriteEditedAt: at(1) });
    }),
  );
});

test('a value that no row could hold is no edit', () => {
  const dated = (edit: object) => datedEdits(queued().rowId, edit, { seen: undefined, clock: clock() });
  for (const edit of [
    { caption: '' },
    { caption: 'x'.repeat(10_001) },
    { trashedAt: 'now' },
    { tags: 'lake' },
  ]) {
    expect(() => dated(edit)).toThrow(TypeError);
  }
  expect(dated({ caption: 'us', favorite: undefined, tags: null })).toHaveLength(2);
});

test('an edit is read from this device as it was stored, and anything else is none', () => {
  fc.assert(
    fc.property(photoId, edits, (photo, all) => {
      for (const edit of all) {
        const stored = { ...edit, id: 'x', rowId: photo, after: at(-1), guessed: true };
        expect(parseQueuedEdit(structuredClone(stored))).toEqual(stored);
        const { rowId, ...old } = stored;
        expect(parseQueuedEdit({ ...old, photoId: rowId })).toEqual(stored);
      }
    }),
  );
  fc.assert(
    fc.property(fc.oneof(hostile, spoiled(fc.constant(queued()))), (value) => {
      const edit = parseQueuedEdit(value);
      if (edit) laidOver({} as Photo, [edit]);
    }),
  );
  expect(parseQueuedEdit({ ...queued(), value: 'yes' })).toBeUndefined();
  expect(parseQueuedEdit({ ...queued(), attribute: 'bytes' })).toBeUndefined();
  expect(parseQueuedEdit({ ...queued(), at: 'now' })).toBeUndefined();
});
