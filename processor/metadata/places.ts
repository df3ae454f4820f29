// Place names from coordinates, offline: the nearest town, its region and its country.
import { readFile } from 'node:fs/promises';
import { around } from 'geokdbush';
import KDBush from 'kdbush';
import type { Gps, Place } from '../../src/schema/photo.ts';
import { lazily } from './lazily.ts';
import { cachedPlaces, NAMESAKE, NODE_SIZE } from './pack-places.ts';
import { zoneOf } from './zone.ts';

/** Beyond this, a photo was not taken in or near a town, and nobody knows of what region, in kilometers. */
const TOWN_KM = 50;
/** At sea the coast's towns are near for a shorter way. */
const TOWN_AT_SEA_KM = 20;
/** Quarters of big cities are places too: within this, the city that their region is named after goes before them. */
const QUARTER_KM = 2.5;
/** So far out in a desert or on the ice, the country still is that of the nearest town, if both have the same time zone. */
const COUNTRY_KM = 500;
/** Quarters and suburbs that may be nearer than the middle of their city. */
const MAX_QUARTERS = 50;

export type PlaceNamer = (gps: Gps) => Promise<Place | undefined>;

/** Searches what `packPlaces` packed; `pack` is kept as it is. */
export function placeNamer(pack: Buffer): PlaceNamer {
  const count = pack.readUInt32LE(0);
  const regionsEnd = 8 + pack.readUInt32LE(4);
  const regions = JSON.parse(pack.toString('utf8', 8, regionsEnd)) as [string, string][];
  const regionAt = regionsEnd + count * 8;
  const divisionAt = regionAt + count * 2;
  const namesakeAt = divisionAt + count * 2;
  const lengthAt = namesakeAt + count;
  const nameAt = new Uint32Array(count + 1);
  nameAt[0] = lengthAt + count;
  for (let index = 0; index < count; index++)
    nameAt[index + 1] = (nameAt[index] ?? 0) + (pack[lengthAt + index] ?? 0);

  const tree = treeOf(pack.subarray(regionsEnd, regionAt), count);
  const region = (index: number): number => pack.readUInt16LE(regionAt + index * 2);
  const division = (index: number): number => pack.readUInt16LE(divisionAt + index * 2);
  const country = (index: number): string => regions[region(index)]?.[0] ?? '';
  const gpsOf = (index: number): Gps => ({
    longitude: tree.coords[index * 2] ?? 0,
    latitude: tree.coords[index * 2 + 1] ?? 0,
  });
  const near = ({ longitude, latitude }: Gps, most: number, km: number): number[] =>
    around(tree, longitude, latitude, most, km);

  return async (gps) => {
    const zone = await zoneOf(gps);
    const [nearest] = near(gps, 1, zone === undefined ? TOWN_AT_SEA_KM : TOWN_KM);
    if (nearest === undefined) {
      const [far] = zone === undefined ? [] : near(gps, 1, COUNTRY_KM);
      return far !== undefined && (await zoneOf(gpsOf(far))) === zone ? { country: country(far) } : undefined;
    }
    const isCityOfNearest = (index: number): boolean => {
      const namesake = pack[namesakeAt + index];
      if (namesake === NAMESAKE.ofRegion) return region(index) === region(nearest);
      return namesake === NAMESAKE.ofDivision && division(index) === division(nearest);
    };
    const index = near(gps, MAX_QUARTERS, QUARTER_KM).find(isCityOfNearest) ?? nearest;
    const name = regions[region(index)]?.[1];
    return {
      city: pack.toString('utf8', nameAt[index], nameAt[index + 1]),
      ...(name ? { region: name } : {}),
      country: country(index),
    };
  };
}

/** A KDBush around coordinates that stand in its order already: every place has the number of its position. */
function treeOf(coordinates: Buffer, count: number): KDBush {
  const tree = new KDBush(count, NODE_SIZE, Float32Array);
  for (let index = 0; index < count; index++) tree.ids[index] = index;
  new Uint8Array(tree.coords.buffer, tree.coords.byteOffset, tree.coords.byteLength).set(coordinates);
  // What `finish` would mark after sorting.
  return KDBush.from(tree.data);
}

const names = lazily(load);

/** The name of a place; undefined at sea and where nobody lives far and wide. Rejects when the names cannot be loaded. */
export const placeOf = async (gps: Gps): Promise<Place | undefined> => (await names())(gps);

/** Deployed, what `packPlaces` gives stands beside the bundle as `places.bin`; from source it is packed from the package. */
async function load(): Promise<PlaceNamer> {
  try {
    return placeNamer(await readFile(new URL('./places.bin', import.meta.url)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return placeNamer(cachedPlaces());
}
