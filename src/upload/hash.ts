// The page's side of the hash worker: one promise for each file.
import type { PhotoId } from '../schema/ids.ts';
import type { HashReply, HashRequest } from './hash-messages.ts';

/** Thrown when a file's bytes cannot be read (any more). */
export class UnreadableFile extends Error {
  override name = 'UnreadableFile';
}

export class Hasher {
  readonly #jobs = new Map<number, { done: (reply: HashReply) => void; failed: (error: Error) => void }>();
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

  photoIdOf(file: File): Promise<PhotoId> {
    return new Promise((resolve, reject) => {
      const job = this.#next++;
      this.#jobs.set(job, {
        done: (reply) => {
          if ('photoId' in reply) resolve(reply.photoId);
          else reject(new UnreadableFile(reply.problem));
        },
        failed: reject,
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
