// Originals in the deep archive: how each stands, and having it restored. By the SDK; loaded when somebody comes to one.
import {
  HeadObjectCommand,
  ListObjectsV2Command,
  RestoreObjectCommand,
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

const HERE: Standing = { state: 'here' };

/** By `ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"`. */
export function standingOf(storageClass: string | undefined, restore: string | undefined): Standing {
  if (storageClass !== 'DEEP_ARCHIVE' && storageClass !== 'GLACIER') return HERE;
  if (!restore) return { state: 'archived' };
  if (/ongoing-request="true"/.test(restore)) return { state: 'restoring' };
  const until = Date.parse(/expiry-date="([^"]+)"/.exec(restore)?.[1] ?? '');
  return Number.isNaN(until) ? { state: 'archived' } : { state: 'restored', until: instantOf(until) };
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
    const command = new HeadObjectCommand(this.#at(photoId));
    try {
      const { StorageClass, Restore } = await this.#run(() =>
        this.#client.send(command, { abortSignal: signal }),
      );
      return standingOf(StorageClass, Restore);
    } catch (error) {
      // Whoever may not list everything is told 403 of a key that is not there.
      if (['missing', 'forbidden'].includes(problemCodeOf(error))) return undefined;
      throw error;
    }
  }

  /** All of one's originals. Fails with a CloudError. */
  async *all(signal?: AbortSignal): AsyncGenerator<[PhotoId, Standing]> {
    for (let after: string | undefined; ;) {
      const command = new ListObjectsV2Command({
        Bucket: this.#options.config.originalsBucket,
        Prefix: originalPrefix(this.#owner),
        OptionalObjectAttributes: ['RestoreStatus'],
        ...(after === undefined ? {} : { StartAfter: after }),
      });
      const page = await this.#run(() => this.#client.send(command, { abortSignal: signal }));
      for (const { Key = '', StorageClass, RestoreStatus } of page.Contents ?? []) {
        const photoId = parseOriginalKey(Key)?.photoId;
        if (!photoId) continue;
        const until = RestoreStatus?.RestoreExpiryDate;
        const standing = standingOf(StorageClass, undefined);
        if (standing.state === 'here' || !RestoreStatus) yield [photoId, standing];
        else if (RestoreStatus.IsRestoreInProgress) yield [photoId, { state: 'restoring' }];
        else yield [photoId, until ? { state: 'restored', until: instantOf(until.getTime()) } : standing];
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

  #at(photoId: PhotoId): { Bucket: string; Key: string } {
    return { Bucket: this.#options.config.originalsBucket, Key: originalKey(this.#owner, photoId) };
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return withCredentials(this.#options.credentials, operation);
  }
}
