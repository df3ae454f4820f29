// Copies of originals within S3, which says the hash of what it has copied: nothing comes by this computer.
import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { checksumOfPhotoId, type PhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { placeIn, type Library } from './library.ts';

/** Fails with a BadCopy where the bytes are not the photo's; false where there is one already. */
export async function copyOriginal(
  from: string,
  photoId: PhotoId,
  to: Library,
  versionId?: string,
): Promise<boolean> {
  const { bucket, storageClass } = placeIn(to);
  const source = `${bucket}/${from}`.split('/').map(encodeURIComponent).join('/');
  try {
    const { CopyObjectResult } = await to.s3.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: originalKey(to.owner, photoId),
        CopySource: versionId === undefined ? source : `${source}?versionId=${versionId}`,
        ChecksumAlgorithm: 'SHA256',
        StorageClass: storageClass,
        IfNoneMatch: '*',
      }),
    );
    if (CopyObjectResult?.ChecksumSHA256 === checksumOfPhotoId(photoId)) return true;
    const why = 'Its bytes are not those of its hash: the original is damaged, and so is the copy.';
    throw Object.assign(new Error(why), { name: 'BadCopy' });
  } catch (error) {
    const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === 412) return false;
    throw error;
  }
}
