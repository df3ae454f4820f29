// The one error of this room: whatever AWS, the SDK, Cognito or the network say is translated here, once.
import { fields } from '../schema/parse.ts';

/**
 * `offline` no answer at all; `signed-out` the sign-in is no longer good; `forbidden` a policy said no; `missing` there is no such
 * thing; `exists` it is there already; `archived` it has to be restored first; `throttled` try again later; `unexpected` anything else (see `cause`).
 */
export type CloudErrorCode =
  'offline' | 'signed-out' | 'forbidden' | 'missing' | 'exists' | 'archived' | 'throttled' | 'unexpected';

export class CloudError extends Error {
  readonly code: CloudErrorCode;
  constructor(code: CloudErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CloudError';
    this.code = code;
  }
}

/** The code of an error that this room gave; `unexpected` for any other. */
export const problemCodeOf = (error: unknown): CloudErrorCode =>
  error instanceof CloudError ? error.code : 'unexpected';

export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

const CODES = new Map<string, CloudErrorCode>([
  ['AccessDenied', 'forbidden'],
  ['AccessDeniedException', 'forbidden'],
  ['ConditionalCheckFailedException', 'missing'],
  ['NoSuchKey', 'missing'],
  ['NoSuchBucket', 'missing'],
  ['NotFound', 'missing'],
  ['ResourceNotFoundException', 'missing'],
  ['InvalidObjectState', 'archived'],
  ['ObjectNotInActiveTierError', 'archived'],
  ['RestoreAlreadyInProgress', 'exists'],
  ['PreconditionFailed', 'exists'],
  // Two writers of one key at once: S3 lets neither win by chance, it asks to try again.
  ['ConditionalRequestConflict', 'throttled'],
  ['ProvisionedThroughputExceededException', 'throttled'],
  ['RequestLimitExceeded', 'throttled'],
  ['RequestThrottled', 'throttled'],
  ['ServiceUnavailable', 'throttled'],
  ['SlowDown', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['TimeoutError', 'offline'],
]);

/**
 * Why an own original is refused: in the deep archive, or not there, and whoever may not list is not told so. Nobody else's is ever asked
 * for.
 */
export const refusalOf = async (response: Response): Promise<CloudErrorCode> =>
  (await response.text()).includes('InvalidObjectState') ? 'archived' : 'missing';

/** AWS credentials that are no longer taken; new ones may be. */
const STALE_CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidToken',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);

const STATUSES = new Map<number, CloudErrorCode>([
  [401, 'signed-out'],
  [403, 'forbidden'],
  [404, 'missing'],
  [412, 'exists'],
  [429, 'throttled'],
  [503, 'throttled'],
]);

// How Chromium, Firefox, Safari and Node word a fetch that got no answer: a TypeError, as are mistakes in code.
const NO_ANSWER =
  /failed to fetch|fetch failed|network ?error|network request|internet connection|load failed|error loading|importing a/i;

// Cognito says NotAuthorizedException for a bad token as for a person without a role ("The ambiguous role mapping rules denied
// this request."); only the sentence differs.
const NO_MEMBER = /\brole\b|forbidden/i;

/** Whether new AWS credentials may help. */
export const isStale = (error: unknown): boolean => STALE_CREDENTIALS.has(nameOf(error));

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const statusOf = (error: unknown): number => {
  const status = fields(fields(error)?.['$metadata'])?.['httpStatusCode'];
  return typeof status === 'number' ? status : 0;
};

function codeOf(error: Error): CloudErrorCode {
  const name = nameOf(error);
  if (isStale(error)) return 'signed-out';
  if (name === 'NotAuthorizedException') return NO_MEMBER.test(error.message) ? 'forbidden' : 'signed-out';
  if (error instanceof TypeError && NO_ANSWER.test(error.message)) return 'offline';
  // The id token's own source fails with the same two words, and is a stranger to this room.
  const code = fields(error)?.['code'];
  if (code === 'offline' || code === 'signed-out') return code;
  return CODES.get(name) ?? STATUSES.get(statusOf(error)) ?? 'unexpected';
}

/** The error as a CloudError, with the first one as its cause. An AbortError passes through: whoever aborted knows. */
export function toCloudError(error: unknown): Error {
  if (error instanceof CloudError) return error;
  if (!(error instanceof Error)) return new CloudError('unexpected', String(error), { cause: error });
  if (isAbort(error)) return error;
  return new CloudError(codeOf(error), error.message || error.name, { cause: error });
}
