// Work on many, two at a time.

const LANES = 2;

/** The first error ends them all; it is thrown once none of them does anything any more. */
export async function inLanes<T>(
  all: readonly T[],
  signal: AbortSignal,
  work: (one: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const rest = all.values();
  const lane = async (): Promise<void> => {
    try {
      for (const one of rest) {
        both.throwIfAborted();
        await work(one, both);
      }
    } catch (error) {
      ending.abort(error);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  ending.signal.throwIfAborted();
}
