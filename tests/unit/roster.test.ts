// The list of people as its page keeps it: what is done is shown at once, what fails is told and looked at again.
import { expect, test } from 'vitest';
import { CloudError } from '../../src/cloud/error.ts';
import { Roster } from '../../src/people/roster.svelte.ts';
import {
  accountOf,
  addressOf,
  standingOf,
  twinOf,
  type Account,
  type Ask,
  type UserPoolOperation,
} from '../../src/schema/user-pool.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

interface User {
  Username: string;
  groups: string[];
  Enabled: boolean;
  UserStatus: string;
  Attributes: { Name: string; Value: string }[];
  UserCreateDate: number;
}

/** A user pool in memory, that can be told to fail, or to wait. */
class Pool {
  users: User[] = [];
  asked: UserPoolOperation[] = [];
  fault: { operation: UserPoolOperation; error: Error } | undefined;
  gate: Promise<void> | undefined;

  add(email: string, more: Partial<User> = {}): this {
    this.users.push({
      Username: `name-of-${email}`,
      groups: ['members'],
      Enabled: true,
      UserStatus: 'CONFIRMED',
      Attributes: [
        { Name: 'email', Value: email },
        { Name: 'sub', Value: `sub-of-${email}` },
      ],
      UserCreateDate: NOW / 1000,
      ...more,
    });
    return this;
  }

  ask: Ask = async (operation, input) => {
    this.asked.push(operation);
    const user = this.users.find(({ Username }) => Username === input['Username']);
    const group = String(input['GroupName']);
    const answers: Record<UserPoolOperation, () => unknown> = {
      ListUsers: () => ({ Users: structuredClone(this.users) }),
      ListUsersInGroup: () => ({ Users: this.users.filter(({ groups }) => groups.includes(group)) }),
      AdminCreateUser: () => {
        if (input['MessageAction']) return {};
        this.add(String(input['Username']), { groups: [], UserStatus: 'FORCE_CHANGE_PASSWORD' });
        const made = this.users.at(-1);
        if (made) made.Username = String(input['Username']);
        return { User: structuredClone(made) };
      },
      AdminAddUserToGroup: () => user?.groups.push(group),
      AdminRemoveUserFromGroup: () => user && (user.groups = user.groups.filter((one) => one !== group)),
      AdminDisableUser: () => user && (user.Enabled = false),
      AdminEnableUser: () => user && (user.Enabled = true),
      AdminUserGlobalSignOut: () => ({}),
      AdminDeleteUser: () => (this.users = this.users.filter((one) => one !== user)),
    };
    if (this.fault?.operation === operation) throw this.fault.error;
    const answer = answers[operation]();
    await this.gate;
    return answer;
  };
}

const rosterOf = async (pool: Pool): Promise<Roster> => {
  const roster = new Roster(
    () => Promise.resolve(pool.ask),
    'sub-of-me@example.com',
    () => NOW,
  );
  await roster.look();
  return roster;
};
const emails = (accounts: readonly Account[]) => accounts.map(({ email }) => email);
const named = (roster: Roster, email: string): Account => {
  const found = roster.accounts?.find((one) => one.email === email);
  if (!found) throw new Error(`no ${email}`);
  return found;
};

test('people are sorted by how it stands with them, oneself first', async () => {
  const pool = new Pool()
    .add('zoe@example.com')
    .add('me@example.com', { groups: ['members', 'owners'] })
    .add('amy@example.com')
    .add('google@example.com', { groups: [], UserStatus: 'EXTERNAL_PROVIDER' })
    .add('asked@example.com', { UserStatus: 'FORCE_CHANGE_PASSWORD' })
    .add('half@example.com', { UserStatus: 'FORCE_CHANGE_PASSWORD', groups: [] })
    .add('out@example.com', { Enabled: false });
  const roster = await rosterOf(pool);
  expect(emails(roster.of('member'))).toEqual(['me@example.com', 'amy@example.com', 'zoe@example.com']);
  expect(emails(roster.of('waiting'))).toEqual(['google@example.com', 'half@example.com']);
  expect(emails(roster.of('invited'))).toEqual(['asked@example.com']);
  expect(emails(roster.of('disabled'))).toEqual(['out@example.com']);
});

test('what was done is shown without asking again', async () => {
  const pool = new Pool().add('me@example.com').add('ben@example.com', { groups: [] });
  const roster = await rosterOf(pool);
  pool.asked = [];
  await roster.act('letIn', named(roster, 'ben@example.com'));
  expect(emails(roster.of('waiting'))).toEqual([]);
  await roster.act('disable', named(roster, 'ben@example.com'));
  expect(emails(roster.of('disabled'))).toEqual(['ben@example.com']);
  await roster.act('enable', named(roster, 'ben@example.com'));
  await roster.act('makeOwner', named(roster, 'ben@example.com'));
  expect(named(roster, 'ben@example.com').owner).toBe(true);
  await roster.act('remove', named(roster, 'ben@example.com'));
  expect(emails(roster.accounts ?? [])).toEqual(['me@example.com']);
  expect(pool.asked.filter((operation) => operation.startsWith('List'))).toEqual([]);
});

test('an answer from before a change does not undo what is shown of it', async () => {
  const pool = new Pool().add('me@example.com').add('ben@example.com');
  const roster = await rosterOf(pool);
  let open = (): void => undefined;
  pool.gate = new Promise((resolve) => (open = resolve));
  const looked = roster.look();
  pool.gate = undefined;
  await roster.act('remove', named(roster, 'ben@example.com'));
  open();
  await looked;
  expect(emails(roster.accounts ?? [])).toEqual(['me@example.com']);
});

test('what fails is told, and the list is what the user pool says, not what was wished', async () => {
  const pool = new Pool().add('me@example.com').add('ben@example.com');
  const roster = await rosterOf(pool);
  // Half of it is done: nobody can sign in, but whoever has is not signed out.
  pool.fault = { operation: 'AdminUserGlobalSignOut', error: new CloudError('offline', 'no network') };
  await expect(roster.act('disable', named(roster, 'ben@example.com'))).rejects.toMatchObject({
    code: 'offline',
  });
  expect(emails(roster.of('disabled'))).toEqual(['ben@example.com']);
  expect(roster.isBusy(named(roster, 'ben@example.com'))).toBe(false);
});

test('an invitation of which only the mail went out leaves somebody who waits', async () => {
  const pool = new Pool().add('me@example.com');
  const roster = await rosterOf(pool);
  pool.fault = { operation: 'AdminAddUserToGroup', error: new CloudError('throttled', 'later') };
  await expect(roster.invite('new@example.com', '')).rejects.toMatchObject({ code: 'throttled' });
  expect(named(roster, 'new@example.com')).toMatchObject({ invited: true, member: false });
});

test('nobody changes their own account, so that somebody is left who can', async () => {
  const pool = new Pool().add('me@example.com', { groups: ['members', 'owners'] });
  const roster = await rosterOf(pool);
  pool.asked = [];
  for (const act of ['disable', 'remove', 'endOwnership', 'signOut'] as const) {
    await roster.act(act, named(roster, 'me@example.com'));
  }
  expect(pool.asked).toEqual([]);
});

test('where it cannot be asked, what was known stays and the reason is told', async () => {
  const pool = new Pool().add('me@example.com');
  const roster = await rosterOf(pool);
  pool.fault = { operation: 'ListUsers', error: new TypeError('Failed to fetch') };
  await roster.look();
  expect([roster.problem, roster.accounts?.length]).toEqual(['offline', 1]);
  pool.fault = undefined;
  await roster.look();
  expect(roster.problem).toBeUndefined();
});

test('what asks is fetched anew where it could not be', async () => {
  const pool = new Pool().add('me@example.com');
  let tries = 0;
  const open = () =>
    tries++ === 0 ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(pool.ask);
  const roster = new Roster(open, '', () => NOW);
  await roster.look();
  expect(roster.problem).toBe('offline');
  await roster.look();
  expect(roster.accounts).toHaveLength(1);
});

test('whatever the user pool answers is an account, or none', () => {
  const none = { member: false, owner: false };
  for (const wrong of [undefined, null, 'text', {}, { Username: '' }, { Username: 7 }, []]) {
    expect(accountOf(wrong, none)).toBeUndefined();
  }
  const bare = accountOf({ Username: 'x', Attributes: 'none', UserCreateDate: 'never' }, none);
  expect(bare).toMatchObject({ username: 'x', email: 'x', sub: 'x', createdAt: 0, enabled: true });
  expect(bare && standingOf(bare)).toBe('waiting');
});

test('two accounts with the same address are seen to be, however it is written', () => {
  const account = (username: string, email: string): Account => ({
    username,
    sub: username,
    email,
    google: false,
    enabled: true,
    invited: false,
    member: true,
    owner: false,
    createdAt: 0,
    changedAt: 0,
  });
  const [a, b, c] = [
    account('1', 'Ida@example.com'),
    account('2', 'ida@example.com'),
    account('3', 'c@d.example'),
  ];
  expect(twinOf(a, [a, b, c])).toBe(b);
  expect(twinOf(c, [a, b, c])).toBeUndefined();
});

test.each([
  [' Ida@Example.com ', 'ida@example.com'],
  ['ida.holm+photos@mail.example.org', 'ida.holm+photos@mail.example.org'],
  ['no address', undefined],
  ['ida@example', undefined],
  ['a@b.example, c@d.example', undefined],
  ['<ida@example.com>', undefined],
  ['', undefined],
  [`${'x'.repeat(128)}@example.com`, undefined],
])('the address %j is taken as %j', (typed, address) => {
  expect(addressOf(typed)).toBe(address);
});
