// Words from files: bytes become text, text that was decoded wrongly is repaired, and nothing stays in it that could fool a reader. Pure.

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** What Windows-1252 has from 0x80 to 0x9f; Node 20's own decoder has control characters there (nodejs/node#60888). */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return UTF_8.decode(bytes);
  } catch {
    return undefined;
  }
};

const windows1252 = (latin1: string): string =>
  latin1.replaceAll(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char);

/** The bytes of a text in Windows-1252 or Latin-1; undefined when it has other characters. */
function bytesOf(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const special = code > 0xff ? WINDOWS_1252.indexOf(text.charAt(index)) : -1;
    if (code > 0xff && special < 0) return undefined;
    bytes[index] = special < 0 ? code : 0x80 + special;
  }
  return bytes;
}

/** `MÃ¼nchen` is `München`: UTF-8 that somebody took for Latin-1. Any other text hardly ever happens to be valid UTF-8. */
export function repaired(text: string): string {
  if (!/[\xc2-\xf4]/.test(text)) return text;
  const bytes = bytesOf(text);
  return (bytes && utf8(bytes)) ?? text;
}

/** Bytes as text: UTF-8 when they are valid UTF-8, whatever they are declared as, else Windows-1252. Ends at the first NUL. */
export function decoded(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  return repaired(utf8(used) ?? windows1252(used.toString('latin1')));
}

/** UTF-16 up to the first NUL. */
export function decodedUtf16(bytes: Buffer, littleEndian = true): string {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  const text = (littleEndian ? even : even.swap16()).toString('utf16le');
  return text.split('\0', 1)[0] ?? '';
}

/** Control characters but for tab and line feed, and those that turn the direction of writing about. */
// oxlint-disable-next-line no-control-regex
const INVISIBLE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffd]/g;

/** Without what cannot be seen; lines end in a line feed. */
const visible = (text: string): string =>
  text
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .toWellFormed()
    .replaceAll(INVISIBLE, '');

/** At most `max` UTF-16 units, cut between characters as a reader sees them. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(text.slice(0, max + 100))) {
    if (index + segment.length > max) break;
    end = index + segment.length;
  }
  // Marks without end on one letter: only its code points can be told apart.
  return end > 0
    ? text.slice(0, end)
    : text
        .slice(0, max)
        .toWellFormed()
        .replace(/\ufffd$/, '');
}

/** How much of a text is looked at; beyond it, nobody wrote for a reader. */
const MAX_LOOKED_AT = 100_000;

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? repaired(value.slice(0, MAX_LOOKED_AT)) : undefined;

/** One line of text, or undefined when there is nothing to read. */
export function line(value: unknown, max: number): string | undefined {
  const found = asText(value);
  return found === undefined
    ? undefined
    : cut(visible(found).replaceAll(/\s+/g, ' ').trim(), max).trimEnd() || undefined;
}

/** Text of several lines, of which no more than two stand apart. */
export function lines(value: unknown, max: number): string | undefined {
  const found = asText(value);
  return found === undefined
    ? undefined
    : cut(
        visible(found)
          .replaceAll(/[^\S\n]+/g, ' ')
          .replaceAll(/ ?\n ?/g, '\n')
          .replaceAll(/\n{3,}/g, '\n\n')
          .trim(),
        max,
      ).trimEnd() || undefined;
}
