// The search index of one chunk: its words in order, the documents each is in, and the photos each document is about. Typed arrays only,
// so that a worker can hand it over, and so that a million photos take some tens of megabytes. Never changed. Pure.
import { OWN, wordsOfDocument, type Document } from './search-documents.ts';
import type { WordsCondition } from './search-query.ts';

/** Lists of numbers one after the other: list `i` reaches from `begins[i]` to before `begins[i + 1]`. */
interface Lists {
  begins: Uint32Array;
  numbers: Uint32Array | Uint16Array;
}

export interface Index {
  /** Rows of the chunk. */
  count: number;
  /** All words in order, without anything between them, and where each begins. */
  text: string;
  begins: Uint32Array;
  /** Per word, the documents it is in; per document, its words and its rows. */
  documents: Lists;
  words: Lists;
  rows: Lists;
  /** Per document. */
  fields: Uint16Array;
  /** Of the documents that several photos may share, which come first, what people read. */
  labels: string[];
}

interface Draft {
  field: number;
  label: string;
  words: number[];
  rows: number[];
}

export function indexOf(count: number, documentsAt: (row: number) => readonly Document[]): Index {
  const numbers = new Map<string, number>();
  const numberOf = (word: string): number => {
    const known = numbers.get(word) ?? numbers.size;
    if (known === numbers.size) numbers.set(word, known);
    return known;
  };
  const shared = new Map<number, Map<string, Draft>>();
  const sharers: Draft[] = [];
  const own: Draft[] = [];
  for (let row = 0; row < count; row++) {
    for (const document of documentsAt(row)) {
      const { field, label } = document;
      const others = (field & OWN) === 0 ? (shared.get(field) ?? new Map<string, Draft>()) : undefined;
      const known = others?.get(label);
      if (known) {
        known.rows.push(row);
        continue;
      }
      const words = wordsOfDocument(document).map(numberOf);
      if (words.length === 0) continue;
      const draft = { field, label, words, rows: [row] };
      if (others) {
        shared.set(field, others.set(label, draft));
        sharers.push(draft);
      } else own.push(draft);
    }
  }
  return finished(count, [...numbers.keys()], [...sharers, ...own], sharers.length);
}

function finished(count: number, found: readonly string[], drafts: readonly Draft[], labeled: number): Index {
  const order = Uint32Array.from(found, (_, i) => i);
  order.sort((a, b) => ((found[a] as string) < (found[b] as string) ? -1 : 1));
  const rank = new Uint32Array(found.length);
  for (const [at, number] of order.entries()) rank[number] = at;
  const begins = new Uint32Array(found.length + 1);
  for (const [at, number] of order.entries())
    begins[at + 1] = (begins[at] as number) + (found[number] as string).length;
  const words = listsOf(
    drafts.map((draft) => draft.words.map((word) => rank[word] as number)),
    Uint32Array,
  );
  return {
    count,
    text: Array.from(order, (number) => found[number]).join(''),
    begins,
    documents: inverted(words, found.length),
    words,
    rows: listsOf(
      drafts.map(({ rows }) => rows),
      count <= 65_536 ? Uint16Array : Uint32Array,
    ),
    fields: Uint16Array.from(drafts, ({ field }) => field),
    labels: drafts.slice(0, labeled).map(({ label }) => label),
  };
}

function listsOf(
  lists: readonly (readonly number[])[],
  Numbers: Uint16ArrayConstructor | Uint32ArrayConstructor,
): Lists {
  const begins = new Uint32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) begins[i + 1] = (begins[i] as number) + list.length;
  const numbers = new Numbers(begins[lists.length] as number);
  for (const [i, list] of lists.entries()) numbers.set(list, begins[i]);
  return { begins, numbers };
}

/** Per number the lists it is in, each once. */
function inverted({ begins, numbers }: Lists, size: number): Lists {
  const to = new Uint32Array(size + 1);
  const seenIn = new Int32Array(size).fill(-1);
  const each = (visit: (number: number, list: number) => void): void => {
    seenIn.fill(-1);
    for (let list = 0; list < begins.length - 1; list++) {
      for (let i = begins[list] as number; i < (begins[list + 1] as number); i++) {
        const number = numbers[i] as number;
        if (seenIn[number] !== list) visit(number, list);
        seenIn[number] = list;
      }
    }
  };
  each((number) => (to[number + 1] = (to[number + 1] as number) + 1));
  for (let i = 0; i < size; i++) to[i + 1] = (to[i + 1] as number) + (to[i] as number);
  const next = to.slice();
  const lists = new Uint32Array(to[size] as number);
  each((number, list) => {
    const at = next[number] as number;
    lists[at] = list;
    next[number] = at + 1;
  });
  return { begins: to, numbers: lists };
}

export const wordAt = ({ text, begins }: Index, word: number): string =>
  text.slice(begins[word], begins[word + 1]);

/** The first word that is not before `wanted`. */
export function firstWord(index: Index, wanted: string): number {
  let low = 0;
  let high = index.begins.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wordAt(index, middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** From the first word that begins so to before the second. */
export const wordsFrom = (index: Index, prefix: string): [number, number] => [
  firstWord(index, prefix),
  firstWord(index, `${prefix}\uffff`),
];

function exactly(index: Index, word: string): [number, number] {
  const at = firstWord(index, word);
  return [at, at < index.begins.length - 1 && wordAt(index, at) === word ? at + 1 : at];
}

type Wanted = Pick<WordsCondition, 'words' | 'match' | 'fields'>;

/** Visits the documents that meet a condition; some may come more than once. */
export function eachDocument(index: Index, wanted: Wanted, visit: (document: number) => void): void {
  const { words, match, fields } = wanted;
  const last = words.length - 1;
  const ranges = words.map((word, i) =>
    match === 'prefix' && i === last ? wordsFrom(index, word) : exactly(index, word),
  );
  const { begins, numbers } = index.documents;
  const uses = ([from, to]: [number, number]) => (begins[to] as number) - (begins[from] as number);
  // Of several words the one that is in the fewest documents tells most.
  const [from, to] = ranges.reduce((a, b) => (uses(b) < uses(a) ? b : a));
  for (let word = from; word < to; word++) {
    for (let i = begins[word] as number; i < (begins[word + 1] as number); i++) {
      const document = numbers[i] as number;
      if ((fields & (index.fields[document] as number)) === 0) continue;
      if ((last === 0 && match !== 'whole') || says(index.words, document, ranges, match)) visit(document);
    }
  }
}

/** Whether a document has words of these ranges next to each other. */
function says(lists: Lists, document: number, ranges: readonly [number, number][], match: string): boolean {
  const { begins, numbers } = lists;
  const begin = begins[document] as number;
  const end = begins[document + 1] as number;
  if (match === 'whole' && end - begin !== ranges.length) return false;
  for (let at = begin; at + ranges.length <= end; at++) {
    const met = ranges.every(([from, to], i) => {
      const word = numbers[at + i] as number;
      return word >= from && word < to;
    });
    if (met) return true;
  }
  return false;
}

/** Visits the rows of a document. */
export function eachRow({ rows }: Index, document: number, visit: (row: number) => void): void {
  const { begins, numbers } = rows;
  const end = begins[document + 1] as number;
  for (let i = begins[document] as number; i < end; i++) visit(numbers[i] as number);
}
