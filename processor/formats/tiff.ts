// The directories of a TIFF file: of TIFF pictures, of EXIF, and of most cameras' raw photos. Whatever the file says - loops,
// gigabyte counts, offsets beyond its end - only so much is read. (TIFF 6.0, 2: https://www.itu.int/itudoc/itu-t/com16/tiff-fx/)
import type { Source } from '../source.ts';

export interface Tiff {
  /** Offsets count from its first byte. */
  source: Source;
  little: boolean;
}

export interface Tag {
  /** As numbered by TIFF: 3 a short, 4 a long, 5 a fraction, and so on. */
  type: number;
  count: number;
  /** Where its values are. */
  at: number;
  /** Of all its values; may lead beyond the end of the file. */
  bytes: number;
}

export type Tags = ReadonlyMap<number, Tag>;

export interface Directory {
  tags: Tags;
  /** Where the next one of the chain is; 0 for none. */
  next: number;
}

// Tags that more than one reader asks for. (https://exiftool.org/TagNames/EXIF.html)
export const NEW_SUBFILE_TYPE = 0x00fe;
export const IMAGE_WIDTH = 0x0100;
export const IMAGE_LENGTH = 0x0101;
export const BITS_PER_SAMPLE = 0x0102;
export const COMPRESSION = 0x0103;
export const PHOTOMETRIC = 0x0106;
export const MAKE = 0x010f;
export const ORIENTATION = 0x0112;
export const SAMPLES_PER_PIXEL = 0x0115;
export const ROWS_PER_STRIP = 0x0116;
export const PLANAR_CONFIGURATION = 0x011c;
export const SUB_DIRECTORIES = 0x014a;
export const XMP = 0x02bc;
export const EXIF_DIRECTORY = 0x8769;
export const DNG_VERSION = 0xc612;

/** Real directories have a few dozen tags, maker notes up to a few hundred. */
const MAX_TAGS = 1000;
const MAX_DIRECTORIES = 64;
const MAX_VALUES = 64;
const MAX_TEXT = 200;
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

/** The byte order by the first two bytes; what stands where TIFF has 42 is not looked at, as some cameras have ideas of their own. */
export async function openTiff(source: Source): Promise<{ tiff: Tiff; first: number } | undefined> {
  const header = await source.read(0, 8);
  const order = header.toString('latin1', 0, 2);
  if (header.length < 8 || (order !== 'II' && order !== 'MM')) return undefined;
  const little = order === 'II';
  return { tiff: { source, little }, first: little ? header.readUInt32LE(4) : header.readUInt32BE(4) };
}

/** Undefined where there can be none. */
export async function readDirectory({ source, little }: Tiff, at: number): Promise<Directory | undefined> {
  const head = await source.read(at, 2);
  if (at < 8 || head.length < 2) return undefined;
  const count = little ? head.readUInt16LE(0) : head.readUInt16BE(0);
  if (count === 0 || count > MAX_TAGS) return undefined;
  const bytes = await source.read(at + 2, count * 12 + 4);
  const u16 = (from: number): number => (little ? bytes.readUInt16LE(from) : bytes.readUInt16BE(from));
  const u32 = (from: number): number => (little ? bytes.readUInt32LE(from) : bytes.readUInt32BE(from));
  const tags = new Map<number, Tag>();
  for (let from = 0; from + 12 <= Math.min(bytes.length, count * 12); from += 12) {
    const [id, type, values] = [u16(from), u16(from + 2), u32(from + 4)];
    const size = (TYPE_BYTES[type] ?? 1) * values;
    const place = size <= 4 ? at + 2 + from + 8 : u32(from + 8);
    if (!tags.has(id)) tags.set(id, { type, count: values, at: place, bytes: size });
  }
  return { tags, next: bytes.length === count * 12 + 4 ? u32(count * 12) : 0 };
}

/** Values of a tag as numbers, the first few of many; none where the tag is missing, is no number, or leads out of the file. */
export async function numbersOf({ source, little }: Tiff, tags: Tags, id: number): Promise<number[]> {
  const tag = tags.get(id);
  const width = TYPE_BYTES[tag?.type ?? 0] ?? 0;
  if (!tag || ![1, 3, 4, 5, 13].includes(tag.type)) return [];
  const bytes = await source.read(tag.at, Math.min(tag.count, MAX_VALUES) * width);
  const u32 = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const numbers: number[] = [];
  for (let at = 0; at + width <= bytes.length; at += width) {
    if (width === 1) numbers.push(bytes.readUInt8(at));
    else if (width === 2) numbers.push(little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
    else if (width === 4) numbers.push(u32(at));
    else numbers.push(u32(at) / u32(at + 4));
  }
  return numbers;
}

export const numberOf = async (tiff: Tiff, tags: Tags, id: number): Promise<number | undefined> =>
  (await numbersOf(tiff, tags, id))[0];

/** The beginning of a text tag. */
export async function textOf({ source }: Tiff, tags: Tags, id: number): Promise<string> {
  const tag = tags.get(id);
  if (tag?.type !== 2) return '';
  const bytes = await source.read(tag.at, Math.min(tag.bytes, MAX_TEXT));
  return bytes.toString('latin1').split('\0', 1)[0]?.trim() ?? '';
}

/** A directory and where it is. */
export interface Placed {
  at: number;
  tags: Tags;
}

/**
 * The directories of a file: the chain from `first` on, and after each one those it names as its own. The first is the one that
 * speaks for the file, the rest are in no order to rely on.
 */
export async function placedDirectories(tiff: Tiff, first: number): Promise<Placed[]> {
  const found: Placed[] = [];
  const waiting = [first];
  const seen = new Set<number>();
  for (let at = waiting.shift(); at !== undefined && found.length < MAX_DIRECTORIES; at = waiting.shift()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const directory = await readDirectory(tiff, at);
    if (!directory) continue;
    const { tags, next } = directory;
    found.push({ at, tags });
    for (const id of [SUB_DIRECTORIES, EXIF_DIRECTORY]) waiting.push(...(await numbersOf(tiff, tags, id)));
    if (next > 0) waiting.push(next);
  }
  return found;
}

export const directoriesOf = async (tiff: Tiff, first: number): Promise<Tags[]> =>
  (await placedDirectories(tiff, first)).map(({ tags }) => tags);
