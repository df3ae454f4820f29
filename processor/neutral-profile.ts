// What a color profile says of colors, and nothing else: whoever wrote the photo's own may have put names, devices and dates into
// it, and renditions go to friends and strangers. (ICC.1:2022, 8.3.3, 10.6, 10.18 and 10.31)
import { rgbProfile, sampledCurve, type Vector } from './formats/matrix-profile.ts';
import { srgb } from './formats/nclx.ts';
import { formulaParameters, lightOf, tagsOf } from './icc.ts';

/** Even profiles that measure a display carefully have no more. */
const MAX_POINTS = 4096;
/** Reading it, nothing else counts: intents, white and its adaptation are for printers' proofs. */
const COLORS = ['rXYZ', 'gXYZ', 'bXYZ'];
const CURVES = ['rTRC', 'gTRC', 'bTRC'];

/** A new profile of the same colors, number by number; undefined where they are not explained by three colors and their curves. */
export function neutralProfile(icc: Buffer): Buffer | undefined {
  const tags = tagsOf(icc);
  const colors = COLORS.map((name) => colorOf(tags.get(name))).filter(isThere);
  const curves = CURVES.map((name) => curveOf(tags.get(name))).filter(isThere);
  if (colors.length < COLORS.length || curves.length < CURVES.length) return undefined;
  return rgbProfile(colors, curves);
}

const LIGHT_POINTS = 1024;

/** As above, for numbers of 8 bits that were made from the photo's as if those were light, by the curve of sRGB. */
export function profileOfLight(icc: Buffer): Buffer | undefined {
  const tags = tagsOf(icc);
  const colors = COLORS.map((name) => colorOf(tags.get(name))).filter(isThere);
  const curves = CURVES.map((name) => tags.get(name)).filter((curve) => lightOf(curve, 0) !== undefined);
  if (colors.length < COLORS.length || curves.length < CURVES.length) return undefined;
  const points = Array.from({ length: LIGHT_POINTS }, (_, point) => srgb(point / (LIGHT_POINTS - 1)));
  const sampled = curves.map((curve) =>
    sampledCurve(
      points.map((number) => Math.round(65_535 * Math.min(1, Math.max(0, lightOf(curve, number) ?? 0)))),
    ),
  );
  return rgbProfile(colors, sampled);
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

function colorOf(tag: Buffer | undefined): Vector | undefined {
  if (!tag || tag.length < 20 || tag.toString('latin1', 0, 4) !== 'XYZ ') return undefined;
  return [fixed(tag, 8), fixed(tag, 12), fixed(tag, 16)];
}

const fixed = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) / 65_536;

/** Only as long as its own numbers say. */
function curveOf(tag: Buffer | undefined): Buffer | undefined {
  if (!tag || tag.length < 12) return undefined;
  const type = tag.toString('latin1', 0, 4);
  const numbers = type === 'curv' ? sampledBytes(tag) : type === 'para' ? formulaBytes(tag) : undefined;
  if (numbers === undefined || tag.length < 12 + numbers) return undefined;
  const curve = Buffer.from(tag.subarray(0, 12 + numbers));
  // Reserved, and zero where nobody hid anything.
  curve.writeUInt32BE(0, 4);
  if (type === 'para') curve.writeUInt16BE(0, 10);
  return curve;
}

function sampledBytes(curve: Buffer): number | undefined {
  const points = curve.readUInt32BE(8);
  return points <= MAX_POINTS ? points * 2 : undefined;
}

function formulaBytes(curve: Buffer): number | undefined {
  const parameters = formulaParameters(curve);
  return parameters && parameters * 4;
}
