// Puts the built page into its S3 bucket: what others refer to first, and last what refers to them. What is no longer part of it is kept
// for a week, because a page that was opened before may still ask for it.
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Config } from '../src/schema/config.ts';
import { cacheControl, contentType, SERVICE_WORKER, uploadOrder } from './site-files.ts';

/** CloudFront answers from its cache for one second, its cache policy's minimum, also what is stored with no-cache. */
const EDGE_MINIMUM_MS = 2000;
const WEEK_MS = 7 * 24 * 3600 * 1000;
/** In an object's metadata: it was put again the moment something else came in its place, so its age counts from there. */
const REPLACED = 'replaced';

export interface Page {
  bucket: string;
  /** The folder of the build. */
  dist: string;
  config: Config;
}

export async function filesOfPage(dist: string): Promise<string[]> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const built = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
  return [...new Set([...built, 'config.json'])];
}

/** All keys of the S3 bucket. */
export async function storedFiles(s3: S3Client, Bucket: string): Promise<string[]> {
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return keys;
}

export async function uploadPage(
  s3: S3Client,
  { bucket, dist, config }: Page,
  { now, pause }: { now: number; pause: (milliseconds: number) => Promise<unknown> },
): Promise<{ uploaded: number; removed: number }> {
  const files = await filesOfPage(dist);
  for (const group of uploadOrder(files)) {
    // Who gets the new service worker must not get the old page from the edge along with it.
    if (group.includes(SERVICE_WORKER)) await pause(EDGE_MINIMUM_MS);
    await Promise.all(
      group.map(async (file) =>
        s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: file,
            Body: file === 'config.json' ? JSON.stringify(config) : await readFile(join(dist, file)),
            ContentType: contentType(file),
            CacheControl: cacheControl(file),
          }),
        ),
      ),
    );
  }
  const current = new Set(files);
  const others = (await storedFiles(s3, bucket)).filter((key) => !current.has(key));
  let removed = 0;
  for (const key of others) if (await retire(s3, bucket, key, now)) removed++;
  return { uploaded: files.length, removed };
}

/** True when its week is over, and it is gone. */
async function retire(s3: S3Client, Bucket: string, Key: string, now: number): Promise<boolean> {
  const {
    Metadata = {},
    LastModified,
    ContentType,
    CacheControl,
  } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  if (Metadata[REPLACED] === undefined) {
    await s3.send(
      new CopyObjectCommand({
        Bucket,
        Key,
        CopySource: `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`,
        MetadataDirective: 'REPLACE',
        Metadata: { [REPLACED]: 'yes' },
        ContentType,
        CacheControl,
      }),
    );
    return false;
  }
  if (!LastModified || LastModified.getTime() > now - WEEK_MS) return false;
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  return true;
}
