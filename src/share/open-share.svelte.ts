// A share that is open: what its manifest says, and those of what members have added to it, as they are now.
import { CloudError, toCloudError } from '../cloud/error.ts';
import type { Shares } from '../cloud/shares.ts';
import type { IdentityId, RandomId } from '../schema/ids.ts';
import { parseManifest, type Manifest } from '../schema/manifest.ts';
import type { SharedWith } from '../schema/social.ts';
import type { Ahead } from './ahead.ts';
import { SharedList } from './list.ts';

export type OpenState = 'loading' | 'ready' | 'gone' | CloudError;

/** What may be a part of an open album. */
export type Part = Pick<SharedWith, 'share' | 'owner' | 'album' | 'albumOwner' | 'changedAt'>;

interface Known {
  share: RandomId;
  owner: IdentityId;
}

export class OpenShare {
  readonly #shares: Pick<Shares, 'manifest'>;
  readonly #known: Known;
  readonly #ahead: Pick<Ahead, 'take'> | undefined;
  #state = $state.raw<OpenState>('loading');
  #manifest = $state.raw<Manifest>();
  #list = $state.raw(new SharedList([]));
  /** By share, for those that could be read. */
  #read = new Map<RandomId, { changedAt: string; manifest: Manifest }>();
  #loading = new AbortController();

  constructor(shares: Pick<Shares, 'manifest'>, known: Known, ahead?: Pick<Ahead, 'take'>) {
    this.#shares = shares;
    this.#known = known;
    this.#ahead = ahead;
  }

  get state(): OpenState {
    return this.#state;
  }
  get manifest(): Manifest | undefined {
    return this.#manifest;
  }
  get list(): SharedList {
    return this.#list;
  }

  /**
   * Reads what has changed. `changedAt` is when its row did, and `others` are rows of what may have been added by members: the
   * manifest says who counts.
   */
  async load(changedAt: string, others: readonly Part[]): Promise<void> {
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    try {
      const manifest = await this.#readOne(this.#known, changedAt, signal);
      signal.throwIfAborted();
      if (!manifest) {
        this.#manifest = undefined;
        this.#list = new SharedList([]);
        this.#state = 'gone';
        return;
      }
      const members = new Set(manifest.album?.members);
      const counted = others.filter(
        (row) =>
          members.has(row.owner) && row.album === manifest.album?.album && row.albumOwner === manifest.owner,
      );
      const added = await Promise.all(
        counted.map(({ share, owner, changedAt: when }) =>
          // One that cannot be read is not a reason to show none.
          this.#readOne({ share, owner }, when, signal).catch((error: unknown) => void console.warn(error)),
        ),
      );
      signal.throwIfAborted();
      this.#manifest = manifest;
      this.#list = new SharedList([manifest, ...added.filter((one) => one !== undefined)]);
      this.#state = 'ready';
    } catch (error) {
      if (signal.aborted) return;
      const problem = toCloudError(error);
      // What is shown already may stay.
      if (this.#state !== 'ready') {
        this.#state = problem instanceof CloudError ? problem : new CloudError('unexpected', String(error));
      }
    }
  }

  async #readOne(known: Known, changedAt: string, signal: AbortSignal): Promise<Manifest | undefined> {
    const before = this.#read.get(known.share);
    if (before && before.changedAt === changedAt) return before.manifest;
    const ahead = this.#ahead?.take(known, changedAt);
    const manifest = await (ahead?.catch(() => this.#fetch(known, signal)) ?? this.#fetch(known, signal));
    if (manifest) this.#read.set(known.share, { changedAt, manifest });
    else this.#read.delete(known.share);
    return manifest;
  }

  async #fetch(known: Known, signal: AbortSignal): Promise<Manifest | undefined> {
    return parseManifest(await this.#shares.manifest(known, signal), known);
  }

  close(): void {
    this.#loading.abort();
  }
}
