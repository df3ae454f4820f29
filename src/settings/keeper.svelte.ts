// Keeping all thumbnails on this device: fetched slowly, newest first, while the page is open and online. The service worker keeps them.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError, toCloudError } from '../cloud/error.ts';
import { FAILED, TRASHED, VIDEO } from '../library/chunk.ts';
import type { Columns } from '../library/columns.ts';
import {
  keptPhotos,
  mostOf,
  readKeeping,
  removePictures,
  renditionCache,
  trim,
  writeKeeping,
  type Budget,
  type Keeping,
} from '../library/kept.ts';
import type { Library } from '../library/library.svelte.ts';
import { letterIn, rowIn } from '../library/order.ts';
import type { PhotoId } from '../schema/ids.ts';

/** `waiting` for the connection; `saving` data as the browser was told to; `partly`: some could not be fetched or kept. */
export type KeepingState =
  'off' | 'looking' | 'fetching' | 'paused' | 'waiting' | 'saving' | 'done' | 'partly';

/** The connection belongs to whoever looks at something. */
const LANES = 2;
const LOOK_AGAIN_MS = 60_000;
const RETRY_MS = 20_000;
/** What could not be fetched or kept is not asked for all the time. */
const TRY_AGAIN_MS = 30 * 60_000;
const MAX_REFERENCES = 2 ** 24;

interface Connection extends EventTarget {
  saveData?: boolean;
}
const connection = (): Connection | undefined => (navigator as { connection?: Connection }).connection;

export class Keeper {
  readonly #library: Library;
  readonly #cloud: Cloud;
  readonly #closing: AbortSignal;
  #running: AbortController | undefined;
  #keeping = $state.raw<Keeping>();
  #state = $state<KeepingState>('off');
  #kept = $state(0);
  #wanted = $state(0);
  #persisted = $state<boolean>();

  constructor(library: Library, cloud: Cloud, closing: AbortSignal) {
    this.#library = library;
    this.#cloud = cloud;
    this.#closing = closing;
    // What holds it up goes away.
    addEventListener('online', () => this.#resume(), { signal: closing });
    connection()?.addEventListener('change', () => this.#resume(), { signal: closing });
    closing.addEventListener('abort', () => this.#running?.abort());
  }

  get state(): KeepingState {
    return this.#state;
  }
  get budget(): Budget | undefined {
    return this.#keeping?.budget;
  }
  get all(): boolean {
    return this.#keeping?.all ?? false;
  }
  get kept(): number {
    return this.#kept;
  }
  get wanted(): number {
    return this.#wanted;
  }
  /** Whether the browser has promised not to clear this by itself; undefined until it was asked. */
  get persisted(): boolean | undefined {
    return this.#persisted;
  }

  /** Goes on as it was left at the last visit. */
  async start(): Promise<void> {
    const [keeping, persisted] = await Promise.all([
      readKeeping(this.#library.identityId),
      navigator.storage?.persisted?.(),
    ]);
    // What was chosen while they were read holds.
    this.#keeping ??= keeping;
    this.#persisted ??= persisted;
    this.#resume();
  }

  /** The browser may say no, and need not say why. */
  async persist(): Promise<void> {
    this.#persisted = (await navigator.storage?.persist?.()) ?? false;
  }

  async choose(budget: Budget): Promise<void> {
    await this.#set({ budget });
    const owner = this.#library.identityId;
    for (const rendition of ['thumb', 'view'] as const) {
      const most = mostOf(this.#keeping as Keeping, rendition);
      await trim(await caches.open(renditionCache(owner, rendition)), most);
    }
  }

  async keepAll(all: boolean): Promise<void> {
    await this.#set({ all, paused: false });
    if (all) await this.persist();
    this.#resume();
  }

  async pause(paused: boolean): Promise<void> {
    await this.#set({ paused });
    this.#resume();
  }

  /** Removes the pictures on this device, and fetches no more by itself. */
  async remove(): Promise<void> {
    await this.#set({ all: false, paused: false });
    this.#resume();
    await removePictures(this.#library.identityId);
    this.#kept = 0;
  }

  async #set(change: Partial<Keeping>): Promise<void> {
    const keeping = { ...(await readKeeping(this.#library.identityId)), ...change };
    this.#closing.throwIfAborted();
    await writeKeeping(this.#library.identityId, keeping, this.#closing);
    this.#closing.throwIfAborted();
    this.#keeping = keeping;
  }

  #resume(): void {
    this.#running?.abort();
    this.#running = undefined;
    if (this.#closing.aborted || !this.#keeping?.all) this.#state = 'off';
    else if (this.#keeping.paused) this.#state = 'paused';
    else if (connection()?.saveData) this.#state = 'saving';
    else {
      this.#running = new AbortController();
      const { signal } = this.#running;
      this.#run(signal).catch((error: unknown) => signal.aborted || console.warn(error));
    }
  }

  /** Passes over the library until everything is here, and again when there is more. */
  async #run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { columns } = this.#library;
      this.#state = 'looking';
      const { missing, wanted } = await this.#look(columns);
      signal.throwIfAborted();
      this.#wanted = wanted;
      this.#kept = wanted - missing.length;
      if (missing.length > 0) {
        this.#state = 'fetching';
        await this.#fetchAll(columns, missing, signal);
        // What the service worker has really kept, it alone knows.
        const left = (await this.#look(columns)).missing.length;
        signal.throwIfAborted();
        this.#kept = wanted - left;
        this.#state = left > 0 ? 'partly' : 'done';
      } else this.#state = 'done';
      const again = performance.now() + (this.#state === 'partly' ? TRY_AGAIN_MS : Infinity);
      do await elapsed(LOOK_AGAIN_MS, signal);
      while (this.#library.columns === columns && performance.now() < again);
    }
  }

  /** References to photos that have a thumbnail, and it is not here. */
  async #look(columns: Columns): Promise<{ missing: Uint32Array; wanted: number }> {
    const here = new Uint8Array(MAX_REFERENCES / 8);
    for (const photoId of await keptPhotos(this.#library.identityId, 'thumb')) {
      const reference = columns.referenceOf(photoId);
      if (reference !== undefined)
        here[reference >> 3] = (here[reference >> 3] as number) | (1 << (reference & 7));
    }
    const { chunks, order } = columns;
    const missing = new Uint32Array(order.length);
    let [count, wanted] = [0, 0];
    for (const reference of order) {
      const flags = chunks[letterIn(reference)]?.columns.flags[rowIn(reference)] ?? FAILED;
      if (flags & (FAILED | VIDEO | TRASHED)) continue;
      wanted++;
      if (!((here[reference >> 3] as number) & (1 << (reference & 7)))) missing[count++] = reference;
    }
    return { missing: missing.slice(0, count), wanted };
  }

  async #fetchAll(columns: Columns, missing: Uint32Array, signal: AbortSignal): Promise<void> {
    await keepsPictures(signal);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < missing.length) {
        const photoId = columns.idOf(missing[next++] as number);
        if (photoId && (await this.#fetchOne(photoId, signal))) this.#kept++;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  /** False for one that cannot be had. Waits for the connection. */
  async #fetchOne(photoId: PhotoId, signal: AbortSignal): Promise<boolean> {
    let url = await this.#cloud.renditionUrl(photoId, 'thumb');
    for (let round = 0; ; round++) {
      signal.throwIfAborted();
      try {
        const response = await fetch(url, { signal, mode: 'cors', priority: 'low' });
        await response.blob();
        if (response.ok) return true;
        if (round > 0) return false;
        url = await this.#cloud.anotherRenditionUrl(url, photoId, 'thumb');
      } catch (error) {
        signal.throwIfAborted();
        const problem = toCloudError(error);
        if (!(problem instanceof CloudError) || problem.code !== 'offline') return false;
        this.#state = 'waiting';
        await elapsed(RETRY_MS, signal);
        this.#state = 'fetching';
        round = 0;
        url = await this.#cloud.renditionUrl(photoId, 'thumb');
      }
    }
  }
}

/** When there is a service worker to keep what is fetched: on a first visit it takes over a little later. */
async function keepsPictures(signal: AbortSignal): Promise<void> {
  if (navigator.serviceWorker?.controller) return;
  await new Promise<void>((resolve, reject) => {
    navigator.serviceWorker?.addEventListener('controllerchange', () => resolve(), { once: true, signal });
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

const elapsed = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
