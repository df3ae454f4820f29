// How the page stores originals, in one piece and in parts, by the real SDK against the local cloud: whatever breaks between, each is
// stored once, byte by byte.
import { randomBytes } from 'node:crypto';
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { OriginalStore } from '../../src/cloud/aws-s3.ts';
import { Clock } from '../../src/cloud/clock.ts';
import type { PutOptions } from '../../src/cloud/requests.ts';
import type { IdentityId, PhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { photoIdOf } from '../fixtures.ts';
import { everyNow, Weather } from './faults.ts';
import { signInAs, withXhr, type PagePerson } from './page-person.ts';
import { clientsFor, freshCloud, type Member } from './people.ts';
import { originalOf } from './photos.ts';
import { outcome, withOperator } from './refusals.ts';

const MB = 2 ** 20;
/** As small as S3 takes them. */
const PART = 5 * MB;
/** More, in a time that tests have. */
const CUTTING = { partsFrom: PART, partBytes: PART };

const weather = new Weather();
let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: PagePerson;
let me: IdentityId;
let store: OriginalStore;
let operator: Pick<Member, 's3'>;
let own: Pick<Member, 's3'>;
let Bucket: string;

async function storeOf(person: PagePerson): Promise<OriginalStore> {
  const { identityId } = await person.credentials.get();
  return new OriginalStore(
    { config: cloud.config, credentials: person.credentials, clock: new Clock() },
    identityId,
    CUTTING,
  );
}

beforeAll(async () => {
  cloud = await freshCloud({ template: withOperator, faults: weather.faults });
  Bucket = cloud.config.originalsBucket;
  // By another door than the page's: nothing breaks there, and nobody hears of it.
  const aside = { ...cloud, urls: { ...cloud.urls, originals: cloud.urls.s3 } };
  operator = clientsFor(aside, cloud.issueRole('Operator'));
  ada = await signInAs(cloud, 'ada@example.com');
  const { identityId, expiration, ...keys } = await ada.credentials.get();
  me = identityId;
  own = clientsFor(aside, { ...keys, expiration: new Date(expiration) });
  store = await storeOf(ada);
});
beforeEach(() => {
  withXhr();
  weather.clear();
});
afterEach(() => vi.unstubAllGlobals());
afterAll(() => cloud.end());

interface Original {
  bytes: Buffer<ArrayBuffer>;
  id: PhotoId;
  blob: Blob;
}
function original(size: number): Original {
  const bytes = Buffer.from(randomBytes(size));
  return { bytes, id: photoIdOf(bytes), blob: new Blob([bytes]) };
}

const metadata = buildOriginalMetadata({ name: 'a film.mp4' });
const put = ({ id, blob }: Original, options?: PutOptions, by = store) =>
  by.putOriginal(id, blob, metadata, options);

/** All there is under the key, as an operator sees it: versions and delete markers. */
async function versionsOf({ id }: Original): Promise<number> {
  const Prefix = originalKey(me, id);
  const { Versions = [], DeleteMarkers = [] } = await operator.s3.originals.send(
    new ListObjectVersionsCommand({ Bucket, Prefix }),
  );
  return Versions.length + DeleteMarkers.length;
}

async function isStoredOnce(photo: Original): Promise<void> {
  expect(await versionsOf(photo)).toBe(1);
  const { Body, ...rest } = await operator.s3.originals.send(
    new GetObjectCommand({ Bucket, Key: originalKey(me, photo.id) }),
  );
  expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(photo.bytes)).toBe(true);
  expect(rest).toMatchObject({
    StorageClass: 'INTELLIGENT_TIERING',
    Metadata: metadata,
    ContentType: 'application/octet-stream',
  });
}

/** What S3 knows of an upload in parts. */
const partsOf = ({ id }: Original, UploadId: string) =>
  own.s3.originals.send(new ListPartsCommand({ Bucket, Key: originalKey(me, id), UploadId }));

/** Sends all but the last part, and gives up. */
async function interrupted(photo: Original): Promise<string> {
  const count = Math.ceil(photo.blob.size / PART);
  weather.fault = (word) => (word === `part ${count}` ? 'busy' : undefined);
  const stop = new AbortController();
  let begun = '';
  const attempt = put(photo, { signal: stop.signal, onbegun: (id) => (begun = id) });
  const ended = attempt.catch((error: unknown) => error);
  await vi.waitFor(async () => expect((await partsOf(photo, begun)).Parts).toHaveLength(count - 1), {
    timeout: 20_000,
  });
  stop.abort();
  expect(await ended).toMatchObject({ name: 'AbortError' });
  weather.clear();
  return begun;
}

/** Turns requests of this kind away until something is done that happens meanwhile. */
function meanwhile(word: string, deed: () => Promise<unknown>): void {
  let doing: Promise<unknown> | undefined;
  let done = false;
  weather.fault = (heard) => {
    if (heard !== word || done) return undefined;
    doing ??= deed().then(() => (done = true));
    return 'busy';
  };
}

describe('a large original', () => {
  test('is sent in parts, never more of it in hand than two, and is one object then', async () => {
    const photo = original(4 * PART + 1);
    const arrived = () => weather.heard.filter((word) => word.startsWith('part ')).length;
    let slices = 0;
    let most = 0;
    const slice = photo.blob.slice.bind(photo.blob);
    photo.blob.slice = (...range) => {
      most = Math.max(most, ++slices - arrived());
      return slice(...range);
    };
    const sent: number[] = [];
    const begun = vi.fn<(uploadId: string) => void>();
    expect(await put(photo, { onProgress: (bytes) => sent.push(bytes), onbegun: begun })).toBe('stored');
    await isStoredOnce(photo);
    expect(weather.heard.slice(0, 2)).toEqual(['look', 'begin']);
    expect(weather.heard.slice(2, -1).sort()).toEqual(['part 1', 'part 2', 'part 3', 'part 4', 'part 5']);
    expect(weather.heard.at(-1)).toBe('complete');
    expect(slices).toBe(5);
    expect(most).toBeLessThanOrEqual(2);
    expect(sent).toEqual(sent.toSorted((a, b) => a - b));
    expect(sent.at(-1)).toBe(photo.blob.size);
    expect(begun).toHaveBeenCalledTimes(1);
  });

  test('that is stored already is not sent again', async () => {
    const photo = original(PART + 1);
    expect(await put(photo)).toBe('stored');
    weather.clear();
    expect(await put(photo)).toBe('exists');
    expect(weather.heard).toEqual(['look']);
    await isStoredOnce(photo);
  });

  test('that was interrupted is gone on with: what S3 has is not sent again', async () => {
    const photo = original(3 * PART + 1);
    const upload = await interrupted(photo);
    const sent: number[] = [];
    const begun = vi.fn<(uploadId: string) => void>();
    expect(await put(photo, { upload, onbegun: begun, onProgress: (bytes) => sent.push(bytes) })).toBe(
      'stored',
    );
    expect(weather.heard).toEqual(['look', 'parts', 'part 4', 'complete']);
    expect(sent.at(-1)).toBe(photo.blob.size);
    expect(begun).not.toHaveBeenCalled();
    await isStoredOnce(photo);
  });

  test('is gone on with from its own bytes only: a part that says otherwise is sent again', async () => {
    const photo = original(2 * PART + 1);
    const upload = await interrupted(photo);
    const other = original(PART);
    await own.s3.originals.send(
      new UploadPartCommand({
        Bucket,
        Key: originalKey(me, photo.id),
        UploadId: upload,
        PartNumber: 1,
        Body: other.bytes,
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    expect(await put(photo, { upload })).toBe('stored');
    expect(weather.heard.filter((word) => word.startsWith('part ')).sort()).toEqual(['part 1', 'part 3']);
    await isStoredOnce(photo);
  });

  test('is begun anew where its upload is gone, and the new one is told of', async () => {
    const photo = original(2 * PART + 1);
    const upload = await interrupted(photo);
    await store.abandonOriginal(photo.id, upload);
    const begun = vi.fn<(uploadId: string) => void>();
    weather.clear();
    expect(await put(photo, { upload, onbegun: begun })).toBe('stored');
    expect(weather.heard.slice(0, 4)).toEqual(['look', 'parts', 'look', 'begin']);
    expect(begun).toHaveBeenCalledTimes(1);
    expect(begun).not.toHaveBeenCalledWith(upload);
    await isStoredOnce(photo);
  });

  test("does not get into another photo's upload", async () => {
    const photo = original(PART + 1);
    const other = original(PART + 1);
    const upload = await interrupted(other);
    expect(await put(photo, { upload })).toBe('stored');
    expect((await partsOf(other, upload)).Parts).toHaveLength(1);
    await isStoredOnce(photo);
    expect(await put(other, { upload })).toBe('stored');
    await isStoredOnce(other);
  });

  test('that another device has stored meanwhile stays as it is, and the parts are cleared away', async () => {
    const photo = original(PART + 1);
    meanwhile('complete', () =>
      own.s3.originals.send(originalOf(Bucket, { identityId: me }, photo.bytes, { Metadata: metadata })),
    );
    let upload = '';
    expect(await put(photo, { onbegun: (id) => (upload = id) })).toBe('exists');
    expect(weather.heard.slice(-2)).toEqual(['complete', 'abort']);
    expect(await outcome(partsOf(photo, upload))).toBe('404 NoSuchUpload');
    await isStoredOnce(photo);
  });

  test('whose upload was aborted elsewhere, before it was complete, is sent anew', async () => {
    const photo = original(PART + 1);
    const uploads: string[] = [];
    meanwhile('complete', () => store.abandonOriginal(photo.id, uploads[0] ?? ''));
    expect(await put(photo, { onbegun: (id) => uploads.push(id) })).toBe('stored');
    expect(uploads).toHaveLength(2);
    await isStoredOnce(photo);
  });

  test('whose completion stays in conflict with another writer is begun anew', async () => {
    const photo = original(PART + 1);
    const uploads: string[] = [];
    weather.fault = (word) => (word === 'complete' && uploads.length < 2 ? 'conflict' : undefined);
    expect(await put(photo, { onbegun: (id) => uploads.push(id) })).toBe('stored');
    expect(uploads).toHaveLength(2);
    expect(await outcome(partsOf(photo, uploads[0] ?? ''))).toBe('404 NoSuchUpload');
    await isStoredOnce(photo);
  });

  test('whose completion was done, but not told, is found to be there', async () => {
    const photo = original(PART + 1);
    weather.fault = (word) => (word === 'complete' && !lost ? ((lost = true), 'lost') : undefined);
    let lost = false;
    expect(await put(photo)).toBe('exists');
    expect(weather.heard.slice(-3)).toEqual(['complete', 'complete', 'look']);
    await isStoredOnce(photo);
  });

  test('that cannot be read to its end any more is not stored, and what was sent of it is of use', async () => {
    const photo = original(3 * PART);
    const broken = new Blob([photo.bytes]);
    const slice = broken.slice.bind(broken);
    const gone = new DOMException('The file has changed', 'NotReadableError');
    broken.slice = (start = 0, end) => {
      const part = slice(start, end);
      if (start === 2 * PART) part.arrayBuffer = () => Promise.reject(gone);
      return part;
    };
    let upload = '';
    const attempt = put({ ...photo, blob: broken }, { onbegun: (id) => (upload = id) });
    await expect(attempt).rejects.toMatchObject({ name: 'CloudError', code: 'unexpected', cause: gone });
    expect(weather.heard).not.toContain('complete');
    expect(await put(photo, { upload })).toBe('stored');
    await isStoredOnce(photo);
  });

  test('that is abandoned leaves nothing behind, and twice is no error', async () => {
    const photo = original(PART + 1);
    const upload = await interrupted(photo);
    await store.abandonOriginal(photo.id, upload);
    expect(await outcome(partsOf(photo, upload))).toBe('404 NoSuchUpload');
    await store.abandonOriginal(photo.id, upload);
    expect(await versionsOf(photo)).toBe(0);
  });
});

describe('one in a single piece', () => {
  test('whose answer was lost is told to be there, not to be stored', async () => {
    const photo = original(1000);
    weather.fault = (_word, count) => (count === 1 ? 'lost' : undefined);
    expect(await put(photo)).toBe('exists');
    await isStoredOnce(photo);
  });

  test('that was sent before, and nobody heard of it, is asked for rather than sent once more', async () => {
    const photo = original(1000);
    await put(photo);
    weather.clear();
    expect(await put(photo, { again: true })).toBe('exists');
    expect(weather.heard).toEqual(['look']);
    await isStoredOnce(photo);
  });

  test('that was begun before and did not get through is sent', async () => {
    const photo = original(1000);
    expect(await put(photo, { again: true })).toBe('stored');
    expect(weather.heard).toEqual(['look', 'put']);
    await isStoredOnce(photo);
  });

  test('that was deleted since it was sent is sent again', async () => {
    const photo = original(1000);
    await put(photo);
    await store.deleteOriginal(photo.id);
    expect(await put(photo, { again: true })).toBe('stored');
  });

  test('is tried again where two wrote at once', async () => {
    const photo = original(1000);
    weather.fault = (_word, count) => (count === 1 ? 'conflict' : undefined);
    expect(await put(photo)).toBe('stored');
    expect(weather.heard).toEqual(['put', 'put']);
    await isStoredOnce(photo);
  });
});

test('whoever gives up while S3 is busy need not wait for the next try', async () => {
  const photo = original(1000);
  weather.fault = () => 'busy';
  const stop = new AbortController();
  const attempt = put(photo, { signal: stop.signal, onThrottled: () => stop.abort() });
  await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
  expect(weather.heard).toEqual(['put']);
  expect(await versionsOf(photo)).toBe(0);
});

test('without a network nothing is tried again, and nothing is called stored', async () => {
  vi.stubGlobal('navigator', { onLine: false });
  weather.fault = () => 'cut';
  const photo = original(1000);
  await expect(put(photo)).rejects.toMatchObject({ name: 'CloudError', code: 'offline' });
  expect(weather.heard).toEqual(['put']);
  expect(await versionsOf(photo)).toBe(0);
});

test.each([
  ['every tenth request is turned away and every tenth answer is lost', 10, ['busy', 'lost']],
  ['every sixth connection is cut and every sixth request fails', 6, ['cut', 'broken']],
] as const)(
  'forty originals, small and large, are all stored and none twice while %s',
  { timeout: 60_000 },
  async (_what, period, faults) => {
    const photos = Array.from({ length: 40 }, (_, index) =>
      original(index % 5 === 0 ? PART + 1000 + index : 20_000 + index),
    );
    weather.fault = everyNow(period, faults);
    const rest = photos.values();
    const answers: string[] = [];
    const lane = async () => {
      for (const photo of rest) answers.push(await put(photo));
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    expect(answers.filter((answer) => answer === 'stored' || answer === 'exists')).toHaveLength(40);
    expect(weather.heard.length).toBeGreaterThan(32 + 8 * 5);
    for (const photo of photos) await isStoredOnce(photo);
  },
);

test('credentials that expire half way are renewed, and a clock that is wrong does no harm', async () => {
  let ahead = 0;
  const night = new Weather();
  const other = await freshCloud({
    now: () => Date.now() + ahead,
    credentialSeconds: 900,
    faults: night.faults,
  });
  try {
    const ben = await signInAs(other, 'ben@example.com');
    const before = await ben.credentials.get();
    const options = { config: other.config, credentials: ben.credentials, clock: new Clock() };
    const bens = new OriginalStore(options, before.identityId, CUTTING);
    // From here on S3 says that it is twenty minutes later: it takes neither the page's clock nor its credentials.
    night.fault = (word) => {
      if (word === 'part 2') ahead = 20 * 60_000;
      return undefined;
    };
    const photo = original(3 * PART + 1);
    expect(await put(photo, {}, bens)).toBe('stored');
    expect((await ben.credentials.get()).accessKeyId).not.toBe(before.accessKeyId);
    const begun = night.heard.filter((word) => word === 'begin');
    expect(begun).toHaveLength(1);
    expect(night.heard.filter((word) => word === 'part 2').length).toBeGreaterThan(1);
    expect(await put(photo, {}, bens)).toBe('exists');
    // With the clock put right, what is refused is not tried again as if it would pass.
    const small = original(1000);
    expect(await put(small, {}, bens)).toBe('stored');
    night.clear();
    expect(await put(small, {}, bens)).toBe('exists');
    expect(night.heard).toEqual(['put']);
  } finally {
    await other.end();
  }
});
