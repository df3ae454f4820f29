// The SDK's client for one of the owner's S3 buckets, as whoever lists, writes or deletes there shares it.
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { clientConfig, observeClock, type AwsOptions } from './aws-client.ts';

export function s3Client(
  options: AwsOptions,
  bucket: 'originals' | 'library',
  more: Pick<S3ClientConfig, 'requestHandler' | 'maxAttempts' | 'retryStrategy'>,
): S3Client {
  const client = new S3Client({
    ...clientConfig(options),
    ...(options.config.endpoints && { endpoint: options.config.endpoints[bucket], forcePathStyle: true }),
    // The checksum is ours, where there is one: the SDK would read a whole file on the main thread for its own.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...more,
  });
  observeClock(client, options.clock);
  return client;
}
