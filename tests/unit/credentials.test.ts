// The one source of AWS credentials: kept, shared by tabs, renewed in time, gone after sign-out.
import { beforeEach, expect, test } from 'vitest';
import { Clock } from '../../src/cloud/clock.ts';
import { Credentials } from '../../src/cloud/credentials.ts';
import type { Config } from '../../src/schema/config.ts';
import { Locks, MemoryStorage } from './fake-browser.ts';

const ME = 'eu-central-1:11111111-2222-3333-4444-555555555555';
const HOUR = 3_600_000;
const config = {
  region: 'eu-central-1',
  userPoolId: 'eu-central-1_pool',
  identityPoolId: 'eu-central-1:pool',
} as Config;

let now: number;
let storage: MemoryStorage;
let locks: Locks;
let calls: { target: string; body: Record<string, unknown> }[];
let answer: (target: string) => Response | Promise<Response>;
let issued: number;

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const refusal = (type: string, message: string) => json({ __type: type, message }, 400);
const given = () =>
  json({
    IdentityId: ME,
    Credentials: {
      AccessKeyId: `ASIA${issued++}`,
      SecretKey: 'secret',
      SessionToken: 'session',
      Expiration: (now + HOUR) / 1000,
    },
  });

const server: typeof fetch = async (_url, init) => {
  const target = new Headers(init?.headers).get('x-amz-target')?.split('.')[1] ?? '';
  calls.push({ target, body: JSON.parse(String(init?.body)) as Record<string, unknown> });
  return answer(target);
};

let forced: boolean[];
const tab = (subject = 'anna') =>
  new Credentials({
    config,
    subject,
    idToken: async ({ force = false } = {}) => {
      forced.push(force);
      return force ? 'new-token' : 'token';
    },
    storage,
    locks,
    fetch: server,
    clock: new Clock(() => now),
  });
const targets = () => calls.map(({ target }) => target);

beforeEach(() => {
  now = Date.UTC(2026, 10, 20, 12);
  storage = new MemoryStorage();
  locks = new Locks();
  calls = [];
  forced = [];
  issued = 0;
  answer = (target) => (target === 'GetId' ? json({ IdentityId: ME }) : given());
});

test('the first sign-in asks Cognito who it is and for credentials', async () => {
  const credentials = tab();
  expect(credentials.identityId).toBeUndefined();
  expect(credentials.current()).toBeUndefined();
  expect(await credentials.get()).toMatchObject({
    identityId: ME,
    accessKeyId: 'ASIA0',
    expiration: now + HOUR,
  });
  expect(targets()).toEqual(['GetId', 'GetCredentialsForIdentity']);
  expect(calls[0]?.body).toEqual({
    IdentityPoolId: 'eu-central-1:pool',
    Logins: { 'cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool': 'token' },
  });
});

test('a reload and a new tab ask nobody', async () => {
  await tab().get();
  const second = tab();
  expect(second.identityId).toBe(ME);
  expect(second.current()?.accessKeyId).toBe('ASIA0');
  await second.get();
  expect(calls).toHaveLength(2);
});

test('many askers in many tabs at once get the same credentials from one call', async () => {
  const [one, two] = [tab(), tab()];
  const all = await Promise.all([one.get(), one.get(), two.get(), two.get()]);
  expect(new Set(all.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['ASIA0']));
  expect(calls).toHaveLength(2);
});

test('credentials are renewed five minutes before they end, without asking again who it is', async () => {
  const credentials = tab();
  await credentials.get();
  now += HOUR - 5 * 60_000 - 1;
  expect((await credentials.get()).accessKeyId).toBe('ASIA0');
  now += 1;
  expect(credentials.current()).toBeUndefined();
  expect(credentials.identityId).toBe(ME);
  expect((await credentials.get()).accessKeyId).toBe('ASIA1');
  expect(targets()).toEqual(['GetId', 'GetCredentialsForIdentity', 'GetCredentialsForIdentity']);
});

test('credentials that AWS refused are replaced once, however many requests failed with them', async () => {
  const credentials = tab();
  const refused = await credentials.get();
  const [first, second] = await Promise.all([credentials.get({ refused }), credentials.get({ refused })]);
  expect(first.accessKeyId).toBe('ASIA1');
  expect(second.accessKeyId).toBe('ASIA1');
  expect((await credentials.get({ refused })).accessKeyId).toBe('ASIA1');
});

test('credentials that another tab has renewed already are taken over', async () => {
  const [one, two] = [tab(), tab()];
  const refused = await one.get();
  await two.get();
  await two.get({ refused });
  expect((await one.get({ refused })).accessKeyId).toBe('ASIA1');
  expect(issued).toBe(2);
});

test('credentials of somebody else in this browser are not used', async () => {
  await tab('anna').get();
  const other = tab('bert');
  expect(other.identityId).toBeUndefined();
  expect(other.current()).toBeUndefined();
  expect((await other.get()).accessKeyId).toBe('ASIA1');
});

test.each(['', '{', 'null', '[]', '{"subject":"anna"}', '{"subject":"anna","identityId":"../../x"}'])(
  'a stored record of the wrong shape (%j) is replaced',
  async (record) => {
    storage.setItem('shoebox.credentials', record);
    const credentials = tab();
    expect(credentials.current()).toBeUndefined();
    expect((await credentials.get()).identityId).toBe(ME);
  },
);

test('after sign-out nothing is left, and nothing comes back', async () => {
  const credentials = tab();
  await credentials.get();
  credentials.forget();
  expect(credentials.current()).toBeUndefined();
  expect(storage.length).toBe(0);
  await expect(credentials.get()).rejects.toMatchObject({ code: 'signed-out' });
  expect(storage.length).toBe(0);
});

test('credentials that were on their way at sign-out are not kept', async () => {
  const credentials = tab();
  answer = (target) => {
    if (target === 'GetId') return json({ IdentityId: ME });
    credentials.forget();
    return given();
  };
  await expect(credentials.get()).rejects.toMatchObject({ code: 'signed-out' });
  expect(storage.length).toBe(0);
  expect(credentials.current()).toBeUndefined();
});

test('a token that Cognito finds expired is renewed once', async () => {
  let refusals = 1;
  const normal = answer;
  answer = (target) =>
    refusals-- > 0
      ? refusal('NotAuthorizedException', 'Invalid login token. Token expired: 2 >= 1')
      : normal(target);
  await tab().get();
  expect(forced).toEqual([false, true]);
});

test('a token that stays refused means signed out', async () => {
  answer = () =>
    refusal('NotAuthorizedException', 'Invalid login token. Not a valid OpenId Connect identity token.');
  await expect(tab().get()).rejects.toMatchObject({ code: 'signed-out' });
  expect(forced).toEqual([false, true]);
  expect(storage.length).toBe(0);
});

test('a session that ended takes the credentials of its last hour with it', async () => {
  const credentials = tab();
  await credentials.get();
  now += HOUR;
  answer = () => refusal('NotAuthorizedException', 'Invalid login token. Token expired: 2 >= 1');
  await expect(credentials.get()).rejects.toMatchObject({ code: 'signed-out' });
  expect(storage.length).toBe(0);
});

const notAMember = (target: string) =>
  target === 'GetId'
    ? json({ IdentityId: ME })
    : refusal('NotAuthorizedException', 'The ambiguous role mapping rules denied this request.');

test('a person who is no member is told so, once a new token says the same', async () => {
  answer = notAMember;
  await expect(tab().get()).rejects.toMatchObject({ code: 'forbidden' });
  expect(forced).toEqual([false, true]);
});

test('a person who was let in after signing in gets in', async () => {
  const normal = answer;
  answer = (target) => (forced.at(-1) ? normal(target) : notAMember(target));
  expect((await tab().get()).identityId).toBe(ME);
});

test.each([
  ['too many requests', () => refusal('TooManyRequestsException', 'Rate exceeded'), 'throttled'],
  ['a fault of Cognito', () => refusal('com.amazonaws#InternalErrorException', 'oops'), 'unexpected'],
  ['a proxy page', () => new Response('<html>', { status: 503 }), 'throttled'],
  ['no network', () => Promise.reject(new TypeError('Failed to fetch')), 'offline'],
  ['an answer without credentials', () => json({ IdentityId: ME }), 'unexpected'],
  ['an identity of no known shape', () => json({ IdentityId: '../x', Credentials: {} }), 'unexpected'],
] as const)('%s is told in our words, and the next try may succeed', async (_what, fault, code) => {
  const normal = answer;
  answer = fault;
  const credentials = tab();
  await expect(credentials.get()).rejects.toMatchObject({ name: 'CloudError', code });
  answer = normal;
  expect((await credentials.get()).identityId).toBe(ME);
});

test('once the SDK is there, its provider makes the credentials', async () => {
  const credentials = tab();
  const first = await credentials.get();
  credentials.setMint(async (idToken, known) => ({ ...first, accessKeyId: `${idToken} ${known}` }));
  expect((await credentials.get({ refused: first })).accessKeyId).toBe(`token ${ME}`);
  expect(calls).toHaveLength(2);
});
