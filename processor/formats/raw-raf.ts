// Fujifilm's RAF: a header that leads to a whole JPEG with EXIF of its own, and to a list of what is known of the sensor.
// (https://exiftool.org/TagNames/FujiFilm.html#RAF)
import { HEAD_BYTES, type Source } from '../source.ts';
import type { Size } from './format.ts';
import type { RawParts } from './raw-parts.ts';

const POINTERS_AT = 84;
const CROPPED_SIZE = 0x0111;
const MAX_ENTRIES = 255;
const MAX_LIST_BYTES = 65_536;
/** Of the JPEG, for what it says of itself. */

export async function rafParts(source: Source): Promise<RawParts> {
  const pointers = await source.read(POINTERS_AT, 16);
  if (pointers.length < 16) return { places: [], documents: [] };
  const [at = 0, length = 0, list = 0, listBytes = 0] = [0, 4, 8, 12].map((offset) =>
    pointers.readUInt32BE(offset),
  );
  return {
    places: [{ at, length }],
    documents: [await source.read(at, Math.min(length, HEAD_BYTES))],
    size: sizeIn(await source.read(list, Math.min(listBytes, MAX_LIST_BYTES))),
  };
}

/** The list: how many entries, then for each its number, its length and its bytes. */
function sizeIn(list: Buffer): Size | undefined {
  if (list.length < 4) return undefined;
  const entries = Math.min(list.readUInt32BE(0), MAX_ENTRIES);
  for (let entry = 0, at = 4; entry < entries && at + 8 <= list.length; entry++) {
    const [id, length] = [list.readUInt16BE(at), list.readUInt16BE(at + 2)];
    if (id === CROPPED_SIZE && length === 4)
      return { height: list.readUInt16BE(at + 4), width: list.readUInt16BE(at + 6) };
    at += 4 + length;
  }
  return undefined;
}
