// The page's door to the `social` table, through the real SDK against the local cloud: own rows, and what others address to somebody.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type LocalCloud } from '../../infra/local/cloud.ts';
import type { Cloud } from '../../src/cloud/cloud.ts';
import type { Instant } from '../../src/schema/time.ts';
import { instantOf } from '../../src/schema/time.ts';
import { albumId, friendId, randomId, type SocialRow } from '../../src/schema/social.ts';
import { signInAs, type PagePerson } from './page-person.ts';

const directory = mkdtempSync(join(tmpdir(), 'shoebox-social-'));
const signal = AbortSignal.timeout(900_000);
let local: LocalCloud;
let people: { ada: PagePerson; ben: PagePerson };
let ada: Cloud;
let ben: Cloud;

/** Somebody with a member's rights, but none of our code. */
async function rawClient(person: PagePerson) {
  const { accessKeyId, secretAccessKey, sessionToken } = await person.credentials.get();
  return DynamoDBDocumentClient.from(
    new DynamoDBClient({
      region: local.config.region,
      endpoint: local.urls.api,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    }),
  );
}

async function rowsOf(pages: AsyncIterable<{ rows: SocialRow[] }>): Promise<SocialRow[]> {
  const rows: SocialRow[] = [];
  for await (const page of pages) rows.push(...page.rows);
  return rows;
}

const now = (back = 0) => instantOf(ada.clock.now() - back);
const edit = (attribute: string, value: unknown, at: Instant = now()) => ({ attribute, value, at });

beforeAll(async () => {
  local = await startCloud({ directory });
  people = {
    ada: await signInAs(local, 'ada@example.com'),
    ben: await signInAs(local, 'ben@example.com'),
  };
  [ada, ben] = await Promise.all([people.ada.open(), people.ben.open()]);
});

afterAll(async () => {
  await local.close();
  rmSync(directory, { recursive: true });
});

test('a row is made by its first edit, and of several attributes each keeps what was edited later', async () => {
  const id = albumId(randomId());
  const [early, late] = [now(20_000), now(10_000)];
  const first = [edit('title', 'Lisbon', late), edit('sort', 'newest', early)];
  const saved = await ada.editSocial(id, first, signal);
  expect(saved.map(({ outcome }) => outcome)).toEqual(['saved', 'saved']);
  // Sending it again is as sending it once.
  expect((await ada.editSocial(id, first, signal)).map(({ outcome }) => outcome)).toEqual(['saved', 'saved']);

  const second = await ada.editSocial(
    id,
    [edit('title', 'Lisboa', early), edit('sort', 'hand', late), edit('description', 'In May', early)],
    signal,
  );
  expect(second.map(({ outcome }) => outcome)).toEqual(['superseded', 'saved', 'saved']);
  expect(second[0]).toMatchObject({ row: { title: 'Lisbon', editedAt: { title: late } } });
  expect(await ada.readSocial(id, signal)).toMatchObject({
    owner: ada.identityId,
    title: 'Lisbon',
    sort: 'hand',
    description: 'In May',
    editedAt: { title: late, sort: late, description: early },
  });
  const changed = await rowsOf(ada.socialChanges(now(60_000), signal));
  expect(changed.map((row) => row.id)).toEqual([id]);
  expect(await rowsOf(ben.socialChanges(undefined, signal))).toEqual([]);
});

test('a row that is marked deleted goes by itself one day, unless it is taken back', async () => {
  const id = albumId(randomId());
  const client = await rawClient(people.ada);
  const expiry = async () => {
    const command = new GetCommand({
      TableName: local.config.socialTable,
      Key: { owner: ada.identityId, id },
    });
    return (await client.send(command)).Item?.['expiresAt'] as number | undefined;
  };
  await ada.editSocial(
    id,
    [edit('title', 'Gone', now(9000)), edit('deletedAt', now(9000), now(9000))],
    signal,
  );
  expect((await ada.readSocial(id, signal))?.deletedAt).toBeDefined();
  expect(((await expiry()) ?? 0) - ada.clock.now() / 1000).toBeCloseTo(90 * 86_400, -2);
  // An earlier change of mind does not count, and changes nothing about it either.
  await ada.editSocial(id, [edit('deletedAt', null, now(10_000)), edit('sort', 'hand')], signal);
  expect(await expiry()).toBeDefined();
  await ada.editSocial(id, [edit('deletedAt', null)], signal);
  expect(await ada.readSocial(id, signal)).toMatchObject({ title: 'Gone', sort: 'hand' });
  expect((await ada.readSocial(id, signal))?.deletedAt).toBeUndefined();
  expect(await expiry()).toBeUndefined();
});

test('an edit dated in the year 9999 by a broken clock is not the last word', async () => {
  const id = albumId(randomId());
  const client = await rawClient(people.ada);
  await client.send(
    new PutCommand({
      TableName: local.config.socialTable,
      Item: {
        owner: ada.identityId,
        id,
        title: 'From the future',
        titleEditedAt: '9999-01-01T00:00:00.000Z',
        changedAt: '9999-01-01T00:00:00.000Z',
      },
    }),
  );
  const found = (await rowsOf(ada.socialChanges(undefined, signal))).find((row) => row.id === id);
  expect(found?.editedAt).toEqual({});
  expect(Date.parse(found?.changedAt ?? '')).toBeLessThanOrEqual(ada.clock.now());
  expect(await ada.editSocial(id, [edit('title', 'Now')], signal)).toMatchObject([{ outcome: 'saved' }]);
  expect(await ada.readSocial(id, signal)).toMatchObject({ title: 'Now' });
});

test('what is addressed to somebody is found, though ten thousand rows are dated in the year 9999', async () => {
  const client = await rawClient(people.ben);
  const flood = Array.from({ length: 10_000 }, (_, i) => ({
    owner: ben.identityId,
    id: `flood#${i}`,
    recipient: ada.identityId,
    changedAt: '9999-12-31T23:59:59.999Z',
  }));
  for (let i = 0; i < flood.length; i += 500) {
    await Promise.all(
      Array.from({ length: 20 }, (_, part) =>
        client.send(
          new BatchWriteCommand({
            RequestItems: {
              [local.config.socialTable]: flood
                .slice(i + part * 25, i + part * 25 + 25)
                .map((Item) => ({ PutRequest: { Item } })),
            },
          }),
        ),
      ),
    );
  }
  await ben.editSocial(
    friendId(ada.identityId),
    [edit('recipient', ada.identityId), edit('name', 'Ben')],
    signal,
  );

  let items = 0;
  const rows: SocialRow[] = [];
  for await (const page of ada.inbox(undefined, signal)) {
    items += page.items;
    rows.push(...page.rows);
    expect(Date.parse(page.latest ?? '')).toBeLessThanOrEqual(ada.clock.now());
  }
  expect(rows).toMatchObject([{ kind: 'friend', owner: ben.identityId, name: 'Ben' }]);
  expect(items).toBe(1);
  expect(await rowsOf(ada.inbox(now(60_000), signal))).toHaveLength(1);
  // It is Ada's alone.
  expect(await rowsOf(ben.inbox(undefined, signal))).toEqual([]);
}, 120_000);

test('a row that claims another sender is its writer’s all the same', async () => {
  const client = await rawClient(people.ben);
  const item = {
    id: friendId(ada.identityId),
    recipient: ada.identityId,
    changedAt: now(),
    sender: ada.identityId,
    from: ada.identityId,
  };
  await client.send(
    new PutCommand({ TableName: local.config.socialTable, Item: { ...item, owner: ben.identityId } }),
  );
  expect((await rowsOf(ada.inbox(undefined, signal))).map(({ owner }) => owner)).toEqual([ben.identityId]);
  await expect(
    client.send(
      new PutCommand({ TableName: local.config.socialTable, Item: { ...item, owner: ada.identityId } }),
    ),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
