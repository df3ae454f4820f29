// The class that originals are written in: what the page says and what the policy lets through may be of two minds for a while, when the
// owner has just chosen another one. Nothing that is dropped then is lost.
import { randomBytes } from 'node:crypto';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { OriginalStore } from '../../src/cloud/aws-s3.ts';
import { Clock } from '../../src/cloud/clock.ts';
import { PARTS_FROM } from '../../src/cloud/parts.ts';
import { keepingOf, type Keeping } from '../../src/schema/keeping.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { photoIdOf } from '../fixtures.ts';
import { signInAs, withXhr } from './page-person.ts';
import { freshCloud, member, type Member } from './people.ts';

let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: Member;
let storeWith: (keeping: Keeping | undefined) => OriginalStore;

beforeAll(async () => {
  cloud = await freshCloud();
  ada = await member(cloud, { email: 'ada@example.com' });
  const { credentials } = await signInAs(cloud, 'ada@example.com');
  storeWith = (keeping) => {
    const config = { ...cloud.config, keeping };
    return new OriginalStore({ config, credentials, clock: new Clock() }, ada.identityId);
  };
});
beforeEach(withXhr);
afterEach(() => vi.unstubAllGlobals());
afterAll(() => cloud.end());

const classOf = async (bytes: Uint8Array): Promise<string> => {
  const Key = originalKey(ada.identityId, photoIdOf(bytes));
  const found = await ada.s3.originals.send(
    new HeadObjectCommand({ Bucket: cloud.config.originalsBucket, Key }),
  );
  return found.StorageClass ?? 'STANDARD';
};

test.each([
  ['small', 1000],
  ['large', PARTS_FROM + 1],
])('an original that is %s lands in the class of the deployment', async (_, size) => {
  const bytes = randomBytes(size);
  const store = storeWith(keepingOf(cloud.config));
  const metadata = buildOriginalMetadata({ name: 'a.jpg' });
  expect(await store.putOriginal(photoIdOf(bytes), new Blob([bytes]), metadata)).toBe('stored');
  expect(await classOf(bytes)).toBe('INTELLIGENT_TIERING');
  const asBefore = randomBytes(size);
  await storeWith(undefined).putOriginal(photoIdOf(asBefore), new Blob([asBefore]), metadata);
  expect(await classOf(asBefore)).toBe('INTELLIGENT_TIERING');
});

test.each([
  ['small', 1000],
  ['large', PARTS_FROM + 1],
])('a page whose class is refused sends an original that is %s without one', async (_, size) => {
  const bytes = randomBytes(size);
  const store = storeWith({ storage: 'glacierInstant', deepArchive: null });
  const metadata = buildOriginalMetadata({ name: 'a.jpg' });
  expect(await store.putOriginal(photoIdOf(bytes), new Blob([bytes]), metadata)).toBe('stored');
  expect(await classOf(bytes)).toBe('STANDARD');
});
