// The kind of photo that metadata tells of: panoramas, motion photos, gain maps. Pure.
import type { Flag } from '../../src/schema/photo.ts';
import type { Tags } from './tags.ts';

/** Apple's own value for a panorama. */
const CUSTOM_RENDERED_PANORAMA = 6;

const isOn = (value: unknown): boolean => value === '1' || value === 'True' || value === 'true';

/** What the metadata says of the kind of photo; what its structure says is the format readers' to tell. */
export function flagsOf({ exif, xmp }: Tags): Flag[] {
  const flags: Flag[] = [];
  // Google's photo spheres and panoramas. (https://developers.google.com/streetview/spherical-metadata)
  if (typeof xmp?.['ProjectionType'] === 'string' || exif?.['CustomRendered'] === CUSTOM_RENDERED_PANORAMA)
    flags.push('panorama');
  // (https://developer.android.com/media/platform/motion-photo-format)
  if (isOn(xmp?.['MotionPhoto']) || isOn(xmp?.['MicroVideo'])) flags.push('motion');
  // Apple's CustomRendered knows of "HDR" too, but means several exposures in one ordinary picture.
  if (xmp?.['HDRGainMapVersion'] !== undefined) flags.push('hdr');
  return flags;
}
