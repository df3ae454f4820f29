// Originals in the deep archive: how each stands, and having it restored. By the SDK; loaded when somebody comes to one.
import {
  ListObjectsV2Command,
  RestoreObjectCommand,
  type _Object,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { originalKey, originalPrefix, parseOriginalKey } from '../schema/keys.ts';
import { instantOf } from '../schema/time.ts';
import { withCredentials, type AwsOptions } from './aws-client.ts';
import { s3Client } from './aws-s3-client.ts';
import { problemCodeOf } from './error.ts';
import type { RestoreTier, Standing } from './requests.ts';

/** Up to so many are asked for one by one, so many at a time; more are looked up in the list of all. */
const FEW = 200;
const AT_ONCE = 8;

export function standingOf({ StorageClass, RestoreStatus }: _Object): Standing {
  if (StorageClass !== 'DEEP_ARCHIVE' && StorageClass !== 'GLACIER') return { state: 'here' };
  if (RestoreStatus?.IsRestoreInProgress) return { state: 'restoring' };
  const until = RestoreStatus?.RestoreExpiryDate;
  return until ? { state: 'restored', until: instantOf(until.getTime()) } : { state: 'archived' };
}

export class Archive {
  readonly #options: AwsOptions;
  readonly #owner: IdentityId;
  readonly #client: S3Client;

  constructor(options: AwsOptions, owner: IdentityId) {
    this.#options = options;
    this.#owner = owner;
    this.#client = s3Client(options, 'originals', { maxAttempts: 4 });
  }

  /** What is not there is left out: whoever downloads it is told. Fails with a CloudError. */
  async standings(photoIds: readonly PhotoId[], signal?: AbortSignal): Promise<Map<PhotoId, Standing>> {
    const found = new Map<PhotoId, Standing>();
    if (photoIds.length > FEW) {
      const wanted = new Set(photoIds);
      for await (const [photoId, standing] of this.all(signal))
        if (wanted.has(photoId)) found.set(photoId, standing);
      return found;
    }
    const rest = photoIds.values();
    const lane = async (): Promise<void> => {
      for (const photoId of rest) {
        const standing = await this.#standing(photoId, signal);
        if (standing) found.set(photoId, standing);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return found;
  }

  async #standing(photoId: PhotoId, signal: AbortSignal | undefined): Promise<Standing | undefined> {
    const { Contents = [] } = await this.#list({ Prefix: this.#at(photoId).Key, MaxKeys: 1 }, signal);
    const [object] = Contents;
    return object && object.Key === this.#at(photoId).Key ? standingOf(object) : undefined;
  }

  /** All of one's originals. Fails with a CloudError. */
  async *all(signal?: AbortSignal): AsyncGenerator<[PhotoId, Standing]> {
    for (let after: string | undefined; ;) {
      const page = await this.#list(
        { Prefix: originalPrefix(this.#owner), ...(after === undefined ? {} : { StartAfter: after }) },
        signal,
      );
      for (const object of page.Contents ?? []) {
        const photoId = parseOriginalKey(object.Key ?? '')?.photoId;
        if (photoId) yield [photoId, standingOf(object)];
      }
      after = page.IsTruncated ? page.Contents?.at(-1)?.Key : undefined;
      if (after === undefined) return;
    }
  }

  /** Asks for a copy for so many days; one that is there stays longer, one that is on its way comes. Fails with a CloudError. */
  async restore(photoId: PhotoId, tier: RestoreTier, days: number, signal?: AbortSignal): Promise<void> {
    const command = new RestoreObjectCommand({
      ...this.#at(photoId),
      RestoreRequest: { Days: days, GlacierJobParameters: { Tier: tier } },
    });
    try {
      await this.#run(() => this.#client.send(command, { abortSignal: signal }));
    } catch (error) {
      if (problemCodeOf(error) !== 'exists') throw error;
    }
  }

  /** By a list, also of a single one: it says of a missing key that it is missing, and S3's client need not learn another operation. */
  #list(
    what: Omit<ListObjectsV2CommandInput, 'Bucket' | 'OptionalObjectAttributes'>,
    abortSignal: AbortSignal | undefined,
  ): Promise<ListObjectsV2CommandOutput> {
    const { originalsBucket: Bucket } = this.#options.config;
    const command = new ListObjectsV2Command({
      ...what,
      Bucket,
      OptionalObjectAttributes: ['RestoreStatus'],
    });
    return this.#run(() => this.#client.send(command, { abortSignal }));
  }

  #at(photoId: PhotoId): { Bucket: string; Key: string } {
    return { Bucket: this.#options.config.originalsBucket, Key: originalKey(this.#owner, photoId) };
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return withCredentials(this.#options.credentials, operation);
  }
}
