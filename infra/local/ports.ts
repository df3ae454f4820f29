// The servers of the local cloud: loopback only, each on a port of its own, and each answering under its own host name only.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';

export type PortName = 'site' | 'api' | 'originals' | 'library' | 'shares' | 'reads' | 's3';

/** The site's port is taken by another program. */
export class PortError extends Error {
  readonly port: number;
  constructor(port: number, cause: unknown) {
    super(`Port ${port} is taken by another program.`, { cause });
    this.name = 'PortError';
    this.port = port;
  }
}

const LOOPBACK = '127.0.0.1';
const LOOPBACK_6 = '::1';
const PORT_NAMES: readonly PortName[] = ['site', 'api', 'originals', 'library', 'shares', 'reads', 's3'];

export async function listen(wanted: Partial<Record<PortName, number>>, undo: (() => unknown)[]) {
  const servers = {} as Record<PortName, Server>;
  const urls = {} as Record<PortName, string>;
  let closeDoorway: () => unknown = () => undefined;
  const stop = () => {
    closeDoorway();
    return Promise.all(Object.values(servers).map(stopServer));
  };
  undo.push(stop);
  for (const name of PORT_NAMES) {
    // Longer than a browser keeps a connection, so that none is closed under a request.
    const server = createServer({ keepAliveTimeout: 120_000 });
    server.on('request', (_request, response) => turnAwayEarly(server, response));
    servers[name] = server;
    const port = await listenOn(server, name, wanted[name] ?? 0);
    if (name === 'site') closeDoorway = await listenOn6(server, port);
    // The page is a secure context under this name, and the addresses it is registered with must be one host.
    urls[name] = name === 'site' ? `http://localhost:${port}` : `http://${LOOPBACK}:${port}`;
  }
  return { servers, urls, stop };
}

/** Whoever comes before there is anybody to answer is told so: a page that was here before a restart would wait in vain. */
function turnAwayEarly(server: Server, response: ServerResponse): void {
  if (server.listenerCount('request') === 1) response.writeHead(503, { Connection: 'close' }).end();
}

function stopServer(server: Server): Promise<unknown> {
  // One that never listened says so, and is as good as stopped.
  const stopped = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  return stopped;
}

async function listenOn(server: Server, name: PortName, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, LOOPBACK, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return (server.address() as AddressInfo).port;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (name === 'site') throw new PortError(port, error);
    return listenOn(server, name, 0);
  }
}

/** `localhost` may be ::1 first: what connects there is the site's too, or another program would answer under its address. */
async function listenOn6(server: Server, port: number): Promise<() => unknown> {
  const doorway = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    server.emit('connection', socket);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      doorway.once('error', reject).listen(port, LOOPBACK_6, () => {
        doorway.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A computer without IPv6.
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return () => undefined;
    throw code === 'EADDRINUSE' ? new PortError(port, error) : error;
  }
  return () => doorway.close();
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What a handler throws is one answer's failure: reported here, and never the end of the whole cloud. */
function fail(response: ServerResponse, error: unknown): void {
  console.error(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response
    .writeHead(500, { 'Content-Type': 'text/plain' })
    .end('The local cloud failed; its terminal says why.\n');
}

/** Refuses requests under another host name: a foreign page may have had its name resolve to loopback (DNS rebinding). */
export function onlyFrom(url: string, handler: Handler): Handler {
  const { port } = new URL(url);
  const hosts = new Set(['localhost', LOOPBACK, `[${LOOPBACK_6}]`].map((name) => `${name}:${port}`));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (hosts.has(request.headers.host ?? '')) await handler(request, response);
    else
      response
        .writeHead(421, { 'Content-Type': 'text/plain' })
        .end('This is not the host you are looking for.\n');
  };
  return (request, response) => {
    answer(request, response).catch((error: unknown) => fail(response, error));
  };
}
