// Everything this page is uploading, and what one can do about it.
import type { Library } from '../library/library.svelte.ts';
import { inSlices } from '../library/slices.ts';
import { words } from '../ui/words/upload.ts';
import type { Rows } from './arrivals.ts';
import { Awake } from './awake.ts';
import { Hasher } from './hash.ts';
import { Holding, type Hold } from './holding.svelte.ts';
import { Journeys, type Carrier } from './journeys.ts';
import { Keeping } from './keeping.svelte.ts';
import { Line, type Stop } from './line.ts';
import { Pace } from './pace.ts';
import { Recognition } from './recognition.ts';
import { fileAt, type Root } from './sources.ts';
import { Tallies } from './tallies.svelte.ts';
import { troubleOf } from './trouble.ts';
import { Upload, type Origin, type UploadState, type Watcher } from './upload.svelte.ts';
import type { Found, FoundFile } from './walk.ts';

/** A request that fails so soon after the connection came back may have failed for want of it. */
const JUST_BACK_MS = 5000;

/** What can be called off: what is stored stays. */
const UNSTORED: readonly UploadState[] = ['needed', 'waiting', 'hashing', 'sending'];

/** What names photos by their bytes. */
type Names = Pick<Hasher, 'photoIdOf' | 'close'>;

export class Uploads {
  /** Counts, bytes, speed, and which uploads to show: kept up to date without looking through the list. */
  readonly tallies: Tallies;
  readonly #abort = new AbortController();
  readonly #hasher: Names;
  readonly #pace = new Pace();
  readonly #holding: Holding;
  readonly #journeys: Journeys;
  readonly #line: Line;
  readonly #keeping: Keeping;
  readonly #awake: Awake;
  readonly #watcher: Watcher = {
    moved: (upload, from, by) => {
      this.tallies.moved(upload, from, by);
      this.#keeping.changed(upload);
    },
    progressed: (upload, bytes) => this.#progressed(upload, bytes),
  };
  /** Files that had changed where they were, and were opened anew. */
  readonly #reopened = new WeakSet<Upload>();
  #onlineSince = -Infinity;

  #list = $state.raw<readonly Upload[]>([]);
  #skipped = $state(0);

  constructor(cloud: Carrier, library: Rows & Pick<Library, 'identityId'>, hasher: Names = new Hasher()) {
    this.#hasher = hasher;
    const { signal } = this.#abort;
    this.#awake = new Awake(signal);
    this.tallies = new Tallies(() => this.#keepAwake());
    this.#holding = new Holding(() => this.#goOn());
    this.#journeys = new Journeys({
      cloud,
      library,
      hasher: this.#hasher,
      signal,
      onagain: (upload) => this.#again(upload),
      onfail: (upload, error) => void this.#failed(upload, error),
    });
    this.#line = new Line({
      pace: this.#pace,
      holding: this.#holding,
      prepare: (upload, stop) => this.#journeys.prepare(upload, stop),
      send: (upload, stop) => this.#journeys.send(upload, stop),
      onfail: (upload, error) => this.#failed(upload, error),
      onstop: (upload, why) => this.#stopped(upload, why),
    });
    this.#keeping = new Keeping({
      owner: library.identityId,
      watcher: this.#watcher,
      signal,
      onreturn: (uploads, from) => void this.#returned(uploads, from),
    });
    addEventListener('online', () => this.#online(), { signal });
    addEventListener('beforeunload', (event) => this.busy && event.preventDefault(), { signal });
  }

  /** All of them, in the order they came. To draw some, `tallies.first` and `tallies.some` find them without looking at all. */
  get list(): readonly Upload[] {
    return this.#list;
  }
  /** System files that were passed over. */
  get skipped(): number {
    return this.#skipped;
  }
  /** Whether there is work that goes on, or would if nothing held it. */
  get busy(): boolean {
    return this.tallies.busy;
  }
  get safe(): number {
    return this.tallies.count('ready', 'duplicate', 'restored');
  }
  get problems(): number {
    return this.tallies.count('failed', 'unshowable');
  }
  /** Share of bytes that are dealt with, 0 to 1. */
  get progress(): number {
    const { bytes, dealt, busy } = this.tallies;
    return bytes === 0 ? (busy ? 0 : 1) : dealt / bytes;
  }
  /** Why nothing is sent at the moment. All but `paused` goes on by itself, or sooner by `resume`. */
  get hold(): Hold | undefined {
    return this.#holding.current;
  }
  get paused(): boolean {
    return this.#holding.paused;
  }

  /** How many wait for their file, which the person has to give again: dropped again it takes its place by itself. */
  get needed(): number {
    return this.tallies.count('needed');
  }
  /** Whether `ask` may spare the person that for some. */
  get askable(): boolean {
    return this.#keeping.askable > 0 && this.needed > 0;
  }
  /** How many would be lost if this device forgot them: what is stored would not. */
  get unstored(): number {
    return this.tallies.count('needed', 'waiting', 'hashing', 'sending', 'failed');
  }
  /** This device keeps nothing for a later visit: it is full, or the browser does not let the page. */
  get forgetful(): boolean {
    return this.#keeping.forgetful;
  }

  /** Gives the uploads of these files, in their order. One that waited for its file is among them, not twice. */
  async add({ files, skipped, unreadable }: Offered): Promise<readonly Upload[]> {
    await this.#keeping.ready;
    if (!this.busy) {
      this.tallies.begin();
      this.#skipped = 0;
    }
    this.#skipped += skipped;
    void this.#journeys.refresh();
    const lost = this.tallies.some(['failed']).filter(({ code }) => code === 'unreadable');
    const recognition = new Recognition(this.tallies.some(['needed']), lost);
    const added: Upload[] = [];
    const fresh: Upload[] = [];
    await inSlices(files, (found) => {
      const origin = originOf(found);
      const known = recognition.find(origin);
      known?.take(origin, 'waiting');
      const upload = known ?? this.#track(origin);
      if (!known) fresh.push(upload);
      added.push(upload);
      this.#line.push(upload);
    });
    for (const name of unreadable) {
      const upload = new Upload({ name, size: 0, lastModified: 0 }, this.#watcher);
      this.tallies.added(upload);
      upload.become('failed', { code: 'unreadable', problem: words.upload.unreadable });
      fresh.push(upload);
    }
    this.#list = this.#list.concat(fresh);
    this.#line.pump();
    void this.#keeping.flush();
    return added;
  }

  /** Asks the person to let the page read again what it could read in an earlier visit. Only after a click. */
  async ask(): Promise<void> {
    const open = await this.#keeping.ask();
    await this.#goOnWith(this.tallies.some(['needed']), open);
  }

  /** Stops what is under way, to go on with `resume`. Photos that are stored go on being prepared. */
  pause(): void {
    this.#holding.pause();
    this.#line.stopAll('paused');
    this.#keepAwake();
  }

  /** Goes on, whatever the hold was. */
  resume(): void {
    this.#holding.resume();
    this.#keepAwake();
  }

  /** Calls one off. False when it is too late for that: it is stored, or over. */
  cancel(upload: Upload): boolean {
    if (!UNSTORED.includes(upload.state) || this.#journeys.isStored(upload)) return false;
    // All of it has left, and may be stored this moment.
    if (upload.state === 'sending' && upload.sent === upload.bytes) return false;
    if (!this.#line.stop(upload, 'cancelled')) this.#stopped(upload, 'cancelled');
    return true;
  }

  /** Calls off all that are not stored. */
  async cancelAll(): Promise<void> {
    this.#line.clear();
    await inSlices(this.tallies.some(UNSTORED), (upload) => this.cancel(upload));
    this.resume();
  }

  /** Tries one again that failed or was called off. */
  retry(upload: Upload): void {
    if (!this.#mayRetry(upload)) return;
    this.#again(upload);
    void this.#journeys.refresh();
    this.#holding.release();
  }

  /** The same for all that failed. */
  retryFailed(): void {
    const failed = this.tallies.some(['failed']).filter((upload) => this.#mayRetry(upload));
    for (const upload of failed.toReversed()) this.#again(upload);
    void this.#journeys.refresh();
    this.#holding.release();
  }

  /** Forgets what is over; what is under way stays. */
  clear(): void {
    const over = this.#list.filter((one) => one.over);
    for (const upload of over) {
      upload.forgotten = upload.state !== 'stored';
      this.#keeping.changed(upload);
      this.tallies.removed(upload);
    }
    this.#list = this.#list.filter((upload) => !upload.over);
    this.#skipped = 0;
  }

  /** Resolves when this device knows all that it is to keep. */
  rest(): Promise<void> {
    return this.#keeping.flush();
  }

  /** At sign-out: stops all and lets go of every file. */
  close(): void {
    this.#abort.abort();
    this.#holding.close();
    this.#line.clear();
    this.#line.stopAll('closed');
    this.#hasher.close();
    this.#keeping.close();
    this.tallies.close();
    this.#list = [];
  }

  #track(origin: Origin): Upload {
    const upload = new Upload(origin, this.#watcher);
    this.tallies.added(upload);
    this.#keeping.keep(upload);
    return upload;
  }

  /** From an earlier visit. */
  async #returned(
    uploads: readonly Upload[],
    { stored, open }: { stored: ReadonlySet<Upload>; open: ReadonlySet<Root> },
  ): Promise<void> {
    for (const upload of uploads) this.tallies.added(upload);
    this.#list = this.#list.concat(uploads);
    await this.#goOnWith(uploads, open);
    await this.#journeys.refresh();
    await inSlices(uploads, (upload) => {
      if (upload.state === 'needed') this.#journeys.settle(upload);
      if (upload.state === 'needed' && stored.has(upload)) this.#journeys.awaitRow(upload);
    });
  }

  /** Those of an earlier visit that may be read go on by themselves. */
  async #goOnWith(uploads: readonly Upload[], open: ReadonlySet<Root>): Promise<void> {
    if (open.size === 0) return;
    await inSlices(uploads, (upload) => {
      const { root } = upload.origin;
      if (upload.state !== 'needed' || !root || !open.has(root)) return;
      upload.become('waiting');
      this.#line.push(upload);
    });
    this.#line.pump();
  }

  #progressed(upload: Upload, bytes: number): void {
    this.tallies.progressed(upload, bytes);
    if (bytes > 0) this.#pace.sent(bytes, performance.now());
  }

  #mayRetry(upload: Upload): boolean {
    return (upload.state === 'failed' || upload.state === 'cancelled') && upload.readable;
  }

  #again(upload: Upload): void {
    upload.become('waiting');
    this.#line.unshift(upload);
    this.#line.pump();
  }

  #stopped(upload: Upload, why: Stop): void {
    if (why === 'closed' || !UNSTORED.includes(upload.state)) return;
    // It was prepared already, and stays so.
    if (why === 'paused' && upload.state === 'waiting') return;
    this.#journeys.drop(upload);
    if (why === 'cancelled') upload.become('cancelled');
    else this.#again(upload);
  }

  /** Never throws. */
  async #failed(upload: Upload, error: unknown): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const { state, news, stall } = await troubleOf(error, upload, navigator.onLine);
    // Called off meanwhile.
    if (upload.state === 'cancelled') return;
    if (news.code === 'unexpected') console.warn(error);
    this.#journeys.drop(upload);
    if (news.code === 'unreadable' && (await this.#reopen(upload))) return this.#again(upload);
    // The connection came back while this one was still failing for want of it.
    if (stall === 'offline' && performance.now() - this.#onlineSince < JUST_BACK_MS)
      return this.#again(upload);
    upload.become(state, news);
    if (state === 'waiting') this.#line.unshift(upload);
    if (stall === 'throttled') this.#pace.throttled(performance.now());
    if (stall) this.#holding.stall(stall);
  }

  /** A file that has changed where it lies is taken as it is now, once. */
  async #reopen(upload: Upload): Promise<boolean> {
    const { root, path, name } = upload.origin;
    if (!root || this.#reopened.has(upload)) return false;
    this.#reopened.add(upload);
    try {
      const file = await fileAt(root, path, name);
      upload.take({ name, path, root, file, size: file.size, lastModified: file.lastModified });
      return true;
    } catch {
      // It is gone, or may not be read (any more): that is what is said already.
      return false;
    }
  }

  #online(): void {
    this.#onlineSince = performance.now();
    void this.#journeys.refresh();
    this.#holding.release();
  }

  /** Nothing holds any more: those that failed for want of a connection come first. */
  #goOn(): void {
    if (this.#abort.signal.aborted) return;
    for (const upload of this.tallies.some(['failed'])) if (upload.code === 'offline') this.#again(upload);
    this.#line.pump();
  }

  #keepAwake(): void {
    this.#awake.keep(this.busy && this.hold === undefined);
  }
}

/** What was found, read already or to be read when its turn comes. */
export interface Offered extends Omit<Found, 'files'> {
  files: readonly (FoundFile | Origin)[];
}

function originOf(found: FoundFile | Origin): Origin {
  if ('size' in found) return found;
  const { file, path, root } = found;
  return { name: file.name, size: file.size, lastModified: file.lastModified, path, file, root };
}
