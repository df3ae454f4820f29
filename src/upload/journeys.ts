// The way of a photo, from its file to the row that says it is safe. The same bytes under two names travel once.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError } from '../cloud/error.ts';
import { LARGEST } from '../cloud/parts.ts';
import type { PhotoId } from '../schema/ids.ts';
import { buildOriginalMetadata } from '../schema/original.ts';
import { isVideo, type Photo } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';
import { failures } from '../ui/words/problems.ts';
import { words } from '../ui/words/upload.ts';
import { Arrivals, type Rows, type Source } from './arrivals.ts';
import { Hasher } from './hash.ts';
import type { Upload } from './upload.svelte.ts';

/** What is needed of the cloud. */
export type Carrier = Pick<Cloud, 'putOriginal' | 'abandonOriginal' | 'deleteOriginal'> & Source;

/** A photo under way. */
interface Journey {
  leader: Upload;
  /** The same bytes under other names. */
  followers: Set<Upload>;
  /** When its row last changed, where that says that it arrived broken: not the answer to this upload. */
  broken: Instant | undefined;
  stored: boolean;
}

interface Options {
  cloud: Carrier;
  library: Rows;
  hasher: Pick<Hasher, 'photoIdOf'>;
  signal: AbortSignal;
  /** The cloud asks for patience, and what it asks for is tried again. */
  onthrottled: () => void;
  /** Its upload in parts has begun, or was given up: that is to be remembered. */
  onbegun: (upload: Upload) => void;
  /** It has to go all the way itself. */
  onagain: (upload: Upload) => void;
  /** Its row is there, but what follows from it could not be done. */
  onfail: (upload: Upload, error: unknown) => void;
}

export class Journeys {
  readonly #options: Options;
  readonly #arrivals: Arrivals;
  readonly #under = new Map<PhotoId, Journey>();
  /** Those that arrived broken and were sent once more by themselves. */
  readonly #resent = new WeakSet<Upload>();
  /** What earlier visits have left, by its bytes. */
  readonly #left = new Map<PhotoId, Upload[]>();
  #fresh: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
    this.#arrivals = new Arrivals(options.library, options.cloud, options.signal);
  }

  /** Whether a photo is here already is not judged by what this device knew an hour ago. */
  refresh(): Promise<void> {
    const { library, signal } = this.#options;
    return (this.#fresh = library.sync(signal));
  }

  /** Names the photo, and gives whether it has to be sent: not what is here, on its way, or too large. */
  async prepare(upload: Upload, signal: AbortSignal): Promise<boolean> {
    const { hasher } = this.#options;
    if (upload.bytes > LARGEST) {
      upload.become('failed', { problem: words.upload.tooLarge, code: 'too-large' });
      return false;
    }
    upload.become('hashing');
    const file = await upload.open();
    // Of one and the same file object the browser lets no other bytes be read than there were at first.
    const known = upload.hashed === file ? upload.photoId : undefined;
    const photoId = known ?? (await hasher.photoIdOf(file, signal));
    upload.hashed = file;
    await this.#fresh;
    signal.throwIfAborted();
    upload.become('hashing', { photoId });
    // From here on nothing is awaited: of two files with the same bytes only one sets out.
    return this.#sort(upload, photoId);
  }

  #sort(upload: Upload, photoId: PhotoId): boolean {
    const { library } = this.#options;
    const journey = this.#under.get(photoId);
    if (journey) {
      journey.followers.add(upload);
      upload.become(journey.stored ? 'processing' : 'waiting');
      return false;
    }
    const known = library.get(photoId);
    if (known?.status === 'ready') {
      if (library.syncState instanceof CloudError) throw library.syncState;
      void this.#arrived(upload, known, whose(upload, photoId));
      return false;
    }
    // What arrived broken once would only be met again by a 412.
    const broken = known?.failure?.code === 'hash-mismatch' ? known.changedAt : undefined;
    this.#under.set(photoId, { leader: upload, followers: new Set(), broken, stored: false });
    upload.become('waiting');
    return true;
  }

  /** Sends what `prepare` said is to be sent. Resolves when it is stored; its row is then awaited, and the next one need not wait for that. */
  async send(upload: Upload, signal: AbortSignal): Promise<void> {
    const { cloud, onthrottled, onbegun } = this.#options;
    const { photoId } = upload;
    const journey = photoId && this.#under.get(photoId);
    if (!journey) throw new Error('It was not prepared.');
    upload.become('sending');
    const file = await upload.open();
    if (journey.broken) await cloud.deleteOriginal(photoId, signal);
    const { name, path, lastModified } = upload.origin;
    const metadata = buildOriginalMetadata({ name, lastModified, ...(path === undefined ? {} : { path }) });
    const { begun } = upload;
    const again = upload.tried === photoId;
    upload.begin(photoId);
    await cloud.putOriginal(photoId, file, metadata, {
      onProgress: (bytes) => {
        if (!signal.aborted) upload.sent = bytes;
      },
      onThrottled: onthrottled,
      signal,
      again,
      ...(begun?.photoId === photoId && { upload: begun.uploadId }),
      onbegun: (uploadId) => {
        upload.begun = { photoId, uploadId };
        onbegun(upload);
      },
    });
    upload.begun = undefined;
    upload.sent = upload.bytes;
    this.#stored(journey, photoId);
  }

  #stored(journey: Journey, photoId: PhotoId): void {
    journey.stored = true;
    const all = (): Upload[] => [journey.leader, ...journey.followers];
    for (const upload of all()) upload.become('processing');
    const onlate = (): void => {
      for (const upload of all()) upload.become('stored', { problem: words.upload.stillProcessing });
    };
    void this.#arrivals.rowOf(photoId, onlate, journey.broken).then((row) => {
      this.#under.delete(photoId);
      for (const upload of all())
        void this.#arrived(upload, row, upload === journey.leader ? 'ready' : 'duplicate');
    });
  }

  /** Left by an earlier visit: should its bytes arrive under another name or date, its file is not needed any more. */
  expect(upload: Upload): void {
    const { photoId } = upload;
    if (photoId) this.#left.set(photoId, [...(this.#left.get(photoId) ?? []), upload]);
  }

  /** What an earlier visit has left may have become safe meanwhile: its file is not needed then. */
  settle(upload: Upload): void {
    const row = upload.photoId && this.#options.library.get(upload.photoId);
    if (row?.status === 'ready') void this.#arrived(upload, row, whose(upload, row.photoId));
  }

  /** Stored in an earlier visit: only its row is awaited. */
  awaitRow(upload: Upload): void {
    const { photoId } = upload;
    if (!photoId) return;
    const journey = this.#under.get(photoId);
    if (journey) {
      journey.followers.add(upload);
      if (journey.stored) upload.become('processing');
      return;
    }
    const begun: Journey = { leader: upload, followers: new Set(), broken: undefined, stored: true };
    this.#under.set(photoId, begun);
    this.#stored(begun, photoId);
  }

  /** Its way ends here, for now: those who would have arrived with it go themselves. */
  drop(upload: Upload): void {
    const { photoId } = upload;
    const journey = photoId && this.#under.get(photoId);
    if (!journey) return;
    if (journey.followers.delete(upload) || journey.leader !== upload || journey.stored) return;
    this.#under.delete(photoId);
    for (const follower of journey.followers) this.#options.onagain(follower);
  }

  /** Gives up what was sent of it in parts. */
  async abandon(upload: Upload): Promise<void> {
    const { cloud, signal } = this.#options;
    const { begun } = upload;
    if (!begun) return;
    upload.begun = undefined;
    try {
      await cloud.abandonOriginal(begun.photoId, begun.uploadId, signal);
    } catch (error) {
      // It costs a little, until S3 clears it away by itself after some days.
      if (!signal.aborted) console.warn('Parts of an upload could not be given up.', error);
    }
  }

  /** Whether the original is where it belongs, or may be any moment. */
  isStored(upload: Upload): boolean {
    const journey = upload.photoId && this.#under.get(upload.photoId);
    return journey ? journey.stored : false;
  }

  /** The row is there: it has the last word. A photo that lay in the trash is wanted after all. */
  async #arrived(upload: Upload, row: Photo, state: 'ready' | 'duplicate'): Promise<void> {
    const { library, onagain, onfail } = this.#options;
    const { photoId, trashedAt } = row;
    const video = isVideo(row);
    try {
      if (row.failure?.code === 'hash-mismatch') {
        if (upload.readable && !this.#resent.has(upload)) {
          this.#resent.add(upload);
          onagain(upload);
        } else upload.become('failed', { photoId, video, problem: failures['hash-mismatch'] });
        return;
      }
      if (trashedAt) await library.edit(photoId, { trashedAt: null });
      const failure = row.failure?.code;
      if (row.status === 'failed') upload.become('unshowable', { photoId, video, failure });
      else upload.become(trashedAt ? 'restored' : state, { photoId, video });
      const left = this.#left.get(photoId) ?? [];
      this.#left.delete(photoId);
      for (const one of left) if (one.state === 'needed') this.settle(one);
    } catch (error) {
      onfail(upload, error);
    }
  }
}

/** It was not here when this upload began to send it: a pause, or the end of a visit, has kept the answer from being heard. */
const whose = (upload: Upload, photoId: PhotoId): 'ready' | 'duplicate' =>
  upload.tried === photoId ? 'ready' : 'duplicate';
