// Errors of AWS, the SDK, Cognito and the network, told in our few words; and the server's clock.
import { expect, test } from 'vitest';
import { Clock } from '../../src/cloud/clock.ts';
import { CloudError, toCloudError, type CloudErrorCode } from '../../src/cloud/error.ts';

const named = (name: string, message = name, rest: object = {}) =>
  Object.assign(new Error(message), { name, ...rest });
const status = (httpStatusCode: number) => named('Unknown', 'x', { $metadata: { httpStatusCode } });

const CASES: [Error, CloudErrorCode][] = [
  [new TypeError('Failed to fetch'), 'offline'],
  [new TypeError('NetworkError when attempting to fetch resource.'), 'offline'],
  [new TypeError('Load failed'), 'offline'],
  [new TypeError('fetch failed'), 'offline'],
  [new TypeError('Failed to fetch dynamically imported module: https://x/y.js'), 'offline'],
  [new TypeError("Cannot read properties of undefined (reading 'x')"), 'unexpected'],
  [new DOMException('The operation timed out', 'TimeoutError'), 'offline'],
  [named('AccessDenied'), 'forbidden'],
  [named('AccessDeniedException'), 'forbidden'],
  [named('NoSuchKey'), 'missing'],
  [named('ConditionalCheckFailedException'), 'missing'],
  [named('PreconditionFailed'), 'exists'],
  [named('SlowDown'), 'throttled'],
  [named('ProvisionedThroughputExceededException'), 'throttled'],
  [named('ConditionalRequestConflict'), 'throttled'],
  [named('ExpiredToken'), 'signed-out'],
  [named('UnrecognizedClientException'), 'signed-out'],
  [named('NotAuthorizedException', 'Invalid login token. Token expired: 1 >= 0'), 'signed-out'],
  [named('NotAuthorizedException', 'The ambiguous role mapping rules denied this request.'), 'forbidden'],
  [
    named('NotAuthorizedException', 'Token is not from a supported provider of this identity pool.'),
    'signed-out',
  ],
  [named('AuthError', 'x', { code: 'signed-out' }), 'signed-out'],
  [named('AuthError', 'x', { code: 'offline' }), 'offline'],
  [status(403), 'forbidden'],
  [status(404), 'missing'],
  [status(412), 'exists'],
  [status(503), 'throttled'],
  [status(500), 'unexpected'],
  [named('__proto__'), 'unexpected'],
  [named('constructor'), 'unexpected'],
];

test.each(CASES)('%s is told as %s', (error, code) => {
  const told = toCloudError(error);
  expect(told).toBeInstanceOf(CloudError);
  expect(told).toMatchObject({ code, cause: error });
});

test('an abort passes through untouched, as does what was told before', () => {
  const abort = new DOMException('aborted', 'AbortError');
  expect(toCloudError(abort)).toBe(abort);
  const told = new CloudError('missing', 'x');
  expect(toCloudError(told)).toBe(told);
});

test('something thrown that is no error is unexpected', () => {
  expect(toCloudError('no')).toMatchObject({ code: 'unexpected', cause: 'no' });
});

test('the clock follows the server where the difference matters', () => {
  const local = Date.UTC(2026, 0, 1, 12);
  const clock = new Clock(() => local);
  clock.observe('Thu, 01 Jan 2026 13:00:00 GMT');
  expect(clock.now()).toBe(Date.UTC(2026, 0, 1, 13));
  clock.observe('Thu, 01 Jan 2026 12:00:01 GMT');
  expect(clock.now()).toBe(local);
});

test('the clock ignores what is no date', () => {
  const clock = new Clock(() => 1000);
  for (const date of [null, undefined, '', 'soon']) clock.observe(date);
  expect(clock.now()).toBe(1000);
});
