// What of a photo is searched: a few short documents, each of one field. Those that many photos share (a camera, a town, a month) are the
// same for all of them. Pure.
import { gpsOf, isVideo, placeOf, type Photo } from '../schema/photo.ts';
import { typeOf } from '../ui/details.ts';
import { wall } from '../ui/format.ts';
import { folded, wordsOf } from './search-words.ts';

// Fields, as bits: a search may be in several.
export const NAME = 1;
export const TEXT = 2;
export const FOLDER = 4;
export const CAMERA = 8;
export const LENS = 16;
export const PLACE = 32;
export const TAG = 64;
export const DATE = 128;
export const KIND = 256;
export const STATE = 512;

/** Where a word without a filter is looked for. */
export const ANYWHERE = NAME | TEXT | FOLDER | CAMERA | LENS | PLACE | TAG | DATE | KIND;
/** Fields whose documents are hardly ever the same for two photos. */
export const OWN = NAME | TEXT;

export interface Document {
  field: number;
  /** As people read it. */
  label: string;
}

const monthLong = new Intl.DateTimeFormat(undefined, { month: 'long', timeZone: 'UTC' });
const monthShort = new Intl.DateTimeFormat(undefined, { month: 'short', timeZone: 'UTC' });
const countries = new Intl.DisplayNames(undefined, { type: 'region' });
const countryNames = new Map<string, string | undefined>();
/** `Intl` takes its time. */
function countryOf(code: string): string | undefined {
  if (!countryNames.has(code)) countryNames.set(code, countries.of(code));
  return countryNames.get(code);
}

/** What of a photo can be found by words. */
export type Findable = Pick<
  Photo,
  | 'name'
  | 'type'
  | 'path'
  | 'camera'
  | 'lens'
  | 'place'
  | 'gps'
  | 'flags'
  | 'title'
  | 'description'
  | 'keywords'
  | 'caption'
  | 'tags'
  | 'placeOverride'
>;

/** `month` is when it was taken, as `2019-06`. */
export function documentsOf(photo: Findable, month: string): Document[] {
  const { placeOverride, tags = [], keywords = [] } = photo;
  const place = placeOf(photo);
  const found: Document[] = [];
  const add = (field: number, label: string | undefined): void => {
    if (label) found.push({ field, label });
  };
  add(NAME, photo.name);
  add(TEXT, photo.caption);
  add(TEXT, photo.title);
  add(TEXT, photo.description);
  add(FOLDER, photo.path);
  add(CAMERA, photo.camera);
  add(LENS, photo.lens);
  add(DATE, month);
  add(KIND, isVideo(photo) ? 'video' : 'photo');
  add(KIND, typeOf(photo.type));
  for (const flag of photo.flags ?? []) add(KIND, flag);
  for (const tag of tags) add(TAG, tag);
  for (const keyword of keywords) if (!tags.includes(keyword)) add(TAG, keyword);
  if (photo.caption) add(STATE, 'captioned');
  if (tags.length + keywords.length > 0) add(STATE, 'tagged');
  if (gpsOf(photo) || place || placeOverride?.name) add(STATE, 'located');
  add(PLACE, placeOverride?.name);
  if (place) {
    const { city, region } = place;
    const country = countryOf(place.country);
    const names = [placeOverride?.name, city, region, country];
    for (const [i, name] of names.entries()) if (i > 0 && !names.slice(0, i).includes(name)) add(PLACE, name);
  }
  return found;
}

/** A month is found by its long and its short name, and by its year. */
export function wordsOfDocument({ field, label }: Document): string[] {
  if (field !== DATE) return wordsOf(label);
  const date = wall(`${label}-01`);
  const names = new Set([monthShort, monthLong].map((format) => folded(format.format(date))));
  return [...names].flatMap(wordsOf).concat(label.slice(0, 4));
}
