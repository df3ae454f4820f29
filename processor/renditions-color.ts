// Which colors a picture's numbers stand for, and how they come through unharmed: most keep their own, with the profile that
// explains them; what a WebP cannot bear is converted.
import sharp, { type Metadata, type Sharp } from 'sharp';
import { exifColors } from './formats/exif-colors.ts';
import type { Drawable } from './formats/format.ts';
import { nclxOfAvif, nclxOfPng } from './formats/named-colors.ts';
import { adobeRgb, profileOf } from './formats/nclx.ts';
import { unsupported } from './failure.ts';
import { isByTable, isSrgbProfile, spaceOf } from './icc.ts';
import { neutralProfile, profileOfLight } from './neutral-profile.ts';
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

export async function colorsOf(drawable: Drawable, header: Metadata): Promise<Colors> {
  const { icc, space } = header;
  const explained = icc && spaceOf(icc);
  if (space === 'srgb' || space === 'rgb16') {
    const named = nclxOfPng(drawable.bytes);
    if (named) return { route: 'own', profile: profileOf(named), ignoreIcc: true };
    if (icc && explained === 'RGB') return explainedColors(icc, space === 'rgb16');
    return { route: 'own', profile: await unspokenProfile(drawable, header), ignoreIcc: true };
  }
  if (explained === 'GRAY') return { route: 'grey', ignoreIcc: true };
  // libvips takes floating-point numbers for light, and makes numbers of sRGB of them whatever their profile says.
  if (space === 'scrgb') {
    if (icc && isByTable(icc)) throw unsupported('a picture of floating-point numbers in colors by a table');
    return { route: 'own', profile: icc && unlessSrgb(profileOfLight(icc)), ignoreIcc: true };
  }
  return { route: 'other', ignoreIcc: false };
}

/** Of a profile for red, green and blue. */
function explainedColors(icc: Buffer, isDeep: boolean): Colors {
  const profile = neutralProfile(icc);
  if (isByTable(icc))
    return isDeep ? { route: 'deep', ignoreIcc: false } : { route: 'table', ignoreIcc: true };
  if (!unlessSrgb(profile)) return { route: 'own', ignoreIcc: true };
  return isDeep ? { route: 'deep', ignoreIcc: false } : { route: 'own', profile, ignoreIcc: true };
}

const unlessSrgb = (profile: Buffer | undefined): Buffer | undefined =>
  profile && !isSrgbProfile(profile) ? profile : undefined;

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

/**
 * Without what programs for editing store beside the colors: selections, masks, spot colors. Nothing may shrink before it is gone,
 * because colors of no opacity would be lost.
 */
export async function colorsAlone(pipeline: Sharp, { space }: Metadata): Promise<Buffer> {
  pipeline.removeAlpha().tiff({ compression: 'none' });
  // sharp converts ink to sRGB before anything else.
  if (space !== 'cmyk') pipeline.keepIccProfile().toColourspace(space);
  return pipeline.toBuffer();
}

/** Of a picture without a profile whose colors are not sRGB all the same. */
async function unspokenProfile(
  { bytes, isAdobeRgb }: Drawable,
  { format, exif }: Metadata,
): Promise<Buffer | undefined> {
  if (format === 'heif') {
    const nclx = await nclxOfAvif(heldSource(bytes));
    return nclx && profileOf(nclx);
  }
  const start = exif?.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0;
  const said = exif && (await exifColors(heldSource(exif.subarray(start))));
  return (said ?? (isAdobeRgb && 'adobe-rgb')) === 'adobe-rgb' ? adobeRgb() : undefined;
}
