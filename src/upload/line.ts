// Whose turn it is: files are read a few ahead of those that are sent, and as many are sent at once as the pace allows.
import { Fifo } from './fifo.ts';
import type { Holding } from './holding.svelte.ts';
import { placesOf, type Pace } from './pace.ts';
import type { Upload } from './upload.svelte.ts';

/** Read at once, for their hash. */
const READERS = 2;
/** Named and not sent yet. */
const AHEAD = 8;

/** Why something under way is stopped. */
export type Stop = 'paused' | 'cancelled' | 'closed';

interface Options {
  pace: Pace;
  holding: Holding;
  /** Gives whether it is to be sent. */
  prepare: (upload: Upload, signal: AbortSignal) => Promise<boolean>;
  send: (upload: Upload, signal: AbortSignal) => Promise<void>;
  onfail: (upload: Upload, error: unknown) => Promise<void>;
  /** It was stopped with this reason. */
  onstop: (upload: Upload, why: Stop) => void;
}

export class Line {
  readonly #options: Options;
  readonly #waiting = new Fifo<Upload>();
  readonly #reading = new Map<Upload, AbortController>();
  readonly #prepared = new Set<Upload>();
  readonly #sending = new Map<Upload, AbortController>();

  constructor(options: Options) {
    this.#options = options;
  }

  push(upload: Upload): void {
    this.#waiting.push(upload);
  }
  /** Before all others. */
  unshift(upload: Upload): void {
    this.#waiting.unshift(upload);
  }

  /** Has those set out whose turn it is. */
  pump(): void {
    while (this.#mayRead()) {
      const upload = this.#next();
      if (!upload) break;
      void this.#run(this.#reading, upload, async (signal) => {
        if (await this.#options.prepare(upload, signal)) this.#prepared.add(upload);
      });
    }
    for (const upload of this.#prepared) {
      if (!this.#maySend(upload)) break;
      this.#prepared.delete(upload);
      void this.#run(this.#sending, upload, async (signal) => {
        await this.#options.send(upload, signal);
        this.#options.holding.proved();
        this.#options.pace.arrived(performance.now(), this.#prepared.size > 0);
      });
    }
  }

  /** Stops what is under way with this upload; gives whether anything was. */
  stop(upload: Upload, why: Stop): boolean {
    this.#prepared.delete(upload);
    const controller = this.#reading.get(upload) ?? this.#sending.get(upload);
    controller?.abort(why);
    return controller !== undefined;
  }

  /** Stops all that is under way. Those that are prepared stay so. */
  stopAll(why: Stop): void {
    for (const controller of [...this.#reading.values(), ...this.#sending.values()]) controller.abort(why);
  }

  clear(): void {
    this.#waiting.clear();
    this.#prepared.clear();
  }

  #mayRead(): boolean {
    const { holding } = this.#options;
    if (holding.current || this.#reading.size >= READERS) return false;
    const named = this.#reading.size + this.#prepared.size;
    return named < (holding.careful ? 1 : AHEAD);
  }

  #maySend(upload: Upload): boolean {
    const { holding, pace } = this.#options;
    if (holding.current) return false;
    if (holding.careful) return this.#sending.size === 0;
    const taken = [...this.#sending.keys()].reduce((sum, one) => sum + placesOf(one.bytes), 0);
    return pace.room(taken, placesOf(upload.bytes));
  }

  /** One that waits no more, because it was cancelled or is under way already, is passed over. */
  #next(): Upload | undefined {
    for (let upload = this.#waiting.shift(); upload; upload = this.#waiting.shift()) {
      const inHand = this.#reading.has(upload) || this.#prepared.has(upload) || this.#sending.has(upload);
      if (upload.state === 'waiting' && !inHand) return upload;
    }
    return undefined;
  }

  /** Never throws. */
  async #run(
    lane: Map<Upload, AbortController>,
    upload: Upload,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    lane.set(upload, controller);
    const failed = await work(signal).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    lane.delete(upload);
    if (signal.aborted) {
      const why = signal.reason as Stop;
      if (why !== 'paused') this.#prepared.delete(upload);
      this.#options.onstop(upload, why);
    }
    if (failed && !signal.aborted) await this.#options.onfail(upload, failed.error);
    this.pump();
  }
}
