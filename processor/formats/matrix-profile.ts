// Writes an ICC profile of a display that has three colors and their curves. (ICC.1:2022, 7 and 8.3.3:
// https://www.color.org/specification/ICC.1-2022-05.pdf)

/** A color without its brightness. */
export type Chromaticity = readonly [x: number, y: number];
/** Red, green, blue and white. */
export type Primaries = readonly [Chromaticity, Chromaticity, Chromaticity, Chromaticity];

export type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

/** The white of every ICC profile. */
const D50: Vector = [0.9642, 1, 0.8249];

const fromXy = ([x, y]: Chromaticity): Vector => [x / y, 1, (1 - x - y) / y];

const times = (matrix: Matrix, [a, b, c]: Vector): Vector => {
  const row = ([x, y, z]: Vector): number => x * a + y * b + z * c;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
};

/** The columns are the rows and the other way round. */
const turned = ([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix => [
  [a, d, g],
  [b, e, h],
  [c, f, i],
];

function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const rows: Matrix = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const size = a * rows[0][0] + b * rows[1][0] + c * rows[2][0];
  const part = ([x, y, z]: Vector): Vector => [x / size, y / size, z / size];
  return [part(rows[0]), part(rows[1]), part(rows[2])];
}

const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** Red, green and blue as they look under the white of ICC profiles. */
function colorants([red, green, blue, white]: Primaries): readonly Vector[] {
  const columns: Matrix = [fromXy(red), fromXy(green), fromXy(blue)];
  const bright = times(inverse(turned(columns)), fromXy(white));
  const [from, to] = [times(BRADFORD, fromXy(white)), times(BRADFORD, D50)];
  return columns.map((column, index) => {
    const [x, y, z] = column;
    const by = bright[index] ?? 0;
    const [l, m, s] = times(BRADFORD, [x * by, y * by, z * by]);
    return times(inverse(BRADFORD), [(l * to[0]) / from[0], (m * to[1]) / from[1], (s * to[2]) / from[2]]);
  });
}

const CURVE_POINTS = 1024;

/** `curve` turns numbers from 0 to 1 into light from 0 to 1. About 2 kB. */
export function matrixProfile(primaries: Primaries, curve: (value: number) => number): Buffer {
  const points = Array.from({ length: CURVE_POINTS }, (_, point) =>
    Math.round(65_535 * curve(point / (CURVE_POINTS - 1))),
  );
  const trc = sampledCurve(points);
  return rgbProfile(colorants(primaries), [trc, trc, trc]);
}

/** A `curv` tag: light at points that are equally far apart, from 0 to 65,535. (10.6) */
export function sampledCurve(points: readonly number[]): Buffer {
  const bytes = Buffer.alloc(12 + points.length * 2);
  bytes.write('curv', 'latin1');
  bytes.writeUInt32BE(points.length, 8);
  for (const [point, light] of points.entries()) bytes.writeUInt16BE(light, 12 + point * 2);
  return bytes;
}

/** `colors` as they look under the white of ICC profiles, `curves` as tags: of red, green and blue each. */
export const rgbProfile = (colors: readonly Vector[], curves: readonly Buffer[]): Buffer =>
  profileOfTags([
    ['desc', words('Colors by their numbers')],
    ['cprt', words('CC0')],
    ['wtpt', xyz(D50)],
    ...colors.map((color, index): [string, Buffer] => [`${'rgb'[index]}XYZ`, xyz(color)]),
    ...curves.map((curve, index): [string, Buffer] => [`${'rgb'[index]}TRC`, curve]),
  ]);

/** `mluc`: one text, in English. */
function words(text: string): Buffer {
  const head = Buffer.alloc(28);
  head.write('mluc', 'latin1');
  head.writeUInt32BE(1, 8);
  head.writeUInt32BE(12, 12);
  head.write('enUS', 16, 'latin1');
  head.writeUInt32BE(text.length * 2, 20);
  head.writeUInt32BE(28, 24);
  const padded = text.length % 2 === 0 ? text : `${text}\0`;
  return Buffer.concat([head, Buffer.from(padded, 'utf16le').swap16()]);
}

function xyz(color: Vector): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.write('XYZ ', 'latin1');
  for (const [index, value] of color.entries()) bytes.writeInt32BE(Math.round(value * 65_536), 8 + index * 4);
  return bytes;
}

/** Header, table and values; equal values are written once. (ICC.1:2022, 7.2 and 7.3) */
function profileOfTags(tags: readonly [string, Buffer][]): Buffer {
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length);
  const values: Buffer[] = [];
  const places = new Map<string, number>();
  let end = 128 + table.length;
  for (const [index, [name, value]] of tags.entries()) {
    const content = value.toString('latin1');
    const place = places.get(content) ?? end;
    if (place === end) {
      places.set(content, place);
      const aligned = Buffer.concat([value, Buffer.alloc(-value.length & 3)]);
      values.push(aligned);
      end += aligned.length;
    }
    table.write(name, 4 + index * 12, 'latin1');
    table.writeUInt32BE(place, 8 + index * 12);
    table.writeUInt32BE(value.length, 12 + index * 12);
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(end);
  header.writeUInt32BE(0x0440_0000, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  for (const [index, value] of D50.entries()) header.writeInt32BE(Math.round(value * 65_536), 68 + index * 4);
  return Buffer.concat([header, table, ...values]);
}
