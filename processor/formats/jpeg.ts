// The segments before a JPEG's pixels: how large it is, which way is up, and whether it is one that can be shown at all.
// (ITU-T T.81, annex B: https://www.w3.org/Graphics/JPEG/itu-t81.pdf)
import { within, type Source } from '../source.ts';
import type { Size } from './format.ts';
import { numberOf, openTiff, ORIENTATION, readDirectory } from './tiff.ts';

export interface Segment {
  /** The second byte of its marker: 0xe1 for APP1. */
  marker: number;
  /** Its contents, without marker and length. */
  start: number;
  length: number;
}

export interface JpegHeader extends Size {
  segments: readonly Segment[];
  /** Where they end, and the pixels begin. */
  end: number;
  /** Of the first picture as EXIF has it; undefined when it says nothing. */
  orientation?: number;
}

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
/** Baseline, extended and progressive; the others are lossless, arithmetic or hierarchical, and no decoder here reads them. */
const SHOWN_FRAMES = new Set([0xc0, 0xc1, 0xc2]);
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Honest files have a few dozen segments; profiles and maps in pieces make it more. */
const MAX_STEPS = 500;

/** What stands before the pixels of the JPEG that begins at `start`; undefined for none, and for one that cannot be shown. */
export async function readJpegHeader(source: Source, start = 0): Promise<JpegHeader | undefined> {
  const first = await source.read(start, 3);
  if (first.toString('latin1') !== '\xff\xd8\xff') return undefined;
  const segments: Segment[] = [];
  let size: Size | undefined;
  let at = start + 2;
  for (let step = 0; step < MAX_STEPS; step++) {
    const head = await source.read(at, 9);
    if (head.length < 4 || head[0] !== 0xff) break;
    const marker = head.readUInt8(1);
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) break;
    const length = head.readUInt16BE(2);
    if (length < 2) break;
    segments.push({ marker, start: at + 4, length: length - 2 });
    if (isFrame(marker)) {
      if (head.length < 9 || !SHOWN_FRAMES.has(marker) || head[4] !== 8) return undefined;
      size ??= { width: head.readUInt16BE(7), height: head.readUInt16BE(5) };
    }
    at += 2 + length;
  }
  if (!size?.width || !size.height) return undefined;
  return { ...size, segments, end: at, orientation: await exifOrientation(source, segments) };
}

async function exifOrientation(source: Source, segments: readonly Segment[]): Promise<number | undefined> {
  for (const { marker, start, length } of segments) {
    if (marker !== 0xe1 || (await source.read(start, 6)).toString('latin1') !== 'Exif\0\0') continue;
    const opened = await openTiff(within(source, start + 6, length - 6));
    const directory = opened && (await readDirectory(opened.tiff, opened.first));
    const orientation = directory && (await numberOf(opened.tiff, directory.tags, ORIENTATION));
    return orientation && orientation <= 8 ? orientation : undefined;
  }
  return undefined;
}
