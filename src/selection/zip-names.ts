// File names inside a zip: safe on every system, and no two alike, not even where capitals do not count. Pure.
import { cleanName } from '../schema/original.ts';

/** Names that stand for devices on Windows, whatever their ending. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
/** So many bytes a name may have: systems take 255, and unpacking may add to it. */
const LONGEST = 200;

const encoder = new TextEncoder();
const bytesIn = (text: string): number => encoder.encode(text).length;

/** The name as every file system takes it. */
export function safeName(name: string): string {
  const clean = cleanName(name.toWellFormed().normalize('NFC'))
    .replaceAll(/[<>:"|?*]/g, '_')
    // Windows drops dots and spaces at the end, and others hide what begins with a dot.
    .replace(/[. ]+$/, '')
    .replace(/^\.+/, '_');
  return shortened(RESERVED.test(clean) ? `_${clean}` : clean || 'photo');
}

/** The stem and the ending, `.jpg`, that people and programs go by. */
function parts(name: string): [string, string] {
  const dot = name.lastIndexOf('.');
  return dot > 0 && name.length - dot <= 12 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
}

/** A name that has to be cut keeps its ending. */
function shortened(name: string, most = LONGEST): string {
  if (bytesIn(name) <= most) return name;
  const [stem, ending] = parts(name);
  const room = most - bytesIn(ending);
  let kept = '';
  let used = 0;
  for (const character of stem) {
    used += bytesIn(character);
    if (used > room) break;
    kept += character;
  }
  return kept.trimEnd() + ending;
}

export class Names {
  readonly #taken = new Set<string>();
  /** Per name, the number the next one like it has: ten thousand alike are not counted through each time. */
  readonly #next = new Map<string, number>();

  /** The safe name, with a number after it if there is one like it: `IMG_1.jpg`, `IMG_1 (2).jpg`. */
  take(name: string): string {
    const safe = safeName(name);
    const [stem, ending] = parts(safe);
    const key = safe.toLowerCase();
    let found = safe;
    let number = this.#next.get(key) ?? 2;
    while (this.#taken.has(found.toLowerCase())) found = `${stem} (${number++})${ending}`;
    this.#next.set(key, number);
    this.#taken.add(found.toLowerCase());
    return found;
  }
}
