// What may be meant by what is typed so far: cameras, places, tags, months and words that this library has, with how many photos. Pure.
import { TRASHED } from './chunk.ts';
import { CAMERA, DATE, KIND, LENS, PLACE, TAG, TEXT, wordsOfDocument } from './search-documents.ts';
import type { Views } from './search-find.ts';
import { wordAt, wordsFrom } from './search-index.ts';
import { FORMATS, IS, KINDS, type Part, type Query } from './search-query.ts';
import { eachRowNow } from './search-view.ts';
import { wordsOf } from './search-words.ts';

/** A camera, a place, a tag ...: something photos share. */
export interface Value {
  field: number;
  label: string;
  words: readonly string[];
  /** Photos that have it, without those in trash. */
  count: number;
}

export interface Suggestion {
  /** What it is, for an icon. `word` is one of the owner's own. */
  kind: Filter | 'word';
  label: string;
  count?: number;
  /** The whole query with it. */
  text: string;
}
export type Filter = 'place' | 'camera' | 'lens' | 'tag' | 'on' | 'type' | 'is';

export const FILTER_OF: Readonly<Record<number, Filter>> = {
  [PLACE]: 'place',
  [CAMERA]: 'camera',
  [LENS]: 'lens',
  [TAG]: 'tag',
  [DATE]: 'on',
  [KIND]: 'type',
};
const SHOWN = PLACE | CAMERA | LENS | TAG | DATE | KIND;

const MOST = 7;
const MOST_WORDS = 3;
/** So many words may be one name. */
const LONGEST = 4;

/** All there are, those of most photos first. */
export function valuesIn(views: Views): Value[] {
  const values = new Map<string, Value>();
  const add = (field: number, label: string, count: number): void => {
    if (count === 0) return;
    const words = wordsOfDocument({ field, label });
    const key = `${field} ${words.join(' ')}`;
    const known = values.get(key);
    if (known) known.count += count;
    else values.set(key, { field, label, words, count });
  };
  for (const view of views) {
    if (!view) continue;
    const { flags } = view.chunk.columns;
    const isThere = (row: number) => ((flags[row] as number) & TRASHED) === 0;
    const index = view.indexed?.index;
    for (const [document, label] of index?.labels.entries() ?? []) {
      const field = index?.fields[document] ?? 0;
      if ((field & SHOWN) === 0) continue;
      let count = 0;
      eachRowNow(view, document, (row) => (count += Number(isThere(row))));
      add(field, label, count);
    }
    for (const [row, { documents }] of view.fresh) {
      for (const { field, label } of documents) if (field & SHOWN && isThere(row)) add(field, label, 1);
    }
  }
  return [...values.values()].sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}

/** Words of captions, titles and descriptions that begin so, with about how many photos have each. */
export function ownWords(views: Views, prefix: string): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (word: string) => counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const view of views) {
    if (!view) continue;
    if (view.indexed) {
      const { index } = view.indexed;
      const { begins, numbers } = index.documents;
      const [from, to] = wordsFrom(index, prefix);
      for (let word = from; word < to; word++) {
        for (let i = begins[word] as number; i < (begins[word + 1] as number); i++)
          if ((index.fields[numbers[i] as number] as number) & TEXT) add(wordAt(index, word));
      }
    }
    for (const { documents } of view.fresh.values()) {
      for (const { field, words } of documents)
        if (field & TEXT) for (const word of words) if (word.startsWith(prefix)) add(word);
    }
  }
  return counts;
}

/** A filter as it is typed. */
export function filterText(filter: Filter, value: string): string {
  const clean = value.replaceAll(/["“”„]/g, ' ');
  return `${filter}:${/^[\w-]+$/.test(clean) && (filter === 'on' || filter === 'type' || filter === 'is') ? clean : `"${clean}"`}`;
}

/** How a value is asked for; undefined for what cannot be. */
export function askedFor({ field, label }: Value): string | undefined {
  const filter = FILTER_OF[field];
  if (!filter) return undefined;
  if (filter !== 'type') return filterText(filter, label);
  const kind = label.toLowerCase();
  return [...KINDS, ...FORMATS].includes(kind) ? filterText(filter, kind) : undefined;
}

export function suggestionsFor(
  { text, parts }: Query,
  values: readonly Value[],
  own: (prefix: string) => ReadonlyMap<string, number>,
): Suggestion[] {
  const last = parts.at(-1);
  if (!last || last.end < text.length || /["”]$/.test(text)) return [];
  const minus = last.not ? '-' : '';
  const before = text.slice(0, last.begin) + minus;
  if (last.filter === 'is') {
    const states = IS.filter((state) => state.startsWith(last.value.toLowerCase()));
    return states.map((label) => ({ kind: 'is', label, text: `${before}${filterText('is', label)} ` }));
  }
  if (last.filter !== undefined) {
    const typed = wordsOf(last.value);
    const ofKind = values.filter(({ field }) => FILTER_OF[field] === last.filter);
    return chosen(ofKind, typed, before);
  }
  if (last.value === '' || text.at(last.begin) === '"') return [];
  for (const begin of beginnings(parts)) {
    const found = chosen(values, wordsOf(text.slice(begin)), text.slice(0, begin) + minus);
    if (begin === last.begin) return [...found, ...ownOf(last, before, own, found)];
    if (found.length > 0) return found;
  }
  return [];
}

/** Where the name that is being typed may begin: `new yo` may be one, or only `yo`. The longest first. */
function beginnings(parts: readonly Part[]): number[] {
  const found: number[] = [];
  for (const { filter, not, begin } of parts.slice(-LONGEST).toReversed()) {
    if (filter !== undefined || (not && found.length > 0)) break;
    found.unshift(begin);
    if (not) break;
  }
  return found;
}

/** Those that begin with what is typed go before those that have it somewhere. */
function chosen(values: readonly Value[], typed: readonly string[], before: string): Suggestion[] {
  const first: Suggestion[] = [];
  const others: Suggestion[] = [];
  for (const value of values) {
    const { field, label, words, count } = value;
    if (!begins(words, typed)) continue;
    const asked = askedFor(value);
    if (asked === undefined) continue;
    const suggestion = { kind: FILTER_OF[field] as Filter, label, count, text: `${before}${asked} ` };
    if (begins(words.slice(0, typed.length), typed)) first.push(suggestion);
    else others.push(suggestion);
    if (first.length === MOST) break;
  }
  return [...first, ...others].slice(0, MOST);
}

/** Whether a value has these words next to each other, the last of them by its beginning. */
const begins = (words: readonly string[], typed: readonly string[]): boolean =>
  typed.length === 0 ||
  words.some((_, at) =>
    typed.every((word, i) =>
      i === typed.length - 1 ? (words[at + i]?.startsWith(word) ?? false) : words[at + i] === word,
    ),
  );

function ownOf(
  last: Part,
  before: string,
  own: (prefix: string) => ReadonlyMap<string, number>,
  others: readonly Suggestion[],
): Suggestion[] {
  const [typed, ...more] = wordsOf(last.value);
  if (typed === undefined || more.length > 0 || /^\p{Nd}/u.test(typed)) return [];
  const taken = new Set(others.map(({ label }) => wordsOf(label).join(' ')));
  return [...own(typed)]
    .filter(([word]) => word !== typed && !taken.has(word))
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, MOST_WORDS)
    .map(([word, count]) => ({
      kind: 'word',
      label: word.normalize('NFC'),
      count,
      text: `${before}${word.normalize('NFC')} `,
    }));
}
