// Sign-in, staying signed in and signing out, with the real oidc-client-ts against a sign-in service in memory.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SignIn } from '../../src/auth/oidc.ts';
import {
  isCallback,
  readRecord,
  recordOf,
  safePath,
  writeRecord,
  type Browser,
} from '../../src/auth/record.ts';
import { Session } from '../../src/auth/session.ts';
import type { Config } from '../../src/schema/config.ts';
import { Locks, MemoryStorage, token } from './fake-browser.ts';

const ORIGIN = 'https://photos.example';
const config = {
  authority: 'https://issuer.example/pool',
  signInUrl: 'https://sign-in.example',
  clientId: 'page',
} as Config;
const HOUR = 3_600_000;

let now: number;
let storage: MemoryStorage;
let locks: Locks;
let requests: { path: string; form: URLSearchParams }[];
let tokens: (form: URLSearchParams) => Response | Promise<Response>;
let revoked: () => Response | Promise<Response>;
let sequence: number;

/** A tab of one browser: the storage and the locks are shared. */
function openTab(): Browser & { visited: string[]; tabStorage: MemoryStorage; events: EventTarget } {
  const visited: string[] = [];
  return {
    storage,
    tabStorage: new MemoryStorage(),
    locks,
    location: { origin: ORIGIN, assign: (url) => void visited.push(String(url)) },
    events: new EventTarget(),
    now: () => now,
    visited,
  };
}

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

const idToken = (sub = 'anna', more: object = {}) => {
  const iat = 1_700_000_000 + sequence;
  return token({
    sub,
    email: `${sub}@example.org`,
    'cognito:groups': ['members'],
    iat,
    exp: iat + 3600,
    ...more,
  });
};
const given = () => {
  sequence += 1;
  return json({
    id_token: idToken(),
    access_token: 'a',
    refresh_token: `r${sequence}`,
    token_type: 'Bearer',
  });
};

beforeEach(() => {
  now = Date.UTC(2026, 10, 20, 12);
  storage = new MemoryStorage();
  locks = new Locks();
  requests = [];
  sequence = 0;
  tokens = given;
  revoked = () => new Response(null, { status: 200 });
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    const path = new URL(url).pathname;
    if (path.endsWith('/openid-configuration'))
      return json({
        issuer: config.authority,
        authorization_endpoint: `${config.signInUrl}/oauth2/authorize`,
        token_endpoint: `${config.signInUrl}/oauth2/token`,
        revocation_endpoint: `${config.signInUrl}/oauth2/revoke`,
      });
    const form = new URLSearchParams(String(init?.body));
    requests.push({ path, form });
    return path === '/oauth2/revoke' ? revoked() : tokens(form);
  });
});
afterEach(() => vi.unstubAllGlobals());

const signedIn = (tab = openTab(), sub = 'anna'): Session => {
  const record = recordOf(idToken(sub), 'r0', now);
  if (!record) throw new Error('no record');
  writeRecord(storage, record);
  const session = Session.restore(config, tab);
  if (!session) throw new Error('no session');
  return session;
};
/** What happens in a tab when another one changed the storage. */
const storageEvent = (key: string | null) => Object.assign(new Event('storage'), { key });

test('signing in goes to the sign-in page with PKCE and comes back to where the person was', async () => {
  const tab = openTab();
  await new SignIn(config, tab).signIn({ returnTo: '/trash?x=1#y' });
  const there = new URL(tab.visited[0] ?? '');
  expect(there.origin + there.pathname).toBe('https://sign-in.example/oauth2/authorize');
  expect(Object.fromEntries(there.searchParams)).toMatchObject({
    response_type: 'code',
    client_id: 'page',
    scope: 'openid email profile',
    redirect_uri: `${ORIGIN}/`,
    code_challenge_method: 'S256',
  });
  expect(there.searchParams.has('identity_provider')).toBe(false);

  const state = there.searchParams.get('state');
  const { returnTo } = await new SignIn(config, tab).completeSignIn(`${ORIGIN}/?code=c1&state=${state}`);
  expect(returnTo).toBe('/trash?x=1#y');
  expect(requests[0]?.form.get('code')).toBe('c1');
  expect(requests[0]?.form.get('code_verifier')).toMatch(/^[\w.~-]{43,}$/);
  expect(tab.tabStorage.length).toBe(0);
  expect(Session.restore(config, tab)?.claims).toEqual({
    sub: 'anna',
    email: 'anna@example.org',
    name: 'anna@example.org',
    groups: ['members'],
  });
});

test('"Continue with Google" goes straight to Google', async () => {
  const tab = openTab();
  await new SignIn(config, tab).signIn({ google: true });
  expect(new URL(tab.visited[0] ?? '').searchParams.get('identity_provider')).toBe('Google');
});

test('only a path of this very site is returned to', () => {
  expect(safePath('/albums/1?a=b#c', ORIGIN)).toBe('/albums/1?a=b#c');
  for (const path of [
    undefined,
    '',
    42,
    'albums',
    'https://evil.example/',
    '//evil.example/x',
    '/\\evil.example',
    '/..//evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
  ])
    expect(safePath(path, ORIGIN)).toBe('/');
});

test('an address is an answer of the sign-in page only with a state', () => {
  expect(isCallback(`${ORIGIN}/?code=1&state=2`)).toBe(true);
  expect(isCallback(`${ORIGIN}/?error=access_denied&state=2`)).toBe(true);
  for (const query of ['', '?code=1', '?state=2', '?error=x', '#code=1&state=2'])
    expect(isCallback(`${ORIGIN}/${query}`)).toBe(false);
});

const begun = async (tab = openTab()) => {
  await new SignIn(config, tab).signIn();
  return { tab, state: new URL(tab.visited[0] ?? '').searchParams.get('state') };
};

test('an answer with another state, or of another tab, is refused without asking for tokens', async () => {
  const { tab, state } = await begun();
  await expect(new SignIn(config, tab).completeSignIn(`${ORIGIN}/?code=c&state=x`)).rejects.toMatchObject({
    name: 'AuthError',
    code: 'stale',
  });
  await expect(
    new SignIn(config, openTab()).completeSignIn(`${ORIGIN}/?code=c&state=${state}`),
  ).rejects.toMatchObject({ code: 'stale' });
  expect(requests).toEqual([]);
  expect(storage.length).toBe(0);
});

test('the same answer works once', async () => {
  const { tab, state } = await begun();
  const url = `${ORIGIN}/?code=c&state=${state}`;
  await new SignIn(config, tab).completeSignIn(url);
  await expect(new SignIn(config, tab).completeSignIn(url)).rejects.toMatchObject({ code: 'stale' });
});

test('a code that the sign-in service has seen before is refused', async () => {
  const { tab, state } = await begun();
  tokens = () => json({ error: 'invalid_grant' }, 400);
  await expect(
    new SignIn(config, tab).completeSignIn(`${ORIGIN}/?code=c&state=${state}`),
  ).rejects.toMatchObject({ code: 'stale' });
  expect(storage.length + tab.tabStorage.length).toBe(0);
});

test('a sign-in whose verifier is gone is refused', async () => {
  const { tab, state } = await begun();
  const key = tab.tabStorage.key(0) ?? '';
  const kept = JSON.parse(tab.tabStorage.getItem(key) ?? '') as Record<string, unknown>;
  delete kept['code_verifier'];
  tab.tabStorage.setItem(key, JSON.stringify(kept));
  await expect(
    new SignIn(config, tab).completeSignIn(`${ORIGIN}/?code=c&state=${state}`),
  ).rejects.toMatchObject({ code: 'stale' });
  expect(requests).toEqual([]);
});

test.each([
  ['error=access_denied', 'cancelled'],
  ['error=server_error&error_description=x', 'refused'],
])('the answer %s means %s', async (answer, code) => {
  const { tab, state } = await begun();
  await expect(
    new SignIn(config, tab).completeSignIn(`${ORIGIN}/?${answer}&state=${state}`),
  ).rejects.toMatchObject({ code });
  expect(tab.tabStorage.length).toBe(0);
});

test.each([
  ['no refresh token', () => json({ id_token: idToken(), access_token: 'a', token_type: 'Bearer' })],
  [
    'no e-mail address',
    () => json({ id_token: idToken('anna', { email: 1 }), refresh_token: 'r', token_type: 'Bearer' }),
  ],
])('tokens with %s are not taken', async (_what, answer) => {
  const { tab, state } = await begun();
  tokens = answer;
  await expect(
    new SignIn(config, tab).completeSignIn(`${ORIGIN}/?code=c&state=${state}`),
  ).rejects.toMatchObject({ code: 'unexpected' });
  expect(storage.length).toBe(0);
});

test('a token is used until five minutes before its end, then renewed; the new refresh token replaces the old', async () => {
  const session = signedIn();
  const first = await session.idToken();
  now += HOUR - 5 * 60_000 - 1;
  expect(await session.idToken()).toBe(first);
  now += 1;
  expect(await session.idToken()).not.toBe(first);
  expect(requests.map(({ form }) => form.get('refresh_token'))).toEqual(['r0']);
  expect(readRecord(storage)?.refreshToken).toBe('r1');
});

test('a local clock that is hours off renews no sooner and no later', async () => {
  now += 10 * HOUR;
  const session = signedIn();
  await session.idToken();
  expect(requests).toEqual([]);
});

test('without rotation the refresh token stays', async () => {
  tokens = () => json({ id_token: idToken(), access_token: 'a', token_type: 'Bearer' });
  await signedIn().idToken({ force: true });
  expect(readRecord(storage)?.refreshToken).toBe('r0');
});

test('two tabs renewing at once use the refresh token once', async () => {
  const [one, two] = [signedIn(), signedIn()];
  now += HOUR;
  const [first, second] = await Promise.all([one.idToken(), two.idToken()]);
  expect(first).toBe(second);
  expect(requests).toHaveLength(1);
});

test('a refresh token that is no longer good ends the session and leaves nothing behind', async () => {
  const session = signedIn();
  let ended = 0;
  session.onSignedOut(() => ended++);
  tokens = () => json({ error: 'invalid_grant' }, 400);
  await expect(session.idToken({ force: true })).rejects.toMatchObject({ code: 'signed-out' });
  await expect(session.idToken()).rejects.toMatchObject({ code: 'signed-out' });
  expect(ended).toBe(1);
  expect(storage.length).toBe(0);
});

test.each([
  ['no network', () => Promise.reject(new TypeError('Failed to fetch')), 'offline'],
  ['a fault of the service', () => new Response('<html>', { status: 502 }), 'unexpected'],
])('%s while renewing does not sign out', async (_what, answer, code) => {
  const session = signedIn();
  tokens = answer;
  await expect(session.idToken({ force: true })).rejects.toMatchObject({ code });
  tokens = given;
  expect(await session.idToken({ force: true })).toBe(readRecord(storage)?.idToken);
});

test('tokens of another person are not taken', async () => {
  const session = signedIn();
  const before = storage.dump();
  tokens = () =>
    json({ id_token: idToken('bert'), access_token: 'a', refresh_token: 'r', token_type: 'Bearer' });
  await expect(session.idToken({ force: true })).rejects.toMatchObject({ name: 'AuthError' });
  expect(storage.dump()).toBe(before);
});

test('signing out empties the storage, revokes the refresh token and leaves by the service', async () => {
  const tab = openTab();
  const session = signedIn(tab);
  let emptied = false;
  revoked = () => {
    emptied = storage.length === 0;
    return new Response(null, { status: 200 });
  };
  const problems: unknown[] = [];
  await session.signOut((error) => problems.push(error));
  expect(emptied).toBe(true);
  expect(requests[0]?.form.get('token')).toBe('r0');
  expect(tab.visited).toEqual([
    'https://sign-in.example/logout?client_id=page&logout_uri=https%3A%2F%2Fphotos.example%2F',
  ]);
  expect(problems).toEqual([]);
  await expect(session.idToken()).rejects.toMatchObject({ code: 'signed-out' });
});

test('signing out without a network empties the storage all the same, and says what could not be done', async () => {
  const tab = openTab();
  const session = signedIn(tab);
  revoked = () => Promise.reject(new TypeError('Failed to fetch'));
  const problems: unknown[] = [];
  await session.signOut((error) => problems.push(error));
  expect(problems).toMatchObject([{ code: 'offline' }]);
  expect(storage.length).toBe(0);
  expect(tab.visited).toEqual([`${ORIGIN}/`]);
});

test('signing out in one tab signs out the others, even one that is just renewing', async () => {
  const [here, there] = [openTab(), openTab()];
  const [one, two] = [signedIn(here), signedIn(there)];
  let ended = 0;
  two.onSignedOut(() => ended++);
  tokens = async () => {
    await one.signOut(() => undefined);
    return given();
  };
  await expect(two.idToken({ force: true })).rejects.toMatchObject({ code: 'signed-out' });
  there.events.dispatchEvent(storageEvent('shoebox.session'));
  expect(ended).toBe(1);
  expect(storage.length).toBe(0);
});

test('another tab signing in as somebody else ends this session; a mere renewal does not', () => {
  const tab = openTab();
  const session = signedIn(tab);
  let ended = 0;
  const stop = session.onSignedOut(() => ended++);
  signedIn();
  tab.events.dispatchEvent(storageEvent('shoebox.session'));
  tab.events.dispatchEvent(storageEvent('something.else'));
  expect(ended).toBe(0);
  signedIn(openTab(), 'bert');
  tab.events.dispatchEvent(storageEvent('shoebox.session'));
  expect(ended).toBe(1);
  stop();
});

test.each(['', '{', 'null', '{"idToken":"x.y.z","refreshToken":"r","expiresAt":1}', '{"idToken":1}'])(
  'a stored session of the wrong shape (%j) is none',
  (record) => {
    storage.setItem('shoebox.session', record);
    expect(Session.restore(config, openTab())).toBeUndefined();
  },
);
