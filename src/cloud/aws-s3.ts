// The owner's originals in S3, by the SDK. Loaded when somebody is about to upload, to delete or to check what there is.
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { checksumOfPhotoId, type IdentityId, type PhotoId } from '../schema/ids.ts';
import { originalKey, originalPrefix, parseOriginalKey } from '../schema/keys.ts';
import { keepingOf, writtenClassOf } from '../schema/keeping.ts';
import { instantOf } from '../schema/time.ts';
import { s3Client } from './aws-s3-client.ts';
import { withCredentials, type AwsOptions } from './aws-client.ts';
import { CloudError, problemCodeOf } from './error.ts';
import { isThere, Multipart, type Description, type Place } from './multipart.ts';
import { PARTS_FROM } from './parts.ts';
import { patience } from './patience.ts';
import type { ListedOriginal, PutOptions, SortedPage } from './requests.ts';
import { UploadHandler } from './upload-handler.ts';

/** What is sent in parts, and in which; by itself as much as a file of its size asks for. */
interface Cutting {
  partsFrom?: number;
  partBytes?: number;
}

export class OriginalStore {
  readonly #options: AwsOptions;
  readonly #owner: IdentityId;
  readonly #client: S3Client;
  readonly #handler: UploadHandler;
  readonly #cutting: Cutting;

  constructor(options: AwsOptions, owner: IdentityId, cutting: Cutting = {}) {
    this.#options = options;
    this.#owner = owner;
    this.#cutting = cutting;
    this.#handler = new UploadHandler();
    this.#client = s3Client(options, 'originals', {
      requestHandler: this.#handler,
      retryStrategy: patience,
    });
  }

  async putOriginal(
    photoId: PhotoId,
    blob: Blob,
    metadata: Record<string, string>,
    options: PutOptions = {},
  ): Promise<'stored' | 'exists'> {
    const { partsFrom = PARTS_FROM, partBytes } = this.#cutting;
    const description: Description = {
      // What the file says it is means nothing; the processor looks at its bytes.
      ContentType: 'application/octet-stream',
      Metadata: metadata,
      StorageClass: writtenClassOf(keepingOf(this.#options.config)),
    };
    const put = (how: Description): Promise<'stored' | 'exists'> =>
      blob.size >= partsFrom
        ? this.#inParts(photoId).put(blob, how, options, partBytes)
        : this.#inOne(photoId, blob, how, options);
    try {
      return await put(description);
    } catch (error) {
      if (problemCodeOf(error) !== 'forbidden') throw error;
      // Perhaps the owner has chosen another class since this page was opened. Without one it is let through, and S3 moves it.
      return put({ ...description, StorageClass: undefined });
    }
  }

  /** Gives up what `putOriginal` has begun in parts, and what was sent of it. */
  async abandonOriginal(photoId: PhotoId, uploadId: string, signal?: AbortSignal): Promise<void> {
    await this.#inParts(photoId).abandon(uploadId, signal);
  }

  #inParts(photoId: PhotoId): Multipart {
    return new Multipart(this.#placeOf(photoId));
  }

  #placeOf(photoId: PhotoId): Place {
    return {
      client: this.#client,
      handler: this.#handler,
      credentials: this.#options.credentials,
      Bucket: this.#options.config.originalsBucket,
      Key: originalKey(this.#owner, photoId),
    };
  }

  async #inOne(
    photoId: PhotoId,
    blob: Blob,
    description: Description,
    { onProgress, onThrottled, signal, again = false }: PutOptions,
  ): Promise<'stored' | 'exists'> {
    // S3 would say so only once it has been sent all of it.
    if (again && (await isThere(this.#placeOf(photoId), signal))) return 'exists';
    const command = new PutObjectCommand({
      ...description,
      Bucket: this.#options.config.originalsBucket,
      Key: originalKey(this.#owner, photoId),
      // A Blob is streamed by the browser and not hashed by the SDK; S3 checks the checksum, which is signed.
      Body: blob,
      ChecksumSHA256: checksumOfPhotoId(photoId),
      IfNoneMatch: '*',
    });
    this.#handler.watch(blob, { onProgress, onThrottled });
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

  async originalsAfter(after: string | undefined, signal?: AbortSignal): Promise<SortedPage<ListedOriginal>> {
    const prefix = originalPrefix(this.#owner);
    const command = new ListObjectsV2Command({
      Bucket: this.#options.config.originalsBucket,
      Prefix: prefix,
      ...(after === undefined ? {} : { StartAfter: prefix + after }),
    });
    const page = await this.#run(() => this.#client.send(command, { abortSignal: signal }));
    const entries = (page.Contents ?? []).flatMap(({ Key = '', Size = 0, LastModified }) => {
      const photoId = parseOriginalKey(Key)?.photoId;
      return photoId
        ? [
            {
              photoId,
              bytes: Size,
              storedAt: instantOf(LastModified?.getTime() ?? this.#options.clock.now()),
            },
          ]
        : [];
    });
    const next = page.IsTruncated ? page.Contents?.at(-1)?.Key?.slice(prefix.length) : undefined;
    return { entries, ...(next === undefined ? {} : { next }) };
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return withCredentials(this.#options.credentials, operation);
  }
}
