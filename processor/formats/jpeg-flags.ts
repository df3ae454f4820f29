// What a JPEG carries beside its picture: a short video behind it, or a map that makes it brighter. Found by structure; what
// the file says of itself in XMP is the business of its metadata.
// (https://developer.android.com/media/platform/motion-photo-format, CIPA DC-007 for MPF, ISO 21496-1)
import type { Flag } from '../../src/schema/photo.ts';
import { within, type Source } from '../source.ts';
import { readJpegHeader, type JpegHeader } from './jpeg.ts';
import { directoriesOf, openTiff } from './tiff.ts';

const APP1 = 0xe1;
const APP2 = 0xe2;
const MPF = 'MPF\0';
const MP_ENTRY = 0xb002;
const MP_ENTRY_BYTES = 16;
/** A photo, its map, a few previews. */
const MAX_PICTURES = 16;
const MAX_SEGMENT_BYTES = 65_536;
/** Google's, ISO's and Apple's names of such a map, in the segments of the picture that is one. */
const GAIN_MAPS = ['http://ns.adobe.com/hdr-gain-map/', 'urn:iso:std:iso:ts:21496:-1', ':aux:hdrgainmap'];
/** `ftyp` is followed by what kind of video it is; its length, before it, is small. */
const MAX_HEAD_BYTES = 256;
const MAX_HITS = 1000;

export async function jpegFlags(source: Source, held: Buffer): Promise<Flag[]> {
  const header = await readJpegHeader(source);
  if (!header) return [];
  const flags: Flag[] = [];
  if (hasVideo(held, header.end)) flags.push('motion');
  if (await hasGainMap(source, header)) flags.push('hdr');
  return flags;
}

/** Whether there is an MP4 behind the picture, as Google and Samsung append them. */
function hasVideo(held: Buffer, from: number): boolean {
  let hits = 0;
  for (let at = held.indexOf('ftyp', from); at >= 4 && hits++ < MAX_HITS; at = held.indexOf('ftyp', at + 4)) {
    const length = held.readUInt32BE(at - 4);
    const brand = held.toString('latin1', at + 4, at + 8);
    // Pixels may spell anything, but hardly all of this.
    if (length >= 16 && length <= MAX_HEAD_BYTES && length % 4 === 0 && /^[\w ]{4}$/.test(brand)) {
      const next = at - 4 + length;
      if (/^(?:moov|mdat|free|skip|wide|uuid|meta)$/.test(held.toString('latin1', next + 4, next + 8)))
        return true;
    }
  }
  return false;
}

/** Whether one of the further pictures of the file says that it is a gain map. */
async function hasGainMap(source: Source, { segments }: JpegHeader): Promise<boolean> {
  for (const at of await furtherPictures(source, segments)) {
    const header = await readJpegHeader(within(source, at, source.bytes - at));
    for (const { marker, start, length } of header?.segments ?? []) {
      if (marker !== APP1 && marker !== APP2) continue;
      const content = await source.read(at + start, Math.min(length, MAX_SEGMENT_BYTES));
      if (GAIN_MAPS.some((name) => content.includes(name))) return true;
    }
  }
  return false;
}

/** Where the pictures after the first are, by the index of the Multi-Picture Format. */
async function furtherPictures(source: Source, segments: JpegHeader['segments']): Promise<number[]> {
  for (const { marker, start, length } of segments) {
    if (marker !== APP2 || (await source.read(start, 4)).toString('latin1') !== MPF) continue;
    const base = start + MPF.length;
    const opened = await openTiff(within(source, base, length - MPF.length));
    const [index] = opened ? await directoriesOf(opened.tiff, opened.first) : [];
    const entries = index?.get(MP_ENTRY);
    if (!opened || !entries) return [];
    const bytes = await opened.tiff.source.read(
      entries.at,
      Math.min(entries.bytes, MAX_PICTURES * MP_ENTRY_BYTES),
    );
    const places: number[] = [];
    for (let at = MP_ENTRY_BYTES; at + MP_ENTRY_BYTES <= bytes.length; at += MP_ENTRY_BYTES) {
      places.push(base + (opened.tiff.little ? bytes.readUInt32LE(at + 8) : bytes.readUInt32BE(at + 8)));
    }
    return places;
  }
  return [];
}
