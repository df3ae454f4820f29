// The page that uploads are compared with in the upload bench: puts the files it is given, so many at once, and does nothing else. Their
// checksums are known beforehand.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

export interface Loop {
  client: {
    region: string;
    endpoint: string;
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  };
  bucket: string;
  /** Of each file, in their order. */
  originals: { key: string; checksum: string }[];
  lanes: number;
}

async function putAll({ client, bucket, originals, lanes }: Loop): Promise<void> {
  const files = document.querySelector('input')?.files ?? [];
  const s3 = new S3Client({ ...client, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
  const rest = originals.entries();
  const lane = async (): Promise<void> => {
    for (const [i, { key, checksum }] of rest) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: files[i],
        ContentType: 'application/octet-stream',
        ChecksumSHA256: checksum,
        IfNoneMatch: '*',
        StorageClass: 'INTELLIGENT_TIERING',
      });
      await s3.send(command);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

Object.assign(globalThis, { putAll });
