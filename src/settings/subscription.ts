// This browser's push subscription, as the notifier needs to know it. No browser offers any but by its service worker.
import { within } from '../library/within.ts';
import { toBase64Url, type RandomId } from '../schema/ids.ts';

export interface Subscribed {
  device: RandomId;
  endpoint: string;
  p256dh: string;
  auth: string;
}

export const canBeTold = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

/** A first visit has no service worker at once; a page in development never has one. */
const WORKER_MS = 10_000;

const manager = async (): Promise<PushManager | undefined> =>
  (await navigator.serviceWorker?.getRegistration())?.pushManager;

/** The device's name follows from its address: whoever subscribes anew is another device, and the old one is gone. */
async function described(subscription: PushSubscription): Promise<Subscribed | undefined> {
  const { endpoint } = subscription;
  const { p256dh, auth } = subscription.toJSON().keys ?? {};
  if (!p256dh || !auth) return undefined;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  const device = toBase64Url(new Uint8Array(digest, 0, 16)) as RandomId;
  return { device, endpoint, p256dh, auth };
}

/** What the browser has, if it is of this deployment: keys may have changed since. */
export async function current(key: string): Promise<Subscribed | undefined> {
  const subscription = await (await manager())?.getSubscription();
  if (!subscription) return undefined;
  const { applicationServerKey } = subscription.options;
  if (applicationServerKey && toBase64Url(new Uint8Array(applicationServerKey)) !== key) {
    await subscription.unsubscribe();
    return undefined;
  }
  return described(subscription);
}

/** Rejects where the browser has no push service, or cannot reach it. */
export async function subscribe(key: string): Promise<Subscribed | undefined> {
  const registration = await within(navigator.serviceWorker.ready, WORKER_MS);
  const subscription = await registration?.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  return subscription && described(subscription);
}

/** From now on the push service says that nobody is there. What is shown goes too. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  for (const shown of (await registration?.getNotifications?.()) ?? []) shown.close();
}
