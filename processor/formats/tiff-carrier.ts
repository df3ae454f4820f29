// Pixels as sharp reads them with their profile: a TIFF of 8 bits that is not compressed. (TIFF 6.0:
// https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf)

export interface Layout {
  width: number;
  height: number;
  /** 3: red, green, blue; 4: opacity besides, which the colors are not multiplied with. */
  channels: 3 | 4;
  /** ICC profile. */
  profile?: Uint8Array;
}

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
/** Readers take one strip at a time. */
const STRIP_ROWS = 64;
const BLACK_IS_ZERO_RGB = 2;
const STRAIGHT_ALPHA = 2;

/** What stands before the pixels, which then follow line by line without gaps. */
export function tiffHeader({ width, height, channels, profile }: Layout): Buffer {
  const strips = Math.ceil(height / STRIP_ROWS);
  const stripBytes = width * channels * STRIP_ROWS;
  const rest = width * channels * (height - STRIP_ROWS * (strips - 1));
  const offsets = Array.from({ length: strips }, (_, strip) => strip * stripBytes);
  const sizes = offsets.map((_, strip) => (strip === strips - 1 ? rest : stripBytes));
  const fields: [number, number, readonly number[] | Uint8Array][] = [
    [0x0100, LONG, [width]],
    [0x0101, LONG, [height]],
    [0x0102, SHORT, Array.from({ length: channels }, () => 8)],
    [0x0103, SHORT, [1]],
    [0x0106, SHORT, [BLACK_IS_ZERO_RGB]],
    [0x0111, LONG, offsets],
    [0x0115, SHORT, [channels]],
    [0x0116, LONG, [STRIP_ROWS]],
    [0x0117, LONG, sizes],
    ...(channels === 4 ? [[0x0152, SHORT, [STRAIGHT_ALPHA]] as [number, number, number[]]] : []),
    ...(profile ? [[0x8773, UNDEFINED, profile] as [number, number, Uint8Array]] : []),
  ];
  const directory = 8 + 2 + fields.length * 12 + 4;
  const bytesOf = ([, type, values]: (typeof fields)[number]): number =>
    values.length * (type === LONG ? 4 : type === SHORT ? 2 : 1);
  const length = fields.reduce(
    (sum, field) => sum + (bytesOf(field) > 4 ? even(bytesOf(field)) : 0),
    directory,
  );
  const header = Buffer.alloc(length);
  header.write('II*\0', 'latin1');
  header.writeUInt32LE(8, 4);
  header.writeUInt16LE(fields.length, 8);
  let free = directory;
  for (const [index, field] of fields.entries()) {
    const [tag, type, values] = field;
    const entry = 10 + index * 12;
    header.writeUInt16LE(tag, entry);
    header.writeUInt16LE(type, entry + 2);
    header.writeUInt32LE(values.length, entry + 4);
    let at = entry + 8;
    if (bytesOf(field) > 4) {
      header.writeUInt32LE(free, at);
      at = free;
      free += even(bytesOf(field));
    }
    if (values instanceof Uint8Array) {
      header.set(values, at);
      continue;
    }
    for (const value of values) {
      const number = tag === 0x0111 ? value + length : value;
      at = type === SHORT ? header.writeUInt16LE(number, at) : header.writeUInt32LE(number, at);
    }
  }
  return header;
}

const even = (bytes: number): number => bytes + (bytes % 2);
