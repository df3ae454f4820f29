// XMP: what programs write about a photo, as RDF in XML. (https://developer.adobe.com/xmp/docs/XMPSpecifications)
import ExifReader from 'exifreader';
import { lazily } from './lazily.ts';
import { newValues, type Values } from './tags.ts';

// The package is CommonJS to Node: only its default export is there by name.
// oxlint-disable-next-line import/no-named-as-default-member
const { loadView } = ExifReader;

/** Properties by their names without prefix, as ExifReader gives them. */
const NAMES = [
  'Make',
  'Model',
  'Lens',
  'LensModel',
  'ExposureTime',
  'FNumber',
  'ISOSpeedRatings',
  'PhotographicSensitivity',
  'FocalLength',
  'DateTimeOriginal',
  'DateCreated',
  'CreateDate',
  'GPSLatitude',
  'GPSLongitude',
  'GPSTimeStamp',
  'Rating',
  'RatingPercent',
  'title',
  'Headline',
  'description',
  'UserComment',
  'subject',
  'ProjectionType',
  'MotionPhoto',
  'MicroVideo',
  'HDRGainMapVersion',
] as const;
/** The version of a gain map: `Version` alone could be that of anything. (https://helpx.adobe.com/camera-raw/using/gain-map.html) */
const GAIN_MAP = /\bhdrgm:Version\b/;
/** No writer of XMP needs one, and entities are declared there. */
const DOCTYPE = /<!(?:DOCTYPE|ENTITY)/i;
const MAX_ITEMS = 1000;
/** What is not quite XML is read all the same, but not rubbish. */
const MAX_ERRORS = 20;
/** Every program declares a few dozen; each inside another costs the parser all those around it once more. */
const MAX_NAMESPACES = 1000;
/** ExifReader knows a packet by its beginning. (XMP specification, part 1, 7.3.2) */
const PACKET = '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>';

interface Parser {
  parseFromString: (xml: string, type: string) => unknown;
}

/** Many photos have no XMP. */
const parser = lazily<Parser>(async () => {
  const { DOMParser } = await import('@xmldom/xmldom');
  return {
    parseFromString: (xml, type) => {
      let errors = 0;
      const onError = (_level: string, message: string): void => {
        if (++errors > MAX_ERRORS) throw new SyntaxError(message);
      };
      return new DOMParser({ onError }).parseFromString(xml, type);
    },
  };
});

/** The XML in a block, without what stands around it in its container. */
function xmlIn(block: Buffer): Buffer {
  const root = ['<x:xmpmeta', '<x:xapmeta', '<rdf:RDF'].find((tag) => block.includes(tag));
  if (root === undefined) throw new SyntaxError('XMP without RDF');
  const end = block.lastIndexOf(`</${root.slice(1)}>`);
  if (end < 0) throw new SyntaxError('XMP without an end');
  const xml = block.subarray(block.indexOf(root), end + root.length + 2);
  // Further packets in a packet would keep ExifReader busy for hours.
  if (xml.includes('<?xpacket')) throw new SyntaxError('XMP within XMP');
  const text = xml.toString('latin1');
  if (DOCTYPE.test(text)) throw new SyntaxError('XMP with a document type');
  if (text.split('xmlns', MAX_NAMESPACES + 2).length > MAX_NAMESPACES + 1)
    throw new SyntaxError('XMP with too many namespaces');
  return xml;
}

/** `block` is a packet and whatever its container puts around it. Throws when it cannot be read. */
export async function xmpValues(block: Buffer): Promise<Values> {
  const xml = xmlIn(block);
  const domParser = await parser();
  const packet = Uint8Array.from(Buffer.concat([Buffer.from(PACKET), xml]));
  let broken: unknown;
  const { xmp } = loadView(new DataView(packet.buffer), {
    expanded: true,
    includeTags: { xmp: true },
    domParser: {
      parseFromString: (text, type) => {
        try {
          return domParser.parseFromString(text, type);
        } catch (error) {
          // ExifReader says nothing about what it could not read; it may mend the text and come again.
          broken = error;
          throw error;
        }
      },
    },
  });
  const values = newValues();
  for (const name of NAMES) {
    const tag: unknown = Object.hasOwn(xmp ?? {}, name) ? xmp?.[name] : undefined;
    if (typeof tag === 'object' && tag !== null && 'value' in tag) values[name] = textOf(tag.value);
  }
  if (GAIN_MAP.test(xml.toString('latin1'))) values['HDRGainMapVersion'] = '1';
  // A parser's own words may hold some of the photo's, and end in a log.
  if (broken !== undefined && Object.keys(values).length === 0)
    throw new SyntaxError('XMP is not in order', { cause: broken });
  return values;
}

/** Text, or a list of texts; of what has several languages the default one comes first. */
function textOf(value: unknown): string | string[] | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  return value
    .slice(0, MAX_ITEMS)
    .map((item: { value?: unknown } | undefined) => item?.value)
    .filter((item) => typeof item === 'string');
}
