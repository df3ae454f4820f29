// What follows by itself from what others have said: an answered invitation makes two friends, a friendship that the other has ended
// is over here too, and friends are told of a new name. Pure.
import { friendRowsIn, type Circle } from '../library/friends.ts';
import type { IdentityId } from '../schema/ids.ts';
import { proves } from '../schema/invite.ts';
import type { Friend, Invite, Profile, Share, SharedWith } from '../schema/social.ts';
import { instantOf } from '../schema/time.ts';
import { befriend, part, shownIn, type Plan } from './plan.ts';

export interface Standing extends Circle {
  readonly profile: Profile | undefined;
  readonly invites: readonly Invite[];
  readonly shares: readonly Share[];
  readonly told: readonly SharedWith[];
  /** The friend rows of others that say "no more". */
  readonly parted: readonly Friend[];
}

/** What settles is written as the page itself would write it, by whoever syncs. */
export interface Settling extends Standing {
  readonly complete: boolean;
  putAll(put: Plan['put']): Promise<unknown>;
  remove(ids: readonly string[]): Promise<unknown>;
}

export async function keepFriends(social: Settling, now: number): Promise<void> {
  // Before, it is not known who is a friend already.
  if (!social.complete) return;
  const { put, remove } = await settle(social, now);
  if (put.length > 0) await social.putAll(put);
  if (remove.length > 0) await social.remove(remove);
}

/** `now` is the server's time. An invitation serves one person, whoever's answer is read first, and nobody once its time is over. */
export async function settle(standing: Standing, now: number): Promise<Plan> {
  const plans = [...(await answered(standing, now)), ...ended(standing)];
  const put = [...plans.flatMap((plan) => plan.put), ...untold(standing)];
  return { put, remove: [...plans.flatMap(({ remove }) => remove), ...spent(standing, now)] };
}

async function answered(standing: Standing, now: number): Promise<Plan[]> {
  const { identityId, inbox, friends, mutes, profile } = standing;
  const own = new Set<IdentityId>([identityId, ...friends.map(({ friend }) => friend)]);
  const open = new Map(
    standing.invites
      .filter(({ usedBy, until }) => usedBy === undefined && until > instantOf(now))
      .map((row) => [row.invite, row]),
  );
  const plans: Plan[] = [];
  for (const { owner, invite, proof } of friendRowsIn(inbox).values()) {
    const row = invite && open.get(invite);
    if (!row || !proof || own.has(owner) || mutes.get(owner)?.blocked) continue;
    const { secret } = row;
    if (!(await proves(proof, { inviter: identityId, invite: row.invite, secret }, owner))) continue;
    open.delete(row.invite);
    const { put } = befriend(standing, owner, profile, undefined);
    plans.push({ put: [...put, { id: row.id, attributes: { usedBy: owner } }], remove: [] });
  }
  return plans;
}

/** Said by the other after this one had asked, or agreed, to be friends: what was said before that is about another time. */
const ended = (standing: Standing): Plan[] =>
  standing.friends.filter((row) => isEnded(standing, row)).map(({ friend }) => part(standing, friend));

const isEnded = ({ parted }: Standing, own: Friend): boolean =>
  parted.some(
    ({ owner, deletedAt = '' }) =>
      owner === own.friend && deletedAt > (own.editedAt['recipient'] ?? own.changedAt),
  );

/** Friends who know this person by another name or picture than they want to be known by. */
function untold(standing: Standing): Plan['put'] {
  const { friends, profile } = standing;
  if (!profile) return [];
  return friends
    .filter(
      (row) => (row.name !== profile.name || row.picture !== profile.picture) && !isEnded(standing, row),
    )
    .map(({ id }) => ({ id, attributes: shownIn(profile) }));
}

/** Invitations whose time is over. */
const spent = ({ invites }: Standing, now: number): string[] =>
  invites.filter(({ until }) => until <= instantOf(now)).map(({ id }) => id);
