// Social rows on this device: a record for each part of the owner's rows, and for each sender what they have addressed to the owner.
import { isIdentityId, type IdentityId } from '../schema/ids.ts';
import { parseSocialRow, socialItem, type SocialRow } from '../schema/social.ts';
import type { Instant } from '../schema/time.ts';
import { openEdits, openStores, REPLICA_PREFIX } from './databases.ts';
import type { Inbox } from './inbox.ts';
import { settled } from './request.ts';
import { SocialRows } from './social-rows.ts';
import { changing } from './transaction.ts';

/** Change it when the stores are others: everything is then fetched anew, nothing is lost. */
const VERSION = 1;
const SUFFIX = '-social';
const [PARTS, INBOX, STATE] = ['parts', 'inbox', 'state'] as const;
const STORES = [PARTS, INBOX, STATE];

export interface SocialState {
  /** Grows with every write, so that a tab sees that another one has written. */
  generation: number;
  /** Up to where the owner's rows have been read, and when the last sync that ended well began. */
  cursor?: Instant;
  syncedAt?: Instant;
  /** The same of what others have addressed to the owner, and whom the owner trusted then: of others little was kept. */
  inbox?: {
    cursor?: Instant;
    syncedAt?: Instant;
    friends: readonly IdentityId[];
    blocked: readonly IdentityId[];
  };
}

export interface Kept {
  state: SocialState;
  rows: SocialRows;
  inbox: Inbox;
  /** Something could not be read: it has to be fetched anew. */
  damaged: boolean;
}

const nameOf = (owner: IdentityId): string => REPLICA_PREFIX + owner + SUFFIX;

/** What waits for the cloud, apart from what may be thrown away. */
export const openSocialEdits = (owner: IdentityId): Promise<IDBDatabase> => openEdits(nameOf(owner));

export class SocialStore {
  readonly #database: IDBDatabase;
  readonly #owner: IdentityId;

  private constructor(database: IDBDatabase, owner: IdentityId) {
    this.#database = database;
    this.#owner = owner;
  }

  static async open(owner: IdentityId): Promise<SocialStore> {
    const database = await openStores(nameOf(owner), { version: VERSION, stores: STORES });
    return new SocialStore(database, owner);
  }

  async generation(): Promise<number> {
    return (await readState(this.#database.transaction(STATE))).generation;
  }

  async read(): Promise<Kept> {
    const transaction = this.#database.transaction(STORES);
    const all = (name: string) => {
      const store = transaction.objectStore(name);
      return Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    };
    const [state, [names, parts], [senders, inboxes]] = await Promise.all([
      readState(transaction),
      all(PARTS),
      all(INBOX),
    ]);
    const { rows, damaged } = SocialRows.read(
      this.#owner,
      names.map((name, i) => [String(name), parts[i] as unknown]),
    );
    const inbox = new Map<IdentityId, ReadonlyMap<string, SocialRow>>();
    for (const [i, sender] of senders.entries()) {
      const items: unknown = inboxes[i];
      if (!isIdentityId(sender) || !Array.isArray(items)) continue;
      const found = items
        .flatMap((item) => parseSocialRow(item) ?? [])
        .filter(({ owner }) => owner === sender);
      inbox.set(sender, new Map(found.map((row) => [row.id, row])));
    }
    return { state, rows, inbox, damaged: damaged > 0 };
  }

  /** Parts of these names and what these senders have addressed to the owner: all of it or nothing. */
  write(
    state: SocialState,
    {
      rows,
      changed = new Set(),
      inbox,
      senders = new Set(),
    }: {
      rows?: SocialRows;
      changed?: ReadonlySet<string>;
      inbox?: Inbox;
      senders?: ReadonlySet<IdentityId>;
    },
  ): Promise<void> {
    return changing(this.#database, STORES, (parts, inboxes, states) => {
      for (const name of changed) parts?.put(rows?.stored(name), name);
      for (const sender of senders) {
        const received = inbox?.get(sender);
        if (received) inboxes?.put([...received.values()].map(socialItem), sender);
        else inboxes?.delete(sender);
      }
      states?.put(state, STATE);
    });
  }

  close(): void {
    this.#database.close();
  }
}

async function readState(transaction: IDBTransaction): Promise<SocialState> {
  const stored = (await settled(transaction.objectStore(STATE).get(STATE))) as SocialState | undefined;
  return stored && typeof stored.generation === 'number' ? stored : { generation: 0 };
}
