// The page's one door to AWS. Light: what the first thumbnails need is here, the SDK is loaded behind it on first need.
import { bucketUrl, type Config } from '../schema/config.ts';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { originalKey, renditionKey, type Rendition, type SnapshotName } from '../schema/keys.ts';
import type { Photo, PhotoRow } from '../schema/photo.ts';
import type { SocialRow } from '../schema/social.ts';
import type { Instant } from '../schema/time.ts';
import type { Ask } from '../schema/user-pool.ts';
import type { Archive } from './aws-archive.ts';
import type { PhotoTable } from './aws-dynamodb.ts';
import type { SnapshotStore } from './aws-index.ts';
import type { OriginalStore } from './aws-s3.ts';
import type { SocialTable } from './aws-social.ts';
import type { Wishes } from './aws-wishes.ts';
import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { CloudError, refusalOf, toCloudError } from './error.ts';
import { fetchSnapshot, type Answer } from './first.ts';
import { Presigner } from './presign.ts';
import { Reads } from './reads.ts';
import type { Shares } from './shares.ts';
import type {
  AttributeEdit,
  Changes,
  EditOutcome,
  ListedOriginal,
  PutOptions,
  RowEdit,
  RowFacts,
  SortedPage,
} from './requests.ts';

export interface CloudOptions {
  config: Config;
  credentials: Credentials;
  clock: Clock;
  /** The first part of the snapshot, where it was asked for before there was a cloud; undefined when that came to nothing. */
  first?: Promise<Answer | undefined> | undefined;
}

/** How long Cognito's credentials are good, and how long they count as new: another try would bring no better ones. */
const LIFE_MS = 3_600_000;
const NEW_MS = 60_000;
/** What may be answered as what it is: it is played or drawn, and never opened as a page. All else stays a stream of bytes. */
const PLAYABLE = /^(?:video\/[\w.-]+|image\/(?:avif|gif|png|webp))$/;
/** After "no network", how long unsigned URLs are given out before the network is tried again. */
const OFFLINE_PAUSE = 10_000;

export class Cloud {
  readonly identityId: IdentityId;
  readonly clock: Clock;
  readonly #options: CloudOptions;
  readonly #library: Presigner;
  readonly #reads: Reads;
  readonly #originals: Presigner;
  #offlineUntil = 0;
  #first: CloudOptions['first'];
  #table: Promise<PhotoTable> | undefined;
  #social: Promise<SocialTable> | undefined;
  #store: Promise<OriginalStore> | undefined;
  #snapshot: Promise<SnapshotStore> | undefined;
  #shares: Promise<Shares> | undefined;
  #wishes: Promise<Wishes> | undefined;
  #archive: Promise<Archive> | undefined;

  /** The cloud of the signed-in person. Asks AWS who that is only if this browser does not know yet. */
  get config(): Config {
    return this.#options.config;
  }

  static async open(options: CloudOptions): Promise<Cloud> {
    const { identityId } = options.credentials;
    return new Cloud(options, identityId ?? (await options.credentials.get()).identityId);
  }

  constructor(options: CloudOptions, identityId: IdentityId) {
    const { config, credentials, clock, first } = options;
    this.#first = first;
    this.identityId = identityId;
    this.clock = clock;
    this.#options = options;
    const library = bucketUrl(config, 'library');
    this.#library = new Presigner(credentials, config.region, library);
    this.#reads = new Reads(this.#library, library, config.readsHost);
    this.#originals = new Presigner(credentials, config.region, bucketUrl(config, 'originals'));
  }

  /** Where a rendition can be fetched. Offline it is unsigned: the service worker knows renditions by their key. */
  async renditionUrl(photoId: PhotoId, rendition: Rendition): Promise<string> {
    const key = renditionKey(this.identityId, photoId, rendition);
    try {
      const url = await this.#reads.url(key);
      this.#offlineUntil = 0;
      return url;
    } catch (error) {
      const problem = toCloudError(error);
      if (!(problem instanceof CloudError) || problem.code !== 'offline') throw problem;
      this.#offlineUntil = this.clock.now() + OFFLINE_PAUSE;
      return this.#library.plain(key);
    }
  }

  /** The same at once, if it is known already. */
  cachedRenditionUrl(photoId: PhotoId, rendition: Rendition): string | undefined {
    const key = renditionKey(this.identityId, photoId, rendition);
    return (
      this.#reads.cached(key) ??
      (this.clock.now() < this.#offlineUntil ? this.#library.plain(key) : undefined)
    );
  }

  /**
   * The same after `url` could not be had: from S3 itself if CloudFront is at fault, else with new credentials, unless the ones we have are
   * new already. Fails with a CloudError when there is nothing else to try.
   */
  async anotherRenditionUrl(url: string, photoId: PhotoId, rendition: Rendition): Promise<string> {
    if (await this.#reads.failed(url)) return this.renditionUrl(photoId, rendition);
    const { credentials } = this.#options;
    const refused = credentials.current();
    if (refused && url === this.cachedRenditionUrl(photoId, rendition)) {
      const age = LIFE_MS - (refused.expiration - this.clock.now());
      if (age > NEW_MS) await credentials.get({ refused });
    }
    return this.renditionUrl(photoId, rendition);
  }

  /**
   * Where the untouched original can be downloaded under its own file name. Asks for its first byte, because a browser that follows
   * a link to an error leaves the page for it. Fails with a CloudError.
   */
  async originalUrl(photo: Pick<Photo, 'photoId' | 'name'>): Promise<string> {
    try {
      const key = originalKey(this.identityId, photo.photoId);
      const url = await this.#originals.url(key, { download: photo.name });
      const answer = await fetch(url, { headers: { range: 'bytes=0-0' }, cache: 'no-store' });
      const { status } = answer;
      // 416: an empty file has no first byte.
      if (status === 200 || status === 206 || status === 416) return url;
      throw new CloudError(status === 403 ? await refusalOf(answer) : 'unexpected', `S3 answers ${status}`);
    } catch (error) {
      throw toCloudError(error);
    }
  }

  /**
   * Where a video, or a picture that moves, can be played from its original, piece by piece. The browser may keep nothing of it: it is
   * large, and must not outlive the sign-out. Fails with a CloudError.
   */
  async playUrl(photo: Pick<Photo, 'photoId' | 'type'>): Promise<string> {
    try {
      return await this.#originals.url(originalKey(this.identityId, photo.photoId), {
        cacheControl: 'no-store',
        ...(PLAYABLE.test(photo.type) && { type: photo.type }),
      });
    } catch (error) {
      throw toCloudError(error);
    }
  }

  /** Rows changed at or after `since` (all without it), oldest first, page by page. */
  async *changes(since: Instant | undefined, signal: AbortSignal): AsyncGenerator<Changes> {
    yield* (await this.#photos()).changes(since, signal);
  }

  /** The row as it is this moment. */
  async readPhoto(photoId: PhotoId, signal?: AbortSignal): Promise<PhotoRow | undefined> {
    return (await this.#photos()).readPhoto(photoId, signal);
  }

  /**
   * Changes what the owner may change, unless that was edited later. As often as one likes: an edit whose answer was lost is sent
   * again. Fails with `missing` where there is no such photo.
   */
  async editPhoto(photoId: PhotoId, edit: AttributeEdit, signal?: AbortSignal): Promise<EditOutcome> {
    return (await this.#photos()).editPhoto(photoId, edit, signal);
  }

  /** The owner's social rows changed at or after `since` (all without it), oldest first, page by page. */
  async *socialChanges(since: Instant | undefined, signal: AbortSignal): AsyncGenerator<Changes<SocialRow>> {
    yield* (await this.#socialRows()).changes(since, signal);
  }

  /** The same of rows that others have addressed to the owner. */
  async *inbox(since: Instant | undefined, signal: AbortSignal): AsyncGenerator<Changes<SocialRow>> {
    yield* (await this.#socialRows()).inbox(since, signal);
  }

  /** An own social row as it is this moment. */
  async readSocial(id: string, signal?: AbortSignal): Promise<SocialRow | undefined> {
    return (await this.#socialRows()).readRow(id, signal);
  }

  /** Changes attributes of an own social row, made if need be, unless they were edited later. As often as one likes. */
  async editSocial(
    id: string,
    edits: readonly RowEdit[],
    signal?: AbortSignal,
  ): Promise<EditOutcome<SocialRow>[]> {
    return (await this.#socialRows()).editRow(id, edits, signal);
  }

  /**
   * Stores an original, once: `exists` means that it was there already, or that nobody can tell any more who stored it just now.
   * `metadata` is from `buildOriginalMetadata`. Hiccups of network and S3, and credentials that expire, are got over; what fails after
   * some seconds with `offline`, or after minutes with `throttled`, may well succeed later. A file that cannot be read any more fails
   * with `offline` or `unexpected`: whoever holds it finds out by reading it.
   */
  async putOriginal(
    photoId: PhotoId,
    blob: Blob,
    metadata: Record<string, string>,
    options?: PutOptions,
  ): Promise<'stored' | 'exists'> {
    return (await this.#files()).putOriginal(photoId, blob, metadata, options);
  }

  /** Gives up an upload in parts, and what was sent of it. One that is gone already is no error. */
  async abandonOriginal(photoId: PhotoId, uploadId: string, signal?: AbortSignal): Promise<void> {
    return (await this.#files()).abandonOriginal(photoId, uploadId, signal);
  }

  /** Deletes an original. S3 keeps the bytes another 30 days, out of the page's reach. */
  async deleteOriginal(photoId: PhotoId, signal?: AbortSignal): Promise<void> {
    return (await this.#files()).deleteOriginal(photoId, signal);
  }

  /** Part of the owner's snapshot as it lies there, without the SDK; undefined when there is none. Fails with a CloudError. */
  async readSnapshot(name: SnapshotName, signal: AbortSignal): Promise<Response | undefined> {
    try {
      const asked = name === 'first' ? await this.#asked(signal) : undefined;
      const response = asked?.response ?? (await fetchSnapshot(this.#library, this.identityId, name, signal));
      this.clock.observe(response.headers.get('date'), asked?.at);
      if (response.status === 200) return response;
      // Whoever may not list everything is told 403 of a key that is not there.
      if (response.status === 403 || response.status === 404) return undefined;
      throw new CloudError('unexpected', `S3 answers ${response.status}`);
    } catch (error) {
      throw toCloudError(error);
    }
  }

  /** An answer is good for one reading. */
  async #asked(signal: AbortSignal): Promise<Answer | undefined> {
    const first = this.#first;
    this.#first = undefined;
    const answer = await first;
    signal.throwIfAborted();
    return answer;
  }

  /** The ETags of what there is of the snapshot. */
  async snapshotTags(signal?: AbortSignal): Promise<Map<SnapshotName, string>> {
    return (await this.#index()).tags(signal);
  }

  /** Writes part of the snapshot in place of what had this ETag, or (undefined) of nothing; else fails with `exists` or `missing`. */
  async putSnapshot(
    name: SnapshotName,
    body: Blob,
    options: { tag: string | undefined; sha256: string; signal?: AbortSignal },
  ): Promise<void> {
    await (await this.#index()).put(name, body, options);
  }

  /** What there is of originals, sorted by photo id, a page of it. */
  async originalsAfter(after: string | undefined, signal?: AbortSignal): Promise<SortedPage<ListedOriginal>> {
    return (await this.#files()).originalsAfter(after, signal);
  }

  /** What rows say, sorted by photo id, a page of it; those that no screen shows, too. */
  async rowsAfter(after: string | undefined, signal?: AbortSignal): Promise<SortedPage<RowFacts>> {
    return (await this.#photos()).rowsAfter(after, signal);
  }

  /** The way to ask the user pool, for owners. */
  async userPool(): Promise<Ask> {
    return (await import('./user-pool.ts')).asOwner(this.#options);
  }

  /** What lies under `shares/`: others', to be read, and one's own. */
  shares(): Promise<Shares> {
    this.#shares ??= import('./shares.ts')
      .then(
        ({ Shares }) =>
          new Shares(this.#reads, this.clock, () =>
            this.#load(
              import('./aws-shares.ts').then(
                ({ ShareStore }) => new ShareStore(this.#options, this.identityId),
              ),
              () => {},
            ),
          ),
      )
      .catch((error: unknown) => {
        this.#shares = undefined;
        throw toCloudError(error);
      });
    return this.#shares;
  }

  /**
   * Has the processor look at a photo again, soon: for one that is as it should be, that changes nothing. What came of it, its row
   * tells. Fails with a CloudError.
   */
  async wish(photoId: PhotoId, signal?: AbortSignal): Promise<void> {
    this.#wishes ??= this.#load(
      import('./aws-wishes.ts').then(({ Wishes }) => new Wishes(this.#options, this.identityId)),
      () => (this.#wishes = undefined),
    );
    await (await this.#wishes).make(photoId, signal);
  }

  /** What is said of originals in the deep archive, and asked of them. */
  archive(): Promise<Archive> {
    return (this.#archive ??= this.#load(
      import('./aws-archive.ts').then(({ Archive }) => new Archive(this.#options, this.identityId)),
      () => (this.#archive = undefined),
    ));
  }

  /** Starts loading the upload code: somebody is about to drop photos. */
  async warm(): Promise<void> {
    await this.#files();
  }

  #photos(): Promise<PhotoTable> {
    this.#table ??= this.#load(
      import('./aws-dynamodb.ts').then(({ PhotoTable }) => new PhotoTable(this.#options, this.identityId)),
      () => (this.#table = undefined),
    );
    return this.#table;
  }

  #socialRows(): Promise<SocialTable> {
    this.#social ??= this.#load(
      import('./aws-social.ts').then(({ SocialTable }) => new SocialTable(this.#options, this.identityId)),
      () => (this.#social = undefined),
    );
    return this.#social;
  }

  #files(): Promise<OriginalStore> {
    this.#store ??= this.#load(
      import('./aws-s3.ts').then(({ OriginalStore }) => new OriginalStore(this.#options, this.identityId)),
      () => (this.#store = undefined),
    );
    return this.#store;
  }

  #index(): Promise<SnapshotStore> {
    this.#snapshot ??= this.#load(
      import('./aws-index.ts').then(({ SnapshotStore }) => new SnapshotStore(this.#options, this.identityId)),
      () => (this.#snapshot = undefined),
    );
    return this.#snapshot;
  }

  /** From here on the SDK's own provider renews the credentials. What could not be loaded is tried anew next time. */
  async #load<T>(loading: Promise<T>, reset: () => void): Promise<T> {
    try {
      const [{ mintBySdk }, loaded] = await Promise.all([import('./aws-client.ts'), loading]);
      this.#options.credentials.setMint(mintBySdk(this.#options.config));
      return loaded;
    } catch (error) {
      reset();
      throw toCloudError(error);
    }
  }
}
