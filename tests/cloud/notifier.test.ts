// Friends are told of what is shared with them, once and on their own devices; nobody else can make a device ring. With the notifier
// in a process of its own, under its role's policy, and a push service that decrypts as a browser would.
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../infra/local/messages.ts';
import { awsStores } from '../../infra/notifier/stores.ts';
import { MANIFEST_NAME, sharePrefix } from '../../src/schema/share-keys.ts';
import {
  friendId,
  muteId,
  parseSocialRow,
  pushId,
  randomId,
  sharedWithId,
  type Push,
} from '../../src/schema/social.ts';
import { parseTold, type Told } from '../../src/schema/told.ts';
import { clientsFor, freshCloud, member, type Member } from './people.ts';
import { withOperator } from './refusals.ts';
import { befriend, makeFriends, putManifest, putRow, shareWith, subscribe } from './sharing.ts';

let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: Member;
let ben: Member;
let cy: Member;
/** Where Ben's and Cy's notifications arrive. */
let bens: string;
let cys: string;

beforeAll(async () => {
  cloud = await freshCloud({ template: withOperator, notifier: true });
  [ada, ben, cy] = (await Promise.all(
    ['ada', 'ben', 'cy'].map((name) => member(cloud, { email: `${name}@example.com` })),
  )) as [Member, Member, Member];
  await makeFriends(cloud, ada, ben);
  await makeFriends(cloud, ada, cy);
  ({ endpoint: bens } = await subscribe(cloud, ben));
  ({ endpoint: cys } = await subscribe(cloud, cy));
});
afterAll(() => cloud?.end());

const arrived = (endpoint: string): Told[] =>
  cloud.messages
    .all()
    .filter((message: Message) => message.to === endpoint)
    .flatMap(({ text }) => parseTold(JSON.parse(text)) ?? []);

const toldOf = (endpoint: string, share: string): Told[] =>
  arrived(endpoint).filter((told) => told.share === share);

/** Shares something that Cy is told of: whatever came before it has been worked through by then, one after the other. */
async function settled(): Promise<void> {
  const share = await shareWith(cloud, ada, [cy.identityId], { title: 'a last word' });
  await expect.poll(() => toldOf(cys, share), { timeout: 20_000 }).toHaveLength(1);
}

test('a friend is told once of a batch, by the name their friend goes by for them', async () => {
  const share = await shareWith(cloud, ada, [ben.identityId], { title: 'Lisbon', count: 34 });
  await expect.poll(() => toldOf(bens, share), { timeout: 20_000 }).toHaveLength(1);
  expect(toldOf(bens, share)[0]).toEqual({
    news: expect.any(String),
    share,
    sender: ada.identityId,
    count: 34,
    name: 'One',
    title: 'Lisbon',
  });
});

test('who is named in the manifest is told, also before there is a row for them; nobody else is', async () => {
  const share = await shareWith(cloud, ada, [], { more: { readers: [ben.identityId, ada.identityId] } });
  await expect.poll(() => toldOf(bens, share), { timeout: 20_000 }).toHaveLength(1);
  await settled();
  expect(toldOf(cys, share)).toEqual([]);
});

test('who is added to a share of last week is told of all of it, and who had it before of nothing', async () => {
  const lastWeek = new Date(Date.now() - 7 * 86_400_000).toISOString();
  const photos = [1, 2, 3].map(() => ({
    id: randomId(),
    width: 3,
    height: 2,
    takenAt: '2019-06-01T12:00:00',
  }));
  const readers = [ben.identityId, cy.identityId];
  const joined = { id: randomId(), at: new Date().toISOString(), readers: [ben.identityId] };
  const share = await shareWith(cloud, ada, readers, { at: lastWeek, more: { photos, readers, joined } });
  await expect.poll(() => toldOf(bens, share), { timeout: 20_000 }).toHaveLength(1);
  expect(toldOf(bens, share)[0]).toMatchObject({ news: joined.id, count: 3 });
  // Whoever is named there but is no reader is told nothing.
  const more = { photos, readers: [cy.identityId], joined };
  const other = await shareWith(cloud, ada, [cy.identityId], { at: lastWeek, more });
  await settled();
  expect(toldOf(cys, share)).toEqual([]);
  expect(toldOf(bens, other)).toEqual([]);
});

test('what is written again about the same batch, as when a caption changes, is told nobody twice', async () => {
  const news = randomId();
  const share = await shareWith(cloud, ada, [ben.identityId], { news });
  await shareWith(cloud, ada, [ben.identityId], { share, news, title: 'another title' });
  await settled();
  expect(toldOf(bens, share)).toHaveLength(1);
});

test('a share without news is told nobody, nor is news of yesterday or of next year', async () => {
  const day = 86_400_000;
  const shares = [
    await shareWith(cloud, ada, [ben.identityId], { news: null }),
    await shareWith(cloud, ada, [ben.identityId], { at: new Date(Date.now() - day).toISOString() }),
    await shareWith(cloud, ada, [ben.identityId], { at: new Date(Date.now() + 365 * day).toISOString() }),
  ];
  await settled();
  for (const share of shares) expect(toldOf(bens, share)).toEqual([]);
});

test('every device of a friend is told, but for one that is in its quiet hours', async () => {
  const dora = await member(cloud, { email: 'dora@example.com' });
  await makeFriends(cloud, ada, dora);
  const minute = Math.floor(Date.now() / 60_000) % 1440;
  const [one, two, quiet] = [
    await subscribe(cloud, dora),
    await subscribe(cloud, dora),
    await subscribe(cloud, dora, { quietFrom: (minute + 1439) % 1440, quietTo: (minute + 60) % 1440 }),
  ];
  const share = await shareWith(cloud, ada, [dora.identityId]);
  await settled();
  for (const { endpoint } of [one, two]) expect(toldOf(endpoint, share)).toHaveLength(1);
  expect(toldOf(quiet.endpoint, share)).toEqual([]);
});

test('a stranger who knows an identity id tells its owner nothing', async () => {
  const mallory = await member(cloud, { email: 'mallory@example.com' });
  // One side of a friendship is what anybody can write.
  await befriend(cloud, mallory, ben.identityId, 'A friend, honestly');
  const share = await shareWith(cloud, mallory, [ben.identityId]);
  await settled();
  expect(toldOf(bens, share)).toEqual([]);
});

test('nobody is told in the name of somebody else: the sender is whose prefix the manifest lies under', async () => {
  const mallory = await member(cloud, { email: 'mallory2@example.com' });
  await makeFriends(cloud, mallory, cy);
  const share = randomId();
  for (const claim of [{ owner: ada.identityId }, { by: 'Ada', sender: ada.identityId }]) {
    const row = { recipient: ben.identityId, source: 'photos', title: 'x', count: 1, ...claim };
    await putRow(cloud, mallory, sharedWithId(share, ben.identityId), { ...row, owner: mallory.identityId });
    await putManifest(cloud, mallory, share, {
      version: 1,
      share,
      owner: mallory.identityId,
      source: 'photos',
      title: 'x',
      changedAt: new Date().toISOString(),
      photos: [],
      news: { id: randomId(), count: 1, at: new Date().toISOString() },
      ...claim,
    });
  }
  await expect(putManifest(cloud, mallory, share, '{}', ada.identityId)).rejects.toThrow(
    /denied|authorized/i,
  );
  await settled();
  expect(toldOf(bens, share)).toEqual([]);
});

test('a friend who is muted, blocked or no longer one tells nothing', async () => {
  for (const wish of [{ muted: true }, { blocked: true }]) {
    await putRow(cloud, ben, muteId(ada.identityId), wish);
    const share = await shareWith(cloud, ada, [ben.identityId]);
    await settled();
    expect(toldOf(bens, share)).toEqual([]);
  }
  await putRow(cloud, ben, muteId(ada.identityId), { muted: false });
  await putRow(cloud, ben, friendId(ada.identityId), {
    recipient: ada.identityId,
    deletedAt: new Date().toISOString(),
  });
  const share = await shareWith(cloud, ada, [ben.identityId]);
  await settled();
  expect(toldOf(bens, share)).toEqual([]);
  await makeFriends(cloud, ada, ben);
});

test('a share that is taken back before it was told is told nobody', async () => {
  const share = randomId();
  const row = { recipient: ben.identityId, source: 'photos', title: 'x', count: 1 };
  const deletedAt = new Date().toISOString();
  await putRow(cloud, ada, sharedWithId(share, ben.identityId), { ...row, deletedAt });
  await shareWith(cloud, ada, [], { share });
  await ada.s3.library.send(
    new DeleteObjectCommand({
      Bucket: cloud.config.libraryBucket,
      Key: `${sharePrefix(ada.identityId, 'friends', share)}${MANIFEST_NAME}`,
    }),
  );
  await settled();
  expect(toldOf(bens, share)).toEqual([]);
  expect(cloud.notifierFailures()).toEqual([]);
});

test.each([
  ['no JSON', '{"version":1,'],
  ['an array', '[]'],
  ['another share’s', { version: 1, share: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ['too large to be read', `{"version":1,"photos":[${' '.repeat(16_000_001)}]}`],
])('a manifest that is %s tells nothing and holds nothing up', async (_what, manifest) => {
  const share = randomId();
  const row = { recipient: ben.identityId, source: 'photos', title: 'x', count: 1 };
  await putRow(cloud, ada, sharedWithId(share, ben.identityId), row);
  await putManifest(cloud, ada, share, manifest);
  await settled();
  expect(toldOf(bens, share)).toEqual([]);
  expect(cloud.notifierFailures()).toEqual([]);
});

test('a device that is gone is marked, so that it is not tried again', async () => {
  const { endpoint, row } = await subscribe(cloud, ben);
  cloud.pushes.unsubscribe(endpoint);
  const get = new GetCommand({
    TableName: cloud.config.socialTable,
    Key: { owner: ben.identityId, id: row },
    ConsistentRead: true,
  });
  await shareWith(cloud, ada, [ben.identityId]);
  await settled();
  const { Item } = await ben.dynamodb.send(get);
  expect(Item).toMatchObject({ endpoint, deletedAt: expect.any(String), expiresAt: expect.any(Number) });
});

test('a device that subscribed anew while the notifier was at work keeps its row', async () => {
  const { row } = await subscribe(cloud, ben);
  const Key = { owner: ben.identityId, id: row };
  const read = new GetCommand({ TableName: cloud.config.socialTable, Key, ConsistentRead: true });
  const { Item = {} } = await ben.dynamodb.send(read);
  await putRow(cloud, ben, row, { ...Item, changedAt: new Date(Date.now() + 1).toISOString() });
  const { dynamodb, s3 } = clientsFor(cloud, cloud.issueRole(cloud.stack.notifier.role));
  const stores = awsStores({ dynamodb, s3: s3.library }, cloud.config);
  await stores.forget(parseSocialRow(Item) as Push, Date.now());
  expect((await ben.dynamodb.send(read)).Item).not.toHaveProperty('deletedAt');
  // While nothing has changed, it is marked.
  await stores.forget(parseSocialRow((await ben.dynamodb.send(read)).Item) as Push, Date.now());
  expect((await ben.dynamodb.send(read)).Item).toHaveProperty('deletedAt');
});

test('an address that is no push service is never called, wherever it would lead', async () => {
  const called: string[] = [];
  const inside = createServer((request, response) => {
    called.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((listening) => inside.listen(0, '127.0.0.1', listening));
  const { port } = inside.address() as AddressInfo;
  const eve = await member(cloud, { email: 'eve@example.com' });
  await makeFriends(cloud, ada, eve);
  const { keys } = cloud.pushes.subscribe();
  const addresses = [`http://127.0.0.1:${port}/a`, `http://localhost:${port}/b`, `http://[::1]:${port}/c`];
  for (const endpoint of addresses) await putRow(cloud, eve, pushId(randomId()), { endpoint, ...keys });
  await shareWith(cloud, ada, [eve.identityId]);
  await settled();
  await new Promise((closed) => inside.close(closed));
  expect(called).toEqual([]);
  expect(cloud.notifierFailures()).toEqual([]);
});

test('keys that no browser has made reach nobody, and keep nobody else from being told', async () => {
  const fay = await member(cloud, { email: 'fay@example.com' });
  await makeFriends(cloud, ada, fay);
  const { endpoint, keys } = cloud.pushes.subscribe();
  await putRow(cloud, fay, pushId(randomId()), { endpoint, p256dh: 'A'.repeat(87), auth: keys.auth });
  const good = await subscribe(cloud, fay);
  const share = await shareWith(cloud, ada, [fay.identityId]);
  await expect.poll(() => toldOf(good.endpoint, share), { timeout: 20_000 }).toHaveLength(1);
});

test('the notifier has written nothing but marks, and notes in a partition of its own', async () => {
  const operator = clientsFor(cloud, cloud.issueRole('Operator'));
  const { Items = [] } = await operator.dynamodb.send(
    new ScanCommand({ TableName: cloud.config.socialTable }),
  );
  const notes = Items.filter(({ owner }) => owner === 'notifier');
  expect(notes.length).toBeGreaterThan(0);
  for (const note of notes) expect(Object.keys(note).sort()).toEqual(['expiresAt', 'id', 'owner']);
});
