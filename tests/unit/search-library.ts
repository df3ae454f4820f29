// Libraries for search to look through, and the plain way to look through them: every photo, one after the other.
import * as fc from 'fast-check';
import { withChunks } from '../../src/library/change.ts';
import { bytesOfId, compareIds, TRASHED } from '../../src/library/chunk.ts';
import { Columns } from '../../src/library/columns.ts';
import { repackedChunks } from '../../src/library/pack.ts';
import { meanings, nearest, type Views } from '../../src/library/search-find.ts';
import { indexOfChunk } from '../../src/library/search-chunk.ts';
import { meets, searchedOf, type Searched } from '../../src/library/search-match.ts';
import { asksForTrash, conditionsOf, type Condition, type Query } from '../../src/library/search-query.ts';
import { indexedOf, viewOf, type Indexed } from '../../src/library/search-view.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { FLAGS, takenAtOf, type Photo } from '../../src/schema/photo.ts';
import { identity, photoIdOf } from '../fixtures.ts';

export const ME = identity();

let made = 0;
/** A photo that says only what is asked for. */
export const photo = (more: Partial<Photo> = {}): Photo => ({
  owner: ME,
  photoId: photoIdOf(Buffer.from(`photo ${made++}`)),
  changedAt: '2026-01-01T00:00:00.000Z',
  status: 'ready',
  name: 'P.JPG',
  type: 'image/jpeg',
  bytes: 1000,
  width: 400,
  height: 300,
  takenAt: '2021-06-03T18:20:00',
  takenAtSource: 'exif',
  uploadedAt: '2026-01-01T00:00:00.000Z',
  ...more,
});

export const changed = (
  columns: Columns,
  changes: Iterable<readonly [PhotoId, Photo | undefined]>,
): Columns => withChunks(columns, repackedChunks(ME, columns.chunks, new Map(changes)));

export const columnsOf = (photos: readonly Photo[]): Columns =>
  changed(
    Columns.none,
    photos.map((one) => [one.photoId, one]),
  );

export const indexedIn = (columns: Columns): (Indexed | undefined)[] =>
  columns.chunks.map((chunk) => chunk && indexedOf(chunk, indexOfChunk(chunk)));

export const viewsOf = (columns: Columns, indexed = indexedIn(columns)): Views =>
  columns.chunks.map((chunk, letter) => chunk && viewOf(chunk, indexed[letter]));

const SAID = [
  'beach',
  'Beach',
  'bea',
  'Kraków',
  'krakow',
  'München',
  'two words',
  'New York',
  '2021',
  'IMG_0007',
  '東京タワー',
  'x',
  'Straße',
];
const said = fc
  .array(fc.constantFrom(...SAID), { minLength: 1, maxLength: 3 })
  .map((words) => words.join(' '));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });

/** Photos that have few words between them, so that queries find some of them. */
export const photos: fc.Arbitrary<Photo[]> = fc.array(
  fc
    .record({
      name: said,
      caption: maybe(said),
      description: maybe(said),
      path: maybe(said),
      camera: maybe(fc.constantFrom('Apple iPhone 7', 'Apple iPhone 7 Plus', 'FUJIFILM X-T3')),
      lens: maybe(said),
      type: fc.constantFrom('image/jpeg', 'video/mp4', 'image/jxl'),
      place: maybe(
        fc.constantFrom(
          { city: 'Kraków', country: 'PL' },
          { city: 'New York', region: 'New York', country: 'US' },
        ),
      ),
      placeOverride: maybe(
        fc.record(
          { name: said, place: fc.constant({ city: 'Nowhere', country: 'US' }) },
          { requiredKeys: [] },
        ),
      ),
      tags: maybe(fc.uniqueArray(said, { maxLength: 2 })),
      keywords: maybe(fc.uniqueArray(said, { maxLength: 2 })),
      flags: maybe(fc.uniqueArray(fc.constantFrom(...FLAGS))),
      takenAt: fc.constantFrom(
        '2021-06-03T18:20:00',
        '2021-07-01T00:00:00',
        '2020-12-31T23:59:59+02:00',
        '0021-01-01T00:00:00',
      ),
      takenAtOverride: maybe(fc.constantFrom('1999-01-01T12:00:00', '2021-06-30T23:59:59')),
      favorite: maybe(fc.boolean()),
      archived: maybe(fc.boolean()),
      trashedAt: maybe(fc.constant('2026-02-02T00:00:00.000Z')),
    })
    .map((more) => photo(JSON.parse(JSON.stringify(more)) as Partial<Photo>)),
  { maxLength: 30 },
);

const value = fc.oneof(
  fc.constantFrom(
    ...SAID,
    'appl',
    'poland',
    'beahc',
    'krakwo',
    'munchn',
    'june',
    'jun',
    '20',
    'iphone7',
    'plus',
    'york,us',
    '東京',
  ),
  fc.constantFrom('"Apple iPhone 7"', '"new york"', '"two words', '"beach Beach"', '"Apple 7"'),
);
const part = fc.oneof(
  value,
  value.map((text) => `-${text}`),
  fc
    .tuple(fc.constantFrom('camera', 'lens', 'place', 'tag', 'folder', 'name', '-place', 'nothing'), value)
    .map((both) => both.join(':')),
  fc.constantFrom(
    'from:2021',
    'to:2021-06',
    'on:2021-06-03',
    '-on:2021',
    'from:1999-01-02',
    'to:2021-02-30',
    'on:21',
  ),
  fc.constantFrom(
    'type:photo',
    'type:vid',
    '-type:raw',
    'type:jpg',
    'type:nothing',
    'is:favorite',
    '-is:archived',
    'is:trashed',
    'is:captioned',
    'is:loc',
    'is:nothing',
  ),
);
export const queries = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(' '));

/** Looks at every photo. */
export function scan(all: readonly Photo[], query: Query): PhotoId[] {
  const conditions = conditionsOf(query);
  const withTrash = asksForTrash(conditions);
  const eligible = all
    .map((one) => ({ one, searched: searchedOf(one) }))
    .filter(({ searched }) => withTrash || (searched.flags & TRASHED) === 0);
  const having = (...wanted: readonly Condition[]) =>
    eligible.filter(({ searched }) => wanted.every((condition) => meets(searched, condition)));
  let found = eligible;
  for (const condition of conditions) {
    const met = new Set(
      condition.kind === 'words' && !condition.not ? understood(condition) : having(condition),
    );
    found = found.filter((one) => met.has(one));
  }
  return sorted(found.map(({ one }) => one)).map(({ photoId }) => photoId);

  function understood(condition: Extract<Condition, { kind: 'words' }>) {
    for (const meaning of meanings(condition)) {
      const met = having(...meaning);
      if (met.length > 0) return met;
    }
    if (condition.strict) return [];
    let met = eligible;
    for (const [i, word] of condition.words.entries()) {
      const match = i < condition.words.length - 1 ? ('exact' as const) : condition.match;
      const alone = { ...condition, words: [word], match };
      const counted = (instead: string) => having({ ...alone, words: [instead], match: 'exact' }).length;
      const known = having(alone);
      const instead = known.length > 0 ? undefined : nearest(alone, vocabulary(eligible), counted);
      const own = instead === undefined ? known : having({ ...alone, words: [instead], match: 'exact' });
      met = met.filter((one) => own.includes(one));
    }
    return met;
  }
}

const vocabulary = (all: readonly { searched: Searched }[]): Set<string> =>
  new Set(all.flatMap(({ searched }) => searched.documents.flatMap(({ words }) => words)));

const wall = (one: Photo): string => takenAtOf(one).slice(0, 19);

function sorted(list: readonly Photo[]): Photo[] {
  return list.toSorted((a, b) => {
    if (wall(a) !== wall(b)) return wall(a) < wall(b) ? 1 : -1;
    return compareIds(bytesOfId(a.photoId), 0, bytesOfId(b.photoId), 0);
  });
}
