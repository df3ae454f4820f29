// Sign-in and identity pool of the local cloud: the whole way in as browser and SDK go it, and every wrong way refused.
import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
} from '@aws-sdk/client-cognito-identity';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { createRemoteJWKSet, decodeJwt, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginProvider } from '../../src/schema/config.ts';
import {
  authorizationCode,
  clientsFor,
  exchange,
  freshCloud,
  identityClient,
  signIn,
  tokenRequest,
  tokensFrom,
  type Tokens,
} from './people.ts';

let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: Tokens;
/** The cloud's clock, ahead of the real one by this much. */
let ahead = 0;

beforeAll(async () => {
  cloud = await freshCloud({ now: () => Date.now() + ahead, credentialSeconds: 600 });
  ada = await signIn(cloud, { email: 'ada@example.com' });
});
afterAll(() => cloud?.end());

const later = async (seconds: number, work: () => Promise<unknown>) => {
  ahead = seconds * 1000;
  try {
    await work();
  } finally {
    ahead = 0;
  }
};

const authorize = (change: Record<string, string>, remove: string[] = []) => {
  const query = new URLSearchParams({
    client_id: cloud.config.clientId,
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: `${cloud.urls.site}/`,
    state: 's',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    ...change,
  });
  for (const name of remove) query.delete(name);
  return fetch(`${cloud.config.authority}/oauth2/authorize?${query}`, { redirect: 'manual' });
};

const getId = (Logins: Record<string, string> | undefined, IdentityPoolId = cloud.config.identityPoolId) =>
  identityClient(cloud).send(new GetIdCommand({ IdentityPoolId, Logins }));
const login = (token: string) => ({ [loginProvider(cloud.config)]: token });
const notAuthorized = { name: 'NotAuthorizedException' };

describe('signing in', () => {
  test('the discovery document and the keys are where the authority says', async () => {
    const discovery = (await (
      await fetch(`${cloud.config.authority}/.well-known/openid-configuration`)
    ).json()) as Record<string, string>;
    expect(discovery).toMatchObject({
      issuer: cloud.config.authority,
      token_endpoint: `${cloud.config.signInUrl}/oauth2/token`,
    });
    const jwks = await fetch(discovery['jwks_uri'] ?? '');
    expect(await jwks.clone().json()).not.toHaveProperty('keys.0.d');
    const { payload } = await jwtVerify(
      ada.idToken,
      createRemoteJWKSet(new URL(discovery['jwks_uri'] ?? '')),
      {
        issuer: cloud.config.authority,
        audience: cloud.config.clientId,
      },
    );
    expect(payload).toMatchObject({
      token_use: 'id',
      email: 'ada@example.com',
      email_verified: true,
      name: 'Ada Berger',
      nonce: 'the-nonce',
      'cognito:groups': ['members', 'owners'],
      'cognito:username': payload.sub,
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect(payload['cognito:preferred_role']).toBe((payload['cognito:roles'] as string[])[0]);
    expect(decodeJwt(ada.accessToken)).toMatchObject({ token_use: 'access', scope: 'openid email profile' });
  });

  test('a new person is one form away, with Google or without', async () => {
    const { idToken } = await signIn(cloud, { email: 'new@example.com', name: 'Nadia New' });
    expect(decodeJwt(idToken)).toMatchObject({ name: 'Nadia New', 'cognito:groups': ['members'] });
    const google = await signIn(cloud, { email: 'g@example.com', name: 'Gil', google: true });
    expect(decodeJwt(google.idToken)['cognito:username']).toMatch(/^Google_/);
    expect(decodeJwt(google.idToken)['cognito:groups']).toEqual([
      'members',
      `${cloud.config.userPoolId}_Google`,
    ]);
  });

  test('the page says what is wrong with a new person, and shows a name as the text it is', async () => {
    const page = await (await authorize({})).text();
    const transaction = /name="transaction" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const post = async (form: Record<string, string>) => {
      const answer = await fetch(`${cloud.config.authority}/oauth2/authorize`, {
        method: 'POST',
        body: new URLSearchParams({ transaction, ...form }),
        redirect: 'manual',
      });
      return { status: answer.status, text: await answer.text() };
    };
    expect((await post({ name: ' ', email: 'x@example.com' })).text).toContain('Please type a name.');
    expect((await post({ name: 'X', email: 'no e-mail' })).text).toContain(
      'does not look like an e-mail address',
    );
    const twice = await post({ name: '"><script>alert(1)</script>', email: 'ADA@example.com' });
    expect(twice.status).toBe(400);
    expect(twice.text).toContain('choose them from the list');
    expect(twice.text).not.toContain('<script');
    expect((await post({ name: '<img src=x onerror=alert(1)>', email: 'evil@example.com' })).status).toBe(
      303,
    );
    expect(await (await authorize({})).text()).not.toContain('<img');
  });

  test('the page lets in no script, no frame and no foreign form', async () => {
    const page = await authorize({});
    const csp = page.headers.get('content-security-policy') ?? '';
    const style = /<style>(.*)<\/style>/s.exec(await page.text())?.[1] ?? '';
    expect(csp).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).toContain(`form-action 'self' ${cloud.urls.site}`);
    expect(csp).not.toContain('unsafe');
  });

  test.each([
    ['another client', { client_id: 'other' }],
    ['another redirect address', { redirect_uri: 'https://evil.example/' }],
    ['a redirect address that only begins right', { redirect_uri: 'http://localhost:1/../' }],
  ])('%s is refused without a redirect', async (_what, change) => {
    const answer = await authorize(change);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  test.each([
    ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a scope the client has not', { scope: 'openid aws.cognito.signin.user.admin' }, 'invalid_request'],
  ])('%s is refused, and the app is told', async (_what, change, error) => {
    const answer = await authorize(change);
    const location = new URL(answer.headers.get('location') ?? '');
    expect(location.origin).toBe(cloud.urls.site);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ error, state: 's' });
  });

  test('a form that no page of ours made is refused', async () => {
    const forged = await new SignJWT({
      token_use: 'transaction',
      request: { redirect_uri: 'https://evil.example/' },
    })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(cloud.config.authority)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign((await generateKeyPair('RS256')).privateKey);
    const person = cloud.people.people[0]?.sub ?? '';
    for (const transaction of ['', forged, ada.idToken]) {
      const answer = await fetch(`${cloud.config.authority}/oauth2/authorize`, {
        method: 'POST',
        body: new URLSearchParams({ transaction, person }),
        redirect: 'manual',
      });
      expect(answer.status).toBe(400);
    }
  });

  test('under a foreign host name nothing answers', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      request(
        `${cloud.config.authority}/.well-known/jwks.json`,
        { headers: { host: 'evil.example' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });
});

describe('the token endpoint', () => {
  const invalidGrant = { error: 'invalid_grant' };
  const grant = async (form: Record<string, string>) => (await tokenRequest(cloud, form)).json();

  test('takes a code once, with its verifier and its redirect address only', async () => {
    const ask = async (change: Record<string, string> = {}) => {
      const { code, verifier, redirectUri } = await authorizationCode(cloud, { email: 'ada@example.com' });
      const form = {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        ...change,
      };
      return { form, answer: await grant(form) };
    };
    const { form, answer } = await ask();
    expect(answer).toHaveProperty('id_token');
    expect(await grant(form)).toEqual(invalidGrant);
    expect((await ask({ code_verifier: 'x'.repeat(43) })).answer).toEqual(invalidGrant);
    expect((await ask({ redirect_uri: 'https://evil.example/' })).answer).toEqual(invalidGrant);
    expect((await ask({ client_id: 'other' })).answer).toEqual({ error: 'invalid_client' });
    expect(await grant({ grant_type: 'password' })).toEqual({ error: 'unsupported_grant_type' });
  });

  test('lets a code die after five minutes', async () => {
    const { code, verifier, redirectUri } = await authorizationCode(cloud, { email: 'ada@example.com' });
    await later(301, async () => {
      const form = {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
      };
      expect(await grant(form)).toEqual(invalidGrant);
    });
  });

  test('rotates refresh tokens, forgiving a repeat for a minute', async () => {
    const first = await signIn(cloud, { email: 'ada@example.com' });
    const refresh = (token: string) =>
      tokenRequest(cloud, { grant_type: 'refresh_token', refresh_token: token });
    const second = await tokensFrom(await refresh(first.refreshToken));
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(decodeJwt(second.idToken).sub).toBe(decodeJwt(first.idToken).sub);
    expect((await refresh(first.refreshToken)).status).toBe(200);
    await later(61, async () => {
      expect(await (await refresh(first.refreshToken)).json()).toEqual(invalidGrant);
      expect((await refresh(second.refreshToken)).status).toBe(200);
    });
  });

  test('lets refresh tokens die after their 30 days, however often they were rotated', async () => {
    const first = await signIn(cloud, { email: 'ada@example.com' });
    const refresh = (token: string) =>
      tokenRequest(cloud, { grant_type: 'refresh_token', refresh_token: token });
    let second: Tokens | undefined;
    await later(29 * 86_400, async () => {
      second = await tokensFrom(await refresh(first.refreshToken));
    });
    await later(31 * 86_400, async () => {
      expect(await (await refresh(second?.refreshToken ?? '')).json()).toEqual(invalidGrant);
    });
  });

  test('a revoked sign-in has neither refresh nor identity', async () => {
    const tokens = await signIn(cloud, { email: 'ben@example.com' });
    const revoked = await fetch(`${cloud.config.signInUrl}/oauth2/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: cloud.config.clientId, token: tokens.refreshToken }),
    });
    expect(revoked.status).toBe(200);
    expect(await grant({ grant_type: 'refresh_token', refresh_token: tokens.refreshToken })).toEqual(
      invalidGrant,
    );
    await expect(getId(login(tokens.idToken))).rejects.toMatchObject(notAuthorized);
  });
});

test('signing out leads back to the app, and nowhere else', async () => {
  const logout = (to: string, client = cloud.config.clientId) =>
    fetch(`${cloud.config.signInUrl}/logout?${new URLSearchParams({ client_id: client, logout_uri: to })}`, {
      redirect: 'manual',
    });
  const home = `${cloud.urls.site}/`;
  expect((await logout(home)).headers.get('location')).toBe(home);
  expect((await logout('https://evil.example/')).status).toBe(400);
  expect((await logout(home, 'other')).status).toBe(400);
});

test('user info is for the bearer of an access token', async () => {
  const ask = (token: string) =>
    fetch(`${cloud.config.signInUrl}/oauth2/userInfo`, { headers: { Authorization: `Bearer ${token}` } });
  expect(await (await ask(ada.accessToken)).json()).toMatchObject({
    email: 'ada@example.com',
    name: 'Ada Berger',
  });
  expect((await ask(ada.idToken)).status).toBe(401);
});

test('keys are for their owner alone', () => {
  expect(statSync(join(cloud.directory, 'cognito/keys.json')).mode & 0o077).toBe(0);
});

describe('the identity pool', () => {
  test('gives the same person the same identity, and another person another', async () => {
    const again = await signIn(cloud, { email: 'ada@example.com' });
    const ben = await signIn(cloud, { email: 'ben@example.com' });
    const first = await exchange(cloud, ada.idToken);
    expect((await exchange(cloud, again.idToken)).identityId).toBe(first.identityId);
    expect((await exchange(cloud, ben.idToken)).identityId).not.toBe(first.identityId);
    // Ten minutes, as asked for; the usual hour would be far off.
    expect(Math.abs(first.credentials.expiration.getTime() - Date.now() - 600_000)).toBeLessThan(60_000);
  });

  test('credentials end when they say', async () => {
    const { credentials, identityId } = await exchange(cloud, ada.idToken);
    const read = () =>
      clientsFor(cloud, credentials).dynamodb.send(
        new GetCommand({ TableName: cloud.config.photosTable, Key: { owner: identityId, photoId: 'x' } }),
      );
    await read();
    await later(601, async () => {
      await expect(read()).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    });
  });

  test('guests are refused', async () => {
    await expect(getId(undefined)).rejects.toMatchObject(notAuthorized);
    await expect(getId({})).rejects.toMatchObject(notAuthorized);
  });

  test('an unknown pool and an unknown provider are refused', async () => {
    await expect(
      getId(login(ada.idToken), 'us-east-1:00000000-0000-0000-0000-000000000000'),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(getId({ 'accounts.google.com': ada.idToken })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  /** A token with Ada's claims and a change, signed by whoever. */
  const forged = async (change: object, key?: Parameters<SignJWT['sign']>[0], exp = '1h') => {
    const { privateKey } = await generateKeyPair('RS256');
    const claims = decodeJwt(ada.idToken);
    return new SignJWT({ ...claims, ...change })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuedAt()
      .setExpirationTime(exp)
      .sign(key ?? privateKey);
  };
  const ownKey = () => importJWK(cloud.people.keys.jwk, 'RS256');

  test.each<[string, () => string | Promise<string>]>([
    ['an access token', () => ada.accessToken],
    ['text that is no token', () => 'nonsense'],
    ['a forged token', () => forged({})],
    ['a token without signature', () => `${btoa('{"alg":"none"}')}.${ada.idToken.split('.')[1]}.`],
    [
      'a token signed with the public key as if it were a password',
      async () => {
        const secret = new TextEncoder().encode(JSON.stringify(cloud.people.keys.jwk.n));
        return new SignJWT(decodeJwt(ada.idToken)).setProtectedHeader({ alg: 'HS256' }).sign(secret);
      },
    ],
    ['a token of a foreign audience', async () => forged({ aud: 'another-client' }, await ownKey())],
    ['a token of a foreign issuer', async () => forged({ iss: 'https://evil.example' }, await ownKey())],
    ['a token for somebody who does not exist', async () => forged({ sub: 'nobody' }, await ownKey())],
    ['an expired token', async () => forged({}, await ownKey(), '-1s')],
  ])('%s is refused', async (_what, make) => {
    await expect(getId(login(await make()))).rejects.toMatchObject(notAuthorized);
  });

  test('a token is refused once it has expired', () =>
    later(3601, async () => {
      await expect(getId(login(ada.idToken))).rejects.toMatchObject({
        ...notAuthorized,
        message: expect.stringContaining('expired') as string,
      });
    }));

  test("another person's identity is refused", async () => {
    const ben = await signIn(cloud, { email: 'ben@example.com' });
    const { identityId } = await exchange(cloud, ada.idToken);
    const steal = new GetCredentialsForIdentityCommand({
      IdentityId: identityId,
      Logins: login(ben.idToken),
    });
    await expect(identityClient(cloud).send(steal)).rejects.toMatchObject(notAuthorized);
    const asGuest = new GetCredentialsForIdentityCommand({ IdentityId: identityId });
    await expect(identityClient(cloud).send(asGuest)).rejects.toMatchObject(notAuthorized);
  });

  test('the classic flow and a role of one’s own choice are refused', async () => {
    const { identityId } = await exchange(cloud, ada.idToken);
    const Logins = login(ada.idToken);
    await expect(
      identityClient(cloud).send(new GetOpenIdTokenCommand({ IdentityId: identityId, Logins })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const CustomRoleArn = cloud.stack.roles.find(
      ({ logicalId }) => logicalId === cloud.stack.processor.role,
    )?.arn;
    await expect(
      identityClient(cloud).send(
        new GetCredentialsForIdentityCommand({ IdentityId: identityId, Logins, CustomRoleArn }),
      ),
    ).rejects.toMatchObject(notAuthorized);
  });

  test('somebody outside the group has an identity, but no credentials', async () => {
    const { idToken } = await signIn(cloud, { email: 'visitor@example.com', member: false });
    expect(decodeJwt(idToken)).not.toHaveProperty('cognito:groups');
    await getId(login(idToken));
    await expect(exchange(cloud, idToken)).rejects.toMatchObject(notAuthorized);
  });

  test('who was signed out everywhere, or removed, is refused with tokens that still run', async () => {
    const carol = await signIn(cloud, { email: 'carol@example.com' });
    const dave = await signIn(cloud, { email: 'dave@example.com' });
    cloud.people.signOutEverywhere(decodeJwt(carol.idToken).sub ?? '', Math.floor(Date.now() / 1000));
    cloud.people.removePerson(decodeJwt(dave.idToken).sub ?? '');
    for (const { idToken, refreshToken } of [carol, dave]) {
      await expect(getId(login(idToken))).rejects.toMatchObject(notAuthorized);
      expect(
        (await tokenRequest(cloud, { grant_type: 'refresh_token', refresh_token: refreshToken })).status,
      ).toBe(400);
    }
  });
});
