// Sidecars whose names are cut within the photo's name. All photos that begin alike share one series of numbers, in the order in which
// Google wrote them, while the numbers of each name among the photos go on by themselves. The titles tell whose turn it is. Pure.
import { fold, isNameOf, PHOTO_LENGTH, photoReadings, SIDECAR_LENGTH } from './names.ts';
import type { Sidecar } from './sidecar.ts';

/** By number: several where nobody can tell. */
export type Series = Map<number, Sidecar[]>;
/** Photos by their name without a number, then by that. */
export type Namesakes = Map<string, Map<number, string>>;

/** Notes a sidecar with those that are cut where it is. */
export function addTo(series: Map<string, Series>, sidecar: Sidecar): void {
  for (const { stem, counter } of sidecar.readings) {
    if (Math.abs(stem.length - SIDECAR_LENGTH) > 1) continue;
    const numbers = entry(series, fold(stem), () => new Map<number, Sidecar[]>());
    entry(numbers, counter, () => []).push(sidecar);
  }
}

/** Notes a photo with those that the same series may be of. */
export function addPhoto(
  photos: Map<string, Namesakes>,
  series: ReadonlyMap<string, Series>,
  name: string,
): void {
  for (const { stem, counter } of photoReadings(name).toReversed()) {
    const key = fold(stem);
    const start = startOf(key, series);
    if (start === undefined) continue;
    const namesakes = entry(photos, start, () => new Map<string, Map<number, string>>());
    entry(namesakes, key, () => new Map<number, string>()).set(counter, name);
    return;
  }
}

/** What the sidecars of a long name begin with. */
function startOf(stem: string, series: ReadonlyMap<string, unknown>): string | undefined {
  if (stem.length > PHOTO_LENGTH + 1) return undefined;
  const starts = [0, -1, 1].map((off) => stem.slice(0, SIDECAR_LENGTH + off));
  return starts.find((start) => start.length < stem.length && series.has(start));
}

/**
 * Counts as Google did. From the first gap on nothing is certain: the sidecar that is missing might be anybody's. `found` hears of each
 * sidecar whose turn is known, with its photo if that is here.
 */
export function count(
  series: ReadonlyMap<number, readonly Sidecar[]>,
  photos: ReadonlyMap<string, ReadonlyMap<number, string>>,
  found: (sidecar: Sidecar, photo: string | undefined) => void,
): void {
  const next = new Map<string, number>();
  for (let number = 0; ; number++) {
    const [sidecar, another] = series.get(number) ?? [];
    if (!sidecar || another) return;
    const { title } = sidecar;
    if (title === undefined && (series.size > 1 || photos.size > 1)) return;
    const [stem, other] = [...photos.keys()].filter((one) => title === undefined || isNameOf(one, title));
    if (other !== undefined) return;
    // With a title that fits none of them it is of a photo that is not here.
    const counter = next.get(stem ?? '') ?? 0;
    if (stem !== undefined) next.set(stem, counter + 1);
    found(sidecar, photos.get(stem ?? '')?.get(counter));
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
