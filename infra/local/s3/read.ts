// GetObject and HeadObject: conditions, one range, overrides of headers, versions and delete markers.
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { requireReadable, restoreOf } from './archive.ts';
import type { BucketSpec } from './bucket.ts';
import { missing, requireNoBody, type Call } from './call.ts';
import { httpDate, objectHeaders } from './describe.ts';
import { invalidArgument, notImplemented, preconditionFailed, S3Error } from './errors.ts';
import type { StoredObject } from './object.ts';

/** The object a reader asks for, or the refusal S3 has for one that is not there. */
export async function findObject(
  call: Call,
  bucket: BucketSpec,
  key: string,
  versionId: string | undefined,
): Promise<StoredObject> {
  const versions = await call.store.versions(bucket.name, key);
  if (versionId === '') throw invalidArgument('Version id cannot be the empty string');
  const found = versionId === undefined ? versions[0] : versions.find((version) => version.id === versionId);
  if (found && !found.marker) return found;
  if (found && versionId !== undefined)
    throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      'x-amz-delete-marker': 'true',
      'x-amz-version-id': found.id,
      allow: 'DELETE',
      'last-modified': httpDate(found.modified),
    });
  throw missing(call, bucket, () =>
    versionId === undefined
      ? new S3Error(
          404,
          'NoSuchKey',
          'The specified key does not exist.',
          found && { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.id },
        )
      : new S3Error(404, 'NoSuchVersion', 'The specified version does not exist.'),
  );
}

const names = (list: string, etag: string): boolean =>
  list.split(',').some((part) => ['*', etag, `"${etag}"`].includes(part.trim().replace(/^W\//, '')));

/** Whether the reader has this very object already; throws when it asked for another than this. */
function isUnchanged(headers: ReadonlyMap<string, string>, { etag, modified }: StoredObject): boolean {
  const [match, noneMatch] = [headers.get('if-match'), headers.get('if-none-match')];
  const [since, unmodifiedSince] = [headers.get('if-modified-since'), headers.get('if-unmodified-since')];
  const second = Math.floor(modified / 1000) * 1000;
  if (match !== undefined && !names(match, etag)) throw preconditionFailed();
  if (match === undefined && unmodifiedSince !== undefined && second > Date.parse(unmodifiedSince))
    throw preconditionFailed();
  if (noneMatch !== undefined) return names(noneMatch, etag);
  return since !== undefined && second <= Date.parse(since);
}

interface Range {
  start: number;
  /** Included. */
  end: number;
}

/** Undefined for none and for what is no range at all, which S3 ignores. */
function parseRange(header: string | undefined, size: number): Range | undefined {
  if (header === undefined) return undefined;
  if (/^bytes=.*,/.test(header)) throw notImplemented('several ranges at once');
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (from === undefined || to === undefined || from + to === '') return undefined;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const range =
    from === ''
      ? { start: Math.max(0, size - Number(to)), end: size - 1 }
      : { start: Number(from), end: Math.min(to === '' ? Infinity : Number(to), size - 1) };
  if (range.start >= size || (from === '' && Number(to) === 0))
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
      'content-range': `bytes */${size}`,
    });
  return range;
}

function overrides(query: ReadonlyMap<string, string>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of query) {
    if (!name.startsWith('response-')) continue;
    if (/[^\t\x20-\x7e]/.test(value)) throw invalidArgument(`${name} must be ASCII.`);
    found[name.slice('response-'.length)] = value;
  }
  return found;
}

function restoreHeader(object: StoredObject, time: number): Record<string, string> {
  const restore = restoreOf(object, time);
  if (!restore) return {};
  const until = restore.ongoing ? '' : `, expiry-date="${httpDate(restore.until)}"`;
  return { 'x-amz-restore': `ongoing-request="${restore.ongoing}"${until}` };
}

/** Opens an object's bytes; one replaced just now is looked up once more. */
async function openObject(call: Call): Promise<{ object: StoredObject; handle: FileHandle }> {
  const versionId = call.query.get('versionId');
  for (let attempt = 1; ; attempt++) {
    const object = await findObject(call, call.bucket, call.key, versionId);
    try {
      return { object, handle: await open(call.store.files.path(object.file)) };
    } catch (error) {
      const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!gone || attempt === 3) throw error;
    }
  }
}

export async function getObject(call: Call): Promise<void> {
  requireNoBody(call);
  const { request, response, headers } = call;
  const { object, handle } = await openObject(call);
  try {
    const mode = headers.get('x-amz-checksum-mode');
    if (mode !== undefined && mode !== 'ENABLED')
      throw invalidArgument('x-amz-checksum-mode must be ENABLED');
    const unchanged = isUnchanged(headers, object);
    const range = unchanged ? undefined : parseRange(headers.get('range'), object.size);
    if (request.method !== 'HEAD') requireReadable(object, call.time());
    const about = {
      ...objectHeaders(object, mode !== undefined && !range),
      ...restoreHeader(object, call.time()),
      ...overrides(call.query),
    };
    if (unchanged) {
      response.writeHead(304, about).end();
      return;
    }
    const { start, end } = range ?? { start: 0, end: object.size - 1 };
    response.writeHead(range ? 206 : 200, {
      ...about,
      'content-length': String(end - start + 1),
      ...(range ? { 'content-range': `bytes ${start}-${end}/${object.size}` } : {}),
    });
    if (request.method === 'HEAD' || object.size === 0) response.end();
    else await pipeline(handle.createReadStream({ start, end, autoClose: false }), response);
  } finally {
    await handle.close();
  }
}
