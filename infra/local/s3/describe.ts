// What a writer says about an object in headers, and how it is said again to readers.
import { checksumHeader } from './checksums.ts';
import { invalidArgument, notImplemented, S3Error } from './errors.ts';
import type { Description, StoredObject } from './object.ts';

const KEPT = [
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'cache-control',
  'expires',
];
const STORAGE_CLASSES = new Set([
  'STANDARD',
  'INTELLIGENT_TIERING',
  'STANDARD_IA',
  'ONEZONE_IA',
  'GLACIER_IR',
  'REDUCED_REDUNDANCY',
  'DEEP_ARCHIVE',
]);
const METADATA = 'x-amz-meta-';
const METADATA_BYTES = 2048;

export function storageClassOf(headers: ReadonlyMap<string, string>): string {
  const storageClass = headers.get('x-amz-storage-class') ?? 'STANDARD';
  if (storageClass === 'GLACIER') throw notImplemented(`the storage class ${storageClass}`);
  if (!STORAGE_CLASSES.has(storageClass))
    throw new S3Error(400, 'InvalidStorageClass', 'The storage class you specified is not valid');
  return storageClass;
}

export function describe(headers: ReadonlyMap<string, string>): Description {
  const encryption = headers.get('x-amz-server-side-encryption');
  if (encryption !== undefined && encryption !== 'AES256')
    throw notImplemented(`encryption with ${encryption}`);
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    // aws-chunked is how the body travelled, not what it is.
    const value = headers
      .get(name)
      ?.split(',')
      .map((part) => part.trim());
    const text =
      name === 'content-encoding'
        ? value?.filter((part) => part !== 'aws-chunked').join(',')
        : headers.get(name);
    if (text) kept[name] = text;
  }
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of headers) {
    if (!name.startsWith(METADATA)) continue;
    const short = name.slice(METADATA.length);
    // Node reads header bytes as Latin-1; S3 takes non-ASCII for UTF-8 and gives it back encoded, which nobody expects.
    if (!/^[\x20-\x7e]*$/.test(value)) throw invalidArgument(`Metadata ${short} must be ASCII.`);
    metadata[short] = value;
    bytes += short.length + value.length;
  }
  if (bytes > METADATA_BYTES)
    throw new S3Error(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
    );
  return { headers: kept, metadata, storageClass: storageClassOf(headers) };
}

export const httpDate = (time: number): string => new Date(time).toUTCString();

/** Headers of an answer about a stored object, without its length. */
export function objectHeaders(object: StoredObject, withChecksum: boolean): Record<string, string> {
  return {
    'content-type': 'binary/octet-stream',
    ...object.headers,
    ...Object.fromEntries(Object.entries(object.metadata).map(([name, value]) => [METADATA + name, value])),
    'accept-ranges': 'bytes',
    etag: `"${object.etag}"`,
    'last-modified': httpDate(object.modified),
    'x-amz-server-side-encryption': 'AES256',
    ...(object.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': object.storageClass }),
    ...(object.id === 'null' ? {} : { 'x-amz-version-id': object.id }),
    ...(withChecksum && object.checksum
      ? {
          [checksumHeader(object.checksum)]: object.checksum.value,
          'x-amz-checksum-type': object.checksum.value.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT',
        }
      : {}),
  };
}

/** Headers of the answer to a write. */
export const writtenHeaders = (object: StoredObject): Record<string, string> => ({
  etag: `"${object.etag}"`,
  'x-amz-server-side-encryption': 'AES256',
  ...(object.id === 'null' ? {} : { 'x-amz-version-id': object.id }),
  ...(object.checksum ? { [checksumHeader(object.checksum)]: object.checksum.value } : {}),
});
