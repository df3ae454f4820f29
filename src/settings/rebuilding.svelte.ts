// Rebuilding this device's library as the page shows it.
import type { Cloud } from '../cloud/cloud.ts';
import { problemCodeOf, type CloudErrorCode } from '../cloud/error.ts';
import type { Library } from '../library/library.svelte.ts';
import { rebuild } from '../library/rebuild.ts';

export class Rebuilding {
  readonly #library: Library;
  readonly #cloud: Cloud;
  readonly #closing: AbortSignal;
  #state = $state<'idle' | 'running' | 'done'>('idle');
  #read = $state(0);
  #problem = $state<CloudErrorCode>();

  constructor(library: Library, cloud: Cloud, closing: AbortSignal) {
    this.#library = library;
    this.#cloud = cloud;
    this.#closing = closing;
  }

  get state(): 'idle' | 'running' | 'done' {
    return this.#state;
  }
  /** How many rows have been read so far. */
  get read(): number {
    return this.#read;
  }
  get problem(): CloudErrorCode | undefined {
    return this.#problem;
  }

  async start(): Promise<void> {
    if (this.#state === 'running') return;
    this.#state = 'running';
    this.#problem = undefined;
    this.#read = 0;
    const signal = this.#closing;
    try {
      await rebuild({
        library: this.#library,
        source: this.#cloud,
        onread: (rows) => (this.#read = rows),
        signal,
      });
      this.#state = 'done';
    } catch (error) {
      this.#state = 'idle';
      if (signal.aborted) return;
      this.#problem = problemCodeOf(error);
      if (this.#problem === 'unexpected') console.warn(error);
    }
  }
}
