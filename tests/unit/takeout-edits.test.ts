// What Google knows becomes edits of a photo's row: never against the file itself, nor against what its owner has said here.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editableValue, EDITABLE_ATTRIBUTES, type Photo } from '../../src/schema/photo.ts';
import { factsToEdits, together } from '../../src/takeout/edits.ts';
import { parseFacts, type Facts } from '../../src/takeout/said.ts';
import { worldClocks } from '../../src/takeout/zones.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { identity } from '../fixtures.ts';

const [made] = madeUpPhotos(identity(), 1);
const {
  gps: _gps,
  place: _place,
  caption: _caption,
  favorite: _favorite,
  archived: _archived,
  ...bare
} = made as Photo;
const row = (more: Partial<Photo> = {}): Photo => ({
  ...bare,
  takenAt: '2024-01-01T00:00:00Z',
  takenAtSource: 'file',
  ...more,
});
const AT = '2024-05-05T05:05:05.000Z';
const takenAt = '2019-06-01T12:34:56.000Z';
const clocks = await worldClocks('Europe/Zurich');
const edits = (more: Partial<Photo>, facts: Facts) => factsToEdits(row(more), facts, clocks);

test('all that Google knows and the row does not is taken over', () => {
  const gps = { latitude: 35.68, longitude: 139.69 };
  expect(edits({}, { caption: 'Tokyo', favorite: true, archived: true, takenAt, gps })).toEqual({
    caption: 'Tokyo',
    favorite: true,
    archived: true,
    takenAtOverride: '2019-06-01T21:34:56+09:00',
    placeOverride: { gps },
  });
  expect(edits({}, {})).toEqual({});
});

test('a photo in a year’s folder and in an album has what is said in either', () => {
  const album: Facts = { caption: 'In the album', takenAt };
  expect(together([{ caption: 'In its year', favorite: true }, album])).toEqual({
    caption: 'In its year',
    favorite: true,
    takenAt,
  });
  expect(together([])).toEqual({});
});

describe('the owner’s own word stays', () => {
  const facts: Facts = {
    caption: 'x',
    favorite: true,
    archived: true,
    takenAt,
    gps: { latitude: 1, longitude: 1 },
  };

  test('where it is there', () => {
    const own = {
      caption: 'mine',
      favorite: false,
      archived: false,
      takenAtOverride: '2001-01-01T00:00:00',
      placeOverride: {},
    };
    expect(edits(own, facts)).toEqual({});
  });

  test('and where it was taken away', () => {
    const gone = Object.fromEntries(EDITABLE_ATTRIBUTES.map((name) => [`${name}EditedAt`, AT]));
    expect(edits(gone, facts)).toEqual({});
  });
});

describe('the date', () => {
  test('of the file itself wins', () => {
    expect(edits({ takenAtSource: 'exif', takenAt: '2011-01-01T00:00:00' }, { takenAt })).toEqual({});
  });

  test('is by the clocks of where it was, or else of home', () => {
    expect(edits({}, { takenAt })).toEqual({ takenAtOverride: '2019-06-01T14:34:56+02:00' });
    expect(edits({ gps: { latitude: 40.7, longitude: -74 } }, { takenAt })).toEqual({
      takenAtOverride: '2019-06-01T08:34:56-04:00',
    });
    // In the middle of the Atlantic.
    expect(edits({}, { takenAt, gps: { latitude: 30, longitude: -40 } }).takenAtOverride).toBe(
      '2019-06-01T14:34:56+02:00',
    );
  });

  test('knows winter and summer, and times before there were zones', () => {
    expect(edits({}, { takenAt: '2019-01-01T12:00:00.000Z' }).takenAtOverride).toBe(
      '2019-01-01T13:00:00+01:00',
    );
    expect(edits({}, { takenAt: '1850-01-01T12:00:00.000Z' }).takenAtOverride).toBe(
      '1850-01-01T12:00:00+00:00',
    );
  });

  test('stays where the name or the film says the same moment by the clock on the wall', () => {
    for (const same of [
      '2019-06-01T14:34:56',
      '2019-06-01T14:34:56+02:00',
      '2019-06-01T12:34:55Z',
      '2019-06-01T18:04:57',
    ])
      expect(edits({ takenAtSource: 'name', takenAt: same }, { takenAt })).toEqual({});
    for (const other of ['2019-06-01T14:44:56', '2019-06-02T14:34:56', '2019-06-01T14:34:56Z'])
      expect(edits({ takenAtSource: 'name', takenAt: other }, { takenAt })).toHaveProperty('takenAtOverride');
  });

  test('of a file that was given Google’s date is shown by the clock on the wall', () => {
    expect(edits({ takenAt: '2019-06-01T12:34:56Z' }, { takenAt })).toEqual({
      takenAtOverride: '2019-06-01T14:34:56+02:00',
    });
    expect(edits({ takenAt: '2019-06-01T14:34:56+02:00' }, { takenAt })).toEqual({});
  });
});

test('the place of the file itself wins', () => {
  const gps = { latitude: 1, longitude: 1 };
  expect(edits({ gps: { latitude: 2, longitude: 2 }, takenAtSource: 'exif' }, { gps })).toEqual({});
});

test('every edit is one that a row can hold, and the same export again changes nothing', () => {
  const facts: fc.Arbitrary<Facts> = fc.record(
    {
      caption: fc.string({ minLength: 1, maxLength: 50 }),
      favorite: fc.constant(true as const),
      archived: fc.constant(true as const),
      takenAt: fc
        .date({ min: new Date('1800-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
        .map((date) => `${date.toISOString().slice(0, 19)}.000Z`),
      gps: fc.record({
        latitude: fc.double({ min: -90, max: 90, noNaN: true }),
        longitude: fc.double({ min: -180, max: 180, noNaN: true }),
      }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(facts, (known) => {
      const edit = factsToEdits(row(), known, clocks);
      const held = EDITABLE_ATTRIBUTES.map((name) => [name, editableValue(name, edit[name])]);
      expect(edit).toEqual(Object.fromEntries(held.filter(([, value]) => value !== undefined)));
      expect(Date.parse(edit.takenAtOverride ?? '')).toEqual(Date.parse(known.takenAt ?? ''));
      expect(factsToEdits({ ...row(), ...edit } as Photo, known, clocks)).toEqual({});
    }),
  );
});

test('what an export said is understood again in a later visit, and nothing else is', () => {
  const facts: Facts = {
    caption: 'Low tide',
    favorite: true,
    archived: true,
    takenAt: '2019-06-20T03:06:40.000Z',
    gps: { latitude: 38.7, longitude: -9.1 },
  };
  expect(parseFacts(structuredClone(facts))).toEqual(facts);
  for (const other of [undefined, null, 7, [], 'x', {}]) expect(parseFacts(other)).toEqual({});
  const hostile = {
    caption: 'x'.repeat(1e6),
    favorite: 'yes',
    takenAt: 'now',
    gps: { latitude: 1e9 },
    more: 1,
  };
  expect(parseFacts(hostile)).toEqual({});
});
