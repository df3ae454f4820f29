// From tags to what a row tells: camera, lens, exposure, words and rating. Pure; every tag may hold anything.
import { number } from '../../src/schema/parse.ts';
import type { Exposure } from '../../src/schema/photo.ts';
import type { Tags } from './tags.ts';
import { decoded, decodedUtf16, line, lines } from './words.ts';

export interface Words {
  camera?: string;
  lens?: string;
  exposure?: Exposure;
  title?: string;
  description?: string;
  keywords?: string[];
  rating?: number;
}

const MAX_NAME = 100;
const MAX_TITLE = 200;
const MAX_DESCRIPTION = 2000;
const MAX_KEYWORD = 100;
const MAX_KEYWORDS = 100;

export function describe(tags: Tags): Words {
  const { exif, xmp } = tags;
  const title = titleOf(tags);
  const description = descriptionOf(tags);
  return {
    camera: withMake(exif?.['Make'], exif?.['Model']) ?? withMake(xmp?.['Make'], xmp?.['Model']),
    lens: lensOf(exif?.['LensModel']) ?? lensOf(xmp?.['LensModel']) ?? lensOf(xmp?.['Lens']),
    exposure: exposureOf(tags),
    title,
    // Programs that know of one field only write the same into both.
    description: description === title ? undefined : description,
    keywords: keywordsOf(tags),
    rating: ratingOf(tags),
  };
}

/** `Canon` and `Canon EOS R5` are one `Canon EOS R5`; `NIKON CORPORATION` and `NIKON D750` are `NIKON D750`. */
function withMake(makeTag: unknown, modelTag: unknown): string | undefined {
  const make = line(makeTag, MAX_NAME);
  const model = line(modelTag, MAX_NAME);
  if (!make || !model) return model ?? make;
  const brand = make.split(' ')[0] ?? make;
  return model.toLowerCase().startsWith(brand.toLowerCase()) ? model : line(`${make} ${model}`, 2 * MAX_NAME);
}

/** Lenses that camera and lens do not know of are `----` or `0.0 mm f/0.0`. */
const lensOf = (value: unknown): string | undefined => {
  const lens = line(value, MAX_NAME);
  return lens && /[1-9A-Za-z]/.test(lens) && !/^(?:0\.0 mm f\/0\.0|unknown|n\/a|none)$/i.test(lens)
    ? lens
    : undefined;
};

/** A number as it is, or as XMP writes it: `0.008` or `1/125`. */
function numeric(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const match = /^\s*(\d{1,15}(?:\.\d{1,15})?)(?:\/(\d{1,15}))?\s*$/.exec(value);
  return match ? Number(match[1]) / Number(match[2] ?? 1) : undefined;
}

/** No exposure is shorter, in seconds; and a table takes no number that is too near to zero. */
const SMALLEST = 1e-9;

/** A positive number, or the first of a list of them, without the digits that a fraction leaves behind. */
function positive(value: unknown, max: number): number | undefined {
  const found = number(numeric(Array.isArray(value) ? value[0] : value), SMALLEST, max);
  return found === undefined ? undefined : Number(found.toPrecision(6));
}

/** 65535 means that the real one did not fit, and stands in a tag of its own. (EXIF 3.0, 4.6.6.7) */
const ISO_ELSEWHERE = 65_535;

function exposureOf({ exif, xmp }: Tags): Exposure | undefined {
  const iso = positive(exif?.['ISO'], 1e9);
  const exposure = {
    time: positive(exif?.['ExposureTime'], 1e6) ?? positive(xmp?.['ExposureTime'], 1e6),
    aperture: positive(exif?.['FNumber'], 1e4) ?? positive(xmp?.['FNumber'], 1e4),
    iso:
      (iso === ISO_ELSEWHERE ? positive(exif?.['RecommendedExposureIndex'], 1e9) : undefined) ??
      iso ??
      positive(xmp?.['PhotographicSensitivity'] ?? xmp?.['ISOSpeedRatings'], 1e9),
    focalLength: positive(exif?.['FocalLength'], 1e6) ?? positive(xmp?.['FocalLength'], 1e6),
  };
  return Object.values(exposure).some((value) => value !== undefined) ? exposure : undefined;
}

/** The first text of a list, or the text. */
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

/** Windows' own tags are UTF-16. */
const windows = (value: unknown): string | undefined =>
  Buffer.isBuffer(value) ? decodedUtf16(value) : undefined;

const firstOf = (
  candidates: readonly unknown[],
  read: (candidate: unknown) => string | undefined,
): string | undefined => {
  for (const candidate of candidates) {
    const found = read(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
};

const titleOf = ({ exif, xmp, iptc, png }: Tags): string | undefined =>
  firstOf(
    [
      first(xmp?.['title']),
      first(iptc?.['Object Name']),
      first(xmp?.['Headline']),
      first(iptc?.['Headline']),
      windows(exif?.['XPTitle']),
      png?.['Title'],
    ],
    (candidate) => line(candidate, MAX_TITLE),
  );

/** What cameras write where people would: not a word about the picture. */
const CAMERA_TALK =
  /^(?:(?:\w+ )*digital (?:still )?camera|sony dsc|dcim(?:\\.*)?|default|digital image|exif[_ ]jpeg(?:[_ ]picture)?|<?digimax.*|samsung|kodak.*camera|vlcsnap.*|user ?comments?|untitled|ascii|screenshot|binary comment|charset=.*|oplus_\d+|[-_.\s\d]*)$/i;
/** Huawei's phones name how they took it: `cof`, `sdr`, `fptbty`. */
const HUAWEI = /^(?:huawei|honor)\b/i;

function descriptionOf({ exif, xmp, iptc, png }: Tags): string | undefined {
  const make = line(exif?.['Make'], MAX_NAME) ?? '';
  return firstOf(
    [
      first(xmp?.['description']),
      first(iptc?.['Caption/Abstract']),
      exif?.['ImageDescription'],
      userComment(exif?.['UserComment']),
      first(xmp?.['UserComment']),
      windows(exif?.['XPComment']),
      png?.['Description'],
    ],
    (candidate) => {
      const found = lines(candidate, MAX_DESCRIPTION);
      if (found === undefined || CAMERA_TALK.test(found)) return undefined;
      return HUAWEI.test(make) && /^[a-z]{2,12}$/.test(found) ? undefined : found;
    },
  );
}

/** Eight bytes say how it is encoded; often they lie, or are not there. (EXIF 3.0, 4.6.6.4) */
function userComment(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Buffer.isBuffer(value) || value.length <= 8) return undefined;
  const rest = value.subarray(8);
  const charset = value.toString('latin1', 0, 8).replaceAll('\0', '');
  // Byte order is that of the file or any other: of plain words, every other byte is 0.
  if (charset === 'UNICODE') return decodedUtf16(rest, rest[0] !== 0 && rest[0] !== 0xfe);
  if (charset === 'ASCII' || charset === '' || charset === 'JIS') return decoded(rest);
  // Binary data of the camera's own begins with anything else.
  return /^[\x20-\x7e]{8}$/.test(charset) ? decoded(value) : undefined;
}

function keywordsOf({ exif, xmp, iptc }: Tags): string[] | undefined {
  const all = [xmp?.['subject'], iptc?.['Keywords'], windows(exif?.['XPKeywords'])?.split(';')].flatMap(
    (list): unknown[] => (Array.isArray(list) ? list : [list]),
  );
  const found = new Map<string, string>();
  for (const entry of all) {
    const keyword = line(entry, MAX_KEYWORD);
    if (keyword === undefined || found.size >= MAX_KEYWORDS) continue;
    const key = keyword.normalize().toLowerCase();
    if (!found.has(key)) found.set(key, keyword);
  }
  return found.size > 0 ? [...found.values()] : undefined;
}

/** Microsoft's percentages: 1, 25, 50, 75, 99. */
const starsOfPercent = (percent: number): number => Math.ceil(percent / 20) || 1;

/** Rejected (-1) and not rated (0) are both none. */
function ratingOf({ exif, xmp }: Tags): number | undefined {
  const stars = (value: unknown): number | undefined => {
    const found = positive(first(value), 5);
    return found !== undefined && found >= 1 ? Math.round(found) : undefined;
  };
  const percent = positive(first(xmp?.['RatingPercent']) ?? exif?.['RatingPercent'], 100);
  return (
    stars(xmp?.['Rating']) ??
    stars(exif?.['Rating']) ??
    (percent === undefined ? undefined : starsOfPercent(percent))
  );
}
