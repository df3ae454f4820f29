// IPTC: captions, keywords and dates as press agencies have written them since 1991. (https://www.iptc.org/std/IIM/4.2/specification/IIMV4.2.pdf)
import ExifReader from 'exifreader';
import { newValues, type Values } from './tags.ts';
import { decoded } from './words.ts';

// The package is CommonJS to Node: only its default export is there by name.
// oxlint-disable-next-line import/no-named-as-default-member
const { loadView } = ExifReader;

const NAMES = [
  'Object Name',
  'Headline',
  'Caption/Abstract',
  'Keywords',
  'Date Created',
  'Time Created',
  'Digital Creation Date',
  'Digital Creation Time',
] as const;
const MAX_ITEMS = 1000;

/** A JPEG's segment for Photoshop: ExifReader looks for IPTC in one of these. */
function segmentOf(resources: Buffer): Buffer {
  const head = Buffer.from('\xff\xed\0\0Photoshop 3.0\0', 'latin1');
  head.writeUInt16BE(Math.min(head.length - 2 + resources.length, 0xffff), 2);
  return Buffer.concat([head, resources]);
}

/** `segment` is that of a JPEG with its marker. */
export function iptcInSegment(segment: Buffer): Values {
  const jpeg = Uint8Array.from(
    Buffer.concat([Buffer.from([0xff, 0xd8]), segment, Buffer.from([0xff, 0xd9])]),
  );
  const { iptc } = loadView(new DataView(jpeg.buffer), {
    expanded: true,
    includeTags: { iptc: [...NAMES] },
  });
  const values = newValues();
  for (const name of NAMES) {
    const found: unknown = iptc?.[name];
    const tags: unknown[] = Array.isArray(found) ? found : [found];
    const texts = tags
      .slice(0, MAX_ITEMS)
      .map(bytesOf)
      .filter((bytes) => bytes !== undefined);
    // As the bytes are, not as the block says they are encoded: many say nothing, and some say it wrongly.
    if (texts.length > 0) values[name] = texts.map((bytes) => decoded(bytes));
  }
  return values;
}

/** `resources` are Photoshop's, as a TIFF holds them. */
export const iptcInResources = (resources: Buffer): Values => iptcInSegment(segmentOf(resources));

/** `records` are IPTC and nothing else. */
export function iptcInRecords(records: Buffer): Values {
  const head = Buffer.from('8BIM\x04\x04\0\0\0\0\0\0', 'latin1');
  head.writeUInt32BE(records.length, 8);
  return iptcInResources(Buffer.concat([head, records]));
}

const bytesOf = (tag: unknown): Buffer | undefined =>
  typeof tag === 'object' && tag !== null && 'value' in tag && Array.isArray(tag.value)
    ? Buffer.from(tag.value as number[])
    : undefined;
