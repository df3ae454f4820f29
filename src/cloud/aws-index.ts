// Writing the owner's snapshot under `index/`, by the SDK. Loaded when there is one to be written.
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { IdentityId } from '../schema/ids.ts';
import { indexPrefix, SNAPSHOT_NAMES, snapshotKey, type SnapshotName } from '../schema/keys.ts';
import { withCredentials, type AwsOptions } from './aws-client.ts';
import { libraryClient } from './aws-library.ts';

export class SnapshotStore {
  readonly #options: AwsOptions;
  readonly #owner: IdentityId;
  readonly #client: S3Client;

  constructor(options: AwsOptions, owner: IdentityId) {
    this.#options = options;
    this.#owner = owner;
    this.#client = libraryClient(options);
  }

  async tags(signal?: AbortSignal): Promise<Map<SnapshotName, string>> {
    const prefix = indexPrefix(this.#owner);
    const command = new ListObjectsV2Command({ Bucket: this.#options.config.libraryBucket, Prefix: prefix });
    const { Contents = [] } = await this.#run(() => this.#client.send(command, { abortSignal: signal }));
    return new Map(
      Contents.flatMap(({ Key, ETag }) => {
        const name = SNAPSHOT_NAMES.find((one) => Key === prefix + one);
        return name && ETag !== undefined ? [[name, ETag] as const] : [];
      }),
    );
  }

  async put(
    name: SnapshotName,
    body: Blob,
    { tag, sha256, signal }: { tag: string | undefined; sha256: string; signal?: AbortSignal },
  ): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#options.config.libraryBucket,
      Key: snapshotKey(this.#owner, name),
      Body: body,
      ChecksumSHA256: sha256,
      ContentType: 'application/octet-stream',
      ...(tag === undefined ? { IfNoneMatch: '*' } : { IfMatch: tag }),
    });
    await this.#run(() => this.#client.send(command, { abortSignal: signal }));
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return withCredentials(this.#options.credentials, operation);
  }
}
