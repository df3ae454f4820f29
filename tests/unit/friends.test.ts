// Friends: invited, asked, parted, blocked; and those who would be friends without having been asked.
import { beforeEach, describe, expect, test } from 'vitest';
import { befriend, block, dismiss, part, unblock, type Plan } from '../../src/friends/plan.ts';
import { settle, type Standing } from '../../src/friends/settle.ts';
import {
  awaitedOf,
  blockedOf,
  friendsOf,
  isFriend,
  MOST_REQUESTS,
  nameOf,
  pictureOf,
  requestsOf,
} from '../../src/library/friends.ts';
import type { IdentityId, RandomId } from '../../src/schema/ids.ts';
import { newSecret, proofOf, type Invitation } from '../../src/schema/invite.ts';
import {
  friendId,
  inviteId,
  parseSocialRow,
  profileId,
  randomId,
  shareId,
  sharedWithId,
  type Mute,
  type SocialRow,
} from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';

const person = (n: number) =>
  `eu-west-1:00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as IdentityId;
const [ada, ben, eve] = [person(1), person(2), person(3)];
const DAY = 86_400_000;

/** Everybody's rows, as the table has them. */
let rows: Map<string, Record<string, unknown>>;
let now: number;
beforeEach(() => {
  rows = new Map();
  now = Date.parse('2026-11-20T12:00:00.000Z');
});

function write(owner: IdentityId, id: string, attributes: Record<string, unknown>): void {
  const at = instantOf((now += 10));
  const row = { ...rows.get(`${owner} ${id}`), owner, id, changedAt: at };
  for (const [name, value] of Object.entries(attributes))
    Object.assign(row, { [name]: value ?? undefined, [`${name}EditedAt`]: at });
  rows.set(`${owner} ${id}`, row);
}
function carryOut(owner: IdentityId, { put, remove }: Plan): void {
  for (const { id, attributes } of put) write(owner, id, attributes);
  for (const id of remove) write(owner, id, { deletedAt: instantOf(now) });
}

const read = (): SocialRow[] => [...rows.values()].flatMap((row) => parseSocialRow(row) ?? []);

/** How the table looks to one of them. */
function seenBy(identityId: IdentityId): Standing {
  const own = read().filter(({ owner, deletedAt }) => owner === identityId && !deletedAt);
  const addressed = read().filter(({ recipient }) => recipient === identityId);
  const of = <K extends SocialRow['kind']>(kind: K) =>
    own.filter((row): row is Extract<SocialRow, { kind: K }> => row.kind === kind);
  return {
    identityId,
    friends: of('friend'),
    invites: of('invite'),
    shares: of('share'),
    profile: of('profile')[0],
    mutes: new Map(of('mute').map((mute: Mute) => [mute.person, mute])),
    told: of('shared'),
    inbox: addressed.filter(({ deletedAt }) => !deletedAt),
    parted: addressed.flatMap((row) => (row.kind === 'friend' && row.deletedAt ? [row] : [])),
  };
}

/** The page of one of them syncs. */
async function sync(who: IdentityId): Promise<Plan> {
  const plan = await settle(seenBy(who), now);
  carryOut(who, plan);
  return plan;
}

function invite(inviter: IdentityId, days = 7): Invitation {
  const invitation = { inviter, invite: randomId(), secret: newSecret() };
  write(inviter, inviteId(invitation.invite), {
    secret: invitation.secret,
    until: instantOf(now + days * DAY),
  });
  return invitation;
}
async function answer(invitation: Invitation, who: IdentityId): Promise<void> {
  const proof = await proofOf(invitation, who);
  const { profile } = seenBy(who);
  carryOut(who, befriend(seenBy(who), invitation.inviter, profile, { invite: invitation.invite, proof }));
}
async function makeFriends(a: IdentityId, b: IdentityId): Promise<void> {
  await answer(invite(a), b);
  await sync(a);
}
const names = (who: IdentityId) => friendsOf(seenBy(who)).map(({ name }) => name);

describe('an invitation', () => {
  test('that is answered makes two friends, who know each other by name', async () => {
    write(ada, profileId, { name: 'Ada', picture: 'QUJD' });
    write(ben, profileId, { name: 'Ben' });
    await answer(invite(ada), ben);
    expect(awaitedOf(seenBy(ben)).map(({ friend }) => friend)).toEqual([ada]);
    expect(names(ben)).toEqual([]);
    await sync(ada);
    expect(names(ada)).toEqual(['Ben']);
    expect(friendsOf(seenBy(ben))).toEqual([{ identityId: ada, name: 'Ada', picture: 'QUJD' }]);
    expect(awaitedOf(seenBy(ben))).toEqual([]);
    // And that was all there is to do.
    expect(await settle(seenBy(ada), now)).toEqual({ put: [], remove: [] });
    expect(await settle(seenBy(ben), now)).toEqual({ put: [], remove: [] });
  });

  test('serves one person: whoever comes later is a stranger', async () => {
    const invitation = invite(ada);
    await answer(invitation, ben);
    await sync(ada);
    await answer(invitation, eve);
    await sync(ada);
    expect(isFriend(seenBy(ada), ben)).toBe(true);
    expect(isFriend(seenBy(ada), eve)).toBe(false);
    expect(requestsOf(seenBy(ada)).map(({ identityId }) => identityId)).toEqual([eve]);
  });

  test('that two answer at once serves one of them', async () => {
    const invitation = invite(ada);
    await answer(invitation, ben);
    await answer(invitation, eve);
    await sync(ada);
    await sync(ada);
    expect(friendsOf(seenBy(ada))).toHaveLength(1);
  });

  test('is worth nothing when its time is over, by the server’s clock, and is cleared away', async () => {
    const invitation = invite(ada);
    await answer(invitation, ben);
    now += 7 * DAY;
    const { remove } = await sync(ada);
    expect(remove).toEqual([inviteId(invitation.invite)]);
    await sync(ada);
    expect(names(ada)).toEqual([]);
    expect(requestsOf(seenBy(ada))).toHaveLength(1);
  });

  test('is worth nothing when it was withdrawn', async () => {
    const invitation = invite(ada);
    carryOut(ada, { put: [], remove: [inviteId(invitation.invite)] });
    await answer(invitation, ben);
    await sync(ada);
    expect(friendsOf(seenBy(ada))).toEqual([]);
  });

  test.each([
    ['copied from another’s answer', (proof: string, made: Invitation) => ({ proof, invite: made.invite })],
    ['made up', (_: string, made: Invitation) => ({ proof: newSecret(), invite: made.invite })],
    ['of an invitation there never was', (proof: string) => ({ proof, invite: randomId() })],
    ['without an invitation', (proof: string) => ({ proof })],
    ['left out', (_: string, made: Invitation) => ({ invite: made.invite })],
    ['of another kind', () => ({ proof: 7, invite: '__proto__' })],
  ])('is not answered by a proof %s', async (_what, forged) => {
    const invitation = invite(ada);
    const proof = await proofOf(invitation, ben);
    write(eve, friendId(ada), { recipient: ada, name: 'Ben', ...forged(proof, invitation) });
    const before = read().filter(({ owner }) => owner === ada);
    expect(await settle(seenBy(ada), now)).toEqual({ put: [], remove: [] });
    expect(read().filter(({ owner }) => owner === ada)).toEqual(before);
    expect(requestsOf(seenBy(ada))).toEqual([{ identityId: eve, name: 'Ben' }]);
  });

  test('of somebody else is not answered by the inviter, and not by oneself', async () => {
    const invitation = invite(ada);
    await answer(invitation, ada);
    await sync(ada);
    expect(friendsOf(seenBy(ada))).toEqual([]);
    expect(requestsOf(seenBy(ada))).toEqual([]);
    expect(seenBy(ada).invites[0]?.usedBy).toBeUndefined();
  });

  test('that is answered twice, or after parting, brings nothing back', async () => {
    const invitation = invite(ada);
    await answer(invitation, ben);
    await sync(ada);
    carryOut(ada, part(seenBy(ada), ben));
    await answer(invitation, ben);
    await sync(ada);
    expect(isFriend(seenBy(ada), ben)).toBe(false);
    // A new one does.
    await answer(invite(ada), ben);
    await sync(ada);
    await sync(ben);
    expect(isFriend(seenBy(ada), ben)).toBe(true);
    expect(isFriend(seenBy(ben), ada)).toBe(true);
  });
});

describe('parting', () => {
  function share(readers: IdentityId[]): RandomId {
    const id = randomId();
    const createdAt = instantOf(now);
    write(ada, shareId(id), { audience: 'friends', source: 'photos', title: 'Lisbon', createdAt, readers });
    for (const recipient of readers)
      write(ada, sharedWithId(id, recipient), { recipient, source: 'photos', title: 'Lisbon', count: 1 });
    return id;
  }

  test('takes the person out of all one shares, and leaves the other readers', async () => {
    await makeFriends(ada, ben);
    await makeFriends(ada, eve);
    const both = share([ben, eve]);
    const hers = share([eve]);
    carryOut(ada, part(seenBy(ada), ben));
    expect(Object.fromEntries(seenBy(ada).shares.map((one) => [one.share, one.readers]))).toEqual({
      [both]: [eve],
      [hers]: [eve],
    });
    const addressed = read().filter(({ kind, deletedAt }) => kind === 'shared' && !deletedAt);
    expect(addressed.map(({ recipient }) => recipient)).toEqual([eve, eve]);
  });

  test('ends it for both, and neither is offered to the other again', async () => {
    await makeFriends(ada, ben);
    const id = share([ben]);
    carryOut(ben, part(seenBy(ben), ada));
    expect(isFriend(seenBy(ada), ben)).toBe(false);
    await sync(ada);
    expect(seenBy(ada).friends).toEqual([]);
    expect(seenBy(ada).shares.find((one) => one.share === id)?.readers).toEqual([]);
    for (const who of [ada, ben]) {
      expect(requestsOf(seenBy(who))).toEqual([]);
      expect(awaitedOf(seenBy(who))).toEqual([]);
      expect(await settle(seenBy(who), now)).toEqual({ put: [], remove: [] });
    }
  });

  test('of long ago does not end a friendship made since', async () => {
    await makeFriends(ada, ben);
    carryOut(ada, part(seenBy(ada), ben));
    await sync(ben);
    await answer(invite(ada), ben);
    // Ben's page looks before Ada's does: her last word is still that it is over.
    await sync(ben);
    await sync(ada);
    expect(names(ada)).toHaveLength(1);
    expect(names(ben)).toHaveLength(1);
  });
});

describe('somebody who was not invited', () => {
  const ask = (who: IdentityId, name: string) =>
    write(who, friendId(ada), { recipient: ada, name, picture: 'QUJD' });

  test('is on a list with the name alone, and a friend once accepted', async () => {
    ask(eve, 'Eve');
    expect(requestsOf(seenBy(ada))).toEqual([{ identityId: eve, name: 'Eve' }]);
    expect(pictureOf(seenBy(ada), eve)).toBeUndefined();
    carryOut(ada, befriend(seenBy(ada), eve, { name: 'Ada' }, undefined));
    expect(isFriend(seenBy(ada), eve)).toBe(true);
    expect(isFriend(seenBy(eve), ada)).toBe(true);
    expect(requestsOf(seenBy(ada))).toEqual([]);
    expect(pictureOf(seenBy(ada), eve)).toBe('QUJD');
  });

  test('is put aside for good', async () => {
    ask(eve, 'Eve');
    carryOut(ada, dismiss(eve));
    expect(requestsOf(seenBy(ada))).toEqual([]);
    ask(eve, 'Eve, again');
    expect(requestsOf(seenBy(ada))).toEqual([]);
    // Unless invited.
    await answer(invite(ada), eve);
    await sync(ada);
    expect(isFriend(seenBy(ada), eve)).toBe(true);
  });

  test('is one of a few, however many ask', () => {
    for (let n = 10; n < 1010; n++) ask(person(n), `Stranger ${n}`);
    expect(requestsOf(seenBy(ada))).toHaveLength(MOST_REQUESTS);
  });

  test('cannot speak for another: whose partition it is decides', () => {
    write(eve, friendId(ada), { recipient: ada, owner_: ben, friend: ben, sender: ben, name: 'Ben' });
    expect(requestsOf(seenBy(ada)).map(({ identityId }) => identityId)).toEqual([eve]);
  });
});

describe('somebody blocked', () => {
  test('is nowhere, by no name, with no picture, and cannot come back by an invitation', async () => {
    write(ben, profileId, { name: 'Ben', picture: 'QUJD' });
    await makeFriends(ada, ben);
    const open = invite(ada);
    carryOut(ada, block(seenBy(ada), ben, 'Ben'));
    expect(friendsOf(seenBy(ada))).toEqual([]);
    expect(requestsOf(seenBy(ada))).toEqual([]);
    expect(awaitedOf(seenBy(ada))).toEqual([]);
    expect(nameOf(seenBy(ada), ben)).toBe('Somebody');
    expect(pictureOf(seenBy(ada), ben)).toBeUndefined();
    expect(blockedOf(seenBy(ada))).toEqual([{ identityId: ben, name: 'Ben' }]);
    await answer(open, ben);
    await sync(ada);
    expect(isFriend(seenBy(ada), ben)).toBe(false);
    expect(requestsOf(seenBy(ada))).toEqual([]);
  });

  test('is a stranger again when unblocked, not a friend', async () => {
    await makeFriends(ada, ben);
    carryOut(ada, block(seenBy(ada), ben, 'Ben'));
    await sync(ben);
    carryOut(ada, unblock(ben));
    await sync(ada);
    expect(blockedOf(seenBy(ada))).toEqual([]);
    expect(isFriend(seenBy(ada), ben)).toBe(false);
    await makeFriends(ada, ben);
    expect(isFriend(seenBy(ada), ben)).toBe(true);
  });
});

test('a new name or picture is told to all friends, and to nobody else', async () => {
  await makeFriends(ada, ben);
  carryOut(ada, befriend(seenBy(ada), eve, undefined, undefined));
  carryOut(ada, part(seenBy(ada), eve));
  write(ada, profileId, { name: 'Ada B.', picture: 'QUJD' });
  const { put } = await sync(ada);
  expect(put).toEqual([{ id: friendId(ben), attributes: { name: 'Ada B.', picture: 'QUJD' } }]);
  expect(nameOf(seenBy(ben), ada)).toBe('Ada B.');
  write(ada, profileId, { picture: null });
  await sync(ada);
  expect(pictureOf(seenBy(ben), ada)).toBeUndefined();
});

test('friends stand in the order of their names, whatever these are made of', async () => {
  const called = ['émile', 'Zoë', '  ', 'anna', '<img src=x onerror=alert(1)>', 'Ben 10', 'Ben 9'];
  for (const [index, name] of called.entries()) {
    write(person(100 + index), profileId, { name });
    await makeFriends(ada, person(100 + index));
  }
  expect(names(ada)).toEqual([
    '<img src=x onerror=alert(1)>',
    'anna',
    'Ben 9',
    'Ben 10',
    'émile',
    'Somebody',
    'Zoë',
  ]);
});
