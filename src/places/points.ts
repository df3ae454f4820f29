// Where the library's photos were taken, as columns: what the map is drawn from, and what lies in a part of it. Pure.
import { ARCHIVED, TRASHED } from '../library/chunk.ts';
import type { Columns } from '../library/columns.ts';
import type { Glances } from '../library/glance.ts';
import { referencesOf } from '../library/list.ts';
import { letterIn, rowIn } from '../library/order.ts';
import type { Place } from '../schema/photo.ts';
import type { Located } from './cluster-messages.ts';
import { xOf, yOf, type Bounds } from './mercator.ts';

/** Photos of the timeline that have coordinates, newest first. */
export interface Points extends Located {
  references: Uint32Array;
  /** What towns and countries are numbers of. */
  places: readonly (Place | undefined)[];
  /** How many photos of the timeline have no coordinates. */
  without: number;
}

export function pointsOf(columns: Columns, glances: Glances): Points {
  const all = referencesOf(columns, TRASHED | ARCHIVED, 0);
  const references = new Uint32Array(all.length);
  const xs = new Float32Array(all.length);
  const ys = new Float32Array(all.length);
  const towns = new Uint32Array(all.length);
  const countries = new Uint32Array(all.length);
  const places: (Place | undefined)[] = [undefined];
  const numbers = new Map<string, number>();
  /** By chunk and number in its table. */
  const towned = glances.map(() => [] as number[]);
  const townOf = (letter: number, number: number): number => {
    const own = towned[letter] as number[];
    return (own[number] ??= numberOf(glances[letter]?.table[number - 1]));
  };
  /** A country is a place without a town; by the number of each place. */
  const countryOf = [0];
  const numberOf = (place: Place | undefined): number => {
    if (!place) return 0;
    const key = JSON.stringify([place.country, place.region, place.city]);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = places.push(place) - 1;
    numbers.set(key, number);
    countryOf[number] = place.region || place.city ? numberOf({ country: place.country }) : number;
    return number;
  };
  let count = 0;
  for (const reference of all) {
    const letter = letterIn(reference);
    const row = rowIn(reference);
    const glance = glances[letter];
    const latitude = glance?.latitudes[row] ?? NaN;
    const longitude = glance?.longitudes[row] ?? NaN;
    if (Number.isNaN(latitude) || Number.isNaN(longitude)) continue;
    references[count] = reference;
    xs[count] = xOf(longitude);
    ys[count] = yOf(latitude);
    const town = townOf(letter, glance?.places[row] ?? 0);
    towns[count] = town;
    countries[count++] = countryOf[town] as number;
  }
  return {
    references: references.slice(0, count),
    xs: xs.slice(0, count),
    ys: ys.slice(0, count),
    towns: towns.slice(0, count),
    countries: countries.slice(0, count),
    places,
    without: all.length - count,
  };
}

/** References to the photos within bounds, newest first. */
export function within({ references, xs, ys }: Points, { west, east, north, south }: Bounds): Uint32Array {
  if (east - west >= 1 && north <= 0 && south >= 1) return references;
  const found = new Uint32Array(references.length);
  const width = east - west;
  let count = 0;
  for (let i = 0; i < references.length; i++) {
    const y = ys[i] as number;
    if (y < north || y > south) continue;
    const across = (xs[i] as number) - west;
    if (across - Math.floor(across) <= width) found[count++] = references[i] as number;
  }
  return found.slice(0, count);
}
