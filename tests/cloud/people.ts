// People at the local cloud, as browsers and SDKs are: signed in through the real forms, with the real SDK's clients.
import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CognitoState } from '../../infra/local/cognito/state.ts';
import { startCloud, type CloudOptions, type LocalCloud } from '../../infra/local/cloud.ts';
import { loginProvider } from '../../src/schema/config.ts';
import { isIdentityId, type IdentityId } from '../../src/schema/ids.ts';

/** As much of a cloud as people need, who may be in another process. */
export type Reachable = Pick<LocalCloud, 'config' | 'urls'> & { people: Pick<CognitoState, 'people'> };

export interface Tokens {
  idToken: string;
  accessToken: string;
  refreshToken: string;
}

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

export interface Member {
  identityId: IdentityId;
  tokens: Tokens;
  credentials: AwsCredentials;
  dynamodb: DynamoDBDocumentClient;
  s3: Record<'originals' | 'library', S3Client>;
}

/** Somebody who is known already (`email` alone), or somebody new. */
export interface Who {
  email: string;
  name?: string;
  member?: boolean;
  google?: boolean;
}

/** A cloud on data of its own, and a way to be rid of both. */
export async function freshCloud(
  options: Omit<CloudOptions, 'directory'> = {},
): Promise<LocalCloud & { directory: string; end: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'shoebox-'));
  const cloud = await startCloud({ processor: false, ...options, directory });
  const end = async () => {
    await cloud.close();
    await rm(directory, { recursive: true });
  };
  return { ...cloud, directory, end };
}

const text = (page: string, pattern: RegExp): string => {
  const found = pattern.exec(page)?.[1];
  if (found === undefined) throw new Error(`The sign-in page has no ${pattern}: ${page.slice(0, 2000)}`);
  return found;
};

/** Goes through the sign-in page as a browser without JavaScript would; gives the code and what it was asked with. */
export async function authorizationCode(cloud: Reachable, who: Who, more: Record<string, string> = {}) {
  const { authority, clientId } = cloud.config;
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = `${cloud.urls.site}/`;
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: redirectUri,
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(who.google && { identity_provider: 'Google' }),
    ...more,
  });
  const address = `${authority}/oauth2/authorize`;
  const page = await (await fetch(`${address}?${query}`)).text();
  const transaction = text(page, /name="transaction" value="([^"]+)"/);
  const known = cloud.people.people.find(({ email }) => email === who.email);
  const form: Record<string, string> = known
    ? { transaction, person: known.sub }
    : {
        transaction,
        name: who.name ?? who.email,
        email: who.email,
        ...(who.member !== false && { member: 'yes' }),
      };
  const answer = await fetch(address, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
  const location = answer.headers.get('location');
  if (!location) throw new Error(`No redirect: ${await answer.text()}`);
  const returned = new URL(location).searchParams;
  return { code: returned.get('code') ?? '', state: returned.get('state'), verifier, redirectUri };
}

export const tokenRequest = (cloud: Reachable, form: Record<string, string>): Promise<Response> =>
  fetch(`${cloud.config.authority}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: cloud.config.clientId, ...form }),
  });

export async function tokensFrom(answer: Response): Promise<Tokens> {
  const body = (await answer.json()) as Record<string, string>;
  if (!answer.ok) throw new Error(JSON.stringify(body));
  return {
    idToken: body['id_token'] ?? '',
    accessToken: body['access_token'] ?? '',
    refreshToken: body['refresh_token'] ?? '',
  };
}

export async function signIn(cloud: Reachable, who: Who): Promise<Tokens> {
  const { code, verifier, redirectUri } = await authorizationCode(cloud, who);
  return tokensFrom(
    await tokenRequest(cloud, {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }),
  );
}

export const identityClient = ({ config }: Reachable): CognitoIdentityClient =>
  new CognitoIdentityClient({
    region: config.region,
    endpoint: config.endpoints?.cognitoIdentity ?? '',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
  });

export async function exchange(cloud: Reachable, idToken: string) {
  const client = identityClient(cloud);
  const Logins = { [loginProvider(cloud.config)]: idToken };
  const { IdentityId } = await client.send(
    new GetIdCommand({ IdentityPoolId: cloud.config.identityPoolId, Logins }),
  );
  const answer = await client.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }));
  const { AccessKeyId = '', SecretKey = '', SessionToken = '', Expiration } = answer.Credentials ?? {};
  if (!isIdentityId(IdentityId) || !Expiration) throw new Error('not the answer of an identity pool');
  return {
    identityId: IdentityId,
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    },
  };
}

export function clientsFor(cloud: Reachable, credentials: AwsCredentials): Pick<Member, 'dynamodb' | 's3'> {
  const common = { region: cloud.config.region, credentials, maxAttempts: 1 };
  const s3 = (endpoint: string) => new S3Client({ ...common, endpoint, forcePathStyle: true });
  return {
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: cloud.urls.api })),
    s3: { originals: s3(cloud.urls.originals), library: s3(cloud.urls.library) },
  };
}

/** Signed in, and ready to talk to everything. */
export async function member(cloud: Reachable, who: Who): Promise<Member> {
  const tokens = await signIn(cloud, who);
  const { identityId, credentials } = await exchange(cloud, tokens.idToken);
  return { identityId, tokens, credentials, ...clientsFor(cloud, credentials) };
}
