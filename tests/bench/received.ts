// What S3 receives of originals while something happens, as the local cloud, which runs in this process, sees it on the wire: bytes, those of
// uploads that break off included, how many come in at once, and when the last one was stored.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const STARTED = 'http.server.request.start';

interface Started {
  request: IncomingMessage;
  response: ServerResponse;
  socket: Socket;
}

/** A whole original was stored: in one, or now that its parts are put together. */
const isWhole = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'PUT' ? !url.includes('partNumber=') : method === 'POST' && url.includes('uploadId=');

export class Receiving {
  readonly #host: string;
  readonly #sockets = new Set<Socket>();
  readonly #start = (message: unknown): void => this.#started(message as Started);
  #now = 0;
  #tell = (): void => {};
  /** Originals that are whole. */
  stored = 0;
  /** When the last of them was. */
  last = Number.NaN;
  /** The most that were under way at once. */
  most = 0;

  constructor(origin: string) {
    this.#host = new URL(origin).host;
    subscribe(STARTED, this.#start);
  }

  /** With the headers: of photos of 8 MB, these are next to nothing. */
  get bytes(): number {
    let bytes = 0;
    for (const socket of this.#sockets) bytes += socket.bytesRead;
    return bytes;
  }

  /** Resolves when so many originals are whole. */
  async until(count: number): Promise<void> {
    while (this.stored < count) await new Promise<void>((resolve) => (this.#tell = resolve));
  }

  end(): void {
    unsubscribe(STARTED, this.#start);
  }

  #started({ request, response, socket }: Started): void {
    if (request.headers.host !== this.#host) return;
    this.#sockets.add(socket);
    if (request.method !== 'PUT' && request.method !== 'POST') return;
    this.most = Math.max(this.most, ++this.#now);
    response.once('close', () => {
      this.#now--;
      if (response.statusCode !== 200 || !response.writableFinished || !isWhole(request)) return;
      this.stored++;
      this.last = performance.now();
      this.#tell();
    });
  }
}
