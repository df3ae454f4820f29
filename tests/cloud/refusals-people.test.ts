// Who is let in is said by owners alone, in the role that they ask for: nobody else reaches the user pool, and that role reaches nothing
// but the user pool.
import { GetCredentialsForIdentityCommand } from '@aws-sdk/client-cognito-identity';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { decodeJwt } from 'jose';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginProvider } from '../../src/schema/config.ts';
import { MEMBERS_GROUP, OWNERS_GROUP } from '../../src/schema/groups.ts';
import { originalKey, originalPrefix, renditionKey } from '../../src/schema/keys.ts';
import { USER_POOL_OPERATIONS } from '../../src/schema/user-pool.ts';
import { clientsFor, exchange, identityClient, member, signIn, type AwsCredentials } from './people.ts';
import { originalOf } from './photos.ts';
import { DENIED, openWorld, outcome, type World } from './refusals.ts';
import { askAs } from './user-pool.ts';

const FORBIDDEN = '400 AccessDeniedException';

let world: World;
let owner: AwsCredentials;

beforeAll(async () => {
  world = await openWorld();
  owner = await asOwner(world.ada.identityId, world.ada.tokens.idToken);
});
afterAll(() => world?.cloud.end());

/** Credentials of the owners' role, by asking for it as the page does. */
async function asOwner(IdentityId: string, idToken: string): Promise<AwsCredentials> {
  const { config } = world.cloud;
  const { Credentials: given } = await identityClient(world.cloud).send(
    new GetCredentialsForIdentityCommand({
      IdentityId,
      Logins: { [loginProvider(config)]: idToken },
      CustomRoleArn: config.ownersRole,
    }),
  );
  const { AccessKeyId = '', SecretKey = '', SessionToken = '', Expiration = new Date(0) } = given ?? {};
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

const peopleFile = () => readFile(join(world.cloud.directory, 'cognito/people.json'), 'utf8');
const subOf = (idToken: string) => String(decodeJwt(idToken).sub);

/** Each operation as it would do most harm, to Ben. */
const attempts = (): Record<(typeof USER_POOL_OPERATIONS)[number], Record<string, unknown>> => {
  const Username = subOf(world.ben.tokens.idToken);
  return {
    ListUsers: {},
    ListUsersInGroup: { GroupName: MEMBERS_GROUP },
    AdminCreateUser: {
      Username: 'evil@example.com',
      UserAttributes: [
        { Name: 'email', Value: 'evil@example.com' },
        { Name: 'email_verified', Value: 'true' },
      ],
      DesiredDeliveryMediums: ['EMAIL'],
    },
    AdminAddUserToGroup: { Username, GroupName: OWNERS_GROUP },
    AdminRemoveUserFromGroup: { Username, GroupName: MEMBERS_GROUP },
    AdminDisableUser: { Username },
    AdminEnableUser: { Username },
    AdminUserGlobalSignOut: { Username },
    AdminDeleteUser: { Username },
  };
};

describe('every operation of the user pool is refused', () => {
  const callers: Record<string, () => AwsCredentials | Promise<AwsCredentials>> = {
    'to a member': () => world.ben.credentials,
    'to an owner who has not asked for the role of owners': () => world.ada.credentials,
    'to the processor': () => world.cloud.issueRole(world.cloud.stack.processor.role),
    'to the notifier': () => world.cloud.issueRole(world.cloud.stack.notifier.role),
    'to whoever has the role of nobody': () => {
      const { roles, identityPool } = world.cloud.stack;
      const nobody = roles.find(({ arn }) => arn === identityPool.authenticatedRole);
      return world.cloud.issueRole(nobody?.logicalId ?? '');
    },
  };
  test.each(Object.entries(callers))('%s', async (_who, credentials) => {
    const ask = askAs(world.cloud, await credentials());
    const before = await peopleFile();
    for (const operation of USER_POOL_OPERATIONS) {
      const answer = await outcome(ask(operation, attempts()[operation]));
      expect([operation, answer]).toEqual([operation, FORBIDDEN]);
    }
    expect(await peopleFile()).toBe(before);
  });

  test('to nobody', async () => {
    const before = await peopleFile();
    const made = { accessKeyId: 'ASIAMADEUP', secretAccessKey: 'made up', sessionToken: 'made up' };
    const stolen = { ...owner, secretAccessKey: 'another' };
    for (const operation of USER_POOL_OPERATIONS) {
      const input = attempts()[operation];
      const unsigned = await fetch(`${world.cloud.urls.api}/`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify({ UserPoolId: world.cloud.config.userPoolId, ...input }),
      });
      expect([operation, unsigned.ok]).toEqual([operation, false]);
      expect(await outcome(askAs(world.cloud, made)(operation, input))).toMatch(/^40[03] /);
      expect(await outcome(askAs(world.cloud, stolen)(operation, input))).toMatch(/^40[03] .*Signature/);
    }
    expect(await peopleFile()).toBe(before);
  });

  test('to an owner, of another user pool', async () => {
    for (const operation of USER_POOL_OPERATIONS) {
      const answer = await outcome(
        askAs(world.cloud, owner, 'us-east-1_Other')(operation, attempts()[operation]),
      );
      expect([operation, answer]).toEqual([operation, FORBIDDEN]);
    }
  });

  test('to an owner, where it is none that owners need', async () => {
    const before = await peopleFile();
    const Username = subOf(world.ben.tokens.idToken);
    for (const [operation, input] of [
      ['AdminSetUserPassword', { Username, Password: 'Chosen-by-an-0wner', Permanent: true }],
      ['AdminUpdateUserAttributes', { Username, UserAttributes: [{ Name: 'email', Value: 'a@b.example' }] }],
      ['AdminResetUserPassword', { Username }],
      ['AdminLinkProviderForUser', {}],
      ['CreateGroup', { GroupName: 'wheel' }],
      ['UpdateGroup', { GroupName: MEMBERS_GROUP, RoleArn: 'arn:aws:iam::000000000000:role/Admin' }],
      ['DeleteUserPool', {}],
    ] as const) {
      expect([operation, await outcome(askAs(world.cloud, owner)(operation, input))]).toEqual([
        operation,
        FORBIDDEN,
      ]);
    }
    expect(await peopleFile()).toBe(before);
  });
});

describe('the role of owners is refused', () => {
  const ask = (IdentityId: string, idToken: string) => outcome(asOwner(IdentityId, idToken));

  test('to a member', async () => {
    const { identityId, tokens } = world.ben;
    expect(await ask(identityId, tokens.idToken)).toBe('400 NotAuthorizedException');
  });

  test('to somebody who waits to be let in', async () => {
    const { idToken } = await signIn(world.cloud, { email: 'wait@example.com', google: true, member: false });
    const identityId = world.cloud.people.identityOf(subOf(idToken), world.cloud.config.region);
    expect(await ask(identityId, idToken)).toBe('400 NotAuthorizedException');
  });

  test("to a member in the owner's name", async () => {
    expect(await ask(world.ada.identityId, world.ben.tokens.idToken)).toBe('400 NotAuthorizedException');
  });

  test('to an owner who was signed out since', async () => {
    const eve = await member(world.cloud, { email: 'eve@example.com' });
    await askAs(world.cloud, owner)('AdminAddUserToGroup', {
      Username: subOf(eve.tokens.idToken),
      GroupName: OWNERS_GROUP,
    });
    const { idToken } = await signIn(world.cloud, { email: 'eve@example.com' });
    expect(await ask(eve.identityId, idToken)).toBe('ok');
    await askAs(world.cloud, owner)('AdminUserGlobalSignOut', { Username: subOf(idToken) });
    expect(await ask(eve.identityId, idToken)).toBe('400 NotAuthorizedException');
  });
});

test('an owner gets the role of members unless they ask for the other', async () => {
  const claims = decodeJwt(world.ada.tokens.idToken);
  const { stack, config } = world.cloud;
  const roleOf = (group: string) => stack.userPool.groups.find(({ name }) => name === group)?.roleArn;
  expect(claims['cognito:roles']).toEqual([roleOf(MEMBERS_GROUP), roleOf(OWNERS_GROUP)]);
  expect(claims['cognito:preferred_role']).toBe(roleOf(MEMBERS_GROUP));
  expect(config.ownersRole).toBe(roleOf(OWNERS_GROUP));
  const { credentials, identityId } = await exchange(world.cloud, world.ada.tokens.idToken);
  const own = new GetCommand({
    TableName: config.photosTable,
    Key: { owner: identityId, photoId: world.photoId },
  });
  expect(await outcome(clientsFor(world.cloud, credentials).dynamodb.send(own))).toBe('ok');
});

describe('in the role of owners nobody reaches photos or rows', () => {
  test.each(['of their own', 'of somebody else'])('%s', async (whose) => {
    const { identityId } = whose === 'of their own' ? world.ada : world.ben;
    const { originalsBucket, libraryBucket, photosTable, socialTable } = world.cloud.config;
    const { s3, dynamodb } = clientsFor(world.cloud, owner);
    const { photoId } = world;
    const before = await world.everything();
    const requests = [
      s3.originals.send(
        new GetObjectCommand({ Bucket: originalsBucket, Key: originalKey(identityId, photoId) }),
      ),
      s3.originals.send(
        new ListObjectsV2Command({ Bucket: originalsBucket, Prefix: originalPrefix(identityId) }),
      ),
      s3.originals.send(originalOf(originalsBucket, { identityId }, Buffer.from('another photo'))),
      s3.library.send(
        new GetObjectCommand({ Bucket: libraryBucket, Key: renditionKey(identityId, photoId, 'thumb') }),
      ),
    ];
    expect(new Set(await Promise.all(requests.map(outcome)))).toEqual(new Set([DENIED]));
    const Key = { owner: identityId, photoId };
    const rows = [
      dynamodb.send(new GetCommand({ TableName: photosTable, Key })),
      dynamodb.send(
        new QueryCommand({
          TableName: photosTable,
          KeyConditionExpression: '#owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': identityId },
        }),
      ),
      dynamodb.send(
        new UpdateCommand({
          TableName: photosTable,
          Key,
          UpdateExpression: 'SET favorite = :yes',
          ExpressionAttributeValues: { ':yes': true },
        }),
      ),
      dynamodb.send(new PutCommand({ TableName: socialTable, Item: { owner: identityId, id: 'profile' } })),
    ];
    expect(new Set(await Promise.all(rows.map(outcome)))).toEqual(new Set([FORBIDDEN]));
    expect(await world.everything()).toEqual(before);
  });
});
