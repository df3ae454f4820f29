// What others have addressed to the owner, as much of it as is kept: of friends all, of strangers a little, so that none of them fills
// this device or keeps others out. Pure.
import type { IdentityId } from '../schema/ids.ts';
import type { SocialRow } from '../schema/social.ts';

/** By who sent them, then by sort key. */
export type Inbox = ReadonlyMap<IdentityId, ReadonlyMap<string, SocialRow>>;

/** Whom the owner calls a friend, and of whom nothing is wanted. */
export interface Trust {
  friends: ReadonlySet<IdentityId>;
  blocked: ReadonlySet<IdentityId>;
}

/** No two people have more to say to each other. */
const MOST_OF_FRIEND = 20_000;
/** Somebody nobody knows yet says who they are; what else they have to say shows once they are friends, and is read anew then. */
const MOST_OF_STRANGER = 20;
const MOST_OF_STRANGERS = 200;

/** With rows as they now are, and who of the senders have others than before. */
export function received(
  inbox: Inbox,
  rows: readonly SocialRow[],
  trust: Trust,
): { inbox: Inbox; changed: Set<IdentityId> } {
  const all = new Map(inbox);
  const changed = new Set<IdentityId>();
  for (const row of rows) {
    const { owner } = row;
    if (trust.blocked.has(owner)) continue;
    const known = all.get(owner)?.get(row.id);
    // The index may give an older version after a newer one.
    if (known && known.changedAt >= row.changedAt) continue;
    if (!changed.has(owner)) all.set(owner, new Map(all.get(owner)));
    (all.get(owner) as Map<string, SocialRow>).set(row.id, row);
    changed.add(owner);
  }
  return capped(all, changed, trust);
}

/** Without what was not found any more when everything was read anew. */
export function without(
  inbox: Inbox,
  gone: readonly { owner: IdentityId; id: string }[],
): { inbox: Inbox; changed: Set<IdentityId> } {
  const all = new Map(inbox);
  const changed = new Set<IdentityId>();
  for (const { owner, id } of gone) {
    const rows = new Map(all.get(owner));
    if (!rows.delete(id)) continue;
    changed.add(owner);
    if (rows.size > 0) all.set(owner, rows);
    else all.delete(owner);
  }
  return { inbox: all, changed };
}

/** As much as is kept. */
function capped(
  all: Map<IdentityId, ReadonlyMap<string, SocialRow>>,
  changed: Set<IdentityId>,
  { friends, blocked }: Trust,
): { inbox: Inbox; changed: Set<IdentityId> } {
  const limit = (owner: IdentityId, most: number) => {
    const rows = all.get(owner);
    if (!rows || rows.size <= most) return;
    changed.add(owner);
    if (most > 0) all.set(owner, new Map(newestFirst(rows).slice(0, most)));
    else all.delete(owner);
  };
  const strangers: IdentityId[] = [];
  for (const owner of all.keys()) {
    if (blocked.has(owner)) limit(owner, 0);
    else if (friends.has(owner)) limit(owner, MOST_OF_FRIEND);
    else strangers.push(owner);
  }
  const most = fairShare(
    strangers.map((owner) => all.get(owner)?.size ?? 0),
    MOST_OF_STRANGERS,
    MOST_OF_STRANGER,
  );
  for (const owner of strangers) limit(owner, most);
  // So many strangers that not even one row of each fits: the latest are heard.
  const latest = strangers
    .map((owner) => ({ owner, at: newestFirst(all.get(owner) ?? new Map())[0]?.[1].changedAt ?? '' }))
    .sort((a, b) => (a.at > b.at ? -1 : 1));
  for (const { owner } of latest.slice(MOST_OF_STRANGERS)) limit(owner, 0);
  return { inbox: all, changed };
}

/** As many of each, at least one, that together they are not more than `most`. */
export function fairShare(sizes: readonly number[], most: number, mostOfOne: number): number {
  for (let share = mostOfOne; share > 1; share--)
    if (sizes.reduce((sum, size) => sum + Math.min(size, share), 0) <= most) return share;
  return 1;
}

/** That one is a friend comes before all else. */
const newestFirst = (rows: ReadonlyMap<string, SocialRow>): [string, SocialRow][] =>
  [...rows].sort(
    ([, a], [, b]) =>
      Number(b.kind === 'friend') - Number(a.kind === 'friend') ||
      (a.changedAt > b.changedAt ? -1 : a.changedAt < b.changedAt ? 1 : 0),
  );
