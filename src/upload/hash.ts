// The page's side of the hash worker: one promise for each file.
import type { PhotoId } from '../schema/ids.ts';
import type { HashReply, HashRequest } from './hash-messages.ts';

/** Thrown when a file's bytes cannot be read (any more). */
export class UnreadableFile extends Error {
  override name = 'UnreadableFile';
}

export class Hasher {
  readonly #worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
  readonly #jobs = new Map<number, (reply: HashReply) => void>();
  #next = 1;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<HashReply>) => {
      this.#jobs.get(data.job)?.(data);
      this.#jobs.delete(data.job);
    });
    this.#worker.addEventListener('error', (event) => {
      for (const [job, done] of this.#jobs) done({ job, problem: event.message });
      this.#jobs.clear();
    });
  }

  photoIdOf(file: File): Promise<PhotoId> {
    return new Promise((resolve, reject) => {
      const job = this.#next++;
      this.#jobs.set(job, (reply) => {
        if ('photoId' in reply) resolve(reply.photoId);
        else reject(new UnreadableFile(reply.problem));
      });
      this.#worker.postMessage({ job, file } satisfies HashRequest);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}
