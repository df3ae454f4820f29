// What lies under `shares/`, read without the SDK: manifests and pictures of those who share with one. Loaded on first need.
import type { IdentityId, RandomId } from '../schema/ids.ts';
import type { Rendition } from '../schema/keys.ts';
import { MOST_MANIFEST_BYTES } from '../schema/manifest.ts';
import { MANIFEST_NAME, sharedRenditionName, sharePrefix, type ShareHome } from '../schema/share-keys.ts';
import type { ShareStore } from './aws-shares.ts';
import type { Clock } from './clock.ts';
import { CloudError, toCloudError } from './error.ts';
import type { PresignOptions } from './presign.ts';
import type { Reads } from './reads.ts';

/** A share by whose it is; without `home` it is one for friends. */
export interface ShareAddress {
  owner: IdentityId;
  share: RandomId;
  home?: ShareHome;
}

/** What was stored as immutable may outlive its revocation by five minutes here, and is a picture whatever its copy says it is. */
const PICTURE: PresignOptions = { cacheControl: 'private, max-age=300', type: 'image/webp' };
const MANIFEST: PresignOptions = { cacheControl: 'no-store', type: 'application/json' };
/** A `view` rendition has some hundred kilobytes; one that claims more than this is none. */
const MOST_PICTURE_BYTES = 50_000_000;

const prefixOf = ({ owner, share, home = 'friends' }: ShareAddress): string =>
  sharePrefix(owner, home, share);

export class Shares {
  readonly #reads: Pick<Reads, 'url' | 'cached' | 'failed'>;
  readonly #clock: Pick<Clock, 'observe'>;
  readonly #load: () => Promise<ShareStore>;
  #store: Promise<ShareStore> | undefined;

  constructor(
    reads: Pick<Reads, 'url' | 'cached' | 'failed'>,
    clock: Pick<Clock, 'observe'>,
    load: () => Promise<ShareStore>,
  ) {
    this.#reads = reads;
    this.#clock = clock;
    this.#load = load;
  }

  /** Where a shared picture can be fetched. Fails with a CloudError. */
  async url(address: ShareAddress, photo: RandomId, rendition: Rendition): Promise<string> {
    try {
      return await this.#reads.url(prefixOf(address) + sharedRenditionName(photo, rendition), PICTURE);
    } catch (error) {
      throw toCloudError(error);
    }
  }

  /** The same at once, if it is known already. */
  cachedUrl(address: ShareAddress, photo: RandomId, rendition: Rendition): string | undefined {
    return this.#reads.cached(prefixOf(address) + sharedRenditionName(photo, rendition), PICTURE);
  }

  /** The same after `url` could not be had: signed with the credentials of this moment, and from S3 itself if CloudFront is at fault. */
  async anotherUrl(
    url: string,
    address: ShareAddress,
    photo: RandomId,
    rendition: Rendition,
  ): Promise<string> {
    await this.#reads.failed(url);
    return this.url(address, photo, rendition);
  }

  /**
   * The JSON of a manifest as it lies there, to be parsed by whoever asks; undefined when there is none (any more). Fails with a
   * CloudError, for one larger than any of ours too.
   */
  async manifest(address: ShareAddress, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#fetch(prefixOf(address) + MANIFEST_NAME, MANIFEST, signal);
    if (!response) return undefined;
    try {
      const bytes = await read(response, MOST_MANIFEST_BYTES);
      return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    } catch (error) {
      throw toCloudError(error);
    }
  }

  /** The bytes of a shared picture, for whoever keeps it; undefined when it is not there (any more). Fails with a CloudError. */
  async picture(
    address: ShareAddress,
    photo: RandomId,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const key = prefixOf(address) + sharedRenditionName(photo, 'view');
    const response = await this.#fetch(key, PICTURE, signal);
    try {
      return response && (await read(response, MOST_PICTURE_BYTES));
    } catch (error) {
      throw toCloudError(error);
    }
  }

  /** One's own shares, to be written and deleted. */
  store(): Promise<ShareStore> {
    return (this.#store ??= this.#load().catch((error: unknown) => {
      this.#store = undefined;
      throw error;
    }));
  }

  /** Asks again where CloudFront is at fault for what came of it. */
  async #ask(key: string, options: PresignOptions, init: RequestInit): Promise<Response> {
    const url = await this.#reads.url(key, options);
    const asked = fetch(url, init);
    const well = await asked.then(
      ({ ok }) => ok,
      () => init.signal?.aborted === true,
    );
    if (well || !(await this.#reads.failed(url))) return asked;
    return fetch(await this.#reads.url(key, options), init);
  }

  async #fetch(key: string, options: PresignOptions, signal?: AbortSignal): Promise<Response | undefined> {
    try {
      const response = await this.#ask(key, options, { cache: 'no-store', ...(signal && { signal }) });
      // What a cache has kept tells the time of then.
      if (!Number(response.headers.get('age'))) this.#clock.observe(response.headers.get('date'));
      if (response.status === 200) return response;
      await response.body?.cancel();
      // Whoever may not list is told 403 of a key that is not there.
      if (response.status === 403 || response.status === 404) return undefined;
      const busy = response.status === 429 || response.status === 503;
      throw new CloudError(busy ? 'throttled' : 'unexpected', `S3 answers ${response.status}`);
    } catch (error) {
      throw toCloudError(error);
    }
  }
}

/** The whole body, or it fails as soon as there is more of it than `most`: whoever wrote it chose how long it is. */
async function read(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // Only what has no body has none, and then there is nothing to read.
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  try {
    if (announced > most) throw new CloudError('unexpected', `${announced} bytes are too many`);
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > most) throw new CloudError('unexpected', `more than ${most} bytes are too many`);
      parts.push(value);
    }
  } finally {
    // Fails only where the connection broke, and then reading has failed with that already.
    await reader.cancel().catch(() => {});
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
