// The little XML that S3 speaks: elements out, and the list of parts in.
import { S3Error } from './errors.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** Ready-made XML, as opposed to text that has to be escaped. */
export interface Xml {
  xml: string;
}

export function element(
  name: string,
  content: string | number | boolean | readonly Xml[],
  xmlns?: string,
): Xml {
  const inner =
    typeof content === 'object'
      ? content.map(({ xml }) => xml).join('')
      : String(content).replaceAll(/[&<>"\r]/g, (letter) => ESCAPES[letter] ?? letter);
  return { xml: `<${name}${xmlns ? ` xmlns="${xmlns}"` : ''}>${inner}</${name}>` };
}

export const xmlDocument = ({ xml }: Xml): string => `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;

export const errorDocument = (error: S3Error, resource: string, requestId: string): string =>
  xmlDocument(
    element('Error', [
      element('Code', error.code),
      element('Message', error.message),
      element('Resource', resource),
      element('RequestId', requestId),
      element('HostId', 'shoebox'),
    ]),
  );

/** The root of S3's answers. */
export const answer = (name: string, children: readonly Xml[]): string =>
  xmlDocument(element(name, children, 'http://s3.amazonaws.com/doc/2006-03-01/'));

export interface NamedPart {
  number: number;
  etag: string;
  checksums: Readonly<Record<string, string>>;
}

const malformed = (): S3Error =>
  new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate.');

const LEAF = /<([A-Za-z0-9]+)>([^<>]*)<\/\1>/gy;

const unescape = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&#34;', '"').replaceAll('&amp;', '&');

/** The leaves of one `<Part>`; any other content is malformed. */
function partOf(inner: string): NamedPart {
  const leaves = new Map<string, string>();
  const text = inner.replaceAll(/>\s+</g, '><').trim();
  let end = 0;
  for (const [whole, name = '', value = ''] of text.matchAll(LEAF)) {
    leaves.set(name, unescape(value.trim()));
    end += whole.length;
  }
  const number = Number(leaves.get('PartNumber'));
  const etag = leaves.get('ETag')?.replaceAll('"', '');
  if (end !== text.length || !Number.isInteger(number) || etag === undefined) throw malformed();
  const checksums = [...leaves].filter(([name]) => name.startsWith('Checksum'));
  if (checksums.length + 2 !== leaves.size) throw malformed();
  return {
    number,
    etag,
    checksums: Object.fromEntries(checksums.map(([name, value]) => [name.slice(8).toLowerCase(), value])),
  };
}

/** The body of CompleteMultipartUpload. */
export function parseParts(xml: string): NamedPart[] {
  const root =
    /^(?:<\?xml[^>]*\?>)?\s*<CompleteMultipartUpload(?:\s[^>]*)?>(.*)<\/CompleteMultipartUpload>\s*$/s;
  const inner = root.exec(xml)?.[1];
  if (inner === undefined) throw malformed();
  const parts = [...inner.matchAll(/<Part>(.*?)<\/Part>/gs)].map((match) => partOf(match[1] ?? ''));
  if (parts.length === 0 || inner.replaceAll(/<Part>.*?<\/Part>/gs, '').trim() !== '') throw malformed();
  return parts;
}
