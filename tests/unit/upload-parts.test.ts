// Large files in parts, and how long the cloud is patient with requests about originals.
import { expect, test } from 'vitest';
import { LARGEST, PARTS_FROM, partBytesOf, partsOf } from '../../src/cloud/parts.ts';
import { patience, pauseAfter, planFor } from '../../src/cloud/patience.ts';

const MB = 2 ** 20;

test('the parts of a file follow each other without gaps, and are all of it', () => {
  for (const bytes of [1, PARTS_FROM - 1, PARTS_FROM, PARTS_FROM + 1, 3 * 2 ** 30 + 5]) {
    const parts = partsOf(bytes);
    expect(parts.map(({ number }) => number)).toEqual(parts.map((_, index) => index + 1));
    expect(parts.map(({ start }) => start)).toEqual([0, ...parts.slice(0, -1).map(({ end }) => end)]);
    expect(parts.at(-1)?.end).toBe(bytes);
    for (const { start, end } of parts) expect(end).toBeGreaterThan(start);
  }
});

test('no file has more parts than S3 takes, and no part but the last is smaller than it takes', () => {
  for (const bytes of [PARTS_FROM, 10_000 * 16 * MB, 10_000 * 16 * MB + 1, LARGEST]) {
    const size = partBytesOf(bytes);
    expect(size).toBeGreaterThanOrEqual(16 * MB);
    expect(Math.ceil(bytes / size)).toBeLessThanOrEqual(10_000);
  }
  expect(partBytesOf(PARTS_FROM)).toBe(16 * MB);
  expect(partsOf(PARTS_FROM)).toHaveLength(4);
});

type Failed = NonNullable<Parameters<typeof planFor>[0]['error']>;
const failure = (name: string, httpStatusCode?: number): Failed =>
  Object.assign(new Error(name), { name, cause: undefined, $metadata: { httpStatusCode } });

test('a request that another try may help is tried again, one that is refused is not', () => {
  const busy = planFor({ error: failure('SlowDown', 503), errorType: 'THROTTLING' }, true);
  const broken = planFor({ error: failure('InternalError', 500), errorType: 'TRANSIENT' }, true);
  const cut = planFor({ error: failure('TypeError'), errorType: 'TRANSIENT' }, true);
  // As S3 words it; the SDK takes it for a mistake of the caller's.
  const conflict = { error: failure('ConditionalRequestConflict', 409), errorType: 'CLIENT_ERROR' } as const;
  expect(broken).toBe(busy);
  for (const plan of [busy, cut, planFor(conflict, true)]) expect(plan?.tries).toBeGreaterThan(3);
  for (const [name, status] of [
    ['AccessDenied', 403],
    ['PreconditionFailed', 412],
    ['ExpiredToken', 400],
    ['BadDigest', 400],
  ] as const)
    // The SDK takes any of them for passing while the clock is wrong.
    for (const errorType of ['CLIENT_ERROR', 'TRANSIENT'] as const)
      expect(planFor({ error: failure(name, status), errorType }, true)).toBeUndefined();
});

test('a wrong clock is corrected and the request sent again soon, but not for ever', () => {
  const error = failure('RequestTimeTooSkewed', 403);
  const plan = planFor({ error, errorType: 'TRANSIENT' }, true);
  expect(plan?.tries).toBe(5);
  expect(plan && pauseAfter(2, plan)).toBeLessThan(1000);
  // There was no telling the time.
  expect(planFor({ error, errorType: 'CLIENT_ERROR' }, true)).toBeUndefined();
});

test('without a network nothing is tried in vain', () => {
  expect(planFor({ error: failure('TypeError'), errorType: 'TRANSIENT' }, false)).toBeUndefined();
  // An answer is an answer, whatever the browser believes of its network.
  expect(planFor({ error: failure('SlowDown', 503), errorType: 'THROTTLING' }, false)).toBeDefined();
});

test('pauses grow up to a limit, and no two need be the same', () => {
  const plan = { tries: 10, pause: 1000 };
  const longest = [1, 2, 3, 4, 5, 6, 7].map((done) => pauseAfter(done, plan, () => 1));
  expect(longest).toEqual([1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
  expect([1, 2, 3].map((done) => pauseAfter(done, plan, () => 0))).toEqual([500, 1000, 2000]);
});

test('after the last try it is over', async () => {
  const lost = { error: failure('TypeError'), errorType: 'TRANSIENT' } as const;
  const pauses: number[] = [];
  const until = async () => {
    for (let token = await patience.acquireInitialRetryToken(''); ; pauses.push(token.getRetryDelay()))
      token = await patience.refreshRetryTokenForRetry(token, lost);
  };
  await expect(until()).rejects.toThrow('no more tries');
  expect(pauses.length).toBe((planFor(lost, true)?.tries ?? 0) - 1);
  expect(Math.min(...pauses)).toBeGreaterThan(0);
});
