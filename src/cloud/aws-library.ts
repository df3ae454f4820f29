// The SDK's client for the S3 bucket of everything but originals, as whoever writes there shares it.
import { S3Client } from '@aws-sdk/client-s3';
import { clientConfig, observeClock, type AwsOptions } from './aws-client.ts';
import { UploadHandler } from './upload-handler.ts';

export function libraryClient(options: AwsOptions): S3Client {
  const client = new S3Client({
    ...clientConfig(options),
    ...(options.config.endpoints && { endpoint: options.config.endpoints.library, forcePathStyle: true }),
    // The checksum is ours: the SDK would read a large body once more for its own.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The one handler that takes a Blob as it is.
    requestHandler: new UploadHandler(),
    // Whatever fails here is tried again sooner or later anyway.
    maxAttempts: 2,
  });
  observeClock(client, options.clock);
  return client;
}
