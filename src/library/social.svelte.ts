// What a person shares their library by: albums, friends, shares, and what others have addressed to them. A replica on this device, with
// edits laid over it until the cloud has them, and caught up by sync. Loaded on first need.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError, toCloudError } from '../cloud/error.ts';
import type { EditOutcome } from '../cloud/requests.ts';
import type { IdentityId, PhotoId, RandomId } from '../schema/ids.ts';
import {
  profileId,
  type Album,
  type Entry,
  type Friend,
  type Invite,
  type Mute,
  type Profile,
  type Share,
  type SharedWith,
  type SocialRow,
  type WholePath,
} from '../schema/social.ts';
import { instantOf } from '../schema/time.ts';
import type { EditState } from './edits-awaited.ts';
import { EditQueue } from './edits-queue.ts';
import type { SentEdit } from './edits-send.ts';
import { EditStore } from './edits-store.ts';
import type { WaitingEdit } from './edits-time.ts';
import type { Inbox } from './inbox.ts';
import { dater, landed, laidOver, parseWaitingEdit, type RowChange } from './social-edits.ts';
import { SocialReplica } from './social-replica.ts';
import { SocialRows } from './social-rows.ts';
import { openSocialEdits } from './social-store.ts';
import { within } from './within.ts';

/** What this needs of the cloud; the real one is `Cloud`. */
export type SocialSource = Pick<
  Cloud,
  'identityId' | 'clock' | 'socialChanges' | 'inbox' | 'editSocial' | 'readSocial'
>;

type Outcome = EditOutcome<SocialRow>;

/** So many attributes of a row go in one request. */
const ATTRIBUTES_AT_ONCE = 20;

const live = ({ deletedAt }: SocialRow): boolean => deletedAt === undefined;

export class Social {
  readonly identityId: IdentityId;
  readonly #source: SocialSource;
  readonly #database: IDBDatabase;
  readonly #edits: EditQueue<WaitingEdit, Outcome>;
  #replica: SocialReplica | undefined;
  #running: Promise<void> | undefined;

  /** With the edits on their way. */
  #shown = $state.raw(SocialRows.none);
  #received = $state.raw<Inbox>(new Map());
  #problem = $state.raw<CloudError>();
  #complete = $state(false);
  #heard = $state(false);
  #unsent = $state(0);

  readonly #albums = $derived([...this.#shown.of('album')].filter(live));
  readonly #friends = $derived([...this.#shown.of('friend')].filter(live));
  readonly #invites = $derived([...this.#shown.of('invite')].filter(live));
  readonly #shares = $derived([...this.#shown.of('share')].filter(live));
  readonly #told = $derived([...this.#shown.of('shared', 'share')].filter(live));
  readonly #mutes = $derived(
    new Map([...this.#shown.of('mute')].filter(live).map((mute) => [mute.person, mute])),
  );
  readonly #inbox = $derived.by(() => {
    const others = [...this.#received].filter(([sender]) => !this.#mutes.get(sender)?.blocked);
    return others.flatMap(([, rows]) => [...rows.values()].filter(live));
  });

  readonly #parted = $derived(
    [...this.#received.values()].flatMap((rows) =>
      [...rows.values()].filter((row): row is Friend => row.kind === 'friend' && !live(row)),
    ),
  );

  private constructor(source: SocialSource, database: IDBDatabase) {
    const { identityId } = source;
    this.identityId = identityId;
    this.#source = source;
    this.#database = database;
    this.#edits = new EditQueue({
      name: `shoebox-social-edits-${identityId}`,
      store: new EditStore(database, parseWaitingEdit),
      target: {
        clock: source.clock,
        atOnce: ATTRIBUTES_AT_ONCE,
        hear: ({ rowId }, signal) => source.readSocial(rowId, signal),
        send: async (edits, signal) => {
          const [first] = edits;
          return first ? source.editSocial(first.rowId, edits, signal) : [];
        },
      },
      onchange: () => this.#show(),
      // Rows are made where there are none: no edit comes to nothing.
      onlost: () => {},
      keep: (sent) => this.#keep(sent),
    });
  }

  /** As this device knows it, without asking the cloud. */
  static async open(source: SocialSource): Promise<Social> {
    const social = new Social(source, await openSocialEdits(source.identityId));
    social.#replica = await SocialReplica.open(source, () => social.#show());
    await social.#edits.load();
    social.#show();
    return social;
  }

  /** Whether it has been synced on this device: before, what is missing may just be unread. */
  get complete(): boolean {
    return this.#complete;
  }
  /** The same of what others have addressed to the owner. */
  get heard(): boolean {
    return this.#heard;
  }
  /** Why the last sync failed. */
  get problem(): CloudError | undefined {
    return this.#problem;
  }
  /** How many changes the cloud may not have yet. */
  get unsent(): number {
    return this.#unsent;
  }
  get albums(): readonly Album[] {
    return this.#albums;
  }
  /** Those that are marked deleted. */
  get goneAlbums(): readonly Album[] {
    return [...this.#shown.of('album')].filter((album) => !live(album));
  }
  get friends(): readonly Friend[] {
    return this.#friends;
  }
  get invites(): readonly Invite[] {
    return this.#invites;
  }
  get shares(): readonly Share[] {
    return this.#shares;
  }
  /** The rows by which readers of shares are told. */
  get told(): readonly SharedWith[] {
    return this.#told;
  }
  get mutes(): ReadonlyMap<IdentityId, Mute> {
    return this.#mutes;
  }
  get profile(): Profile | undefined {
    const row = this.#shown.get(profileId);
    return row?.kind === 'profile' && live(row) ? row : undefined;
  }
  /** What others have addressed to the owner: of friends all, of strangers a little, of those who are blocked nothing. */
  get inbox(): readonly SocialRow[] {
    return this.#inbox;
  }
  /** Of those who were friends, or would have been: the rows that say so no more. */
  get parted(): readonly Friend[] {
    return this.#parted;
  }

  /** Of photos that have come from deep folders. */
  get paths(): readonly WholePath[] {
    return [...this.#shown.of('path')].filter(live);
  }

  /** Any row of the owner by its sort key, also one that is marked deleted. */
  get(id: string): SocialRow | undefined {
    return this.#shown.get(id);
  }
  /** The photos of an album, in no order. The same array as long as nothing about them changes. */
  entriesOf(album: RandomId): readonly Entry[] {
    return this.#shown.entries(album)?.live ?? [];
  }
  /** The same by id only: cheap for a glance at many albums. */
  photosIn(album: RandomId): Iterable<PhotoId> {
    return this.#shown.entries(album)?.photoIds() ?? [];
  }
  has(album: RandomId, photoId: PhotoId): boolean {
    return this.#shown.entries(album)?.has(photoId) ?? false;
  }
  albumsOf(photoId: PhotoId): readonly Album[] {
    return this.#albums.filter(({ album }) => this.has(album, photoId));
  }
  /** The owner's comments and likes on a share, addressed to each of its readers. */
  saidOf(share: RandomId): readonly SocialRow[] {
    const rows = this.#shown;
    return [...rows.of('comment', `comment#${share}`), ...rows.of('like', `like#${share}`)].filter(live);
  }

  /**
   * Sets attributes of an own row (null removes one), made if need be: shown at once. Resolves when that is safe on this device, and sent
   * if there is a connection. Fails with a TypeError at what no row could hold. Of two edits of one attribute the later one counts.
   */
  put(id: string, attributes: RowChange['attributes']): Promise<EditState> {
    return this.putAll([{ id, attributes }]);
  }

  async putAll(changes: readonly RowChange[]): Promise<EditState> {
    if (changes.length === 0) return 'sent';
    const dated = dater({
      owner: this.identityId,
      clock: this.#source.clock,
      stored: (id) => this.#replica?.rows.get(id),
      shown: (id) => this.#shown.get(id),
    });
    return this.#edits.add(changes, dated);
  }

  /** Marks rows deleted; `deletedAt: null` brings one back. */
  remove(ids: readonly string[]): Promise<EditState> {
    const deletedAt = instantOf(this.#source.clock.now());
    return this.putAll(ids.map((id) => ({ id, attributes: { deletedAt } })));
  }

  /** Sends what waits, for a while; gives how many changes the cloud may still not have. */
  async sendEdits(milliseconds: number): Promise<number> {
    await within(this.#edits.send(), milliseconds);
    return this.#edits.size;
  }

  /** Gives up the changes that the cloud does not have yet. */
  discardEdits(): Promise<void> {
    return this.#edits.clear();
  }

  /** Catches up with the cloud; calls during a running sync share it. Resolves also when it fails: see `problem`. */
  sync(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#sync(signal).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #sync(signal: AbortSignal): Promise<void> {
    const replica = this.#replica;
    try {
      await replica?.inLock(() => replica.readOwn(signal));
      void this.#edits.send();
      await replica?.inLock(() => replica.readInbox(this.#trust(), signal));
      this.#problem = undefined;
    } catch (error) {
      const problem = toCloudError(error);
      // Anything but a CloudError is an abort: the person is signing out.
      this.#problem = problem instanceof CloudError ? problem : undefined;
    }
  }

  #trust() {
    const blocked = [...this.#shown.of('mute')].filter((mute) => live(mute) && mute.blocked);
    return {
      friends: new Set([...this.#shown.of('friend')].filter(live).map(({ friend }) => friend)),
      blocked: new Set(blocked.map(({ person }) => person)),
    };
  }

  /** What was sent becomes part of the rows as they now are: a sync may have brought them forward meanwhile. */
  async #keep(sent: readonly SentEdit<WaitingEdit, Outcome>[]): Promise<void> {
    const replica = this.#replica;
    await replica?.inLock(async () => {
      const byRow = new Map<string, SentEdit<WaitingEdit, Outcome>[]>();
      for (const one of sent) {
        const { rowId } = one.edit;
        byRow.set(rowId, [...(byRow.get(rowId) ?? []), one]);
      }
      const rows = new Map(
        [...byRow].map(([id, some]) => [id, landed(this.identityId, replica.rows.get(id), some)] as const),
      );
      await replica.apply(rows);
    });
  }

  #show(): void {
    const replica = this.#replica;
    if (!replica) return;
    const edited = new Map<string, SocialRow | undefined>();
    for (const [id, edits] of this.#edits.rows) {
      const row = replica.rows.get(id);
      const laid = laidOver(this.identityId, id, row, edits);
      if (laid !== row) edited.set(id, laid);
    }
    this.#shown = edited.size > 0 ? replica.rows.with(edited).rows : replica.rows;
    this.#received = replica.inbox;
    this.#complete = replica.state.syncedAt !== undefined;
    this.#heard = replica.state.inbox?.syncedAt !== undefined;
    this.#unsent = this.#edits.size;
  }

  /** Lets go of the databases, so that sign-out can delete them. */
  close(): void {
    this.#edits.close();
    this.#database.close();
    this.#replica?.close();
  }
}
