// What sharing must refuse: friends, members who are none, people who are no members, nobody at all, and the notifier, each with the
// real SDK and credentials of their own. Each refusal leaves everything as it was.
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import {
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RandomId } from '../../src/schema/ids.ts';
import { originalKey, renditionKey } from '../../src/schema/keys.ts';
import { MANIFEST_NAME, sharedRenditionName, sharePrefix } from '../../src/schema/share-keys.ts';
import { commentId, friendId, NOTIFIER, pushId, randomId, sharedWithId } from '../../src/schema/social.ts';
import { clientsFor, exchange, member, signIn, type AwsCredentials, type Member } from './people.ts';
import { answerTo, deleteAtOnce, DENIED, openWorld, outcome, refuser, type World } from './refusals.ts';
import { makeFriends, putRow, shareWith } from './sharing.ts';

let world: World;
/** A member whom nobody has shared anything with. */
let cy: Member;
let Bucket: string;
let Table: string;
/** Ada's, for Ben. */
let share: RandomId;
let photo: RandomId;

const at = (name: string, who = world.ada, which = share): string =>
  sharePrefix(who.identityId, 'friends', which) + name;
const thumb = (): string => at(sharedRenditionName(photo, 'thumb'));
const read = (who: Pick<Member, 's3'>, Key: string) =>
  who.s3.library.send(new GetObjectCommand({ Bucket, Key }));
const copy = (who: Member, Key: string, source: string, more: object = {}) =>
  who.s3.library.send(new CopyObjectCommand({ Bucket, Key, CopySource: source, ...more }));

beforeAll(async () => {
  world = await openWorld();
  const { cloud, ada, ben, photoId } = world;
  ({ libraryBucket: Bucket, socialTable: Table } = cloud.config);
  cy = await member(cloud, { email: 'cy@example.com' });
  await makeFriends(cloud, ada, ben);
  photo = randomId();
  share = await shareWith(cloud, ada, [ben.identityId]);
  await copy(ada, thumb(), `${Bucket}/${renditionKey(ada.identityId, photoId, 'thumb')}`);
});
afterAll(() => world?.cloud.end());

const refuses = refuser(() => world, DENIED);
const refusesRows = refuser(() => world, '400 AccessDeniedException');

test('what is refused here works for whom it is meant', async () => {
  expect(await outcome(read(world.ben, at(MANIFEST_NAME)))).toBe('ok');
  expect(await outcome(read(world.ben, thumb()))).toBe('ok');
});

describe('of a share that they do not know the id of, members are refused', () => {
  const list = (Prefix: string) => cy.s3.library.send(new ListObjectsV2Command({ Bucket, Prefix }));
  refuses({
    'a list of all': () => list('shares/friends/'),
    'a list of a friend’s': () =>
      list(sharePrefix(world.ada.identityId, 'friends', '' as RandomId).slice(0, -1)),
    'a list of one whose id they know': () => list(at('')),
    'what they guess': () => read(cy, at(MANIFEST_NAME, world.ada, randomId())),
    'an id that is cut short': () => read(cy, at(MANIFEST_NAME, world.ada, share.slice(0, -1) as RandomId)),
    'a path round the id': () => read(cy, at(`../${share}/../x/${MANIFEST_NAME}`)),
    'the original behind a photo in it': () =>
      world.ben.s3.originals.send(
        new GetObjectCommand({
          Bucket: world.cloud.config.originalsBucket,
          Key: originalKey(world.ada.identityId, world.photoId),
        }),
      ),
    'the rendition that it is a copy of': () =>
      read(world.ben, renditionKey(world.ada.identityId, world.photoId, 'thumb')),
  });
});

describe('into a share of somebody else, its readers and other members are refused', () => {
  const put = (who: Member, Key: string) =>
    who.s3.library.send(new PutObjectCommand({ Bucket, Key, Body: '{}', ContentType: 'text/html' }));
  const own = () => `${Bucket}/${renditionKey(world.ben.identityId, world.photoId, 'thumb')}`;
  refuses({
    'to put a manifest': () => put(world.ben, at(MANIFEST_NAME)),
    'to put a picture': () => put(world.ben, thumb()),
    'to copy their own picture': () => copy(world.ben, at('x.webp'), own()),
    'to delete a picture': () => world.ben.s3.library.send(new DeleteObjectCommand({ Bucket, Key: thumb() })),
    'to delete the manifest': () =>
      cy.s3.library.send(new DeleteObjectCommand({ Bucket, Key: at(MANIFEST_NAME) })),
    'to delete both at once': () => deleteAtOnce(world.ben.s3.library, Bucket, [at(MANIFEST_NAME), thumb()]),
    'to begin a share in another name': () => put(cy, at(MANIFEST_NAME, world.ada, randomId())),
  });
});

describe('into a share of their own, members are refused', () => {
  const into = () => at(sharedRenditionName(randomId(), 'thumb'), world.ben, randomId());
  const own = () => `${Bucket}/${renditionKey(world.ben.identityId, world.photoId, 'thumb')}`;
  refuses({
    'a copy of what a friend shares with them': () => copy(world.ben, into(), `${Bucket}/${thumb()}`),
    'a copy of a friend’s rendition': () =>
      copy(world.ben, into(), `${Bucket}/${renditionKey(world.ada.identityId, world.photoId, 'thumb')}`),
    'a copy of an original, even their own': () =>
      copy(
        world.ben,
        into(),
        `${world.cloud.config.originalsBucket}/${originalKey(world.ben.identityId, world.photoId)}`,
      ),
    'a copy of their own with metadata of their own': () =>
      copy(world.ben, into(), own(), { MetadataDirective: 'REPLACE', ContentType: 'text/html' }),
    'a page': () =>
      world.ben.s3.library.send(
        new PutObjectCommand({
          Bucket,
          Key: into().replace('.webp', '.html'),
          Body: '<script>',
          ContentType: 'text/html',
        }),
      ),
    'an SVG': () =>
      world.ben.s3.library.send(
        new PutObjectCommand({ Bucket, Key: into(), Body: '<svg onload="x">', ContentType: 'image/svg+xml' }),
      ),
  });
});

describe('in the partition of somebody else, a member is refused', () => {
  const forged = () => ({
    owner: world.ada.identityId,
    id: friendId(cy.identityId),
    recipient: cy.identityId,
  });
  refusesRows({
    'a friendship in their name': () =>
      cy.dynamodb.send(new PutCommand({ TableName: Table, Item: forged() })),
    'a share in their name': () =>
      cy.dynamodb.send(
        new PutCommand({
          TableName: Table,
          Item: { ...forged(), id: sharedWithId(share, cy.identityId), title: 'x', count: 1 },
        }),
      ),
    'a comment in their name': () =>
      cy.dynamodb.send(
        new PutCommand({
          TableName: Table,
          Item: { ...forged(), id: commentId(share, photo, randomId(), cy.identityId), text: 'I said so' },
        }),
      ),
    'a device that hears in their place': () =>
      cy.dynamodb.send(
        new PutCommand({ TableName: Table, Item: { owner: world.ada.identityId, id: pushId(randomId()) } }),
      ),
    'a note of the notifier’s, by which nobody would be told': () =>
      cy.dynamodb.send(new PutCommand({ TableName: Table, Item: { owner: NOTIFIER, id: `told#${share}` } })),
    'a forged row between own ones': () =>
      cy.dynamodb.send(
        new BatchWriteCommand({
          RequestItems: {
            [Table]: [
              { PutRequest: { Item: { owner: cy.identityId, id: 'profile' } } },
              { PutRequest: { Item: forged() } },
            ],
          },
        }),
      ),
    'a change of what was said': () =>
      cy.dynamodb.send(
        new UpdateCommand({
          TableName: Table,
          Key: { owner: world.ada.identityId, id: sharedWithId(share, world.ben.identityId) },
          UpdateExpression: 'SET title = :x',
          ExpressionAttributeValues: { ':x': 'x' },
        }),
      ),
    'its removal': () =>
      cy.dynamodb.send(
        new DeleteCommand({
          TableName: Table,
          Key: { owner: world.ada.identityId, id: sharedWithId(share, world.ben.identityId) },
        }),
      ),
    'to read who is a friend': () =>
      cy.dynamodb.send(
        new GetCommand({ TableName: Table, Key: { owner: world.ada.identityId, id: 'profile' } }),
      ),
    'to read where their devices are': () =>
      cy.dynamodb.send(
        new QueryCommand({
          TableName: Table,
          KeyConditionExpression: '#o = :o AND begins_with(id, :p)',
          ExpressionAttributeNames: { '#o': 'owner' },
          ExpressionAttributeValues: { ':o': world.ada.identityId, ':p': 'push#' },
        }),
      ),
    'to read what others have addressed to them': () =>
      cy.dynamodb.send(
        new QueryCommand({
          TableName: Table,
          IndexName: 'inbox',
          KeyConditionExpression: 'recipient = :r',
          ExpressionAttributeValues: { ':r': world.ben.identityId },
        }),
      ),
  });
});

test('a row that a stranger addresses to somebody is under the stranger’s name, whatever it claims', async () => {
  const id = commentId(share, photo, randomId(), world.ben.identityId);
  const claims = { recipient: world.ben.identityId, sender: world.ada.identityId, text: 'x' };
  await putRow(world.cloud, cy, id, claims);
  const { Items = [] } = await world.ben.dynamodb.send(
    new QueryCommand({
      TableName: Table,
      IndexName: 'inbox',
      KeyConditionExpression: 'recipient = :r',
      ExpressionAttributeValues: { ':r': world.ben.identityId },
    }),
  );
  expect(Items.filter((item) => item['id'] === id).map(({ owner }) => owner as string)).toEqual([
    cy.identityId,
  ]);
});

test('what is taken back is read by nobody any more, whoever kept its address', async () => {
  const { cloud, ada, ben } = world;
  const gone = await shareWith(cloud, ada, [ben.identityId]);
  const Key = at(MANIFEST_NAME, ada, gone);
  expect(await outcome(read(ben, Key))).toBe('ok');
  await ada.s3.library.send(new DeleteObjectCommand({ Bucket, Key }));
  expect(await outcome(read(ben, Key))).toBe(DENIED);
});

describe('nobody at all, and somebody who is no member,', () => {
  const keys = () => [at(MANIFEST_NAME), thumb()];
  test('reads no share without a signature', async () => {
    for (const key of keys()) {
      expect(await answerTo(`${world.cloud.urls.library}/${Bucket}/${key}`)).toMatch(/^403 /);
    }
    expect(await answerTo(`${world.cloud.urls.library}/${Bucket}?prefix=shares/`)).toMatch(/^403 /);
  });

  test('writes none either', async () => {
    const url = `${world.cloud.urls.library}/${Bucket}/${at(MANIFEST_NAME)}`;
    expect(await answerTo(url, { method: 'PUT', body: '{}' })).toMatch(/^403 /);
    expect(await answerTo(url, { method: 'DELETE' })).toMatch(/^403 /);
  });

  test('is given no credentials to try it with', async () => {
    const { idToken } = await signIn(world.cloud, { email: 'outsider@example.com', member: false });
    await expect(exchange(world.cloud, idToken)).rejects.toThrow(/forbidden/i);
  });
});

describe('what the notifier is made with', () => {
  const clients = (credentials: AwsCredentials) => {
    const common = {
      region: world.cloud.config.region,
      endpoint: world.cloud.urls.api,
      credentials,
      maxAttempts: 1,
    };
    return { ssm: new SSMClient(common), sns: new SNSClient(common) };
  };
  const Name = '/Shoebox/push-keys';
  const topic = 'arn:aws:sns:us-east-1:000000000000:Shoebox-mail-x';
  const asCy = () => clients(cy.credentials);
  refusesRows({
    'is not read by members': () => asCy().ssm.send(new GetParameterCommand({ Name, WithDecryption: true })),
    'is not listed by members': () => asCy().ssm.send(new GetParametersByPathCommand({ Path: '/' })),
    'is not replaced by members': () =>
      asCy().ssm.send(new PutParameterCommand({ Name, Value: '{}', Overwrite: true })),
  });
  refuses(
    {
      'is not used by members to write mail': () =>
        asCy().sns.send(new PublishCommand({ TopicArn: topic, Message: 'x', Subject: 'x' })),
      'is not used by members to subscribe anybody': () =>
        asCy().sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'email', Endpoint: 'a@b.c' })),
      'is not used by members to make topics': () =>
        asCy().sns.send(new CreateTopicCommand({ Name: 'mine' })),
    },
    /^403 AccessDenied/,
  );
});

describe('the notifier is refused', () => {
  const its = () => clientsFor(world.cloud, world.cloud.issueRole(world.cloud.stack.notifier.role));
  const mine = () => ({ owner: world.ada.identityId, id: 'profile' });
  const ssm = () =>
    new SSMClient({
      region: world.cloud.config.region,
      endpoint: world.cloud.urls.api,
      credentials: world.cloud.issueRole(world.cloud.stack.notifier.role),
      maxAttempts: 1,
    });
  const update = (UpdateExpression: string, more: object = {}) =>
    its().dynamodb.send(
      new UpdateCommand({
        TableName: Table,
        Key: mine(),
        UpdateExpression,
        ExpressionAttributeValues: { ':x': 'x' },
        ...more,
      }),
    );
  refuses({
    'a picture, in a share or not': () => read(its(), thumb()),
    'a rendition': () => read(its(), renditionKey(world.ada.identityId, world.photoId, 'thumb')),
    'an original': () =>
      its().s3.originals.send(
        new GetObjectCommand({
          Bucket: world.cloud.config.originalsBucket,
          Key: originalKey(world.ada.identityId, world.photoId),
        }),
      ),
    'the manifest of a link': () => read(its(), `shares/links/7d/${world.ada.identityId}/s/manifest.json`),
    'a list of shares': () =>
      its().s3.library.send(new ListObjectsV2Command({ Bucket, Prefix: 'shares/friends/' })),
    'to write a manifest': () =>
      its().s3.library.send(new PutObjectCommand({ Bucket, Key: at(MANIFEST_NAME), Body: '{}' })),
    'to delete one': () => its().s3.library.send(new DeleteObjectCommand({ Bucket, Key: at(MANIFEST_NAME) })),
    'to delete many at once': () => deleteAtOnce(its().s3.library, Bucket, [at(MANIFEST_NAME), thumb()]),
  });
  refusesRows({
    'a row in somebody’s name': () => its().dynamodb.send(new PutCommand({ TableName: Table, Item: mine() })),
    'to rename somebody': () => update('SET #n = :x', { ExpressionAttributeNames: { '#n': 'name' } }),
    'to change who is addressed': () => update('SET recipient = :x'),
    'to move a device elsewhere': () => update('SET endpoint = :x'),
    'to read a row by marking it': () => update('SET askedAt = :x', { ReturnValues: 'ALL_OLD' }),
    'to delete a row': () => its().dynamodb.send(new DeleteCommand({ TableName: Table, Key: mine() })),
    'a photo’s row': () =>
      its().dynamodb.send(
        new GetCommand({
          TableName: world.cloud.config.photosTable,
          Key: { owner: world.ada.identityId, photoId: world.photoId },
        }),
      ),
    'the inbox of anybody': () =>
      its().dynamodb.send(
        new QueryCommand({
          TableName: Table,
          IndexName: 'inbox',
          KeyConditionExpression: 'recipient = :r',
          ExpressionAttributeValues: { ':r': world.ben.identityId },
        }),
      ),
    'another parameter': () =>
      ssm().send(new GetParameterCommand({ Name: '/Shoebox/other', WithDecryption: true })),
    'to replace its keys': () =>
      ssm().send(new PutParameterCommand({ Name: '/Shoebox/push-keys', Value: '{}', Overwrite: true })),
  });
});

test('the push service takes nothing that is not signed by the notifier, nor anything in the clear', async () => {
  const { endpoint } = world.cloud.pushes.subscribe();
  const post = (headers: Record<string, string>) =>
    answerTo(endpoint, { method: 'POST', body: 'x', headers });
  const proper = { TTL: '60', 'Content-Encoding': 'aes128gcm' };
  expect(await post({})).toMatch(/^400/);
  expect(await post({ TTL: '60' })).toMatch(/^415/);
  expect(await post(proper)).toMatch(/^403/);
  expect(await post({ ...proper, Authorization: 'vapid t=a.b.c, k=x' })).toMatch(/^403/);
  const key = world.cloud.config.pushKey ?? '';
  expect(await post({ ...proper, Authorization: `vapid t=a.b.c, k=${key}` })).toMatch(/^403/);
  expect(world.cloud.messages.all()).toEqual([]);
});
