// Whom the identity pool must refuse, at both of its doors (an identity, and its credentials), and that a refusal gives nobody an
// identity they had not before.
import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
} from '@aws-sdk/client-cognito-identity';
import { decodeJwt, generateKeyPair, importJWK, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginProvider } from '../../src/schema/config.ts';
import { MEMBERS_GROUP } from '../../src/schema/groups.ts';
import {
  clientsFor,
  identityClient,
  member,
  signIn,
  tokenRequest,
  type Member,
  type Tokens,
} from './people.ts';
import { originalOf } from './photos.ts';
import { openWorld, outcome, type World } from './refusals.ts';

const REFUSED = '400 NotAuthorizedException';

let world: World;
let ada: Member;
let ben: Member;
/** The cloud's clock, ahead of the real one by this many milliseconds. */
let ahead = 0;

beforeAll(async () => {
  world = await openWorld({ now: () => Date.now() + ahead });
  ({ ada, ben } = world);
});
afterAll(() => world?.cloud.end());

const login = (token: string) => ({ [loginProvider(world.cloud.config)]: token });
const getId = (Logins: Record<string, string> | undefined) =>
  identityClient(world.cloud).send(
    new GetIdCommand({ IdentityPoolId: world.cloud.config.identityPoolId, Logins }),
  );
const getCredentials = (Logins: Record<string, string> | undefined, IdentityId: string = ada.identityId) =>
  identityClient(world.cloud).send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }));

/** What each door says. */
const atBothDoors = async (Logins: Record<string, string> | undefined, identityId?: string) => [
  await outcome(getId(Logins)),
  await outcome(getCredentials(Logins, identityId)),
];
const identities = async () => {
  const file = await readFile(join(world.cloud.directory, 'cognito/people.json'), 'utf8');
  return (JSON.parse(file) as { identities: Record<string, string> }).identities;
};

const strangersKey = async () => (await generateKeyPair('RS256')).privateKey;
const poolsKey = async () => (await importJWK(world.cloud.people.keys.jwk, 'RS256')) as CryptoKey;
/** Ada's token with a change, valid for an hour unless the change says otherwise. */
const tokenWith = async (change: object, key: () => Promise<CryptoKey> = poolsKey) =>
  new SignJWT({ ...decodeJwt(ada.tokens.idToken), ...change })
    .setProtectedHeader({ alg: 'RS256', kid: world.cloud.people.keys.jwk.kid })
    .sign(await key());
const seconds = () => Math.floor(Date.now() / 1000);

test('what is refused here would work with the right token', async () => {
  expect(await atBothDoors(login(ada.tokens.idToken))).toEqual(['ok', 'ok']);
  expect(await atBothDoors(login(await tokenWith({})))).toEqual(['ok', 'ok']);
});

describe('a token is refused', () => {
  const tokens: Record<string, () => string | Promise<string>> = {
    'that is none': () => 'nonsense',
    'that is an access token': () => ada.tokens.accessToken,
    'that is a refresh token': () => ada.tokens.refreshToken,
    'that a stranger signed': () => tokenWith({}, strangersKey),
    'that nobody signed': () => new UnsecuredJWT(decodeJwt(ada.tokens.idToken)).encode(),
    'whose signature was cut off': () => ada.tokens.idToken.replace(/[^.]*$/, ''),
    'whose signature was changed': () =>
      ada.tokens.idToken.replace(/.{8}$/, (end) => (end === 'A'.repeat(8) ? 'B' : 'A').repeat(8)),
    "whose claims are another person's": () =>
      [ada, ben]
        .map(({ tokens: { idToken } }) => idToken.split('.'))
        .reduce(([head, , signature], [, claims]) => [head, claims, signature] as string[])
        .join('.'),
    'that is signed with the public key as a password': () =>
      new SignJWT(decodeJwt(ada.tokens.idToken))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(world.cloud.people.keys.jwk.n)),
    'that has expired': () => tokenWith({ exp: seconds() - 1 }),
    'that never expires': () => tokenWith({ exp: undefined }),
    'that is for another app': () => tokenWith({ aud: 'another-client' }),
    'that is of another issuer': () => tokenWith({ iss: 'https://evil.example' }),
    'that is of another user pool': () => tokenWith({ iss: `${world.cloud.config.authority}x` }),
    'that says it is an access token': () => tokenWith({ token_use: 'access' }),
    'of a person who does not exist': () => tokenWith({ sub: 'nobody' }),
    'of a person by the name of a prototype': () => tokenWith({ sub: '__proto__' }),
  };
  test.each(Object.entries(tokens))('%s', async (_what, make) => {
    const before = await identities();
    expect(await atBothDoors(login(await make()))).toEqual([REFUSED, REFUSED]);
    expect(await identities()).toEqual(before);
  });

  test('when an hour has passed', async () => {
    ahead = 3_601_000;
    const answers = await atBothDoors(login(ada.tokens.idToken)).finally(() => (ahead = 0));
    expect(answers).toEqual([REFUSED, REFUSED]);
  });

  test('as that of another provider', async () => {
    for (const provider of ['accounts.google.com', 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Other'])
      expect(await atBothDoors({ [provider]: ada.tokens.idToken })).toEqual([
        '400 InvalidParameterException',
        '400 InvalidParameterException',
      ]);
  });
});

test('without a token nobody gets in', async () => {
  expect(await atBothDoors(undefined)).toEqual([REFUSED, REFUSED]);
  expect(await atBothDoors({})).toEqual([REFUSED, REFUSED]);
});

test("another person's identity is refused, and so is one that nobody has", async () => {
  expect(await outcome(getCredentials(login(ben.tokens.idToken), ada.identityId))).toBe(REFUSED);
  const nobodys = ada.identityId.replace(/.{12}$/, '000000000000');
  expect(await outcome(getCredentials(login(ada.tokens.idToken), nobodys))).toMatch(
    /^400 (?:NotAuthorized|ResourceNotFound)Exception$/,
  );
});

test('the classic flow is off', async () => {
  const open = new GetOpenIdTokenCommand({ IdentityId: ada.identityId, Logins: login(ada.tokens.idToken) });
  expect(await outcome(identityClient(world.cloud).send(open))).toBe('400 InvalidParameterException');
});

test('nobody chooses a role that none of their groups has', async () => {
  for (const { arn } of world.cloud.stack.roles.filter(({ arn: role }) => !isMembers(role))) {
    const steal = new GetCredentialsForIdentityCommand({
      IdentityId: ben.identityId,
      Logins: login(ben.tokens.idToken),
      CustomRoleArn: arn,
    });
    expect([arn, await outcome(identityClient(world.cloud).send(steal))]).toEqual([arn, REFUSED]);
  }
});
const isMembers = (arn: string) =>
  world.cloud.stack.userPool.groups.some(({ name, roleArn }) => name === MEMBERS_GROUP && roleArn === arn);

describe('a person outside the group', () => {
  let visitor: Tokens;
  let identityId: string;
  beforeAll(async () => {
    visitor = await signIn(world.cloud, { email: 'visitor@example.com', google: true, member: false });
    identityId = (await getId(login(visitor.idToken))).IdentityId ?? '';
  });

  test('has an identity and no credentials', async () => {
    expect(await outcome(getCredentials(login(visitor.idToken), identityId))).toBe(REFUSED);
  });

  test('cannot name the role of the members', async () => {
    for (const { arn } of world.cloud.stack.roles) {
      const steal = new GetCredentialsForIdentityCommand({
        IdentityId: identityId,
        Logins: login(visitor.idToken),
        CustomRoleArn: arn,
      });
      expect(await outcome(identityClient(world.cloud).send(steal))).toBe(REFUSED);
    }
  });

  test("cannot use a member's identity", async () => {
    expect(await outcome(getCredentials(login(visitor.idToken), ada.identityId))).toBe(REFUSED);
  });

  test('whose role nobody gives has no rights even with credentials of it', async () => {
    const { stack } = world.cloud;
    const nobody = stack.roles.find(({ arn }) => arn === stack.identityPool.authenticatedRole);
    const { s3 } = clientsFor(world.cloud, world.cloud.issueRole(nobody?.logicalId ?? ''));
    const put = originalOf(
      world.cloud.config.originalsBucket,
      { identityId: ada.identityId },
      Buffer.from('x'),
    );
    const before = await world.everything();
    expect(await outcome(s3.originals.send(put))).toBe('403 AccessDenied');
    expect(await world.everything()).toEqual(before);
  });
});

describe('tokens that still run are refused', () => {
  const newcomer = (email: string) => member(world.cloud, { email });
  const refresh = async ({ tokens: { refreshToken } }: Member) => {
    const answer = await tokenRequest(world.cloud, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    });
    return [answer.status, await answer.json()];
  };
  const ended = [400, { error: 'invalid_grant' }];

  test('after their sign-in was revoked, as signing out does', async () => {
    const cy = await newcomer('cy@example.com');
    const { signInUrl, clientId } = world.cloud.config;
    const revoked = await fetch(`${signInUrl}/oauth2/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, token: cy.tokens.refreshToken }),
    });
    expect(revoked.status).toBe(200);
    expect(await atBothDoors(login(cy.tokens.idToken), cy.identityId)).toEqual([REFUSED, REFUSED]);
    expect(await refresh(cy)).toEqual(ended);
  });

  test('after an administrator signed the person out everywhere', async () => {
    const dee = await newcomer('dee@example.com');
    world.cloud.people.signOutEverywhere(decodeJwt(dee.tokens.idToken).sub ?? '', seconds());
    expect(await atBothDoors(login(dee.tokens.idToken), dee.identityId)).toEqual([REFUSED, REFUSED]);
    expect(await refresh(dee)).toEqual(ended);
  });

  test('after the person was deleted', async () => {
    const eli = await newcomer('eli@example.com');
    world.cloud.people.removePerson(decodeJwt(eli.tokens.idToken).sub ?? '');
    expect(await atBothDoors(login(eli.tokens.idToken), eli.identityId)).toEqual([REFUSED, REFUSED]);
    expect(await refresh(eli)).toEqual(ended);
  });
});
