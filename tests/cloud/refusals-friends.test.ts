// Becoming friends without being invited: forged, copied, late and replayed answers, through the real SDK with the credentials of three
// people. The table refuses to be written or read for another; what it takes, the inviter's page makes nothing of.
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settle, type Standing } from '../../src/friends/settle.ts';
import { friendsOf, requestsOf } from '../../src/library/friends.ts';
import { newSecret, proofOf, type Invitation } from '../../src/schema/invite.ts';
import { CHANGES_INDEX, INBOX_INDEX } from '../../src/schema/photo.ts';
import {
  friendId,
  inviteId,
  muteId,
  parseSocialRow,
  randomId,
  type SocialRow,
} from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { freshCloud, member, type Member } from './people.ts';
import { outcome } from './refusals.ts';

const DENIED = '400 AccessDeniedException';
const DAY = 86_400_000;

let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: Member;
let ben: Member;
let eve: Member;
let table: string;
beforeAll(async () => {
  cloud = await freshCloud();
  table = cloud.config.socialTable;
  [ada, ben, eve] = await Promise.all([
    member(cloud, { email: 'ada@example.com' }),
    member(cloud, { email: 'ben@example.com' }),
    member(cloud, { email: 'eve@example.com', name: 'Eve' }),
  ]);
});
afterAll(() => cloud?.end());

const write = (who: Member, id: string, more: object, owner: string = who.identityId) =>
  who.dynamodb.send(
    new PutCommand({
      TableName: table,
      Item: { owner, id, changedAt: instantOf(Date.now()), ...more },
    }),
  );
const query = (who: Member, index: string | undefined, key: string, value: string) =>
  who.dynamodb.send(
    new QueryCommand({
      TableName: table,
      ...(index && { IndexName: index }),
      KeyConditionExpression: '#key = :value',
      ExpressionAttributeNames: { '#key': key },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
const get = (who: Member, owner: Member, id: string) =>
  who.dynamodb.send(new GetCommand({ TableName: table, Key: { owner: owner.identityId, id } }));

const parsed = ({ Items = [] }: { Items?: unknown[] }): SocialRow[] =>
  Items.flatMap((item) => parseSocialRow(item) ?? []);

/** What somebody's page knows after a sync. */
async function standingOf(who: Member): Promise<Standing> {
  const own = parsed(await query(who, undefined, 'owner', who.identityId)).filter((row) => !row.deletedAt);
  const addressed = parsed(await query(who, INBOX_INDEX, 'recipient', who.identityId));
  const of = <K extends SocialRow['kind']>(kind: K) =>
    own.filter((row): row is Extract<SocialRow, { kind: K }> => row.kind === kind);
  return {
    identityId: who.identityId,
    friends: of('friend'),
    invites: of('invite'),
    shares: of('share'),
    told: of('shared'),
    profile: of('profile')[0],
    mutes: new Map(of('mute').map((mute) => [mute.person, mute])),
    inbox: addressed.filter((row) => !row.deletedAt),
    parted: addressed.flatMap((row) => (row.kind === 'friend' && row.deletedAt ? [row] : [])),
  };
}

async function invite(until = instantOf(Date.now() + 7 * DAY)): Promise<Invitation> {
  const invitation = { inviter: ada.identityId, invite: randomId(), secret: newSecret() };
  await write(ada, inviteId(invitation.invite), { secret: invitation.secret, until });
  return invitation;
}
const answer = (who: Member, { invite: id }: Pick<Invitation, 'invite'>, proof: string) =>
  write(who, friendId(ada.identityId), { recipient: ada.identityId, name: 'Ben', invite: id, proof });

describe('what the table refuses', () => {
  test('nobody reads another’s invitations: not the row, not by an index', async () => {
    const { invite: id } = await invite();
    expect((await get(ada, ada, inviteId(id))).Item).toBeDefined();
    expect(await outcome(get(eve, ada, inviteId(id)))).toBe(DENIED);
    expect(await outcome(query(eve, undefined, 'owner', ada.identityId))).toBe(DENIED);
    expect(await outcome(query(eve, CHANGES_INDEX, 'owner', ada.identityId))).toBe(DENIED);
    const inboxes = await Promise.all(
      [ada, ben, eve].map((one) => query(one, INBOX_INDEX, 'recipient', one.identityId)),
    );
    expect(inboxes.flatMap(parsed).filter(({ kind }) => kind === 'invite')).toEqual([]);
  });

  test('nobody reads the proof that another has addressed to the inviter', async () => {
    const invitation = await invite();
    await answer(ben, invitation, await proofOf(invitation, ben.identityId));
    expect(await outcome(get(eve, ben, friendId(ada.identityId)))).toBe(DENIED);
    expect(await outcome(query(eve, INBOX_INDEX, 'recipient', ada.identityId))).toBe(DENIED);
  });

  test('nobody answers in another’s name, nor makes somebody their friend', async () => {
    const invitation = await invite();
    const proof = await proofOf(invitation, eve.identityId);
    const row = { recipient: ada.identityId, invite: invitation.invite, proof };
    expect(await outcome(write(eve, friendId(ada.identityId), row, ben.identityId))).toBe(DENIED);
    const hers = { recipient: eve.identityId };
    expect(await outcome(write(eve, friendId(eve.identityId), hers, ada.identityId))).toBe(DENIED);
    // Nor unblocks herself, nor makes an old invitation good again.
    expect(await outcome(write(eve, muteId(eve.identityId), { blocked: false }, ada.identityId))).toBe(
      DENIED,
    );
    const longer = new UpdateCommand({
      TableName: table,
      Key: { owner: ada.identityId, id: inviteId(invitation.invite) },
      UpdateExpression: 'SET #until = :until REMOVE usedBy',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: { ':until': '9999-12-31T00:00:00.000Z' },
    });
    expect(await outcome(eve.dynamodb.send(longer))).toBe(DENIED);
  });

  test('somebody who is no member cannot even ask', async () => {
    await expect(member(cloud, { email: 'vera@example.com', name: 'Vera', member: false })).rejects.toThrow(
      /forbidden/i,
    );
  });
});

describe('what the inviter’s page makes nothing of', () => {
  /** Eve asks with this; Ada's page looks. Gives what she is to Ada then. */
  async function comesTo(row: object, now = Date.now()): Promise<string> {
    await write(eve, friendId(ada.identityId), { recipient: ada.identityId, name: 'Ben', ...row });
    const standing = await standingOf(ada);
    const { put, remove } = await settle(standing, now);
    const isHer = ({ identityId }: { identityId: string }) => identityId === eve.identityId;
    if (JSON.stringify([put, remove]).includes(eve.identityId)) return 'about to be a friend';
    if (friendsOf(standing).some(isHer)) return 'a friend';
    return requestsOf(standing).some(isHer) ? 'a stranger' : 'nobody';
  }

  const forgeries: Record<string, () => Promise<object>> = {
    'made up': async () => ({ invite: (await invite()).invite, proof: newSecret() }),
    'copied from whoever was invited': async () => {
      const invitation = await invite();
      return { invite: invitation.invite, proof: await proofOf(invitation, ben.identityId) };
    },
    'for another invitation': async () => {
      const proof = await proofOf(await invite(), eve.identityId);
      return { invite: (await invite()).invite, proof };
    },
    'made with another secret': async () => {
      const invitation = { ...(await invite()), secret: newSecret() };
      return { invite: invitation.invite, proof: await proofOf(invitation, eve.identityId) };
    },
    'left out': async () => ({ invite: (await invite()).invite }),
    'for no invitation': async () => ({ proof: await proofOf(await invite(), eve.identityId) }),
    'of another kind': async () => ({ invite: (await invite()).invite, proof: { $gt: '' } }),
    'far too long': async () => ({ invite: '__proto__', proof: 'x'.repeat(300_000) }),
    'for one that somebody else has answered': async () => {
      const invitation = await invite();
      const until = instantOf(Date.now() + DAY);
      await write(ada, inviteId(invitation.invite), {
        secret: invitation.secret,
        until,
        usedBy: ben.identityId,
      });
      return { invite: invitation.invite, proof: await proofOf(invitation, eve.identityId) };
    },
  };
  test.each(Object.entries(forgeries))('a proof that is %s', async (_what, forged) => {
    expect(await comesTo(await forged())).toBe('a stranger');
  });

  test('an answer that comes too late, whatever date it bears', async () => {
    const invitation = await invite(instantOf(Date.now() + 60_000));
    const proof = await proofOf(invitation, eve.identityId);
    const long = instantOf(Date.now() - DAY);
    const row = { invite: invitation.invite, proof, changedAt: long, proofEditedAt: long };
    expect(await comesTo(row, Date.now() + 61_000)).toBe('a stranger');
    // It is the time that decides.
    expect(await comesTo(row)).toBe('about to be a friend');
  });

  test('and what is right is heard: the one who was invited becomes a friend', async () => {
    const invitation = await invite();
    await answer(ben, invitation, await proofOf(invitation, ben.identityId));
    const { put } = await settle(await standingOf(ada), Date.now());
    expect(put.map(({ id }) => id)).toContain(friendId(ben.identityId));
  });
});
