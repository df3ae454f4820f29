// The service worker's part in being told: shows what came from the notifier, and opens the share that it was about.
import { parseTold, sharedPath } from './schema/told.ts';
import { notification } from './ui/words/telling.ts';
import type { GoMessage } from './worker-client.ts';

declare const self: ServiceWorkerGlobalScope;

interface Shown {
  path: string;
}

function read(event: PushEvent): unknown {
  try {
    return event.data?.json();
  } catch {
    return undefined;
  }
}

/** Browsers want something to be shown for every message; what cannot be read was not sent by ours, and is let go. */
export async function show(event: PushEvent): Promise<void> {
  const told = parseTold(read(event));
  if (!told) return;
  const { title, body } = notification(told.count, told.name, told.title);
  const data: Shown = { path: sharedPath(told) };
  await self.registration.showNotification(title, { body, tag: told.news, icon: '/icon.svg', data });
}

/** In the page that is open, if one is. */
export async function open({ notification: shown }: NotificationEvent): Promise<void> {
  shown.close();
  const { path } = (shown.data ?? {}) as Partial<Shown>;
  if (!path) return;
  const [page] = await self.clients.matchAll({ type: 'window' });
  if (!page) {
    await self.clients.openWindow(path);
    return;
  }
  page.postMessage({ type: 'go', path } satisfies GoMessage);
  await page.focus();
}
