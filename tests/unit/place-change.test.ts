// Places given by hand: what is typed finds one's own places and coordinates, and what is chosen stands in for what was measured.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedPlace, labelOf, placeOptions } from '../../src/editing/place-change.ts';
import { Columns } from '../../src/library/columns.ts';
import { repackedChunks } from '../../src/library/pack.ts';
import { vocabularyOf, type KnownPlace } from '../../src/library/vocabulary.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import { editableValue, gpsOf, placeNameOf, placeOf, type Photo } from '../../src/schema/photo.ts';
import { coordinatesIn, coordinatesOf } from '../../src/ui/place.ts';
import { photos } from './schema-arbitraries.ts';

const munich = { city: 'Munich', region: 'Bavaria', country: 'DE' };
const known: KnownPlace[] = [
  { override: { place: munich, gps: { latitude: 48.137, longitude: 11.575 } }, count: 20 },
  { override: { place: { city: 'Málaga', country: 'ES' } }, count: 3 },
  { override: { name: 'Grandma’s garden', place: munich }, count: 2 },
];
const labels = (typed: string) => placeOptions(typed, known).map(({ label }) => label);

test.each([
  ['48.137, 11.575', 48.137, 11.575],
  ['48.137 11.575', 48.137, 11.575],
  ['-33.86,151.2', -33.86, 151.2],
  ['48.137° N, 11.575° W', 48.137, -11.575],
  ['33.86 S 151.2 E', -33.86, 151.2],
  ['−1.5; −2', -1.5, -2],
])('%s are coordinates', (text, latitude, longitude) => {
  expect(coordinatesIn(text)).toEqual({ latitude, longitude });
});

test.each(['', '48.137', 'Munich, 5', '91, 0', '0, 181', '1, 2, 3', 'a48, 11'])('%s are none', (text) => {
  expect(coordinatesIn(text)).toBeUndefined();
});

test('coordinates are read as they are written', () => {
  const degrees = (most: number) => fc.integer({ min: -most * 1e5, max: most * 1e5 }).map((n) => n / 1e5);
  fc.assert(
    fc.property(degrees(90), degrees(180), (latitude, longitude) => {
      const read = coordinatesIn(coordinatesOf({ latitude, longitude }));
      expect(read?.latitude).toBeCloseTo(latitude, 5);
      expect(read?.longitude).toBeCloseTo(longitude, 5);
    }),
  );
});

test('places are found by any word of theirs, without accents, and by nothing in the middle of a word', () => {
  expect(labels('bav')).toEqual(['Munich, Bavaria, Germany', '“bav”']);
  expect(labels('malaga')).toEqual(['Málaga, Spain', '“malaga”']);
  expect(labels('nich')).toEqual(['“nich”']);
  expect(labels('')).toHaveLength(3);
});

test('coordinates near a place of one’s own are called by its town, those far away by none', () => {
  expect(placeOptions('48.1, 11.6', known)[0]).toMatchObject({
    more: 'Munich, Bavaria, Germany',
    change: { override: { place: munich, gps: { latitude: 48.1, longitude: 11.6 } } },
  });
  expect(placeOptions('0, 0', known)[0]?.change).toEqual({
    way: 'place',
    override: { gps: { latitude: 0, longitude: 0 } },
  });
});

test('a name leaves a photo where it is on the map; no place takes it off; as the camera says puts it back', () => {
  fc.assert(
    fc.property(photos, (photo) => {
      const withPlace = (override: ReturnType<typeof changedPlace>): Photo => {
        const { placeOverride: _before, ...rest } = photo;
        return override === null ? rest : { ...rest, placeOverride: override };
      };
      const named = withPlace(changedPlace(photo, { way: 'name', name: 'Home' }));
      expect([placeNameOf(named), gpsOf(named), placeOf(named)]).toEqual([
        'Home',
        gpsOf(photo),
        placeOf(photo),
      ]);
      expect(editableValue('placeOverride', named.placeOverride)).toEqual(named.placeOverride);
      const nowhere = withPlace(changedPlace(photo, { way: 'none' }));
      expect([gpsOf(nowhere), placeOf(nowhere), labelOf(nowhere.placeOverride ?? {})]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(editableValue('placeOverride', {})).toEqual({});
      const back = withPlace(changedPlace(photo, { way: 'back' }));
      expect([gpsOf(back), placeOf(back)]).toEqual([photo.gps, photo.place]);
    }),
  );
});

test('the tags and places of a library are known by how often they occur; what is in the trash does not count', async () => {
  const owner = 'us-east-1:00000000-0000-4000-8000-000000000001' as IdentityId;
  const [base] = fc.sample(photos, 1) as [Photo];
  const gps = { latitude: 1, longitude: 2 };
  const photo = (n: number, more: Partial<Photo>): Photo => ({
    owner,
    photoId: `${'AEIMQ'[n % 5]}${String(n).padStart(41, '0')}A` as Photo['photoId'],
    status: 'ready',
    name: 'x.jpg',
    type: 'image/jpeg',
    bytes: 1,
    width: 4,
    height: 3,
    takenAt: '2020-01-01T00:00:00',
    takenAtSource: 'exif',
    uploadedAt: base.uploadedAt,
    changedAt: base.changedAt,
    ...more,
  });
  const all = [
    photo(0, { tags: ['Beach'], place: munich }),
    photo(1, { keywords: ['beach', 'Oma'], place: munich, gps }),
    photo(2, { place: { city: 'Málaga', country: 'ES' }, placeOverride: { name: 'Home' } }),
    photo(3, { tags: ['Gone'], trashedAt: base.uploadedAt }),
  ];
  const chunks = repackedChunks(owner, Columns.none.chunks, new Map(all.map((one) => [one.photoId, one])));
  const columns = Columns.of(Columns.none.chunks.map((_, letter) => chunks.get(letter)));
  const { tags, places } = await vocabularyOf(columns, new AbortController().signal);
  expect(tags.map(({ tag, count }) => [tag.toLowerCase(), count])).toEqual([
    ['beach', 2],
    ['oma', 1],
  ]);
  expect(places).toEqual([
    { override: { place: munich, gps }, count: 2 },
    { override: { name: 'Home' }, count: 1 },
  ]);
});
