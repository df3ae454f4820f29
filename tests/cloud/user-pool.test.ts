// Looking after people, by the page's own code against the local cloud: who is invited comes in, who is disabled or removed is out.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  accountsOf,
  disable,
  enable,
  endOwnership,
  invite,
  inviteAgain,
  invitationRunsUntil,
  letIn,
  makeOwner,
  remove,
  signOutEverywhere,
  standingOf,
  twinOf,
  type Account,
  type Ask,
} from '../../src/schema/user-pool.ts';
import { signInAs } from './page-person.ts';
import { exchange, freshCloud, member, signIn, tokenRequest } from './people.ts';

let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ask: Ask;
/** The cloud's clock, ahead of the real one by this many milliseconds. */
let ahead = 0;

const DAY = 86_400_000;
const later = async (milliseconds: number, work: () => Promise<unknown>) => {
  ahead = milliseconds;
  await work().finally(() => (ahead = 0));
};

beforeAll(async () => {
  cloud = await freshCloud({ now: () => Date.now() + ahead });
  ask = await (await (await signInAs(cloud, 'ada@example.com')).open()).userPool();
});
afterAll(() => cloud?.end());

const mailsTo = (address: string) => cloud.messages.all().filter(({ to }) => to === address);
const account = async (email: string): Promise<Account> => {
  const found = (await accountsOf(ask)).find((one) => one.email === email);
  if (!found) throw new Error(`There is no ${email}.`);
  return found;
};
const standing = async (email: string) => standingOf(await account(email));
const refused = { name: 'NotAuthorizedException' };

describe('an owner', () => {
  test('sees who there is, and who is an owner', async () => {
    const people = await accountsOf(ask);
    expect(people.map(({ email, member: isMember, owner }) => [email, isMember, owner])).toEqual([
      ['ada@example.com', true, true],
      ['ben@example.com', true, false],
    ]);
    expect(people[0]).toMatchObject({ name: 'Ada Berger', google: false, enabled: true, invited: false });
    expect(Math.abs((people[0]?.createdAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('invites somebody, who gets a mail that says where to and for how long, and is in with the first sign-in', async () => {
    const made = await invite(ask, 'ida@example.com', 'Ida');
    expect(standingOf(made)).toBe('invited');
    expect(await account('ida@example.com')).toMatchObject({ name: 'Ida', invited: true, member: true });
    const [mail] = mailsTo('ida@example.com');
    expect(mail?.subject).toBe('You are invited to Shoebox');
    for (const said of [`${cloud.urls.site}/`, 'ida@example.com', '7 days'])
      expect(mail?.text).toContain(said);
    const ida = await member(cloud, { email: 'ida@example.com' });
    expect(decodeJwt(ida.tokens.idToken)).toMatchObject({ name: 'Ida', 'cognito:groups': ['members'] });
    expect(await standing('ida@example.com')).toBe('member');
  });

  test('is told that an address is taken, and nothing changes', async () => {
    const before = await accountsOf(ask);
    const mails = cloud.messages.all().length;
    await expect(invite(ask, 'BEN@example.com')).rejects.toMatchObject({ code: 'exists' });
    expect(await accountsOf(ask)).toEqual(before);
    expect(cloud.messages.all()).toHaveLength(mails);
  });

  test('invites again when the invitation has run out, but nobody who has come in', async () => {
    const made = await invite(ask, 'jo@example.com');
    expect(Math.abs(invitationRunsUntil(made) - Date.now() - 7 * DAY)).toBeLessThan(60_000);
    const kept = cloud.people.people.find(({ email }) => email === 'jo@example.com');
    if (kept) cloud.people.changePerson(kept, Math.floor((Date.now() - 8 * DAY) / 1000), () => undefined);
    expect(invitationRunsUntil(await account('jo@example.com'))).toBeLessThan(Date.now());
    await expect(signIn(cloud, { email: 'jo@example.com' })).rejects.toThrow('This invitation has run out');
    await inviteAgain(ask, made);
    expect(mailsTo('jo@example.com')).toHaveLength(2);
    expect(invitationRunsUntil(await account('jo@example.com'))).toBeGreaterThan(Date.now());
    await signIn(cloud, { email: 'jo@example.com' });
    await expect(inviteAgain(ask, made)).rejects.toMatchObject({ code: 'missing' });
  });

  test('lets in somebody who came with Google and waits', async () => {
    const { idToken } = await signIn(cloud, { email: 'gil@example.com', google: true, member: false });
    await expect(exchange(cloud, idToken)).rejects.toMatchObject(refused);
    const gil = await account('gil@example.com');
    expect(gil).toMatchObject({ google: true, member: false });
    expect(standingOf(gil)).toBe('waiting');
    await letIn(ask, gil);
    expect(await standing('gil@example.com')).toBe('member');
    await member(cloud, { email: 'gil@example.com' });
  });

  test('is told of two accounts with the same address', async () => {
    await invite(ask, 'two@example.com');
    await signIn(cloud, { email: 'TWO@example.com', name: 'Two', google: true, member: false });
    const people = await accountsOf(ask);
    const [password, google] = people.filter(({ email }) => email === 'two@example.com');
    expect(password && google && twinOf(google, people)).toBe(password);
    expect(people.filter((one) => twinOf(one, people))).toHaveLength(2);
  });

  test('sees everybody, also where they are many', async () => {
    for (let index = 0; index < 130; index++) {
      cloud.people.addPerson({
        name: '',
        email: `crowd${index}@example.com`,
        provider: 'email',
        groups: ['members'],
      });
    }
    const crowd = (await accountsOf(ask)).filter(({ email }) => email.startsWith('crowd'));
    expect(new Set(crowd.map(({ username }) => username)).size).toBe(130);
    expect(crowd.every(({ member: isMember }) => isMember)).toBe(true);
  });
});

describe('tokens that still run, and new ones, are refused to whoever', () => {
  const out = async (email: string, act: (one: Account) => Promise<void>) => {
    const person = await member(cloud, { email });
    await act(await account(email));
    await expect(exchange(cloud, person.tokens.idToken)).rejects.toMatchObject(refused);
    const renewal = { grant_type: 'refresh_token', refresh_token: person.tokens.refreshToken };
    expect((await tokenRequest(cloud, renewal)).status).toBe(400);
    return person;
  };

  test('is disabled, who cannot sign in either, until they are enabled and have their library back', async () => {
    const kim = await out('kim@example.com', (one) => disable(ask, one));
    expect(await standing('kim@example.com')).toBe('disabled');
    await expect(signIn(cloud, { email: 'kim@example.com' })).rejects.toThrow('User is disabled');
    await enable(ask, await account('kim@example.com'));
    await later(2000, async () => {
      expect((await member(cloud, { email: 'kim@example.com' })).identityId).toBe(kim.identityId);
    });
  });

  test('is signed out everywhere, who may sign in again', async () => {
    const lee = await out('lee@example.com', (one) => signOutEverywhere(ask, one));
    await later(2000, async () => {
      expect((await member(cloud, { email: 'lee@example.com' })).identityId).toBe(lee.identityId);
    });
  });

  test('is removed, who comes again as somebody else, and waits', async () => {
    const mia = await out('mia@example.com', (one) => remove(ask, one));
    await expect(account('mia@example.com')).rejects.toThrow('There is no');
    await invite(ask, 'mia@example.com');
    await later(2000, async () => {
      expect((await member(cloud, { email: 'mia@example.com' })).identityId).not.toBe(mia.identityId);
    });
  });
});

test('an owner makes another, who can do the same until that is taken back', async () => {
  await member(cloud, { email: 'noa@example.com' });
  const noaAsks = async () => (await (await signInAs(cloud, 'noa@example.com')).open()).userPool();
  await expect(accountsOf(await noaAsks())).rejects.toMatchObject({ code: 'forbidden' });
  await makeOwner(ask, await account('noa@example.com'));
  const noa = await noaAsks();
  expect((await accountsOf(noa)).find(({ email }) => email === 'noa@example.com')?.owner).toBe(true);
  await endOwnership(ask, await account('noa@example.com'));
  await later(2000, async () => {
    await expect(accountsOf(await noaAsks())).rejects.toMatchObject({ code: 'forbidden' });
  });
});

test('what was removed meanwhile is missing, and nothing else is changed', async () => {
  await member(cloud, { email: 'oz@example.com' });
  const oz = await account('oz@example.com');
  await remove(ask, oz);
  const before = await accountsOf(ask);
  for (const act of [letIn, disable, enable, signOutEverywhere, makeOwner, endOwnership, remove]) {
    await expect(act(ask, oz)).rejects.toMatchObject({ code: 'missing' });
  }
  expect(await accountsOf(ask)).toEqual(before);
});
