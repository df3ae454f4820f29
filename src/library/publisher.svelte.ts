// Keeps what one shares with friends as it should be: after syncs, and whenever one has changed something oneself.
import { CloudError, toCloudError } from '../cloud/error.ts';
import type { Clock } from '../cloud/clock.ts';
import type { IdentityId, PhotoId, RandomId } from '../schema/ids.ts';
import { parseManifest } from '../schema/manifest.ts';
import type { Photo } from '../schema/photo.ts';
import type { Album, Entry, Profile, Share, SharedWith, SocialRow } from '../schema/social.ts';
import { instantOf } from '../schema/time.ts';
import { ARCHIVED, TRASHED } from './chunk.ts';
import type { Columns } from './columns.ts';
import { glancesOf, uploadedIn } from './glance.ts';
import { referencesOf } from './list.ts';
import { publish, type PublishTarget } from './publish.ts';
import { contentOf, type ShareContent } from './share-content.ts';
import {
  begun,
  isOver,
  membersOf,
  moved,
  mustMove,
  rowsOf,
  tellings,
  type NewShare,
  type RowChange,
} from './share-rows.ts';

/** What it needs of the social rows. */
export interface ShareRows {
  readonly identityId: IdentityId;
  readonly complete: boolean;
  readonly shares: readonly Share[];
  readonly albums: readonly Album[];
  readonly profile: Profile | undefined;
  readonly inbox: readonly SocialRow[];
  entriesOf(album: RandomId): readonly Entry[];
  putAll(rows: readonly RowChange[]): Promise<unknown>;
  remove(ids: readonly string[]): Promise<unknown>;
}

/** What it needs of the library. */
export interface ShareLibrary {
  readonly complete: boolean;
  readonly ready: Promise<void>;
  readonly columns: Columns;
  get(photoId: PhotoId): Photo | undefined;
}

export interface Work {
  done: number;
  all: number;
}

export class Publisher {
  readonly #rows: ShareRows;
  readonly #library: ShareLibrary;
  readonly #shares: () => Promise<PublishTarget>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #again = false;
  /** Per share what it was last made of without a problem: the same again needs no look. */
  readonly #looked = new Map<RandomId, readonly unknown[]>();
  /** Per share in somebody else's album, as of when its members are known. */
  readonly #visited = new Map<RandomId, string>();
  #work = $state.raw<ReadonlyMap<RandomId, Work>>(new Map());
  #problems = $state.raw<ReadonlyMap<RandomId, CloudError>>(new Map());

  constructor(
    rows: ShareRows,
    library: ShareLibrary,
    cloud: { clock: Pick<Clock, 'now'>; shares: () => Promise<PublishTarget> },
  ) {
    this.#rows = rows;
    this.#library = library;
    this.#shares = () => cloud.shares();
    this.#clock = cloud.clock;
  }

  /** The shares that are being published or ended right now, and how far that is. */
  get work(): ReadonlyMap<RandomId, Work> {
    return this.#work;
  }
  /** Why a share is not as it should be; tried again with the next sync. */
  get problems(): ReadonlyMap<RandomId, CloudError> {
    return this.#problems;
  }

  /** Begins a share; resolves when its readers can see it, or with why they cannot yet. */
  async begin(share: NewShare): Promise<CloudError | undefined> {
    const change = begun(share, this.#now());
    await this.#rows.putAll([change]);
    await this.run();
    const id = change.id.slice(change.id.indexOf('#') + 1) as RandomId;
    return this.#problems.get(id);
  }

  /** Ends shares: nobody reads them any more. */
  async end(shares: readonly Share[]): Promise<void> {
    await this.#rows.putAll(shares.map(({ id }) => ({ id, attributes: { readers: [] } })));
    await this.run();
  }

  /** Brings all shares to where they should be; what changes meanwhile is looked at once more. */
  run(): Promise<void> {
    if (this.#running) this.#again = true;
    this.#running ??= this.#all().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #all(): Promise<void> {
    const { signal } = this.#closing;
    try {
      do {
        this.#again = false;
        // One at a time over all tabs.
        await navigator.locks.request(`shoebox-publish-${this.#rows.identityId}`, { signal }, () =>
          this.#pass(signal),
        );
      } while (this.#again && !signal.aborted);
    } catch (error) {
      // Aborted: the person is signing out.
      if (!signal.aborted) throw error;
    }
  }

  async #pass(signal: AbortSignal): Promise<void> {
    await this.#library.ready;
    // A device that does not know everything yet would take photos out of shares.
    if (!this.#rows.complete || !this.#library.complete) return;
    const friends = () => this.#rows.shares.filter(({ audience }) => audience === 'friends');
    await this.#visit(signal);
    const moves = friends().filter(mustMove);
    if (moves.length > 0) await this.#rows.putAll(moves.flatMap((share) => moved(share)));
    // First what somebody is no longer to see.
    const shares = friends().toSorted((a, b) => Number(isOver(b)) - Number(isOver(a)));
    for (const share of shares) {
      const problem = await this.#attempt(share, signal);
      // Nothing else would go better.
      if (problem?.code === 'offline' || problem?.code === 'signed-out') break;
    }
  }

  /** What one has added to others' albums is for those who are in them now; where one is no more, it goes. */
  async #visit(signal: AbortSignal): Promise<void> {
    for (const share of this.#rows.shares) {
      const { albumOwner, album } = share;
      if (albumOwner === undefined || albumOwner === this.#rows.identityId || isOver(share)) continue;
      const host = this.#rows.inbox.find(
        (row): row is SharedWith =>
          row.kind === 'shared' && row.owner === albumOwner && row.album === album && !row.deletedAt,
      );
      if (!host?.open) await this.#rows.putAll([{ id: share.id, attributes: { readers: [] } }]);
      else await this.#join(share, host, signal);
    }
  }

  async #join(share: Share, host: SharedWith, signal: AbortSignal): Promise<void> {
    if (this.#visited.get(share.share) === host.changedAt) return;
    const manifest = parseManifest(await (await this.#shares()).manifest(host, signal), host);
    if (!manifest) return;
    const readers = membersOf(manifest, this.#rows.identityId);
    const same =
      readers.length === share.readers?.length && readers.every((one) => share.readers?.includes(one));
    if (!same) await this.#rows.putAll([{ id: share.id, attributes: { readers } }]);
    this.#visited.set(share.share, host.changedAt);
  }

  async #attempt(share: Share, signal: AbortSignal): Promise<CloudError | undefined> {
    let problem: CloudError | undefined;
    try {
      if (isOver(share)) await this.#end(share, signal);
      else await this.#publish(share, signal);
    } catch (error) {
      const translated = toCloudError(error);
      if (!(translated instanceof CloudError)) throw translated;
      problem = translated;
      console.warn('A share is not as it should be yet.', problem);
    } finally {
      this.#tell(share.share);
    }
    const problems = new Map(this.#problems);
    if (problem) problems.set(share.share, problem);
    else problems.delete(share.share);
    this.#problems = problems;
    return problem;
  }

  async #end(share: Share, signal: AbortSignal): Promise<void> {
    this.#tell(share.share, { done: 0, all: 1 });
    const store = await (await this.#shares()).store();
    await store.end({ home: 'friends', share: share.share }, { signal });
    await this.#rows.remove(rowsOf(share));
  }

  async #publish(share: Share, signal: AbortSignal): Promise<void> {
    const { columns } = this.#library;
    const { albums, profile } = this.#rows;
    const entries = share.album && this.#rows.entriesOf(share.album);
    const made = [share, columns, albums, profile, entries];
    const before = this.#looked.get(share.share);
    if (before && made.every((part, i) => part === before[i])) return;
    const content = await this.#contentOf(share, signal);
    if (content.digest === share.published) {
      this.#looked.set(share.share, made);
      return;
    }
    this.#tell(share.share, { done: 0, all: 1 });
    await publish(share, content, await this.#shares(), {
      tell: (published) => this.#rows.putAll(tellings(share, published)),
      onProgress: (done, all) => this.#tell(share.share, { done, all }),
      signal,
    });
  }

  async #contentOf(share: Share, signal: AbortSignal): Promise<ShareContent> {
    const { albums, profile } = this.#rows;
    const mine = share.albumOwner === undefined || share.albumOwner === this.#rows.identityId;
    const album = mine ? albums.find((one) => one.album === share.album) : undefined;
    const photos = await this.#photosOf(share, album, mine, signal);
    return contentOf({ share, photos, album, by: profile?.name, now: this.#now() }, signal);
  }

  async #photosOf(
    share: Share,
    album: Album | undefined,
    mine: boolean,
    signal: AbortSignal,
  ): Promise<readonly Photo[]> {
    const library = this.#library;
    const { columns } = library;
    const found = (photoIds: readonly PhotoId[]) => photoIds.flatMap((photoId) => library.get(photoId) ?? []);
    if (share.source === 'photos' || !mine) return found(share.photos ?? []);
    if (share.source === 'album') {
      return album ? found(this.#rows.entriesOf(album.album).map(({ photoId }) => photoId)) : [];
    }
    const since = Date.parse(share.since ?? share.createdAt) / 1000;
    const uploaded = uploadedIn(await glancesOf(columns, signal));
    const late = referencesOf(columns, TRASHED | ARCHIVED, 0).filter((photo) => uploaded(photo) >= since);
    return Array.from(late).flatMap((reference) => columns.photo(reference) ?? []);
  }

  #tell(share: RandomId, work?: Work): void {
    const all = new Map(this.#work);
    if (work) all.set(share, work);
    else all.delete(share);
    this.#work = all;
  }

  #now(): string {
    return instantOf(this.#clock.now());
  }

  close(): void {
    this.#closing.abort();
  }
}
