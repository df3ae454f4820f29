// What the local cloud, which runs in this process, is asked over HTTP while something happens: by the page, by its service worker, and
// by the browser itself.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Traffic {
  requests: number;
  /** Those by which S3 copies. */
  copies: number;
  /** The browser's own questions beforehand, whether it may. */
  preflights: number;
  /** Bytes of pictures, up and down. */
  pictureBytes: number;
}

const FINISHED = 'http.server.response.finish';

function lengthOf(message: IncomingMessage | ServerResponse): number {
  const text = 'headers' in message ? message.headers['content-length'] : message.getHeader('content-length');
  return Number(text ?? 0);
}

/** Counts what is asked of these origins. */
export async function trafficOf(origins: readonly string[], play: () => Promise<unknown>): Promise<Traffic> {
  const hosts = new Set(origins.map((origin) => new URL(origin).host));
  const traffic: Traffic = { requests: 0, copies: 0, preflights: 0, pictureBytes: 0 };
  const count = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (!hosts.has(request.headers.host ?? '')) return;
    if (request.method === 'OPTIONS') {
      traffic.preflights++;
      return;
    }
    traffic.requests++;
    if ('x-amz-copy-source' in request.headers) traffic.copies++;
    else if (/\.webp(?:\?|$)/.test(request.url ?? '')) {
      traffic.pictureBytes += lengthOf(request) + lengthOf(response);
    }
  };
  subscribe(FINISHED, count);
  try {
    await play();
  } finally {
    unsubscribe(FINISHED, count);
  }
  return traffic;
}
