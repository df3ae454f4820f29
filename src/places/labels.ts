// What stands under the photos on the map: the places they were taken at, where there is room for a name. Pure.
import type { Place } from '../schema/photo.ts';
import type { Cluster } from './cluster-messages.ts';

const countries = new Intl.DisplayNames(undefined, { type: 'region' });

/** The town; without one the region, or the country in the person's language. */
export const nameOf = (place: Place): string =>
  place.city ?? place.region ?? countries.of(place.country) ?? place.country;

/** Town and country, for who cannot see where on the map it is. */
export function wholeNameOf(place: Place): string {
  const country = countries.of(place.country) ?? place.country;
  return [...new Set([place.city ?? place.region ?? country, country])].join(', ');
}

/** Where most photos of a mark were taken; undefined where no place has most of them. */
export const placeOf = (
  { town, country }: Pick<Cluster, 'town' | 'country'>,
  places: readonly (Place | undefined)[],
): Place | undefined => places[town] ?? places[country];

/** A mark as it stands on the screen: its middle, and what would stand below it. */
export interface Labelled {
  x: number;
  y: number;
  count: number;
  text: string;
}

/** Half of a mark's edge, and how far below its middle the label's is, px. */
const HALF = 28;
const BELOW = 40;
const LINE = 9;
/** Of a letter, about, px. */
const LETTER = 6.6;

/** Which of them can have their label without covering another mark or label: those of more photos before those of fewer. */
export function roomFor(marks: readonly Labelled[]): ReadonlySet<number> {
  const taken = marks.map(({ x, y }) => ({
    left: x - HALF,
    right: x + HALF,
    top: y - HALF,
    bottom: y + HALF,
  }));
  const found = new Set<number>();
  const order = marks.map((_, i) => i).sort((a, b) => (marks[b]?.count ?? 0) - (marks[a]?.count ?? 0));
  for (const i of order) {
    const { x, y, text } = marks[i] as Labelled;
    if (text === '') continue;
    const half = (text.length * LETTER) / 2;
    const box = { left: x - half, right: x + half, top: y + BELOW - LINE, bottom: y + BELOW + LINE };
    const covers = taken.some(
      (other, j) =>
        j !== i &&
        other.left < box.right &&
        other.right > box.left &&
        other.top < box.bottom &&
        other.bottom > box.top,
    );
    if (covers) continue;
    found.add(i);
    taken.push(box);
  }
  return found;
}
