// Waiting for another try: longer each time, and without a connection until there is one.

const PAUSES_MS = [1000, 3000, 8000, 15_000];
/** Somebody who shuts the laptop comes back to a download that goes on; longer than this a connection is not waited for. */
const OFFLINE_MS = 5 * 60_000;

/** Resolves when it makes sense to try again; fails when `signal` says that nobody wants it any more. */
export function online(failures: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const pause = PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1] ?? 0;
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = (): void => {
      done();
      reject(signal.reason as Error);
    };
    const timer = setTimeout(done, navigator.onLine ? pause : OFFLINE_MS);
    addEventListener('online', done);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
}
