// Putting right what the check of originals has found, as the page shows it: one kind at a time, whatever page is open.
import type { Cloud } from '../cloud/cloud.ts';
import { problemCodeOf, type CloudErrorCode } from '../cloud/error.ts';
import { heal, type Healable, type Healed } from '../library/heal.ts';
import type { Library } from '../library/library.svelte.ts';
import type { OriginalsCheck } from './check.svelte.ts';

/** What has come of one kind. */
export interface Outcome extends Healed {
  of: number;
  problem?: CloudErrorCode;
}

export class Healing {
  readonly #library: Library;
  readonly #cloud: Cloud;
  readonly #check: OriginalsCheck;
  readonly #closing: AbortSignal;
  #running = $state<Healable>();
  #outcomes = $state.raw<Readonly<Partial<Record<Healable, Outcome>>>>({});

  constructor(library: Library, cloud: Cloud, check: OriginalsCheck, closing: AbortSignal) {
    this.#library = library;
    this.#cloud = cloud;
    this.#check = check;
    this.#closing = closing;
  }

  /** What is being put right. */
  get running(): Healable | undefined {
    return this.#running;
  }
  /** Of this visit, since the last check. */
  get outcomes(): Readonly<Partial<Record<Healable, Outcome>>> {
    return this.#outcomes;
  }

  /** Another check tells anew what there is. */
  forget(): void {
    if (!this.#running) this.#outcomes = {};
  }

  async start(kind: Healable): Promise<void> {
    if (this.#running || this.#check.state === 'running') return;
    const { named } = this.#check.report.findings[kind];
    const of = named.length;
    const tell = (outcome: Outcome): void => {
      this.#outcomes = { ...this.#outcomes, [kind]: outcome };
    };
    let healed: Healed = { settled: new Set(), unshown: [], waiting: of };
    const onprogress = (now: Healed): void => tell({ ...(healed = now), of });
    this.#running = kind;
    onprogress(healed);
    try {
      onprogress(await heal({ source: this.#cloud, kind, named, onprogress, signal: this.#closing }));
    } catch (error) {
      if (this.#closing.aborted) return;
      const problem = problemCodeOf(error);
      if (problem === 'unexpected') console.warn(error);
      tell({ ...healed, of, problem });
    }
    // First on the screen, then off the list: nothing is gone from both meanwhile.
    await this.#library.sync(this.#closing);
    await this.#check.settle(kind, healed.settled);
    this.#running = undefined;
  }
}
