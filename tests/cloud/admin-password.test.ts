// Signing somebody in by a password that an administrator of the account has set: for the doctor, and for nobody else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../infra/doctor/target.ts';
import { poolAsker } from '../../infra/user-pool.ts';
import { userPoolOf } from '../../src/schema/user-pool.ts';
import { enter, letIn, makeAccount, signIn } from '../../infra/doctor/visitor.ts';
import { synthesise } from '../../infra/local/synth.ts';
import { DOCTOR_OPERATIONS, type DoctorOperation } from '../../infra/policies-doctor.ts';
import { freshCloud, member } from './people.ts';

type Cloud = Awaited<ReturnType<typeof freshCloud>>;

const targetOf = (
  { config, urls, issueRole }: Cloud,
  credentials: ReturnType<Cloud['issueRole']> = issueRole('LocalOperator'),
): Target =>
  ({ address: urls.site, config, askPool: poolAsker(userPoolOf(config), async () => credentials) }) as Target;

let cloud: Cloud;
let target: Target;
beforeAll(async () => {
  cloud = await freshCloud();
  target = targetOf(cloud);
});
afterAll(() => cloud.end());

const nameOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'allowed',
    (error: unknown) => (error as Error).name,
  );

test('an account is made without a mail, signs in, and is a member once it is let in', async () => {
  const before = cloud.messages.all().length;
  const account = await makeAccount(target, 'x');
  expect(cloud.messages.all()).toHaveLength(before);
  expect(await nameOf(signIn(target, account).then((token) => enter(target, token)))).toBe(
    'NotAuthorizedException',
  );
  await letIn(target, account);
  const { identityId } = await enter(target, await signIn(target, account));
  expect(identityId).toMatch(/^us-east-1:/);
});

test('a wrong password, a removed account and a disabled one are refused alike', async () => {
  const account = await makeAccount(target, 'y');
  expect(await nameOf(signIn(target, { ...account, password: `${account.password}x` }))).toBe(
    'NotAuthorizedException',
  );
  expect(await nameOf(signIn(target, { ...account, username: 'nobody@example.com' }))).toBe(
    'NotAuthorizedException',
  );
  await target.askPool('AdminDeleteUser', { Username: account.username });
  expect(await nameOf(signIn(target, account))).toBe('NotAuthorizedException');
  // Who has never been given one has no password that would be right.
  const ada = { email: 'ada@example.com', username: 'ada@example.com', password: '' };
  expect(await nameOf(signIn(target, ada))).toBe('NotAuthorizedException');
});

test.each(['short1!A', 'alllowercase1!', 'NoDigitsInHere!', 'NoSymbols12345'])(
  'the password %s is refused, as the pool wants better ones',
  async (Password) => {
    const { username } = await makeAccount(target, 'z');
    const set = target.askPool('AdminSetUserPassword', { Username: username, Password, Permanent: true });
    expect(await nameOf(set)).toBe('InvalidPasswordException');
  },
);

describe('nobody but the operator may ask for it', () => {
  const asked = (credentials: Parameters<typeof targetOf>[1], operation: DoctorOperation): Promise<string> =>
    nameOf(targetOf(cloud, credentials).askPool(operation, { Username: 'ada@example.com' }));

  test.each(DOCTOR_OPERATIONS)('no member may ask for %s', async (operation) => {
    const { credentials } = await member(cloud, { email: 'ben@example.com' });
    expect(await asked(credentials, operation)).toBe('AccessDeniedException');
  });

  test.each(['AdminSetUserPassword', 'AdminInitiateAuth'] as const)(
    'no owner may ask for %s',
    async (operation) => {
      const owner = cloud.stack.roles.find(({ logicalId }) => logicalId.includes('OwnerRole'));
      expect(await asked(cloud.issueRole(owner?.logicalId ?? ''), operation)).toBe('AccessDeniedException');
    },
  );
});

test('where the template does not let the page’s client have it, there is none', async () => {
  const template = async () =>
    JSON.parse(
      JSON.stringify(await synthesise()).replace('"ALLOW_ADMIN_USER_PASSWORD_AUTH",', ''),
    ) as Awaited<ReturnType<typeof synthesise>>;
  const other = await freshCloud({ template });
  try {
    const account = await makeAccount(targetOf(other), 'x');
    await expect(signIn(targetOf(other), account)).rejects.toThrow('Auth flow not enabled for this client');
  } finally {
    await other.end();
  }
});
