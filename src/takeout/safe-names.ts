// Names for files that every system takes: Windows, macOS and Linux, and a disk that came from any of them. Pure.
import { cleanName } from '../schema/original.ts';
import { isSystem } from '../schema/system-files.ts';
import { split } from './endings.ts';
import { fold } from './names.ts';

/** Linux counts bytes, up to 255; a sidecar's ending and what tells namesakes apart come on top. */
const MOST_BYTES = 180;
/** Devices, whatever follows their dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

const encoder = new TextEncoder();
const bytesIn = (text: string): number => encoder.encode(text).length;

function cut(text: string, most: number): string {
  if (bytesIn(text) <= most) return text;
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += bytesIn(character);
    if (bytes > most) break;
    kept += character;
  }
  return kept;
}

/** Any text as the name of a file, or of a folder; a long one keeps its ending. */
export function safeName(text: string): string {
  const clean = cleanName(text.toWellFormed())
    .normalize('NFC')
    .replaceAll(/[<>:"|?*]/g, '_')
    .replace(/[. ]+$/, '');
  const whole = clean === '' ? 'photo' : clean;
  const { base, ending } = split(whole);
  const last = ending !== '' && bytesIn(ending) <= 12 ? `.${ending}` : '';
  const first = last === '' ? whole : base;
  const name = `${cut(first, MOST_BYTES - bytesIn(last)).replace(/[. ]+$/, '')}${last}`;
  // What is hidden, or a system's own, would be left out when it is taken in again.
  return DEVICE.test(name) || isSystem(name) ? `_${name}` : name;
}

/** Names that are taken in one folder: no two differ by case, or by how accents are written, alone. */
export class Taken {
  readonly #names = new Set<string>();

  has(name: string): boolean {
    return this.#names.has(fold(name)) || this.#names.has(fold(`${name}.json`));
  }

  /** With what will stand beside it. */
  add(name: string): void {
    this.#names.add(fold(name));
    this.#names.add(fold(`${name}.json`));
  }
}

/** `IMG-1a2b3c4d.jpg`. */
export function marked(name: string, mark: string): string {
  const { base, ending } = split(name);
  return ending === '' ? `${base}-${mark}` : `${base}-${mark}.${ending}`;
}
