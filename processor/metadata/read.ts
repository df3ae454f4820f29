// What a picture says about itself: EXIF tags, and from them camera, lens, exposure and place on earth.
import exifr from 'exifr';
import { number } from '../../src/schema/parse.ts';
import type { Exposure, Flag, Gps } from '../../src/schema/photo.ts';
import type { Tags } from './taken-at.ts';

// The package is CommonJS to Node: only its default export is there by name.
// oxlint-disable-next-line import/no-named-as-default-member
const { parse } = exifr;

/** What is read; everything else in EXIF (serial numbers, maker notes, thumbnails) is passed over. */
const PICKED = `
  Make Model LensMake LensModel ExposureTime FNumber ISO FocalLength
  DateTimeOriginal SubSecTimeOriginal OffsetTimeOriginal CreateDate SubSecTimeDigitized OffsetTimeDigitized
  GPSLatitude GPSLatitudeRef GPSLongitude GPSLongitudeRef GPSDateStamp GPSTimeStamp
`
  .trim()
  .split(/\s+/);
const NO_OTHER_BLOCKS = {
  ifd1: false,
  interop: false,
  xmp: false,
  icc: false,
  iptc: false,
  jfif: false,
  ihdr: false,
};
const AS_IT_STANDS = { reviveValues: false, translateValues: false };

export interface Described {
  camera?: string;
  lens?: string;
  exposure?: Exposure;
  gps?: Gps;
}

/** What a photo says about itself. */
export interface Told {
  described: Described;
  flags: readonly Flag[];
  tags: Tags;
}

export const nothingTold: Told = { described: {}, flags: [], tags: {} };

/** Reads whole files or TIFF-shaped blocks, the most trustworthy first. Never throws: a photo with broken EXIF is still a photo. */
export async function readMetadata(
  documents: readonly Buffer[],
  warn: (message: string, error: unknown) => void,
): Promise<Told> {
  const [document] = documents;
  if (!document) return nothingTold;
  try {
    const found: unknown = await parse(document, {
      tiff: true,
      exif: true,
      gps: true,
      pick: PICKED,
      ...NO_OTHER_BLOCKS,
      ...AS_IT_STANDS,
    });
    const tags = typeof found === 'object' && found !== null ? (found as Tags) : {};
    return { described: describe(tags), flags: [], tags };
  } catch (error) {
    warn('EXIF cannot be read', error);
    return nothingTold;
  }
}

export function describe(tags: Tags): Described {
  return {
    camera: withMake(tags['Make'], tags['Model']),
    lens: withMake(undefined, tags['LensModel']),
    exposure: exposureOf(tags),
    gps: gpsOf(tags),
  };
}

const clean = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
        .replaceAll(/[^\P{C}\t]/gu, '')
        .replaceAll(/\s+/g, ' ')
        .trim()
        .slice(0, 100) || undefined
    : undefined;

/** `Canon` and `Canon EOS R5` are one `Canon EOS R5`; `NIKON CORPORATION` and `NIKON D750` are `NIKON D750`. */
function withMake(makeTag: unknown, modelTag: unknown): string | undefined {
  const make = clean(makeTag);
  const model = clean(modelTag);
  if (!make || !model) return model ?? make;
  const brand = make.split(' ')[0] ?? make;
  return model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${make} ${model}`;
}

/** A positive number, or the first of a list of them, without the digits that a fraction leaves behind. */
function positive(value: unknown, max: number): number | undefined {
  const found = number(Array.isArray(value) ? value[0] : value, Number.MIN_VALUE, max);
  return found === undefined ? undefined : Number(found.toPrecision(6));
}

function exposureOf(tags: Tags): Exposure | undefined {
  const exposure = {
    time: positive(tags['ExposureTime'], 1e6),
    aperture: positive(tags['FNumber'], 1e4),
    iso: positive(tags['ISO'], 1e9),
    focalLength: positive(tags['FocalLength'], 1e6),
  };
  return Object.values(exposure).some((value) => value !== undefined) ? exposure : undefined;
}

/** 0, 0 lies in the Gulf of Guinea and is what phones write when they do not know. */
function gpsOf(tags: Tags): Gps | undefined {
  const latitude = number(tags['latitude'], -90, 90);
  const longitude = number(tags['longitude'], -180, 180);
  if (latitude === undefined || longitude === undefined || (latitude === 0 && longitude === 0))
    return undefined;
  return { latitude: Number(latitude.toFixed(7)), longitude: Number(longitude.toFixed(7)) };
}
