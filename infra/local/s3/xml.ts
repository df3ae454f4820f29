// The little XML that S3 speaks: elements out; lists of parts, and of what is to be deleted, in.
import { notImplemented, S3Error } from './errors.ts';

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

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

const unescape = (text: string): string =>
  text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w*));?/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      const letter = name === undefined ? letterOf(code) : ENTITIES.get(name);
      if (letter === undefined || !whole.endsWith(';')) throw malformed();
      return letter;
    },
  );

const letterOf = (code: number): string | undefined =>
  code <= 0x10ffff ? String.fromCodePoint(code) : undefined;

/** The leaves of an element that has nothing else in it, each once. */
function leavesOf(inner: string): Map<string, string> {
  const leaves = new Map<string, string>();
  const text = inner.replaceAll(/>\s+</g, '><').trim();
  let end = 0;
  for (const [whole, name = '', value = ''] of text.matchAll(LEAF)) {
    if (leaves.has(name)) throw malformed();
    leaves.set(name, unescape(value));
    end += whole.length;
  }
  if (end !== text.length) throw malformed();
  return leaves;
}

/** What is within a document's root, which has this name. */
function rootOf(name: string, xml: string): string {
  const root = new RegExp(`^(?:<\\?xml[^>]*\\?>)?\\s*<${name}(?:\\s[^>]*)?>(.*)</${name}>\\s*$`, 's');
  const inner = root.exec(xml)?.[1];
  if (inner === undefined) throw malformed();
  return inner;
}

function partOf(inner: string): NamedPart {
  const leaves = leavesOf(inner);
  const number = Number(leaves.get('PartNumber')?.trim());
  const etag = leaves.get('ETag')?.trim().replaceAll('"', '');
  if (!Number.isInteger(number) || etag === undefined) throw malformed();
  const checksums = [...leaves].filter(([name]) => name.startsWith('Checksum'));
  if (checksums.length + 2 !== leaves.size) throw malformed();
  return {
    number,
    etag,
    checksums: Object.fromEntries(
      checksums.map(([name, value]) => [name.slice(8).toLowerCase(), value.trim()]),
    ),
  };
}

/** The body of CompleteMultipartUpload. */
export function parseParts(xml: string): NamedPart[] {
  const inner = rootOf('CompleteMultipartUpload', xml);
  const parts = [...inner.matchAll(/<Part>(.*?)<\/Part>/gs)].map((match) => partOf(match[1] ?? ''));
  if (parts.length === 0 || inner.replaceAll(/<Part>.*?<\/Part>/gs, '').trim() !== '') throw malformed();
  return parts;
}

export interface NamedObject {
  key: string;
  versionId?: string;
}

/** So many keys are in a batch at most. */
const MOST_OBJECTS = 1000;

function objectOf(inner: string): NamedObject {
  const leaves = leavesOf(inner);
  const key = leaves.get('Key');
  const versionId = leaves.get('VersionId');
  if (!key || Buffer.byteLength(key) > 1024 || versionId === '') throw malformed();
  const strange = [...leaves.keys()].find((name) => name !== 'Key' && name !== 'VersionId');
  if (strange !== undefined) throw notImplemented(`"${strange}" in DeleteObjects`);
  return { key, ...(versionId === undefined ? {} : { versionId }) };
}

/** The body of DeleteObjects. */
export function parseDelete(xml: string): { objects: NamedObject[]; quiet: boolean } {
  const inner = rootOf('Delete', xml);
  const objects = [...inner.matchAll(/<Object>(.*?)<\/Object>/gs)].map((match) => objectOf(match[1] ?? ''));
  if (objects.length === 0 || objects.length > MOST_OBJECTS) throw malformed();
  const rest = leavesOf(inner.replaceAll(/<Object>.*?<\/Object>/gs, ''));
  const quiet = rest.get('Quiet') ?? 'false';
  if (rest.size > (rest.has('Quiet') ? 1 : 0) || !/^(?:true|false)$/.test(quiet)) throw malformed();
  return { objects, quiet: quiet === 'true' };
}

/** The body of RestoreObject. */
export function parseRestore(xml: string): { days: number; tier: string } {
  const JOB = /<GlacierJobParameters>(.*?)<\/GlacierJobParameters>/s;
  const inner = rootOf('RestoreRequest', xml);
  const job = leavesOf(JOB.exec(inner)?.[1] ?? '');
  const rest = leavesOf(inner.replace(JOB, ''));
  const strange = [
    ...[...rest.keys()].filter((name) => name !== 'Days'),
    ...[...job.keys()].filter((name) => name !== 'Tier'),
  ];
  if (strange.length > 0) throw notImplemented(`"${strange[0]}" in RestoreObject`);
  const days = Number(rest.get('Days'));
  if (!Number.isInteger(days) || days < 1) throw malformed();
  return { days, tier: job.get('Tier') ?? 'Standard' };
}
