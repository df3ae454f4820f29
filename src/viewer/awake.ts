// Keeps the screen on. Browsers let go of that whenever the page is hidden, so that it is asked for again.

/** Until what it returns is called. */
export function stayAwake(): () => void {
  if (!('wakeLock' in navigator)) return () => {};
  const done = new AbortController();
  const hold = async (): Promise<void> => {
    if (document.visibilityState === 'hidden' || done.signal.aborted) return;
    try {
      const lock = await navigator.wakeLock.request('screen');
      const release = () => void lock.release().catch(console.warn);
      // It may come when nobody wants it any more.
      if (done.signal.aborted) release();
      else done.signal.addEventListener('abort', release);
    } catch (error) {
      // A low battery, mostly: it plays all the same.
      console.warn(error);
    }
  };
  void hold();
  document.addEventListener('visibilitychange', hold, { signal: done.signal });
  return () => done.abort();
}
