// Colors that a file names by numbers instead of a profile, as HEIC, AVIF and JPEG XL may: turned into an ICC profile, which is
// what sharp and browsers understand. (ITU-T H.273, tables 2 and 3: https://www.itu.int/rec/T-REC-H.273)
import { matrixProfile, type Chromaticity, type Primaries } from './matrix-profile.ts';

export interface Nclx {
  /** Which red, green and blue. */
  primaries: number;
  /** How numbers become light. */
  transfer: number;
}

const PQ = 16;
const HLG = 18;
const D65: Chromaticity = [0.3127, 0.329];
const BT_709: Primaries = [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], D65];
const SMPTE_170M: Primaries = [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], D65];
/** Red, green, blue and white. */
const PRIMARIES: ReadonlyMap<number, Primaries> = new Map([
  [1, BT_709],
  [5, [[0.64, 0.33], [0.29, 0.6], [0.15, 0.06], D65]],
  [6, SMPTE_170M],
  [7, SMPTE_170M],
  [9, [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], D65]],
  [
    11,
    [
      [0.68, 0.32],
      [0.265, 0.69],
      [0.15, 0.06],
      [0.314, 0.351],
    ],
  ],
  [12, [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], D65]],
]);

/** Light beyond what a page shows as white. */
export const isHdr = ({ transfer }: Nclx): boolean => transfer === PQ || transfer === HLG;

/** The profile of such colors; undefined where they are sRGB, or such that nobody knows better. */
export function profileOf({ primaries, transfer }: Nclx): Buffer | undefined {
  const curve = CURVES.get(transfer);
  const colors = PRIMARIES.get(primaries);
  if (!curve && (!colors || primaries === 1)) return undefined;
  return matrixProfile(colors ?? BT_709, curve ?? srgb);
}

/** Adobe RGB (1998), which has no number. (https://www.adobe.com/digitalimag/pdfs/AdobeRGB1998.pdf) */
export const adobeRgb = (): Buffer =>
  matrixProfile([[0.64, 0.33], [0.21, 0.71], [0.15, 0.06], D65], (value) => value ** (563 / 256));

/** The light of a number of sRGB. */
export const srgb = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

/** What a page shows as white, in candela per square meter (ITU-R BT.2408), and the brightest that is not cut off. */
const WHITE = 203;
const PEAK = 1000;
/** Up to here light stays as it is; what is brighter is pressed together, so that clouds and lamps keep their shape. */
const KNEE = 0.5;

/** Candela per square meter as light from 0 to 1. */
function toneMapped(light: number): number {
  const value = light / WHITE;
  if (value <= KNEE) return value;
  const part = Math.min(1, (value - KNEE) / (PEAK / WHITE - KNEE));
  const slope = (PEAK / WHITE - KNEE) / (1 - KNEE);
  return KNEE + ((1 - KNEE) * slope * part) / (1 + (slope - 1) * part);
}

/** ITU-R BT.2100, table 4. */
function pq(value: number): number {
  const root = value ** (32 / 2523);
  const light = Math.max(root - 3424 / 4096, 0) / (2413 / 128 - (2392 / 128) * root);
  return toneMapped(10_000 * light ** (16_384 / 2610));
}

/** ITU-R BT.2100, table 5, on a display of 1000 candela. */
function hlg(value: number): number {
  const scene =
    value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - 0.559_910_73) / 0.178_832_77) + 0.284_668_92) / 12;
  return toneMapped(1000 * scene ** 1.2);
}

/** All others are as good as sRGB's: television's curves are meant for cameras, and no display undoes them as they stand. */
const CURVES: ReadonlyMap<number, (value: number) => number> = new Map([
  [4, (value: number) => value ** 2.2],
  [5, (value: number) => value ** 2.8],
  [8, (value: number) => value],
  [PQ, pq],
  [HLG, hlg],
]);
