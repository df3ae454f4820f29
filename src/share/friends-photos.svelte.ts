// Friends' photos for one's own timeline: what the manifests of their shares say, kept in memory alone, and no longer than they may be seen.
import type { Shares } from '../cloud/shares.ts';
import { parseManifest, type Manifest } from '../schema/manifest.ts';
import type { SharedWith } from '../schema/social.ts';
import { SharedList } from './list.ts';
import { onceEach } from './once.ts';

/** A share may be taken back before its row says so: what was read before this long is read again. */
export const FRESH_MS = 4 * 60_000;
/** Others need the connection too. */
const AT_ONCE = 4;

/** What is known of a share by its row: which, whose, and when it changed. */
export type Wanted = Pick<SharedWith, 'owner' | 'share' | 'changedAt'>;

interface Kept {
  changedAt: string;
  at: number;
  /** Undefined where there is none (any more). */
  manifest: Manifest | undefined;
}

const keyOf = ({ owner, share }: Wanted): string => `${owner} ${share}`;

export class FriendsPhotos {
  readonly #shares: Pick<Shares, 'manifest'>;
  readonly #now: () => number;
  readonly #leaving = new AbortController();
  readonly #kept = new Map<string, Kept>();
  #wanted: ReadonlyMap<string, Wanted> = new Map();
  #running: Promise<void> | undefined;
  #again = false;
  #list = $state.raw(new SharedList([]));

  constructor(shares: Pick<Shares, 'manifest'>, now = (): number => performance.now()) {
    this.#shares = shares;
    this.#now = now;
  }

  get list(): SharedList {
    return this.#list;
  }

  /** These from now on. What is not wanted any more is gone at once. */
  want(rows: readonly Wanted[]): void {
    this.#wanted = new Map(rows.map((row) => [keyOf(row), row]));
    const gone = [...this.#kept.keys()].filter((key) => !this.#wanted.has(key));
    for (const key of gone) this.#kept.delete(key);
    if (gone.length > 0) this.#show();
  }

  /** Reads what has changed, or was read long ago. What cannot be read stays as it was, and is tried again by the next call. */
  load(): Promise<void> {
    this.#again = true;
    return (this.#running ??= this.#run().finally(() => (this.#running = undefined)));
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#leaving.signal.aborted) {
      this.#again = false;
      const due = [...this.#wanted.values()].filter((row) => this.#isDue(row));
      for (let at = 0; at < due.length; at += AT_ONCE) {
        const some = await Promise.all(due.slice(at, at + AT_ONCE).map((row) => this.#read(row)));
        if (some.includes(true)) this.#show();
      }
    }
  }

  #isDue(row: Wanted): boolean {
    const kept = this.#kept.get(keyOf(row));
    return !kept || kept.changedAt !== row.changedAt || this.#now() - kept.at > FRESH_MS;
  }

  /** Whether it is another than before. */
  async #read(row: Wanted): Promise<boolean> {
    const { signal } = this.#leaving;
    const key = keyOf(row);
    try {
      if (signal.aborted) return false;
      const manifest = parseManifest(await this.#shares.manifest(row, signal), row);
      // Taken back meanwhile.
      if (signal.aborted || !this.#wanted.has(key)) return false;
      const before = this.#kept.get(key)?.manifest;
      const same = before?.changedAt === manifest?.changedAt;
      this.#kept.set(key, {
        changedAt: row.changedAt,
        at: this.#now(),
        manifest: same ? before : manifest,
      });
      return !same;
    } catch (error) {
      if (!signal.aborted) console.warn(error);
      return false;
    }
  }

  #show(): void {
    const manifests = [...this.#wanted.keys()].flatMap((key) => this.#kept.get(key)?.manifest ?? []);
    this.#list = new SharedList(onceEach(manifests));
  }

  close(): void {
    this.#leaving.abort();
  }
}
