// Which colors EXIF says a picture has. Cameras name Adobe RGB there, and leave out its profile. (DCF 2.0, option file; EXIF 2.32, 4.6.5 and 4.6.7)
import type { Source } from '../source.ts';
import {
  EXIF_DIRECTORY,
  numberOf,
  openTiff,
  readDirectory,
  textOf,
  type Directory,
  type Tiff,
} from './tiff.ts';

export type ExifColors = 'adobe-rgb' | 'srgb';

const COLOR_SPACE = 0xa001;
/** The standard has no number for Adobe RGB, only 0xffff for what is not sRGB; some cameras take this one. */
const [SRGB, ADOBE_RGB] = [1, 2];
const INTEROPERABILITY_DIRECTORY = 0xa005;
const INTEROPERABILITY_INDEX = 0x0001;

/** Of a block shaped like a TIFF file, or of a raw photo; undefined where it says nothing. */
export async function exifColors(source: Source): Promise<ExifColors | undefined> {
  const opened = await openTiff(source);
  const main = opened && (await readDirectory(opened.tiff, opened.first));
  if (!main) return undefined;
  // The blocks of a CR3 have these tags in their first directory.
  const exif = (await behind(opened.tiff, main, EXIF_DIRECTORY)) ?? main;
  const interoperability = await behind(opened.tiff, exif, INTEROPERABILITY_DIRECTORY);
  const index =
    interoperability && (await textOf(opened.tiff, interoperability.tags, INTEROPERABILITY_INDEX));
  const space = await numberOf(opened.tiff, exif.tags, COLOR_SPACE);
  if (index === 'R03' || space === ADOBE_RGB) return 'adobe-rgb';
  return space === SRGB || index === 'R98' ? 'srgb' : undefined;
}

async function behind(tiff: Tiff, { tags }: Directory, id: number): Promise<Directory | undefined> {
  const at = await numberOf(tiff, tags, id);
  return at === undefined ? undefined : readDirectory(tiff, at);
}
