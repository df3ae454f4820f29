// What a photo says about itself: the blocks of metadata in its files become tags, and these what a row tells of camera, place and words.
import type { Gps, Flag, Place } from '../../src/schema/photo.ts';
import { blocksOf, tiffIn, type Block } from './blocks.ts';
import { describe, type Words } from './describe.ts';
import { flagsOf } from './flags.ts';
import { gpsOf } from './gps.ts';
import { iptcInRecords, iptcInResources, iptcInSegment } from './iptc.ts';
import { placeOf } from './places.ts';
import { pngTextOf, pngTimeOf, profileIn } from './png-text.ts';
import { merged, newValues, type Tags, type Values } from './tags.ts';
import { isTiff, tiffTags } from './tiff-tags.ts';
import { xmpValues } from './xmp.ts';
import { zoneOf } from './zone.ts';

export interface Described extends Words {
  gps?: Gps;
  place?: Place;
}

/** What a photo says about itself. */
export interface Told {
  described: Described;
  flags: readonly Flag[];
  tags: Tags;
  /** The IANA time zone of the place, where there is one on land. */
  zone?: string;
}

export const nothingTold: Told = { described: {}, flags: [], tags: {} };

/** Of the texts that a PNG may have. (https://www.w3.org/TR/png-3/#11keywords) */
const PNG_KEYWORDS: ReadonlySet<string> = new Set(['Creation Time', 'Title', 'Description']);

const MAX_PACKETS = 2;

type Warn = (message: string, error: unknown) => void;

/** Reads whole files or TIFF-shaped blocks, the most trustworthy first. Never throws: a photo with broken metadata is still a photo. */
export async function readMetadata(documents: readonly Buffer[], warn: Warn): Promise<Told> {
  let tags: Tags = {};
  for (const document of documents) tags = merged(tags, await tagsOf(document, warn));
  const gps = gpsOf(tags);
  const told: Told = { described: describe(tags), flags: flagsOf(tags), tags };
  if (!gps) return told;
  told.described.gps = gps;
  try {
    told.zone = await zoneOf(gps);
    told.described.place = await placeOf(gps);
  } catch (error) {
    warn('the place cannot be named', error);
  }
  return told;
}

async function tagsOf(document: Buffer, warn: Warn): Promise<Tags> {
  if (document.length === 0) return {};
  const tiff = isTiff(document)
    ? document
    : document.toString('latin1', 0, 6) === 'Exif\0\0' && tiffIn(document);
  if (tiff) return tagsOfTiff(tiff, warn);
  let blocks: Block[] = [];
  try {
    blocks = await blocksOf(document, (why) => warn('metadata is skipped', why));
  } catch (error) {
    warn('metadata cannot be found', error);
  }
  let tags: Tags = {};
  let packets = 0;
  for (const found of blocks) {
    try {
      const block = unfolded(found);
      // Parsing XML takes its time, and more than one packet is nobody's way of writing.
      if (block.kind === 'xmp' && ++packets > MAX_PACKETS) continue;
      tags = merged(tags, await tagsOfBlock(block, warn));
    } catch (error) {
      warn(`${found.kind} cannot be read`, error);
    }
  }
  return tags;
}

/** A text of a PNG may be a whole block of another kind. */
function unfolded(block: Block): Block {
  const isText = block.kind === 'png' || block.bytes.toString('latin1', 4, 8) === 'iTXt';
  const text = isText ? pngTextOf(block.bytes) : undefined;
  return (text && profileIn(text)) ?? block;
}

async function tagsOfBlock({ kind, bytes }: Block, warn: Warn): Promise<Tags> {
  switch (kind) {
    case 'exif': {
      const tiff = tiffIn(bytes);
      if (!tiff) throw new SyntaxError('no TIFF header');
      return tagsOfTiff(tiff, warn);
    }
    case 'xmp':
      return { xmp: await xmpValues(bytes) };
    case 'iptc':
      return { iptc: bytes[0] === 0xff ? iptcInSegment(bytes) : iptcInResources(bytes) };
    case 'png':
      return { png: tagsOfPng(bytes) };
  }
}

function tagsOfPng(chunk: Buffer): Values {
  const values = newValues();
  const text = pngTextOf(chunk);
  if (text && PNG_KEYWORDS.has(text.keyword)) values[text.keyword] = text.text;
  const time = pngTimeOf(chunk);
  if (time !== undefined) values['tIME'] = time;
  return values;
}

async function tagsOfTiff(tiff: Buffer, warn: Warn): Promise<Tags> {
  const { exif, xmp, iptc, photoshop } = tiffTags(tiff);
  let tags: Tags = { exif };
  try {
    if (xmp) tags = merged(tags, { xmp: await xmpValues(xmp) });
  } catch (error) {
    warn('xmp cannot be read', error);
  }
  try {
    if (iptc) tags = merged(tags, { iptc: iptcInRecords(iptc) });
    else if (photoshop) tags = merged(tags, { iptc: iptcInResources(photoshop) });
  } catch (error) {
    warn('iptc cannot be read', error);
  }
  return tags;
}
