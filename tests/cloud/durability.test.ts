// Pulling the plug: a cloud that is killed at any moment keeps every object and row that it said it had, and works on from there.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startCloud } from '../../infra/local/cloud.ts';
import { LockedError } from '../../infra/local/lock.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { CHANGES_INDEX, parsePhotoRow } from '../../src/schema/photo.ts';
import { jpeg } from '../fixtures.ts';
import { startChild, type CloudChild } from './cloud-child.ts';
import { member, type Member } from './people.ts';
import { putOriginal } from './photos.ts';

const ROUNDS = 3;
const LANES = 4;

let directory: string;
let child: CloudChild | undefined;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoebox-durable-'));
});
afterAll(async () => {
  await child?.kill();
  await rm(directory, { recursive: true, maxRetries: 3 });
});

/** The same numbers at every run: a failure can be run again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

interface Acknowledged {
  originals: Map<PhotoId, Buffer>;
  albums: Set<string>;
}

/** Uploads and writes until the cloud is gone; it goes when this many of them were acknowledged, others being on their way. */
async function writeUntilKilled(
  { cloud, kill }: CloudChild,
  who: Member,
  round: number,
  acknowledged: Acknowledged,
  enough: number,
): Promise<unknown[]> {
  let count = 0;
  const reasons: unknown[] = [];
  const isSafe = () => {
    count += 1;
    if (count === enough) void kill();
  };
  const lane = async (number: number) => {
    try {
      for (let index = 0; ; index++) {
        const bytes = await jpeg({ width: 24, height: 16, seed: 1 + round * 10_000 + number * 1000 + index });
        acknowledged.originals.set(await putOriginal(cloud, who, bytes), bytes);
        isSafe();
        const id = `album#${round}-${number}-${index}`;
        const Item = { owner: who.identityId, id, changedAt: new Date().toISOString() };
        await who.dynamodb.send(new PutCommand({ TableName: cloud.config.socialTable, Item }));
        acknowledged.albums.add(id);
        isSafe();
      }
    } catch (error) {
      // The cloud is gone: what was not acknowledged may be lost.
      reasons.push(error);
    }
  };
  await Promise.all([...Array(LANES).keys()].map(lane));
  return reasons;
}

test(
  'a cloud killed three times while it works keeps all it acknowledged, and every original gets its row',
  { timeout: 90_000 },
  async () => {
    const random = seeded(20_261_120);
    const acknowledged: Acknowledged = { originals: new Map(), albums: new Set() };
    for (let round = 0; round < ROUNDS; round++) {
      child = await startChild({ directory });
      const { cloud, ended } = child;
      const who = await member(cloud, { email: 'ada@example.com' });
      const enough = 15 + Math.floor(random() * 40);
      const reasons = await writeUntilKilled(child, who, round, acknowledged, enough);
      expect(await ended).toEqual([null, 'SIGKILL']);
      // Every lane ended because nobody answered any more, and for no other reason.
      for (const reason of reasons) expect(reason).not.toHaveProperty('$fault', 'client');
      // Its lock's note is still there, and in nobody's way.
      expect(await readFile(join(directory, 'address'), 'utf8')).toBe(cloud.urls.site);
    }

    const cloud = await startCloud({ directory });
    const { originalsBucket, photosTable, socialTable } = cloud.config;
    try {
      const who = await member(cloud, { email: 'ada@example.com' });
      for (const [photoId, bytes] of acknowledged.originals) {
        const get = new GetObjectCommand({
          Bucket: originalsBucket,
          Key: originalKey(who.identityId, photoId),
        });
        const { Body } = await who.s3.originals.send(get);
        expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
      }
      const social = async (more: object) => {
        const { Items } = await who.dynamodb.send(
          new QueryCommand({
            TableName: socialTable,
            KeyConditionExpression: '#owner = :owner',
            ExpressionAttributeNames: { '#owner': 'owner' },
            ExpressionAttributeValues: { ':owner': who.identityId },
            ...more,
          }),
        );
        return (Items ?? []).map((item) => String(item['id'])).sort();
      };
      const albums = await social({});
      expect([...acknowledged.albums].filter((id) => !albums.includes(id))).toEqual([]);
      expect(await social({ IndexName: CHANGES_INDEX })).toEqual(albums);

      const statusOf = async (photoId: PhotoId) => {
        const Key = { owner: who.identityId, photoId };
        const { Item } = await who.dynamodb.send(
          new GetCommand({ TableName: photosTable, Key, ConsistentRead: true }),
        );
        const row = parsePhotoRow(Item);
        return row && 'status' in row ? row.status : undefined;
      };
      const waiting = new Set(acknowledged.originals.keys());
      await vi.waitFor(
        async () => {
          for (const photoId of waiting) if ((await statusOf(photoId)) === 'ready') waiting.delete(photoId);
          expect([...waiting]).toEqual([]);
        },
        { timeout: 40_000, interval: 50 },
      );
      expect(cloud.failures()).toEqual([]);
    } finally {
      await cloud.close();
    }
  },
);

test('while a cloud runs, a second start on its data is refused politely, and leaves the first one as it is', async () => {
  child = await startChild({ directory });
  const { cloud } = child;
  const second = startCloud({ directory });
  await expect(second).rejects.toBeInstanceOf(LockedError);
  await expect(second).rejects.toThrow(`already running on these data: ${cloud.urls.site}`);
  expect((await fetch(`${cloud.urls.site}/config.json`)).status).toBe(200);

  await child.kill();
  const third = await startCloud({ directory, processor: false });
  expect((await fetch(`${third.urls.site}/config.json`)).status).toBe(200);
  await third.close();
});
