// What WebM and Matroska say of their video, in elements of EBML before the first cluster of frames.
// (RFC 8794 and RFC 9559: https://www.rfc-editor.org/rfc/rfc9559)
import type { Source } from '../source.ts';
import type { Size } from './format.ts';
import { utcTime, type Video } from './video-facts.ts';

interface Element {
  id: number;
  start: number;
  end: number;
}

const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const DATE = 0x4461;
const TITLE = 0x7ba9;
const TRACKS = 0x1654ae6b;
const TRACK = 0xae;
const VIDEO = 0xe0;
const [PIXEL_WIDTH, PIXEL_HEIGHT] = [0xb0, 0xba];
const [DISPLAY_WIDTH, DISPLAY_HEIGHT, DISPLAY_UNIT] = [0x54b0, 0x54ba, 0x54b2];
const PROJECTION = 0x7670;
const ROLL = 0x7675;
/** Clusters come one for each few seconds: far enough to look past some that stand before what is looked for. */
const MAX_ELEMENTS = 300;
/** Nanoseconds. */
const DEFAULT_SCALE = 1_000_000;
const EPOCH_2001 = Date.UTC(2001, 0);

/** Undefined where there are no tracks. */
export async function readWebm(source: Source): Promise<Video | undefined> {
  const top = await elementsOf(source, 0, source.bytes, [SEGMENT]);
  const segment = top.find(({ id }) => id === SEGMENT);
  if (!segment) return undefined;
  const parts = await elementsOf(source, segment.start, segment.end, [INFO, TRACKS]);
  const info = parts.find(({ id }) => id === INFO);
  const tracks = parts.find(({ id }) => id === TRACKS);
  if (!tracks) return undefined;
  let size: Size | undefined;
  for (const track of (await childrenOf(source, tracks)).filter(({ id }) => id === TRACK)) {
    const video = (await childrenOf(source, track)).find(({ id }) => id === VIDEO);
    if (video) size ??= await sizeOf(source, video);
  }
  return { size, ...(info && (await told(source, info))) };
}

async function told(source: Source, info: Element): Promise<Pick<Video, 'duration' | 'time' | 'title'>> {
  const read = await readerOf(source, info);
  const date = await read(DATE);
  const duration = floatOf(await read(DURATION));
  const title = (await read(TITLE))?.toString('utf8').replaceAll('\0', '').trim();
  return {
    duration: duration && (duration * (wholeOf(await read(TIMESTAMP_SCALE)) || DEFAULT_SCALE)) / 1e9,
    time: date?.length === 8 ? utcTime(EPOCH_2001 + Number(date.readBigInt64BE() / 1_000_000n)) : undefined,
    title,
  };
}

/** As it is to be shown: pixels need not be square, and spherical video tells by its roll that it lies on its side. */
async function sizeOf(source: Source, video: Element): Promise<Size> {
  const read = await readerOf(source, video);
  const coded = { width: wholeOf(await read(PIXEL_WIDTH)), height: wholeOf(await read(PIXEL_HEIGHT)) };
  // Any other unit is a length or a ratio.
  const isPixels = wholeOf(await read(DISPLAY_UNIT)) === 0;
  const shown = isPixels
    ? { width: wholeOf(await read(DISPLAY_WIDTH)), height: wholeOf(await read(DISPLAY_HEIGHT)) }
    : coded;
  const { width, height } = shown.width && shown.height ? shown : coded;
  const projection = (await childrenOf(source, video)).find(({ id }) => id === PROJECTION);
  const roll = projection ? floatOf(await (await readerOf(source, projection))(ROLL)) : 0;
  return Math.abs(roll ?? 0) === 90 ? { width: height, height: width } : { width, height };
}

const childrenOf = (source: Source, { start, end }: Element): Promise<Element[]> =>
  elementsOf(source, start, end);

/** Reads the value of a child by its id. */
async function readerOf(
  source: Source,
  parent: Element,
): Promise<(id: number) => Promise<Buffer | undefined>> {
  const children = await childrenOf(source, parent);
  return async (wanted) => {
    const child = children.find(({ id }) => id === wanted);
    return child && source.read(child.start, Math.min(child.end - child.start, 500));
  };
}

const wholeOf = (bytes: Buffer | undefined): number =>
  bytes && bytes.length > 0 && bytes.length <= 6 ? bytes.readUIntBE(0, bytes.length) : 0;

const floatOf = (bytes: Buffer | undefined): number | undefined =>
  bytes?.length === 4 ? bytes.readFloatBE() : bytes?.length === 8 ? bytes.readDoubleBE() : undefined;

/** The elements between `start` and `end`, until all that are wanted are there. */
async function elementsOf(
  source: Source,
  start: number,
  end: number,
  wanted: readonly number[] = [],
): Promise<Element[]> {
  const elements: Element[] = [];
  const missing = new Set(wanted);
  for (let at = start; at < end && elements.length < MAX_ELEMENTS;) {
    const header = await source.read(at, 12);
    const idBytes = lengthOf(header[0]);
    const sizeBytes = lengthOf(header[idBytes]);
    if (idBytes > 4 || sizeBytes > 8 || header.length < idBytes + sizeBytes) break;
    const id = header.readUIntBE(0, idBytes);
    const size = sizeIn(header.subarray(idBytes, idBytes + sizeBytes));
    const from = at + idBytes + sizeBytes;
    // An unknown size lasts to the end: only the segment and clusters of a stream have one.
    const to = size === undefined ? end : Math.min(from + size, end);
    elements.push({ id, start: from, end: to });
    missing.delete(id);
    if (wanted.length > 0 && missing.size === 0) break;
    at = to;
  }
  return elements;
}

/** The first byte's leading zeros tell how many bytes a number has; 9 for none. */
const lengthOf = (first: number | undefined): number => (first ? Math.clz32(first) - 23 : 9);

/** Undefined for all ones: unknown. */
function sizeIn(bytes: Buffer): number | undefined {
  const ones = (1n << BigInt(bytes.length * 7)) - 1n;
  const value = BigInt(`0x${bytes.toString('hex')}`) & ones;
  return value === ones ? undefined : Number(value);
}
