// The friends page's dealings with other people: what it shows of them, and what it does about them.
import { inTimeline } from '../library/in-timeline.ts';
import {
  awaitedOf,
  blockedOf,
  friendsOf,
  isFriend,
  nameOf,
  requestsOf,
  type Person,
} from '../library/friends.ts';
import type { Social } from '../library/social.svelte.ts';
import type { IdentityId } from '../schema/ids.ts';
import { INVITE_DAYS, invitationLink, newSecret, proofOf, type Invitation } from '../schema/invite.ts';
import { inviteId, NAME_LENGTH, profileId, randomId, type Friend, type Invite } from '../schema/social.ts';
import { instantOf } from '../schema/time.ts';
import { befriend, block, dismiss, part, unblock, type Plan, type Shown } from './plan.ts';
import { keepFriends } from './settle.ts';

const DAY_MS = 86_400_000;
const LOOK_MS = 10_000;

/** A name the sign-in service has may be the e-mail address, which is nobody's business. */
export const suggestedName = (called: string): string =>
  called.includes('@') ? '' : called.trim().slice(0, NAME_LENGTH);

export class People {
  readonly #social: Social;
  readonly #now: () => number;

  /** `now` is the server's time. */
  constructor(social: Social, now: () => number) {
    this.#social = social;
    this.#now = now;
  }

  get friends(): readonly Person[] {
    return friendsOf(this.#social);
  }
  get awaited(): readonly Friend[] {
    return awaitedOf(this.#social);
  }
  get requests(): readonly Person[] {
    return requestsOf(this.#social);
  }
  get blocked(): readonly Person[] {
    return blockedOf(this.#social);
  }
  get profile(): Shown {
    return this.#social.profile ?? {};
  }
  /** Those that nobody has answered yet, the newest first. */
  get invites(): readonly Invite[] {
    const now = instantOf(this.#now());
    return this.#social.invites
      .filter(({ usedBy, until }) => usedBy === undefined && until > now)
      .toSorted((a, b) => (a.until < b.until ? 1 : -1));
  }

  linkTo({ invite, secret }: Pick<Invite, 'invite' | 'secret'>): string {
    return invitationLink(location.origin, { inviter: this.#social.identityId, invite, secret });
  }

  /** As long as an answer may come any moment, looks for it every few seconds. */
  watch(signal: AbortSignal): void {
    const look = async (): Promise<void> => {
      const expecting = this.invites.length + this.awaited.length > 0;
      if (!expecting || document.visibilityState === 'hidden') return;
      try {
        await this.#social.sync(signal);
        if (!signal.aborted) await keepFriends(this.#social, this.#now());
      } catch (error) {
        // The next look tries again.
        if (!signal.aborted) console.warn(error);
      }
    };
    const timer = setInterval(look, LOOK_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  /** A new one; gives its link. */
  async invite(): Promise<string> {
    const invite = randomId();
    const secret = newSecret();
    const until = instantOf(this.#now() + INVITE_DAYS * DAY_MS);
    await this.#social.put(inviteId(invite), { secret, until });
    return this.linkTo({ invite, secret });
  }

  async withdraw({ id }: Pick<Invite, 'id'>): Promise<void> {
    await this.#social.remove([id]);
  }
  async restore({ id }: Pick<Invite, 'id'>): Promise<void> {
    await this.#social.put(id, { deletedAt: null });
  }

  /** What stands against answering an invitation, or has to be known before. */
  standing({ inviter }: Invitation): 'own' | 'friend' | 'blocked' | undefined {
    if (inviter === this.#social.identityId) return 'own';
    if (this.#social.mutes.get(inviter)?.blocked) return 'blocked';
    return isFriend(this.#social, inviter) ? 'friend' : undefined;
  }
  nameOf(person: IdentityId): string {
    return nameOf(this.#social, person);
  }

  async answer(invitation: Invitation): Promise<void> {
    const { inviter, invite } = invitation;
    const proof = await proofOf(invitation, this.#social.identityId);
    await this.#carryOut(befriend(this.#social, inviter, this.profile, { invite, proof }));
  }

  accept(person: IdentityId): Promise<void> {
    return this.#carryOut(befriend(this.#social, person, this.profile, undefined));
  }
  dismiss(person: IdentityId): Promise<void> {
    return this.#carryOut(dismiss(person));
  }
  part(person: IdentityId): Promise<void> {
    return this.#carryOut(part(this.#social, person));
  }
  /** Whether what that friend shares stands in the own timeline too. */
  isInTimeline(person: IdentityId): boolean {
    return this.#social.mutes.get(person)?.inTimeline === true;
  }
  async showInTimeline(person: IdentityId, shown: boolean): Promise<void> {
    await this.#social.putAll([inTimeline(person, shown)]);
  }

  block(person: IdentityId): Promise<void> {
    return this.#carryOut(block(this.#social, person, this.nameOf(person)));
  }
  unblock(person: IdentityId): Promise<void> {
    return this.#carryOut(unblock(person));
  }

  /** What friends see of one, from now on and in what they have been told already. */
  async show({ name, picture }: Shown): Promise<void> {
    const shown = { name: name?.trim().slice(0, NAME_LENGTH) || null, picture: picture ?? null };
    const told = this.#social.friends.map(({ id }) => ({ id, attributes: shown }));
    await this.#social.putAll([{ id: profileId, attributes: shown }, ...told]);
  }

  async #carryOut({ put, remove }: Plan): Promise<void> {
    await this.#social.putAll(put);
    if (remove.length > 0) await this.#social.remove(remove);
  }
}
