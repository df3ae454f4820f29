// What the person says to photos that other apps have handed over, and what becomes of their bytes on this device.
import 'fake-indexeddb/auto';
import { beforeEach, expect, test, vi } from 'vitest';
import { Handed } from '../../src/handed.svelte.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import { anyReceived } from '../../src/upload/any-received.ts';
import { noteUploads } from '../../src/upload/kept.ts';
import { forget, receive, waiting } from '../../src/upload/received.ts';
import type { Upload } from '../../src/upload/upload.svelte.ts';
import type { Uploads } from '../../src/upload/uploads.svelte.ts';
import type { Found } from '../../src/upload/walk.ts';
import { Locks } from './fake-browser.ts';
import { fileOf, localEntries } from './fake-uploads.ts';

const ME = 'eu-central-1:00000000-0000-0000-0000-000000000001' as IdentityId;

beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  vi.stubGlobal('localStorage', localEntries());
  await forget(() => true);
});

/** Takes what is found into a queue that remembers it, and says in the end that all is safe. */
function queue() {
  const found: Found[] = [];
  const safe: (() => void)[] = [];
  const rested = vi.fn<() => Promise<void>>(async () => noteUploads(ME, 'visit', 1));
  return {
    found,
    rested,
    uploads: Promise.resolve({ rest: rested } as unknown as Uploads),
    upload: async (one: Found) => {
      found.push(one);
      return one.files.map(() => ({ whenSafe: (call: () => void) => safe.push(call) }) as unknown as Upload);
    },
    arrive: () => {
      for (const call of safe) call();
    },
  };
}

async function asked(...names: string[]): Promise<Handed> {
  await receive(
    names.map((name) => fileOf(name)),
    'shared',
  );
  const handed = new Handed(ME);
  await handed.look();
  return handed;
}

test('the bytes stay until every photo is safe, and are then gone', async () => {
  const handed = await asked('a.jpg', 'b.jpg');
  const { found, uploads, upload, arrive, rested } = queue();
  await handed.upload(upload, uploads);
  expect(handed.list).toEqual([]);
  expect(rested).toHaveBeenCalledOnce();
  expect(found[0]?.files.map(({ file, root }) => [file?.name, root?.kind])).toEqual([
    ['a.jpg', 'received'],
    ['b.jpg', 'received'],
  ]);
  expect(await waiting(ME)).toEqual([]);
  expect(await anyReceived()).toBe(true);
  arrive();
  await expect.poll(() => anyReceived()).toBe(false);
});

test('an upload that comes to nothing leaves them where they were', async () => {
  const handed = await asked('a.jpg');
  await handed.upload(async () => undefined, Promise.resolve(undefined));
  expect(await waiting(ME)).toHaveLength(1);
});

test('bytes of what is not in the queue any more go with the next visit; of what is, they stay', async () => {
  const handed = await asked('a.jpg');
  const { uploads, upload } = queue();
  await handed.upload(upload, uploads);
  await new Handed(ME).look();
  expect(await anyReceived()).toBe(true);
  noteUploads(ME, 'visit', 0);
  await new Handed(ME).look();
  expect(await anyReceived()).toBe(false);
});

test('put off, they wait for the next visit; discarded, they are gone', async () => {
  const handed = await asked('a.jpg');
  handed.later();
  expect(handed.list).toEqual([]);
  await handed.look();
  expect(handed.list).toHaveLength(1);
  await handed.discard();
  expect(await anyReceived()).toBe(false);
});
