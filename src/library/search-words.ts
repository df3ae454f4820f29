// Words as search compares them: without case, accents and width, taken out of any text in any script. Pure.

const ASCII = /^[ -~\s]*$/;
const ASCII_WORD = /[a-z]+|\d+/g;
/** Letters and digits apart, so that `iphone13` and `iPhone 13` are the same; a picture character is a word of its own. */
const WORD = /\p{L}[\p{L}\p{M}]*|\p{Nd}+|\p{RI}\p{RI}|\p{Extended_Pictographic}/gu;
/** Scripts whose words have no blanks between them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Accents, and the vowel points of Hebrew and Arabic. Not all marks: in Indian scripts they are vowels that make the word. */
const ACCENTS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7]|[\u0610-\u061a]|[\u064b-\u065f]|\u0670|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff\ufe20-\ufe2f]/g;
/** Letters that no decomposition takes apart, as people without them on their keyboards write them. */
const WITHOUT: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ŧ: 't',
  ς: 'σ',
};
const ODD = new RegExp(`[${Object.keys(WITHOUT).join('')}]`, 'g');

let segmenter: Intl.Segmenter | undefined;

export const folded = (text: string): string =>
  ASCII.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .toLowerCase()
        .replaceAll(ACCENTS, '')
        .replaceAll(ODD, (letter) => WITHOUT[letter] ?? letter);

/** The words of a text, in order, folded. */
export function wordsOf(text: string): string[] {
  if (ASCII.test(text)) return text.toLowerCase().match(ASCII_WORD) ?? [];
  const words: string[] = [];
  for (const [run] of text.normalize('NFKC').matchAll(WORD)) {
    if (UNSPACED.test(run)) words.push(...segmentsOf(run));
    else words.push(folded(run));
  }
  return words.filter(Boolean);
}

function segmentsOf(run: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return Array.from(segmenter.segment(run), ({ segment }) => folded(segment));
}
