// What a library can be searched for without typing: its most common places, cameras, tags, kinds and years. Pure.
import { CAMERA, DATE, KIND, PLACE, TAG } from '../library/search-documents.ts';
import { KINDS } from '../library/search-query.ts';
import { askedFor, filterText, type Value } from '../library/search-suggest.ts';

export interface Group {
  kind: 'place' | 'camera' | 'tag' | 'type' | 'on';
  choices: { label: string; count: number; text: string }[];
}

const MOST = 8;
const FIELDS = [
  ['place', PLACE],
  ['tag', TAG],
  ['camera', CAMERA],
] as const;

export function exploring(values: readonly Value[]): Group[] {
  const groups: Group[] = FIELDS.map(([kind, field]) => ({
    kind,
    choices: chosen(values.filter((value) => value.field === field)),
  }));
  groups.push({
    kind: 'type',
    choices: chosen(
      values.filter(({ field, label }) => field === KIND && label !== 'photo' && KINDS.includes(label)),
    ),
  });
  groups.push({ kind: 'on', choices: yearsIn(values) });
  return groups.filter(({ choices }) => choices.length > 0);
}

const chosen = (values: readonly Value[]): Group['choices'] =>
  values.slice(0, MOST).flatMap((value) => {
    const text = askedFor(value);
    return text ? [{ label: value.label, count: value.count, text }] : [];
  });

/** All of them, the latest first. */
function yearsIn(values: readonly Value[]): Group['choices'] {
  const years = new Map<string, number>();
  for (const { field, label, count } of values) {
    const year = label.slice(0, 4);
    if (field === DATE) years.set(year, (years.get(year) ?? 0) + count);
  }
  return [...years]
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .map(([label, count]) => ({ label, count, text: filterText('on', label) }));
}
