// Events that come late, twice, never or for keys that are no photo's, and a processor that is stopped, crashes or fails: no photo
// is lost, none comes back from the dead, and nothing that is no photo does harm.
import { DeleteObjectCommand, GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PhotoId } from '../../src/schema/ids.ts';
import { decodeEventKey, originalKey } from '../../src/schema/keys.ts';
import { jpeg, photoIdOf } from '../fixtures.ts';
import { ALIVE, gated, GONE, photoFate, soon } from './gated.ts';
import type { Member } from './people.ts';
import { deleteOriginal, originalOf, photoRow, putOriginal } from './photos.ts';
import type { Order, Told } from './processor-gate.ts';
import { openWorld, type World } from './refusals.ts';

const { gate, gatedProcessor, settled } = gated();
let world: World;
let Originals: string;

beforeAll(async () => {
  world = await openWorld({ processor: gatedProcessor() });
  Originals = world.cloud.config.originalsBucket;
  // The photos that everybody begins with are no pictures; they are out of the way before the tests begin.
  await settled(2);
});
afterAll(() => world?.cloud.end());

const isDelete = ({ eventName }: Told) => eventName.startsWith('ObjectRemoved');

let seed = 100;
const newPhoto = async () => {
  const bytes = await jpeg({ width: 32, height: 24, seed: seed++ });
  return { bytes, photoId: photoIdOf(bytes) };
};
const put = (bytes: Buffer) => putOriginal(world.cloud, world.ada, bytes);
const keyOf = (photoId: PhotoId) => originalKey(world.ada.identityId, photoId);
const remove = (photoId: PhotoId) => deleteOriginal(world.cloud, world.ada, photoId);
const rowOf = (photoId: PhotoId) => photoRow(world.cloud, world.ada, photoId);
const fateOf = (photoId: PhotoId) => photoFate(world.cloud, world.ada, photoId);

describe('a deleted photo', () => {
  test('leaves a tombstone, and the same bytes come back: ready, and not in trash', async () => {
    const { bytes, photoId } = await newPhoto();
    await put(bytes);
    await settled(1);
    expect(await fateOf(photoId)).toEqual(ALIVE);
    await world.ada.dynamodb.send(
      new UpdateCommand({
        TableName: world.cloud.config.photosTable,
        Key: { owner: world.ada.identityId, photoId },
        UpdateExpression: 'SET trashedAt = :now, changedAt = :now',
        ExpressionAttributeValues: { ':now': new Date().toISOString() },
      }),
    );
    await remove(photoId);
    await settled(2);
    expect(await fateOf(photoId)).toEqual(GONE);
    await put(bytes);
    await settled(3);
    expect(await fateOf(photoId)).toEqual(ALIVE);
  });

  test('restored by removing its delete marker is not tombstoned by the event of its deletion', async () => {
    const { bytes, photoId } = await newPhoto();
    await put(bytes);
    await settled(1);
    world.cloud.pauseProcessor();
    await remove(photoId);
    const { originals } = world.operator.s3;
    const { DeleteMarkers } = await originals.send(
      new ListObjectVersionsCommand({ Bucket: Originals, Prefix: keyOf(photoId) }),
    );
    const [marker] = DeleteMarkers ?? [];
    await originals.send(
      new DeleteObjectCommand({ Bucket: Originals, Key: marker?.Key, VersionId: marker?.VersionId }),
    );
    world.cloud.resumeProcessor();
    await settled(2);
    expect(gate.done.filter(isDelete)).toHaveLength(1);
    expect(await fateOf(photoId)).toEqual(ALIVE);
  });

  test('that was uploaded again is not killed by a delete event that comes late', async () => {
    const { bytes, photoId } = await newPhoto();
    await put(bytes);
    await settled(1);
    let letGo: (order: Order) => void = () => undefined;
    const held = new Promise<Order>((resolve) => (letGo = resolve));
    gate.order = (told) => (isDelete(told) ? held : 'go');
    await remove(photoId);
    await put(bytes);
    await settled(2);
    expect(gate.done.filter(isDelete)).toEqual([]);
    expect(await fateOf(photoId)).toEqual(ALIVE);
    letGo('go');
    await settled(3);
    expect(gate.done.filter(isDelete)).toHaveLength(1);
    expect(await fateOf(photoId)).toEqual(ALIVE);
  });

  test('stays dead when the event of its upload comes late', async () => {
    const { bytes, photoId } = await newPhoto();
    let letGo: (order: Order) => void = () => undefined;
    const held = new Promise<Order>((resolve) => (letGo = resolve));
    gate.order = (told) => (isDelete(told) ? 'go' : held);
    await put(bytes);
    await remove(photoId);
    await settled(1);
    expect(await fateOf(photoId)).toEqual(GONE);
    letGo('go');
    await settled(2);
    expect(await fateOf(photoId)).toEqual(GONE);
  });
});

describe('a processor', () => {
  test('that was stopped catches up', async () => {
    world.cloud.pauseProcessor();
    const photos = await Promise.all([newPhoto(), newPhoto(), newPhoto()]);
    await Promise.all(photos.map(({ bytes }) => put(bytes)));
    expect(await Promise.all(photos.map(({ photoId }) => rowOf(photoId)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(gate.asked).toEqual([]);
    world.cloud.resumeProcessor();
    await settled(3);
    for (const { photoId } of photos) expect(await fateOf(photoId)).toEqual(ALIVE);
  });

  test('that crashes is started again, and tries again', async () => {
    const { bytes, photoId } = await newPhoto();
    gate.order = () => (gate.asked.length <= 2 ? 'crash' : 'go');
    await put(bytes);
    await settled(1);
    expect(gate.asked).toHaveLength(3);
    expect(world.cloud.failures()).toEqual([]);
    expect(await fateOf(photoId)).toEqual(ALIVE);
  });

  test('that fails for good leaves the event in the failure queue and the original as it is, and goes on', async () => {
    const { bytes, photoId } = await newPhoto();
    const other = await newPhoto();
    gate.order = ({ key }) => (decodeEventKey(key) === keyOf(photoId) ? 'fail' : 'go');
    await put(bytes);
    await put(other.bytes);
    const [failure] = await vi.waitFor(() => {
      expect(world.cloud.failures()).toHaveLength(1);
      return world.cloud.failures();
    }, soon);
    expect(failure).toMatchObject({ attempts: 3, error: expect.stringContaining('told to fail') as string });
    expect(JSON.stringify(failure?.event)).toContain(photoId);
    await settled(1);
    expect(await fateOf(other.photoId)).toEqual(ALIVE);
    expect(await rowOf(photoId)).toBeUndefined();
    const get = new GetObjectCommand({ Bucket: Originals, Key: keyOf(photoId) });
    const { Body } = await world.ada.s3.originals.send(get);
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });
});

describe('a key that is no photo’s is passed over, and harms nothing:', () => {
  const id = () => world.photoId;
  const [ada, ben] = [() => world.ada.identityId, () => world.ben.identityId];
  const own: Record<string, () => string> = {
    'with spaces': () => `${ada()}/a photo.jpg`,
    'with a plus': () => `${ada()}/a+b`,
    'with a percent sign': () => `${ada()}/100%`,
    'that is already encoded': () => `${ada()}/${encodeURIComponent('a b/ü')}`,
    'in other letters': () => `${ada()}/Straße/写真/🙂`,
    'that climbs to another owner': () => `${ada()}/../${ben()}/${id()}`,
    'that climbs in code': () => `${ada()}/..%2F${ben()}%2F${id()}`,
    'with a dot': () => `${ada()}/./${id()}`,
    'with two slashes': () => `${ada()}//${id()}`,
    'with something after the photo': () => `${ada()}/${id()}/x`,
    'with a slash at the end': () => `${ada()}/${id()}/`,
    'of a photo id too short': () => `${ada()}/${id().slice(1)}`,
    'of a photo id too long': () => `${ada()}/${id()}A`,
    'of a photo id that no digest has': () => `${ada()}/${'A'.repeat(42)}B`,
    'of a photo id with a line break': () => `${ada()}/${id()}\n`,
    'of a prototype': () => `${ada()}/__proto__`,
  };
  const foreign: Record<string, () => string> = {
    'without an owner': () => id(),
    'of an owner who is none': () => `somebody/${id()}`,
    'of an owner in capitals': () => `${ada().toUpperCase()}/${id()}`,
    'that begins with a slash': () => `/${ada()}/${id()}`,
    'of dots': () => `../${ada()}/${id()}`,
  };

  /** Everything but the originals, before and after an object was put and its event worked through. */
  const aroundPut = async (who: Pick<Member, 's3'>, Key: string) => {
    const derived = async () => {
      const { library, photos, social } = await world.everything();
      return { library, photos, social, failures: world.cloud.failures() };
    };
    const before = await derived();
    await who.s3.originals.send(originalOf(Originals, world.ada, Buffer.from(`at ${Key}`), { Key }));
    await settled(1);
    return { before, after: await derived() };
  };

  // A member may put anything below their own prefix: the policy cannot tell.
  test.each(Object.entries(own))('%s, put by its owner', async (_what, key) => {
    const { before, after } = await aroundPut(world.ada, key());
    expect(after).toEqual(before);
  });
  test.each(Object.entries(foreign))('%s, put by an operator', async (_what, key) => {
    const { before, after } = await aroundPut(world.operator, key());
    expect(after).toEqual(before);
  });
});
