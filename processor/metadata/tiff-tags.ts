// EXIF: the tags of a TIFF file or of a block shaped like one that say something about a photo. (https://www.cipa.jp/std/documents/download_e.html?CIPA_DC-008-2024-E)
//
// ExifReader could do this, but it takes a value as long as its file at sixteen bytes of memory a byte, and directories only where
// they belong. Here no value is longer than 64 kB, whatever the file claims, and only what is asked for is looked at.
import { newValues, type Values } from './tags.ts';
import { decoded } from './words.ts';

/** By tag number; those of the first directory and of the EXIF directory do not overlap. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x010e, 'ImageDescription'],
  [0x010f, 'Make'],
  [0x0110, 'Model'],
  [0x0132, 'ModifyDate'],
  [0x4746, 'Rating'],
  [0x4749, 'RatingPercent'],
  [0x829a, 'ExposureTime'],
  [0x829d, 'FNumber'],
  [0x8827, 'ISO'],
  [0x8832, 'RecommendedExposureIndex'],
  [0x9003, 'DateTimeOriginal'],
  [0x9004, 'CreateDate'],
  [0x9010, 'OffsetTime'],
  [0x9011, 'OffsetTimeOriginal'],
  [0x9012, 'OffsetTimeDigitized'],
  [0x9286, 'UserComment'],
  [0x9291, 'SubSecTimeOriginal'],
  [0x9292, 'SubSecTimeDigitized'],
  [0x920a, 'FocalLength'],
  [0x9c9b, 'XPTitle'],
  [0x9c9c, 'XPComment'],
  [0x9c9e, 'XPKeywords'],
  [0xa401, 'CustomRendered'],
  [0xa433, 'LensMake'],
  [0xa434, 'LensModel'],
]);
const GPS_NAMES: ReadonlyMap<number, string> = new Map([
  [0x01, 'GPSLatitudeRef'],
  [0x02, 'GPSLatitude'],
  [0x03, 'GPSLongitudeRef'],
  [0x04, 'GPSLongitude'],
  [0x07, 'GPSTimeStamp'],
  [0x1d, 'GPSDateStamp'],
]);
const XMP = 0x02bc;
const IPTC = 0x83bb;
const PHOTOSHOP = 0x8649;
const EXIF_DIRECTORY = 0x8769;
const GPS_DIRECTORY = 0x8825;
/** The tags of a GPS directory; no other one has only these. */
const LAST_GPS_TAG = 0x1f;

/** Real directories have a few dozen. */
const MAX_ENTRIES = 500;
const MAX_TEXT_BYTES = 65_536;
const MAX_BLOCK_BYTES = 4_000_000;
const MAX_NUMBERS = 8;
const MAX_DIRECTORIES = 6;

const BYTE_TYPES = new Set([1, 6, 7]);
/** ASCII, and EXIF 3.0's UTF-8. */
const TEXT_TYPES = new Set([2, 129]);
const SIZES: ReadonlyMap<number, number> = new Map([
  ...[1, 2, 6, 7, 129].map((type) => [type, 1] as const),
  ...[3, 8].map((type) => [type, 2] as const),
  ...[4, 9, 11, 13].map((type) => [type, 4] as const),
  ...[5, 10, 12, 16, 17, 18].map((type) => [type, 8] as const),
]);

export interface TiffBlocks {
  exif: Values;
  xmp?: Buffer;
  /** IPTC records as they are. */
  iptc?: Buffer;
  /** Photoshop's resources, which may hold IPTC. */
  photoshop?: Buffer;
}

/** BigTIFF counts everything in 64 bits, for files beyond 4 GB. (https://www.awaresystems.be/imaging/tiff/bigtiff.html) */
interface Shape {
  little: boolean;
  big: boolean;
}

interface Entry {
  tag: number;
  type: number;
  bytes: Buffer;
}

/** Whether bytes begin like a TIFF file; raw photos have marks of their own in place of 42. */
export const isTiff = (bytes: Buffer): boolean =>
  bytes.length >= 8 && /^(?:II(?:[*+]|R[OS]|U)|MM\0[*+]|MMOR)/.test(bytes.toString('latin1', 0, 4));

/** Reads as much as is in order; throws nothing. */
export function tiffTags(bytes: Buffer): TiffBlocks {
  const little = bytes[0] === 0x49;
  const shape = { little, big: bytes[little ? 2 : 3] === 0x2b };
  const found: TiffBlocks = { exif: newValues() };
  const values = found.exif as Record<string, unknown>;
  const queue: { at: number; names: ReadonlyMap<number, string> }[] = [
    { at: shape.big ? numberIn(bytes, 8, 8, little) : numberIn(bytes, 4, 4, little), names: NAMES },
  ];
  const seen = new Set<number>();
  for (let next = queue.shift(); next && seen.size < MAX_DIRECTORIES; next = queue.shift()) {
    if (seen.has(next.at)) continue;
    seen.add(next.at);
    const entries = entriesOf(bytes, next.at, shape);
    const isGps = entries.every(({ tag }) => tag <= LAST_GPS_TAG);
    const names = isGps ? GPS_NAMES : next.names;
    for (const entry of entries) {
      const name = names.get(entry.tag);
      if (name !== undefined) values[name] ??= valueOf(entry, little);
      else if (entry.tag === EXIF_DIRECTORY) queue.push({ at: directoryAt(entry, little), names: NAMES });
      else if (entry.tag === GPS_DIRECTORY) queue.push({ at: directoryAt(entry, little), names: GPS_NAMES });
      else if (entry.tag === XMP) found.xmp ??= entry.bytes;
      else if (entry.tag === IPTC) found.iptc ??= entry.bytes;
      else if (entry.tag === PHOTOSHOP) found.photoshop ??= entry.bytes;
    }
  }
  return found;
}

/** A number of 2, 4 or 8 bytes; 0 where the file has ended. */
function numberIn(bytes: Buffer, at: number, width: 2 | 4 | 8, little: boolean): number {
  if (at + width > bytes.length) return 0;
  if (width === 8) return Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  return little ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width);
}

const directoryAt = ({ type, bytes }: Entry, little: boolean): number =>
  numberIn(bytes, 0, SIZES.get(type) === 8 ? 8 : 4, little);

function entriesOf(bytes: Buffer, directory: number, { little, big }: Shape): Entry[] {
  const [countBytes, entryBytes, width] = big ? ([8, 20, 8] as const) : ([2, 12, 4] as const);
  const first = directory + countBytes;
  if (directory < 8 || first > bytes.length) return [];
  const entries: Entry[] = [];
  const last = first + Math.min(numberIn(bytes, directory, countBytes, little), MAX_ENTRIES) * entryBytes;
  for (let at = first; at + entryBytes <= bytes.length && at < last; at += entryBytes) {
    const tag = numberIn(bytes, at, 2, little);
    const type = numberIn(bytes, at + 2, 2, little);
    const length = numberIn(bytes, at + 4, width, little) * (SIZES.get(type) ?? 0);
    const valueAt = at + 4 + width;
    const start = length <= width ? valueAt : numberIn(bytes, valueAt, width, little);
    const isBlock = tag === XMP || tag === IPTC || tag === PHOTOSHOP;
    // Of a text that is too long its beginning is read; one that does not lie in the file is none.
    if (length === 0 || start >= bytes.length || (isBlock && length > MAX_BLOCK_BYTES)) continue;
    const end = start + (isBlock ? length : Math.min(length, MAX_TEXT_BYTES));
    entries.push({ tag, type, bytes: bytes.subarray(start, end) });
  }
  return entries;
}

function valueOf({ type, bytes }: Entry, little: boolean): unknown {
  if (TEXT_TYPES.has(type)) return decoded(bytes);
  if (BYTE_TYPES.has(type)) return bytes;
  const size = SIZES.get(type) ?? 1;
  const count = Math.min(Math.floor(bytes.length / size), MAX_NUMBERS);
  const numbers = Array.from({ length: count }, (_, index) => numberAt(bytes, index * size, type, little));
  return numbers.length === 1 ? numbers[0] : numbers;
}

function numberAt(bytes: Buffer, at: number, type: number, little: boolean): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  switch (type) {
    case 3:
      return view.getUint16(0, little);
    case 8:
      return view.getInt16(0, little);
    case 4:
    case 13:
      return view.getUint32(0, little);
    case 9:
      return view.getInt32(0, little);
    // 0/0 is how cameras write that they do not know; it is NaN here, and no number to any reader.
    case 5:
      return view.getUint32(0, little) / view.getUint32(4, little);
    case 10:
      return view.getInt32(0, little) / view.getInt32(4, little);
    case 11:
      return view.getFloat32(0, little);
    case 12:
      return view.getFloat64(0, little);
    case 16:
    case 18:
      return Number(view.getBigUint64(0, little));
    case 17:
      return Number(view.getBigInt64(0, little));
    default:
      return undefined;
  }
}
