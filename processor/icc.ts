// Just enough of the ICC profile format to tell what a profile is good for. (ICC.1:2022, 7 and 10:
// https://www.color.org/specification/ICC.1-2022-05.pdf)

const HEADER_BYTES = 128;
const MAX_TAGS = 100;
/** Profiles of displays, cameras, scanners, printers and mere colors; the others only link two profiles, or name inks. */
const CLASSES = new Set(['mntr', 'scnr', 'prtr', 'spac']);
/** Red, green and blue of sRGB as profiles have them, under their own white; rounded differently by everybody who writes one. */
const SRGB = {
  rXYZ: [0.436, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7139],
};
const ROUNDED = 0.003;
/** What sRGB makes of a half; a plain gamma of 2.2 makes 0.218 of it, and no eye sees the difference. */
const SRGB_HALF = 0.214;
const SAME_HALF = 0.006;

/** The space of the numbers that a profile explains: `RGB`, `GRAY`, `CMYK`; undefined for what is no profile of pictures. */
export function spaceOf(icc: Buffer): string | undefined {
  if (icc.length < HEADER_BYTES + 4 || icc.toString('latin1', 36, 40) !== 'acsp') return undefined;
  return CLASSES.has(icc.toString('latin1', 12, 16)) ? icc.toString('latin1', 16, 20).trim() : undefined;
}

/** Whether a table explains the numbers: it says more than colorants and curves, and counts for more. */
export const isByTable = (icc: Buffer): boolean => tagsOf(icc).has('A2B0');

/** Whether a profile of RGB means plain sRGB, whatever it calls itself: browsers show a picture without one in just these colors. */
export function isSrgbProfile(icc: Buffer): boolean {
  const tags = tagsOf(icc);
  if (isByTable(icc)) return false;
  const isColored = Object.entries(SRGB).every(([name, color]) => {
    const value = tags.get(name);
    if (!value || value.length < 20) return false;
    return color.every((part, index) => Math.abs(value.readInt32BE(8 + index * 4) / 65_536 - part) < ROUNDED);
  });
  return (
    isColored &&
    ['rTRC', 'gTRC', 'bTRC'].every((name) => {
      const half = lightOf(tags.get(name), 0.5);
      return half !== undefined && Math.abs(half - SRGB_HALF) < SAME_HALF;
    })
  );
}

/** The parts of a profile by their names; without those that lead out of it. */
export function tagsOf(icc: Buffer): ReadonlyMap<string, Buffer> {
  const tags = new Map<string, Buffer>();
  if (icc.length < HEADER_BYTES + 4) return tags;
  const count = Math.min(icc.readUInt32BE(HEADER_BYTES), MAX_TAGS);
  for (let at = HEADER_BYTES + 4; at + 12 <= icc.length && tags.size < count; at += 12) {
    const start = icc.readUInt32BE(at + 4);
    const end = start + icc.readUInt32BE(at + 8);
    if (end <= icc.length) tags.set(icc.toString('latin1', at, at + 4), icc.subarray(start, end));
  }
  return tags;
}

/** The light that a curve makes of a number, both from 0 to 1: by its points, its gamma, or its formula; undefined for what is no curve. (10.6 and 10.18) */
export function lightOf(curve: Buffer | undefined, value: number): number | undefined {
  if (!curve || curve.length < 12) return undefined;
  const type = curve.toString('latin1', 0, 4);
  if (type === 'para') return lightOfFormula(curve, value);
  if (type !== 'curv') return undefined;
  const points = curve.readUInt32BE(8);
  if (points === 0) return value;
  if (curve.length < 12 + points * 2) return undefined;
  if (points === 1) return value ** (curve.readUInt16BE(12) / 256);
  const place = (points - 1) * value;
  const at = (point: number): number => curve.readUInt16BE(12 + point * 2) / 65_535;
  const [below, above] = [at(Math.floor(place)), at(Math.ceil(place))];
  return below + (above - below) * (place % 1);
}

/** How many numbers a formula has, by its kind. (10.18) */
export const formulaParameters = (curve: Buffer): number | undefined =>
  [1, 3, 4, 5, 7][curve.readUInt16BE(8)];

function lightOfFormula(curve: Buffer, value: number): number | undefined {
  const kind = curve.readUInt16BE(8);
  const parameters = formulaParameters(curve);
  if (parameters === undefined || curve.length < 12 + parameters * 4) return undefined;
  const [gamma = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from(
    { length: parameters },
    (_, index) => curve.readInt32BE(12 + index * 4) / 65_536,
  );
  const power = Math.max(0, a * value + b) ** gamma;
  if (kind === 2) return power + c;
  // Some formulas begin with a straight part.
  return kind < 2 || value >= d ? power + e : c * value + f;
}
