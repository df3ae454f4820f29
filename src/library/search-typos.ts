// Words that somebody may have meant: those of the library that are a slip of the finger or two away. Pure.
import { distance } from 'fastest-levenshtein';

/** How many slips a word may have: short ones would become anything. */
const mostOf = (word: string): number => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

/** What is said of a slip in a word of which only the beginning was typed: a whole word as near goes before it. */
const BEGUN = 0.5;

/**
 * How far `word` is from what was typed; undefined when it is too far, or for numbers, of which any other is as good. Two letters
 * in each other's place are one slip.
 */
export function slips(typed: string, word: string, begun: boolean): number | undefined {
  const most = mostOf(typed);
  if (most === 0 || /\p{Nd}/u.test(typed)) return undefined;
  const found = between(typed, word, most);
  if (found <= most) return found;
  if (!begun || word.length <= typed.length) return undefined;
  const ofBeginning = between(typed, word.slice(0, typed.length), most);
  return ofBeginning <= most ? ofBeginning + BEGUN : undefined;
}

function between(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Infinity;
  const found = distance(a, b);
  return found === 2 && isSwapped(a, b) ? 1 : found;
}

function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (a[at] === b[at]) at++;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
