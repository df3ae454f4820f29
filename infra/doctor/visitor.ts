// Somebody who is there for the examination only: made, let in and signed in as people are, and gone afterwards with all that is theirs.
import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { randomBytes } from 'node:crypto';
import { loginProvider, type Config } from '../../src/schema/config.ts';
import { isIdentityId, type IdentityId } from '../../src/schema/ids.ts';
import { fields, text } from '../../src/schema/parse.ts';
import { MEMBERS_GROUP } from '../../src/schema/groups.ts';
import { Finding } from './findings.ts';
import type { Target } from './target.ts';

export interface Account {
  email: string;
  username: string;
  password: string;
}

/** An account that has signed in and been let in: what its browser would hold. */
export interface Visitor {
  identityId: IdentityId;
  /** When its credentials end. */
  expiration: Date;
  originals: S3Client;
  library: S3Client;
  dynamodb: DynamoDBDocumentClient;
}

/** Nobody's address: mail to it goes nowhere, and none is sent. */
export async function makeAccount({ askPool }: Target, name: string): Promise<Account> {
  const email = `doctor-${name}-${randomBytes(6).toString('hex')}@example.com`;
  const password = `${randomBytes(18).toString('base64url')}aA1!`;
  const answer = await askPool('AdminCreateUser', {
    Username: email,
    UserAttributes: [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: 'true' },
    ],
    MessageAction: 'SUPPRESS',
  });
  const username = text(fields(answer['User'])?.['Username'], 128);
  if (username === undefined) throw new Finding('The user pool made an account without a name.');
  await askPool('AdminSetUserPassword', { Username: username, Password: password, Permanent: true });
  return { email, username, password };
}

export const letIn = async ({ askPool }: Target, { username }: Account): Promise<void> => {
  await askPool('AdminAddUserToGroup', { Username: username, GroupName: MEMBERS_GROUP });
};

/** Gives the ID token. */
export async function signIn({ askPool, config }: Target, { username, password }: Account): Promise<string> {
  const answer = await askPool('AdminInitiateAuth', {
    AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
    ClientId: config.clientId,
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
  const token = text(fields(answer['AuthenticationResult'])?.['IdToken'], 20_000);
  if (token === undefined) throw new Finding('The user pool gave no ID token.');
  return token;
}

const identityClient = ({ region, endpoints }: Config): CognitoIdentityClient =>
  new CognitoIdentityClient({
    region,
    ...(endpoints && { endpoint: endpoints.cognitoIdentity }),
    // Nobody signs these calls: the token in them says who asks.
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 2,
  });

/** As a guest: without any token. */
export const askAsGuest = ({ config }: Target): Promise<unknown> =>
  identityClient(config).send(new GetIdCommand({ IdentityPoolId: config.identityPoolId }));

/** What the page does with an ID token. */
export async function enter({ config }: Target, idToken: string): Promise<Visitor> {
  const client = identityClient(config);
  const Logins = { [loginProvider(config)]: idToken };
  const { IdentityId } = await client.send(
    new GetIdCommand({ IdentityPoolId: config.identityPoolId, Logins }),
  );
  const answer = await client.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }));
  const { AccessKeyId = '', SecretKey = '', SessionToken = '', Expiration } = answer.Credentials ?? {};
  if (!isIdentityId(IdentityId) || !Expiration)
    throw new Finding('This is not the answer of an identity pool.');
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretKey, sessionToken: SessionToken };
  const common = { region: config.region, credentials, maxAttempts: 2 };
  const s3 = (endpoint: string | undefined): S3Client =>
    new S3Client({
      ...common,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    });
  const { endpoints } = config;
  return {
    identityId: IdentityId,
    expiration: Expiration,
    originals: s3(endpoints?.originals),
    library: s3(endpoints?.library),
    dynamodb: DynamoDBDocumentClient.from(
      new DynamoDBClient({ ...common, ...(endpoints && { endpoint: endpoints.dynamodb }) }),
    ),
  };
}
