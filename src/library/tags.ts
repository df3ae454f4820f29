// The owner's tags: how they are written, told apart, put together and taken away. Pure.
import { TAG_LENGTH } from '../schema/photo.ts';

/** So that a row stays well below what the table can hold. */
export const MOST_TAGS = 100;
export const LONGEST_TAG = Math.min(100, TAG_LENGTH);

/** A tag as it is kept; empty for what is none. */
export const cleanTag = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();

/** The tags in what somebody has typed or pasted. */
export const tagsIn = (text: string): string[] => withTags([], text.split(/[,;\n]/).map(cleanTag));

/** By this tags are told apart: `Beach` and `beach` are one. */
export const keyOfTag = (tag: string): string => cleanTag(tag).normalize('NFKC').toLowerCase();

/** With more tags, each once: who has a tag keeps it as it is spelled. */
export function withTags(tags: readonly string[], more: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const tag of [...tags, ...more]) {
    const key = keyOfTag(tag);
    if (key && !found.has(key)) found.set(key, tag);
  }
  return [...found.values()];
}

export function withoutTags(tags: readonly string[], less: readonly string[]): string[] {
  const gone = new Set(less.map(keyOfTag));
  return tags.filter((tag) => !gone.has(keyOfTag(tag)));
}

/** A tag and how many photos have it. */
export interface TagCount {
  tag: string;
  count: number;
}

/** Counts tags however they are spelled; the spelling met first is shown. */
export class TagTally {
  readonly #counts = new Map<string, TagCount>();

  add(tags: readonly string[], times = 1): void {
    for (const [key, tag] of new Map(tags.map((one) => [keyOfTag(one), one]))) {
      const known = this.#counts.get(key);
      if (known) known.count += times;
      else this.#counts.set(key, { tag, count: times });
    }
  }

  /** The most common first, those of one count by the alphabet. */
  get list(): TagCount[] {
    return [...this.#counts.values()].sort(
      (a, b) => b.count - a.count || (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0),
    );
  }
}

/** What becomes of a photo's tags: those taken away go first, and there are never more than a photo may have. */
export function retagged(
  tags: readonly string[],
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): string[] {
  const kept = withoutTags(tags, remove);
  const all = withTags(kept, add);
  // What a photo has already is never dropped to make room.
  return all.slice(0, Math.max(MOST_TAGS, kept.length));
}

/** Those of the known tags that begin with what is typed, or one of whose words does; not those there are already. */
export function tagsLike(
  typed: string,
  known: readonly TagCount[],
  have: readonly string[],
  most = 8,
): string[] {
  const key = keyOfTag(typed);
  const had = new Set(have.map(keyOfTag));
  const begin: string[] = [];
  const within: string[] = [];
  for (const { tag } of known) {
    const other = keyOfTag(tag);
    if (had.has(other)) continue;
    if (other.startsWith(key)) begin.push(tag);
    else if (other.includes(` ${key}`)) within.push(tag);
    if (begin.length >= most) break;
  }
  return [...begin, ...within].slice(0, most);
}
