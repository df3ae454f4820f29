// How filters and what they ask for are written for people. Pure.
import type { Part } from '../library/search-query.ts';
import type { Suggestion } from '../library/search-suggest.ts';
import { kinds } from '../ui/words/kinds.ts';
import { words } from '../ui/words/search.ts';

const month = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });
const KINDS: Readonly<Record<string, string>> = { ...kinds, photo: 'Photo' };

export function labelOf(kind: Suggestion['kind'], label: string): string {
  if (kind === 'on' && /^\d{4}-\d\d$/.test(label)) return month.format(new Date(`${label}-01T00:00:00Z`));
  if (kind === 'type') return KINDS[label] ?? label;
  if (kind === 'is') return words.states[label] ?? label;
  return label;
}

/** Filters that count, as they are shown one by one. */
export const filtersIn = (parts: readonly Part[]): Part[] =>
  parts.filter(({ filter, conditions }) => filter !== undefined && conditions.length > 0);

export const filterLabel = ({ filter, value, not }: Part): string => `${not ? '−' : ''}${filter}: ${value}`;

/** The query without one of its parts. */
export const without = (text: string, { begin, end }: Part): string =>
  `${text.slice(0, begin).trimEnd()} ${text.slice(end).trimStart()}`.trim();
