// Canon's CR3: boxes as in a video, with TIFF blocks for EXIF, and JPEGs in boxes of their own and as a track.
// (https://github.com/lclevy/canon_cr3)
import type { Source } from '../source.ts';
import type { Size } from './format.ts';
import { childrenOf, findBox, sourceOf, topBoxes, type Box } from './isobmff.ts';
import type { Place, RawParts } from './raw-parts.ts';
import { tiffBlock } from './tiff-block.ts';
import {
  IMAGE_LENGTH,
  IMAGE_WIDTH,
  numberOf,
  openTiff,
  ORIENTATION,
  readDirectory,
  XMP as XMP_TAG,
} from './tiff.ts';

const CANON = '85c0b687820f11e08111f4ce462b6a48';
const PREVIEW = 'eaf42b5e1c984b88b9fbb7dc406e4d16';
const XMP = 'be7acfcb97a942e89c71999491e3afac';
const UUID_BYTES = 16;
/** Between the name of the preview's box and the box in it. */
const PREVIEW_SKIP = UUID_BYTES + 8;
/** What stands before the JPEG in a box of one is sizes, mostly; they differ between versions. */
const MAX_PREFIX = 64;
/** Main directory, EXIF and GPS; the one left out is the maker note. */
const BLOCKS = ['CMT1', 'CMT2', 'CMT4'];
const MAX_BLOCK_BYTES = 1_000_000;

export async function cr3Parts(source: Source): Promise<RawParts> {
  const top = await topBoxes(source);
  const movie = await findBox(source, top, 'moov');
  const inMovie = movie ? await childrenOf(source, movie) : [];
  const canon = await inUuid(source, inMovie, CANON, UUID_BYTES);
  const preview = await inUuid(source, top, PREVIEW, PREVIEW_SKIP);
  const pictures = [...canon, ...preview].filter(({ type }) => type === 'THMB' || type === 'PRVW');
  const tracks = inMovie.filter(({ type }) => type === 'trak');
  const places = await Promise.all([
    ...pictures.map((box) => jpegIn(source, box)),
    ...tracks.map((track) => firstSample(source, track)),
  ]);
  const blocks = BLOCKS.map((name) => canon.find(({ type }) => type === name)).filter(isThere);
  const xmp = await findUuid(source, top, XMP);
  return {
    places: places.filter(isThere),
    documents: [
      ...(await Promise.all(blocks.map((box) => contentAfter(source, box, 0)))),
      ...(xmp ? [tiffBlock([[XMP_TAG, await contentAfter(source, xmp, UUID_BYTES)]])] : []),
    ],
    ...(await mainTags(source, blocks[0])),
  };
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

const contentAfter = (source: Source, { start, end }: Box, skip: number): Promise<Buffer> =>
  source.read(start + skip, Math.max(0, Math.min(end - start - skip, MAX_BLOCK_BYTES)));

async function findUuid(source: Source, boxes: readonly Box[], uuid: string): Promise<Box | undefined> {
  for (const box of boxes) {
    if (box.type === 'uuid' && (await source.read(box.start, UUID_BYTES)).toString('hex') === uuid)
      return box;
  }
  return undefined;
}

async function inUuid(source: Source, boxes: readonly Box[], uuid: string, skip: number): Promise<Box[]> {
  const box = await findUuid(source, boxes, uuid);
  return box ? childrenOf(source, box, skip) : [];
}

async function jpegIn(source: Source, { start, end }: Box): Promise<Place | undefined> {
  const prefix = (await source.read(start, Math.min(end - start, MAX_PREFIX))).indexOf(
    '\xff\xd8\xff',
    0,
    'latin1',
  );
  return prefix < 0 ? undefined : { at: start + prefix, length: end - start - prefix };
}

/** Of each track there is one sample: the photo as a JPEG, or as the sensor saw it. */
async function firstSample(source: Source, track: Box): Promise<Place | undefined> {
  const table = await findBox(source, [track], 'trak mdia minf stbl');
  if (!table) return undefined;
  const boxes = await childrenOf(source, table);
  const content = async (type: string): Promise<Buffer> => {
    const box = boxes.find((candidate) => candidate.type === type);
    return box ? contentAfter(source, box, 0) : Buffer.alloc(0);
  };
  const [sizes, short, long] = [await content('stsz'), await content('stco'), await content('co64')];
  if (sizes.length < 12) return undefined;
  const same = sizes.readUInt32BE(4);
  const length = same > 0 ? same : sizes.length >= 16 ? sizes.readUInt32BE(12) : 0;
  if (long.length >= 16) return { at: Number(long.readBigUInt64BE(8)), length };
  return short.length >= 12 ? { at: short.readUInt32BE(8), length } : undefined;
}

async function mainTags(
  source: Source,
  block: Box | undefined,
): Promise<{ orientation?: number; size?: Size }> {
  const opened = block && (await openTiff(sourceOf(source, block)));
  const directory = opened && (await readDirectory(opened.tiff, opened.first));
  if (!directory) return {};
  const [orientation, width, height] = await Promise.all(
    [ORIENTATION, IMAGE_WIDTH, IMAGE_LENGTH].map((id) => numberOf(opened.tiff, directory.tags, id)),
  );
  return { orientation, size: width && height ? { width, height } : undefined };
}
