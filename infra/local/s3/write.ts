// PutObject and CopyObject: the only ways, with a completed multipart upload, in which a key gets an object. See delete.ts for the rest.
import { createReadStream } from 'node:fs';
import { requireActive } from './archive.ts';
import { receive, writeAll } from './body.ts';
import { notifies } from './bucket.ts';
import { missing, requireNoBody, requireRead, sendXml, type Call } from './call.ts';
import { ALGORITHMS, checksumElement, startChecksum, type Algorithm } from './checksums.ts';
import { describe, storageClassOf, writtenHeaders } from './describe.ts';
import { invalidArgument, invalidRequest, notImplemented, preconditionFailed, S3Error } from './errors.ts';
import { findObject } from './read.ts';
import type { Change, Description, StoredObject, Versions } from './object.ts';
import { newId } from './store.ts';
import { answer, element } from './xml.ts';

/** S3 knows `If-None-Match` only as `*`. `If-Match` is needed here with one ETag, and where an object is put in one piece. */
export function checkConditions({ headers }: Call, known: readonly string[] = ['if-none-match']): void {
  const noneMatch = headers.get('if-none-match');
  if (noneMatch !== undefined && noneMatch !== '*') throw notImplemented('If-None-Match with an ETag');
  for (const name of ['if-match', 'if-modified-since', 'if-unmodified-since'])
    if (headers.has(name) && !known.includes(name)) throw notImplemented(`${name} on writes`);
  if (!headers.has('if-match')) return;
  if (noneMatch !== undefined) throw notImplemented('If-Match together with If-None-Match');
  if (!ETAG.test(headers.get('if-match') ?? '')) throw notImplemented('If-Match with anything but one ETag');
}

const ETAG = /^"?[^",*]+"?$/;

const exists = (versions: Versions): boolean => versions[0] !== undefined && !versions[0].marker;

/**
 * Before a large body is read, and again when it is put in its place. Where two writers meet AWS may answer 409; ours take
 * turns, so that the second always finds the first one's object.
 */
export function requireConditions(call: Call, versions: Versions): void {
  const { headers, bucket, key } = call;
  if (headers.has('if-none-match') && exists(versions)) throw preconditionFailed();
  const match = headers.get('if-match');
  if (match === undefined) return;
  // Whether it matches tells something of the object that is there.
  requireRead(call, bucket, key);
  const [current] = versions;
  if (!current || current.marker) throw missing(call, bucket);
  if (current.etag !== match.replaceAll('"', '')) throw preconditionFailed();
}

/** Puts bytes that are already stored under the call's key. A file that is refused here is removed again. */
export async function commitObject(
  call: Call,
  stored: Omit<StoredObject, 'id' | 'modified' | 'marker'>,
  eventName: string,
  completes?: Change['completes'],
): Promise<StoredObject> {
  const { bucket, key, store } = call;
  const object: StoredObject = {
    id: bucket.versioned ? newId() : 'null',
    modified: call.now(),
    marker: false,
    ...stored,
  };
  try {
    await store.change(bucket.name, key, (versions) => {
      requireConditions(call, versions);
      const versionId = bucket.versioned ? { versionId: object.id } : {};
      return {
        versions: bucket.versioned ? [object, ...versions] : [object],
        ...(notifies(bucket, eventName, key)
          ? { event: { eventName, size: object.size, ...versionId } }
          : {}),
        ...(completes ? { completes } : {}),
      };
    });
    return object;
  } catch (error) {
    await store.files.remove([object.file]);
    throw error;
  }
}

export async function putObject(call: Call): Promise<void> {
  const { request, response, headers, verified, bucket, key, store } = call;
  checkConditions(call, ['if-none-match', 'if-match']);
  const description = describe(headers);
  requireConditions(call, await store.versions(bucket.name, key));
  const { file, result } = await store.files.create((handle) =>
    receive(request, headers, verified.payload, (chunk) => writeAll(handle, chunk)),
  );
  const object = await commitObject(call, { file, ...result, ...description }, 'ObjectCreated:Put');
  response.writeHead(200, { ...writtenHeaders(object), 'content-length': '0' }).end();
}

/** `bucket/key` or `/bucket/key`, percent-encoded, perhaps with `?versionId=`. */
function parseSource(header: string): { bucketName: string; key: string; versionId?: string } {
  const [path = '', versionId] = header.replace(/^\//, '').split(/\?versionId=(?=[^?]*$)/);
  const slash = path.indexOf('/');
  try {
    const key = decodeURIComponent(path.slice(slash + 1));
    if (slash < 1 || key === '') throw invalidArgument('Invalid copy source object key');
    return { bucketName: decodeURIComponent(path.slice(0, slash)), key, ...(versionId ? { versionId } : {}) };
  } catch (error) {
    if (error instanceof URIError) throw invalidArgument('Invalid copy source encoding.');
    throw error;
  }
}

function describeCopy({ headers }: Call, source: StoredObject): Description {
  const directive = headers.get('x-amz-metadata-directive') ?? 'COPY';
  if (directive === 'REPLACE') return describe(headers);
  if (directive !== 'COPY') throw invalidArgument('Unknown metadata directive.');
  return { headers: source.headers, metadata: source.metadata, storageClass: storageClassOf(headers) };
}

function wantedChecksum({ headers }: Call): Algorithm | undefined {
  const named = headers.get('x-amz-checksum-algorithm')?.toLowerCase();
  const algorithm = ALGORITHMS.find((each) => each === named);
  if (named !== undefined && !algorithm) throw notImplemented(`the checksum ${named}`);
  return algorithm;
}

export async function copyObject(call: Call): Promise<void> {
  requireNoBody(call);
  checkConditions(call);
  const { headers, store } = call;
  const { bucketName, key, versionId } = parseSource(headers.get('x-amz-copy-source') ?? '');
  const bucket = call.buckets.get(bucketName);
  if (!bucket) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
  requireRead(call, bucket, key, versionId);
  const source = await findObject(call, bucket, key, versionId);
  requireActive(source, call.time());
  const description = describeCopy(call, source);
  const itself = bucket === call.bucket && key === call.key && versionId === undefined;
  if (itself && headers.get('x-amz-metadata-directive') !== 'REPLACE' && !headers.has('x-amz-storage-class'))
    throw invalidRequest('This copy request is illegal because it copies an object to itself unchanged.');

  const wanted = wantedChecksum(call);
  const running = wanted && startChecksum(wanted);
  const { file } = await store.files.create(async (handle) => {
    for await (const chunk of createReadStream(store.files.path(source.file))) {
      running?.update(chunk as Buffer);
      await writeAll(handle, chunk);
    }
  });
  const { size, etag } = source;
  // Asked for one, S3 computes it of the whole object, also where the source was made of parts.
  const checksum = wanted && running ? { algorithm: wanted, value: running.value() } : source.checksum;
  const object = await commitObject(
    call,
    { file, size, etag, ...(checksum ? { checksum } : {}), ...description },
    'ObjectCreated:Copy',
  );
  const body = answer('CopyObjectResult', [
    element('LastModified', new Date(object.modified).toISOString()),
    element('ETag', `"${object.etag}"`),
    ...(checksum ? [element(checksumElement(checksum), checksum.value)] : []),
  ]);
  sendXml(call, body, {
    ...writtenHeaders(object),
    ...(source.id === 'null' ? {} : { 'x-amz-copy-source-version-id': source.id }),
  });
}
