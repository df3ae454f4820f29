// ListObjectsV2 and ListObjectVersions: keys in UTF-8 order, folded at a delimiter, page by page.
import { restoreOf } from './archive.ts';
import { requireNoBody, sendXml, wholeNumber, type Call } from './call.ts';
import { awsEncode } from '../http.ts';
import { invalidArgument, notImplemented } from './errors.ts';
import type { StoredObject, Version } from './object.ts';
import type { Store } from './store.ts';
import { answer, element, type Xml } from './xml.ts';

/** Where a page ended: after a key, or after all keys of a common prefix. */
type Position = { after: string } | { past: string };

type Entry = { key: string; object: StoredObject } | { prefix: string };

/** Continuation tokens are opaque to clients; these need no memory on the server. */
const writeToken = (position: Position): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

function readToken(token: string): Position {
  try {
    const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof position === 'object' && position !== null) {
      if ('after' in position && typeof position.after === 'string') return { after: position.after };
      if ('past' in position && typeof position.past === 'string') return { past: position.past };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidArgument('The continuation token provided is incorrect');
}

async function* entries(
  store: Store,
  bucket: string,
  prefix: string,
  delimiter: string | undefined,
  start: Position | undefined,
): AsyncGenerator<Entry> {
  let from: Position | undefined = start;
  for (;;) {
    let folded: string | undefined;
    for await (const [key, [current]] of store.scan(bucket, { prefix, ...from })) {
      if (!current || current.marker) continue;
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      if (end < 0) yield { key, object: current };
      else {
        folded = key.slice(0, end + (delimiter ?? '').length);
        break;
      }
    }
    if (folded === undefined) return;
    yield { prefix: folded };
    from = { past: folded };
  }
}

const restoreElements = (object: StoredObject, time: number): Xml[] => {
  const restore = restoreOf(object, time);
  if (!restore) return [];
  const until = restore.ongoing ? [] : [element('RestoreExpiryDate', new Date(restore.until).toISOString())];
  return [element('RestoreStatus', [element('IsRestoreInProgress', restore.ongoing), ...until])];
};

const objectElements = (key: string, object: StoredObject): Xml[] => [
  element('Key', key),
  element('LastModified', new Date(object.modified).toISOString()),
  element('ETag', `"${object.etag}"`),
  ...(object.checksum ? [element('ChecksumAlgorithm', object.checksum.algorithm.toUpperCase())] : []),
  element('Size', object.size),
  element('StorageClass', object.storageClass),
];

export async function listObjects(call: Call): Promise<void> {
  requireNoBody(call);
  const { query, bucket, store } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') || undefined;
  const maxKeys = Math.min(1000, wholeNumber(call, 'max-keys', 0, 2 ** 31 - 1) ?? 1000);
  const encodingType = query.get('encoding-type');
  if (encodingType !== undefined && encodingType !== 'url') throw invalidArgument('Invalid Encoding Method');
  const encode = (text: string): string => (encodingType ? awsEncode(text).replaceAll('%2F', '/') : text);
  const optional = call.headers.get('x-amz-optional-object-attributes');
  const restores = optional === 'RestoreStatus';
  if (optional !== undefined && !restores) throw notImplemented(`the attributes "${optional}"`);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const start = token ? readToken(token) : startAfter ? { after: startAfter } : undefined;

  const page: Entry[] = [];
  let truncated = false;
  if (maxKeys > 0)
    for await (const entry of entries(store, bucket.name, prefix, delimiter, start)) {
      truncated = page.length === maxKeys;
      if (truncated) break;
      page.push(entry);
    }
  const last = page.at(-1);
  const next = truncated && last && writeToken('key' in last ? { after: last.key } : { past: last.prefix });
  const body = answer('ListBucketResult', [
    element('Name', bucket.name),
    element('Prefix', encode(prefix)),
    ...(delimiter ? [element('Delimiter', encode(delimiter))] : []),
    element('MaxKeys', maxKeys),
    ...(encodingType ? [element('EncodingType', encodingType)] : []),
    element('KeyCount', page.length),
    element('IsTruncated', truncated),
    ...(token ? [element('ContinuationToken', token)] : []),
    ...(next ? [element('NextContinuationToken', next)] : []),
    ...(startAfter ? [element('StartAfter', encode(startAfter))] : []),
    ...page.map((entry) =>
      'key' in entry
        ? element('Contents', [
            ...objectElements(encode(entry.key), entry.object),
            ...(restores ? restoreElements(entry.object, call.time()) : []),
          ])
        : element('CommonPrefixes', [element('Prefix', encode(entry.prefix))]),
    ),
  ]);
  sendXml(call, body);
}

function versionElement(key: string, version: Version, latest: boolean): Xml {
  const common = [element('VersionId', version.id), element('IsLatest', latest)];
  return version.marker
    ? element('DeleteMarker', [
        element('Key', key),
        ...common,
        element('LastModified', new Date(version.modified).toISOString()),
      ])
    : element('Version', [...objectElements(key, version), ...common]);
}

export async function listVersions(call: Call): Promise<void> {
  requireNoBody(call);
  const { query, bucket, store } = call;
  const prefix = query.get('prefix') ?? '';
  const maxKeys = Math.min(1000, wholeNumber(call, 'max-keys', 0, 2 ** 31 - 1) ?? 1000);
  const after = query.get('key-marker') || undefined;
  const resumed = query.get('version-id-marker') || undefined;
  if (resumed !== undefined && after === undefined)
    throw invalidArgument('A version-id marker cannot be specified without a key marker.');
  if (resumed !== undefined) throw notImplemented('pages that end between the versions of one key');

  const page: Xml[] = [];
  let last: string | undefined;
  let truncated = false;
  if (maxKeys > 0)
    for await (const [key, versions] of store.scan(bucket.name, { prefix, ...(after ? { after } : {}) })) {
      // A page ends between keys, so that the key alone says where the next begins; it always takes one.
      truncated = page.length > 0 && page.length + versions.length > maxKeys;
      if (truncated) break;
      page.push(...versions.map((version, index) => versionElement(key, version, index === 0)));
      last = key;
    }
  const body = answer('ListVersionsResult', [
    element('Name', bucket.name),
    element('Prefix', prefix),
    element('KeyMarker', after ?? ''),
    element('MaxKeys', maxKeys),
    element('IsTruncated', truncated),
    ...(truncated && last !== undefined ? [element('NextKeyMarker', last)] : []),
    ...page,
  ]);
  sendXml(call, body);
}
