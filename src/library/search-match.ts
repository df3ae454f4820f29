// Whether one photo meets a condition, by looking at the photo itself: for the few that no index has yet, and as the rule that the
// index is tested against. Pure.
import { takenAtOf, type Photo } from '../schema/photo.ts';
import { flagsOf, secondsOf } from './chunk.ts';
import { documentsOf, wordsOfDocument, type Document } from './search-documents.ts';
import type { Condition, WordsCondition } from './search-query.ts';

/** A photo taken apart for searching. */
export interface Searched {
  seconds: number;
  flags: number;
  documents: readonly (Document & { words: readonly string[] })[];
}

export const searchedOf = (photo: Photo): Searched => ({
  seconds: secondsOf(photo),
  flags: flagsOf(photo),
  documents: documentsOf(photo, takenAtOf(photo).slice(0, 7)).map((document) =>
    Object.assign(document, { words: wordsOfDocument(document) }),
  ),
});

export function meets({ seconds, flags, documents }: Searched, condition: Condition): boolean {
  return meetsIt() !== condition.not;

  function meetsIt(): boolean {
    if (condition.kind === 'time') return seconds >= condition.from && seconds < condition.to;
    if (condition.kind === 'flag') return (flags & condition.flag) !== 0;
    return documents.some(({ field, words }) => (field & condition.fields) !== 0 && says(words, condition));
  }
}

function says(text: readonly string[], { words, match }: Pick<WordsCondition, 'words' | 'match'>): boolean {
  const last = words.length - 1;
  if (match === 'whole' && text.length !== words.length) return false;
  return text.some((_, at) =>
    words.every((word, i) =>
      i === last && match === 'prefix' ? text[at + i]?.startsWith(word) : text[at + i] === word,
    ),
  );
}
