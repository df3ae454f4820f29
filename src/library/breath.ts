// Long work in pieces: between them the page may draw and answer.

/** Longer than this at a stretch, and somebody may notice. */
const STRETCH_MS = 12;

interface Scheduling {
  scheduler?: { yield?: () => Promise<void> };
}

/** To be awaited between pieces: gives way when enough time has passed since it last did. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < STRETCH_MS) return;
    const { scheduler } = globalThis as Scheduling;
    if (scheduler?.yield) await scheduler.yield();
    else await new Promise<void>((resolve) => setTimeout(resolve));
    since = performance.now();
  };
}
