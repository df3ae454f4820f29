// Decodes in a thread of its own what needs a decoder in WebAssembly. There a file that was made to hurt can be stopped, and
// whatever it does to the decoder's memory ends with the thread.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { startThread } from './decoder-thread.ts';
import type { Answer, Answers, Codec, Job } from './decoder-worker.ts';
import { damaged, tooLarge, tooManyBytes, tooSlow, Unready } from './failure.ts';
import { compileBounded } from './wasm.ts';

/** A file longer than this is held several times over while it is decoded. */
const MAX_FILE_BYTES = 120_000_000;
/** Of the Lambda's 1769 MB; Node, the file, and what comes out of it need the rest. */
const MAX_MEMORY_BYTES = 900_000_000;
/** Memory that was grown is never given back: a thread that has more ends with its photo, so that sharp has it for itself. */
const MAX_IDLE_BYTES = 100_000_000;
/** Half of what the Lambda has. */
const MAX_MILLISECONDS = 60_000;

const { resolve } = createRequire(import.meta.url);
/** Found when they are asked for: most photos need neither. */
const WASM: Readonly<Record<Codec, () => string>> = {
  heif: () => resolve('libheif-js/libheif-wasm/libheif.wasm'),
  // The package lets no CommonJS resolver see more than its description.
  jxl: () => join(dirname(resolve('jxl-oxide-wasm/package.json')), 'jxl_oxide_wasm_bg.wasm'),
};

export interface DecoderOptions {
  milliseconds?: number;
  memoryBytes?: number;
  start?: () => Worker;
}

export class Decoder {
  readonly #options: DecoderOptions;
  readonly #modules = new Map<Codec, WebAssembly.Module>();
  /** A thread that has done its work well and waits for more. */
  #idle: Worker | undefined;

  constructor(options: DecoderOptions = {}) {
    this.#options = options;
  }

  /** Throws Unshowable for what cannot be decoded, in time or in the memory there is; Unready when nothing can be. */
  async decode<C extends Codec>(codec: C, file: Buffer): Promise<Answers[C]> {
    if (file.length > MAX_FILE_BYTES) throw tooManyBytes(file.length);
    const module = await this.#module(codec);
    const waiting = this.#idle;
    this.#idle = undefined;
    const worker = waiting ?? (await this.#start());
    let keep = false;
    try {
      const answer = await this.#ask(worker, { codec, file, module });
      if ('unready' in answer)
        throw new Unready(`the decoder of ${codec} does not start`, new Error(answer.unready));
      if ('damaged' in answer) throw damaged(new Error(answer.damaged));
      if ('tooLarge' in answer) throw tooLarge(answer.tooLarge);
      keep = !this.#idle && answer.memoryBytes <= MAX_IDLE_BYTES;
      return answer.decoded as Answers[C];
    } finally {
      if (keep) this.#idle = worker;
      else await worker.terminate();
    }
  }

  /** Ends the thread that waits, if there is one. */
  async close(): Promise<void> {
    await this.#idle?.terminate();
    this.#idle = undefined;
  }

  /** Compiled once; a new thread then has it at hand. */
  async #module(codec: Codec): Promise<WebAssembly.Module> {
    const { memoryBytes = MAX_MEMORY_BYTES } = this.#options;
    try {
      const module = this.#modules.get(codec) ?? (await compileBounded(WASM[codec](), memoryBytes));
      this.#modules.set(codec, module);
      return module;
    } catch (error) {
      throw new Unready(`the decoder of ${codec} cannot be loaded`, error);
    }
  }

  async #start(): Promise<Worker> {
    const { start = startThread } = this.#options;
    const worker = start();
    // Whoever waits for an answer hears of its end; in between nobody needs to.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.#idle === worker) this.#idle = undefined;
    });
    try {
      await new Promise((ready, failed) =>
        worker.once('message', ready).once('error', failed).once('exit', failed),
      );
    } catch (error) {
      throw new Unready('the decoding thread cannot be started', error);
    }
    return worker;
  }

  #ask(worker: Worker, job: Job): Promise<Answer> {
    const { milliseconds = MAX_MILLISECONDS } = this.#options;
    return new Promise((settle, reject) => {
      const end = (act: () => void): void => {
        clearTimeout(timer);
        worker.off('message', answered).off('error', crashed).off('exit', crashed);
        worker.unref();
        act();
      };
      const answered = (answer: Answer): void => end(() => settle(answer));
      const crashed = (reason: unknown): void => end(() => reject(damaged(reason)));
      const timer = setTimeout(
        () => end(() => reject(tooSlow(new Error(`${milliseconds} ms`)))),
        milliseconds,
      );
      worker.on('message', answered).on('error', crashed).on('exit', crashed);
      worker.ref();
      worker.postMessage(job);
    });
  }
}
