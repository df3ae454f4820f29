// What MP4 and QuickTime say of their video. Only `moov` is looked into, and of it only what is no table of samples.
// (ISO/IEC 14496-12; https://developer.apple.com/documentation/quicktime-file-format)
import type { Gps } from '../../src/schema/photo.ts';
import type { Source } from '../source.ts';
import type { Size } from './format.ts';
import { boxesOf, childrenOf, contentOf, findBox, topBoxes, type Box } from './isobmff.ts';
import { utcTime, writtenPlace, writtenTime, type Video } from './video-facts.ts';
import { fragmentedSeconds } from './video-fragments.ts';

/** Seconds between 1904, where QuickTime's time begins, and 1970. */
const EPOCH_1904 = 2_082_844_800;
const MAX_TEXT = 500;
const XMP_ID = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex');

/** Undefined where there is no movie. */
export async function readMp4(source: Source): Promise<Video | undefined> {
  // Fragments may be thousands, and none says what the movie has not said.
  const top = await topBoxes(source, 'moof');
  const movie = await findBox(source, top, 'moov');
  if (!movie) return undefined;
  const boxes = await childrenOf(source, movie);
  const header = await findBox(source, boxes, 'mvhd');
  if (!header) return undefined;
  const { created, scale, seconds } = headerOf(await contentOf(source, header));
  const user = await findBox(source, boxes, 'udta');
  const inUser = user ? await childrenOf(source, user) : [];
  const said = await wordsOf(source, boxes, inUser);
  const size = largest(await Promise.all(boxes.map((box) => pictureSize(source, box))));
  const location = await findBox(source, inUser, 'loci');
  return {
    size,
    duration: seconds || (await fragmentedSeconds(source, { top, boxes, scale })),
    time: writtenTime(said.get('creationdate') ?? said.get('\u00a9day')) ?? utcTime(created),
    gps:
      writtenPlace(said.get('location.ISO6709') ?? said.get('\u00a9xyz')) ??
      (location && placeIn(await contentOf(source, location))),
    make: said.get('make') ?? said.get('\u00a9mak') ?? said.get('manufacturer'),
    model: said.get('model') ?? said.get('\u00a9mod'),
    title: said.get('title') ?? said.get('\u00a9nam'),
    xmp: await xmpIn(source, top, inUser),
  };
}

interface Header {
  /** Epoch milliseconds. */
  created: number;
  scale: number;
  /** 0 where the header does not say. */
  seconds: number;
}

/** The header of a movie: version 1 has 64 bits for times. */
function headerOf(content: Buffer): Header {
  const isLong = content[0] === 1;
  if (content.length < (isLong ? 32 : 20)) return { created: 0, scale: 0, seconds: 0 };
  const created = isLong ? Number(content.readBigUInt64BE(4)) : content.readUInt32BE(4);
  const scale = content.readUInt32BE(isLong ? 20 : 12);
  const duration = isLong ? content.readBigUInt64BE(24) : content.readUInt32BE(16);
  const isKnown = scale > 0 && duration !== 0xffff_ffff && duration !== 0xffff_ffff_ffff_ffffn;
  return {
    created: (created - EPOCH_1904) * 1000,
    scale,
    seconds: isKnown ? Number(duration) / scale : 0,
  };
}

/** A place as phones' older videos have it, behind its name. (3GPP TS 26.244, 8.4) */
function placeIn(content: Buffer): Gps | undefined {
  const name = content.subarray(6);
  const isWide = /^(?:\xfe\xff|\xff\xfe)/.test(name.toString('latin1', 0, 2));
  const letter = isWide ? 2 : 1;
  let end = 0;
  while (end + letter <= name.length && name.readUIntBE(end, letter) !== 0) end += letter;
  // After the name, what part the place has in the video, and its numbers with 16 bits behind the point.
  const at = end + letter + 1;
  if (name.length < at + 8) return undefined;
  const [longitude, latitude] = [name.readInt32BE(at) / 0x10000, name.readInt32BE(at + 4) / 0x10000];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}

/** What Adobe's and other programs add: in QuickTime as words of the user, in MP4 beside the movie. (XMP specification, part 3, 2.2) */
async function xmpIn(
  source: Source,
  top: readonly Box[],
  inUser: readonly Box[],
): Promise<Buffer | undefined> {
  const inMovie = await findBox(source, inUser, 'XMP_');
  if (inMovie) return contentOf(source, inMovie);
  for (const box of top.filter(({ type }) => type === 'uuid')) {
    const id = await source.read(box.start, XMP_ID.length);
    if (id.equals(XMP_ID)) return contentOf(source, { ...box, start: box.start + XMP_ID.length });
  }
  return undefined;
}

const largest = (sizes: readonly (Size | undefined)[]): Size | undefined =>
  sizes.reduce(
    (best, size) => (size && (!best || size.width * size.height > best.width * best.height) ? size : best),
    undefined,
  );

/** Upright, of a track of pictures; 0 x 0 where it does not say. */
async function pictureSize(source: Source, track: Box): Promise<Size | undefined> {
  if (track.type !== 'trak') return undefined;
  const boxes = await childrenOf(source, track);
  const handler = await findBox(source, boxes, 'mdia hdlr');
  const header = await findBox(source, boxes, 'tkhd');
  if (!handler || (await contentOf(source, handler)).toString('latin1', 8, 12) !== 'vide') return undefined;
  const content = header ? await contentOf(source, header) : Buffer.alloc(0);
  const matrixAt = content[0] === 1 ? 52 : 40;
  if (content.length < matrixAt + 44) return codedSize(source, boxes);
  const [a = 0, b = 0] = [content.readInt32BE(matrixAt), content.readInt32BE(matrixAt + 4)];
  const shown = { width: fixed(content, matrixAt + 36), height: fixed(content, matrixAt + 40) };
  const { width, height } = shown.width && shown.height ? shown : await codedSize(source, boxes);
  return Math.abs(b) > Math.abs(a) ? { width: height, height: width } : { width, height };
}

/** A number with 16 bits behind the point. */
const fixed = (content: Buffer, at: number): number => Math.round(content.readUInt32BE(at) / 0x10000);

/** As the description of the samples has it. */
async function codedSize(source: Source, boxes: readonly Box[]): Promise<Size> {
  const descriptions = await findBox(source, boxes, 'mdia minf stbl stsd');
  const content = descriptions ? await source.read(descriptions.start + 8, 36) : Buffer.alloc(0);
  return content.length < 36
    ? { width: 0, height: 0 }
    : { width: content.readUInt16BE(32), height: content.readUInt16BE(34) };
}

/** What a movie says in words: by the last part of Apple's and Android's names, or by the four letters of older ones. */
async function wordsOf(
  source: Source,
  inMovie: readonly Box[],
  inUser: readonly Box[],
): Promise<ReadonlyMap<string, string>> {
  const words = new Map<string, string>();
  for (const box of inUser) {
    if (!box.type.startsWith('\u00a9')) continue;
    // Length and language stand before the text.
    const content = await source.read(box.start, Math.min(box.end - box.start, MAX_TEXT));
    const length = content.length < 4 ? 0 : content.readUInt16BE(0);
    words.set(box.type, content.toString('utf8', 4, 4 + length).trim());
  }
  for (const meta of [...inMovie, ...inUser].filter(({ type }) => type === 'meta')) {
    for (const [name, text] of await keyedWords(source, meta)) words.set(name, text);
  }
  return words;
}

/** `keys` has the names, `ilst` the values, which refer to the names by their numbers. */
async function keyedWords(source: Source, meta: Box): Promise<[string, string][]> {
  // In MP4 it has a version before its boxes, in QuickTime not.
  const isQuickTime = (await source.read(meta.start + 4, 4)).toString('latin1') === 'hdlr';
  const boxes = await boxesOf(source, meta.start + (isQuickTime ? 0 : 4), meta.end);
  const [keys, list] = [await findBox(source, boxes, 'keys'), await findBox(source, boxes, 'ilst')];
  if (!keys || !list) return [];
  const names = await boxesOf(source, keys.start + 8, keys.end);
  const words: [string, string][] = [];
  for (const item of await childrenOf(source, list)) {
    const key = names[Buffer.from(item.type, 'latin1').readUInt32BE(0) - 1];
    const data = await findBox(source, await childrenOf(source, item), 'data');
    if (!key || !data) continue;
    const name = (await source.read(key.start, Math.min(key.end - key.start, MAX_TEXT))).toString('utf8');
    const text = await source.read(
      data.start + 8,
      Math.max(0, Math.min(data.end - data.start - 8, MAX_TEXT)),
    );
    words.push([name.replace(/^com\.(?:apple\.quicktime|android)\./, ''), text.toString('utf8').trim()]);
  }
  return words;
}
