// The snapshot through the real SDK, against the deployed policies: one device leaves it, another finds it, and nobody else does.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Cloud } from '../../src/cloud/cloud.ts';
import { Library } from '../../src/library/library.svelte.ts';
import { readNote } from '../../src/library/notes.ts';
import { restore } from '../../src/library/snapshot-read.ts';
import { keepSnapshot } from '../../src/library/snapshot-write.ts';
import { Tries } from '../../src/library/tries.ts';
import { SNAPSHOT_NAMES, snapshotKey } from '../../src/schema/keys.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { Locks, MemoryStorage } from '../unit/fake-browser.ts';
import { signInAs, withXhr } from './page-person.ts';
import { DENIED, openWorld, outcome, type World } from './refusals.ts';

const signal = AbortSignal.timeout(900_000);
const whenQuiet = async (): Promise<void> => {};
const triesOf = () => new Tries(cloud.identityId, new MemoryStorage(), new EventTarget());

let world: World;
let cloud: Cloud;
let photos: Photo[];
const opened: Library[] = [];

async function putRows(rows: readonly Photo[]): Promise<void> {
  const { photosTable } = world.cloud.config;
  for (let at = 0; at < rows.length; at += 25) {
    const requests = rows.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
    await world.operator.dynamodb.send(new BatchWriteCommand({ RequestItems: { [photosTable]: requests } }));
  }
}

async function newDevice(): Promise<Library> {
  for (const library of opened.splice(0)) library.close();
  vi.stubGlobal('indexedDB', new IDBFactory());
  const library = await Library.open(cloud);
  opened.push(library);
  return library;
}

beforeAll(async () => {
  withXhr();
  vi.stubGlobal('navigator', { locks: new Locks() });
  world = await openWorld();
  cloud = await (await signInAs(world.cloud, 'ada@example.com')).open();
  photos = [...madeUpPhotos(cloud.identityId, 120)];
  await putRows(photos);
});
afterAll(async () => {
  await world?.cloud.end();
  vi.unstubAllGlobals();
});
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  for (const library of opened.splice(0)) library.close();
  vi.restoreAllMocks();
});

describe('a snapshot', () => {
  test('that one device has left is what another one shows, without a row being read', async () => {
    const first = await newDevice();
    await first.sync(signal);
    expect(await keepSnapshot({ library: first, target: cloud, signal })).toBe(true);
    const tags = await cloud.snapshotTags(signal);
    expect([...tags.keys()].sort()).toEqual(['first', 'heads-0', 'rows-0']);

    const second = await newDevice();
    const changes = vi.spyOn(cloud, 'changes');
    expect(await restore({ library: second, source: cloud, signal, tries: triesOf(), whenQuiet })).toBe(true);
    expect(changes).not.toHaveBeenCalled();
    expect(Array.from(second.photos, ({ photoId }) => photoId)).toEqual(
      Array.from(first.photos, ({ photoId }) => photoId),
    );
    await second.sync(signal);
    expect(second.photos).toHaveLength(120);
    expect(await readNote(second.database, 'snapshot')).toMatchObject({ changes: 0 });
  });

  test('is written only over what one has seen', async () => {
    const body = new Blob(['mine']);
    const sha256 = Buffer.from(await crypto.subtle.digest('SHA-256', await body.arrayBuffer())).toString(
      'base64',
    );
    await expect(cloud.putSnapshot('first', body, { tag: undefined, sha256 })).rejects.toMatchObject({
      code: 'exists',
    });
    await expect(cloud.putSnapshot('first', body, { tag: '"other"', sha256 })).rejects.toMatchObject({
      code: 'exists',
    });
    // Of a key that is not there its owner is told as little as on reading it.
    await expect(cloud.putSnapshot('rows-1', body, { tag: '"other"', sha256 })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(
      cloud.putSnapshot('rows-1', body, { tag: undefined, sha256: 'A'.repeat(43) + '=' }),
    ).rejects.toMatchObject({
      code: 'unexpected',
    });
    const tag = (await cloud.snapshotTags()).get('heads-0');
    await cloud.putSnapshot('heads-0', body, { tag, sha256 });
    await expect(cloud.putSnapshot('heads-0', body, { tag, sha256 })).rejects.toMatchObject({
      code: 'exists',
    });
    expect(await (await cloud.readSnapshot('heads-0', signal))?.text()).toBe('mine');
    const library = await newDevice();
    expect(await restore({ library, source: cloud, signal, tries: triesOf(), whenQuiet })).toBe(false);
    await library.sync(signal);
    expect(library.photos).toHaveLength(120);
  });

  test('that is not there is no error', async () => {
    const ben = await (await signInAs(world.cloud, 'ben@example.com')).open();
    expect(await ben.readSnapshot('heads-1', signal)).toBeUndefined();
    expect(await ben.snapshotTags(signal)).toEqual(new Map());
  });

  test("is out of everybody else's reach, and out of its owner's reach to delete", async () => {
    const { libraryBucket: Bucket } = world.cloud.config;
    const before = await world.everything();
    for (const name of SNAPSHOT_NAMES) {
      const Key = snapshotKey(cloud.identityId, name);
      const theirs = world.ben.s3.library;
      expect(
        await outcome(theirs.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfNoneMatch: '*' }))),
      ).toBe(DENIED);
      expect(
        await outcome(theirs.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfMatch: '"a"' }))),
      ).toBe(DENIED);
      expect(await outcome(world.ada.s3.library.send(new DeleteObjectCommand({ Bucket, Key })))).toBe(DENIED);
    }
    expect(await world.everything()).toEqual(before);
  });
});

describe('originals and rows side by side', () => {
  test('are listed by photo, page after page, each once', async () => {
    const seen: string[] = [];
    const madeUp: string[] = [];
    let after: string | undefined;
    do {
      const page = await cloud.rowsAfter(after, signal);
      seen.push(...page.entries.map(({ photoId }) => photoId));
      madeUp.push(...page.entries.flatMap(({ kind, photoId }) => (kind === 'made-up' ? [photoId] : [])));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toHaveLength(121);
    expect(seen).toEqual(seen.toSorted((a, b) => (a < b ? -1 : 1)));
    // The one row in which no processor has measured anything.
    expect(madeUp).toEqual([world.photoId]);
    const { entries, next } = await cloud.originalsAfter(undefined, signal);
    expect(entries).toMatchObject([{ photoId: world.photoId, bytes: world.bytes.length }]);
    expect(next).toBeUndefined();
    expect((await cloud.originalsAfter(world.photoId, signal)).entries).toEqual([]);
  });
});
