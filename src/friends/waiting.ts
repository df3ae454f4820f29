// Somebody who waits to be let in need not ask again and again: the page does.

export const LOOK_MS = 60_000;

/** Looks every now and then, and whenever somebody comes back to the page or the connection does; gives the way to stop. */
export function looking(look: () => void): () => void {
  const ends = new AbortController();
  const { signal } = ends;
  const seen = (): void => {
    if (document.visibilityState === 'visible') look();
  };
  const timer = setInterval(seen, LOOK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  document.addEventListener('visibilitychange', seen, { signal });
  addEventListener('focus', seen, { signal });
  addEventListener('online', seen, { signal });
  return () => ends.abort();
}
