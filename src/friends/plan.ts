// What becoming friends, parting and blocking change in one's own rows. Pure: whoever calls writes it.
import type { Circle } from '../library/friends.ts';
import type { IdentityId } from '../schema/ids.ts';
import { friendId, muteId, type Profile, type Share, type SharedWith } from '../schema/social.ts';

export interface Plan {
  /** Rows that get these attributes; null takes one away. */
  put: { id: string; attributes: Record<string, unknown> }[];
  /** Rows that are no more. */
  remove: string[];
}

/** What people are told of one. */
export type Shown = Pick<Profile, 'name' | 'picture'>;

export const shownIn = (shown: Shown | undefined): { name: string | null; picture: string | null } => ({
  name: shown?.name ?? null,
  picture: shown?.picture ?? null,
});

type Known = Pick<Circle, 'friends'> & {
  shares: readonly Share[];
  /** The rows by which readers of shares are told. */
  told: readonly SharedWith[];
};

/** "You may read what I share with you." */
export function befriend(
  { mutes }: Pick<Circle, 'mutes'>,
  person: IdentityId,
  shown: Shown | undefined,
  answer: { invite: string; proof: string } | undefined,
): Plan {
  const put: Plan['put'] = [
    {
      id: friendId(person),
      attributes: {
        recipient: person,
        ...shownIn(shown),
        invite: answer?.invite ?? null,
        proof: answer?.proof ?? null,
        deletedAt: null,
      },
    },
  ];
  const mute = mutes.get(person);
  if (mute?.blocked || mute?.dismissed) {
    // Friends anew: what they share is not in the timeline until that is wanted anew.
    const attributes = { blocked: null, dismissed: null, name: null, inTimeline: null };
    put.push({ id: muteId(person), attributes });
  }
  return { put, remove: [] };
}

/** Friends no more: that person reads nothing of one's own any longer, and is not offered as a friend again. */
export function part({ friends, shares, told }: Known, person: IdentityId): Plan {
  const read = shares.filter(({ readers }) => readers?.includes(person));
  return {
    put: [
      ...read.map(({ id, readers }) => ({
        id,
        attributes: { readers: readers?.filter((reader) => reader !== person) ?? [] },
      })),
      { id: muteId(person), attributes: { dismissed: true } },
    ],
    remove: [
      ...friends.filter(({ friend }) => friend === person).map(({ id }) => id),
      ...told.filter(({ recipient }) => recipient === person).map(({ id }) => id),
    ],
  };
}

/** The same, and nothing that person says or asks is looked at. `name` is what to call them in the list of those blocked. */
export function block(known: Known, person: IdentityId, name: string): Plan {
  const { put, remove } = part(known, person);
  const others = put.filter(({ id }) => id !== muteId(person));
  return {
    put: [...others, { id: muteId(person), attributes: { blocked: true, dismissed: true, name } }],
    remove,
  };
}

export const unblock = (person: IdentityId): Plan => ({
  put: [{ id: muteId(person), attributes: { blocked: null, name: null } }],
  remove: [],
});

export const dismiss = (person: IdentityId): Plan => ({
  put: [{ id: muteId(person), attributes: { dismissed: true } }],
  remove: [],
});
