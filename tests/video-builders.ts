// Videos, byte by byte: what the containers say of a video, without a frame in it.
import { box, u16, u32 } from './bytes.ts';

export interface Mp4Options {
  brand?: string;
  width?: number;
  height?: number;
  /** Degrees clockwise. */
  rotation?: 0 | 90 | 180 | 270;
  seconds?: number;
  /** Epoch milliseconds; without it, 1904, as programs that do not know write. */
  created?: number;
  /** By Apple's names without their beginning, `creationdate`. */
  keys?: Readonly<Record<string, string>>;
  /** By the letters after the copyright sign, `xyz`. */
  user?: Readonly<Record<string, string>>;
  /** 64 bits for times and durations. */
  long?: boolean;
  /** Of the only track, `vide`. */
  handler?: string;
  /** So many bytes of frames. */
  frames?: number;
  /** The movie after its frames, as cameras write it. */
  movieLast?: boolean;
}

const EPOCH_1904 = 2_082_844_800;
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const fixed = (value: number): number => (value * 0x10000) >>> 0;

const MATRICES = {
  0: [1, 0, 0, 1],
  90: [0, 1, -1, 0],
  180: [-1, 0, 0, -1],
  270: [0, -1, 1, 0],
} as const;

/** A time or duration, 64 bits wide where the box is so. */
const wide = (value: number, long: boolean): Buffer =>
  long ? u32(Math.floor(value / 2 ** 32), value >>> 0) : u32(value);

export function movie(options: Mp4Options = {}): Buffer {
  const {
    width = 1920,
    height = 1080,
    rotation = 0,
    seconds = 4.5,
    long = false,
    handler = 'vide',
  } = options;
  const created = options.created === undefined ? 0 : options.created / 1000 + EPOCH_1904;
  const version = u32(long ? 0x0100_0000 : 0);
  const times = Buffer.concat([wide(created, long), wide(created, long)]);
  const [a, b, c, d] = MATRICES[rotation];
  const matrix = u32(fixed(a), fixed(b), 0, fixed(c), fixed(d), 0, 0, 0, 0x4000_0000);
  const mvhd = box('mvhd', version, times, u32(600), wide(seconds * 600, long), Buffer.alloc(80));
  const tkhd = box(
    'tkhd',
    u32(long ? 0x0100_0003 : 3),
    times,
    u32(1, 0),
    wide(seconds * 600, long),
    Buffer.alloc(16),
    matrix,
    u32(fixed(width), fixed(height)),
  );
  const entry = box('avc1', Buffer.alloc(24), u16(width, height), Buffer.alloc(50));
  // A table of samples that claims to be endless: nobody must believe it.
  const tables = [
    box('stsd', u32(0, 1), entry),
    box('stts', u32(0, 1, 0xffff_ffff, 1)),
    box('ctts', u32(0, 1, 0xffff_ffff, 1)),
  ];
  const hdlr = box('hdlr', u32(0, 0), ascii(handler), Buffer.alloc(13));
  const trak = box('trak', tkhd, box('mdia', hdlr, box('minf', box('stbl', ...tables))));
  return box('moov', mvhd, trak, ...meta(options), ...user(options));
}

function meta({ keys = {}, brand }: Mp4Options): Buffer[] {
  const names = Object.keys(keys).map((name) => box('mdta', ascii(`com.apple.quicktime.${name}`)));
  if (names.length === 0) return [];
  const items = Object.values(keys).map((text, index) => {
    const item = box('item', box('data', u32(1, 0), Buffer.from(text)));
    item.writeUInt32BE(index + 1, 4);
    return item;
  });
  const contents = [
    box('hdlr', u32(0, 0), ascii('mdta'), Buffer.alloc(13)),
    box('keys', u32(0, names.length), ...names),
    box('ilst', ...items),
  ];
  // A full box in MP4, a plain one in QuickTime.
  return [brand === 'qt  ' ? box('meta', ...contents) : box('meta', u32(0), ...contents)];
}

const user = ({ user: said = {} }: Mp4Options): Buffer[] =>
  Object.keys(said).length === 0
    ? []
    : [
        box(
          'udta',
          ...Object.entries(said).map(([name, text]) =>
            box(`\u00a9${name}`, u16(Buffer.byteLength(text), 0x15c7), Buffer.from(text)),
          ),
        ),
      ];

export const ftyp = (brand: string): Buffer => box('ftyp', ascii(brand), u32(512), ascii(brand));

export function mp4(options: Mp4Options = {}): Buffer {
  const { brand = 'isom', frames = 5000, movieLast = false } = options;
  const head = ftyp(brand);
  const data = box('mdat', Buffer.alloc(frames, 0x55));
  return Buffer.concat(movieLast ? [head, data, movie(options)] : [head, movie(options), data]);
}

/** An index of fragments: how many bytes each has, and how many thousandths of a second. */
export function fragmentIndex(fragments: readonly (readonly [number, number])[], long = false): Buffer {
  const references = fragments.flatMap(([bytes, milliseconds]) => [bytes, milliseconds, 0]);
  const version = long ? 0x0100_0000 : 0;
  return box(
    'sidx',
    u32(version, 1, 1000),
    Buffer.alloc(long ? 16 : 8),
    u32(fragments.length, ...references),
  );
}

/** A movie that is written as it is recorded; `mehd` is the header of its duration. */
export const fragmentedMovie = (...mehd: Buffer[]): Buffer =>
  Buffer.concat([ftyp('iso5'), box('moov', movie({ seconds: 0 }).subarray(8), box('mvex', ...mehd))]);

/** An element of EBML; without contents, one of unknown size that lasts to the end. */
export function element(id: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = Buffer.alloc(8);
  size.writeUInt32BE(0x0100_0000);
  size.writeUInt32BE(content.length, 4);
  return Buffer.concat([Buffer.from(id.toString(16), 'hex'), size, content]);
}

export const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
};

export interface WebmOptions {
  docType?: string;
  width?: number;
  height?: number;
  /** Where pixels are not square. */
  display?: readonly [number, number];
  roll?: number;
  seconds?: number;
  created?: number;
  /** As a browser records: the size of what it has not written yet is unknown. */
  streamed?: boolean;
  sound?: boolean;
}

export function webm(options: WebmOptions = {}): Buffer {
  const {
    docType = 'webm',
    width = 640,
    height = 360,
    display,
    roll,
    seconds,
    created,
    streamed,
    sound,
  } = options;
  const date = Buffer.alloc(8);
  if (created !== undefined) date.writeBigInt64BE(BigInt(created - Date.UTC(2001, 0)) * 1_000_000n);
  const info = element(
    0x1549a966,
    element(0x2ad7b1, Buffer.from([0x0f, 0x42, 0x40])),
    ...(seconds === undefined ? [] : [element(0x4489, double(seconds * 1000))]),
    ...(created === undefined ? [] : [element(0x4461, date)]),
  );
  const video = element(
    0xe0,
    element(0xb0, u16(width)),
    element(0xba, u16(height)),
    ...(display ? [element(0x54b0, u16(display[0])), element(0x54ba, u16(display[1]))] : []),
    ...(roll === undefined ? [] : [element(0x7670, element(0x7675, double(roll)))]),
  );
  const track = element(0xae, element(0x83, Buffer.from([sound ? 2 : 1])), ...(sound ? [] : [video]));
  const cluster = element(0x1f43b675, Buffer.alloc(3000, 0x55));
  const segment = element(0x18538067, info, element(0x1654ae6b, track), cluster);
  if (streamed) segment.fill(0xff, 5, 12);
  return Buffer.concat([element(0x1a45dfa3, element(0x4282, ascii(docType))), segment]);
}
