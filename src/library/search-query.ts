// What somebody typed into the search field, as conditions that a photo meets or not. Pure.
//
// Words are all to be found; "these together" in this order, -this one not at all. A filter is a name, a colon and a value. What cannot
// be understood is said and left out, the rest counts.
import { FLAGS } from '../schema/photo.ts';
import { ARCHIVED, FAILED, FAVORITE, REDATED, TRASHED } from './chunk.ts';
import { dateSpan } from './search-dates.ts';
import { ANYWHERE, CAMERA, FOLDER, KIND, LENS, NAME, PLACE, STATE, TAG } from './search-documents.ts';
import { wordsOf } from './search-words.ts';

/** How words are met by a document: in it; in it, the last one by its beginning; or they are all there is in it. */
export type Match = 'exact' | 'prefix' | 'whole';

export interface WordsCondition {
  kind: 'words';
  not: boolean;
  fields: number;
  /** To be found next to each other. */
  words: readonly string[];
  match: Match;
  /** Meant to the letter: nothing else is shown instead. */
  strict: boolean;
}
export interface TimeCondition {
  kind: 'time';
  not: boolean;
  /** Wall-clock seconds, from the first to before the second. */
  from: number;
  to: number;
}
export interface FlagCondition {
  kind: 'flag';
  not: boolean;
  flag: number;
}
export type Condition = WordsCondition | TimeCondition | FlagCondition;

/** One part of what was typed: from where to where it stands there, and what it asks for. */
export interface Part {
  begin: number;
  end: number;
  /** Name of the filter, if it is one. */
  filter: string | undefined;
  value: string;
  not: boolean;
  conditions: readonly Condition[];
  problem?: ProblemCode;
}
export type ProblemCode = 'filter' | 'date' | 'type' | 'state';

export interface Query {
  text: string;
  parts: readonly Part[];
}

const FIELD_OF: Readonly<Record<string, number>> = {
  name: NAME,
  folder: FOLDER,
  camera: CAMERA,
  lens: LENS,
  place: PLACE,
  tag: TAG,
};

export const KINDS: readonly string[] = ['photo', 'video', ...FLAGS];
export const FORMATS: readonly string[] =
  'jpeg png gif webp avif heic heif tiff jxl jp2 bmp ico svg psd mp4 mov webm mkv avi raw dng cr2 cr3 nef arw raf orf rw2 pef'.split(
    ' ',
  );
/** What people write for a kind that is called otherwise here. */
const SAID: Readonly<Record<string, string>> = { jpg: 'jpeg', tif: 'tiff', jxl: 'jpeg xl', jp2: 'jpeg 2000' };

const FLAG_OF: Readonly<Record<string, number>> = {
  favorite: FAVORITE,
  favourite: FAVORITE,
  archived: ARCHIVED,
  trashed: TRASHED,
  failed: FAILED,
  redated: REDATED,
};
const STATES = ['captioned', 'tagged', 'located'];
export const IS = ['favorite', 'archived', 'trashed', 'failed', 'redated', ...STATES];
export const FILTERS = ['from', 'to', 'on', ...Object.keys(FIELD_OF), 'type', 'is'];

/** A filter without a value, so far; or anything, in quotes or up to the next blank, with a filter before it or not. */
const PART = /(-?)(?:(\p{L}+):(?=\s|$)|(?:(\p{L}+):)?(?:["“”„]([^"“”„]*)(["“”„]|$)|(\S+)))/gu;
/** What may yet become a date. */
const BEGUN = /^\d{1,3}$|^\d{4}[-./]0?$|^\d{4}[-./]\d{1,2}[-./]0?$/;

export function parseQuery(text: string): Query {
  const parts: Part[] = [];
  for (const found of text.matchAll(PART)) {
    const [whole, minus, alone, name, quoted, closing, bare = ''] = found;
    const end = found.index + whole.length;
    const filter = (alone ?? name)?.toLowerCase();
    const said: Said = {
      filter,
      value: quoted ?? bare,
      quoted: quoted !== undefined,
      not: minus === '-',
      // Still being typed, for all one knows.
      last: end === text.length && !closing,
    };
    const { value, not } = said;
    parts.push({ begin: found.index, end, filter, value, not, ...meant(said) });
  }
  return { text, parts };
}

interface Said {
  filter: string | undefined;
  value: string;
  quoted: boolean;
  not: boolean;
  last: boolean;
}
type Meant = Pick<Part, 'conditions' | 'problem'>;
const NOTHING: Meant = { conditions: [] };

function meant(said: Said): Meant {
  const { filter, not } = said;
  if (filter === undefined) return words(said, ANYWHERE);
  if (!FILTERS.includes(filter)) {
    // A word with a colon after it is a word.
    if (said.value === '') return words({ ...said, value: filter, filter: undefined }, ANYWHERE);
    return { conditions: [], problem: 'filter' };
  }
  if (said.value === '') return NOTHING;
  const value = said.value.toLowerCase();
  if (filter === 'from' || filter === 'to' || filter === 'on') {
    const span = dateSpan(value);
    if (!span) return said.last && BEGUN.test(value) ? NOTHING : { conditions: [], problem: 'date' };
    const { from, to } = span;
    const time = { kind: 'time', not, from, to } as const;
    if (filter === 'from') return { conditions: [{ ...time, to: Infinity }] };
    return { conditions: [filter === 'to' ? { ...time, from: -Infinity } : time] };
  }
  if (filter === 'type') return typed(said, value.replace(/(?<=..)s$/, ''));
  if (filter === 'is') return being(said, value.replace(/(?<=..)s$/, ''));
  const field = FIELD_OF[filter] as number;
  if (field !== PLACE) return words(said, field);
  // `Munich, Germany` is a town and its country.
  const places = said.value.split(',').map((place) => words({ ...said, value: place }, field));
  return { conditions: places.flatMap(({ conditions }) => conditions) };
}

function words({ filter, value, quoted, not, last }: Said, fields: number): Meant {
  const found = wordsOf(value);
  if (found.length === 0) return NOTHING;
  const whole = quoted && !last && filter !== undefined;
  const match = whole ? 'whole' : last && !not ? 'prefix' : 'exact';
  return { conditions: [{ kind: 'words', not, fields, words: found, match, strict: quoted || not }] };
}

/** A word that is one of these, or on its way to be: `vid` of `video`. */
const oneOf = (value: string, all: readonly string[], last: boolean): string | undefined =>
  all.find((one) => one === value) ?? (last ? all.find((one) => one.startsWith(value)) : undefined);

function typed({ not, last }: Said, value: string): Meant {
  const kind = SAID[value] ?? oneOf(value, [...KINDS, ...FORMATS], last);
  if (kind === undefined) return { conditions: [], problem: 'type' };
  const found = wordsOf(SAID[kind] ?? kind);
  return { conditions: [{ kind: 'words', not, fields: KIND, words: found, match: 'whole', strict: true }] };
}

function being({ not, last }: Said, value: string): Meant {
  const state = oneOf(value, [...IS, ...Object.keys(FLAG_OF)], last);
  if (state === undefined) return { conditions: [], problem: 'state' };
  const flag = FLAG_OF[state];
  if (flag !== undefined) return { conditions: [{ kind: 'flag', not, flag }] };
  return {
    conditions: [{ kind: 'words', not, fields: STATE, words: [state], match: 'whole', strict: true }],
  };
}

export const conditionsOf = ({ parts }: Query): Condition[] => parts.flatMap(({ conditions }) => conditions);

/** Whether anything is asked for at all. */
export const isEmpty = (query: Query): boolean => conditionsOf(query).length === 0;

/** What is in the trash is found only by whoever asks for it. */
export const asksForTrash = (conditions: readonly Condition[]): boolean =>
  conditions.some((one) => one.kind === 'flag' && one.flag === TRASHED && !one.not);
