// Faults that a test has S3 make, as AWS and the network between make them now and then. Nothing but a test's code asks for them: no
// request, no setting and no command line does.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from './errors.ts';

const REFUSALS = {
  expired: [400, 'ExpiredToken', 'The provided token has expired.'],
  busy: [503, 'SlowDown', 'Please reduce your request rate.'],
  broken: [500, 'InternalError', 'We encountered an internal error. Please try again.'],
  conflict: [
    409,
    'ConditionalRequestConflict',
    'A conflicting conditional operation is currently in progress.',
  ],
} as const;

/**
 * `expired`, `busy`, `broken` and `conflict` are answers in place of what was asked for. With `lost` it is done, but the connection breaks
 * before the answer comes through; with `cut` the connection breaks while the request comes in, and nothing is done.
 */
export type Fault = keyof typeof REFUSALS | 'lost' | 'cut';

/** Asked once for every request. */
export type Faults = (request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) => Fault | undefined;

/** Throws what is answered in place of what was asked for. */
export function refuse(fault: Fault | undefined): void {
  if (fault === undefined || fault === 'lost' || fault === 'cut') return;
  const [status, code, message] = REFUSALS[fault];
  throw new S3Error(status, code, message);
}

/** Whatever is answered from here on breaks off before its first byte. */
export function loseAnswer(response: ServerResponse): void {
  // Headers wait for what follows them.
  const lose = () => response.destroy();
  Object.assign(response, { write: lose, end: lose });
}

export function cut(request: IncomingMessage): void {
  const end = () => request.socket.destroy();
  request.once('data', end).once('end', end);
}
