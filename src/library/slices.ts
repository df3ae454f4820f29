// Long work in slices: between them the page may draw and answer.

/** Longer than this at a stretch, and somebody may notice. */
const SLICE_MS = 12;
/** Between two looks at the clock. */
const STRIDE = 64;

/** Lets the page draw and answer. */
export const pause = (): Promise<void> =>
  'scheduler' in globalThis && 'yield' in scheduler
    ? scheduler.yield()
    : new Promise((resolve) => {
        setTimeout(resolve);
      });

/** To be asked between pieces of work: a rest to be waited for, when it is time for one. Quick work has none, and stays in one piece. */
export function breather(): () => Promise<void> | undefined {
  let since = performance.now();
  const rest = async (): Promise<void> => {
    await pause();
    since = performance.now();
  };
  return () => (performance.now() - since < SLICE_MS ? undefined : rest());
}

/** Does something with each, in slices; few are done without a rest. Aborted, it fails with the signal's reason. */
export async function inSlices<T>(
  all: Iterable<T>,
  work: (one: T) => void,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const breath = breather();
  let done = 0;
  for (const one of all) {
    work(one);
    if (++done % STRIDE !== 0) continue;
    const rest = breath();
    if (!rest) continue;
    await rest;
    signal?.throwIfAborted();
  }
}

/** From 0 on, for work that goes by number. */
export function* upTo(count: number): Generator<number> {
  for (let number = 0; number < count; number++) yield number;
}
