// Whose photos somebody wants among their own: an attribute of their own row about that person, which nobody else reads. Pure.
import type { IdentityId } from '../schema/ids.ts';
import { muteId, type SharedWith } from '../schema/social.ts';
import { friendsOf, sharedRowsIn, type Circle } from './friends.ts';

/** From no friend more shares than this are read for it, those that changed last. */
export const MOST_SHARES = 200;

/** What is put to begin or end it. */
export const inTimeline = (
  person: IdentityId,
  shown: boolean,
): { id: string; attributes: { inTimeline: true | null; deletedAt: null } } => ({
  id: muteId(person),
  attributes: { inTimeline: shown || null, deletedAt: null },
});

const wanted = (circle: Circle): IdentityId[] =>
  friendsOf(circle).flatMap(({ identityId }) =>
    circle.mutes.get(identityId)?.inTimeline ? [identityId] : [],
  );

/** Whether there is anybody whose photos are wanted: asked often, and mostly there is not. */
export const isAccompanied = (circle: Circle): boolean =>
  [...circle.mutes.values()].some(({ inTimeline: shown }) => shown) && wanted(circle).length > 0;

const latestFirst = (a: SharedWith, b: SharedWith): number => (a.changedAt < b.changedAt ? 1 : -1);
const byShare = (a: SharedWith, b: SharedWith): number => (a.share < b.share ? -1 : 1);

/** Everything that those people share with one, what they have added to albums too; always in the same order. */
export function sharedForTimeline(circle: Circle): readonly SharedWith[] {
  const rows = sharedRowsIn(circle.inbox);
  return wanted(circle).flatMap((person) =>
    rows
      .filter(({ owner }) => owner === person)
      .toSorted(latestFirst)
      .slice(0, MOST_SHARES)
      .toSorted(byShare),
  );
}
