// Deletes an S3 bucket with all that is in it: every version, every delete marker, every unfinished upload.
import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Problem } from './problem.ts';

export async function deleteBucket(s3: S3Client, Bucket: string): Promise<void> {
  // The first page each time: what was on it is gone.
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].flatMap(({ Key, VersionId }) =>
      Key === undefined ? [] : [{ Key, VersionId }],
    );
    if (Objects.length === 0) break;
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const [error] = Errors;
    if (error) {
      throw new Problem(
        `S3 did not delete ${error.Key} from ${Bucket} (${error.Code}: ${error.Message}). What is left there can be deleted in the AWS console.`,
      );
    }
  }
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  for (const { Key, UploadId } of Uploads)
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
}
