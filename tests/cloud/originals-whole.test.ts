// Large originals through the page's own door: S3 has seen each part, the processor sees the whole.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Cloud } from '../../src/cloud/cloud.ts';
import { PARTS_FROM } from '../../src/cloud/parts.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { isTombstone, type Photo } from '../../src/schema/photo.ts';
import { jpeg, photoIdOf } from '../fixtures.ts';
import { Weather } from './faults.ts';
import { signInAs, withXhr } from './page-person.ts';
import { freshCloud } from './people.ts';

const weather = new Weather();
let local: Awaited<ReturnType<typeof freshCloud>>;
let cloud: Cloud;

beforeAll(async () => {
  withXhr();
  local = await freshCloud({ processor: true, faults: weather.faults });
  cloud = await (await signInAs(local, 'ada@example.com')).open();
});
afterAll(async () => {
  await local.end();
  vi.unstubAllGlobals();
});

/** A picture with enough behind it to be sent in parts. */
async function largePicture(seed: number): Promise<Buffer<ArrayBuffer>> {
  return Buffer.concat([await jpeg({ seed }), Buffer.alloc(PARTS_FROM)]);
}

async function rowOf(photoId: PhotoId): Promise<Photo> {
  return vi.waitUntil(
    async () => {
      const row = await cloud.readPhoto(photoId);
      return row && !isTombstone(row) ? row : undefined;
    },
    { timeout: 20_000, interval: 50 },
  );
}

const put = (photoId: PhotoId, bytes: Buffer<ArrayBuffer>) =>
  cloud.putOriginal(photoId, new Blob([bytes]), buildOriginalMetadata({ name: 'large.jpg' }));

test('a large picture sent in parts comes back as a row, with all of its bytes', async () => {
  const bytes = await largePicture(1);
  const photoId = photoIdOf(bytes);
  expect(await put(photoId, bytes)).toBe('stored');
  expect(weather.heard).toContain('part 5');
  expect(await rowOf(photoId)).toMatchObject({ status: 'ready', bytes: bytes.length, name: 'large.jpg' });
});

test('parts that are each as they were sent, but are not the photo that they are said to be, are found out', async () => {
  const photoId = photoIdOf(Buffer.from('another photo'));
  expect(await put(photoId, await largePicture(2))).toBe('stored');
  expect(await rowOf(photoId)).toMatchObject({ status: 'failed', failure: { code: 'hash-mismatch' } });
});

test('one that is begun and given up is abandoned through the same door', async () => {
  const bytes = await largePicture(3);
  const photoId = photoIdOf(bytes);
  const stop = new AbortController();
  let begun = '';
  const attempt = cloud.putOriginal(
    photoId,
    new Blob([bytes]),
    {},
    {
      signal: stop.signal,
      onbegun: (id) => {
        begun = id;
        stop.abort();
      },
    },
  );
  await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
  await cloud.abandonOriginal(photoId, begun);
  weather.clear();
  const again = cloud.putOriginal(photoId, new Blob([bytes]), {}, { upload: begun });
  expect(await again).toBe('stored');
  expect(weather.heard.slice(0, 4)).toEqual(['look', 'parts', 'look', 'begin']);
});
