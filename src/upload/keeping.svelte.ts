// What uploads remember of themselves on this device, from one visit to the next.
import { within } from '../library/within.ts';
import type { IdentityId } from '../schema/ids.ts';
import { Queue, type Left } from './queue.ts';
import { Roots, uploadsOf } from './returning.svelte.ts';
import type { Root } from './sources.ts';
import type { Upload, UploadState, Watcher } from './upload.svelte.ts';

/** Should the browser not answer, new files do not wait for old ones. */
const PATIENCE_MS = 3000;

/** What has come back. */
export interface Returned {
  uploads: readonly Upload[];
  /** Of these, those whose row only is awaited. */
  stored: ReadonlySet<Upload>;
  /** What may be read without asking. */
  open: ReadonlySet<Root>;
}

interface Options {
  owner: IdentityId;
  watcher: Watcher;
  signal: AbortSignal;
  onreturn: (returned: Returned) => void;
}

/** Passed through so fast that nothing is to be remembered of it. */
const FLEETING: ReadonlySet<UploadState> = new Set(['hashing', 'sending']);

export class Keeping {
  readonly #options: Options;
  readonly #roots = new Roots();
  #queue: Queue | undefined;
  #trouble = $state(false);
  /** When what was left is back; does not fail, and does not take long. */
  readonly ready: Promise<void>;

  constructor(options: Options) {
    this.#options = options;
    this.ready = within(this.#open(), PATIENCE_MS);
  }

  /** This device keeps nothing: what is not safe when the page is closed has to be dropped again, unasked. */
  get forgetful(): boolean {
    return this.#trouble;
  }
  /** Folders and files of an earlier visit that go on when the person lets the page read them. */
  get askable(): number {
    return this.#roots.count;
  }

  keep(upload: Upload): void {
    this.#queue?.keep(upload, upload.origin.root);
  }

  changed(upload: Upload): void {
    if (!FLEETING.has(upload.state)) this.#queue?.changed(upload);
  }

  /** Whatever its state. */
  noted(upload: Upload): void {
    this.#queue?.changed(upload);
  }

  /** Now, whatever its state: what it remembers must not be lost. */
  remember(upload: Upload): void {
    this.#queue?.changed(upload);
    void this.flush();
  }

  /** Resolves when all is on the disk that can be. */
  async flush(): Promise<void> {
    try {
      await this.#queue?.flush();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Asks the person for all that can be asked for; gives what may be read now. */
  ask(): Promise<ReadonlySet<Root>> {
    return this.#roots.ask();
  }

  close(): void {
    this.#queue?.close();
  }

  async #open(): Promise<void> {
    const { owner, signal } = this.#options;
    try {
      const queue = await Queue.open(owner);
      if (signal.aborted) return queue.close();
      this.#queue = queue;
      await this.#bringBack(await queue.left((late) => void this.#bringBack(late)));
    } catch (error) {
      this.#failed(error);
    }
  }

  async #bringBack(left: readonly Left[]): Promise<void> {
    const { signal, watcher, onreturn } = this.#options;
    if (left.length === 0 || signal.aborted) return;
    const open = await this.#roots.readable(left);
    const stored = new Set<Upload>();
    const uploads = await uploadsOf(left, watcher, (upload, { file, place }) => {
      this.#queue?.adopt(upload, place);
      if (file.stored) stored.add(upload);
    });
    onreturn({ uploads, stored, open });
  }

  #failed(error: unknown): void {
    // Closed while it was under way: there is nobody left to keep anything for.
    if (this.#options.signal.aborted) return;
    console.warn('Uploads cannot be kept on this device.', error);
    this.#trouble = true;
  }
}
