// The owner's shares in S3, by the SDK: copies that S3 makes itself, so that no byte of a picture passes through the browser.
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  type _Error as DeleteError,
} from '@aws-sdk/client-s3';
import type { IdentityId } from '../schema/ids.ts';
import { originalKey, renditionKey } from '../schema/keys.ts';
import type { Manifest, SealedManifest } from '../schema/manifest.ts';
import { MANIFEST_NAME, sharePrefix } from '../schema/share-keys.ts';
import { s3Client } from './aws-s3-client.ts';
import { withCredentials, type AwsOptions } from './aws-client.ts';
import { copyName, type Copy, type OwnShare } from './copies.ts';
import { CloudError, toCloudError } from './error.ts';

export interface WorkOptions {
  /** How many are done. */
  onProgress?: (done: number) => void;
  signal?: AbortSignal;
}

/** Requests at a time: browsers send six to a host that speaks HTTP/1.1, and more where it speaks more. */
const ABREAST = 14;
/** S3 deletes no more in one request. */
const KEYS_AT_ONCE = 1000;

export class ShareStore {
  readonly #options: AwsOptions;
  readonly #owner: IdentityId;
  readonly #client: S3Client;

  constructor(options: AwsOptions, owner: IdentityId) {
    this.#options = options;
    this.#owner = owner;
    // One of many hundreds that fails for good ends the work for which somebody waits.
    this.#client = s3Client(options, 'library', { maxAttempts: 5 });
  }

  /** What lies in a share: names below its prefix, and their bytes. */
  async list(at: OwnShare, signal?: AbortSignal): Promise<Map<string, number>> {
    const prefix = this.#prefix(at);
    const found = new Map<string, number>();
    let after: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#options.config.libraryBucket,
        Prefix: prefix,
        ...(after === undefined ? {} : { StartAfter: after }),
      });
      const page = await this.#run(() => this.#client.send(command, { abortSignal: signal }));
      const { Contents = [] } = page;
      for (const { Key = '', Size = 0 } of Contents) found.set(Key.slice(prefix.length), Size);
      after = page.IsTruncated ? Contents.at(-1)?.Key : undefined;
    } while (after !== undefined);
    return found;
  }

  /**
   * Copies what is one's own into a share, as it is: with its metadata. Gives what is not there to be copied; whoever may not list
   * everything cannot be told that from a refusal, so that where nothing at all could be copied, it fails.
   */
  async copy(
    at: OwnShare,
    copies: readonly Copy[],
    { onProgress, signal }: WorkOptions = {},
  ): Promise<ReadonlySet<Copy>> {
    const lacking = new Map<Copy, CloudError>();
    let done = 0;
    await abreast(copies, async (copy) => {
      try {
        await this.#copy(at, copy, signal);
      } catch (error) {
        const absent =
          error instanceof CloudError && ['forbidden', 'missing', 'archived'].includes(error.code);
        if (!absent) throw error;
        lacking.set(copy, error);
      }
      onProgress?.(++done);
    });
    const [refused] = lacking.values();
    if (refused && lacking.size === copies.length) throw refused;
    return new Set(lacking.keys());
  }

  async #copy(at: OwnShare, copy: Copy, signal?: AbortSignal): Promise<void> {
    const { originalsBucket, libraryBucket } = this.#options.config;
    const { photoId, of } = copy;
    const command = new CopyObjectCommand({
      Bucket: libraryBucket,
      Key: this.#prefix(at) + copyName(copy),
      CopySource:
        of === 'original'
          ? `${originalsBucket}/${originalKey(this.#owner, photoId)}`
          : `${libraryBucket}/${renditionKey(this.#owner, photoId, of)}`,
    });
    await this.#run(() => this.#client.send(command, { abortSignal: signal }));
  }

  /** Only once what it names is there: it is what readers go by. */
  async putManifest(at: OwnShare, manifest: Manifest | SealedManifest, signal?: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#options.config.libraryBucket,
      Key: this.#prefix(at) + MANIFEST_NAME,
      Body: JSON.stringify(manifest),
      ContentType: 'application/json',
      CacheControl: 'max-age=300',
    });
    await this.#run(() => this.#client.send(command, { abortSignal: signal }));
  }

  /** Deletes these names of a share, many at once; fails where any of them is still there. */
  async remove(
    at: OwnShare,
    names: readonly string[],
    { onProgress, signal }: WorkOptions = {},
  ): Promise<void> {
    const prefix = this.#prefix(at);
    let refused: DeleteError | undefined;
    for (let done = 0; done < names.length; done += KEYS_AT_ONCE) {
      const some = names.slice(done, done + KEYS_AT_ONCE);
      const command = new DeleteObjectsCommand({
        Bucket: this.#options.config.libraryBucket,
        // Only what could not be deleted is answered.
        Delete: { Objects: some.map((name) => ({ Key: prefix + name })), Quiet: true },
      });
      const { Errors = [] } = await this.#run(() => this.#client.send(command, { abortSignal: signal }));
      // One that stays is no reason to leave the others.
      refused ??= Errors[0];
      onProgress?.(done + some.length);
    }
    if (!refused) return;
    const { Code = '', Key, Message } = refused;
    throw toCloudError(Object.assign(new Error(`${Key}: ${Message}`), { name: Code }));
  }

  /** Nothing of a share is left; first goes what readers go by. */
  async end(at: OwnShare, options: WorkOptions = {}): Promise<void> {
    await this.remove(at, [MANIFEST_NAME], { ...(options.signal && { signal: options.signal }) });
    await this.remove(at, [...(await this.list(at, options.signal)).keys()], options);
  }

  #prefix({ home, share }: OwnShare): string {
    return sharePrefix(this.#owner, home, share);
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return withCredentials(this.#options.credentials, operation);
  }
}

/** Does something with each, some at a time; with the first that fails no other is begun. */
async function abreast<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < all.length && !failed) {
      const one = all[next++] as T;
      try {
        await work(one);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(ABREAST, all.length) }, worker));
}
