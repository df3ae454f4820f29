// HEIC files put together box by box around a picture that heif-enc encoded once: as cameras write them, and as nobody should.
// (ISO/IEC 14496-12, 8.11, and ISO/IEC 23008-12)
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { box, u16, u32, u8 } from './bytes.ts';

/**
 * Made with `heif-enc -q 80` (libheif 1.15) and cjxl 0.7 from the test photo of 160 x 80: `ten-bit` with `-b 10`, `premultiplied`
 * with `--premultiplied-alpha` from colors that were, `exif` from a JPEG with orientation 6, which the encoder passes on and decoders must ignore.
 */
export const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const full = (type: string, flags: number, ...contents: Buffer[]): Buffer =>
  box(type, u32(flags), ...contents);

export interface Item {
  type: string;
  data: Buffer;
  /** Boxes. */
  properties: readonly Buffer[];
}

export interface HeifOptions {
  /** Numbered from 1; the first is the photo. */
  items: readonly Item[];
  /** `[type, from, ...to]`, by number. */
  references?: readonly [string, number, ...number[]][];
  brand?: string;
}

export function heif({ items, references = [], brand = 'heic' }: HeifOptions): Buffer {
  const ftyp = box('ftyp', latin1(`${brand}\0\0\0\0mif1${brand}`));
  const properties = items.flatMap((item) => item.properties);
  const infos = items.map(({ type }, index) =>
    full('infe', 0x0200_0000, u16(index + 1, 0), latin1(`${type}\0`)),
  );
  let next = 0;
  const associations = items.map((item, index) => {
    const numbers = item.properties.map(() => (next += 1));
    return Buffer.concat([u16(index + 1), u8(numbers.length), u8(...numbers.map((number) => 0x80 | number))]);
  });
  const links = references.map(([type, from, ...to]) => box(type, u16(from, to.length, ...to)));
  const meta = (start: number): Buffer => {
    let at = start;
    const places = items.map(({ data }, index) => {
      const place = Buffer.concat([u16(index + 1, 0, 1), u32(at, data.length)]);
      at += data.length;
      return place;
    });
    return full(
      'meta',
      0,
      full('hdlr', 0, u32(0), latin1('pict'), u32(0, 0, 0), u8(0)),
      full('pitm', 0, u16(1)),
      full('iloc', 0, u8(0x44, 0), u16(items.length), ...places),
      full('iinf', 0, u16(items.length), ...infos),
      box('iprp', box('ipco', ...properties), full('ipma', 0, u32(items.length), ...associations)),
      ...(links.length > 0 ? [full('iref', 0, ...links)] : []),
    );
  };
  const start = ftyp.length + meta(0).length + 8;
  return Buffer.concat([ftyp, meta(start), box('mdat', ...items.map(({ data }) => data))]);
}

/** The picture in `plain.heic`: its decoder configuration (a box) and its data. */
export function tile(): { hvcC: Buffer; data: Buffer } {
  const file = fixture('plain.heic');
  const part = (type: string): Buffer => {
    const at = file.indexOf(type, 0, 'latin1') - 4;
    return file.subarray(at, at + file.readUInt32BE(at));
  };
  return { hvcC: part('hvcC'), data: part('mdat').subarray(8) };
}

export const ispe = (width: number, height: number): Buffer => full('ispe', 0, u32(width, height));
/** Quarter turns against the clock. */
export const irot = (turns: number): Buffer => box('irot', u8(turns));
/** 0: top and bottom change places; 1: left and right. */
export const imir = (axis: number): Buffer => box('imir', u8(axis));
/** A part of the picture; `right` and `down` are how far its middle lies from the picture's. */
export const clap = (width: number, height: number, right: number, down: number): Buffer =>
  box('clap', u32(width, 1, height, 1, right, 1, down, 1));
/** Colors by numbers: primaries and transfer of ITU-T H.273. */
export const nclx = (primaries: number, transfer: number): Buffer =>
  box('colr', latin1('nclx'), u16(primaries, transfer, 6), u8(0x80));
export const auxC = (urn: string): Buffer => full('auxC', 0, latin1(`${urn}\0`));

/** The test photo with further properties. */
export function photoItem(...more: Buffer[]): Item {
  const { hvcC, data } = tile();
  return { type: 'hvc1', data, properties: [hvcC, ispe(160, 80), ...more] };
}

/** The boxes of a track whose pictures all are the test photo's data, which lies at `start`. (ISO/IEC 14496-12, 8) */
export function sequence(frames: number, start: number): Buffer {
  const { hvcC, data } = tile();
  const matrix = u32(0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000);
  const entry = box(
    'hvc1',
    Buffer.concat([u32(0), u16(0, 1), u32(0, 0, 0, 0), u16(160, 80), u32(0x48_0000, 0x48_0000, 0), u16(1)]),
    Buffer.concat([Buffer.alloc(32), u16(24, 0xffff), hvcC]),
  );
  const each = (value: number): number[] => Array.from({ length: frames }, () => value);
  const stbl = box(
    'stbl',
    full('stsd', 0, u32(1), entry),
    full('stts', 0, u32(1, frames, 1)),
    full('stsc', 0, u32(1, 1, 1, 1)),
    full('stsz', 0, u32(0, frames, ...each(data.length))),
    full('stco', 0, u32(frames, ...each(start))),
  );
  const dinf = box('dinf', full('dref', 0, u32(1), full('url ', 1)));
  const mdia = box(
    'mdia',
    full('mdhd', 0, u32(0, 0, 10, frames), u16(0x55c4, 0)),
    full('hdlr', 0, u32(0), latin1('pict'), u32(0, 0, 0), u8(0)),
    box('minf', full('vmhd', 1, u32(0, 0)), dinf, stbl),
  );
  const tkhd = full('tkhd', 3, u32(0, 0, 1, 0, frames, 0, 0, 0, 0), matrix, u32(160 << 16, 80 << 16));
  const mvhd = full(
    'mvhd',
    0,
    u32(0, 0, 10, frames, 0x1_0000, 0x100_0000, 0, 0),
    matrix,
    u32(0, 0, 0, 0, 0, 0, 2),
  );
  return box('moov', mvhd, box('trak', tkhd, mdia));
}

/** A grid of the test photo again and again, as phones write theirs of tiles. */
export function grid(columns: number, rows: number): HeifOptions {
  const [width, height] = [columns * 160, rows * 80];
  const tiles = Array.from({ length: columns * rows }, () => photoItem());
  return {
    items: [
      {
        type: 'grid',
        data: Buffer.concat([u8(0, 0, rows - 1, columns - 1), u16(width, height)]),
        properties: [ispe(width, height)],
      },
      ...tiles,
    ],
    references: [['dimg', 1, ...tiles.map((_, index) => index + 2)]],
  };
}
