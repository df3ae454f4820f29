// Bringing the whole library out into a folder, as the page shows it. One at a time; it ends with the session.
import type { Cloud } from '../cloud/cloud.ts';
import { isAbort, problemCodeOf } from '../cloud/error.ts';
import type { Library } from '../library/library.svelte.ts';
import { online } from '../library/online.ts';
import { bytesOf, type OriginalSource } from '../library/original-bytes.ts';
import type { Social } from '../library/social.svelte.ts';
import { Awake } from '../ui/awake.ts';
import { bringOut, noTally, type Tally } from './export.ts';
import type { Identify } from './files.ts';
import { Ended, type Ending, type Reason } from './reasons.ts';
import { wholeOf } from './whole.ts';

/** Bytes come by the thousand times a second; people read them a few times. */
const SHOWN_EVERY_MS = 250;
/** So many that could not be had are named; all are counted. */
const MOST_NAMED = 200;

/** https://wicg.github.io/file-system-access/, which TypeScript does not know yet. */
type Picker = (options: { id: string; mode: 'readwrite' }) => Promise<FileSystemDirectoryHandle>;
const picker = (): Picker | undefined => (globalThis as { showDirectoryPicker?: Picker }).showDirectoryPicker;

export interface Failed {
  what: string;
  why: Reason;
}

interface Options {
  library: Library;
  cloud: Cloud;
  social: Promise<Social>;
  identify: Identify;
  closing: AbortSignal;
}

export class Exporting {
  readonly #options: Options;
  readonly #awake: Awake;
  #state = $state<'idle' | 'preparing' | 'running' | 'stopped' | 'done'>('idle');
  #tally = $state.raw(noTally());
  #failed = $state.raw<readonly Failed[]>([]);
  #ending = $state<Ending>();
  #folder = $state('');
  #unprepared = $state(0);
  #waiting = $state(0);
  #stop: AbortController | undefined;
  #choosing = false;

  constructor(options: Options) {
    this.#options = options;
    this.#awake = new Awake(options.closing);
  }

  /** Whether this browser lets a page write into a folder. */
  get possible(): boolean {
    return picker() !== undefined;
  }
  get state(): 'idle' | 'preparing' | 'running' | 'stopped' | 'done' {
    return this.#state;
  }
  get running(): boolean {
    return this.#state === 'preparing' || this.#state === 'running';
  }
  get tally(): Tally {
    return this.#tally;
  }
  /** The first of them; `tally.failed` is how many there are. */
  get failed(): readonly Failed[] {
    return this.#failed;
  }
  /** Why it ended before its time. */
  get ending(): Ending | undefined {
    return this.#ending;
  }
  /** What the chosen folder is called. */
  get folder(): string {
    return this.#folder;
  }
  /** Originals that are not in the library yet. */
  get unprepared(): number {
    return this.#unprepared;
  }
  /** Whether it waits for the connection. */
  get waiting(): boolean {
    return this.#waiting > 0;
  }

  /** To be called while a click is still remembered. */
  async start(): Promise<void> {
    const pick = picker();
    if (!pick || this.running || this.#choosing) return;
    this.#choosing = true;
    try {
      await this.#into(await pick({ id: 'shoebox-export', mode: 'readwrite' }));
    } catch (error) {
      // Whoever closes the picker wants nothing.
      if (isAbort(error)) return;
      this.#folder = '';
      this.#tally = noTally();
      this.#failed = [];
      this.#end('denied', error);
    } finally {
      this.#choosing = false;
    }
  }

  async #into(folder: FileSystemDirectoryHandle): Promise<void> {
    const { closing, library, cloud, social, identify } = this.#options;
    const stop = new AbortController();
    this.#stop = stop;
    const signal = AbortSignal.any([closing, stop.signal]);
    const tally = noTally();
    const failed: Failed[] = [];
    const show = (): void => {
      this.#tally = { ...tally };
      if (failed.length !== this.#failed.length) this.#failed = [...failed];
    };
    const shown = setInterval(show, SHOWN_EVERY_MS);
    const asked = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', asked);
    this.#awake.keep(true);
    this.#state = 'preparing';
    this.#ending = undefined;
    this.#folder = folder.name;
    this.#unprepared = 0;
    show();
    try {
      const { plan, unprepared } = await wholeOf(library, await social, cloud, signal);
      this.#unprepared = unprepared;
      this.#state = 'running';
      await bringOut({
        plan,
        folder,
        read: (photo, either) => bytesOf(photo, this.#source(), either),
        identify,
        signal,
        tally,
        told: (what, why) => failed.length < MOST_NAMED && failed.push({ what, why }),
      });
      this.#state = 'done';
    } catch (error) {
      if (signal.aborted) this.#state = 'stopped';
      else this.#end(error instanceof Ended ? error.ending : problemCodeOf(error), error);
    } finally {
      show();
      clearInterval(shown);
      removeEventListener('beforeunload', asked);
      this.#awake.keep(false);
      this.#stop = undefined;
    }
  }

  #end(ending: Ending, error: unknown): void {
    this.#state = 'stopped';
    this.#ending = ending;
    console.warn(error);
  }

  #source(): OriginalSource {
    const { cloud } = this.#options;
    return {
      playUrl: (photo) => cloud.playUrl(photo),
      fetch: (...request) => fetch(...request),
      pause: async (failures, signal) => {
        this.#waiting++;
        await online(failures, signal).finally(() => this.#waiting--);
      },
    };
  }

  /** What is there stays. */
  stop(): void {
    this.#stop?.abort();
  }
}
