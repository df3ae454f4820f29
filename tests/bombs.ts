// Files made to hurt: small ones that decoders would turn into gigabytes or hours.
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { le16, le32 } from './bytes.ts';
import { jpeg, photo } from './fixtures.ts';
import { pngChunk, pngWith } from './metadata-builders.ts';

/** A picture of one color, with as many pixels as it takes. */
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#5a78c8' }, limitInputPixels: false });

/** A GIF whose frames claim to be `width` x `height`, and have one pixel in them. */
export function gif(width: number, height: number, frames: number): Buffer {
  const head = [Buffer.from('GIF89a'), le16(width, height), Buffer.from([0x80, 0, 0, 200, 40, 40, 0, 0, 0])];
  const control = Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0]);
  const frame = Buffer.concat([
    control,
    Buffer.from([0x2c]),
    le16(0, 0, width, height),
    // LZW of 2 bits: clear, color 0, end.
    Buffer.from([0, 2, 2, 0x44, 0x01, 0]),
  ]);
  return Buffer.concat([...head, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

/** A WebP that moves: as many copies of one frame, on a canvas that may be larger. */
export async function animatedWebp(width: number, height: number, frames: number): Promise<Buffer> {
  const still = await photo({ format: 'webp', width: 16, height: 16 });
  const chunk = (type: string, data: Buffer): Buffer =>
    Buffer.concat([Buffer.from(type), le32(data.length), data, Buffer.alloc(data.length % 2)]);
  const u24 = (...values: number[]): Buffer =>
    Buffer.concat(values.map((value) => le32(value).subarray(0, 3)));
  const frame = chunk('ANMF', Buffer.concat([u24(0, 0, 15, 15, 100), Buffer.alloc(1), still.subarray(12)]));
  return chunk(
    'RIFF',
    Buffer.concat([
      Buffer.from('WEBP'),
      chunk('VP8X', Buffer.concat([le32(0x02), u24(width - 1, height - 1)])),
      chunk('ANIM', Buffer.alloc(6)),
      ...Array.from({ length: frames }, () => frame),
    ]),
  );
}

/** A lossless WebP that claims to be as large as one can be, and has next to nothing in it. */
export function webpOfMostPixels(): Buffer {
  const data = Buffer.concat([Buffer.from([0x2f]), le32(16_382 | (16_382 << 14)), Buffer.alloc(50)]);
  return Buffer.concat([
    Buffer.from('RIFF'),
    le32(data.length + 13),
    Buffer.from('WEBPVP8L'),
    le32(data.length),
    data,
    Buffer.alloc(1),
  ]);
}

export interface TiffClaims {
  width: number;
  height: number;
  /** Besides: `[tag, type, count, value]`. */
  tags?: readonly (readonly [number, number, number, number])[];
  pages?: number;
}

/** Pages of the size they claim, gray, all with the same few bytes for pixels. */
export function tiff({ width, height, tags = [], pages = 1 }: TiffClaims): Buffer {
  const pixels = Buffer.alloc(256, 0x80);
  const fields = new Map<number, readonly [number, number, number, number]>(
    (
      [
        [256, 4, 1, width],
        [257, 4, 1, height],
        [258, 3, 1, 8],
        [259, 3, 1, 1],
        [262, 3, 1, 1],
        [273, 4, 1, 8],
        [277, 3, 1, 1],
        [278, 4, 1, height],
        [279, 4, 1, Math.min(width * height, pixels.length)],
        ...tags,
      ] as const
    ).map((field) => [field[0], field]),
  );
  const sorted = [...fields.values()].sort(([a], [b]) => a - b);
  const entries = sorted.map(([tag, type, count, value]) =>
    Buffer.concat([le16(tag, type), le32(count, value)]),
  );
  const size = 2 + entries.length * 12 + 4;
  const first = 8 + pixels.length;
  const directory = (page: number): Buffer =>
    Buffer.concat([
      le16(entries.length),
      ...entries,
      le32(page === pages - 1 ? 0 : first + (page + 1) * size),
    ]);
  const directories = Array.from({ length: pages }, (_, page) => directory(page));
  return Buffer.concat([Buffer.from('II*\0'), le32(first), pixels, ...directories]);
}

/** A whole JPEG but for its size, which it exaggerates. */
export async function jpegOfSize(width: number, height: number, progressive = false): Promise<Buffer> {
  const bytes = Buffer.from(await jpeg({ progressive }));
  const frame = bytes.indexOf(Buffer.from([0xff, progressive ? 0xc2 : 0xc0]));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

const jpegSegment = (marker: number, ...content: number[]): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, Buffer.from(content)]);
};

/**
 * A gray progressive JPEG without a flaw, which sends every frequency bit by bit: up to 883 scans, each a few bytes that say that
 * nothing changes. (ITU-T T.81, annex G)
 */
export function jpegOfScans(width: number, height: number, scans: number): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const table = (kind: number, symbol: number): Buffer =>
    jpegSegment(0xc4, kind << 4, 1, ...Buffer.alloc(15), symbol);
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  const scan = (frequency: number, before: number, bit: number, data: Buffer): Buffer =>
    Buffer.concat([jpegSegment(0xda, 1, 1, 0, frequency, frequency, (before << 4) | bit), data]);
  const average = scan(0, 0, 0, Buffer.alloc(Math.ceil(blocks / 8)));
  // A code of one bit, and in 14 more that 32,767 blocks are done.
  const done = packed(`0${'1'.repeat(14)}`.repeat(Math.ceil(blocks / 32_767)));
  const refining = Array.from({ length: 63 * 14 }, (_, index) => {
    const bit = 13 - (index % 14);
    return scan(1 + Math.floor(index / 14), bit === 13 ? 0 : bit + 1, bit, done);
  });
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xdb, 0, ...Buffer.alloc(64, 1)),
    jpegSegment(0xc2, 8, ...size, 1, 1, 0x11, 0),
    table(0, 0),
    table(1, 0xe0),
    average,
    ...refining.slice(0, scans - 1),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Bits as a scan has them: a byte of ones is followed by one of zeros. */
function packed(bits: string): Buffer {
  const bytes = bits.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '1'), 2)) ?? [];
  return Buffer.from(bytes.flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte])));
}

/** A PNG with a part beside its pixels that inflates to so many bytes. */
export const pngWithInflating = (type: 'iCCP' | 'zTXt', bytes: number): Promise<Buffer> =>
  pngWith([
    pngChunk(type, Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(Buffer.alloc(bytes))])),
  ]);

export const hugeJpeg = (): Promise<Buffer> => plain(20_000, 15_000).jpeg({ quality: 50 }).toBuffer();
export const hugePng = (): Promise<Buffer> => plain(20_000, 15_000).png({ compressionLevel: 1 }).toBuffer();
