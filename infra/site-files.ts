// How each file of the built page is stored: its type, how long it may be cached, and in which order it goes up. Pure.

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  map: 'application/json',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  jpg: 'image/jpeg',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
};

/** Throws for an ending nobody thought of: with nosniff, a browser would refuse the file anyway. */
export function contentType(file: string): string {
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1).toLowerCase()];
  if (!type) throw new Error(`infra/site-files.ts does not know the content type of ${file}`);
  return type;
}

/** Vite puts a hash of the content into the names below assets/; all else keeps its name and must be asked for again. */
export const cacheControl = (file: string): string =>
  file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';

/** Fetches the page as soon as a browser finds it changed: a new one with an old page would be kept on that device for good. */
export const SERVICE_WORKER = 'service-worker.js';

/** What refers to others goes after them, so that no page ever asks for a file that is not there yet. */
const LAST = ['config.json', 'manifest.webmanifest', 'index.html', SERVICE_WORKER];

/** Groups of files in the order they go up; within a group the order does not matter. */
export function uploadOrder(files: readonly string[]): string[][] {
  const rest = files.filter((file) => !LAST.includes(file));
  return [
    rest.filter((file) => file.startsWith('assets/')),
    rest.filter((file) => !file.startsWith('assets/')),
    ...LAST.filter((file) => files.includes(file)).map((file) => [file]),
  ].filter((group) => group.length > 0);
}
