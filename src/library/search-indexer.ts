// The page's side of the worker that makes search indexes.
import type { Chunk } from './chunk.ts';
import type { Index } from './search-index.ts';
import type { IndexReply, IndexRequest } from './search-messages.ts';

export interface Indexer {
  /** One at a time. Fails when there is no worker to be had. */
  indexOf: (chunk: Chunk, letter: number) => Promise<Index>;
  /** Nothing more is to be done for now, or ever. */
  close: () => void;
}

export class WorkerIndexer implements Indexer {
  #worker: Worker | undefined;

  indexOf(chunk: Chunk, letter: number): Promise<Index> {
    this.#worker ??= new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module' });
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      worker.addEventListener(
        'message',
        ({ data }: MessageEvent<IndexReply>) => {
          if ('index' in data) resolve(data.index);
          else reject(new Error(data.problem));
        },
        { once: true },
      );
      // The next one gets a new worker.
      worker.addEventListener('error', ({ message }) => {
        this.close();
        reject(new Error(message));
      });
      const { owner, head, rest } = chunk;
      worker.postMessage({ owner, letter, head, rest: rest?.buffer as ArrayBuffer } satisfies IndexRequest);
    });
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
