// Who may use a Shoebox, as its Cognito user pool knows them: how that is read, and how it is changed. Pure: whoever calls brings the
// way to ask, and the rights.
import type { Config } from './config.ts';
import { MEMBERS_GROUP, OWNERS_GROUP } from './groups.ts';
import { fields, flag, list, number, text, type Fields } from './parse.ts';
import type { JsonCall } from './signed-json.ts';

/** How long the password in an invitation is good. */
export const INVITATION_DAYS = 7;

/** What an owner may ask of the user pool: the policy, the page and the command line go by this list. */
export const USER_POOL_OPERATIONS = [
  'ListUsers',
  'ListUsersInGroup',
  'AdminCreateUser',
  'AdminAddUserToGroup',
  'AdminRemoveUserFromGroup',
  'AdminDisableUser',
  'AdminEnableUser',
  'AdminUserGlobalSignOut',
  'AdminDeleteUser',
] as const;

export type UserPoolOperation = (typeof USER_POOL_OPERATIONS)[number];

export interface UserPool {
  /** Where it is asked, without a path. */
  endpoint: string;
  region: string;
  userPoolId: string;
}

export const userPoolOf = ({ authority, region, userPoolId }: Config): UserPool => ({
  endpoint: new URL(authority).origin,
  region,
  userPoolId,
});

/** What is to be signed to ask a pool. */
export const userPoolCall = (
  { endpoint, region, userPoolId }: UserPool,
  operation: string,
  input: Readonly<Fields>,
): JsonCall => ({
  endpoint,
  region,
  service: 'cognito-idp',
  target: `AWSCognitoIdentityProviderService.${operation}`,
  input: { UserPoolId: userPoolId, ...input },
});

/** Asks the user pool and gives its answer; fails as it refuses. Which pool is no part of the input. */
export type Ask = (
  operation: UserPoolOperation,
  input: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

/** One way in of somebody: who has two (a password, and Google) has two libraries. */
export interface Account {
  /** What the user pool calls it; nobody is ever called so again. */
  username: string;
  /** As `sub` in tokens. */
  sub: string;
  email: string;
  name?: string;
  google: boolean;
  enabled: boolean;
  /** Has been sent a password and not signed in with it yet. */
  invited: boolean;
  member: boolean;
  owner: boolean;
  /** Epoch milliseconds. */
  createdAt: number;
  /** Of an account that is invited: when that was sent. */
  changedAt: number;
}

/** `waiting` is nobody's member yet, however they have signed in. */
export type Standing = 'waiting' | 'invited' | 'member' | 'disabled';

export function standingOf({ enabled, member, invited }: Account): Standing {
  if (!enabled) return 'disabled';
  if (!member) return 'waiting';
  return invited ? 'invited' : 'member';
}

/** Whether the password that was sent is still taken. */
export const invitationRunsUntil = ({ changedAt }: Account): number =>
  changedAt + INVITATION_DAYS * 86_400_000;

/** Another account with the same address, if there is one: a second library of the same person, it seems. */
export const twinOf = (account: Account, all: readonly Account[]): Account | undefined =>
  all.find(
    ({ username, email }) =>
      username !== account.username && email.toLowerCase() === account.email.toLowerCase(),
  );

const ADDRESS = /^[^\s@<>()"',;:\\]+@[^\s@<>()"',;:\\]+\.[^\s@<>()"',;:\\]+$/;

/** As the user pool takes it; undefined for what is no address. */
export function addressOf(typed: string): string | undefined {
  const address = typed.trim().toLowerCase();
  return address.length <= 128 && ADDRESS.test(address) ? address : undefined;
}

const PAGE = 60;

/** Everybody, in no particular order. */
export async function accountsOf(ask: Ask): Promise<Account[]> {
  const [users, members, owners] = await Promise.all([
    everyUser(ask, 'ListUsers', 'PaginationToken'),
    everyUser(ask, 'ListUsersInGroup', 'NextToken', { GroupName: MEMBERS_GROUP }),
    everyUser(ask, 'ListUsersInGroup', 'NextToken', { GroupName: OWNERS_GROUP }),
  ]);
  const names = (group: readonly unknown[]) => new Set(group.map((user) => fields(user)?.['Username']));
  const [memberNames, ownerNames] = [names(members), names(owners)];
  return users.flatMap((user) => {
    const { Username } = fields(user) ?? {};
    return accountOf(user, { member: memberNames.has(Username), owner: ownerNames.has(Username) }) ?? [];
  });
}

/** Sends a password to an address, whose account is let in with it. */
export async function invite(ask: Ask, email: string, name = ''): Promise<Account> {
  const answer = await ask('AdminCreateUser', {
    Username: email,
    UserAttributes: [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: 'true' },
      ...(name === '' ? [] : [{ Name: 'name', Value: name }]),
    ],
    DesiredDeliveryMediums: ['EMAIL'],
  });
  const made = accountOf(fields(answer)?.['User'], { member: true, owner: false });
  if (!made) throw new TypeError('The user pool made an account of an unknown shape.');
  await letIn(ask, made);
  return made;
}

/** Sends another password; the one before is no longer taken. The pool wants the address here, not its own name. */
export async function inviteAgain(ask: Ask, { email }: Account): Promise<void> {
  await ask('AdminCreateUser', {
    Username: email,
    MessageAction: 'RESEND',
    DesiredDeliveryMediums: ['EMAIL'],
  });
}

export async function letIn(ask: Ask, { username }: Account): Promise<void> {
  await ask('AdminAddUserToGroup', { Username: username, GroupName: MEMBERS_GROUP });
}

/** Every device has to sign in again. What it holds of credentials runs to its end, an hour at most. */
export async function signOutEverywhere(ask: Ask, { username }: Account): Promise<void> {
  await ask('AdminUserGlobalSignOut', { Username: username });
}

/** First nobody can sign in any more, then whoever has is signed out: that alone would still leave good tokens. */
export async function disable(ask: Ask, account: Account): Promise<void> {
  await ask('AdminDisableUser', { Username: account.username });
  await signOutEverywhere(ask, account);
}

export async function enable(ask: Ask, { username }: Account): Promise<void> {
  await ask('AdminEnableUser', { Username: username });
}

/** The account, for good. What is stored of its owner is not touched; whoever comes again is somebody else. */
export async function remove(ask: Ask, { username }: Account): Promise<void> {
  await ask('AdminDeleteUser', { Username: username });
}

export async function makeOwner(ask: Ask, { username }: Account): Promise<void> {
  await ask('AdminAddUserToGroup', { Username: username, GroupName: OWNERS_GROUP });
}

/** Their tokens still say that they are one, so they sign in again. */
export async function endOwnership(ask: Ask, account: Account): Promise<void> {
  await ask('AdminRemoveUserFromGroup', { Username: account.username, GroupName: OWNERS_GROUP });
  await signOutEverywhere(ask, account);
}

async function everyUser(
  ask: Ask,
  operation: UserPoolOperation,
  token: 'PaginationToken' | 'NextToken',
  input: Readonly<Record<string, unknown>> = {},
): Promise<unknown[]> {
  const found: unknown[] = [];
  let next: string | undefined;
  do {
    const answer = fields(await ask(operation, { ...input, Limit: PAGE, ...(next && { [token]: next }) }));
    found.push(...(list(answer?.['Users'], (user) => user) ?? []));
    next = text(answer?.[token], 100_000);
  } while (next !== undefined);
  return found;
}

/** What the pool says of a user; undefined for what is none. */
export function accountOf(user: unknown, groups: Pick<Account, 'member' | 'owner'>): Account | undefined {
  const from = fields(user);
  const username = text(from?.['Username'], 128);
  if (!from || username === undefined) return undefined;
  const attributes = new Map(
    list(from['Attributes'], fields)?.map(({ Name, Value }) => [Name, text(Value, 2048)]),
  );
  const name = attributes.get('name');
  const status = from['UserStatus'];
  const createdAt = timeOf(from['UserCreateDate']);
  return {
    username,
    sub: attributes.get('sub') ?? username,
    email: attributes.get('email') ?? username,
    ...(name !== undefined && { name }),
    google: status === 'EXTERNAL_PROVIDER',
    // Who is not said to be disabled is shown as somebody who can come in.
    enabled: flag(from['Enabled']) ?? true,
    invited: status === 'FORCE_CHANGE_PASSWORD',
    ...groups,
    createdAt,
    changedAt: timeOf(from['UserLastModifiedDate']) || createdAt,
  };
}

/** Seconds on the wire. */
const timeOf = (value: unknown): number => (number(value, 0, 8.64e12) ?? 0) * 1000;
