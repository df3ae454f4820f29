// What moves uploads: whose turn it is, what becomes of those that are stopped or fail, and when all goes on.
import { words } from '../ui/words/upload.ts';
import type { Rows } from './arrivals.ts';
import type { Hasher } from './hash.ts';
import { Holding } from './holding.svelte.ts';
import { Journeys, type Carrier } from './journeys.ts';
import { Line, type Stop } from './line.ts';
import { Pace } from './pace.ts';
import { fileAt } from './sources.ts';
import { troubleOf } from './trouble.ts';
import type { Upload, UploadState } from './upload.svelte.ts';

/** A request that fails so soon after the connection came back may have failed for want of it. */
const JUST_BACK_MS = 5000;

/** So often a file breaks off while others get through. */
const MOST_BREAKS = 3;

/** What can be called off: what is stored stays. */
export const UNSTORED: readonly UploadState[] = ['needed', 'waiting', 'hashing', 'sending'];

/** What names photos by their bytes. */
export type Names = Pick<Hasher, 'photoIdOf' | 'close'>;

interface Options {
  cloud: Carrier;
  library: Rows;
  hasher: Names;
  signal: AbortSignal;
  /** Something about it is to be remembered at once. */
  remember: (upload: Upload) => void;
}

export class Engine {
  readonly holding: Holding;
  readonly journeys: Journeys;
  readonly #signal: AbortSignal;
  readonly #pace = new Pace();
  readonly #line: Line;
  /** Files that had changed where they were, and were opened anew. */
  readonly #reopened = new WeakSet<Upload>();
  /** How much had got through when it last broke off, and how often it has. */
  readonly #broken = new WeakMap<Upload, { proofs: number; times: number }>();
  #onlineSince = -Infinity;

  constructor({ cloud, library, hasher, signal, remember }: Options) {
    this.#signal = signal;
    this.holding = new Holding(() => this.#goOn());
    this.journeys = new Journeys({
      cloud,
      library,
      hasher,
      signal,
      onthrottled: () => this.#pace.throttled(performance.now()),
      onbegun: remember,
      onagain: (upload) => this.again(upload),
      onfail: (upload, error) => void this.#failed(upload, error),
    });
    this.#line = new Line({
      pace: this.#pace,
      holding: this.holding,
      prepare: (upload, stop) => this.journeys.prepare(upload, stop),
      send: (upload, stop) => this.journeys.send(upload, stop),
      onfail: (upload, error) => this.#failed(upload, error),
      onstop: (upload, why) => this.#stopped(upload, why),
    });
    addEventListener('online', () => this.#online(), { signal });
    // A device that has slept, or a screen that was locked.
    document.addEventListener('visibilitychange', () => this.#seen(), { signal });
    signal.addEventListener('abort', () => {
      this.holding.close();
      this.#line.clear();
      this.#line.stopAll('closed');
      hasher.close();
    });
  }

  /** Behind all others; `pump` has it set out. */
  push(upload: Upload): void {
    this.#line.push(upload);
  }

  pump(): void {
    this.#line.pump();
  }

  /** Before all others, and at once. */
  again(upload: Upload): void {
    upload.become('waiting');
    this.#line.unshift(upload);
    this.#line.pump();
  }

  /** Bytes have left. */
  sent(bytes: number): void {
    this.#pace.sent(bytes, performance.now());
  }

  pause(): void {
    this.holding.pause();
    this.#line.stopAll('paused');
  }

  /** Nobody is next. */
  clear(): void {
    this.#line.clear();
  }

  /** False when it is too late: it is stored, or over. */
  cancel(upload: Upload): boolean {
    if (!UNSTORED.includes(upload.state) || this.journeys.isStored(upload)) return false;
    // All of it has left, and may be stored this moment.
    if (upload.state === 'sending' && upload.sent === upload.bytes) return false;
    if (!this.#line.stop(upload, 'cancelled')) this.#stopped(upload, 'cancelled');
    return true;
  }

  #stopped(upload: Upload, why: Stop): void {
    if (why === 'closed' || !UNSTORED.includes(upload.state)) return;
    // It was prepared already, and stays so.
    if (why === 'paused' && upload.state === 'waiting') return;
    this.journeys.drop(upload);
    if (why === 'paused') return this.again(upload);
    upload.become('cancelled');
    void this.journeys.abandon(upload);
  }

  /** Never throws. */
  async #failed(upload: Upload, error: unknown): Promise<void> {
    if (this.#signal.aborted) return;
    const { state, news, stall } = await troubleOf(error, upload);
    // Called off meanwhile.
    if (upload.state === 'cancelled') return;
    if (news.code === 'unexpected') console.warn(error);
    this.journeys.drop(upload);
    if (news.code === 'unreadable' && (await this.#reopen(upload))) return this.again(upload);
    // The connection came back while this one was still failing for want of it.
    if (stall === 'offline' && performance.now() - this.#onlineSince < JUST_BACK_MS)
      return this.again(upload);
    if (stall === 'offline' && this.#breaksOff(upload))
      return upload.become('failed', { code: 'unexpected', problem: words.upload.breaksOff });
    upload.become(state, news);
    // Should it be this one alone that does not get through, the others are not to wait for it.
    if (stall === 'offline') this.#line.push(upload);
    else if (state === 'waiting') this.#line.unshift(upload);
    if (stall === 'throttled') this.#pace.throttled(performance.now());
    if (stall) this.holding.stall(stall);
  }

  /** Whether it breaks off again and again while others get through: that is not for want of a connection. */
  #breaksOff(upload: Upload): boolean {
    const { proofs } = this.holding;
    const before = this.#broken.get(upload);
    if (before?.proofs === proofs) return false;
    const times = (before?.times ?? 0) + 1;
    this.#broken.set(upload, { proofs, times });
    if (times < MOST_BREAKS) return false;
    this.#broken.delete(upload);
    return true;
  }

  /** A file that has changed where it lies is taken as it is now, once. */
  async #reopen(upload: Upload): Promise<boolean> {
    const { root, path, name } = upload.origin;
    if (!root || this.#reopened.has(upload)) return false;
    this.#reopened.add(upload);
    try {
      const file = await fileAt(root, path, name);
      upload.take({ name, path, root, file, size: file.size, lastModified: file.lastModified });
      return true;
    } catch {
      // It is gone, or may not be read (any more): that is what is said already.
      return false;
    }
  }

  #seen(): void {
    if (document.visibilityState === 'visible' && this.holding.current === 'offline') this.holding.release();
  }

  #online(): void {
    this.#onlineSince = performance.now();
    void this.journeys.refresh();
    this.holding.release();
  }

  /** Nothing holds any more. */
  #goOn(): void {
    if (!this.#signal.aborted) this.#line.pump();
  }
}
