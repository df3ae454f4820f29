// Raw photos built like a TIFF file (most are): the JPEGs that their directories and maker notes lead to.
// (https://exiftool.org/TagNames/EXIF.html and the pages of the makers beside it)
import { HEAD_BYTES, headOf, within, type Source } from '../source.ts';
import type { Size } from './format.ts';
import type { Place, RawParts } from './raw-parts.ts';
import { isSensorData } from './raw-kind.ts';
import {
  directoriesOf,
  DNG_VERSION,
  IMAGE_LENGTH,
  IMAGE_WIDTH,
  NEW_SUBFILE_TYPE,
  numberOf,
  numbersOf,
  openTiff,
  ORIENTATION,
  readDirectory,
  type Tags,
  type Tiff,
} from './tiff.ts';

/** Tags that say where a JPEG begins and how long it is: as such, or as the only strip or tile of a picture. */
const PREVIEWS: readonly (readonly [number, number])[] = [
  [0x0201, 0x0202],
  [0x0111, 0x0117],
  [0x0144, 0x0145],
];
/** Panasonic's JPEG stands in the tag itself. */
const JPEG_FROM_RAW = 0x002e;
const MAKER_NOTE = 0x927c;
const [EXIF_WIDTH, EXIF_HEIGHT] = [0xa002, 0xa003];
const DEFAULT_CROP_SIZE = 0xc620;
/** Panasonic's: top, left, bottom and right of the photo on the sensor. */
const SENSOR_BORDERS = [4, 5, 6, 7];

interface MakerNote {
  /** How it begins. */
  signature: string;
  /** Where its directory is. */
  directory: number;
  /** What its offsets count from: its own beginning, or that of the file's TIFF header. */
  base: 'note' | 'file';
  /** Tags that lead to directories with the tags of a JPEG in them. */
  inner: readonly number[];
  /** As PREVIEWS. */
  previews: readonly (readonly [number, number])[];
}

const OLYMPUS = {
  inner: [0x2020],
  previews: [
    [0x0101, 0x0102],
    [0x0088, 0x0089],
  ],
} as const;
const PENTAX = { inner: [], previews: [[0x0004, 0x0003]] } as const;
const MAKER_NOTES: readonly MakerNote[] = [
  { signature: 'OM SYSTEM\0', directory: 16, base: 'note', ...OLYMPUS },
  { signature: 'OLYMPUS\0', directory: 12, base: 'note', ...OLYMPUS },
  { signature: 'OLYMP\0', directory: 8, base: 'file', ...OLYMPUS },
  { signature: 'AOC\0', directory: 6, base: 'file', ...PENTAX },
  { signature: 'PENTAX \0', directory: 10, base: 'note', ...PENTAX },
];
/** Nikon's note holds a TIFF block with a header of its own. */
const NIKON = { signature: 'Nikon\0\x02', header: 10, inner: [0x0011] };

/** Undefined for what is not built like a TIFF file. */
export async function tiffParts(source: Source): Promise<RawParts | undefined> {
  const opened = await openTiff(source);
  if (!opened) return undefined;
  const { tiff, first } = opened;
  const directories = await directoriesOf(tiff, first);
  const [main] = directories;
  if (!main) return undefined;
  const sensors: Tags[] = [];
  const places: Place[] = [];
  for (const tags of directories) {
    if (await isSensorData(tiff, tags)) sensors.push(tags);
    else places.push(...(await previewsIn(tiff, tags, PREVIEWS)));
    const note = tags.get(MAKER_NOTE);
    if (note) places.push(...(await previewsInNote(tiff, note.at)));
  }
  const inTag = main.get(JPEG_FROM_RAW);
  if (inTag) places.push({ at: inTag.at, length: inTag.bytes });
  const isPlain = (await source.read(2, 2)).includes(42);
  return {
    places,
    documents: [isPlain ? await headOf(source) : await plain(tiff)],
    previewTells: !isPlain,
    orientation: await orientationOf(tiff, [main, ...sensors]),
    size: await sizeOf(tiff, directories, sensors),
    complete: main.has(DNG_VERSION),
  };
}

/** As the first directory says, or that of the sensor's data. */
async function orientationOf(tiff: Tiff, directories: readonly Tags[]): Promise<number | undefined> {
  for (const tags of directories) {
    const value = await numberOf(tiff, tags, ORIENTATION);
    if (value !== undefined && value >= 1 && value <= 8) return value;
  }
  return undefined;
}

async function previewsIn(
  tiff: Tiff,
  tags: Tags,
  pairs: readonly (readonly [number, number])[],
  base = 0,
): Promise<Place[]> {
  const places: Place[] = [];
  for (const [start, bytes] of pairs) {
    const [at, length] = [await numbersOf(tiff, tags, start), await numbersOf(tiff, tags, bytes)];
    // More than one strip is not one JPEG.
    if (at.length === 1 && length.length === 1)
      places.push({ at: base + (at[0] ?? 0), length: length[0] ?? 0 });
  }
  return places;
}

async function previewsInNote(tiff: Tiff, at: number): Promise<Place[]> {
  const { source, little } = tiff;
  const head = (await source.read(at, 16)).toString('latin1');
  if (head.startsWith(NIKON.signature)) {
    const base = at + NIKON.header;
    const opened = await openTiff(within(source, base, source.bytes - base));
    if (!opened) return [];
    return previewsBehind(opened.tiff, opened.first, base, { ...NIKON, previews: PREVIEWS });
  }
  const note = MAKER_NOTES.find(({ signature }) => head.startsWith(signature));
  if (!note) return [];
  const base = note.base === 'note' ? at : 0;
  const inner = {
    source: within(source, base, source.bytes - base),
    little: isLittle(head.slice(note.directory - 4, note.directory)) ?? little,
  };
  return previewsBehind(inner, at + note.directory - base, base, note);
}

/** Where a note tells its byte order, it does so just before its directory. */
const isLittle = (before: string): boolean | undefined =>
  before.includes('II') ? true : before.includes('MM') ? false : undefined;

async function previewsBehind(
  tiff: Tiff,
  at: number,
  base: number,
  { inner, previews }: Pick<MakerNote, 'inner' | 'previews'>,
): Promise<Place[]> {
  const directory = await readDirectory(tiff, at);
  if (!directory) return [];
  const places = await previewsIn(tiff, directory.tags, previews, base);
  for (const id of inner) {
    const tag = directory.tags.get(id);
    // The directory stands in the tag, or the tag says where it stands.
    const innerAt = tag && (tag.bytes > 4 ? tag.at : await numberOf(tiff, directory.tags, id));
    const found = innerAt === undefined ? undefined : await readDirectory(tiff, innerAt);
    if (found) places.push(...(await previewsIn(tiff, found.tags, previews, base)));
  }
  return places;
}

/** The beginning of the file with TIFF's own number in its header, where the camera put one that only it knows. */
async function plain({ source, little }: Tiff): Promise<Buffer> {
  const copy = Buffer.from(await source.read(0, HEAD_BYTES));
  if (little) copy.writeUInt16LE(42, 2);
  else copy.writeUInt16BE(42, 2);
  return copy;
}

/** As the maker wants it cropped; else as EXIF says; else all that the sensor saw. */
async function sizeOf(
  tiff: Tiff,
  directories: readonly Tags[],
  sensors: readonly Tags[],
): Promise<Size | undefined> {
  const candidates: (number | undefined)[][] = [];
  for (const tags of sensors) candidates.push(await numbersOf(tiff, tags, DEFAULT_CROP_SIZE));
  for (const tags of directories) candidates.push(await pair(tiff, tags, EXIF_WIDTH, EXIF_HEIGHT));
  const [main] = directories;
  if (main) {
    const [top, left, bottom, right] = await Promise.all(
      SENSOR_BORDERS.map((id) => numberOf(tiff, main, id)),
    );
    if (top !== undefined && left !== undefined && bottom && right)
      candidates.push([right - left, bottom - top]);
  }
  for (const tags of sensors) candidates.push(await pair(tiff, tags, IMAGE_WIDTH, IMAGE_LENGTH));
  if (main && (await numberOf(tiff, main, NEW_SUBFILE_TYPE)) !== 1)
    candidates.push(await pair(tiff, main, IMAGE_WIDTH, IMAGE_LENGTH));
  for (const [width = 0, height = 0] of candidates) {
    if (isLength(width) && isLength(height)) return { width: Math.round(width), height: Math.round(height) };
  }
  return undefined;
}

const isLength = (value: number): boolean => value >= 1 && value < 1e6;

const pair = async (
  tiff: Tiff,
  tags: Tags,
  width: number,
  height: number,
): Promise<(number | undefined)[]> => [await numberOf(tiff, tags, width), await numberOf(tiff, tags, height)];
