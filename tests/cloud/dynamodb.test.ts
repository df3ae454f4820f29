// DynamoDB of the local cloud, through the real SDK: what the policies let members do, what they refuse, and what a crash loses (nothing).
import {
  DescribeTableCommand,
  ExecuteStatementCommand,
  ListTablesCommand,
  TransactWriteItemsCommand,
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
} from '@aws-sdk/lib-dynamodb';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../infra/local/dynamodb/engine.ts';
import { clientsFor, freshCloud, member, type Member } from './people.ts';

let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: Member;
let ben: Member;
let processor: Pick<Member, 'dynamodb'>;
let photos: string;
let social: string;

beforeAll(async () => {
  cloud = await freshCloud();
  [ada, ben] = await Promise.all([
    member(cloud, { email: 'ada@example.com' }),
    member(cloud, { email: 'ben@example.com' }),
  ]);
  processor = clientsFor(cloud, cloud.issueRole(cloud.stack.processor.role));
  photos = cloud.config.photosTable;
  social = cloud.config.socialTable;
});
afterAll(() => cloud?.end());

const photoId = (letter: string): string => letter.repeat(42) + 'A';

/** A row as the processor writes it. */
const addPhoto = (owner: string, id: string, changedAt = '2026-11-20T12:00:00.000Z') =>
  processor.dynamodb.send(
    new UpdateCommand({
      TableName: photos,
      Key: { owner, photoId: id },
      UpdateExpression: 'SET changedAt = :c, #n = :n, bytes = :b',
      ExpressionAttributeNames: { '#n': 'name' },
      ExpressionAttributeValues: { ':c': changedAt, ':n': 'a.jpg', ':b': 1 },
    }),
  );

const changes = (who: Member, owner = who.identityId, more: object = {}) =>
  who.dynamodb.send(
    new QueryCommand({
      TableName: photos,
      IndexName: 'changes',
      ConsistentRead: true,
      KeyConditionExpression: '#o = :o AND changedAt > :since',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':o': owner, ':since': '2026-01-01T00:00:00.000Z' },
      ...more,
    }),
  );

const denied = { name: 'AccessDeniedException' };

describe('a member', () => {
  test('reads their own rows by key, in batches and by the changes index, in order and in pages', async () => {
    const ids = ['B', 'C', 'D'].map(photoId);
    for (const [index, id] of ids.entries())
      await addPhoto(ada.identityId, id, `2026-11-20T12:00:0${9 - index}.000Z`);
    const { Item } = await ada.dynamodb.send(
      new GetCommand({
        TableName: photos,
        Key: { owner: ada.identityId, photoId: ids[0] },
        ConsistentRead: true,
      }),
    );
    expect(Item).toMatchObject({ name: 'a.jpg', bytes: 1 });
    const batch = await ada.dynamodb.send(
      new BatchGetCommand({
        RequestItems: { [photos]: { Keys: ids.map((id) => ({ owner: ada.identityId, photoId: id })) } },
      }),
    );
    expect(batch.Responses?.[photos]).toHaveLength(3);
    const first = await changes(ada, ada.identityId, { Limit: 2 });
    expect(first.Items?.map((item) => item['photoId'])).toEqual([ids[2], ids[1]]);
    const second = await changes(ada, ada.identityId, {
      Limit: 2,
      ExclusiveStartKey: first.LastEvaluatedKey,
    });
    expect(second.Items?.map((item) => item['photoId'])).toEqual([ids[0]]);
  });

  test('sets what is theirs to set, and the index follows', async () => {
    await addPhoto(ada.identityId, photoId('E'));
    const { Attributes } = await ada.dynamodb.send(
      new UpdateCommand({
        TableName: photos,
        Key: { owner: ada.identityId, photoId: photoId('E') },
        UpdateExpression: 'SET favorite = :yes, changedAt = :now REMOVE caption',
        ConditionExpression: 'attribute_exists(photoId)',
        ExpressionAttributeValues: { ':yes': true, ':now': '2026-11-21T00:00:00.000Z' },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    expect(Attributes).toEqual({ favorite: true, changedAt: '2026-11-21T00:00:00.000Z' });
    const { Items } = await changes(ada, ada.identityId, {
      ExpressionAttributeValues: { ':o': ada.identityId, ':since': '2026-11-20T23:00:00.000Z' },
    });
    expect(Items).toHaveLength(1);
    const all = await changes(ada);
    expect(all.Items?.filter((item) => item['photoId'] === photoId('E'))).toHaveLength(1);
  });

  test('hears of a failed condition as on AWS', async () => {
    const edit = ada.dynamodb.send(
      new UpdateCommand({
        TableName: photos,
        Key: { owner: ada.identityId, photoId: photoId('Z') },
        UpdateExpression: 'SET favorite = :yes',
        ConditionExpression: 'attribute_exists(photoId)',
        ExpressionAttributeValues: { ':yes': true },
      }),
    );
    await expect(edit).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  test('writes rows of their own partition in social, and the recipient finds them in the inbox', async () => {
    const row = (id: string) => ({
      owner: ada.identityId,
      id,
      recipient: ben.identityId,
      changedAt: `2026-11-20T12:00:00.00${id.at(-1)}Z`,
    });
    await ada.dynamodb.send(new PutCommand({ TableName: social, Item: row('share#1') }));
    await ada.dynamodb.send(
      new BatchWriteCommand({ RequestItems: { [social]: [{ PutRequest: { Item: row('share#2') } }] } }),
    );
    const inbox = (who: Member, recipient: string) =>
      who.dynamodb.send(
        new QueryCommand({
          TableName: social,
          IndexName: 'inbox',
          KeyConditionExpression: 'recipient = :me',
          ExpressionAttributeValues: { ':me': recipient },
        }),
      );
    expect((await inbox(ben, ben.identityId)).Items?.map((item) => item['id'])).toEqual([
      'share#1',
      'share#2',
    ]);
    await expect(inbox(ada, ben.identityId)).rejects.toMatchObject(denied);
  });
});

describe('it refuses', () => {
  const own = () => ({ owner: ada.identityId, photoId: photoId('B') });
  const foreign = () => ({ owner: ben.identityId, photoId: photoId('B') });
  const update = (more: object, Key: Record<string, string> = own()) =>
    new UpdateCommand({
      TableName: photos,
      Key,
      UpdateExpression: 'SET favorite = :v',
      ExpressionAttributeValues: { ':v': true },
      ...more,
    });

  const refused: Record<string, () => Promise<unknown>> = {
    "another person's row": () => ada.dynamodb.send(new GetCommand({ TableName: photos, Key: foreign() })),
    "another person's changes": () => changes(ada, ben.identityId),
    'a batch with one foreign key': () =>
      ada.dynamodb.send(new BatchGetCommand({ RequestItems: { [photos]: { Keys: [own(), foreign()] } } })),
    "an edit of another person's row": () => ada.dynamodb.send(update({}, foreign())),
    'an edit of a measured attribute': () =>
      ada.dynamodb.send(update({ UpdateExpression: 'SET width = :v' })),
    'an edit of a measured attribute under an alias': () =>
      ada.dynamodb.send(
        update({ UpdateExpression: 'SET #w = :v', ExpressionAttributeNames: { '#w': 'width' } }),
      ),
    'an edit that copies from a measured attribute': () =>
      ada.dynamodb.send(
        update({
          UpdateExpression: 'SET caption = #n',
          ExpressionAttributeNames: { '#n': 'name' },
          ExpressionAttributeValues: undefined,
        }),
      ),
    'an edit inside a measured attribute': () =>
      ada.dynamodb.send(update({ UpdateExpression: 'SET gps.latitude = :v' })),
    'an edit with a condition on a measured attribute': () =>
      ada.dynamodb.send(
        update({
          ConditionExpression: 'bytes > :zero',
          ExpressionAttributeValues: { ':v': true, ':zero': 0 },
        }),
      ),
    'an edit that returns everything': () => ada.dynamodb.send(update({ ReturnValues: 'ALL_OLD' })),
    'putting a photo row': () => ada.dynamodb.send(new PutCommand({ TableName: photos, Item: own() })),
    'putting photo rows in a batch': () =>
      ada.dynamodb.send(
        new BatchWriteCommand({ RequestItems: { [photos]: [{ PutRequest: { Item: own() } }] } }),
      ),
    'deleting a photo row': () => ada.dynamodb.send(new DeleteCommand({ TableName: photos, Key: own() })),
    "writing into another person's partition": () =>
      ada.dynamodb.send(
        new PutCommand({ TableName: social, Item: { owner: ben.identityId, id: 'album#1' } }),
      ),
    'a batch write with one foreign row': () =>
      ada.dynamodb.send(
        new BatchWriteCommand({
          RequestItems: {
            [social]: [ada, ben].map(({ identityId }) => ({
              PutRequest: { Item: { owner: identityId, id: 'album#1' } },
            })),
          },
        }),
      ),
    'deleting a social row': () =>
      ada.dynamodb.send(
        new DeleteCommand({ TableName: social, Key: { owner: ada.identityId, id: 'share#1' } }),
      ),
    Scan: () => ada.dynamodb.send(new ScanCommand({ TableName: photos })),
    'Scan of an index': () => ada.dynamodb.send(new ScanCommand({ TableName: photos, IndexName: 'changes' })),
    PartiQL: () => ada.dynamodb.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM "${photos}"` })),
    transactions: () =>
      ada.dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: social, Item: { owner: { S: ada.identityId }, id: { S: 'album#1' } } } },
          ],
        }),
      ),
    DescribeTable: () => ada.dynamodb.send(new DescribeTableCommand({ TableName: photos })),
    ListTables: () => ada.dynamodb.send(new ListTablesCommand({})),
    'a table that is not there': () =>
      ada.dynamodb.send(
        new GetCommand({ TableName: 'NoSuchTable', Key: { owner: ada.identityId, id: 'x' } }),
      ),
    'the processor scanning': () => processor.dynamodb.send(new ScanCommand({ TableName: photos })),
    'the processor in social': () =>
      processor.dynamodb.send(new GetCommand({ TableName: social, Key: { owner: ada.identityId, id: 'x' } })),
  };
  test.each(Object.entries(refused))('%s', async (_what, attempt) => {
    await expect(attempt()).rejects.toMatchObject(denied);
  });

  test('unsigned requests, wrong secrets, made-up keys and foreign tokens', async () => {
    const body = JSON.stringify({
      TableName: photos,
      Key: { owner: { S: ada.identityId }, photoId: { S: 'x' } },
    });
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
    };
    const unsigned = await fetch(cloud.urls.api, { method: 'POST', headers, body });
    expect(unsigned.status).toBe(400);
    expect(await unsigned.text()).toContain('MissingAuthenticationTokenException');

    const read = (change: Partial<Member['credentials']>) =>
      clientsFor(cloud, { ...ada.credentials, ...change }).dynamodb.send(
        new GetCommand({ TableName: photos, Key: own() }),
      );
    await expect(read({ secretAccessKey: 'wrong' })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    await expect(read({ accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(read({ sessionToken: ben.credentials.sessionToken })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(read({ sessionToken: undefined as unknown as string })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  test('a parameter that it does not know, rather than ignoring it', async () => {
    const write = processor.dynamodb.send(update({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }));
    await expect(write).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

test('any page may call it, and may read the time of the server', async () => {
  const origin = { Origin: 'https://example.com' };
  const asked = await fetch(cloud.urls.api, {
    method: 'OPTIONS',
    headers: {
      ...origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,x-amz-target',
    },
  });
  expect(asked.headers.get('access-control-allow-origin')).toBe('*');
  expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
  const answer = await fetch(cloud.urls.api, {
    method: 'POST',
    headers: { ...origin, 'x-amz-target': 'DynamoDB_20120810.GetItem' },
    body: '{}',
  });
  expect(answer.headers.get('access-control-expose-headers')).toContain('Date');
  expect(answer.headers.get('date')).toBeTruthy();
});

describe('the engine', () => {
  const table = {
    TableName: 'things',
    KeySchema: [
      { AttributeName: 'owner', KeyType: 'HASH' as const },
      { AttributeName: 'id', KeyType: 'RANGE' as const },
    ],
    AttributeDefinitions: ['owner', 'id', 'changedAt'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    LocalSecondaryIndexes: [
      {
        IndexName: 'changes',
        KeySchema: [
          { AttributeName: 'owner', KeyType: 'HASH' as const },
          { AttributeName: 'changedAt', KeyType: 'RANGE' as const },
        ],
        Projection: { ProjectionType: 'ALL' as const },
      },
    ],
    ttlAttribute: 'expiresAt',
  };
  const item = (id: string, more: object = {}) => ({
    TableName: 'things',
    Item: { owner: { S: 'me' }, id: { S: id }, changedAt: { S: id }, ...more },
  });
  const query = (IndexName?: string) => ({
    TableName: 'things',
    ...(IndexName && { IndexName }),
    KeyConditionExpression: '#o = :o',
    ExpressionAttributeNames: { '#o': 'owner' },
    ExpressionAttributeValues: { ':o': { S: 'me' } },
  });
  const idsOf = async (engine: Engine, index?: string): Promise<string[]> => {
    const { Items } = (await engine.run('Query', engine.check('Query', query(index)))) as {
      Items: { id: { S: string } }[];
    };
    return Items.map(({ id }) => id.S);
  };
  const withDirectory = async (work: (directory: string) => Promise<void>) => {
    const directory = await mkdtemp(join(tmpdir(), 'shoebox-db-'));
    try {
      await work(directory);
    } finally {
      await rm(directory, { recursive: true });
    }
  };
  const put = (engine: Engine, id: string, more?: object) =>
    engine.run('PutItem', engine.check('PutItem', item(id, more)));

  test('sweeps away what has outlived its TTL, from the indexes too, and nothing else', () =>
    withDirectory(async (directory) => {
      const engine = await Engine.open(directory, [table]);
      await put(engine, 'past', { expiresAt: { N: '1000' } });
      await put(engine, 'future', { expiresAt: { N: '3000' } });
      await put(engine, 'ever');
      expect(await engine.sweep(2_000_000)).toBe(1);
      expect(await idsOf(engine)).toEqual(['ever', 'future']);
      expect(await idsOf(engine, 'changes')).toEqual(['ever', 'future']);
      await engine.close();
    }));

  test('refuses an empty key of an index, and keeps nothing of it', () =>
    withDirectory(async (directory) => {
      const engine = await Engine.open(directory, [table]);
      await expect(put(engine, 'a', { changedAt: { S: '' } })).rejects.toMatchObject({
        type: expect.stringContaining('ValidationException') as string,
      });
      expect(await idsOf(engine)).toEqual([]);
      await engine.close();
    }));

  test('builds an index that the template has gained', () =>
    withDirectory(async (directory) => {
      const { LocalSecondaryIndexes: _, ...plain } = table;
      const before = await Engine.open(directory, [plain]);
      await put(before, 'b');
      await put(before, 'a');
      await before.close();
      const after = await Engine.open(directory, [table]);
      expect(await idsOf(after, 'changes')).toEqual(['a', 'b']);
      await after.close();
    }));

  test('adds up 100 additions made at once', () =>
    withDirectory(async (directory) => {
      const engine = await Engine.open(directory, [table]);
      const add = {
        TableName: 'things',
        Key: { owner: { S: 'me' }, id: { S: 'count' } },
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      };
      await Promise.all(
        Array.from({ length: 100 }, () => engine.run('UpdateItem', engine.check('UpdateItem', add))),
      );
      const read = { TableName: 'things', Key: add.Key };
      expect(await engine.run('GetItem', engine.check('GetItem', read))).toMatchObject({
        Item: { n: { N: '100' } },
      });
      await engine.close();
    }));

  test('loses no acknowledged row, and no index row, when it is killed while writing', () =>
    withDirectory(async (directory) => {
      const engineFile = pathToFileURL(
        join(import.meta.dirname, '../../infra/local/dynamodb/engine.ts'),
      ).href;
      const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
      const script = `
        const { Engine } = await import(${JSON.stringify(engineFile)});
        const engine = await Engine.open(${JSON.stringify(directory)}, [${JSON.stringify(table)}]);
        for (let n = 0; ; n += 4) {
          await Promise.all([0, 1, 2, 3].map(async (more) => {
            const id = String(n + more).padStart(6, '0');
            const Item = { owner: { S: 'me' }, id: { S: id }, changedAt: { S: id } };
            await engine.run('PutItem', engine.check('PutItem', { TableName: 'things', Item }));
            process.stdout.write(id + '\\n');
          }));
        }`;
      const child = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', script]);
      let acknowledged = '';
      let complaints = '';
      child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdout.on('data', (text: Buffer) => {
        acknowledged += text.toString();
        if (acknowledged.length > 100 * 7) child.kill('SIGKILL');
      });
      await ended;
      const ids = acknowledged.split('\n').slice(0, -1);
      if (ids.length < 50) throw new Error(`The writer did not get far: ${complaints}`);

      const engine = await Engine.open(directory, [table]);
      const rows = await idsOf(engine);
      expect(ids.filter((id) => !rows.includes(id))).toEqual([]);
      expect(await idsOf(engine, 'changes')).toEqual(rows);
      await engine.close();
    }));
});
