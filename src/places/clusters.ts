// The page's side of the cluster worker: one promise for each question.
import type { Cluster, ClusterReply, ClusterRequest, Located } from './cluster-messages.ts';
import type { Bounds } from './mercator.ts';

type Asked = ClusterRequest extends infer Request
  ? Request extends { job: number }
    ? Omit<Request, 'job'>
    : never
  : never;

export class Clusters {
  readonly #worker = new Worker(new URL('./clusters.worker.ts', import.meta.url), { type: 'module' });
  readonly #jobs = new Map<
    number,
    { resolve: (reply: ClusterReply) => void; reject: (error: Error) => void }
  >();
  #next = 1;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<ClusterReply>) => {
      this.#jobs.get(data.job)?.resolve(data);
      this.#jobs.delete(data.job);
    });
    this.#worker.addEventListener('error', (event) => {
      for (const { reject } of this.#jobs.values()) reject(new Error(event.message));
      this.#jobs.clear();
    });
  }

  #ask(request: Asked): Promise<ClusterReply> {
    return new Promise((resolve, reject) => {
      const job = this.#next++;
      this.#jobs.set(job, { resolve, reject });
      this.#worker.postMessage({ ...request, job });
    });
  }

  /** What is asked after this is answered from these points, also before the promise resolves. */
  async load({ xs, ys, towns, countries }: Located): Promise<void> {
    await this.#ask({ kind: 'load', xs, ys, towns, countries });
  }

  async within(bounds: Bounds, zoom: number): Promise<Cluster[]> {
    const reply = await this.#ask({ kind: 'query', bounds, zoom });
    return reply.kind === 'query' ? reply.clusters : [];
  }

  async open(id: number): Promise<{ zoom: number; points: Uint32Array }> {
    const reply = await this.#ask({ kind: 'open', id });
    return reply.kind === 'open' ? reply : { zoom: 0, points: new Uint32Array() };
  }

  close(): void {
    this.#worker.terminate();
  }
}
