// What a form makes of where photos were taken, and what it offers for what is typed. Pure.
import type { KnownPlace } from '../library/vocabulary.ts';
import { gpsOf, placeOf, type Gps, type Photo, type Place, type PlaceOverride } from '../schema/photo.ts';
import { coordinatesIn, coordinatesOf, fullPlaceOf } from '../ui/place.ts';
import { words } from '../ui/words/editing.ts';

export type PlaceChange =
  | { way: 'place'; override: PlaceOverride }
  /** Called so, and where it was. */
  | { way: 'name'; name: string }
  | { way: 'none' }
  | { way: 'back' };

export interface PlaceOption {
  label: string;
  more?: string | undefined;
  change: PlaceChange;
}

const MOST = 8;
const LONGEST_NAME = 300;
/** A town is called the place of what is this near to it, km. */
const NEAR_KM = 25;

export function changedPlace(photo: Photo, change: PlaceChange): PlaceOverride | null {
  if (change.way === 'back') return null;
  if (change.way === 'none') return {};
  if (change.way === 'place') return change.override;
  const override: PlaceOverride = { name: change.name };
  const [place, gps] = [placeOf(photo), gpsOf(photo)];
  if (place) override.place = place;
  if (gps) override.gps = gps;
  return override;
}

/** What a place is called. */
export function labelOf({ name, place, gps }: PlaceOverride): string | undefined {
  return name ?? (place && fullPlaceOf(place)) ?? (gps && coordinatesOf(gps));
}

/** Without accents, case and commas; one blank between words. */
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[\s,]+/g, ' ');

/** Coordinates, then the places of one's own library that are called like that, then the words themselves as a name. */
export function placeOptions(typed: string, known: readonly KnownPlace[]): PlaceOption[] {
  const wanted = folded(typed.trim());
  const found: PlaceOption[] = [];
  const gps = coordinatesIn(typed);
  if (gps) {
    const place = nearest(gps, known);
    found.push({
      label: coordinatesOf(gps),
      more: place ? fullPlaceOf(place) : words.place.coordinates,
      change: { way: 'place', override: { ...(place && { place }), gps } },
    });
  }
  for (const { override, count } of known) {
    if (found.length >= MOST) break;
    const label = labelOf(override);
    if (label === undefined || !` ${folded(label)}`.includes(` ${wanted}`)) continue;
    found.push({ label, more: words.place.known(count), change: { way: 'place', override } });
  }
  const name = typed.trim().slice(0, LONGEST_NAME);
  if (name && !gps)
    found.push({ label: `“${name}”`, more: words.place.named, change: { way: 'name', name } });
  return found;
}

/** The town of one's own photos that is nearest, if any is near. */
function nearest(gps: Gps, known: readonly KnownPlace[]): Place | undefined {
  let best: Place | undefined;
  let least = NEAR_KM;
  for (const { override } of known) {
    if (!override.place || !override.gps) continue;
    const distance = kilometers(gps, override.gps);
    if (distance < least) [best, least] = [override.place, distance];
  }
  return best;
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

function kilometers(a: Gps, b: Gps): number {
  const [from, to] = [radians(a.latitude), radians(b.latitude)];
  const sine = (angle: number): number => Math.sin(angle / 2) ** 2;
  const share = sine(to - from) + Math.cos(from) * Math.cos(to) * sine(radians(b.longitude - a.longitude));
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(share)));
}
