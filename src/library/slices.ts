// Work on many photos that leaves the page time to draw and answer.

const SLICE_MS = 12;
/** Between two looks at the clock. */
const STRIDE = 64;

export const pause = (): Promise<void> =>
  'scheduler' in globalThis && 'yield' in scheduler
    ? scheduler.yield()
    : new Promise((resolve) => {
        setTimeout(resolve);
      });

/** Does something with each, in slices; few are done without a pause. Aborted, it fails with the signal's reason. */
export async function inSlices<T>(
  all: Iterable<T>,
  work: (one: T) => void,
  signal?: AbortSignal,
): Promise<void> {
  let begun = performance.now();
  let done = 0;
  for (const one of all) {
    work(one);
    if (++done % STRIDE !== 0 || performance.now() - begun < SLICE_MS) continue;
    await pause();
    signal?.throwIfAborted();
    begun = performance.now();
  }
}
