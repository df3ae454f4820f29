// Who is a friend, and what friends are called: from one's own rows and those that others have addressed to one. Pure.
import type { IdentityId } from '../schema/ids.ts';
import type { Friend, Mute, SharedWith, SocialRow } from '../schema/social.ts';
import { words } from '../ui/words/people.ts';

/** What of the social rows says who is who. */
export interface Circle {
  readonly identityId: IdentityId;
  /** One's own friend rows that are not deleted. */
  readonly friends: readonly Friend[];
  /** Rows of others, addressed to this one, that are not deleted. */
  readonly inbox: readonly SocialRow[];
  readonly mutes: ReadonlyMap<IdentityId, Mute>;
}

/** Somebody as they want to be seen. */
export interface Person {
  identityId: IdentityId;
  name: string;
  /** base64 of a small picture. */
  picture?: string;
}

/** More requests than this are not shown. */
export const MOST_REQUESTS = 20;

const heard = new WeakMap<readonly SocialRow[], ReadonlyMap<IdentityId, Friend>>();

/** Who would be friends with this one, and how they want to be seen. */
export function friendRowsIn(inbox: readonly SocialRow[]): ReadonlyMap<IdentityId, Friend> {
  let rows = heard.get(inbox);
  if (!rows) {
    rows = new Map(inbox.flatMap((row) => (row.kind === 'friend' ? [[row.owner, row] as const] : [])));
    heard.set(inbox, rows);
  }
  return rows;
}

const isBlocked = ({ mutes }: Pick<Circle, 'mutes'>, person: IdentityId): boolean =>
  mutes.get(person)?.blocked === true;

/** What a person says of themselves to this one; undefined for somebody blocked, or who says nothing. */
function rowOf(circle: Circle, person: IdentityId): Friend | undefined {
  const row = friendRowsIn(circle.inbox).get(person);
  return row && person !== circle.identityId && !isBlocked(circle, person) ? row : undefined;
}

const personOf = (identityId: IdentityId, { name, picture }: Partial<Friend> = {}): Person => ({
  identityId,
  name: name?.trim() || words.nameless,
  ...(picture !== undefined && { picture }),
});

/** What to call somebody; friends have told their name. */
export const nameOf = (circle: Circle, person: IdentityId): string =>
  personOf(person, rowOf(circle, person)).name;

/** base64 of a friend's picture. Nobody else's is shown. */
export const pictureOf = (circle: Circle, person: IdentityId): string | undefined =>
  circle.friends.some(({ friend }) => friend === person) ? rowOf(circle, person)?.picture : undefined;

const byName = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

/** Those with whom it is mutual: each has a row for the other. By name. */
export const friendsOf = (circle: Circle): readonly Person[] =>
  circle.friends
    .flatMap(({ friend }) => {
      const row = rowOf(circle, friend);
      return row ? [personOf(friend, row)] : [];
    })
    .toSorted((a, b) => byName.compare(a.name, b.name));

export const isFriend = (circle: Circle, person: IdentityId): boolean =>
  circle.friends.some(({ friend }) => friend === person) && rowOf(circle, person) !== undefined;

/** Whom one would be friends with, and who has not answered yet. */
export const awaitedOf = (circle: Circle): readonly Friend[] =>
  circle.friends.filter(({ friend }) => !rowOf(circle, friend) && !isBlocked(circle, friend));

/** Who would be friends without having been invited: a few, and what they call themselves is all that is shown of them. */
export function requestsOf(circle: Circle): readonly Person[] {
  const own = new Set(circle.friends.map(({ friend }) => friend));
  const asking = [...friendRowsIn(circle.inbox).keys()].filter(
    (person) => !own.has(person) && !circle.mutes.get(person)?.dismissed && rowOf(circle, person),
  );
  return asking.slice(0, MOST_REQUESTS).map((person) => {
    const { name, identityId } = personOf(person, rowOf(circle, person));
    return { identityId, name };
  });
}

/** Those of whom nothing is shown. By name. */
export const blockedOf = ({ mutes }: Pick<Circle, 'mutes'>): readonly Person[] =>
  [...mutes.values()]
    .filter(({ person }) => isBlocked({ mutes }, person))
    .map(({ person, name }) => personOf(person, name === undefined ? {} : { name }))
    .toSorted((a, b) => byName.compare(a.name, b.name));

/** All shares that friends have told one of, and what members have added to albums that are open to one. */
export const sharedRowsIn = (inbox: readonly SocialRow[]): SharedWith[] =>
  inbox.filter((row): row is SharedWith => row.kind === 'shared' && !row.deletedAt);
