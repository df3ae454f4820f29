// Where a photo was taken, by name and offline: the nearest town on a globe, not on a map, and silence where nobody can know.
import { expect, test } from 'vitest';
import { packPlaces } from '../../processor/metadata/pack-places.ts';
import { placeNamer, placeOf } from '../../processor/metadata/places.ts';
import type { Place } from '../../src/schema/photo.ts';

const nameOf = (latitude: number, longitude: number): Promise<Place | undefined> =>
  placeOf({ latitude, longitude });

test.each<[string, number, number, Place]>([
  ['Munich', 48.137, 11.575, { city: 'Munich', region: 'Bavaria', country: 'DE' }],
  ['Longyearbyen', 78.22, 15.65, { city: 'Longyearbyen', region: 'Svalbard', country: 'SJ' }],
  ['Ushuaia', -54.8, -68.3, { city: 'Ushuaia', region: 'Tierra del Fuego', country: 'AR' }],
  ['Suva', -18.14, 178.44, { city: 'Suva', region: 'Central', country: 'FJ' }],
  ['Vatican City', 41.9022, 12.4539, { city: 'Vatican City', country: 'VA' }],
  ['Monaco', 43.7384, 7.4246, { city: 'Monaco', region: 'Municipality of Monaco', country: 'MC' }],
  [
    'Andorra la Vella',
    42.506,
    1.522,
    { city: 'Andorra la Vella', region: 'Andorra la Vella', country: 'AD' },
  ],
  ['Basel', 47.56, 7.589, { city: 'Basel', region: 'Basel-City', country: 'CH' }],
  ['Weil am Rhein', 47.593, 7.62, { city: 'Weil am Rhein', region: 'Baden-Wurttemberg', country: 'DE' }],
  ['Niagara Falls, New York', 43.083, -79.07, { city: 'Niagara Falls', region: 'New York', country: 'US' }],
  ['Niagara Falls, Ontario', 43.09, -79.085, { city: 'Niagara Falls', region: 'Ontario', country: 'CA' }],
])('a photo in %s', async (_name, latitude, longitude, place) => {
  expect(await nameOf(latitude, longitude)).toEqual(place);
});

test.each<[string, number, number, string]>([
  ['the Louvre', 48.8606, 2.3376, 'Paris'],
  ['Brandenburg Gate', 52.5163, 13.3777, 'Berlin'],
  ['the Colosseum', 41.8902, 12.4922, 'Rome'],
  ['Westminster', 51.5007, -0.1246, 'London'],
  ['the Old Port', 43.2951, 5.3699, 'Marseille'],
  ['the Sagrada Família', 41.4036, 2.1744, 'Barcelona'],
])('at %s, the city goes before its quarter', async (_name, latitude, longitude, city) => {
  expect((await nameOf(latitude, longitude))?.city).toBe(city);
});

test('a town beside a big city keeps its name', async () => {
  expect((await nameOf(41.36, 2.1))?.city).toBe("L'Hospitalet de Llobregat");
  expect((await nameOf(47.58, 7.648))?.city).toBe('Riehen');
});

test('both sides of the date line are near each other', async () => {
  // Taveuni lies on it; the next town is on another island.
  for (const longitude of [-179.97, 179.97, 180, -180])
    expect(await nameOf(-16.85, longitude)).toEqual({ country: 'FJ' });
  // Of Egvekinot, 179.1 degrees west, from the other side.
  const [west, east] = [await nameOf(66.32, -179.12), await nameOf(66.32, 179.9)];
  expect(west).toMatchObject({ city: 'Egvekinot', country: 'RU' });
  expect(east).toMatchObject({ country: 'RU' });
});

test.each<[string, number, number, string]>([
  ['Denali', 63.069, -151.007, 'US'],
  ["Greenland's ice", 72, -40, 'GL'],
])('far out on %s, only the country is sure', async (_name, latitude, longitude, country) => {
  expect(await nameOf(latitude, longitude)).toEqual({ country });
});

test.each([
  ['in the middle of the Pacific', 0, -150],
  ['in the middle of the Atlantic', 30, -45],
  ['at 0, 0', 0, 0],
  ['at the North Pole', 90, 0],
  ['at the South Pole', -90, 0],
  ['at the South Pole, by another longitude', -90, 180],
  ['in the Antarctic', -77.85, 166.67],
])('a place %s has no name', async (_name, latitude, longitude) => {
  expect(await nameOf(latitude, longitude)).toBeUndefined();
});

const pack = packPlaces();

test('the packed names are small, in a file and in memory', async () => {
  expect(pack.length).toBeLessThan(4_500_000);
  const before = process.memoryUsage().arrayBuffers;
  const namer = placeNamer(pack);
  expect(await namer({ latitude: 48.137, longitude: 11.575 })).toMatchObject({ city: 'Munich' });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
});

test('every packed place has a name and a country', async () => {
  const namer = placeNamer(pack);
  for (let latitude = -60; latitude <= 70; latitude += 13) {
    for (let longitude = -180; longitude <= 180; longitude += 7) {
      const place = await namer({ latitude, longitude });
      if (!place) continue;
      expect(place.country).toMatch(/^[A-Z]{2}$/);
      expect(place.city ?? 'x').toMatch(/^[^\0\ufffd]{1,200}$/);
      expect(place.region ?? 'x').toMatch(/^[^\0\ufffd]{1,200}$/);
    }
  }
});
