// Camera raw files, byte by byte: a few tags, previews where each maker puts them, and rubbish in place of the sensor's data.

import { box, u32 } from './bytes.ts';

/** A tag's value: numbers, text or bytes; or something in the file, or directories of their own, that it points to. */
export type Value =
  | { short: readonly number[] }
  | { long: readonly number[] }
  | { fraction: readonly number[] }
  | { text: string }
  | { bytes: Buffer }
  | { at: Buffer }
  | { directories: readonly Directory[] };
export type Directory = Readonly<Record<number, Value>>;

export interface TiffFile {
  order?: 'II' | 'MM';
  /** In place of 42. */
  magic?: number;
  /** Between the header and what follows. */
  after?: Buffer;
  /** A chain. */
  directories: readonly Directory[];
}

/** Writes pieces one after the other and knows where each begins. */
class Pieces {
  readonly #pieces: Buffer[] = [];
  end = 0;

  add(piece: Buffer): number {
    const at = this.end;
    const padded = piece.length % 2 === 0 ? piece : Buffer.concat([piece, Buffer.alloc(1)]);
    this.#pieces.push(padded);
    this.end += padded.length;
    return at;
  }

  all = (): Buffer => Buffer.concat(this.#pieces);
}

const numbers = (order: 'II' | 'MM', width: 2 | 4, values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * width);
  for (const [index, value] of values.entries()) {
    if (order === 'II') bytes.writeUIntLE(value, index * width, width);
    else bytes.writeUIntBE(value, index * width, width);
  }
  return bytes;
};

/** A file with every blob and inner directory before the directory that points to it. */
export function tiffFile({ order = 'II', magic = 42, after, directories }: TiffFile): Buffer {
  const pieces = new Pieces();
  const header = Buffer.concat([Buffer.from(order), numbers(order, 2, [magic]), Buffer.alloc(4)]);
  pieces.add(header);
  if (after) pieces.add(after);

  const write = (directory: Directory, next: number): number => {
    const entries = Object.entries(directory).map(([id, value]): Buffer => {
      const [type, count, bytes] = encoded(value);
      const inline = Buffer.alloc(4);
      if (bytes.length <= 4) inline.set(bytes);
      else inline.set(numbers(order, 4, [pieces.add(bytes)]));
      return Buffer.concat([numbers(order, 2, [Number(id), type]), numbers(order, 4, [count]), inline]);
    });
    const parts = [numbers(order, 2, [entries.length]), ...entries, numbers(order, 4, [next])];
    return pieces.add(Buffer.concat(parts));
  };
  const encoded = (value: Value): [number, number, Buffer] => {
    if ('short' in value) return [3, value.short.length, numbers(order, 2, value.short)];
    if ('long' in value) return [4, value.long.length, numbers(order, 4, value.long)];
    if ('fraction' in value)
      return [
        5,
        value.fraction.length,
        numbers(
          order,
          4,
          value.fraction.flatMap((number) => [number, 1]),
        ),
      ];
    if ('text' in value) return [2, value.text.length + 1, Buffer.from(`${value.text}\0`, 'latin1')];
    if ('bytes' in value) return [7, value.bytes.length, value.bytes];
    if ('at' in value) return [4, 1, numbers(order, 4, [pieces.add(value.at)])];
    const places = value.directories.map((inner) => write(inner, 0));
    return [4, places.length, numbers(order, 4, places)];
  };

  let next = 0;
  for (const directory of directories.toReversed()) next = write(directory, next);
  const file = pieces.all();
  file.set(numbers(order, 4, [next]), 4);
  return file;
}

export interface RawOptions {
  /** The best preview. */
  large: Buffer;
  /** A worse one, or a thumbnail. */
  small: Buffer;
  /** EXIF orientation of the raw photo. */
  orientation?: number;
  /** Of the photo, before any turning. */
  width: number;
  height: number;
}

const EXIF_TIME = '2019:06:01 12:34:56';
/** Lossless JPEG, as Canon and Adobe pack the sensor's data: larger than any preview, and not to be shown. */
const SENSOR = Buffer.from(
  '\xff\xd8\xff\xc3\0\x0b\x0e\x40\0\x40\0\x01\x01\x11\0\xff\xd9'.padEnd(4000, 'x'),
  'latin1',
);

const short = (...values: number[]): Value => ({ short: values });
const long = (...values: number[]): Value => ({ long: values });
const text = (value: string): Value => ({ text: value });
const jpegTags = (jpeg: Buffer): Directory => ({ 0x201: { at: jpeg }, 0x202: long(jpeg.length) });
const stripTags = (strip: Buffer, compression: number): Directory => ({
  0x103: short(compression),
  0x111: { at: strip },
  0x117: long(strip.length),
});
const sensorTags = ({ width, height }: RawOptions, compression: number, border = 0): Directory => ({
  0xfe: long(0),
  0x100: long(width + border),
  0x101: long(height + border),
  0x106: short(32803),
  ...stripTags(SENSOR, compression),
});
const exif = (more: Directory = {}): Value => ({ directories: [{ 0x9003: text(EXIF_TIME), ...more }] });
const mainTags = (make: string, { orientation = 1 }: RawOptions): Directory => ({
  0x10f: text(make),
  0x110: text(`${make} X1`),
  0x112: short(orientation),
});

/** Canon's older one: the first picture is a JPEG of full size. */
export const cr2 = (options: RawOptions): Buffer =>
  tiffFile({
    after: Buffer.from('CR\x02\0\0\0\0\0', 'latin1'),
    directories: [
      {
        ...mainTags('Canon', options),
        0x100: short(options.width),
        0x101: short(options.height),
        ...stripTags(options.large, 6),
        0x8769: exif({ 0xa002: short(options.width), 0xa003: short(options.height) }),
      },
      jpegTags(options.small),
      stripTags(SENSOR, 6),
    ],
  });

/** The large one in a directory below the first, another in the maker note, as Nikon does. */
export function nef(options: RawOptions): Buffer {
  const note = tiffFile({ order: 'MM', directories: [{ 0x11: { directories: [jpegTags(options.small)] } }] });
  return tiffFile({
    order: 'MM',
    directories: [
      {
        ...mainTags('NIKON CORPORATION', options),
        0xfe: long(1),
        0x100: long(160),
        0x101: long(120),
        ...stripTags(Buffer.alloc(160 * 120 * 3, 0x55), 1),
        0x14a: {
          directories: [{ 0xfe: long(1), ...jpegTags(options.large) }, sensorTags(options, 34713)],
        },
        0x8769: exif({
          0x927c: { bytes: Buffer.concat([Buffer.from('Nikon\0\x02\x11\0\0', 'latin1'), note]) },
        }),
      },
    ],
  });
}

/** Nikon's when only the maker note has a preview. */
export function nefOfNote(options: RawOptions): Buffer {
  const note = tiffFile({ order: 'MM', directories: [{ 0x11: { directories: [jpegTags(options.large)] } }] });
  return tiffFile({
    order: 'MM',
    directories: [
      {
        ...mainTags('NIKON CORPORATION', options),
        0x14a: { directories: [sensorTags(options, 34713)] },
        0x8769: exif({
          0x927c: { bytes: Buffer.concat([Buffer.from('Nikon\0\x02\x11\0\0', 'latin1'), note]) },
        }),
      },
    ],
  });
}

/** The first picture is a middling JPEG, the third the large one, as Sony does of late. */
export const arw = (options: RawOptions): Buffer =>
  tiffFile({
    directories: [
      {
        ...mainTags('SONY', options),
        0xfe: long(1),
        0x103: short(6),
        ...jpegTags(options.small),
        0x14a: { directories: [sensorTags(options, 32767, 24)] },
        0x8769: exif({ 0xa002: long(options.width), 0xa003: long(options.height) }),
      },
      jpegTags(options.small.subarray(0, 200)),
      jpegTags(options.large),
    ],
  });

/** Adobe's, and that of many phones. */
export const dng = (options: RawOptions): Buffer =>
  tiffFile({
    directories: [
      {
        ...mainTags('Google', options),
        0xfe: long(1),
        0x100: long(64),
        0x101: long(48),
        0xc612: { bytes: Buffer.from([1, 4, 0, 0]) },
        ...stripTags(Buffer.alloc(64 * 48 * 3, 0x55), 1),
        0x14a: {
          directories: [
            { ...sensorTags(options, 7, 40), 0xc620: { fraction: [options.width, options.height] } },
            { 0xfe: long(1), 0x106: short(6), ...stripTags(options.small, 7) },
            { 0xfe: long(1), 0x106: short(6), ...stripTags(options.large, 7) },
          ],
        },
        0x8769: exif(),
      },
    ],
  });

/** The sensor's data first, thumbnail and large JPEG after it in the chain, as Pentax does. */
export const pef = (options: RawOptions): Buffer =>
  tiffFile({
    order: 'MM',
    directories: [
      { ...mainTags('PENTAX', options), ...sensorTags(options, 65535), 0x8769: exif() },
      jpegTags(options.small),
      jpegTags(options.large),
    ],
  });

export const srw = (options: RawOptions): Buffer =>
  tiffFile({
    directories: [
      {
        ...mainTags('SAMSUNG', options),
        0xfe: long(1),
        ...jpegTags(options.small),
        0x14a: { directories: [jpegTags(options.large), sensorTags(options, 32770)] },
        0x8769: exif(),
      },
    ],
  });

/** Panasonic's: a header of its own, and the JPEG in a tag. */
export const rw2 = (options: RawOptions): Buffer =>
  tiffFile({
    magic: 0x55,
    directories: [
      {
        ...mainTags('Panasonic', options),
        4: short(8),
        5: short(16),
        6: short(8 + options.height),
        7: short(16 + options.width),
        0x2e: { bytes: options.large },
        0x8769: exif(),
      },
    ],
  });

/** Olympus': a header of its own, and the JPEG behind the camera settings of the maker note, counted from the note. */
export function orf(options: RawOptions, signature = 'OLYMPUS\0II\x03\0'): Buffer {
  const head = Buffer.from(signature, 'latin1');
  const inside: Directory = {
    0x2020: { directories: [{ 0x101: { at: options.large }, 0x102: long(options.large.length) }] },
  };
  // A note is laid out like a TIFF file whose header is as long as its own; only its directory has to come first.
  const before = Buffer.alloc(head.length - 8 + 2 + 12 + 4);
  const note = tiffFile({ after: before, directories: [inside] });
  note.set(note.subarray(note.readUInt32LE(4)), head.length);
  note.set(head, 0);
  return tiffFile({
    magic: 0x4f52,
    directories: [
      {
        ...mainTags('OLYMPUS CORPORATION', options),
        0x100: long(options.width),
        0x101: long(options.height),
        ...stripTags(SENSOR, 1),
        0x8769: exif({ 0x927c: { bytes: note } }),
      },
      jpegTags(options.small),
    ],
  });
}

/** Fujifilm's: a header that leads to a JPEG, which has all the EXIF there is, and to a list about the sensor. */
export function raf({ large, width, height }: RawOptions): Buffer {
  const list = Buffer.alloc(4 + 12 + 8);
  list.writeUInt32BE(2);
  for (const [index, [id, rows, columns]] of (
    [
      [0x100, height + 40, width + 40],
      [0x111, height, width],
    ] as const
  ).entries()) {
    const at = 4 + index * 8;
    list.writeUInt16BE(id, at);
    list.writeUInt16BE(4, at + 2);
    list.writeUInt16BE(rows, at + 4);
    list.writeUInt16BE(columns, at + 6);
  }
  const header = Buffer.alloc(148);
  header.write('FUJIFILMCCD-RAW 0201FF383501X-T5', 'latin1');
  const places = [header.length, large.length, header.length + large.length, list.length];
  for (const [index, place] of places.entries()) header.writeUInt32BE(place, 84 + index * 4);
  return Buffer.concat([header, large, list, SENSOR]);
}

const uuid = (id: string, ...contents: Buffer[]): Buffer => box('uuid', Buffer.from(id, 'hex'), ...contents);

/** Canon's newer one: TIFF blocks and a thumbnail in `moov`, a preview in a box after it, the large JPEG as a track. */
export function cr3(options: RawOptions): Buffer {
  const { width, height, large, small } = options;
  const blocks = [
    box(
      'CMT1',
      tiffFile({
        directories: [{ ...mainTags('Canon', options), 0x100: short(width), 0x101: short(height) }],
      }),
    ),
    box('CMT2', tiffFile({ directories: [{ 0x9003: text(EXIF_TIME) }] })),
    box('CMT4', tiffFile({ directories: [GPS] })),
  ];
  const xmp =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:Rating>4</xmp:Rating></rdf:Description></rdf:RDF></x:xmpmeta>';
  const track = (at: number, length: number): Buffer =>
    box(
      'trak',
      box('mdia', box('minf', box('stbl', box('stsz', u32(0, 0, 1, length)), box('co64', u32(0, 1, 0, at))))),
    );
  const build = (at: number): Buffer =>
    Buffer.concat([
      box('ftyp', Buffer.from('crx \0\0\0\x01crx isom', 'latin1')),
      box(
        'moov',
        uuid('85c0b687820f11e08111f4ce462b6a48', ...blocks, box('THMB', u32(0, 0, small.length, 0), small)),
        track(at, large.length),
        track(at + large.length, SENSOR.length),
      ),
      uuid('be7acfcb97a942e89c71999491e3afac', Buffer.from(xmp)),
      uuid(
        'eaf42b5e1c984b88b9fbb7dc406e4d16',
        u32(0, 1),
        box('PRVW', u32(0, 0x10000, 0, small.length), small),
      ),
      box('mdat', large, SENSOR),
    ]);
  const before = build(0).length - large.length - SENSOR.length;
  return build(before);
}

const GPS: Directory = {
  1: text('N'),
  2: { fraction: [48, 51, 30] },
  3: text('E'),
  4: { fraction: [2, 17, 40] },
};
