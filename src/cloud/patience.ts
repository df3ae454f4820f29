// How often, and after which pauses, a request about an original is tried again. The SDK's own way gives up sooner, lets a few requests
// that fail use up the tries of all others, and does not know S3's 409.
import type { S3ClientConfig } from '@aws-sdk/client-s3';

type Strategy = Extract<NonNullable<S3ClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;
type Token = Awaited<ReturnType<Strategy['acquireInitialRetryToken']>>;
type Failure = Parameters<Strategy['refreshRetryTokenForRetry']>[1];

/** Tries in all, and the first pause; each one after is twice as long, up to the longest. */
interface Plan {
  tries: number;
  pause: number;
}
/** No answer at all: some seconds. Whoever has no network for longer is told so. */
const UNANSWERED: Plan = { tries: 6, pause: 200 };
/** An answer that says "later": one or two minutes. */
const BUSY: Plan = { tries: 10, pause: 1000 };
/** Two wrote at once, and S3 lets neither win by chance: until the other one is done. */
const CONFLICT: Plan = { tries: 5, pause: 300 };
/** The clock was wrong. The SDK has set it right by the answer. */
const SKEWED: Plan = { tries: 5, pause: 100 };
const LONGEST_PAUSE = 20_000;

/** Undefined where another try would be told the same. */
export function planFor({ error, errorType }: Failure, online: boolean): Plan | undefined {
  if (error?.name === 'ConditionalRequestConflict') return CONFLICT;
  if (errorType !== 'TRANSIENT' && errorType !== 'THROTTLING') return undefined;
  if (error?.name === 'RequestTimeTooSkewed') return SKEWED;
  const status = error?.$metadata?.httpStatusCode;
  // Without a network there is nothing to be tried: the sooner that is told, the sooner somebody waits for it to come back.
  if (status === undefined) return online ? UNANSWERED : undefined;
  // As long as the clock is being set right, the SDK would have anything tried again, refusals too.
  return status >= 500 || status === 429 || error?.name === 'RequestTimeout' ? BUSY : undefined;
}

/** The pause in milliseconds before try number `done + 1`. Half of it is left to chance, so that many do not come back at once. */
export function pauseAfter(done: number, { pause }: Plan, random: () => number = Math.random): number {
  const whole = Math.min(pause * 2 ** (done - 1), LONGEST_PAUSE);
  return Math.round(whole * (0.5 + random() / 2));
}

/** `retries` are the tries after the first. The SDK waits for as long as its token says, and wakes up when the caller gives up. */
const tokenOf = (retries: number, delay: number): Token => ({
  getRetryCount: () => retries,
  getRetryDelay: () => delay,
});

export const patience: Strategy = {
  acquireInitialRetryToken: async () => tokenOf(0, 0),
  refreshRetryTokenForRetry: async (token, failure) => {
    const done = token.getRetryCount() + 1;
    const plan = planFor(failure, globalThis.navigator?.onLine !== false);
    // The SDK throws what has happened, not this.
    if (!plan || done >= plan.tries) throw new Error('no more tries');
    const asked = (failure.retryAfterHint?.getTime() ?? 0) - Date.now();
    return tokenOf(done, Math.max(pauseAfter(done, plan), Math.min(asked, LONGEST_PAUSE)));
  },
  recordSuccess: () => undefined,
};
