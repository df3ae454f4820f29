// Wishing that the processor looks at a photo again, by the SDK. Loaded when somebody does.
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { wishKey } from '../schema/keys.ts';
import { withCredentials, type AwsOptions } from './aws-client.ts';
import { libraryClient } from './aws-library.ts';

export class Wishes {
  readonly #options: AwsOptions;
  readonly #owner: IdentityId;
  readonly #client: S3Client;

  constructor(options: AwsOptions, owner: IdentityId) {
    this.#options = options;
    this.#owner = owner;
    this.#client = libraryClient(options);
  }

  async make(photoId: PhotoId, signal?: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#options.config.libraryBucket,
      Key: wishKey(this.#owner, photoId),
      // The key says it all.
      Body: new Blob(),
      ContentLength: 0,
    });
    await withCredentials(this.#options.credentials, () =>
      this.#client.send(command, { abortSignal: signal }),
    );
  }
}
