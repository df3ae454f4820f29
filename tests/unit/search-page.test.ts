// The search page's own knowledge: what was searched before, what there is to be found, and filters as they are written.
import { describe, expect, test } from 'vitest';
import { SEARCHES_PREFIX } from '../../src/library/forget.ts';
import { CAMERA, DATE, KIND, LENS, PLACE, TAG } from '../../src/library/search-documents.ts';
import { parseQuery } from '../../src/library/search-query.ts';
import { folded, wordsOf } from '../../src/library/search-words.ts';
import { exploring } from '../../src/search/explore.ts';
import { forgetSearch, forgetSearches, recentSearches, rememberSearch } from '../../src/search/recent.ts';
import { filterLabel, filtersIn, labelOf, without } from '../../src/search/said.ts';
import { words as said } from '../../src/ui/words/search.ts';
import { identity } from '../fixtures.ts';

/** As much of a browser's storage as is used, with or without room. */
function storage(full = false): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => void kept.delete(key),
    setItem: (key: string, value: string) => {
      if (full) throw new DOMException('no room', 'QuotaExceededError');
      kept.set(key, value);
    },
  } as Storage;
}

describe('searches of before', () => {
  const [me, you] = [identity(1), identity(2)];

  test('are kept for each person, the latest first, each once, and not too many', () => {
    const kept = storage();
    for (const text of ['beach', 'harbor', ' Beach ', '', '   ']) rememberSearch(me, text, kept);
    expect(recentSearches(me, kept)).toEqual(['Beach', 'harbor']);
    expect(recentSearches(you, kept)).toEqual([]);
    for (let n = 0; n < 20; n++) rememberSearch(me, `search ${n}`, kept);
    expect(recentSearches(me, kept)).toHaveLength(8);
    expect(recentSearches(me, kept)[0]).toBe('search 19');
  });

  test('can be forgotten one by one, and all', () => {
    const kept = storage();
    for (const text of ['one', 'two', 'three']) rememberSearch(me, text, kept);
    forgetSearch(me, 'two', kept);
    expect(recentSearches(me, kept)).toEqual(['three', 'one']);
    forgetSearches(me, kept);
    expect(recentSearches(me, kept)).toEqual([]);
    expect(kept.getItem(SEARCHES_PREFIX + me)).toBeNull();
  });

  test.each(['{', '"text"', '[1, null, {"a": 1}]'])('stored as %s are none, and no harm', (stored) => {
    const kept = storage();
    kept.setItem(SEARCHES_PREFIX + me, stored);
    expect(recentSearches(me, kept)).toEqual([]);
    rememberSearch(me, 'beach', kept);
    expect(recentSearches(me, kept)).toEqual(['beach']);
  });

  test('that find no room are not kept, and what is searched goes on', () => {
    const kept = storage(true);
    expect(() => rememberSearch(me, 'beach', kept)).not.toThrow();
    expect(recentSearches(me, kept)).toEqual([]);
  });
});

test('what there is to be found begins with what most photos have; years are counted together', () => {
  const value = (field: number, label: string, count: number) => ({
    field,
    label,
    count,
    words: wordsOf(label),
  });
  const groups = exploring([
    value(KIND, 'photo', 99),
    value(PLACE, 'Kraków', 20),
    value(CAMERA, 'Apple iPhone 7', 12),
    value(LENS, '50mm', 11),
    value(DATE, '2019-06', 9),
    value(DATE, '2021-01', 8),
    value(KIND, 'video', 7),
    value(KIND, 'JPEG', 7),
    value(DATE, '2019-07', 5),
    value(TAG, 'a "quoted" tag', 1),
  ]);
  expect(groups.map(({ kind, choices }) => [kind, choices.map(({ count, text }) => [text, count])])).toEqual([
    ['place', [['place:"Kraków"', 20]]],
    ['tag', [['tag:"a  quoted  tag"', 1]]],
    ['camera', [['camera:"Apple iPhone 7"', 12]]],
    ['type', [['type:video', 7]]],
    [
      'on',
      [
        ['on:2021', 8],
        ['on:2019', 14],
      ],
    ],
  ]);
});

test('a filter is shown as it counts, and can be taken out of the query', () => {
  const { text, parts } = parseQuery('beach -camera:"Apple iPhone 7" nothing:x is:favorite harbor');
  const filters = filtersIn(parts);
  expect(filters.map(filterLabel)).toEqual(['−camera: Apple iPhone 7', 'is: favorite']);
  expect(filters.map((part) => without(text, part))).toEqual([
    'beach nothing:x is:favorite harbor',
    'beach -camera:"Apple iPhone 7" nothing:x harbor',
  ]);
});

test('months, kinds and states are said as people say them', () => {
  expect(labelOf('on', '2019-06')).toBe('June 2019');
  expect(labelOf('type', 'raw')).toBe('Raw photo');
  expect(labelOf('type', 'JPEG')).toBe('JPEG');
  expect(labelOf('is', 'archived')).toBe('In the archive');
  expect(labelOf('place', '2019-06')).toBe('2019-06');
});

describe('words', () => {
  test.each([
    ['Straße', 'strasse'],
    ['ＦＵＬＬ', 'full'],
    ['İstanbul', 'istanbul'],
    ['ŁÓDŹ', 'lodz'],
    ['Ærø', 'aero'],
    ['Ελλάς', 'ελλασ'],
  ])('%s is the same as %s', (text, plain) => {
    expect(folded(text)).toBe(plain);
  });

  test.each([
    ['IMG_20190601.JPG', ['img', '20190601', 'jpg']],
    ['iPhone13', ['iphone', '13']],
    ['写真を撮る', ['写真', 'を', '撮る']],
    ['🎂 Party', ['🎂', 'party']],
    ['हिन्दी', ['हिन्दी']],
    ['…—"', []],
  ])('in %s', (text, words) => {
    expect(wordsOf(text)).toEqual(words.map((word) => word.normalize('NFKD')));
  });
});

test.each([
  [5, 0, '5 photos'],
  [5, 2, '5 photos, 2 of them archived'],
  [5, 5, '5 photos, all archived'],
  [1, 1, '1 photo, archived'],
])('of %i photos, %i of them archived, it is said: %s', (found, archived, text) => {
  expect(said.results(found, archived)).toBe(text);
});

test('what was in quotes is not put into quotes again', () => {
  expect(said.nothing('harbor')).toBe('Nothing found for “harbor”.');
  expect(said.nothing('"old harbor"')).toBe('Nothing found for "old harbor".');
});
