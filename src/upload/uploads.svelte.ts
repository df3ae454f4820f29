// Everything this page is uploading, and what one can do about it.
import type { Library } from '../library/library.svelte.ts';
import { inSlices } from '../library/slices.ts';
import type { RandomId } from '../schema/ids.ts';
import { Awake } from '../ui/awake.ts';
import { words } from '../ui/words/upload.ts';
import type { Rows } from './arrivals.ts';
import { Engine, UNSTORED, type Names } from './engine.ts';
import { Hasher } from './hash.ts';
import type { Hold } from './holding.svelte.ts';
import type { Carrier } from './journeys.ts';
import { Keeping, type Returned } from './keeping.svelte.ts';
import { Recognition } from './recognition.ts';
import type { Root } from './sources.ts';
import { Tallies } from './tallies.svelte.ts';
import { Upload, type Origin, type Watcher } from './upload.svelte.ts';
import type { Found } from './walk.ts';

/** What was found, read already or to be read when its turn comes. */
export interface Offered extends Omit<Found, 'files'> {
  files: readonly Origin[];
}

export interface Adding {
  more?: boolean;
  album?: RandomId | undefined;
}

/** Sees to what is to be done once photos are safe, and tells each of them when it is done. */
export interface Aftermath {
  /** They were on their way into an album in an earlier visit. */
  fill: (album: RandomId, uploads: readonly Upload[]) => void;
  /** Something was known of them in an earlier visit that their rows have not been told. */
  tell: (uploads: readonly Upload[]) => void;
  /** Their paths are longer than their originals have room for. */
  keepPaths: (uploads: readonly Upload[]) => void;
}

/**
 * All that a panel needs: `tallies` to draw from (counts, bytes, speed, seconds left, the first so many to show), `busy`, `hold`,
 * `needed`, `askable`, `forgetful` for what to say, and `add`, `pause`, `resume`, `cancel`, `cancelAll`, `retry`, `retryFailed`, `ask`,
 * `clear` for what to do. An `Upload` tells of its own state, bytes and problem.
 */
export class Uploads {
  /** Counts, bytes, speed, and which uploads to show: kept up to date without looking through the list. */
  readonly tallies = new Tallies(() => this.#keepAwake());
  readonly #abort = new AbortController();
  readonly #engine: Engine;
  readonly #keeping: Keeping;
  readonly #library: Pick<Library, 'ready'>;
  readonly #awake: Awake;
  readonly #after: Aftermath;
  readonly #watcher: Watcher = {
    moved: (upload, from, by) => {
      this.tallies.moved(upload, from, by);
      this.#keeping.changed(upload);
    },
    progressed: (upload, bytes) => {
      this.tallies.progressed(upload, bytes);
      if (bytes > 0) this.#engine.sent(bytes);
    },
    noted: (upload) => this.#keeping.noted(upload),
  };

  #list = $state.raw<readonly Upload[]>([]);
  #skipped = $state(0);
  #settling: Promise<unknown> = Promise.resolve();

  constructor(
    cloud: Carrier,
    library: Rows & Pick<Library, 'identityId'>,
    after: Aftermath,
    hasher: Names = new Hasher(),
  ) {
    this.#after = after;
    const { signal } = this.#abort;
    this.#library = library;
    this.#awake = new Awake(signal);
    this.#engine = new Engine({
      cloud,
      library,
      hasher,
      signal,
      remember: (upload) => this.#keeping.remember(upload),
    });
    this.#keeping = new Keeping({
      owner: library.identityId,
      watcher: this.#watcher,
      signal,
      onreturn: (returned) => void this.#returned(returned),
    });
    // What has just become safe is not to come back as if it were not.
    addEventListener('pagehide', () => void this.#keeping.flush(), { signal });
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
  /** How many are under way, or wait for their turn. */
  get left(): number {
    return this.tallies.left;
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
  /** Why nothing is sent at the moment. All but `paused` and `signed-out` goes on by itself, or sooner by `resume`. */
  get hold(): Hold | undefined {
    return this.#engine.holding.current;
  }
  get paused(): boolean {
    return this.#engine.holding.paused;
  }
  /** How many are from an earlier visit and wait for their file: dropped again it takes its place by itself. */
  get needed(): number {
    return this.tallies.count('needed');
  }
  /** Whether `ask` may spare the person that, for some. */
  get askable(): boolean {
    return this.#keeping.askable > 0 && this.needed > 0;
  }
  /** How many would be lost if this device forgot them: what is stored would not. */
  get unstored(): number {
    return this.tallies.count(...UNSTORED, 'failed');
  }
  /** Resolves when what an earlier visit has left is in the list, and what of it is known to be safe is so. */
  get settled(): Promise<unknown> {
    return this.#keeping.ready.then(() => this.#settling);
  }
  /** This device keeps nothing for a later visit: it is full, or the browser does not let the page. */
  get forgetful(): boolean {
    return this.#keeping.forgetful;
  }

  /**
   * Gives the uploads of these files, in their order. One that waited for its file is among them, not twice. `more` says that they
   * belong to those before; `album`, that they are on their way into one, which is for whoever adds them to see to.
   */
  async add(
    { files, skipped, unreadable }: Offered,
    { more = false, album }: Adding = {},
  ): Promise<readonly Upload[]> {
    await this.#keeping.ready;
    if (!this.busy && !more) {
      this.tallies.begin();
      this.#skipped = 0;
    }
    this.#skipped += skipped;
    void this.#engine.journeys.refresh();
    const recognition = new Recognition();
    await inSlices(this.tallies.some(['needed', 'failed']), (upload) => {
      if (upload.state === 'needed') recognition.needs(upload);
      else if (upload.code === 'unreadable') recognition.lost(upload);
    });
    const added: Upload[] = [];
    const fresh: Upload[] = [];
    await inSlices(files, (origin) => {
      const known = recognition.find(origin);
      known?.take(origin, 'waiting');
      const upload = known ?? this.#fresh(origin);
      if (!known) fresh.push(upload);
      if (album) upload.goInto(album);
      added.push(upload);
      this.#engine.push(upload);
    });
    for (const name of unreadable) {
      const upload = new Upload({ name, size: 0, lastModified: 0 }, this.#watcher);
      this.tallies.added(upload);
      upload.become('failed', { code: 'unreadable', problem: words.upload.unreadable });
      fresh.push(upload);
    }
    this.#list = this.#list.concat(fresh);
    this.#keepPaths(fresh);
    this.#engine.pump();
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
    this.#engine.pause();
    this.#keepAwake();
  }

  /** Goes on, whatever the hold was. */
  resume(): void {
    this.#engine.holding.resume();
    this.#keepAwake();
  }

  /** Calls one off. False when it is too late for that: it is stored, or over. */
  cancel(upload: Upload): boolean {
    return this.#engine.cancel(upload);
  }

  /** Calls off all that are not stored. */
  async cancelAll(): Promise<void> {
    this.#engine.clear();
    await inSlices(this.tallies.some(UNSTORED), (upload) => this.cancel(upload));
    this.resume();
  }

  /** Tries one again that failed or was called off. */
  retry(upload: Upload): void {
    if (mayRetry(upload)) this.#retry([upload]);
  }

  /** The same for all that failed. */
  retryFailed(): void {
    this.#retry(this.tallies.some(['failed']).filter(mayRetry));
  }

  /** Forgets what is over; what is under way, or needed, stays. */
  clear(): void {
    const over = this.#list.filter((upload) => upload.over);
    for (const upload of over) {
      // What is long in coming may still turn out to have arrived broken.
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
    this.#keeping.close();
    this.tallies.close();
    this.#list = [];
  }

  #keepPaths(uploads: readonly Upload[]): void {
    const open = uploads.filter((upload) => upload.pathOpen);
    if (open.length > 0) this.#after.keepPaths(open);
  }

  #fresh(origin: Origin): Upload {
    const upload = new Upload(origin, this.#watcher);
    this.tallies.added(upload);
    this.#keeping.keep(upload);
    return upload;
  }

  #retry(uploads: readonly Upload[]): void {
    void this.#engine.journeys.refresh();
    for (const upload of uploads.toReversed()) this.#engine.again(upload);
    this.#engine.holding.release();
  }

  /** From an earlier visit. */
  async #returned({ uploads, stored, open }: Returned): Promise<void> {
    const { journeys } = this.#engine;
    for (const upload of uploads) {
      this.tallies.added(upload);
      journeys.expect(upload);
    }
    this.#list = this.#list.concat(uploads);
    for (const [album, some] of byAlbum(uploads)) this.#after.fill(album, some);
    const known = uploads.filter((upload) => upload.facts);
    if (known.length > 0) this.#after.tell(known);
    this.#keepPaths(uploads);
    const settling = this.#settle(uploads);
    this.#settling = Promise.all([this.#settling, settling]);
    await settling;
    await this.#goOnWith(uploads, open);
    await journeys.refresh();
    await inSlices(uploads, (upload) => {
      if (upload.state === 'needed') journeys.settle(upload);
      if (upload.state === 'needed' && stored.has(upload)) journeys.awaitRow(upload);
    });
  }

  /** What this device knows to be safe needs neither its file nor a connection. */
  async #settle(uploads: readonly Upload[]): Promise<void> {
    await this.#library.ready;
    await inSlices(uploads, (upload) => this.#engine.journeys.settle(upload));
  }

  /** Those of an earlier visit that may be read go on by themselves. */
  async #goOnWith(uploads: readonly Upload[], open: ReadonlySet<Root>): Promise<void> {
    await inSlices(uploads, (upload) => {
      const { root } = upload.origin;
      if (upload.state !== 'needed' || !root || !open.has(root)) return;
      upload.become('waiting');
      this.#engine.push(upload);
    });
    this.#engine.pump();
  }

  #keepAwake(): void {
    this.#awake.keep(this.busy && this.hold === undefined);
  }
}

function byAlbum(uploads: readonly Upload[]): Map<RandomId, Upload[]> {
  const found = new Map<RandomId, Upload[]>();
  for (const upload of uploads) {
    for (const album of upload.albums) {
      const others = found.get(album);
      if (others) others.push(upload);
      else found.set(album, [upload]);
    }
  }
  return found;
}

const mayRetry = (upload: Upload): boolean =>
  (upload.state === 'failed' || upload.state === 'cancelled') && upload.readable;
