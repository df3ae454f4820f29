// The page's side of the hash worker: one promise for each file.
import type { PhotoId } from '../schema/ids.ts';
import type { HashReply, HashRequest } from './hash-messages.ts';

/** Thrown when a file's bytes cannot be read (any more); `told` says it to the person, where more is known than just that. */
export class UnreadableFile extends Error {
  override name = 'UnreadableFile';
  readonly told: string | undefined;
  constructor(message: string, told?: string, options?: ErrorOptions) {
    super(message, options);
    this.told = told;
  }
}

export class Hasher {
  readonly #jobs = new Map<number, { done: (reply: HashReply) => void; failed: (error: unknown) => void }>();
  #worker: Worker | undefined;
  #next = 1;

  #start(): Worker {
    const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<HashReply>) => {
      this.#jobs.get(data.job)?.done(data);
      this.#jobs.delete(data.job);
    });
    // The worker itself could not be loaded or broke down: the files are not to blame, and the next one gets a new worker.
    worker.addEventListener('error', (event) => {
      this.close();
      for (const { failed } of this.#jobs.values()) failed(new Error(event.message));
      this.#jobs.clear();
    });
    return worker;
  }

  /** Fails with the signal's reason when that is aborted. */
  photoIdOf(file: File, signal: AbortSignal): Promise<PhotoId> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const job = this.#next++;
      const stop = (): void => {
        this.#jobs.delete(job);
        this.#worker?.postMessage({ job } satisfies HashRequest);
        reject(signal.reason);
      };
      signal.addEventListener('abort', stop);
      this.#jobs.set(job, {
        done: (reply) => {
          signal.removeEventListener('abort', stop);
          if ('photoId' in reply) resolve(reply.photoId);
          else reject(new UnreadableFile(reply.problem));
        },
        failed: (error) => {
          signal.removeEventListener('abort', stop);
          reject(error);
        },
      });
      this.#worker ??= this.#start();
      this.#worker.postMessage({ job, file } satisfies HashRequest);
    });
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
