// Downloading selected originals: one as itself, several as one zip. One download at a time; it ends with the session.
import type { Cloud } from '../cloud/cloud.ts';
import { isAbort, problemCodeOf } from '../cloud/error.ts';
import type { AskToRestore } from '../grid/restoring.ts';
import type { Library } from '../library/library.svelte.ts';
import { bytesOf } from '../library/sizes.ts';
import type { PhotoList } from '../library/list.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Notices } from '../ui/notices.svelte.ts';
import { save } from '../ui/save.ts';
import { words } from '../ui/words/download.ts';
import { problems, sentence } from '../ui/words/problems.ts';

/** Bytes come by the thousand times a second; people read them a few times. */
const SHOWN_EVERY_MS = 250;

/** The photos to download: places in a list. */
export interface Chosen {
  list: PhotoList;
  indexes: readonly number[];
}

export interface Running {
  all: number;
  done: number;
  bytes: number;
  /** Of all of them, once it is known. */
  size?: number;
}

interface Options {
  cloud: Cloud;
  library: Library;
  notices: Notices;
  /** Asks whether what is in cold storage is to be restored. */
  ask: AskToRestore;
}

export class Downloads {
  readonly #cloud: Cloud;
  readonly #library: Library;
  readonly #notices: Notices;
  readonly #ask: AskToRestore;
  #running = $state.raw<Running>();
  #cancel: AbortController | undefined;
  #closed = false;
  /** What can be had is known, and was asked for. */
  #asked = false;

  constructor({ cloud, library, notices, ask }: Options) {
    this.#cloud = cloud;
    this.#library = library;
    this.#notices = notices;
    this.#ask = ask;
  }

  get running(): Running | undefined {
    return this.#running;
  }

  async start(chosen: Chosen): Promise<void> {
    if (this.#cancel) return this.#notices.say(words.busy);
    const [first] = chosen.indexes;
    const cancel = new AbortController();
    this.#cancel = cancel;
    try {
      if (first === undefined) return;
      if (chosen.indexes.length === 1) await this.#one(chosen.list, first);
      else if (!(await this.#heldUp(chosen, cancel.signal))) await this.#many(chosen, cancel.signal);
    } catch (error) {
      if (this.#closed) return;
      if (isAbort(error)) this.#notices.say(words.cancelled);
      else {
        console.error(error);
        this.#notices.say(words.failed(sentence(problems, problemCodeOf(error))));
      }
    } finally {
      this.#cancel = undefined;
      this.#running = undefined;
    }
  }

  async #one(list: PhotoList, index: number): Promise<void> {
    const photo = list.at(index);
    try {
      if (photo) save(await this.#cloud.originalUrl(photo));
    } catch (error) {
      if (!photo || problemCodeOf(error) !== 'archived') throw error;
      this.#ask({ photoIds: [photo.photoId] });
    }
  }

  /** Whether some cannot be had yet: then it is asked what to do. Nothing is asked of S3 where none can be so old. */
  async #heldUp({ list, indexes }: Chosen, signal: AbortSignal): Promise<boolean> {
    const { keepingOf } = await import('../schema/keeping.ts');
    const keeping = keepingOf(this.#cloud.config);
    if (!keeping.deepArchive || this.#asked) return false;
    const { heldBack } = await import('./held-back.ts');
    const held = await heldBack({ list, indexes, cloud: this.#cloud, keeping, signal });
    const away = new Set(held);
    const rest = indexes.filter((index) => !away.has(index));
    // The browser lets a file be chosen only soon after a click, and to look may have taken long.
    if (held.length === 0 && navigator.userActivation?.isActive !== false) return false;
    const photoIds = held.map((index) => list.idAt(index)).filter((id) => id !== undefined);
    const run = (): void => {
      this.#asked = true;
      void this.start({ list, indexes: rest }).finally(() => (this.#asked = false));
    };
    this.#ask({ photoIds, ...(rest.length > 0 && { others: { count: rest.length, run } }) });
    return true;
  }

  async #many({ list, indexes }: Chosen, signal: AbortSignal): Promise<void> {
    const { chooseTarget, DiskError } = await import('./to-disk.ts');
    // First of all, while the browser remembers that somebody asked for it.
    const target = await chooseTarget(words.file(new Date().toLocaleDateString('sv')));
    if (target === 'declined') return;
    if (!target) return this.#notices.say(words.unsaved);
    const [{ zipOf }, { online }] = await Promise.all([import('./zip.ts'), import('../library/online.ts')]);
    const progress: Running = { all: indexes.length, done: 0, bytes: 0 };
    this.#running = { ...progress };
    bytesOf(list, indexes, signal).then(
      (size) => (progress.size = size),
      () => {},
    );
    const shown = setInterval(() => (this.#running = { ...progress }), SHOWN_EVERY_MS);
    const asked = (event: BeforeUnloadEvent) => event.preventDefault();
    let missing = 0;
    try {
      const photoIds = indexes.map((index) => list.idAt(index)).filter((id) => id !== undefined);
      const zip = zipOf(photoIds, {
        photoOf: (photoId: PhotoId) => this.#library.get(photoId),
        source: {
          playUrl: (photo) => this.#cloud.playUrl(photo),
          fetch: (...request) => fetch(...request),
          pause: online,
        },
        signal,
        onbytes: (bytes) => (progress.bytes += bytes),
        ondone: () => progress.done++,
        onmissing: () => missing++,
      });
      await target(zip, { signal, onbegin: () => addEventListener('beforeunload', asked) });
      this.#notices.say(missing > 0 ? words.lacking(missing, indexes.length) : words.ready(indexes.length));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      console.error(error);
      this.#notices.say(words.failed(words.disk));
    } finally {
      removeEventListener('beforeunload', asked);
      clearInterval(shown);
    }
  }

  cancel(): void {
    this.#cancel?.abort();
  }

  /** Signed out: nothing more is fetched, and what has begun ends. */
  close(): void {
    this.#closed = true;
    this.cancel();
  }
}
