// The SDK's client for the S3 bucket of everything but originals, as whoever writes Blobs there shares it.
import type { S3Client } from '@aws-sdk/client-s3';
import { s3Client } from './aws-s3-client.ts';
import type { AwsOptions } from './aws-client.ts';
import { UploadHandler } from './upload-handler.ts';

export function libraryClient(options: AwsOptions): S3Client {
  return s3Client(options, 'library', {
    // The one handler that takes a Blob as it is.
    requestHandler: new UploadHandler(),
    // Whatever fails here is tried again sooner or later anyway.
    maxAttempts: 2,
  });
}
