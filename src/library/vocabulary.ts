// The owner's own words for things: tags that are in use, and places where photos were taken, the most common first. Read once per chunk,
// in slices, and kept as long as the chunk is.
import { gpsOf, placeOf, type Gps, type Photo, type Place, type PlaceOverride } from '../schema/photo.ts';
import type { Chunk } from './chunk.ts';
import type { Columns } from './columns.ts';
import { inSlices, upTo } from './slices.ts';
import { TagTally, type TagCount } from './tags.ts';

/** A place that photos were taken at, as it can be given to others. */
export interface KnownPlace {
  override: PlaceOverride;
  count: number;
}

export interface Vocabulary {
  tags: readonly TagCount[];
  places: readonly KnownPlace[];
}

interface Spot {
  name: string | undefined;
  place: Place | undefined;
  /** Any of its photos'. */
  gps: Gps | undefined;
  count: number;
}

interface Words {
  tags: Map<string, number>;
  spots: Map<string, Spot>;
}

const known = new WeakMap<Chunk, Words>();

/** Aborted, it fails with the signal's reason. */
export async function vocabularyOf({ chunks }: Columns, signal: AbortSignal): Promise<Vocabulary> {
  const tally = new TagTally();
  const spots = new Map<string, Spot>();
  for (const chunk of chunks) {
    if (!chunk) continue;
    const words = known.get(chunk) ?? (await wordsOf(chunk, signal));
    for (const [tag, count] of words.tags) tally.add([tag], count);
    for (const [key, spot] of words.spots) put(spots, key, spot);
  }
  const places = [...spots.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ count, name, place, gps }) => ({ count, override: overrideOf(name, place, gps) }));
  return { tags: tally.list, places };
}

function overrideOf(name: string | undefined, place: Place | undefined, gps: Gps | undefined): PlaceOverride {
  const override: PlaceOverride = {};
  if (name !== undefined) override.name = name;
  if (place) override.place = place;
  if (gps) override.gps = gps;
  return override;
}

async function wordsOf(chunk: Chunk, signal: AbortSignal): Promise<Words> {
  const words: Words = { tags: new Map(), spots: new Map() };
  await inSlices(upTo(chunk.count), (row) => note(words, chunk.photo(row)), signal);
  // Rows that are still being read are no reason to know nothing for good.
  if (chunk.photo(0)) known.set(chunk, words);
  return words;
}

function note({ tags, spots }: Words, photo: Photo | undefined): void {
  if (!photo || photo.trashedAt) return;
  for (const tag of new Set([...(photo.tags ?? []), ...(photo.keywords ?? [])]))
    tags.set(tag, (tags.get(tag) ?? 0) + 1);
  const name = photo.placeOverride?.name;
  const place = placeOf(photo);
  if (name === undefined && !place) return;
  const key = JSON.stringify([name, place?.city, place?.region, place?.country]);
  put(spots, key, { name, place, gps: gpsOf(photo), count: 1 });
}

function put(spots: Map<string, Spot>, key: string, spot: Spot): void {
  const there = spots.get(key);
  if (there) {
    there.count += spot.count;
    there.gps ??= spot.gps;
  } else {
    spots.set(key, { ...spot });
  }
}
