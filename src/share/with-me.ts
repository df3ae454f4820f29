// What others share with one: by friend, one entry for each share however many photos came, and how many of them are new. Pure.
import { friendsOf, sharedRowsIn, type Circle, type Person } from '../library/friends.ts';
import type { IdentityId, RandomId } from '../schema/ids.ts';
import { seenId, type Share, type SharedWith, type SocialRow } from '../schema/social.ts';
import type { Instant } from '../schema/time.ts';

export interface Received {
  share: RandomId;
  of: IdentityId;
  title: string;
  source: SharedWith['source'];
  count: number;
  cover?: RandomId;
  /** What came last. */
  added: number;
  addedAt: Instant;
  /** How many of those have not been seen. */
  unread: number;
  /** The rows that seeing it sees. */
  rows: readonly SharedWith[];
  /** A friend has added these to one's own album. */
  yours?: true;
}

export interface FromFriend {
  person: Person;
  shares: readonly Received[];
}

export type ReceivedFrom = Circle & {
  readonly shares: readonly Share[];
  get(id: string): SocialRow | undefined;
};

const seenUntil = (from: Pick<ReceivedFrom, 'get'>, share: RandomId): Instant => {
  const row = from.get(seenId(share));
  return row?.kind === 'seen' ? row.until : '';
};

const isContribution = (row: SharedWith): boolean =>
  row.albumOwner !== undefined && row.albumOwner !== row.owner;

export function received(from: ReceivedFrom): readonly FromFriend[] {
  const friends = friendsOf(from);
  const rows = sharedRowsIn(from.inbox);
  const newIn = (row: SharedWith): number =>
    (row.addedAt ?? '') > seenUntil(from, row.share) ? (row.added ?? 0) : 0;
  const contributions = rows.filter(isContribution);
  const partsOf = (row: SharedWith): SharedWith[] =>
    row.open && row.album !== undefined
      ? [
          row,
          ...contributions.filter(({ album, albumOwner }) => album === row.album && albumOwner === row.owner),
        ]
      : [row];
  const asOne = (first: SharedWith, parts: readonly SharedWith[]): Received => ({
    share: first.share,
    of: first.owner,
    title: first.title,
    source: first.source,
    count: parts.reduce((sum, { count }) => sum + count, 0),
    ...(first.cover && { cover: first.cover }),
    added: parts.reduce((sum, row) => sum + (newIn(row) || (row === first ? (row.added ?? 0) : 0)), 0),
    addedAt: parts.reduce((last, { addedAt = '' }) => (addedAt > last ? addedAt : last), ''),
    unread: parts.reduce((sum, row) => sum + newIn(row), 0),
    rows: parts,
  });
  return friends.flatMap((person) => {
    const own = rows.filter(({ owner }) => owner === person.identityId);
    const shares = own.flatMap((row): Received[] => {
      if (!isContribution(row)) return [asOne(row, partsOf(row))];
      const mine = from.shares.find(
        ({ album, audience }) =>
          audience === 'friends' && row.albumOwner === from.identityId && album === row.album,
      );
      return mine ? [{ ...asOne(row, [row]), share: mine.share, of: mine.owner, yours: true }] : [];
    });
    const sorted = shares.toSorted((a, b) => (a.addedAt < b.addedAt ? 1 : -1));
    return sorted.length > 0 ? [{ person, shares: sorted }] : [];
  });
}

/** Photos nobody has looked at yet, over all friends. */
export const unreadIn = (from: ReceivedFrom): number =>
  received(from).reduce(
    (sum, { shares }) => sum + shares.reduce((inner, { unread }) => inner + unread, 0),
    0,
  );

/** What is noted when an entry has been seen: nothing, where nothing in it was new. */
export const seeing = (
  { rows }: Pick<Received, 'rows'>,
  from: Pick<ReceivedFrom, 'get'>,
): { id: string; attributes: { until: Instant; deletedAt: null } }[] =>
  rows.flatMap(({ share, addedAt = '' }) =>
    addedAt > seenUntil(from, share)
      ? [{ id: seenId(share), attributes: { until: addedAt, deletedAt: null } }]
      : [],
  );

/** What two rows of the same share have in common, under whatever id. */
export type Whose = Pick<SharedWith, 'share' | 'owner' | 'source' | 'album' | 'albumOwner'>;

/** Where a share has gone that was taken back under its old id: the same album, or everything, of the same owner. Chosen photos have no name to be found by. */
export const movedTo = (was: Whose, rows: readonly Whose[]): Whose | undefined =>
  was.album === undefined && was.source !== 'everything'
    ? undefined
    : rows.find(
        (row) =>
          row.share !== was.share &&
          row.owner === was.owner &&
          row.source === was.source &&
          row.album === was.album &&
          row.albumOwner === was.albumOwner,
      );

export const pathOf = (share: RandomId, owner: IdentityId): string =>
  `/shared?share=${share}&of=${encodeURIComponent(owner)}`;
