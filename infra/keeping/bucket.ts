// An S3 bucket, or what begins alike in it, as something to be taken in; also the originals of another Shoebox, with what they say of
// themselves. Every byte is read and hashed: what S3 says of an object is not taken for its contents.
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { decodeEventKey, parseOriginalKey } from '../../src/schema/keys.ts';
import { parseOriginalMetadata } from '../../src/schema/original.ts';
import { isSystem } from '../../src/schema/system-files.ts';
import { looksLikeSidecar } from '../../src/takeout/names.ts';
import { METADATA } from '../../src/takeout/plan.ts';
import { Problem } from '../problem.ts';
import { metadataAgain, Unreadable, type Finding, type Source } from './found.ts';

export interface Place {
  bucket: string;
  /** Empty for all of it. */
  prefix: string;
}

/** `s3://bucket/prefix`; undefined for what is no such address. */
export function placeOf(address: string): Place | undefined {
  const [, bucket, prefix = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(address) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

interface Listed {
  key: string;
  etag: string;
  lastModified: number;
}

/** Everything at a place. Throws a Problem when there is nothing that could be listed. */
export async function* inBucket(client: S3Client, { bucket, prefix }: Place): AsyncGenerator<Finding> {
  // As with a folder that is dropped: its own name is part of the path.
  const above = prefix.replace(/[^/]*\/?$/, '');
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, EncodingType: 'url' });
  try {
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', ETag = '', LastModified } of Contents) {
        const key = decodeEventKey(Key) ?? Key;
        // What consoles make in place of an empty folder.
        if (key.endsWith('/')) continue;
        yield lookAt(client, bucket, { key, etag: ETag, lastModified: LastModified?.getTime() ?? 0 }, above);
      }
    }
  } catch (error) {
    const { name } = error as Error;
    if (name === 'NoSuchBucket') throw new Problem(`There is no S3 bucket ${bucket}.`, { cause: error });
    if (name === 'PermanentRedirect') {
      throw new Problem(`The S3 bucket ${bucket} is in another Region: say which by --from-region.`, {
        cause: error,
      });
    }
    throw error;
  }
}

function lookAt(client: S3Client, bucket: string, listed: Listed, above: string): Finding {
  const { key } = listed;
  const folders = key.slice(above.length).split('/').filter(Boolean);
  const name = folders.pop() ?? key;
  if ([...folders, name].some(isSystem)) return { kind: 'system' };
  if (looksLikeSidecar(name) || name === METADATA) return { kind: 'sidecar' };
  const said = parseOriginalKey(key)?.photoId;
  const where = `s3://${bucket}/${key}`;
  const path = folders.join('/');
  const open = () => openObject(client, bucket, listed, said ? undefined : { name, path });
  return { kind: 'file', found: { where, open, ...(said && { said }) } };
}

/** `called` by its key, or else by its metadata. */
async function openObject(
  client: S3Client,
  Bucket: string,
  { key: Key, etag, lastModified }: Listed,
  called: { name: string; path: string } | undefined,
): Promise<Source> {
  // In another version than was listed, it is another object.
  const get = (Range?: string) =>
    client
      .send(new GetObjectCommand({ Bucket, Key, Range, ...(etag !== '' && { IfMatch: etag }) }))
      .catch((error: unknown) => {
        throw refusalOf(error);
      });
  let first: Awaited<ReturnType<typeof get>> | undefined = await get();
  const size = first.ContentLength ?? 0;
  const { Metadata = {} } = first;
  const stream = async (start: number, end: number): Promise<AsyncIterable<Uint8Array>> => {
    const whole = first && start === 0 && end === size ? first : undefined;
    if (whole) first = undefined;
    const { Body } = whole ?? (await get(`bytes=${start}-${end - 1}`));
    return (Body ?? []) as AsyncIterable<Uint8Array>;
  };
  return {
    size,
    metadata: called
      ? {
          name: called.name,
          lastModified: modifiedBy(Metadata) ?? lastModified,
          ...(called.path !== '' && { path: called.path }),
        }
      : metadataAgain(parseOriginalMetadata(Metadata)),
    async *read(start, end) {
      if (start === end) return;
      try {
        yield* await stream(start, end);
      } catch (error) {
        if (error instanceof Unreadable) throw error;
        throw new Unreadable('The connection broke while it was read: run this again.', { cause: error });
      }
    },
    // The address it was read by holds for these bytes only.
    check: async () => {},
    close: async () => {
      const body = first?.Body as { destroy?: () => void } | undefined;
      body?.destroy?.();
    },
  };
}

/** rclone and the AWS CLI's friends keep a file's own time, in seconds. */
function modifiedBy({ mtime }: Record<string, string>): number | undefined {
  const seconds = Number(mtime);
  return mtime !== undefined && seconds > 0 ? seconds * 1000 : undefined;
}

function refusalOf(error: unknown): unknown {
  const { name } = error as Error;
  const say = (why: string) => new Unreadable(why, { cause: error });
  if (name === 'InvalidObjectState')
    return say('It is archived: restore it in S3 first, then run this again.');
  if (name === 'NoSuchKey') return say('It has gone since the S3 bucket was listed.');
  if (name === 'PreconditionFailed' || name === '412')
    return say('It was replaced since the S3 bucket was listed: run this again.');
  if (name === 'AccessDenied') return say('These credentials may not read it.');
  return error;
}
