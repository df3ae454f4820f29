// `npm start` and `npm run dev`: the whole of Shoebox on this computer, until Ctrl-C. Prints one address, or one plain sentence.
import type { Server } from 'node:http';
import { join, normalize, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { startCloud, type CloudOptions, type DevelopmentPage } from './cloud.ts';
import { LockedError } from './lock.ts';
import { PortError } from './ports.ts';
import { buildPage, CommandError, ROOT, synthesise } from './synth.ts';
import { TemplateError } from './template-values.ts';

const DEFAULT_PORT = 7463;

/** As Vite has them, which forgets them when it is given others. */
const VITE_DENIES = ['.env', '.env.*', '*.{crt,pem}', '**/.git/**'];

const { values: flags } = parseArgs({
  options: { dev: { type: 'boolean', default: false }, data: { type: 'string' } },
});

/** A mistake of the caller's, said plainly. */
class UsageError extends Error {}

function wantedPort(): number {
  const { PORT } = process.env;
  const port = PORT === undefined || PORT === '' ? DEFAULT_PORT : Number(PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_530) {
    throw new UsageError(`PORT must be a whole number from 0 to 65530, not "${PORT}".`);
  }
  return port;
}

const directory = resolve(flags.data ?? join(ROOT, '.shoebox'));

/** Whether Vite would take an address for a file of the data directory, as keys and photos are. */
function isOfData(address: string): boolean {
  let path = address.split(/[?#]/, 1)[0] ?? '';
  try {
    path = decodeURIComponent(path);
  } catch {
    // Taken as it is.
  }
  const inside = `${directory}${sep}`.toLowerCase();
  const files = [join(ROOT, path), normalize(path.replace(/^\/+@fs(?=\/)/, ''))];
  return files.some((file) => `${file}${sep}`.toLowerCase().startsWith(inside));
}

/** Vite in place of the build. It puts styles into the page by script and talks to its server: allowed for that, and no more. */
async function developmentPage(server: Server): Promise<DevelopmentPage> {
  const { createServer } = await import('vite');
  const vite = await createServer({
    root: ROOT,
    appType: 'spa',
    clearScreen: false,
    logLevel: 'warn',
    server: {
      middlewareMode: true,
      hmr: { server },
      // No other site needs the sources.
      cors: false,
      fs: { deny: [...VITE_DENIES, '**/.shoebox/**'] },
      watch: { ignored: ['**/.shoebox/**'] },
    },
  });
  server.on('close', () => void vite.close());
  return {
    handle: (request, response) => {
      if (!isOfData(request.url ?? '/')) vite.middlewares(request, response);
      else response.writeHead(403, { 'Content-Type': 'text/plain' }).end('These are data, not the page.\n');
    },
    relax: (policy, origin) =>
      policy
        .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
        .replace("connect-src 'self'", `connect-src 'self' ${origin.replace('http', 'ws')}`),
  };
}

async function main(): Promise<void> {
  const port = wantedPort();
  const others =
    port === 0
      ? {}
      : { api: port + 1, originals: port + 2, library: port + 3, shares: port + 4, reads: port + 5 };
  const cache = join(directory, 'cache');
  const options: CloudOptions = {
    directory,
    ports: { site: port, ...others },
    template: () => synthesise(cache),
    ...(flags.dev ? { page: developmentPage } : { dist: () => buildPage(cache) }),
  };
  const cloud = await startCloud(options);
  console.log(`Shoebox is ready: ${cloud.urls.site}`);

  let stopping = false;
  const stop = () => {
    // Asked twice, it stops at once; nothing that was acknowledged can be lost.
    if (stopping) process.exit(1);
    stopping = true;
    cloud.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What went wrong, for somebody who wants to start Shoebox and not to read a stack trace. */
function sentence(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof LockedError) return error.message;
  if (error instanceof PortError) {
    return `${error.message} Choose another one: PORT=${error.port + 100} npm start`;
  }
  if (error instanceof UsageError || error instanceof TemplateError || error instanceof CommandError) {
    return error.message;
  }
  return systemSentence(error);
}

/** What the system refuses, wherever that came up. */
function systemSentence(error: unknown): string | undefined {
  const { code, syscall, port, path, message, cause } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EACCES' && syscall === 'listen') {
    return `The system keeps port ${port} for itself. Choose another one: PORT=${DEFAULT_PORT} npm start`;
  }
  const where = path ?? directory;
  if (code === 'EACCES' || code === 'EPERM') return `Shoebox may not read or write ${where}.`;
  if (code === 'ENOTDIR' || code === 'EEXIST') return `${where} is no folder, nor lies in one.`;
  if (code === 'EROFS') return `${where} can only be read, and Shoebox must write there.`;
  // LevelDB has words in place of a code.
  if (code === 'ENOSPC' || /no space left/i.test(message)) {
    return `The disk is full: Shoebox cannot write to ${where}.`;
  }
  return cause instanceof Error ? systemSentence(cause) : undefined;
}

main().catch((error: unknown) => {
  console.error(sentence(error) ?? error);
  process.exit(1);
});
