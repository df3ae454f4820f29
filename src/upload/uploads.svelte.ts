// Everything this page is uploading: a queue of files, each led from its hash to the row that says it is safe.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError, problemCodeOf } from '../cloud/error.ts';
import type { Library } from '../library/library.svelte.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Instant } from '../schema/time.ts';
import { buildOriginalMetadata } from '../schema/original.ts';
import { isVideo } from '../schema/photo.ts';
import { failures, problems, sentence } from '../ui/words/problems.ts';
import { words } from '../ui/words/upload.ts';
import { Hasher, UnreadableFile } from './hash.ts';
import { Upload } from './upload.svelte.ts';
import type { Found } from './walk.ts';

/** S3 speaks HTTP/1.1 to browsers, six connections for each host: four fill a line and leave room for what else one does. */
const PARALLEL = 4;
/** The largest object S3 takes in one request. */
const LARGEST = 5 * 2 ** 30;
/** How often the row is looked for: soon at first, then ever more calmly. */
const FIRST_LOOK_MS = 400;
const LAST_LOOK_MS = 5000;
/** After so long without a row nobody waits for it any more; it is still looked for, now and then. */
const PATIENCE_MS = 5 * 60_000;
const IDLE_LOOK_MS = 60_000;

export class Uploads {
  readonly #cloud: Cloud;
  readonly #library: Library;
  readonly #hasher = new Hasher();
  readonly #abort = new AbortController();
  readonly #queue: Upload[] = [];
  /** Photos on their way, so that the same bytes under two names travel once. */
  readonly #journeys = new Map<PhotoId, Promise<void>>();
  readonly #awaited = new Map<PhotoId, { since: number; old: Instant | undefined; resolve: () => void }>();
  #active = 0;
  #fresh: Promise<void> = Promise.resolve();
  #looking = false;
  /** When the connection last came back. */
  #onlineSince = 0;

  #list = $state.raw<readonly Upload[]>([]);
  #skipped = $state(0);
  #startedAt = $state(0);

  readonly #safe = $derived(this.#list.filter((upload) => upload.safe).length);
  readonly #problems = $derived(this.#list.filter((upload) => upload.problematic));
  readonly #busy = $derived(this.#list.some((upload) => !upload.over));
  readonly #bytes = $derived(this.#list.reduce((sum, upload) => sum + upload.bytes, 0));
  readonly #sent = $derived(
    this.#list.reduce((sum, upload) => sum + (upload.over ? upload.bytes : upload.sent), 0),
  );

  constructor(cloud: Cloud, library: Library) {
    this.#cloud = cloud;
    this.#library = library;
    addEventListener('online', () => this.#retryOffline(), { signal: this.#abort.signal });
    addEventListener('beforeunload', (event) => this.#busy && event.preventDefault(), {
      signal: this.#abort.signal,
    });
  }

  get list(): readonly Upload[] {
    return this.#list;
  }
  get skipped(): number {
    return this.#skipped;
  }
  get safe(): number {
    return this.#safe;
  }
  get problems(): readonly Upload[] {
    return this.#problems;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** Share of bytes that have left this device, 0 to 1. */
  get progress(): number {
    return this.#bytes === 0 ? (this.#busy ? 0 : 1) : this.#sent / this.#bytes;
  }

  /** Seconds until the last byte is sent, as things go; undefined while that cannot be said. */
  secondsLeft(now: number): number | undefined {
    const elapsed = (now - this.#startedAt) / 1000;
    if (!this.#busy || this.#sent === 0 || elapsed < 3) return undefined;
    return ((this.#bytes - this.#sent) * elapsed) / this.#sent;
  }

  /** Gives the uploads of these files, in their order. */
  add({ files, skipped, unreadable }: Found): readonly Upload[] {
    if (!this.#busy) {
      this.#startedAt = Date.now();
      this.#skipped = 0;
      // Whether a photo is here already is not judged by what this device knew an hour ago.
      this.#fresh = this.#library.sync(this.#abort.signal);
    }
    const added = files.map(({ file, path }) => new Upload(file.name, path, file));
    const refused = unreadable.map((name) => {
      const upload = new Upload(name);
      upload.state = 'failed';
      upload.problem = words.upload.unreadable;
      return upload;
    });
    this.#list = this.#list.concat(added, refused);
    this.#skipped += skipped;
    for (const upload of added) this.#queue.push(upload);
    this.#pump();
    return added;
  }

  /** Tries a failed file again. */
  retry(upload: Upload): void {
    if (upload.state !== 'failed' || !upload.file) return;
    upload.state = 'waiting';
    upload.problem = undefined;
    upload.sent = 0;
    this.#fresh = this.#library.sync(this.#abort.signal);
    this.#queue.push(upload);
    this.#pump();
  }

  /** Forgets what is over; what is under way stays. */
  clear(): void {
    this.#list = this.#list.filter((upload) => !upload.over);
    this.#skipped = 0;
  }

  #pump(): void {
    while (this.#active < PARALLEL) {
      const upload = this.#queue.shift();
      if (!upload) return;
      this.#active++;
      void this.#lead(upload).finally(() => {
        this.#active--;
        this.#pump();
      });
    }
  }

  /** From file to row, or to the sentence that says why not. Never throws. */
  async #lead(upload: Upload): Promise<void> {
    const begun = performance.now();
    try {
      await this.#send(upload);
    } catch (error) {
      await this.#failed(upload, error, begun);
    }
  }

  async #failed(upload: Upload, error: unknown, begun = Infinity): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const code = problemCodeOf(error);
    // A file that was changed or removed meanwhile breaks the request just as a lost connection does.
    const unreadable =
      error instanceof UnreadableFile || (code === 'offline' && !(await isReadable(upload.file)));
    const waits = code === 'offline' && !unreadable && !navigator.onLine;
    upload.sent = 0;
    upload.state = waits ? 'waiting' : 'failed';
    if (unreadable) upload.problem = words.upload.unreadable;
    else upload.problem = waits ? words.upload.offline : sentence(problems, code);
    // The connection came back while this one was still failing for want of it.
    if (code === 'offline' && !unreadable && navigator.onLine && this.#onlineSince > begun)
      this.retry(upload);
  }

  async #send(upload: Upload): Promise<void> {
    const { file } = upload;
    if (!file) return;
    if (file.size > LARGEST) {
      upload.state = 'failed';
      upload.problem = words.upload.tooLarge;
      return;
    }
    upload.state = 'hashing';
    const photoId = await this.#hasher.photoIdOf(file);
    upload.photoId = photoId;

    await this.#fresh;
    // From here to the note in #journeys nothing is awaited: of two files with the same bytes only one sets out.
    const twin = this.#journeys.get(photoId);
    if (twin) {
      this.#follow(upload, twin, photoId);
      return;
    }
    const known = this.#library.get(photoId);
    if (known?.status === 'ready' && this.#library.syncState instanceof CloudError)
      throw this.#library.syncState;
    if (known?.status === 'ready') {
      await this.#arrived(upload, photoId, 'duplicate');
      return;
    }
    // What arrived broken once would only be met again by a 412; its row is not the answer to this upload.
    const broken = known?.failure?.code === 'hash-mismatch' ? known.changedAt : undefined;
    const stored = this.#put(upload, file, photoId, broken !== undefined);
    const journey = stored.then(() => this.#rowOf(photoId, broken));
    this.#journeys.set(photoId, journey);
    const over = () => this.#journeys.delete(photoId);
    journey.then(() => {
      over();
      return this.#arrived(upload, photoId, 'ready').catch((error: unknown) => this.#failed(upload, error));
    }, over);
    // The next file need not wait for this one's row.
    await stored;
  }

  /** The same bytes are on their way under another name: this one is done when they are, and sent itself if they fail. */
  #follow(upload: Upload, twin: Promise<void>, photoId: PhotoId): void {
    upload.state = 'processing';
    upload.sent = upload.bytes;
    twin.then(
      () => this.#arrived(upload, photoId, 'duplicate'),
      () => {
        upload.state = 'waiting';
        upload.sent = 0;
        this.#queue.push(upload);
        this.#pump();
      },
    );
  }

  async #put(upload: Upload, file: File, photoId: PhotoId, anew: boolean): Promise<void> {
    upload.state = 'sending';
    if (anew) await this.#cloud.deleteOriginal(photoId, this.#abort.signal);
    const metadata = buildOriginalMetadata({
      name: file.name,
      lastModified: file.lastModified,
      ...(upload.path === undefined ? {} : { path: upload.path }),
    });
    await this.#cloud.putOriginal(photoId, file, metadata, {
      onProgress: (bytes) => {
        upload.sent = bytes;
      },
      signal: this.#abort.signal,
    });
    upload.state = 'processing';
    upload.sent = upload.bytes;
  }

  /** The row is there: it has the last word. A photo that lay in the trash is wanted after all. */
  async #arrived(upload: Upload, photoId: PhotoId, state: 'ready' | 'duplicate'): Promise<void> {
    const row = this.#library.get(photoId);
    if (!row) return;
    upload.failure = row.failure?.code;
    upload.video = isVideo(row);
    if (row.failure?.code === 'hash-mismatch') {
      upload.state = 'failed';
      upload.problem = failures['hash-mismatch'];
      return;
    }
    if (row.trashedAt) await this.#library.edit(photoId, { trashedAt: null });
    this.#end(upload, row.status === 'failed' ? 'unshowable' : row.trashedAt ? 'restored' : state);
  }

  #end(upload: Upload, state: 'ready' | 'duplicate' | 'restored' | 'unshowable'): void {
    upload.state = state;
    upload.problem = undefined;
    upload.file = undefined;
  }

  /** Resolves when the library has the photo's row, however long that takes. `old` is the change that does not count. */
  #rowOf(photoId: PhotoId, old?: Instant): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited.set(photoId, { since: Date.now(), old, resolve });
      void this.#look();
    });
  }

  /** Syncs until every awaited row is there. One loop serves all files. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    let pause = FIRST_LOOK_MS;
    while (this.#awaited.size > 0 && !this.#abort.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      await this.#library.sync(this.#abort.signal, { brief: true });
      const before = this.#awaited.size;
      for (const [photoId, { since, old, resolve }] of this.#awaited) {
        const row = this.#library.get(photoId);
        if (row && row.changedAt !== old) {
          this.#awaited.delete(photoId);
          resolve();
        } else if (Date.now() - since > PATIENCE_MS) this.#letWait(photoId);
      }
      if (this.#awaited.size < before) pause = FIRST_LOOK_MS;
      else pause = Math.min(this.#busy ? LAST_LOOK_MS : IDLE_LOOK_MS, pause * 1.5);
    }
    this.#looking = false;
  }

  /** Its row is long in coming: the person need not keep the page open for it. It is not called safe. */
  #letWait(photoId: PhotoId): void {
    for (const upload of this.#list) {
      if (upload.photoId !== photoId || upload.state !== 'processing') continue;
      upload.state = 'stored';
      upload.problem = words.upload.stillProcessing;
    }
  }

  #retryOffline(): void {
    this.#onlineSince = performance.now();
    this.#fresh = this.#library.sync(this.#abort.signal);
    for (const upload of this.#list) {
      if (upload.state !== 'waiting' || upload.problem === undefined) continue;
      upload.problem = undefined;
      this.#queue.push(upload);
    }
    this.#pump();
  }

  /** At sign-out: stops all and lets go of every file. */
  close(): void {
    this.#abort.abort();
    this.#hasher.close();
    this.#queue.length = 0;
    this.#list = [];
  }
}

/** Whether the browser can still read the file: by its last byte, which is gone first. */
async function isReadable(file: File | undefined): Promise<boolean> {
  try {
    await file?.slice(-1).arrayBuffer();
    return true;
  } catch {
    // NotReadableError or NotFoundError: that it throws is the answer.
    return false;
  }
}
