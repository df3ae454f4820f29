// A photo's way: put as the page puts it, told to the processor, measured, drawn, and read back by its owner.
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { checksumOfPhotoId, type PhotoId } from '../../src/schema/ids.ts';
import { keepingOf, writtenClassOf } from '../../src/schema/keeping.ts';
import { originalKey, renditionKey, RENDITIONS } from '../../src/schema/keys.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { CHANGES_INDEX, parsePhotoRow } from '../../src/schema/photo.ts';
import { eventually, Finding, type Examination } from './findings.ts';
import { makePicture } from './picture.ts';
import type { Target } from './target.ts';
import type { Visitor } from './visitor.ts';

export interface Waiting {
  /** Milliseconds that something may take which AWS does when it can. */
  patience: number;
  pause: (milliseconds: number) => Promise<unknown>;
}

/** As the page puts an original. */
export const originalOf = (
  { config }: Target,
  { identityId }: Visitor,
  { bytes, photoId }: { bytes: Uint8Array; photoId: PhotoId },
): PutObjectCommand['input'] => ({
  Bucket: config.originalsBucket,
  Key: originalKey(identityId, photoId),
  Body: bytes,
  ContentType: 'application/octet-stream',
  ChecksumSHA256: checksumOfPhotoId(photoId),
  IfNoneMatch: '*',
  StorageClass: writtenClassOf(keepingOf(config)),
  Metadata: buildOriginalMetadata({ name: 'examined.png' }),
});

/** Gives the photo that is ready in the end; undefined where it does not come so far. */
export async function examinePhotos(
  examination: Examination,
  target: Target,
  visitor: Visitor,
  waiting: Waiting,
): Promise<PhotoId | undefined> {
  const { config } = target;
  const { identityId, originals, library, dynamodb } = visitor;
  const picture = makePicture();
  const { photoId } = picture;
  const Key = originalKey(identityId, photoId);
  examination.chapter('A photo');

  const stored = await examination.look('is stored as the page stores it', async () => {
    await originals.send(new PutObjectCommand(originalOf(target, visitor, picture)));
    return true;
  });
  if (!stored) {
    examination.skip('becomes ready');
    return undefined;
  }
  await examination.look('is not stored a second time', async () => {
    const again = await originals.send(new PutObjectCommand(originalOf(target, visitor, picture))).then(
      () => 'allowed',
      (error: unknown) => (error as Error).name,
    );
    if (again !== 'PreconditionFailed') throw new Finding(`To put it once more was ${again}.`);
  });
  await examination.look('comes back as it was, from the class it was stored in', async () => {
    // S3 tells no class of what lies in STANDARD.
    const { Body, StorageClass = 'STANDARD' } = await originals.send(
      new GetObjectCommand({ Bucket: config.originalsBucket, Key }),
    );
    const bytes = await Body?.transformToByteArray();
    if (!bytes || !picture.bytes.equals(bytes)) throw new Finding('What comes back has other bytes.');
    if (StorageClass !== writtenClassOf(keepingOf(config))) throw new Finding(`It lies in ${StorageClass}.`);
  });
  const ready = await examination.look('becomes ready: S3 tells the processor, which writes its row', () =>
    eventually(async () => {
      const { Item } = await dynamodb.send(
        new GetCommand({
          TableName: config.photosTable,
          Key: { owner: identityId, photoId },
          ConsistentRead: true,
        }),
      );
      const row = parsePhotoRow(Item);
      if (!row || !('status' in row)) {
        const cure = 'Look at the log of the processor in CloudWatch, and at the failure queue.';
        throw new Finding(`After ${waiting.patience / 1000} seconds there is no row. ${cure}`);
      }
      if (row.status !== 'ready') throw new Finding(`Its row says "${row.failure?.code}".`);
      if (row.width !== 640 || row.bytes !== picture.bytes.length)
        throw new Finding('It was measured wrong.');
      return true;
    }, waiting),
  );
  if (!ready) return undefined;

  await examination.look('is found by what has changed, as a sync does', async () => {
    const { Items = [] } = await dynamodb.send(
      new QueryCommand({
        TableName: config.photosTable,
        IndexName: CHANGES_INDEX,
        ConsistentRead: true,
        KeyConditionExpression: '#owner = :me',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':me': identityId },
      }),
    );
    if (Items.length !== 1) throw new Finding(`There are ${Items.length} rows instead of one.`);
  });
  await examination.look('has its pictures, which browsers may keep for themselves', async () => {
    for (const rendition of RENDITIONS) {
      const { ContentType, CacheControl = '' } = await library.send(
        new HeadObjectCommand({
          Bucket: config.libraryBucket,
          Key: renditionKey(identityId, photoId, rendition),
        }),
      );
      if (ContentType !== 'image/webp') throw new Finding(`${rendition} is stored as ${ContentType}.`);
      if (!/private/.test(CacheControl) || !/immutable/.test(CacheControl))
        throw new Finding(`${rendition} is kept as "${CacheControl}".`);
    }
  });
  return photoId;
}
