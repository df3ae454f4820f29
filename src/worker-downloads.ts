// The service worker's part in downloads: a page that makes a file gives it a stream, and the worker answers one request with it, for
// browsers that let no page write to the disk. See `selection/to-disk`.
import { attachment } from './cloud/presign.ts';
import {
  DOWNLOADS,
  type DownloadMessage,
  type FromWorker,
  type ToWorker,
} from './selection/worker-messages.ts';

/** An address that was not asked for by then is none any more. */
const OFFERED_MS = 15_000;

interface Offer {
  name: string;
  port: MessagePort;
  /** The page that made it: nobody else gets it. */
  clientId: string;
}

const offers = new Map<string, Offer>();
/** What ends those that run. */
const running = new Set<() => void>();

const tell = (port: MessagePort, message: FromWorker): void => port.postMessage(message);

/** Takes a page's offer, and tells it the address. */
export function offer({ data, ports, source }: ExtendableMessageEvent): void {
  const [port] = ports;
  if (!port || !(source instanceof WindowClient)) return;
  const { name } = data as DownloadMessage;
  const path = DOWNLOADS + crypto.randomUUID();
  offers.set(path, { name, port, clientId: source.id });
  setTimeout(() => offers.delete(path), OFFERED_MS);
  tell(port, { type: 'ready', path });
}

/** The download at this address, once; nothing, which leaves the page where it is, for anybody else and ever after. */
export function download(event: FetchEvent, path: string): Response {
  const offered = offers.get(path);
  // Not every browser says who navigates. The address cannot be guessed in any case.
  if (!offered || (event.clientId !== '' && event.clientId !== offered.clientId))
    return new Response(null, { status: 204 });
  offers.delete(path);
  const { body, ended } = streamed(offered.port);
  event.waitUntil(ended);
  return new Response(body, {
    headers: {
      'content-type': 'application/zip',
      'content-disposition': attachment(offered.name),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  });
}

/** The page's stream, chunk by chunk as the disk takes them. */
function streamed(port: MessagePort): { body: ReadableStream<Uint8Array>; ended: Promise<void> } {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let pulled = (): void => {};
  const stop = (): void => tell(port, { type: 'cancel' });
  const end = (): void => {
    running.delete(fail);
    pulled();
    resolve();
    port.close();
  };
  let fail = (): void => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        fail = () => {
          stop();
          controller.error(new TypeError('the download has ended'));
          end();
        };
        running.add(fail);
        port.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
          if (data.type === 'chunk') {
            controller.enqueue(data.chunk);
            pulled();
          } else if (data.type === 'end') {
            controller.close();
            end();
          } else fail();
        });
        // The page was closed; where browsers tell that.
        port.addEventListener('close', () => running.has(fail) && fail());
        port.start();
      },
      pull() {
        tell(port, { type: 'pull' });
        return new Promise<void>((enough) => (pulled = enough));
      },
      cancel() {
        stop();
        end();
      },
    },
    { highWaterMark: 1 },
  );
  return { body, ended };
}

/** Somebody signs out: nothing that was offered is answered any more, and what runs ends. */
export function endDownloads(): void {
  offers.clear();
  for (const fail of running) fail();
}
