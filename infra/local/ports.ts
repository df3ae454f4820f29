// The servers of the local cloud: loopback only, each on a port of its own, and each answering under its own host name only.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type PortName = 'site' | 'api' | 'originals' | 'library' | 's3';

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
const PORT_NAMES: readonly PortName[] = ['site', 'api', 'originals', 'library', 's3'];

export async function listen(wanted: Partial<Record<PortName, number>>, undo: (() => unknown)[]) {
  const servers = {} as Record<PortName, Server>;
  const urls = {} as Record<PortName, string>;
  const stop = () => Promise.all(Object.values(servers).map(stopServer));
  undo.push(stop);
  for (const name of PORT_NAMES) {
    // Longer than a browser keeps a connection, so that none is closed under a request.
    const server = createServer({ keepAliveTimeout: 120_000 });
    const port = await listenOn(server, name, wanted[name] ?? 0);
    servers[name] = server;
    // The page is a secure context under this name, and the addresses it is registered with must be one host.
    urls[name] = name === 'site' ? `http://localhost:${port}` : `http://${LOOPBACK}:${port}`;
  }
  return { servers, urls, stop };
}

function stopServer(server: Server): Promise<unknown> {
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

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Refuses requests under another host name: a foreign page may have had its name resolve to loopback (DNS rebinding). */
export function onlyFrom(url: string, handler: Handler): Handler {
  const { port } = new URL(url);
  return (request, response) => {
    const { host } = request.headers;
    if (host === `localhost:${port}` || host === `${LOOPBACK}:${port}`) handler(request, response);
    else
      response
        .writeHead(421, { 'Content-Type': 'text/plain' })
        .end('This is not the host you are looking for.\n');
  };
}
