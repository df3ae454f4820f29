// What the bill counts for one original is what the page asks of S3 for it: by the real SDK against the local cloud.
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { OriginalStore } from '../../src/cloud/aws-s3.ts';
import { Clock } from '../../src/cloud/clock.ts';
import { PARTS_FROM } from '../../src/cloud/parts.ts';
import { originalPuts } from '../../src/cost/deeds.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { photoIdOf } from '../fixtures.ts';
import { Weather } from './faults.ts';
import { signInAs, withXhr } from './page-person.ts';
import { freshCloud } from './people.ts';

const weather = new Weather();
let cloud: Awaited<ReturnType<typeof freshCloud>>;
let store: OriginalStore;

beforeAll(async () => {
  cloud = await freshCloud({ faults: weather.faults });
  const { credentials } = await signInAs(cloud, 'ada@example.com');
  const { identityId } = await credentials.get();
  store = new OriginalStore({ config: cloud.config, credentials, clock: new Clock() }, identityId);
});
beforeEach(() => {
  withXhr();
  weather.clear();
});
afterEach(() => vi.unstubAllGlobals());
afterAll(() => cloud.end());

test.each([
  ['small, in one piece', 100_000],
  ['large, in parts', PARTS_FROM + 1],
])('an original that is %s', async (_what, size) => {
  const bytes = randomBytes(size);
  await store.putOriginal(photoIdOf(bytes), new Blob([bytes]), buildOriginalMetadata({ name: 'a.jpg' }));
  const charged = weather.heard.filter((word) => /^(?:put|look|begin|part \d+|complete)$/.test(word));
  expect(charged).toHaveLength(originalPuts(size));
});
