// Why a photo is not in the folder, and why an export ended before its time.
import { CloudError, type CloudErrorCode } from '../cloud/error.ts';

/**
 * Of one file: `archived`, `missing`, `unexpected` its original cannot be had; `damaged` it is not what was uploaded; `taken` others have
 * its names; `name`, `refused` the browser takes no such name, or no such file; `locked` another program has it open.
 */
export type Reason =
  'archived' | 'missing' | 'damaged' | 'taken' | 'name' | 'refused' | 'locked' | 'unexpected';

/** Of all that is left: `full`, `denied`, `gone`, `unwritable` are about the folder. */
export type Ending = CloudErrorCode | 'full' | 'denied' | 'gone' | 'unwritable';

/** One file's fault: the others follow. */
export class NotTaken extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

/** Nothing more can be written, or had. */
export class Ended extends Error {
  readonly ending: Ending;
  constructor(ending: Ending, options?: ErrorOptions) {
    super(ending, options);
    this.ending = ending;
  }
}

/** By the names of what the File System Standard has browsers throw. */
const ENDINGS = new Map<string, Ending>([
  ['QuotaExceededError', 'full'],
  ['NotAllowedError', 'denied'],
  ['SecurityError', 'denied'],
  ['NotFoundError', 'gone'],
]);
const REASONS = new Map<string, Reason>([
  ['NoModificationAllowedError', 'locked'],
  ['NotReadableError', 'locked'],
  ['TypeMismatchError', 'taken'],
  // Nobody has given up: the browser has looked at what was written, and thinks that it is dangerous.
  ['AbortError', 'refused'],
]);
/** What a single original is to blame for. */
const OF_ONE = new Set<CloudErrorCode>(['archived', 'missing', 'unexpected']);

/** Any error as one of the two, or as the signal's reason once that is aborted. */
export function explained(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof NotTaken || error instanceof Ended) return error;
  const cause = { cause: error };
  if (error instanceof CloudError) {
    const { code } = error;
    return OF_ONE.has(code) ? new NotTaken(code as Reason, cause) : new Ended(code, cause);
  }
  if (!(error instanceof DOMException)) return new Ended('unexpected', cause);
  const reason = REASONS.get(error.name);
  return reason ? new NotTaken(reason, cause) : new Ended(ENDINGS.get(error.name) ?? 'unwritable', cause);
}
