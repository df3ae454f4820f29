// The service worker: the page's shell for offline starts, and renditions kept by key, for each identity apart.
import { mostOf, readKeeping, renditionCache, trim } from './library/kept.ts';
import { within } from './library/within.ts';
import type { IdentityId } from './schema/ids.ts';
import { parseRenditionKey, type Rendition } from './schema/keys.ts';
import { LINK_PAGE } from './schema/link.ts';
import { DOWNLOADS, type AwakeMessage, type DownloadMessage } from './selection/worker-messages.ts';
import { fillShell, SHELL_CACHE } from './shell-cache.ts';
import type { WorkerMessage } from './worker-client.ts';
import { download, endDownloads, offer } from './worker-downloads.ts';
import { isShare, received } from './worker-receiving.ts';
import { open, show } from './worker-telling.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: the shell's files, and a name that changes with any of them. */
declare const SHELL_FILES: readonly string[];
declare const SHELL_VERSION: string;

const SHELL = SHELL_CACHE + SHELL_VERSION;
const CONFIG_CACHE = 'shoebox-config';
const PAGE = '/index.html';
const CONFIG = '/config.json';
/** With a bad connection the last config is better than a wait: it hardly ever changes. */
const CONFIG_PATIENCE_MS = 1500;
/** Of many, to look through them takes a while. */
const TRIM_EVERY = 200;

interface Kind {
  owner: IdentityId;
  rendition: Rendition;
}

/** Grows at each sign-out: a rendition asked for before it must not be kept after it. */
let epoch = 0;
let added = 0;

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      await fillShell(SHELL, SHELL_FILES);
      await freshConfig(new Request(CONFIG));
    })(),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith(SHELL_CACHE) && name !== SHELL);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('message', (event) => {
  const { type } = event.data as WorkerMessage | DownloadMessage | AwakeMessage;
  if (type === 'take-over') event.waitUntil(self.skipWaiting());
  if (type === 'download') offer(event);
  if (type === 'forget') {
    epoch++;
    endDownloads();
    event.ports[0]?.postMessage('forgotten');
  }
});

self.addEventListener('push', (event) => event.waitUntil(show(event)));
self.addEventListener('notificationclick', (event) => event.waitUntil(open(event)));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') {
    if (isShare(request)) event.respondWith(received(request));
    return;
  }
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) {
    const key = url.pathname.slice(url.pathname.indexOf('/renditions/') + 1);
    const rendition = parseRenditionKey(decodeURIComponent(key));
    // Pictures on the page, and those that are fetched to be kept.
    if (rendition && (request.destination === 'image' || request.mode === 'cors')) {
      event.respondWith(renditionOf(event, key, rendition));
    }
  } else if (request.mode === 'navigate' && url.pathname.startsWith(DOWNLOADS)) {
    event.respondWith(download(event, url.pathname));
  } else if (request.mode === 'navigate') {
    // A link is for whoever has no library here: its page is not part of the shell, and nothing behind it is ever kept.
    if (url.pathname !== LINK_PAGE) event.respondWith(shellFile(PAGE, request));
  } else if (url.pathname === CONFIG) {
    event.respondWith(config(event));
  } else if (SHELL_FILES.includes(url.pathname)) {
    event.respondWith(shellFile(url.pathname, request));
  }
});

async function shellFile(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(SHELL);
  return (await cache.match(path)) ?? fetch(request);
}

/** The network's answer; the last good one when there is none soon. */
async function config(event: FetchEvent): Promise<Response> {
  const fresh = freshConfig(event.request);
  const kept = await (await caches.open(CONFIG_CACHE)).match(CONFIG);
  if (!kept) return fresh;
  const soon = fresh.catch(() => kept);
  event.waitUntil(soon);
  return (await within(soon, CONFIG_PATIENCE_MS)) ?? kept;
}

/** Fails unless what comes is our config: a hotel's sign-in page also answers 200. */
async function freshConfig(request: Request): Promise<Response> {
  const response = await fetch(request);
  const ours =
    response.ok &&
    !response.redirected &&
    response.headers.get('content-type')?.startsWith('application/json');
  if (!ours) throw new TypeError(`config.json: ${response.status}`);
  await (await caches.open(CONFIG_CACHE)).put(CONFIG, response.clone());
  return response;
}

/** A rendition never changes, so the kept one is as good as any; its signature does not matter to the cache. */
async function renditionOf(event: FetchEvent, key: string, kind: Kind): Promise<Response> {
  const name = `/${key}`;
  const kept = await caches.match(name, { cacheName: renditionCache(kind.owner, kind.rendition) });
  if (kept) return kept;
  const before = epoch;
  // Not through the browser's own cache: its key would be the signed URL, which must not outlive the sign-out.
  const response = await fetch(new Request(event.request, { cache: 'no-store' }));
  const keep =
    response.type === 'cors' &&
    response.status === 200 &&
    response.headers.get('content-type') === 'image/webp';
  if (!keep) return response;
  const adding = add(kind, name, response.clone(), before);
  event.waitUntil(adding);
  // What is fetched to be kept is answered once it is kept; a picture on the page waits for nothing.
  if (event.request.destination !== 'image') await Promise.allSettled([adding]);
  return response;
}

async function add(kind: Kind, name: string, response: Response, before: number): Promise<void> {
  // Read whole first: from here to the put nothing waits for the network, so a sign-out cannot slip in between unseen.
  const body = await response.blob();
  if (epoch !== before) return;
  const cacheName = renditionCache(kind.owner, kind.rendition);
  const cache = await caches.open(cacheName);
  try {
    await cache.put(
      name,
      new Response(body, { headers: { 'content-type': 'image/webp', 'access-control-allow-origin': '*' } }),
    );
  } catch (error) {
    // The disk is full: make room, and keep the next one.
    console.warn('A picture could not be kept for offline use.', error);
    await trim(cache, Math.floor((await most(kind)) / 2));
  }
  if (epoch !== before) await caches.delete(cacheName);
  else if (++added % TRIM_EVERY === 0) await trim(cache, await most(kind));
}

/** How many of them the person wants to be kept here. */
const most = async ({ owner, rendition }: Kind): Promise<number> =>
  mostOf(await readKeeping(owner), rendition);
