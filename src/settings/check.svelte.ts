// The check of all originals as the page shows it: started, stopped, gone on with, also after a reload.
import type { Cloud } from '../cloud/cloud.ts';
import { problemCodeOf, type CloudErrorCode } from '../cloud/error.ts';
import {
  checked,
  emptyReport,
  parseReport,
  settledBy,
  without,
  type Kind,
  type Report,
} from '../library/integrity.ts';
import type { Library } from '../library/library.svelte.ts';
import { readNote, writeNote } from '../library/notes.ts';
import { fields, flag } from '../schema/parse.ts';
import type { PhotoId } from '../schema/ids.ts';

export type CheckState = 'idle' | 'running' | 'stopped' | 'done';

/** A note about it costs a write. */
const NOTE_EVERY_MS = 2000;

export class OriginalsCheck {
  readonly #library: Library;
  readonly #cloud: Cloud;
  readonly #closing: AbortSignal;
  #running: AbortController | undefined;
  #state = $state<CheckState>('idle');
  #report = $state.raw<Report>(emptyReport);
  #problem = $state<CloudErrorCode>();

  constructor(library: Library, cloud: Cloud, closing: AbortSignal) {
    this.#library = library;
    this.#cloud = cloud;
    this.#closing = closing;
    closing.addEventListener('abort', () => this.#running?.abort());
  }

  get state(): CheckState {
    return this.#state;
  }
  get report(): Report {
    return this.#report;
  }
  /** Why it has stopped, when nobody stopped it. */
  get problem(): CloudErrorCode | undefined {
    return this.#problem;
  }

  /** What the last visit has left. */
  async open(): Promise<void> {
    const note = fields(await readNote(this.#library.database, 'check'));
    const report = parseReport(note?.['report']);
    if (!report || this.#state !== 'idle') return;
    this.#report = report;
    this.#state = flag(note?.['done']) ? 'done' : 'stopped';
  }

  /** From the beginning, or from where it was stopped. */
  async start({ anew = false } = {}): Promise<void> {
    if (this.#state === 'running') return;
    const from = anew || this.#state !== 'stopped' ? emptyReport : this.#report;
    this.#running = new AbortController();
    const signal = AbortSignal.any([this.#running.signal, this.#closing]);
    this.#state = 'running';
    this.#problem = undefined;
    this.#report = from;
    try {
      await this.#run(from, signal);
      this.#state = 'done';
    } catch (error) {
      if (this.#closing.aborted) return;
      this.#state = 'stopped';
      if (!signal.aborted) {
        this.#problem = problemCodeOf(error);
        if (this.#problem === 'unexpected') console.warn(error);
      }
    }
    await this.#note();
  }

  stop(): void {
    this.#running?.abort();
  }

  /** These have been put right. */
  async settle(kind: Kind, photoIds: ReadonlySet<PhotoId>): Promise<void> {
    if (photoIds.size === 0) return;
    this.#report = without(this.#report, kind, (photoId) => photoIds.has(photoId));
    await this.#note();
  }

  async #run(from: Report, signal: AbortSignal): Promise<void> {
    const library = this.#library;
    const isKnown = (photoId: PhotoId): boolean => library.columns.referenceOf(photoId) !== undefined;
    await library.sync(signal);
    let noted = performance.now();
    for await (const report of checked({ source: this.#cloud, from, isKnown, signal })) {
      this.#report = report;
      if (performance.now() - noted < NOTE_EVERY_MS) continue;
      await this.#note();
      noted = performance.now();
    }
    await library.sync(signal);
    this.#report = settledBy(this.#report, isKnown);
  }

  async #note(): Promise<void> {
    const { database } = this.#library;
    await writeNote(database, 'check', { report: this.#report, done: this.#state === 'done' });
  }
}
