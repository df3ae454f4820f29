// The page's side of the service worker: registering it, taking its updates, and having it forget at sign-out.
import { RENDITION_CACHE } from './library/kept.ts';
import { within } from './library/within.ts';

export interface WorkerMessage {
  type: 'forget' | 'take-over';
}

/** What a notification leads to. */
export interface GoMessage {
  type: 'go';
  path: string;
}

/**
 * Registers the worker; `onupdate` is told when a new version waits, with the way to switch to it, `ongo` when somebody has pressed a
 * notification.
 */
export async function registerWorker(
  onupdate: (takeOver: () => void) => void,
  ongo: (path: string) => void,
): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener(
    'message',
    ({ data }: MessageEvent<Partial<GoMessage> | undefined>) => {
      if (data?.type === 'go' && data.path) ongo(data.path);
    },
  );
  const registration = await navigator.serviceWorker.register('/service-worker.js');
  const offer = (worker: ServiceWorker | null): void => {
    // Without a controller this is the first visit: there is nothing old to replace.
    if (worker?.state !== 'installed' || !navigator.serviceWorker.controller) return;
    onupdate(() => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      worker.postMessage({ type: 'take-over' } satisfies WorkerMessage);
    });
  };
  offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => offer(worker));
  });
}

/** How long the worker may take to answer; it answers at once unless it is being replaced. */
const ANSWER_MS = 2000;

/** Deletes one person's renditions kept on this device, or everybody's, after the worker has stopped adding to them. */
export async function forgetCaches(identityId = ''): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active) await within(forgotten(registration.active), ANSWER_MS);
  // Whoever has signed in meanwhile may have asked to be told.
  if (registration && identityId === '') await unsubscribed().catch(console.warn);
  await deleteCaches((name) => name.startsWith(RENDITION_CACHE + identityId));
}

const unsubscribed = async (): Promise<void> => (await import('./settings/subscription.ts')).unsubscribe();

function forgotten(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.addEventListener('message', () => resolve());
    channel.port1.start();
    worker.postMessage({ type: 'forget' } satisfies WorkerMessage, [channel.port2]);
  });
}

/** Deletes what was kept for anybody else. */
export const keepCachesOf = (identityId: string): Promise<void> =>
  deleteCaches((name) => !name.startsWith(RENDITION_CACHE + identityId));

async function deleteCaches(goes: (name: string) => boolean): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(RENDITION_CACHE) && goes(name));
  await Promise.all(names.map((name) => caches.delete(name)));
}
