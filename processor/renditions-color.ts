// Which colors a picture's numbers stand for, and how they come through unharmed: most keep their own, with the profile that
// explains them; what a WebP cannot bear is converted.
import sharp, { type Metadata, type Sharp } from 'sharp';
import { numberOf, openTiff, readDirectory, EXIF_DIRECTORY, textOf } from './formats/tiff.ts';
import { findBox, childrenOf, contentOf, topBoxes } from './formats/isobmff.ts';
import { adobeRgb, profileOf } from './formats/nclx.ts';
import { isByTable, isSrgbProfile, spaceOf } from './icc.ts';
import { neutralProfile } from './neutral-profile.ts';
import { pixelsOf, type Pixels } from './pixels.ts';
import { heldSource } from './source.ts';

export interface Colors {
  /**
   * `own`: numbers as they are, explained by `profile`. `deep`: 16 bits with a profile, converted to Display P3 before they
   * become 8. `table`: with a profile that is a table, converted to Display P3. `grey`: with a profile of its own. `other`: CMYK,
   * Lab and whatever else sharp converts to sRGB.
   */
  route: 'own' | 'deep' | 'table' | 'grey' | 'other';
  /** None for sRGB. */
  profile?: Buffer;
  /** Whether the decoding pipeline is to leave the profile alone. */
  ignoreIcc: boolean;
}

const DISPLAY_P3 = { primaries: 12, transfer: 13 };
const INTEROPERABILITY_DIRECTORY = 0xa005;
const INTEROPERABILITY_INDEX = 0x0001;

export async function colorsOf(bytes: Buffer, header: Metadata): Promise<Colors> {
  const { icc, space } = header;
  const explained = icc && spaceOf(icc);
  if (space === 'srgb' || space === 'rgb16') {
    if (icc && explained === 'RGB') return explainedColors(icc, space === 'rgb16');
    return { route: 'own', profile: await unspokenProfile(bytes, header), ignoreIcc: true };
  }
  if (explained === 'GRAY') return { route: 'grey', ignoreIcc: true };
  // Light by floating point has no profile that libvips could apply: it is taken as it stands.
  if (space === 'scrgb') return { route: 'other', ignoreIcc: true };
  return { route: 'other', ignoreIcc: false };
}

/** Of a profile for red, green and blue. */
function explainedColors(icc: Buffer, isDeep: boolean): Colors {
  const profile = neutralProfile(icc);
  if (isByTable(icc))
    return isDeep ? { route: 'deep', ignoreIcc: false } : { route: 'table', ignoreIcc: true };
  if (!profile || isSrgbProfile(profile)) return { route: 'own', ignoreIcc: true };
  return isDeep ? { route: 'deep', ignoreIcc: false } : { route: 'own', profile, ignoreIcc: true };
}

/** Runs the decoding pipeline. */
export async function colored(pipeline: Sharp, { route, profile }: Colors): Promise<Pixels> {
  if (route === 'deep') return pixelsOf(pipeline.withIccProfile('p3'), profileOf(DISPLAY_P3));
  if (route === 'grey') return pixelsOf(await carried(pipeline, 'b-w'));
  // Of 8 bits sharp would make sRGB, which has fewer colors.
  if (route === 'table')
    return colored(await carried(pipeline, 'rgb16'), { route: 'deep', ignoreIcc: false });
  return pixelsOf(pipeline, profile);
}

/** The pipeline's pixels as they are, with their profile, at the beginning of another one. */
async function carried(pipeline: Sharp, space: 'b-w' | 'rgb16'): Promise<Sharp> {
  const options = { compression: 'none' } as const;
  return sharp(await pipeline.keepIccProfile().toColourspace(space).tiff(options).toBuffer());
}

/** Of a picture without a profile whose colors are not sRGB all the same. */
async function unspokenProfile(bytes: Buffer, { format, exif }: Metadata): Promise<Buffer | undefined> {
  if (format === 'heif') {
    const nclx = await nclxOf(bytes);
    return nclx && profileOf(nclx);
  }
  return exif && (await isAdobeRgb(exif)) ? adobeRgb() : undefined;
}

/** The colors of an AVIF by their numbers. (ISO/IEC 14496-12, 12.1.5) */
async function nclxOf(bytes: Buffer) {
  const source = heldSource(bytes);
  const boxes = await topBoxes(source);
  const meta = boxes.find(({ type }) => type === 'meta');
  const properties = meta && (await findBox(source, await childrenOf(source, meta, 4), 'iprp ipco'));
  const colors = properties && (await childrenOf(source, properties)).filter(({ type }) => type === 'colr');
  for (const box of colors ?? []) {
    const content = await contentOf(source, box);
    if (content.length < 8 || content.toString('latin1', 0, 4) !== 'nclx') continue;
    return { primaries: content.readUInt16BE(4), transfer: content.readUInt16BE(6) };
  }
  return undefined;
}

/** Cameras say so by `R03` instead of a profile. (DCF 2.0, option file; EXIF 2.32, 4.6.7) */
async function isAdobeRgb(exif: Buffer): Promise<boolean> {
  const start = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0;
  const found = await openTiff(heldSource(exif.subarray(start)));
  if (!found) return false;
  const { tiff, first } = found;
  let directory = await readDirectory(tiff, first);
  for (const pointer of [EXIF_DIRECTORY, INTEROPERABILITY_DIRECTORY]) {
    const at = directory && (await numberOf(tiff, directory.tags, pointer));
    directory = at === undefined ? undefined : await readDirectory(tiff, at);
  }
  return directory !== undefined && (await textOf(tiff, directory.tags, INTEROPERABILITY_INDEX)) === 'R03';
}
