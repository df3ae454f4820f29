// Search: what is typed finds what a look at every photo would, whatever came, went and was edited since the index was made.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withEdits } from '../../src/library/change.ts';
import type { Columns } from '../../src/library/columns.ts';
import { laidOver } from '../../src/library/edits.ts';
import { find, type Views } from '../../src/library/search-find.ts';
import { isEmpty, parseQuery } from '../../src/library/search-query.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { changed, columnsOf, indexedIn, photo, photos, queries, scan, viewsOf } from './search-library.ts';

const idsFound = (columns: Columns, views: Views, text: string) =>
  [...find(columns, views, parseQuery(text)).references].map((reference) => columns.idOf(reference));

/** Names of the photos that are found. */
function found(all: readonly Photo[], text: string): string[] {
  const columns = columnsOf(all);
  const { references } = find(columns, viewsOf(columns), parseQuery(text));
  return [...references].map((reference) => columns.photo(reference)?.name ?? '').toSorted();
}
const corrected = (all: readonly Photo[], text: string): string | undefined => {
  const columns = columnsOf(all);
  return find(columns, viewsOf(columns), parseQuery(text)).corrected;
};
const named = (name: string, more: Partial<Photo> = {}): Photo => photo({ ...more, name });

/** So many photos of a beach whose ids begin alike. */
function inOneChunk(count: number): Photo[] {
  const all: Photo[] = [];
  while (all.length < count) {
    const one = named('beach.jpg');
    if (one.photoId.startsWith('Q')) all.push(one);
  }
  return all;
}

describe('the index', () => {
  test('finds exactly what a look at every photo finds, in the order of the timeline', () => {
    fc.assert(
      fc.property(photos, queries, (all, text) => {
        const columns = columnsOf(all);
        expect(idsFound(columns, viewsOf(columns), text)).toEqual(scan(all, parseQuery(text)));
      }),
      { numRuns: 400 },
    );
  });

  test('still does after photos came, went and were changed, without being made anew', () => {
    fc.assert(
      fc.property(photos, photos, queries, fc.infiniteStream(fc.nat(3)), (first, more, text, dice) => {
        const before = columnsOf(first);
        const known = new Map(first.map((one) => [one.photoId, one]));
        for (const one of first) {
          const roll = dice.next().value;
          const other = more[0] ?? one;
          if (roll === 0) known.delete(one.photoId);
          if (roll === 1) known.set(one.photoId, { ...other, photoId: one.photoId });
        }
        for (const one of more) known.set(one.photoId, one);
        const ids = new Set([...first, ...more].map(({ photoId }) => photoId));
        const now = changed(
          before,
          [...ids].map((id) => [id, known.get(id)]),
        );
        const views = viewsOf(now, indexedIn(before));
        expect(idsFound(now, views, text)).toEqual(scan([...known.values()], parseQuery(text)));
      }),
      { numRuns: 300 },
    );
  });

  test('sees edits that are on their way, and later the same photos as the cloud has them', () => {
    const at = '9999-12-31T23:59:59.999Z';
    const edits = [
      [{ attribute: 'caption' as const, value: 'beach', at }],
      [{ attribute: 'tags' as const, value: ['Kraków', 'x'], at }],
      [{ attribute: 'trashedAt' as const, value: '2026-02-02T00:00:00.000Z', at }],
      [{ attribute: 'takenAtOverride' as const, value: '2021-07-01T00:00:00', at }],
      [{ attribute: 'favorite' as const, value: true, at }],
      [],
    ];
    fc.assert(
      fc.property(photos, queries, fc.infiniteStream(fc.nat(5)), (all, text, dice) => {
        const before = columnsOf(all);
        const own = all.map((one) => [one.photoId, edits[dice.next().value as number] ?? []] as const);
        const now = all.map((one, i) => laidOver(one, own[i]?.[1] ?? []));
        const wanted = scan(now, parseQuery(text));
        const edited = withEdits(before, new Map(own));
        expect(idsFound(edited, viewsOf(edited, indexedIn(before)), text)).toEqual(wanted);
        const saved = changed(
          before,
          now.map((one) => [one.photoId, one]),
        );
        expect(idsFound(saved, viewsOf(saved, indexedIn(before)), text)).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  test('what is not in it yet is not found by words, nor by their absence; flags and dates are known all the same', () => {
    const all = inOneChunk(70).map((one, i) => Object.assign(one, { favorite: i === 0 }));
    const columns = columnsOf(all);
    const none = viewsOf(columns, []);
    expect(idsFound(columns, none, 'beach')).toEqual([]);
    expect(idsFound(columns, none, '-forest')).toEqual([]);
    expect(idsFound(columns, none, 'is:favorite')).toHaveLength(1);
    expect(idsFound(columns, none, 'from:2021')).toHaveLength(70);
    expect(idsFound(columns, viewsOf(columns), 'beach')).toHaveLength(70);
  });

  test('is not needed for a few photos', () => {
    const columns = columnsOf(inOneChunk(60));
    expect(idsFound(columns, viewsOf(columns, []), 'beach')).toHaveLength(60);
  });

  test('takes hundreds of new photos in one by one, and leaves the rest to the next index', () => {
    const [first, ...many] = inOneChunk(211) as [Photo, ...Photo[]];
    const before = columnsOf([{ ...first, name: 'forest.jpg' }]);
    const now = changed(
      before,
      many.map((one) => [one.photoId, one]),
    );
    const views = viewsOf(now, indexedIn(before));
    expect(idsFound(now, views, 'forest')).toHaveLength(1);
    expect(idsFound(now, views, 'beach')).toHaveLength(200);
    expect(idsFound(now, views, '-forest')).toHaveLength(200);
  });
});

describe('words', () => {
  const all = [
    named('IMG_0001.JPG', { caption: 'A day at the beach', place: { city: 'Kraków', country: 'PL' } }),
    named('IMG_0002.JPG', { tags: ['Beach'], camera: 'Apple iPhone 13', path: 'Trips/Île de Ré' }),
    named('DSC00017.ARW', {
      keywords: ['Straße'],
      description: 'ＦＵＬＬ width',
      takenAt: '2019-12-24T10:00:00',
    }),
    named('東京タワーの写真.jpg', { title: 'Łódź' }),
  ];

  test.each([
    ['beach', ['IMG_0001.JPG', 'IMG_0002.JPG']],
    ['BEACH img', ['IMG_0001.JPG', 'IMG_0002.JPG']],
    ['krakow', ['IMG_0001.JPG']],
    ['Kraków', ['IMG_0001.JPG']],
    ['lodz', ['東京タワーの写真.jpg']],
    ['strasse', ['DSC00017.ARW']],
    ['full', ['DSC00017.ARW']],
    ['ile re', ['IMG_0002.JPG']],
    ['poland', ['IMG_0001.JPG']],
    ['iphone13', ['IMG_0002.JPG']],
    ['dsc 00017', ['DSC00017.ARW']],
    ['東京', ['東京タワーの写真.jpg']],
    ['写真', ['東京タワーの写真.jpg']],
    ['december 2019', ['DSC00017.ARW']],
    ['dec 2019', ['DSC00017.ARW']],
    ['img_0001', ['IMG_0001.JPG']],
    ['beach -iphone', ['IMG_0001.JPG']],
    ['"day at the"', ['IMG_0001.JPG']],
    ['"the day"', []],
    ['bea', ['IMG_0001.JPG', 'IMG_0002.JPG']],
    ['-bea beach', ['IMG_0001.JPG', 'IMG_0002.JPG']],
  ])('%s', (text, names) => {
    expect(found(all, text)).toEqual(names);
  });

  test('one in the middle is taken for the beginning of a word only when there is no such word', () => {
    const two = [named('bea.jpg', { caption: 'x' }), named('beach.jpg', { caption: 'x' })];
    expect(found(two, 'bea x')).toEqual(['bea.jpg']);
    expect(found(two, 'beac x')).toEqual(['beach.jpg']);
  });

  test('a slip of the finger is forgiven, and said', () => {
    expect(found(all, 'baech')).toEqual(['IMG_0001.JPG', 'IMG_0002.JPG']);
    expect(corrected(all, 'baech img')).toBe('beach img');
    expect(corrected(all, 'place:krakwo -img')).toBe('place:krakow -img');
    expect(corrected(all, 'beach')).toBeUndefined();
  });

  test('but not in short words, in numbers, in quotes, or where that would be another word altogether', () => {
    expect(found(all, 'dya')).toEqual([]);
    expect(found(all, '00018')).toEqual([]);
    expect(found(all, '"baech"')).toEqual([]);
    expect(found(all, 'mountain')).toEqual([]);
    expect(corrected(all, 'mountain')).toBeUndefined();
  });

  test('of several words as near the one that finds most is meant', () => {
    const some = [
      named('1.jpg', { caption: 'boat' }),
      named('2.jpg', { caption: 'goat' }),
      named('3.jpg', { caption: 'goat' }),
    ];
    expect(corrected(some, 'foat')).toBe('goat');
  });

  test('photos in trash do not keep a slip from being seen as one', () => {
    const some = [
      named('1.jpg', { caption: 'beech', trashedAt: '2026-02-02T00:00:00.000Z' }),
      named('2.jpg', { caption: 'beach' }),
    ];
    expect(found(some, 'beech')).toEqual(['2.jpg']);
  });
});

describe('filters', () => {
  const trashedAt = '2026-02-02T00:00:00.000Z';
  const all = [
    named('a', { camera: 'Apple iPhone 7', takenAt: '2019-05-31T23:59:59', favorite: true }),
    named('b', { camera: 'Apple iPhone 7 Plus', takenAt: '2019-06-01T00:00:00', archived: true }),
    named('c', { lens: '50mm', takenAt: '2019-08-31T23:59:59+02:00', trashedAt, tags: ['Party'] }),
    named('d', {
      type: 'video/mp4',
      takenAt: '2019-09-01T00:00:00',
      place: { city: 'Munich', country: 'DE' },
    }),
    named('e', { flags: ['raw', 'hdr'], caption: 'Apple pie', takenAt: '2020-02-29T12:00:00' }),
  ];
  test.each([
    ['from:2019-06 to:2019-08', ['b']],
    ['from:2019-06 to:2019-08 is:trashed', ['c']],
    ['to:2019', ['a', 'b', 'd']],
    ['on:2020-02-29', ['e']],
    ['on:2019-6', ['b']],
    ['-on:2019', ['e']],
    ['camera:apple', ['a', 'b']],
    ['camera:"Apple iPhone 7"', ['a']],
    ['camera:"iPhone 7"', ['a', 'b']],
    ['camera:"Apple iPhone 7" is:favorite', ['a']],
    ['place:munich', ['d']],
    ['place:"Munich, Germany"', ['d']],
    ['place:"Munich, Poland"', []],
    ['type:video', ['d']],
    ['type:videos', ['d']],
    ['-type:video -type:raw', ['a', 'b']],
    ['type:raw type:hdr', ['e']],
    ['type:jpg', ['a', 'b', 'e']],
    ['is:archived', ['b']],
    ['-is:archived type:photo', ['a', 'e']],
    ['is:captioned', ['e']],
    ['is:located', ['d']],
    ['tag:party', []],
    ['tag:party is:trashed', ['c']],
    ['Camera:APPLE', ['a', 'b']],
  ])('%s', (text, names) => {
    expect(found(all, text)).toEqual(names);
  });

  test('a filter without a value asks for nothing yet', () => {
    expect(isEmpty(parseQuery('camera: from: is:'))).toBe(true);
  });

  test('the trash is seen by nobody who does not ask for it', () => {
    expect(found(all, '50mm')).toEqual([]);
    expect(found(all, '-is:trashed')).toEqual(['a', 'b', 'd', 'e']);
    expect(found(all, 'lens:50mm is:trashed')).toEqual(['c']);
  });

  test.each([
    ['from:yesterday', 'date'],
    ['on:2019-02-30 x', 'date'],
    ['on:2019-13', 'date'],
    ['colour:red', 'filter'],
    ['type:nothing', 'type'],
    ['is:nice', 'state'],
  ])('%s is said not to be understood, and the rest counts', (text, problem) => {
    const query = parseQuery(`iphone ${text}`);
    expect(query.parts[1]).toMatchObject({ problem, conditions: [] });
    expect(found(all, `apple ${text.split(' ')[0]}`)).toEqual(['a', 'b', 'e']);
  });

  test('nothing is said of a date that is still being typed', () => {
    for (const text of ['on:', 'on:2', 'on:201', 'on:2019-', 'on:2019-0', 'on:2019-01-']) {
      expect(parseQuery(text).parts[0]?.problem).toBeUndefined();
      expect(isEmpty(parseQuery(text))).toBe(true);
    }
    expect(parseQuery('on:201 beach').parts[0]?.problem).toBe('date');
  });

  test('a word with a colon after it is a word, and so is a time', () => {
    expect(found([named('wedding.jpg')], 'wedding: ')).toEqual(['wedding.jpg']);
    expect(found([named('at 12.30.jpg')], '12:30')).toEqual(['at 12.30.jpg']);
  });

  test('whatever is typed can be read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { parts } = parseQuery(text);
        for (const { begin, end } of parts) expect(begin).toBeLessThan(end);
      }),
    );
  });
});
