// Tells a camera's raw photo from a TIFF picture, as both begin alike: by what their directories say of the pixels.
import type { Source } from '../source.ts';
import {
  COMPRESSION,
  directoriesOf,
  DNG_VERSION,
  MAKE,
  numberOf,
  openTiff,
  PHOTOMETRIC,
  textOf,
  type Tags,
  type Tiff,
} from './tiff.ts';

export interface RawKind {
  /** MIME type. */
  type: string;
  /** Whose it is, or what: `Nikon`, `DNG`. */
  words: string;
}

/** A color filter array, and its pixels before they got their colors: nothing but raw photos has these. */
const RAW_PHOTOMETRICS = new Set([32803, 34892]);
/** Nikon, Sony, Samsung (twice), Pentax. */
const RAW_COMPRESSIONS = new Set([34713, 32767, 32769, 32770, 65535]);

/** By the beginning of Make, in lower case. */
const MAKERS: readonly (readonly [string, string, string])[] = [
  ['canon', 'image/x-canon-cr2', 'Canon'],
  ['nikon', 'image/x-nikon-nef', 'Nikon'],
  ['sony', 'image/x-sony-arw', 'Sony'],
  ['pentax', 'image/x-pentax-pef', 'Pentax'],
  ['ricoh', 'image/x-pentax-pef', 'Ricoh'],
  ['samsung', 'image/x-samsung-srw', 'Samsung'],
  ['hasselblad', 'image/x-hasselblad-3fr', 'Hasselblad'],
  ['seiko epson', 'image/x-epson-erf', 'Epson'],
  ['eastman kodak', 'image/x-kodak-dcr', 'Kodak'],
];

/** Whether a directory describes what the sensor saw, and not a picture made of it. */
export async function isSensorData(tiff: Tiff, tags: Tags): Promise<boolean> {
  const photometric = await numberOf(tiff, tags, PHOTOMETRIC);
  const compression = await numberOf(tiff, tags, COMPRESSION);
  return RAW_PHOTOMETRICS.has(photometric ?? 0) || RAW_COMPRESSIONS.has(compression ?? 0);
}

/** What kind of raw photo a file is that begins like a TIFF file; undefined for a TIFF picture. */
export async function rawKindOf(source: Source): Promise<RawKind | undefined> {
  const opened = await openTiff(source);
  if (!opened) return undefined;
  const { tiff, first } = opened;
  const directories = await directoriesOf(tiff, first);
  const [main] = directories;
  if (!main) return undefined;
  if (main.has(DNG_VERSION)) return { type: 'image/x-adobe-dng', words: 'DNG' };
  const areRaw = await Promise.all(directories.map((tags) => isSensorData(tiff, tags)));
  if (!areRaw.includes(true)) return undefined;
  const make = (await textOf(tiff, main, MAKE)).toLowerCase();
  const [, type, words] = MAKERS.find(([name]) => make.startsWith(name)) ?? [];
  return type && words ? { type, words } : { type: 'image/x-raw', words: 'of a camera' };
}
