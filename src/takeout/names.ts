// What the names of photos and sidecars in a Google Takeout say. Google cuts names, numbers those that are there already, and puts what it
// knows of IMG.jpg into IMG.jpg.json or, since 2024, IMG.jpg.supplemental-metadata.json. Pure.
import { isJson, isTar, isZip, looksLikePhoto, split } from './endings.ts';

/** A name without its number: `IMG.jpg` and 1 for IMG(1).jpg. */
export interface Reading {
  stem: string;
  /** 0 for none. */
  counter: number;
}

/** So long is the name of a sidecar at most, without its number and `.json`; what goes beyond is cut off. */
export const SIDECAR_LENGTH = 46;
/** So long is the name of a photo at most, without its number: cut before its ending. */
export const PHOTO_LENGTH = 51;

const SUPPLEMENT = 'supplemental-metadata';
export const COUNTER = /\(([1-9]\d{0,5})\)$/;

/** As names are compared: whatever a disk does with accents, and case aside. */
export const fold = (name: string): string => name.normalize('NFC').toLowerCase();

/** IMG(1).jpg may be called so, or be the second IMG.jpg. */
export function photoReadings(name: string): Reading[] {
  const { base, ending } = split(name);
  const counter = COUNTER.exec(base);
  const literal = { stem: name, counter: 0 };
  if (!counter) return [literal];
  const before = base.slice(0, counter.index);
  return [literal, { stem: ending ? `${before}.${ending}` : before, counter: Number(counter[1]) }];
}

/** What photo a sidecar may speak of, by its own name; whether that is cut does not show. */
export function sidecarReadings(name: string): Reading[] {
  const whole = name.replace(/\.json$/i, '');
  const counter = COUNTER.exec(whole);
  const readings = [{ stem: whole, counter: 0 }];
  if (counter) readings.push({ stem: whole.slice(0, counter.index), counter: Number(counter[1]) });
  return readings.flatMap((reading) => {
    const stem = withoutSupplement(reading.stem);
    return stem === reading.stem ? [reading] : [reading, { stem, counter: reading.counter }];
  });
}

/** Without `.supplemental-metadata`, or what is left of it. */
function withoutSupplement(stem: string): string {
  const dot = stem.lastIndexOf('.');
  return dot > 0 && SUPPLEMENT.startsWith(stem.slice(dot + 1).toLowerCase()) ? stem.slice(0, dot) : stem;
}

/** Whether it is one by its name: what stands in it decides. */
export const looksLikeSidecar = (name: string): boolean =>
  isJson(name) && sidecarReadings(name).some(({ stem }) => looksLikePhoto(stem));

/** As a title and a name are alike: Google puts `_` for what no file may be called. */
const plain = (text: string): string => fold(text).replaceAll(/[^\p{L}\p{N}\p{M} .,+~()-]/gu, '_');

/** Whether a sidecar with this reading may hold this title: a title that is not its own says nothing. */
export function isTitleOf(title: string, { stem }: Reading): boolean {
  const [said, called] = [plain(title), plain(stem)];
  if (called.startsWith(said) || called === plain(split(title).base)) return true;
  return stem.length >= SIDECAR_LENGTH - 1 && said.startsWith(called);
}

/** Whether Google calls a photo with this title so (without its number): `cut` where it is too long, or not at all. */
export function isNameOf(stem: string, title: string): 'whole' | 'cut' | undefined {
  const name = split(stem);
  const said = looksLikePhoto(title) ? split(title) : { base: title, ending: '' };
  if (said.ending && said.ending.toLowerCase() !== name.ending.toLowerCase()) return undefined;
  const base = plain(name.base);
  if (base === plain(said.base)) return 'whole';
  // A pair of units is cut in two, or before, or after.
  const room = PHOTO_LENGTH - 1 - name.ending.length;
  const full = said.base.normalize('NFC');
  const halved = /[\uD800-\uDBFF]$/.test(full.slice(0, room));
  const ends = halved ? [room - 1, room, room + 1] : [room];
  return ends.some((end) => plain(full.slice(0, end)) === base) ? 'cut' : undefined;
}

/** Whether it is worth looking into: by names only. */
export const mayBeTakeout = (dropped: Iterable<{ name: string; path?: string | undefined }>): boolean =>
  [...dropped].some(
    ({ name, path }) =>
      isZip(name) || isTar(name) || looksLikeSidecar(name) || /(?:^|\/)Takeout(?:\/|$)/i.test(path ?? ''),
  );
