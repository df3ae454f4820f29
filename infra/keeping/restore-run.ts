// What can be had back: photos that were deleted, out of the versions that S3 keeps for 30 days; and what their owner wrote, out of a
// table that DynamoDB has brought back beside the real one.
import { HeadObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { PhotoId } from '../../src/schema/ids.ts';
import { originalKey, originalPrefix, parseOriginalKey } from '../../src/schema/keys.ts';
import { parseOriginalMetadata } from '../../src/schema/original.ts';
import { parseSocialRow } from '../../src/schema/social.ts';
import { inLanes } from '../reprocess-run.ts';
import { copyOriginal } from './copies.ts';
import type { Library } from './library.ts';
import { bringEdits, liveRows, ownRows, putRow } from './edits.ts';
import { rowsIn } from './rows.ts';

export interface Deleted {
  photoId: PhotoId;
  versionId: string;
  bytes: number;
  /** Epoch milliseconds. */
  deletedAt: number;
}

/** Photos whose newest version is a mark that they are deleted, and the bytes before that. */
export async function* deletedIn({ s3, config, owner }: Library): AsyncGenerator<Deleted> {
  /** By key: since when it is deleted. A page may end between the mark and what it marks. */
  const marked = new Map<string, number>();
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectVersionsCommand({
        Bucket: config.originalsBucket,
        Prefix: originalPrefix(owner),
        KeyMarker,
        VersionIdMarker,
      }),
    );
    for (const { Key = '', IsLatest, LastModified } of page.DeleteMarkers ?? [])
      if (IsLatest) marked.set(Key, LastModified?.getTime() ?? 0);
    for (const { Key = '', VersionId = '', Size = 0 } of page.Versions ?? []) {
      const [photo, deletedAt] = [parseOriginalKey(Key), marked.get(Key)];
      // The first is the newest.
      marked.delete(Key);
      if (photo && deletedAt !== undefined)
        yield { photoId: photo.photoId, versionId: VersionId, bytes: Size, deletedAt };
    }
    KeyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
    VersionIdMarker = page.IsTruncated ? page.NextVersionIdMarker : undefined;
  } while (KeyMarker !== undefined);
}

export async function nameOf(
  { s3, config, owner }: Library,
  { photoId, versionId }: Deleted,
): Promise<string> {
  const { Metadata } = await s3.send(
    new HeadObjectCommand({
      Bucket: config.originalsBucket,
      Key: originalKey(owner, photoId),
      VersionId: versionId,
    }),
  );
  return parseOriginalMetadata(Metadata).name;
}

/** Where it was, as a new object: so S3 tells the processor, which brings row and pictures back. */
export const bringBack = (library: Library, { photoId, versionId }: Deleted): Promise<boolean> =>
  copyOriginal(originalKey(library.owner, photoId), photoId, library, versionId);

export interface RowsBack {
  photos: number;
  social: number;
}

/**
 * From tables of the same shape, of another time or another stack: only what nobody has written since. Of another identity, what is not
 * its owner's alone stays behind, as when a library is moved.
 */
export async function bringRowsBack(
  library: Library,
  { photos, social }: { photos?: Library | undefined; social?: Library | undefined },
  run: { lanes: number; signal: AbortSignal },
): Promise<RowsBack> {
  const back: RowsBack = { photos: 0, social: 0 };
  if (photos) {
    await inLanes(liveRows(photos), run, async (item) => {
      if (await bringEdits(item, library)) back.photos += 1;
    });
  }
  if (social) {
    const rows = social.owner === library.owner ? standingRows(social) : ownRows(social);
    await inLanes(rows, run, async (item) => {
      if (await putRow(item, library)) back.social += 1;
    });
  }
  return back;
}

async function* standingRows(library: Library): AsyncGenerator<Record<string, unknown>> {
  for await (const item of rowsIn(library, library.config.socialTable)) {
    const row = parseSocialRow(item);
    if (row && row.deletedAt === undefined) yield item;
  }
}
