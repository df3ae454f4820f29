// Metadata made byte by byte: TIFF directories with any tag and value, XMP packets, IPTC records, PNG texts, and files around them.
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { jpeg } from './fixtures.ts';

/** Tag, type and value: bytes as they stand in the file, text, or numbers of the type. Claims `count` values where that is given. */
export interface Entry {
  tag: number;
  type: number;
  value: Buffer | string | readonly number[];
  count?: number;
}

export interface Directories {
  ifd0?: readonly Entry[];
  exif?: readonly Entry[];
  gps?: readonly Entry[];
}

const SIZES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  7: 1,
  9: 4,
  10: 8,
  12: 8,
  16: 8,
};
export const BYTE = 1;
export const ASCII = 2;
export const SHORT = 3;
export const LONG = 4;
export const RATIONAL = 5;
export const UNDEFINED = 7;
const LONG8 = 16;

/**
 * A TIFF file of directories and nothing else; a `big` one counts in 64 bits. Fractions are numerator and denominator, one after the
 * other.
 */
export function tiff({ ifd0 = [], exif, gps }: Directories, little = true, big = false): Buffer {
  const written = (size: 2 | 4, value: number): Buffer => {
    const bytes = Buffer.alloc(size);
    if (little) bytes.writeUIntLE(value, 0, size);
    else bytes.writeUIntBE(value, 0, size);
    return bytes;
  };
  const u16 = (value: number): Buffer => written(2, value);
  const u32 = (value: number): Buffer => written(4, value);
  const u64 = (value: number): Buffer => Buffer.concat(little ? [u32(value), u32(0)] : [u32(0), u32(value)]);
  const wide = big ? u64 : u32;
  const width = big ? 8 : 4;
  const headBytes = big ? 16 : 8;
  const bytesOf = ({ type, value }: Entry): Buffer => {
    if (Buffer.isBuffer(value)) return value;
    if (typeof value === 'string') return Buffer.from(type === ASCII ? `${value}\0` : value, 'utf8');
    return Buffer.concat(
      value.map((number) =>
        type === SHORT
          ? u16(number)
          : type === BYTE
            ? Buffer.from([number])
            : type === LONG8
              ? u64(number)
              : u32(number),
      ),
    );
  };
  const directory = (entries: readonly Entry[], at: number): Buffer => {
    let free = at + (big ? 8 : 2) + entries.length * (4 + 2 * width) + width;
    const rows: Buffer[] = [];
    const values: Buffer[] = [];
    for (const entry of entries) {
      const bytes = bytesOf(entry);
      const count = entry.count ?? Math.ceil(bytes.length / (SIZES[entry.type] ?? 1));
      const isInline = count * (SIZES[entry.type] ?? 1) <= width;
      rows.push(
        u16(entry.tag),
        u16(entry.type),
        wide(count),
        isInline ? Buffer.concat([bytes, Buffer.alloc(width)], width) : wide(free),
      );
      if (isInline) continue;
      const even = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
      values.push(even);
      free += even.length;
    }
    return Buffer.concat([(big ? u64 : u16)(entries.length), ...rows, wide(0), ...values]);
  };
  const pointer = (tag: number, at: number): Entry => ({ tag, type: big ? LONG8 : LONG, value: [at] });
  const first = (exifAt: number, gpsAt: number): Buffer =>
    directory(
      [...ifd0, ...(exif ? [pointer(0x8769, exifAt)] : []), ...(gps ? [pointer(0x8825, gpsAt)] : [])],
      headBytes,
    );
  const exifAt = headBytes + first(0, 0).length;
  const exifBytes = exif ? directory(exif, exifAt) : Buffer.alloc(0);
  const gpsAt = exifAt + exifBytes.length;
  const gpsBytes = gps ? directory(gps, gpsAt) : Buffer.alloc(0);
  return Buffer.concat([
    Buffer.from(little ? 'II' : 'MM'),
    ...(big ? [u16(43), u16(8), u16(0), u64(headBytes)] : [u16(42), u32(headBytes)]),
    first(exifAt, gpsAt),
    exifBytes,
    gpsBytes,
  ]);
}

/** Directories with the time of exposure and what else is asked for. */
export const exifTime = (takenAt: string, ...others: Entry[]): Entry[] => [
  { tag: 0x9003, type: ASCII, value: takenAt },
  ...others,
];

const angle = (degrees: number): number[] => [
  Math.floor(Math.abs(degrees)),
  1,
  Math.round((Math.abs(degrees) % 1) * 60e6),
  1e6,
  0,
  1,
];

export const gpsEntries = (latitude: number, longitude: number, utc?: string): Entry[] => {
  const [date, time] = utc?.split(' ') ?? [];
  return [
    { tag: 1, type: ASCII, value: latitude < 0 ? 'S' : 'N' },
    { tag: 2, type: RATIONAL, value: angle(latitude) },
    { tag: 3, type: ASCII, value: longitude < 0 ? 'W' : 'E' },
    { tag: 4, type: RATIONAL, value: angle(longitude) },
    ...(time
      ? [{ tag: 7, type: RATIONAL, value: time.split(':').flatMap((part) => [Number(part), 1]) }]
      : []),
    ...(date ? [{ tag: 0x1d, type: ASCII, value: date }] : []),
  ];
};

const NAMESPACES = {
  dc: 'http://purl.org/dc/elements/1.1/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  exif: 'http://ns.adobe.com/exif/1.0/',
  tiff: 'http://ns.adobe.com/tiff/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  aux: 'http://ns.adobe.com/exif/1.0/aux/',
  MicrosoftPhoto: 'http://ns.microsoft.com/photo/1.0/',
  GPano: 'http://ns.google.com/photos/1.0/panorama/',
  GCamera: 'http://ns.google.com/photos/1.0/camera/',
  hdrgm: 'http://ns.adobe.com/hdr-gain-map/1.0/',
  crs: 'http://ns.adobe.com/camera-raw-settings/1.0/',
};

/** An XMP packet of elements, as `<dc:title>...</dc:title>`, and attributes, as `xmp:Rating="5"`. */
export const xmpPacket = (elements: string, attributes = ''): string =>
  `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""${Object.entries(
    NAMESPACES,
  )
    .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
    .join('')} ${attributes}>${elements}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

export const alternatives = (name: string, text: string): string =>
  `<${name}><rdf:Alt><rdf:li xml:lang="x-default">${text}</rdf:li></rdf:Alt></${name}>`;

export const bag = (name: string, ...items: string[]): string =>
  `<${name}><rdf:Bag>${items.map((item) => `<rdf:li>${item}</rdf:li>`).join('')}</rdf:Bag></${name}>`;

/** IPTC records: `[record, data set, value]`. */
export const iptcRecords = (...records: [number, number, string | Buffer][]): Buffer =>
  Buffer.concat(
    records.map(([record, dataSet, value]) => {
      const bytes = Buffer.from(value as string);
      const head = Buffer.from([0x1c, record, dataSet, 0, 0]);
      head.writeUInt16BE(bytes.length, 3);
      return Buffer.concat([head, bytes]);
    }),
  );

/** `ESC % G`: what follows is UTF-8. */
export const IPTC_UTF8: [number, number, string] = [1, 90, '\x1b%G'];

const segment = (marker: number, ...parts: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

export const exifSegment = (block: Buffer): Buffer => segment(0xe1, 'Exif\0\0', block);
export const xmpSegment = (packet: string): Buffer => segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', packet);
export function iptcSegment(records: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(records.length);
  return segment(0xed, 'Photoshop 3.0\0', Buffer.from('8BIM\x04\x04\0\0', 'latin1'), size, records);
}

/** A JPEG with segments right at its beginning. */
export async function jpegWith(...segments: Buffer[]): Promise<Buffer> {
  const plain = await jpeg();
  return Buffer.concat([plain.subarray(0, 2), ...segments, plain.subarray(2)]);
}

export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

export const pngText = (keyword: string, text: string): Buffer =>
  pngChunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'));
export const packedPngText = (keyword: string, text: Buffer | string): Buffer =>
  pngChunk('zTXt', Buffer.concat([Buffer.from(`${keyword}\0\0`, 'latin1'), deflateSync(text)]));
export const unicodePngText = (keyword: string, text: string, isPacked = false): Buffer =>
  pngChunk(
    'iTXt',
    Buffer.concat([
      Buffer.from(`${keyword}\0${isPacked ? '\x01' : '\0'}\0en\0\0`, 'latin1'),
      isPacked ? deflateSync(text) : Buffer.from(text),
    ]),
  );

/** A PNG with chunks before its pixels, or at its end. */
export async function pngWith(chunks: readonly Buffer[], atEnd = false): Promise<Buffer> {
  const plain = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#808080' } })
    .png()
    .toBuffer();
  const at = atEnd ? plain.length - 12 : 33;
  return Buffer.concat([plain.subarray(0, at), ...chunks, plain.subarray(at)]);
}
