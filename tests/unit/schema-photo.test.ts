// Rows of photos: every photo and tombstone is read as it was written, and whatever else comes, the page gets a photo or nothing.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPhotoId, isIdentityId } from '../../src/schema/ids.ts';
import {
  EDIT_TIMES,
  EDITABLE_ATTRIBUTES,
  editableValue,
  gpsOf,
  isTombstone,
  OWNER_ATTRIBUTES,
  parsePhotoRow,
  placeNameOf,
  placeOf,
  takenAtOf,
  trashEndOf,
} from '../../src/schema/photo.ts';
import { instant, localTime } from '../../src/schema/time.ts';
import { instants, photos, tombstones } from './schema-arbitraries.ts';
import { hostile, spoiled } from './schema-hostile.ts';

test('a photo is read as it was written', () => {
  fc.assert(fc.property(photos, (photo) => void expect(parsePhotoRow(photo)).toEqual(photo)));
});

test('a tombstone is read as it was written, and hides all else in its row', () => {
  fc.assert(
    fc.property(tombstones, photos, (tombstone, photo) => {
      expect(parsePhotoRow(tombstone)).toEqual(tombstone);
      const row = parsePhotoRow({ ...photo, ...tombstone });
      expect(row).toEqual(tombstone);
      expect(row && isTombstone(row)).toBe(true);
    }),
  );
});

test('attributes that nobody knows are left out', () => {
  fc.assert(
    fc.property(photos, hostile, (photo, value) => {
      expect(parsePhotoRow({ ...photo, sequencer: value, isAdmin: value })).toEqual(photo);
    }),
  );
});

test('tags may come as a set', () => {
  fc.assert(
    fc.property(photos, (photo) => {
      const tags = [...new Set(photo.tags)];
      expect(parsePhotoRow({ ...photo, tags: new Set(tags) })).toEqual({ ...photo, tags });
    }),
  );
});

test('an attribute that is broken is left out, and the photo stays', () => {
  const optional = [
    'placeholder',
    'camera',
    'lens',
    'exposure',
    'gps',
    'place',
    'favorite',
    'caption',
    'tags',
  ];
  const broken = fc.constantFrom<unknown>(Number.NaN, null, '', 'x'.repeat(20_000), -1, 10n);
  fc.assert(
    fc.property(
      photos,
      fc.constantFrom(...optional, 'trashedAt', 'takenAtOverride', ...EDIT_TIMES),
      broken,
      (photo, name, value) => {
        const row = parsePhotoRow({ ...photo, [name]: value });
        expect(row).toEqual(Object.fromEntries(Object.entries(photo).filter(([key]) => key !== name)));
      },
    ),
  );
});

test('a row that the owner’s edit made up is no photo', () => {
  fc.assert(
    fc.property(photos, ({ owner, photoId, changedAt, favorite = true, caption = 'x' }) => {
      expect(parsePhotoRow({ owner, photoId, changedAt, favorite, caption })).toBeUndefined();
    }),
  );
});

test.each(['owner', 'photoId', 'changedAt', 'status', 'bytes', 'takenAt', 'uploadedAt'])(
  'without its %s there is no photo',
  (name) => {
    fc.assert(
      fc.property(
        photos,
        fc.constantFrom<unknown>(undefined, null, '', Number.NaN, {}, []),
        (photo, value) => {
          expect(parsePhotoRow({ ...photo, [name]: value })).toBeUndefined();
        },
      ),
    );
  },
);

test('whatever comes is a photo, a tombstone or nothing, and never an error', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, spoiled(photos), spoiled(tombstones)), (item) => {
      const row = parsePhotoRow(item);
      if (!row) return;
      expect(isIdentityId(row.owner) && isPhotoId(row.photoId)).toBe(true);
      expect(instant(row.changedAt)).toBe(row.changedAt);
      if (isTombstone(row)) return;
      expect(localTime(takenAtOf(row))).toBe(takenAtOf(row));
      expect(
        [row.bytes, row.width, row.height].every((value) => Number.isSafeInteger(value) && value >= 0),
      ).toBe(true);
      expect(row.name.length).toBeLessThanOrEqual(1024);
      expect(row.caption?.length ?? 0).toBeLessThanOrEqual(10_000);
    }),
    { numRuns: 500 },
  );
});

test('nobody’s prototype is touched, and none is read', () => {
  const item = JSON.parse('{"__proto__":{"status":"ready"},"constructor":{"prototype":{"x":1}}}') as unknown;
  expect(parsePhotoRow(item)).toBeUndefined();
  expect(({} as Record<string, unknown>)['status']).toBeUndefined();
  fc.assert(
    fc.property(photos, (photo) => {
      // Its attributes are inherited: not its own, and so not there.
      expect(parsePhotoRow(Object.create(photo))).toBeUndefined();
    }),
  );
});

test('the owner’s date comes before the measured one', () => {
  fc.assert(
    fc.property(photos, instants, (photo, override) => {
      expect(takenAtOf({ ...photo, takenAtOverride: override })).toBe(override);
      expect(takenAtOf({ ...photo, takenAtOverride: undefined } as never)).toBe(photo.takenAt);
    }),
  );
});

test('the owner’s place stands in for everything that was measured, also where it says “nowhere”', () => {
  const [place, gps] = [
    { city: 'Munich', country: 'DE' },
    { latitude: 48.1, longitude: 11.6 },
  ];
  expect([placeOf({ place, gps }), gpsOf({ place, gps }), placeNameOf({ place, gps })]).toEqual([
    place,
    gps,
    'Munich',
  ]);
  const moved = { place, gps, placeOverride: { name: 'Home', gps: { latitude: 1, longitude: 2 } } };
  expect([placeOf(moved), gpsOf(moved), placeNameOf(moved)]).toEqual([
    undefined,
    { latitude: 1, longitude: 2 },
    'Home',
  ]);
  const nowhere = { place, gps, placeOverride: {} };
  expect([placeOf(nowhere), gpsOf(nowhere), placeNameOf(nowhere)]).toEqual([undefined, undefined, undefined]);
});

test('a place that cannot be read is none, and not taken for “nowhere”', () => {
  expect(editableValue('placeOverride', {})).toEqual({});
  expect(editableValue('placeOverride', 'Hafen')).toEqual({ name: 'Hafen' });
  expect(editableValue('placeOverride', '')).toBeUndefined();
  expect(editableValue('placeOverride', { gps: { latitude: 91, longitude: 0 } })).toBeUndefined();
  expect(editableValue('placeOverride', { name: 'x', gps: 'there' })).toEqual({ name: 'x' });
});

test('a photo leaves the trash 30 days after it was moved there by the server’s clock, whatever the device’s said', () => {
  const since = '2026-06-01T12:00:00.000Z';
  const end = Date.parse('2026-07-01T12:00:00.000Z');
  expect(trashEndOf({ trashedAt: since })).toBe(end);
  for (const trashedAt of ['2000-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z'])
    expect(trashEndOf({ trashedAt, trashedAtEditedAt: since })).toBe(end);
  expect(trashEndOf({ trashedAtEditedAt: since })).toBeUndefined();
});

test('beside everything the owner may edit there is a time of its last edit, at the top of the row', () => {
  expect(EDIT_TIMES).toHaveLength(EDITABLE_ATTRIBUTES.length);
  expect(new Set(OWNER_ATTRIBUTES).size).toBe(2 * EDITABLE_ATTRIBUTES.length + 1);
  for (const name of EDITABLE_ATTRIBUTES) expect(OWNER_ATTRIBUTES).toContain(`${name}EditedAt`);
});

test('what a row could not hold is no value of an attribute', () => {
  fc.assert(
    fc.property(fc.constantFrom(...EDITABLE_ATTRIBUTES), photos, hostile, (name, photo, value) => {
      expect(editableValue(name, photo[name])).toEqual(photo[name]);
      const read = editableValue(name, value);
      expect(parsePhotoRow({ ...photo, [name]: value })?.photoId).toBe(photo.photoId);
      expect(editableValue(name, read)).toEqual(read);
    }),
  );
  expect(editableValue('caption', '')).toBeUndefined();
  expect(editableValue('favorite', 'yes')).toBeUndefined();
  expect(editableValue('trashedAt', 'yesterday')).toBeUndefined();
});
