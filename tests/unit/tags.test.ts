// The owner's tags: each once, however it is spelled, in whatever order they come and go.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cleanTag,
  keyOfTag,
  MOST_TAGS,
  retagged,
  tagsIn,
  tagsLike,
  TagTally,
  withoutTags,
  withTags,
} from '../../src/library/tags.ts';

const tag = fc
  .oneof(fc.constantFrom('Beach', 'beach', 'BEACH', 'Straße', 'é', 'é', 'Oma'), fc.string({ maxLength: 12 }))
  .map(cleanTag)
  .filter(Boolean);
const tags = fc.array(tag, { maxLength: 12 });
const keys = (list: readonly string[]) => list.map(keyOfTag);

test('merging tags gives each once, whatever its case, and keeps the spelling that was there first', () => {
  expect(withTags(['Beach', 'oma'], ['beach', 'OMA', 'Sea', 'sea'])).toEqual(['Beach', 'oma', 'Sea']);
  fc.assert(
    fc.property(tags, tags, (a, b) => {
      const all = withTags(a, b);
      expect(new Set(keys(all)).size).toBe(all.length);
      expect(new Set(keys(all))).toEqual(new Set(keys([...a, ...b])));
      expect(withTags(all, b)).toEqual(all);
      expect(withTags(withTags([], a), b)).toEqual(all);
    }),
  );
});

test('what is added can be taken away again, and nothing else goes with it', () => {
  fc.assert(
    fc.property(tags, tags, (a, b) => {
      const had = withTags([], a);
      const added = withoutTags(b, had);
      expect(withoutTags(withTags(had, added), added)).toEqual(had);
      const removed = withoutTags(had, b);
      expect(keys(removed).some((key) => keys(b).includes(key))).toBe(false);
    }),
  );
});

test('what somebody types is split at commas and lines, and tidied up', () => {
  expect(tagsIn('  Beach ,oma;;\n Lake   Como ,beach')).toEqual(['Beach', 'oma', 'Lake Como']);
  expect(tagsIn(' , ;\n')).toEqual([]);
});

test('a photo never gets more tags than it may have, and never loses one for want of room', () => {
  const many = Array.from({ length: MOST_TAGS }, (_, n) => `t${n}`);
  expect(retagged(many, { add: ['new'], remove: [] })).toEqual(many);
  expect(retagged(many, { add: ['new'], remove: ['T0'] })).toEqual([...many.slice(1), 'new']);
  const tooMany = [...many, 'from before'];
  expect(retagged(tooMany, { add: ['new'], remove: [] })).toEqual(tooMany);
});

test('tags are counted however they are spelled, the most common first', () => {
  const tally = new TagTally();
  tally.add(['Beach', 'Oma']);
  tally.add(['beach', 'BEACH']);
  tally.add(['lake'], 5);
  expect(tally.list).toEqual([
    { tag: 'lake', count: 5 },
    { tag: 'Beach', count: 2 },
    { tag: 'Oma', count: 1 },
  ]);
});

test('suggestions begin with what is typed, or one of their words does; what is there already is none', () => {
  const known = ['Lake Como', 'Como', 'comet', 'Beach'].map((one) => ({ tag: one, count: 1 }));
  expect(tagsLike('com', known, [])).toEqual(['Como', 'comet', 'Lake Como']);
  expect(tagsLike('COM', known, ['como'])).toEqual(['comet', 'Lake Como']);
  expect(tagsLike('x', known, [])).toEqual([]);
});
