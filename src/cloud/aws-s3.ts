// The owner's originals in S3, by the SDK. Loaded when somebody is about to upload or to delete.
import { DeleteObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { checksumOfPhotoId, type IdentityId, type PhotoId } from '../schema/ids.ts';
import { originalKey } from '../schema/keys.ts';
import { ORIGINAL_STORAGE_CLASS } from '../schema/original.ts';
import { clientConfig, observeClock, withCredentials, type AwsOptions } from './aws-client.ts';
import { CloudError } from './error.ts';
import type { PutOptions } from './requests.ts';
import { UploadHandler } from './upload-handler.ts';

export class OriginalStore {
  readonly #options: AwsOptions;
  readonly #owner: IdentityId;
  readonly #client: S3Client;
  readonly #handler: UploadHandler;

  constructor(options: AwsOptions, owner: IdentityId) {
    this.#options = options;
    this.#owner = owner;
    this.#handler = new UploadHandler();
    const config: S3ClientConfig = {
      ...clientConfig(options),
      ...(options.config.endpoints && { endpoint: options.config.endpoints.originals, forcePathStyle: true }),
      // Otherwise the SDK reads the file on the main thread for a checksum of its own. Ours is the photo id.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: this.#handler,
    };
    this.#client = new S3Client(config);
    observeClock(this.#client, options.clock);
  }

  async putOriginal(
    photoId: PhotoId,
    blob: Blob,
    metadata: Record<string, string>,
    { onProgress, signal }: PutOptions = {},
  ): Promise<'stored' | 'exists'> {
    const command = new PutObjectCommand({
      Bucket: this.#options.config.originalsBucket,
      Key: originalKey(this.#owner, photoId),
      // A Blob is streamed by the browser and not hashed by the SDK; S3 checks the checksum, which is signed.
      Body: blob,
      ChecksumSHA256: checksumOfPhotoId(photoId),
      // What the file says it is means nothing; the processor looks at its bytes.
      ContentType: 'application/octet-stream',
      IfNoneMatch: '*',
      Metadata: metadata,
      StorageClass: ORIGINAL_STORAGE_CLASS,
    });
    if (onProgress) this.#handler.report(blob, onProgress);
    try {
      await this.#run(() => this.#client.send(command, { abortSignal: signal }));
      return 'stored';
    } catch (error) {
      if (error instanceof CloudError && error.code === 'exists') return 'exists';
      throw error;
    }
  }

  async deleteOriginal(photoId: PhotoId, signal?: AbortSignal): Promise<void> {
    const command = new DeleteObjectCommand({
      Bucket: this.#options.config.originalsBucket,
      Key: originalKey(this.#owner, photoId),
    });
    await this.#run(() => this.#client.send(command, { abortSignal: signal }));
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return withCredentials(this.#options.credentials, operation);
  }
}
