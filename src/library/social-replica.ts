// Social rows as the cloud has them, on this device and in memory: read by sync, written by one tab at a time.
import type { Cloud } from '../cloud/cloud.ts';
import type { IdentityId } from '../schema/ids.ts';
import type { SocialRow } from '../schema/social.ts';
import { instantOf, type Instant } from '../schema/time.ts';
import { same } from './edit-many.ts';
import { received, without, type Inbox, type Trust } from './inbox.ts';
import { SocialRows } from './social-rows.ts';
import { SocialStore, type SocialState } from './social-store.ts';
import { readRows } from './sync.ts';

export type ReplicaSource = Pick<Cloud, 'identityId' | 'clock' | 'socialChanges' | 'inbox'>;

type Changes = Iterable<readonly [string, SocialRow | undefined]>;

const keyOf = ({ owner, id }: { owner: IdentityId; id: string }) => `${owner} ${id}`;
const later = (a: Instant | undefined, b: Instant | undefined): { cursor?: Instant } =>
  a === undefined && b === undefined ? {} : { cursor: (a ?? '') > (b ?? '') ? a : b };

export class SocialReplica {
  readonly #source: ReplicaSource;
  readonly #store: SocialStore;
  readonly #onchange: () => void;
  readonly #channel: BroadcastChannel;
  readonly #lockName: string;
  #state: SocialState = { generation: 0 };
  #rows: SocialRows;
  #inbox: Inbox = new Map();
  #closed = false;

  private constructor(source: ReplicaSource, store: SocialStore, onchange: () => void) {
    this.#source = source;
    this.#store = store;
    this.#onchange = onchange;
    this.#rows = new SocialRows(source.identityId);
    this.#lockName = `shoebox-social-${source.identityId}`;
    this.#channel = new BroadcastChannel(this.#lockName);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    this.#channel.onmessage = () => {
      // Reading what another tab has written is all there is to do. Closed meanwhile, there is nobody left to show it to.
      this.inLock(async () => {}).catch((error: unknown) => !this.#closed && console.error(error));
    };
  }

  static async open(source: ReplicaSource, onchange: () => void): Promise<SocialReplica> {
    const replica = new SocialReplica(source, await SocialStore.open(source.identityId), onchange);
    await replica.#load();
    return replica;
  }

  get rows(): SocialRows {
    return this.#rows;
  }
  get inbox(): Inbox {
    return this.#inbox;
  }
  get state(): SocialState {
    return this.#state;
  }

  async #load(): Promise<void> {
    const { state, rows, inbox, damaged } = await this.#store.read();
    // Without cursors the next sync reads everything, and has again what cannot be read.
    this.#state = damaged ? { generation: state.generation } : state;
    this.#rows = rows;
    this.#inbox = inbox;
    this.#onchange();
  }

  /** One writer over all tabs; what another tab has written meanwhile is read first. */
  async inLock(work: () => Promise<void>): Promise<void> {
    await navigator.locks.request(this.#lockName, async () => {
      if (this.#closed) throw new DOMException('closed', 'AbortError');
      if ((await this.#store.generation()) !== this.#state.generation) await this.#load();
      await work();
    });
  }

  /** Catches up with the owner's rows. */
  async readOwn(signal: AbortSignal): Promise<void> {
    const { clock } = this.#source;
    const begun = instantOf(clock.now());
    const pages = readRows(
      { clock, changes: (...request) => this.#source.socialChanges(...request) },
      { ...this.#state, known: this.#rows.ids(), idOf: (row: SocialRow) => row.id, brief: false, signal },
    );
    for await (const { rows, latest, gone = [] } of pages) {
      const changes = [
        ...gone.map((id) => [id, undefined] as const),
        ...rows.map((row) => [row.id, row] as const),
      ];
      await this.apply(changes, later(latest, this.#state.cursor));
    }
    await this.apply([], { syncedAt: begun });
  }

  /** Takes own rows in as the cloud has them and keeps them on this device: all of it, or nothing when it fails. */
  async apply(changes: Changes, news: Partial<SocialState> = {}): Promise<void> {
    const different = new Map<string, SocialRow | undefined>();
    for (const [id, row] of changes) if (!same(row, this.#rows.get(id))) different.set(id, row);
    const { rows, changed } = this.#rows.with(different);
    await this.#write({ ...this.#state, ...news }, { rows, changed });
  }

  /** Catches up with what others have addressed to the owner. */
  async readInbox(trust: Trust, signal: AbortSignal): Promise<void> {
    const { clock } = this.#source;
    const begun = instantOf(clock.now());
    const before = this.#state.inbox;
    const since: { cursor?: Instant; syncedAt?: Instant } = before && !wider(before, trust) ? before : {};
    const byKey = new Map<string, SocialRow>();
    for (const rows of this.#inbox.values()) for (const row of rows.values()) byKey.set(keyOf(row), row);
    const pages = readRows(
      { clock, changes: (...request) => this.#source.inbox(...request) },
      { ...since, known: byKey.keys(), idOf: keyOf, brief: false, signal },
    );
    const trusted = { friends: [...trust.friends], blocked: [...trust.blocked] };
    let { cursor } = later(since.cursor, undefined);
    for await (const { rows, latest, gone = [] } of pages) {
      ({ cursor } = later(latest, cursor));
      const left = without(
        this.#inbox,
        gone.flatMap((key) => byKey.get(key) ?? []),
      );
      const { inbox, changed } = received(left.inbox, rows, trust);
      await this.#write(this.#state, { inbox, senders: new Set([...left.changed, ...changed]) });
    }
    // Only now: what fails half-way is read again.
    await this.#write({
      ...this.#state,
      inbox: { ...trusted, ...later(cursor, undefined), syncedAt: begun },
    });
  }

  /** All of it, or nothing when it fails. */
  async #write(state: SocialState, what: Parameters<SocialStore['write']>[1] = {}): Promise<void> {
    const { rows = this.#rows, changed = new Set(), inbox = this.#inbox, senders = new Set() } = what;
    const isNew = changed.size + senders.size > 0;
    const next = { ...state, generation: this.#state.generation + (isNew ? 1 : 0) };
    if (same(next, this.#state)) return;
    await this.#store.write(next, { rows, changed, inbox, senders });
    this.#state = next;
    this.#rows = rows;
    this.#inbox = inbox;
    this.#onchange();
    if (isNew && !this.#closed) this.#channel.postMessage(next.generation);
  }

  close(): void {
    this.#closed = true;
    this.#channel.close();
    this.#store.close();
  }
}

/** Whether more is wanted than was kept: of strangers little was, of those who were blocked nothing. */
const wider = (before: NonNullable<SocialState['inbox']>, { friends, blocked }: Trust): boolean =>
  [...friends].some((person) => !before.friends.includes(person)) ||
  before.blocked.some((person) => !blocked.has(person));
