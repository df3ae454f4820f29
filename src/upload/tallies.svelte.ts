// How many uploads there are of each state, how many bytes, how fast: kept with every change, so that nobody looks through 50,000.
import { Speed } from './speed.ts';
import { TELL_MS, type Change, type Upload, type UploadState } from './upload.svelte.ts';

/** Problems, then what moves, then what waits, then what is done. */
const RANK: readonly UploadState[] = [
  'failed',
  'unshowable',
  'needed',
  'sending',
  'hashing',
  'processing',
  'stored',
  'waiting',
  'restored',
  'duplicate',
  'ready',
  'cancelled',
];
const MOVING: readonly UploadState[] = ['waiting', 'hashing', 'sending', 'processing'];

export class Tallies {
  readonly #of: Record<UploadState, Set<Upload>>;
  readonly #ontell: () => void;
  readonly #sending = new Speed();
  readonly #dealing = new Speed();
  #bytes = 0;
  #dealt = 0;
  #told = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #version = $state(0);

  /** `ontell` is called at most four times a second, after changes. */
  constructor(ontell: () => void = () => {}) {
    this.#ontell = ontell;
    this.#of = Object.fromEntries(RANK.map((state) => [state, new Set<Upload>()])) as Record<
      UploadState,
      Set<Upload>
    >;
  }

  count(...states: readonly UploadState[]): number {
    void this.#version;
    return states.reduce((sum, state) => sum + this.#of[state].size, 0);
  }

  /** Those of some states, as many as are asked for, in the order they came to them. */
  some(states: readonly UploadState[], most = Infinity): Upload[] {
    void this.#version;
    const found: Upload[] = [];
    for (const state of states) {
      for (const upload of this.#of[state]) {
        if (found.length >= most) return found;
        found.push(upload);
      }
    }
    return found;
  }

  /** What one looks for first: problems, then what moves, then what waits, then what is done. */
  first(most: number): Upload[] {
    return this.some(RANK, most);
  }

  /** How many are under way, or wait for their turn. */
  get left(): number {
    return this.count(...MOVING);
  }
  get busy(): boolean {
    return this.left > 0;
  }
  /** Of all that is in hand or over. */
  get bytes(): number {
    void this.#version;
    return this.#bytes;
  }
  /** Of these, what was sent or need not be. */
  get dealt(): number {
    void this.#version;
    return this.#dealt;
  }

  /** Bytes that leave this device in a second; undefined while that cannot be said. */
  speed(now = Date.now()): number | undefined {
    void this.#version;
    return this.busy ? this.#sending.perSecond(now) : undefined;
  }

  /** Until the last byte is sent, as things go; undefined while that cannot be said. */
  secondsLeft(now = Date.now()): number | undefined {
    void this.#version;
    const rate = this.busy ? this.#dealing.perSecond(now) : undefined;
    return rate ? Math.max(0, this.#bytes - this.#dealt) / rate : undefined;
  }

  /** Work begins, after a rest. */
  begin(now = Date.now()): void {
    this.#sending.begin(now);
    this.#dealing.begin(now);
  }

  added(upload: Upload): void {
    this.#of[upload.state].add(upload);
    this.#bytes += upload.counted;
    this.#dealt += upload.dealt;
    this.#tell();
  }

  removed(upload: Upload): void {
    if (!this.#of[upload.state].delete(upload)) return;
    this.#bytes -= upload.counted;
    this.#dealt -= upload.dealt;
    this.#tell();
  }

  moved(upload: Upload, from: UploadState, { bytes, dealt }: Change, now = Date.now()): void {
    // What is not here (any more) is not counted.
    if (!this.#of[from].delete(upload)) return;
    this.#of[upload.state].add(upload);
    this.#bytes += bytes;
    this.#dealt += dealt;
    if (dealt > 0) this.#dealing.add(dealt, now);
    this.#tell();
  }

  progressed(upload: Upload, bytes: number, now = Date.now()): void {
    if (!this.#of[upload.state].has(upload)) return;
    this.#dealt += bytes;
    if (bytes > 0) {
      this.#sending.add(bytes, now);
      this.#dealing.add(bytes, now);
    }
    this.#tell();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tell(): void {
    if (this.#timer !== undefined) return;
    const wait = TELL_MS - (performance.now() - this.#told);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#told = performance.now();
        this.#version++;
        this.#ontell();
      },
      Math.max(0, wait),
    );
  }
}
