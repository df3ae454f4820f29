// What somebody waits for need not be asked for again and again: the page does.

const LOOK_MS = 60_000;

/** Looks every now and then, and whenever somebody comes back to the page or the connection does; gives the way to stop. */
export function looking(look: () => void, milliseconds = LOOK_MS): () => void {
  const ends = new AbortController();
  const { signal } = ends;
  const seen = (): void => {
    if (document.visibilityState === 'visible') look();
  };
  const timer = setInterval(seen, milliseconds);
  signal.addEventListener('abort', () => clearInterval(timer));
  document.addEventListener('visibilitychange', seen, { signal });
  addEventListener('focus', seen, { signal });
  addEventListener('online', seen, { signal });
  return () => ends.abort();
}
