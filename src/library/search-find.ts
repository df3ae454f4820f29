// What a query finds in the library. Where a word is found nowhere, the next thing it may mean is tried: the beginning of a word, words
// apart from each other, and last words that are spelled almost so. Pure.
import { ARCHIVED, TRASHED } from './chunk.ts';
import type { Columns } from './columns.ts';
import { letterIn, referenceTo, rowIn, sorted, timeIn, type Chunks } from './order.ts';
import { KIND, STATE } from './search-documents.ts';
import { firstWord, wordAt } from './search-index.ts';
import {
  asksForTrash,
  conditionsOf,
  type Condition,
  type Query,
  type WordsCondition,
} from './search-query.ts';
import { slips } from './search-typos.ts';
import { marksOf, type View } from './search-view.ts';

export type Views = readonly (View | undefined)[];

export interface Found {
  /** In the order of the library. Not to be changed: they may be the order of all. */
  references: Uint32Array;
  /** How many of them are archived. */
  archived: number;
  /** The query as it was understood, when that is not as it was typed. */
  corrected: string | undefined;
}

/** Per chunk, 1 for each row that is meant. */
type Marks = (Uint8Array | undefined)[];

export function find(columns: Columns, views: Views, query: Query): Found {
  const conditions = conditionsOf(query);
  const eligible = eligibleIn(views, conditions);
  const marks: Marks = eligible.map((some) => some?.slice());
  let corrected = '';
  let at = 0;
  for (const part of query.parts) {
    for (const condition of part.conditions) {
      if (condition.kind !== 'words' || condition.not) {
        keep(marks, marksIn(views, condition));
        continue;
      }
      const { met, instead } = understood(condition, views, eligible);
      keep(marks, met);
      if (instead === undefined) continue;
      const words = part.filter && instead.includes(' ') ? `"${instead}"` : instead;
      corrected += `${query.text.slice(at, part.begin)}${part.filter ? `${part.filter}:` : ''}${words}`;
      at = part.end;
    }
  }
  return {
    ...listed(columns, marks),
    corrected: corrected === '' ? undefined : corrected + query.text.slice(at),
  };
}

/** Everything but the trash, unless that is asked for; and what is not indexed yet is not said to be without a word. */
function eligibleIn(views: Views, conditions: readonly Condition[]): Marks {
  const hidden = asksForTrash(conditions) ? 0 : TRASHED;
  const byWords = conditions.some(({ kind }) => kind === 'words');
  return views.map((view) => {
    if (!view || (byWords && view.unseen === 'all')) return undefined;
    const { flags } = view.chunk.columns;
    const marks = new Uint8Array(view.chunk.count);
    for (let row = 0; row < marks.length; row++) marks[row] = (flags[row] as number) & hidden ? 0 : 1;
    if (byWords && view.unseen !== 'all') for (const row of view.unseen) marks[row] = 0;
    return marks;
  });
}

const marksIn = (views: Views, condition: Condition): Marks =>
  views.map((view) => view && marksOf(view, condition));

/** Keeps of the first marks those that are in the others too. */
function keep(marks: Marks, others: Marks): void {
  for (const [letter, some] of marks.entries()) {
    const other = others[letter];
    if (!other) some?.fill(0);
    else if (some)
      for (let row = 0; row < some.length; row++) some[row] = (some[row] as number) & (other[row] as number);
  }
}

function countOf(marks: Marks): number {
  let count = 0;
  for (const some of marks)
    if (some) for (let row = 0; row < some.length; row++) count += some[row] as number;
  return count;
}

/** What words may mean, the likeliest first; each to be met in all its parts. */
export function meanings(condition: WordsCondition): WordsCondition[][] {
  const { words, match, strict, fields } = condition;
  const found = [[condition]];
  if (match === 'whole') {
    if ((fields & (KIND | STATE)) === 0) found.push([{ ...condition, match: 'exact' }]);
    return found;
  }
  if (strict) return found;
  if (match === 'exact') found.push([{ ...condition, match: 'prefix' }]);
  if (words.length > 1) found.push(apart(condition));
  return found;
}

const apart = (condition: WordsCondition): WordsCondition[] =>
  condition.words.map((word, i, { length }) => ({
    ...condition,
    words: [word],
    match: i < length - 1 ? 'exact' : condition.match,
  }));

function understood(
  condition: WordsCondition,
  views: Views,
  eligible: Marks,
): { met: Marks; instead?: string } {
  const meeting = (meaning: readonly Condition[]): Marks => {
    const marks = eligible.map((some) => some?.slice());
    for (const one of meaning) keep(marks, marksIn(views, one));
    return marks;
  };
  for (const meaning of meanings(condition)) {
    const met = meeting(meaning);
    if (countOf(met) > 0) return { met };
  }
  const nothing = { met: eligible.map((some) => some && new Uint8Array(some.length)) };
  if (condition.strict) return nothing;
  const meant: WordsCondition[] = [];
  for (const one of apart(condition)) {
    const known = countOf(meeting([one])) > 0;
    const word = known
      ? one.words[0]
      : nearest(one, wordsIn(views), (near) => countOf(meeting([{ ...one, words: [near], match: 'exact' }])));
    if (word === undefined) return nothing;
    meant.push({ ...one, words: [word], match: known ? one.match : 'exact' });
  }
  return {
    met: meeting(meant),
    instead: meant
      .flatMap(({ words }) => words)
      .join(' ')
      .normalize('NFC'),
  };
}

/** Of the words that are nearest to what was typed, the one that finds most. */
export function nearest(
  { words: [typed = ''], match }: WordsCondition,
  words: Iterable<string>,
  count: (word: string) => number,
): string | undefined {
  const near = new Map<string, number>();
  for (const word of words) {
    if (near.has(word)) continue;
    const far = slips(typed, word, match === 'prefix');
    if (far !== undefined) near.set(word, far);
  }
  let best: { word: string; far: number; count: number } | undefined;
  for (const [word, far] of [...near].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))) {
    if (best && far > best.far) break;
    const found = count(word);
    if (found > (best?.count ?? 0)) best = { word, far, count: found };
  }
  return best?.word;
}

/** All words but numbers, which come first. */
function* wordsIn(views: Views): Generator<string> {
  for (const view of views) {
    if (!view) continue;
    const index = view.indexed?.index;
    const end = (index?.begins.length ?? 1) - 1;
    if (index) for (let word = firstWord(index, ':'); word < end; word++) yield wordAt(index, word);
    for (const { documents } of view.fresh.values()) for (const { words } of documents) yield* words;
  }
}

const NONE = new Uint8Array();

/** Marked photos in the order of the library. */
function listed(columns: Columns, marks: Marks): { references: Uint32Array; archived: number } {
  const { chunks, order } = columns;
  const count = countOf(marks);
  const archived = archivedIn(chunks, marks);
  if (count === order.length) return { references: order, archived };
  const references = new Uint32Array(count);
  let at = 0;
  if (count > order.length / 8) {
    const met = marks.map((some) => some ?? NONE);
    for (let i = 0; i < order.length; i++) {
      const reference = order[i] as number;
      if ((met[letterIn(reference)] as Uint8Array)[rowIn(reference)]) references[at++] = reference;
    }
    return { references, archived };
  }
  for (const [letter, some = NONE] of marks.entries()) {
    for (let row = 0; row < some.length; row++) if (some[row]) references[at++] = referenceTo(letter, row);
  }
  return { references: sorted(references, timeIn(chunks)), archived };
}

/** Chunk by chunk, which a million photos notice. */
function archivedIn(chunks: Chunks, marks: Marks): number {
  let archived = 0;
  for (const [letter, some = NONE] of marks.entries()) {
    const flags = chunks[letter]?.columns.flags;
    if (!flags) continue;
    for (let row = 0; row < some.length; row++)
      if (some[row] && ((flags[row] as number) & ARCHIVED) !== 0) archived++;
  }
  return archived;
}
