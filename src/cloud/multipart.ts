// An original that is sent in parts: each with a checksum of its own, two at a time, and no more of the file in memory than those. What
// S3 has of it already is not sent again. Then S3 makes one object of them, once.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  UploadPartCommand,
  type CompletedPart,
  type Part as StoredPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import { toBase64 } from '../schema/ids.ts';
import type { WrittenClass } from '../schema/keeping.ts';
import { withCredentials } from './aws-client.ts';
import type { Credentials } from './credentials.ts';
import { CloudError, problemCodeOf, toCloudError } from './error.ts';
import { partsOf, type Part } from './parts.ts';
import type { PutOptions } from './requests.ts';
import type { UploadHandler } from './upload-handler.ts';

const AT_ONCE = 2;
/** How often an upload may be gone before its time, until something else must be wrong. */
const MOST_BEGINNINGS = 3;

export interface Place {
  client: S3Client;
  handler: UploadHandler;
  credentials: Credentials;
  Bucket: string;
  Key: string;
}

/** What the object will be, besides its bytes. */
export interface Description {
  ContentType: string;
  Metadata: Record<string, string>;
  StorageClass: WrittenClass | undefined;
}

async function checksumOf(bytes: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer());
  return toBase64(new Uint8Array(digest));
}

/** By a list: whoever may not see all keys is not told by any other way that one is missing. Fails with a CloudError. */
export async function isThere(
  { client, credentials, Bucket, Key }: Pick<Place, 'client' | 'credentials' | 'Bucket' | 'Key'>,
  abortSignal: AbortSignal | undefined,
): Promise<boolean> {
  const command = new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 });
  const { Contents = [] } = await withCredentials(credentials, () => client.send(command, { abortSignal }));
  return Contents.some((object) => object.Key === Key);
}

const nameOfCause = (error: unknown): string | undefined =>
  error instanceof CloudError && error.cause instanceof Error ? error.cause.name : undefined;

/** One original's way to its place. */
export class Multipart {
  readonly #place: Place;
  readonly #at: { Bucket: string; Key: string };

  constructor(place: Place) {
    this.#place = place;
    this.#at = { Bucket: place.Bucket, Key: place.Key };
  }

  /** `exists` is also the answer where this very upload was completed and the answer to that was lost. Fails with a CloudError. */
  async put(
    blob: Blob,
    description: Description,
    options: PutOptions,
    partBytes?: number,
  ): Promise<'stored' | 'exists'> {
    const { signal, onbegun } = options;
    let uploadId = options.upload;
    for (let beginnings = 1; ; beginnings++) {
      // Before gigabytes set out in vain.
      if (await isThere(this.#place, signal)) return this.#exists(uploadId);
      try {
        const stored = uploadId === undefined ? [] : await this.#storedParts(uploadId, signal);
        if (uploadId === undefined) {
          uploadId = await this.#begin(description, signal);
          onbegun?.(uploadId);
        }
        const parts = await this.#sendAll(uploadId, blob, partsOf(blob.size, partBytes), stored, options);
        await this.#complete(uploadId, parts, signal);
        return 'stored';
      } catch (error) {
        const code = problemCodeOf(error);
        if (code === 'exists') return this.#exists(uploadId);
        const conflict = nameOfCause(error) === 'ConditionalRequestConflict';
        if ((code !== 'missing' && !conflict) || beginnings === MOST_BEGINNINGS) throw toCloudError(error);
        // There is no such upload any more: it was completed and the answer lost, which the next look tells, or it had become too old, or
        // was aborted elsewhere. After a conflict that does not pass it may be good for nothing, says S3's manual.
        if (conflict && uploadId !== undefined) await this.abandon(uploadId, signal);
        uploadId = undefined;
      }
    }
  }

  /** Gives up an upload and what was sent of it. One that is gone already is no error. */
  async abandon(UploadId: string, signal?: AbortSignal): Promise<void> {
    try {
      await this.#run((client) =>
        client.send(new AbortMultipartUploadCommand({ ...this.#at, UploadId }), { abortSignal: signal }),
      );
    } catch (error) {
      if (problemCodeOf(error) !== 'missing') throw error;
    }
  }

  async #exists(uploadId: string | undefined): Promise<'exists'> {
    // What cannot be tidied up now, the lifecycle does in some days: the original is where it belongs all the same.
    if (uploadId !== undefined) await this.abandon(uploadId).catch(() => undefined);
    return 'exists';
  }

  async #begin(description: Description, abortSignal: AbortSignal | undefined): Promise<string> {
    // One whose answer is lost is begun twice; the lifecycle clears away the first.
    const command = new CreateMultipartUploadCommand({
      ...this.#at,
      ...description,
      ChecksumAlgorithm: 'SHA256',
      ChecksumType: 'COMPOSITE',
    });
    const { UploadId } = await this.#run((client) => client.send(command, { abortSignal }));
    if (!UploadId) throw new CloudError('unexpected', 'S3 began an upload without an id');
    return UploadId;
  }

  async #storedParts(UploadId: string, abortSignal: AbortSignal | undefined): Promise<StoredPart[]> {
    const stored: StoredPart[] = [];
    for (let PartNumberMarker: string | undefined; ;) {
      const command = new ListPartsCommand({ ...this.#at, UploadId, PartNumberMarker });
      const page = await this.#run((client) => client.send(command, { abortSignal }));
      stored.push(...(page.Parts ?? []));
      if (!page.IsTruncated) return stored;
      PartNumberMarker = page.NextPartNumberMarker;
    }
  }

  async #sendAll(
    UploadId: string,
    blob: Blob,
    parts: readonly Part[],
    stored: readonly StoredPart[],
    { signal, onProgress, onThrottled }: PutOptions,
  ): Promise<CompletedPart[]> {
    const known = new Map(stored.map((part) => [part.PartNumber, part]));
    const sent = new Map<number, number>();
    let total = 0;
    const done: CompletedPart[] = [];
    const stop = new AbortController();
    const abortSignal = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const rest = parts.values();
    const lane = async () => {
      for (const { number, start, end } of rest) {
        const body = blob.slice(start, end);
        const moved = (bytes: number) => {
          total += bytes - (sent.get(number) ?? 0);
          sent.set(number, bytes);
          onProgress?.(total);
        };
        this.#place.handler.watch(body, { onProgress: moved, onThrottled });
        done[number - 1] = await this.#sendPart(UploadId, number, body, known.get(number), abortSignal);
        moved(body.size);
      }
    };
    const lanes = Array.from({ length: AT_ONCE }, lane);
    try {
      await Promise.all(lanes);
    } catch (error) {
      stop.abort();
      await Promise.allSettled(lanes);
      throw error;
    }
    return done;
  }

  /** Reads the part even if S3 has one of this number: it must be of the same bytes. Reading is cheap, sending is not. */
  async #sendPart(
    UploadId: string,
    PartNumber: number,
    body: Blob,
    stored: StoredPart | undefined,
    abortSignal: AbortSignal,
  ): Promise<CompletedPart> {
    abortSignal.throwIfAborted();
    const ChecksumSHA256 = await checksumOf(body);
    if (stored?.Size === body.size && stored.ChecksumSHA256 === ChecksumSHA256)
      return { PartNumber, ETag: stored.ETag, ChecksumSHA256 };
    const part = { ...this.#at, UploadId, PartNumber, ChecksumSHA256 };
    const { ETag } = await this.#run((client) =>
      client.send(new UploadPartCommand({ ...part, Body: body }), { abortSignal }),
    );
    return { PartNumber, ETag, ChecksumSHA256 };
  }

  async #complete(
    UploadId: string,
    Parts: CompletedPart[],
    abortSignal: AbortSignal | undefined,
  ): Promise<void> {
    const command = new CompleteMultipartUploadCommand({
      ...this.#at,
      UploadId,
      IfNoneMatch: '*',
      MultipartUpload: { Parts },
    });
    await this.#run((client) => client.send(command, { abortSignal }));
  }

  #run<T>(operation: (client: S3Client) => Promise<T>): Promise<T> {
    return withCredentials(this.#place.credentials, () => operation(this.#place.client));
  }
}
