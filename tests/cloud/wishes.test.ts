// Wishes: an owner has the processor look at a photo again. What lost events have left is put right by them, whatever else is wished
// changes nothing, and nobody wishes for anybody else.
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PhotoId } from '../../src/schema/ids.ts';
import { originalKey, renditionKey, wishKey, wishPrefix } from '../../src/schema/keys.ts';
import { jpeg, photoIdOf } from '../fixtures.ts';
import { ALIVE, gated, GONE, NOTHING, photoFate } from './gated.ts';
import type { Member } from './people.ts';
import { deleteOriginal, photoRow, putOriginal } from './photos.ts';
import { DENIED, openWorld, outcome, refuser, type World } from './refusals.ts';

const { gate, gatedProcessor, settled } = gated();
let world: World;
let Library: string;
let TableName: string;
let ada: Member;

beforeAll(async () => {
  world = await openWorld({ processor: gatedProcessor() });
  ({ libraryBucket: Library, photosTable: TableName } = world.cloud.config);
  ada = world.ada;
  await settled(2);
});
afterAll(() => world?.cloud.end());

const putWish = (Key: string, more: Partial<PutObjectCommandInput> = {}, who: Pick<Member, 's3'> = ada) =>
  who.s3.library.send(
    new PutObjectCommand({
      Bucket: Library,
      Key,
      ...(more.Body === undefined && { Body: '', ContentLength: 0 }),
      ...more,
    }),
  );
const wish = (photoId: PhotoId) => putWish(wishKey(ada.identityId, photoId));

const rowKey = (photoId: PhotoId) => ({ TableName, Key: { owner: ada.identityId, photoId } });
const rowOf = (photoId: PhotoId) => photoRow(world.cloud, ada, photoId);
const fateOf = (photoId: PhotoId) => photoFate(world.cloud, ada, photoId);
const edit = (photoId: PhotoId) =>
  ada.dynamodb.send(
    new UpdateCommand({
      ...rowKey(photoId),
      UpdateExpression: 'SET favorite = :true, changedAt = :now',
      ExpressionAttributeValues: { ':true': true, ':now': new Date().toISOString() },
    }),
  );

let seed = 900;
async function upload(): Promise<PhotoId> {
  const bytes = await jpeg({ width: 32, height: 24, seed: seed++ });
  const before = gate.done.length;
  const photoId = await putOriginal(world.cloud, ada, bytes);
  await settled(before + 1);
  return photoId;
}
async function remove(photoId: PhotoId): Promise<void> {
  const before = gate.done.length;
  await deleteOriginal(world.cloud, ada, photoId);
  await settled(before + 1);
}

describe('a wish puts right', () => {
  test('a photo whose upload nobody told the processor of', async () => {
    gate.order = () => 'lose';
    const photoId = await upload();
    expect(await fateOf(photoId)).toEqual(NOTHING);
    gate.order = () => 'go';
    await wish(photoId);
    await settled(2);
    expect(await fateOf(photoId)).toEqual(ALIVE);
  });

  test('a photo whose row is gone, and what came of an edit since', async () => {
    const photoId = await upload();
    await world.operator.dynamodb.send(new DeleteCommand(rowKey(photoId)));
    await edit(photoId);
    await wish(photoId);
    await settled(2);
    expect(await fateOf(photoId)).toEqual(ALIVE);
    expect(await rowOf(photoId)).toMatchObject({ favorite: true });
  });

  test('a row whose original is gone, and one that never had any', async () => {
    const photoId = await upload();
    gate.order = () => 'lose';
    await remove(photoId);
    expect(await fateOf(photoId)).toEqual(ALIVE);
    const madeUp = photoIdOf(Buffer.from('nobody has these bytes'));
    await edit(madeUp);
    gate.order = () => 'go';
    await wish(photoId);
    await wish(madeUp);
    await settled(4);
    expect(await fateOf(photoId)).toEqual(GONE);
    expect(await fateOf(madeUp)).toEqual(GONE);
  });

  test('nothing that a later event has put right already', async () => {
    gate.order = () => 'lose';
    const photoId = await upload();
    gate.order = () => 'go';
    await wish(photoId);
    await settled(2);
    // Made while there was a photo, and heard when there is none.
    world.cloud.pauseProcessor();
    await wish(photoId);
    await deleteOriginal(world.cloud, ada, photoId);
    world.cloud.resumeProcessor();
    await settled(4);
    expect(await fateOf(photoId)).toEqual(GONE);
  });
});

/** Everything but the wishes themselves, which nobody reads. */
async function everything() {
  const { library, ...rest } = await world.everything();
  const others = library.filter((line) => !line.startsWith('wishes/'));
  return { ...rest, library: others, failures: world.cloud.failures() };
}
/** Before wishes were made, and after so many were heard. */
async function around(make: () => Promise<unknown>, wishes = 1) {
  const before = await everything();
  const heard = gate.done.length;
  await make();
  await settled(heard + wishes);
  return { before, after: await everything() };
}

describe('a wish changes nothing', () => {
  test('about a photo that is as it should be', async () => {
    const photoId = await upload();
    await edit(photoId);
    const { before, after } = await around(() => wish(photoId));
    expect(after).toEqual(before);
  });

  test('where there is no photo', async () => {
    const { before, after } = await around(() => wish(photoIdOf(Buffer.from('never there'))));
    expect(after).toEqual(before);
  });

  test('where the photo was deleted', async () => {
    const photoId = await upload();
    await remove(photoId);
    const { before, after } = await around(() => wish(photoId));
    expect(after).toEqual(before);
  });

  test('more by what it holds or says of itself', async () => {
    const photoId = await upload();
    const Key = wishKey(ada.identityId, photoId);
    const Body = JSON.stringify({ owner: world.ben.identityId, delete: true });
    const { before, after } = await around(() =>
      putWish(Key, { Body, ContentType: 'text/html', Metadata: { key: 'x' } }),
    );
    expect(after).toEqual(before);
  });

  test('hundreds of times over', async () => {
    const photoId = await upload();
    const ids = Array.from({ length: 299 }, (_, n) => photoIdOf(Buffer.from(`never there ${n}`)));
    const { before, after } = await around(async () => {
      const waiting = [photoId, ...ids];
      const lane = async (): Promise<void> => {
        for (let id = waiting.pop(); id; id = waiting.pop()) await wish(id);
      };
      await Promise.all(Array.from({ length: 8 }, lane));
    }, 300);
    expect(after).toEqual(before);
    // Others are served all the while.
    expect(await fateOf(await upload())).toEqual(ALIVE);
  }, 90_000);

  const [me, you, id] = [() => ada.identityId, () => world.ben.identityId, () => world.photoId];
  test.each<[string, () => string]>([
    ['of no photo', () => `${wishPrefix(me())}`],
    ['of an id too long', () => `${wishPrefix(me())}${id()}A`],
    ['of an id that no digest has', () => `${wishPrefix(me())}${'A'.repeat(42)}B`],
    ['with something after the photo', () => `${wishPrefix(me())}${id()}/x`],
    ['with two slashes', () => `${wishPrefix(me())}/${id()}`],
    ['that climbs to another owner', () => `${wishPrefix(me())}../${you()}/${id()}`],
    ['that climbs in code', () => `${wishPrefix(me())}..%2F${you()}%2F${id()}`],
    ['within a wish', () => `${wishPrefix(me())}${wishKey(me(), id())}`],
    ['of an original', () => `${wishPrefix(me())}${originalKey(you(), id())}`],
    ['in other letters', () => `${wishPrefix(me())}写真/🙂 +%`],
    ['with a line break', () => `${wishPrefix(me())}${id()}\n`],
  ])('by a key %s', async (_what, key) => {
    const { before, after } = await around(() => putWish(key()));
    expect(after).toEqual(before);
  });
});

describe('a wish is refused', () => {
  const refuses = refuser(() => world, DENIED);
  const key = () => wishKey(ada.identityId, world.photoId);
  const theirs = () => wishKey(world.ben.identityId, world.photoId);
  refuses({
    'for another person': () => putWish(theirs()),
    'for everybody': () => putWish(`wishes/${world.photoId}`),
    'beside the wishes': () => putWish(`wish/${ada.identityId}/${world.photoId}`),
    'below the own id, but not first': () => putWish(`wishes/x/${ada.identityId}/${world.photoId}`),
    'by a path that only begins as an own one': () =>
      putWish(`wishes/${ada.identityId}../${world.ben.identityId}/${world.photoId}`),
    'as a copy': () =>
      ada.s3.library.send(
        new CopyObjectCommand({
          Bucket: Library,
          Key: key(),
          CopySource: `${Library}/${renditionKey(ada.identityId, world.photoId, 'thumb')}`,
        }),
      ),
    'in an archive class': () => putWish(key(), { StorageClass: 'DEEP_ARCHIVE' }),
    'in any named class': () => putWish(key(), { StorageClass: 'STANDARD' }),
    'with tags': () => putWish(key(), { Tagging: 'a=b' }),
    'with an access list': () => putWish(key(), { ACL: 'public-read' }),
    'in parts': () => ada.s3.library.send(new CreateMultipartUploadCommand({ Bucket: Library, Key: key() })),
    'to whoever wants to read one': () =>
      ada.s3.library.send(new GetObjectCommand({ Bucket: Library, Key: key() })),
    'to whoever wants to list them': () =>
      ada.s3.library.send(new ListObjectsV2Command({ Bucket: Library, Prefix: wishPrefix(ada.identityId) })),
    'to whoever wants to delete one': () =>
      ada.s3.library.send(new DeleteObjectCommand({ Bucket: Library, Key: key() })),
    'to the processor itself': () => putWish(key(), {}, world.processor),
  });
  refuses(
    {
      'to whoever wants to look at one': () =>
        ada.s3.library.send(new HeadObjectCommand({ Bucket: Library, Key: key() })),
    },
    /^403 /,
  );
  test('and none of the refused ones reached the processor', async () => {
    const asked = gate.asked.length;
    await outcome(putWish(theirs()));
    await upload();
    expect(gate.asked.slice(asked).map(({ key: heard }) => heard)).not.toContainEqual(
      expect.stringContaining('wishes'),
    );
  });
});
