// The page's host, in CloudFront's place: the files of the build with the template's response headers, its viewer-request
// function, and config.json.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative } from 'node:path';
import type { Config } from '../../src/schema/config.ts';
import { LINK_PAGE } from '../../src/schema/link.ts';
import { cacheControl, contentType } from '../site-files.ts';
import { encodedFor, type Body } from './compress.ts';
import type { Site } from './template-hosts.ts';
import { compileViewerFunction, type ViewerFunction } from './viewer-function.ts';

export interface SiteOptions {
  site: Site;
  config: Config;
  /** The folder of the build. */
  dist: string;
  /** Answers in its place, for all but config.json. */
  page?: (request: IncomingMessage, response: ServerResponse) => void;
}

interface File extends Body {
  etag: string;
}

export class SiteServer {
  readonly #options: SiteOptions;
  readonly #viewerRequest: ViewerFunction | undefined;
  /** By file, its size and its time: a new build is served without a restart. */
  readonly #bodies = new Map<string, File>();

  constructor(options: SiteOptions) {
    this.#options = options;
    const { viewerRequest } = options.site;
    this.#viewerRequest = viewerRequest === undefined ? undefined : compileViewerFunction(viewerRequest);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(this.#options.site.headers)) response.setHeader(name, value);
    const { page } = this.#options;
    if (page && request.url !== '/config.json') {
      // All other addresses of the page are answered with index.html there, too.
      if (request.url?.split('?')[0] === LINK_PAGE) request.url = this.#pathOf(request) ?? '/';
      page(request, response);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.#error(response, 403, 'This distribution is not configured to allow the HTTP request method.');
      return;
    }
    const path = this.#pathOf(request);
    const body = path === undefined ? undefined : this.#body(path);
    if (path === undefined || !body) {
      // The site's S3 bucket lets nobody list it, so what is missing looks like what is forbidden.
      this.#error(response, 403, 'AccessDenied');
      return;
    }
    this.#send(request, response, path, body);
  }

  /** The path the viewer-request function makes of it, decoded. */
  #pathOf(request: IncomingMessage): string | undefined {
    const [uri = '/'] = (request.url ?? '/').split('?');
    const made = this.#viewerRequest?.({
      method: request.method ?? 'GET',
      uri,
      host: request.headers.host ?? '',
    }) ?? { uri };
    if (!('uri' in made)) return undefined;
    try {
      const path = decodeURIComponent(made.uri);
      return path === '/' ? `/${this.#options.site.rootObject}` : path;
    } catch {
      // Percent signs that encode nothing name no file.
      return undefined;
    }
  }

  #body(path: string): File | undefined {
    const { dist, config } = this.#options;
    if (path === '/config.json') return this.#remember('config', () => Buffer.from(JSON.stringify(config)));
    const file = join(dist, path);
    const below = relative(dist, file);
    if (path.includes('\0') || below.startsWith('..') || !existsSync(file)) return undefined;
    const { size, mtimeMs } = statSync(file);
    if (!statSync(file).isFile()) return undefined;
    return this.#remember(`${below}:${size}:${mtimeMs}`, () => readFileSync(file));
  }

  #remember(name: string, read: () => Buffer): File {
    const known = this.#bodies.get(name);
    if (known) return known;
    const plain = read();
    const body = { plain, etag: `"${createHash('sha256').update(plain).digest('hex').slice(0, 32)}"` };
    this.#bodies.set(name, body);
    return body;
  }

  #send(request: IncomingMessage, response: ServerResponse, path: string, body: File): void {
    const name = path.slice(1);
    const type = contentType(name);
    response.setHeader('Content-Type', type);
    response.setHeader('Cache-Control', cacheControl(name));
    response.setHeader('ETag', body.etag);
    if (request.headers['if-none-match']?.includes(body.etag)) {
      response.writeHead(304).end();
      return;
    }
    const bytes = encodedFor(request, response, type, body);
    response.setHeader('Content-Length', bytes.length);
    response.writeHead(200).end(request.method === 'HEAD' ? undefined : bytes);
  }

  #error(response: ServerResponse, status: number, message: string): void {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
    response.writeHead(status, { 'Content-Type': 'application/xml', 'Cache-Control': 'no-store' }).end(body);
  }
}
