// What DynamoDB must refuse members, the processor and strangers, through the real SDK and the deployed policies. Each refusal is
// the one AWS gives, and leaves everything as it was.
import {
  BatchExecuteStatementCommand,
  CreateBackupCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  ListTablesCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
  type QueryCommandInput,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IdentityId } from '../../src/schema/ids.ts';
import { CHANGES_INDEX, EDIT_TIMES, INBOX_INDEX, TTL_ATTRIBUTE } from '../../src/schema/photo.ts';
import { clientsFor, type Member } from './people.ts';
import { openWorld, outcome, refuser, type World } from './refusals.ts';

let world: World;
let photos: string;
let social: string;
let me: IdentityId;
let you: IdentityId;
let ada: Member['dynamodb'];

beforeAll(async () => {
  world = await openWorld();
  ({ photosTable: photos, socialTable: social } = world.cloud.config);
  [me, you] = [world.ada.identityId, world.ben.identityId];
  ada = world.ada.dynamodb;
});
afterAll(() => world?.cloud.end());

const refuses = refuser(() => world, '400 AccessDeniedException');

const myPhoto = () => ({ owner: me, photoId: world.photoId });
const yourPhoto = () => ({ owner: you, photoId: world.photoId });
const profileOf = (owner: string) => ({ owner, id: 'profile' });
const photoOf = (owner: string) => ({ owner: { S: owner }, photoId: { S: world.photoId } });

const query = (TableName: string, owner: string, more: Partial<QueryCommandInput> = {}) =>
  ada.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': owner },
      ...more,
    }),
  );
const inboxOf = (recipient: string) =>
  query(social, recipient, { IndexName: INBOX_INDEX, ExpressionAttributeNames: { '#owner': 'recipient' } });
const update = (more: Partial<UpdateCommandInput> = {}) =>
  ada.send(
    new UpdateCommand({
      TableName: photos,
      Key: myPhoto(),
      UpdateExpression: 'SET favorite = :value',
      ExpressionAttributeValues: { ':value': true },
      ...more,
    }),
  );

test('what is refused here would work for its owner', async () => {
  expect((await ada.send(new GetCommand({ TableName: photos, Key: myPhoto() }))).Item).toMatchObject(
    myPhoto(),
  );
  expect((await query(photos, me, { IndexName: CHANGES_INDEX })).Count).toBe(1);
  expect((await query(social, me)).Count).toBe(1);
  expect((await inboxOf(me)).Count).toBe(0);
  expect((await update({ ReturnValues: 'UPDATED_NEW' })).Attributes).toEqual({ favorite: true });
  const both = [myPhoto()];
  expect(await outcome(ada.send(new BatchGetCommand({ RequestItems: { [photos]: { Keys: both } } })))).toBe(
    'ok',
  );
});

test('the owner dates each edit, on the condition that none is later', async () => {
  for (const name of EDIT_TIMES) {
    const dated = update({
      UpdateExpression: 'SET #time = :time, favorite = :value',
      ConditionExpression: 'attribute_exists(photoId) AND (attribute_not_exists(#time) OR #time <= :time)',
      ExpressionAttributeNames: { '#time': name },
      ExpressionAttributeValues: { ':value': true, ':time': '2026-01-01T00:00:00.000Z' },
    });
    expect(await outcome(dated)).toBe('ok');
  }
});

describe("another person's rows are refused", () => {
  refuses({
    'a photo by its key': () => ada.send(new GetCommand({ TableName: photos, Key: yourPhoto() })),
    'a photo in a batch with an own one': () =>
      ada.send(new BatchGetCommand({ RequestItems: { [photos]: { Keys: [myPhoto(), yourPhoto()] } } })),
    'a batch in which only the second table is foreign': () =>
      ada.send(
        new BatchGetCommand({
          RequestItems: { [photos]: { Keys: [myPhoto()] }, [social]: { Keys: [profileOf(you)] } },
        }),
      ),
    'all photos': () => query(photos, you),
    'all photos in the old way of asking': () =>
      ada.send(
        new QueryCommand({
          TableName: photos,
          KeyConditions: { owner: { ComparisonOperator: 'EQ', AttributeValueList: [you] } },
        }),
      ),
    'all changes': () => query(photos, you, { IndexName: CHANGES_INDEX }),
    'all changes in social': () => query(social, you, { IndexName: CHANGES_INDEX }),
    'a profile': () => ada.send(new GetCommand({ TableName: social, Key: profileOf(you) })),
    'all of social': () => query(social, you),
    'the inbox of another recipient': () => inboxOf(you),
    'a flag on a photo': () => update({ Key: yourPhoto() }),
    'the time of an edit': () =>
      update({ Key: yourPhoto(), UpdateExpression: 'SET favoriteEditedAt = :value' }),
    'a photo that does not exist, made up by an edit': () =>
      update({ Key: { owner: you, photoId: 'A'.repeat(43) } }),
    'an edit in social': () => update({ TableName: social, Key: profileOf(you) }),
    'a new row in social': () =>
      ada.send(new PutCommand({ TableName: social, Item: { owner: you, id: 'album#1' } })),
    'a batch with one row in their partition': () =>
      ada.send(
        new BatchWriteCommand({
          RequestItems: {
            [social]: [me, you].map((owner) => ({ PutRequest: { Item: { owner, id: 'album#1' } } })),
          },
        }),
      ),
    'a batch that deletes one of theirs': () =>
      ada.send(
        new BatchWriteCommand({
          RequestItems: {
            [social]: [
              { PutRequest: { Item: { owner: me, id: 'album#1' } } },
              { DeleteRequest: { Key: profileOf(you) } },
            ],
          },
        }),
      ),
    'a transaction that writes one': () =>
      ada.send(
        new TransactWriteItemsCommand({
          TransactItems: [me, you].map((owner) => ({
            Put: { TableName: social, Item: { owner: { S: owner }, id: { S: 'album#1' } } },
          })),
        }),
      ),
    'a query that names no partition': () =>
      query(photos, me, { KeyConditionExpression: 'begins_with(#owner, :owner)' }),
    'a transaction that reads one': () =>
      ada.send(
        new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: photos, Key: photoOf(you) } }] }),
      ),
  });
});

describe('reading past the key is refused', () => {
  const scan = (TableName: string, IndexName?: string) => ada.send(new ScanCommand({ TableName, IndexName }));
  refuses({
    'Scan of photos': () => scan(photos),
    'Scan of social': () => scan(social),
    'Scan of the changes of photos': () => scan(photos, CHANGES_INDEX),
    'Scan of the changes of social': () => scan(social, CHANGES_INDEX),
    'Scan of the inbox': () => scan(social, INBOX_INDEX),
    'PartiQL, even for own rows': () =>
      ada.send(
        new ExecuteStatementCommand({
          Statement: `SELECT * FROM "${photos}" WHERE "owner" = ?`,
          Parameters: [{ S: me }],
        }),
      ),
    'PartiQL that writes': () =>
      ada.send(new ExecuteStatementCommand({ Statement: `DELETE FROM "${photos}" WHERE "owner" = '${me}'` })),
    'PartiQL in a batch': () =>
      ada.send(
        new BatchExecuteStatementCommand({ Statements: [{ Statement: `SELECT * FROM "${social}"` }] }),
      ),
    'PartiQL in a transaction': () =>
      ada.send(
        new ExecuteTransactionCommand({ TransactStatements: [{ Statement: `SELECT * FROM "${social}"` }] }),
      ),
  });
});

describe('the tables themselves are out of reach:', () => {
  const table = () => ({ TableName: photos });
  refuses({
    ListTables: () => ada.send(new ListTablesCommand({})),
    DescribeTable: () => ada.send(new DescribeTableCommand(table())),
    DescribeTimeToLive: () => ada.send(new DescribeTimeToLiveCommand(table())),
    UpdateTimeToLive: () =>
      ada.send(
        new UpdateTimeToLiveCommand({
          ...table(),
          TimeToLiveSpecification: { Enabled: true, AttributeName: 'changedAt' },
        }),
      ),
    UpdateTable: () => ada.send(new UpdateTableCommand({ ...table(), DeletionProtectionEnabled: false })),
    DeleteTable: () => ada.send(new DeleteTableCommand(table())),
    CreateBackup: () => ada.send(new CreateBackupCommand({ ...table(), BackupName: 'mine' })),
    'a table that does not exist': () =>
      ada.send(new GetCommand({ TableName: 'not-there', Key: { owner: me, id: 'x' } })),
  });
});

describe('of an own photo row, what the processor measured is refused', () => {
  const measured = [
    'status failure name type bytes width height takenAt takenAtSource placeholder camera lens exposure gps place',
    'note path duration flags title description keywords rating pipeline',
    `uploadedAt sequencer deletedAt ${TTL_ATTRIBUTE}`,
  ].flatMap((names) => names.split(' '));
  const aliased = (name: string, UpdateExpression: string, more: Partial<UpdateCommandInput> = {}) =>
    update({ UpdateExpression, ExpressionAttributeNames: { '#name': name }, ...more });
  refuses(
    Object.fromEntries(
      measured.map((name) => [`setting ${name}`, () => aliased(name, 'SET #name = :value')] as const),
    ),
  );
  refuses({
    'removing one': () => aliased('status', 'REMOVE #name', { ExpressionAttributeValues: undefined }),
    'adding to one': () =>
      aliased('bytes', 'ADD #name :value', { ExpressionAttributeValues: { ':value': 1 } }),
    'setting one beside a flag': () => aliased('name', 'SET favorite = :value, #name = :value'),
    'setting a part of one': () => aliased('gps', 'SET #name.latitude = :value'),
    'setting one in the old way': () =>
      ada.send(
        new UpdateCommand({
          TableName: photos,
          Key: myPhoto(),
          AttributeUpdates: { width: { Action: 'PUT', Value: 1 } },
        }),
      ),
    'copying one into a caption': () =>
      aliased('name', 'SET caption = #name', { ExpressionAttributeValues: undefined }),
    'a condition on one': () =>
      aliased('bytes', 'SET favorite = :value', { ConditionExpression: '#name > :value' }),
    'a time of edit for what is not to be edited': () => aliased('nameEditedAt', 'SET #name = :value'),
    'all times of edits in one map': () => aliased('editedAt', 'SET #name.favorite = :value'),
    'an attribute that nobody knows': () => aliased('hidden', 'SET #name = :value'),
    'the whole row back, as it was': () => update({ ReturnValues: 'ALL_OLD' }),
    'the whole row back, as it is': () => update({ ReturnValues: 'ALL_NEW' }),
    PutItem: () => ada.send(new PutCommand({ TableName: photos, Item: { ...myPhoto(), status: 'ready' } })),
    'PutItem of what its owner may set': () =>
      ada.send(new PutCommand({ TableName: photos, Item: { ...myPhoto(), favorite: true } })),
    DeleteItem: () => ada.send(new DeleteCommand({ TableName: photos, Key: myPhoto() })),
    'a batch that puts': () =>
      ada.send(new BatchWriteCommand({ RequestItems: { [photos]: [{ PutRequest: { Item: myPhoto() } }] } })),
    'a batch that deletes': () =>
      ada.send(
        new BatchWriteCommand({ RequestItems: { [photos]: [{ DeleteRequest: { Key: myPhoto() } }] } }),
      ),
    'a transaction that puts': () =>
      ada.send(
        new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: photos, Item: photoOf(me) } }] }),
      ),
    'DeleteItem in social, whose rows are only marked': () =>
      ada.send(new DeleteCommand({ TableName: social, Key: profileOf(me) })),
  });
  refuses(
    {
      'moving the row to another owner': () =>
        aliased('owner', 'SET #name = :value', { ExpressionAttributeValues: { ':value': you } }),
    },
    '400 ValidationException',
  );
});

describe('the processor is refused', () => {
  const its = () => world.processor.dynamodb;
  refuses({
    'reading social': () => its().send(new GetCommand({ TableName: social, Key: profileOf(me) })),
    'writing social': () =>
      its().send(new PutCommand({ TableName: social, Item: { owner: me, id: 'album#1' } })),
    'editing social': () =>
      its().send(
        new UpdateCommand({
          TableName: social,
          Key: profileOf(me),
          UpdateExpression: 'SET caption = :x',
          ExpressionAttributeValues: { ':x': 1 },
        }),
      ),
    'deleting a photo row': () => its().send(new DeleteCommand({ TableName: photos, Key: myPhoto() })),
    'Scan of photos': () => its().send(new ScanCommand({ TableName: photos })),
    'a list of photos': () =>
      its().send(
        new QueryCommand({
          TableName: photos,
          KeyConditionExpression: 'photoId = :id AND #owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': me, ':id': world.photoId },
        }),
      ),
  });
});

describe('credentials that are none of ours are refused', () => {
  const as = (change: Partial<Member['credentials']>) =>
    clientsFor(world.cloud, { ...world.ada.credentials, ...change }).dynamodb.send(
      new GetCommand({ TableName: photos, Key: myPhoto() }),
    );
  refuses({ 'a wrong secret': () => as({ secretAccessKey: 'a guess' }) }, '400 InvalidSignatureException');
  refuses(
    {
      'a key id that nobody was given': () => as({ accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' }),
      "another person's token": () => as({ sessionToken: world.ben.credentials.sessionToken }),
      'a token that was changed': () =>
        as({ sessionToken: world.ada.credentials.sessionToken.replace(/^./, '!') }),
    },
    '400 UnrecognizedClientException',
  );
});
