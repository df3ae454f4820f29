// The page's host, in CloudFront's place: the files of the build with the template's response headers, its viewer-request
// function, and config.json.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Config } from '../../src/schema/config.ts';
import { cacheControl, contentType } from '../site-files.ts';
import type { Site } from './template.ts';

export interface SiteOptions {
  site: Site;
  config: Config;
  /** The folder of the build. */
  dist: string;
  /** Answers in its place, for all but config.json. */
  page?: (request: IncomingMessage, response: ServerResponse) => void;
}

const COMPRESSED = /^(?:text\/|application\/(?:json|wasm|manifest)|image\/svg)/;

interface Body {
  etag: string;
  plain: Buffer;
  br?: Buffer;
  gzip?: Buffer;
}

interface ViewerRequest {
  method: string;
  uri: string;
  querystring: Record<string, never>;
  headers: Record<string, { value: string }>;
  cookies: Record<string, never>;
}

type ViewerFunction = (event: { version: string; context: object; request: ViewerRequest }) => ViewerRequest;

/** How long the template's function may take to compile: only one that never ends takes this long, even on a busy computer. */
const COMPILE_MS = 5000;

/** The template's own function, in a context that has nothing of ours. */
function compile(source: string): ViewerFunction {
  const context = createContext(Object.create(null) as object);
  return runInContext(`'use strict'; ${source}; handler`, context, { timeout: COMPILE_MS }) as ViewerFunction;
}

export class SiteServer {
  readonly #options: SiteOptions;
  readonly #viewerRequest: ViewerFunction | undefined;
  /** By file, its size and its time: a new build is served without a restart. */
  readonly #bodies = new Map<string, Body>();

  constructor(options: SiteOptions) {
    this.#options = options;
    const { viewerRequest } = options.site;
    this.#viewerRequest = viewerRequest === undefined ? undefined : compile(viewerRequest);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(this.#options.site.headers)) response.setHeader(name, value);
    const { page } = this.#options;
    if (page && request.url !== '/config.json') {
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
    const event = {
      version: '1.0',
      context: { eventType: 'viewer-request' },
      request: {
        method: request.method ?? 'GET',
        uri,
        querystring: {},
        headers: { host: { value: request.headers.host ?? '' } },
        cookies: {},
      },
    };
    const rewritten = this.#viewerRequest?.(event).uri ?? uri;
    try {
      const path = decodeURIComponent(rewritten);
      return path === '/' ? `/${this.#options.site.rootObject}` : path;
    } catch {
      // Percent signs that encode nothing name no file.
      return undefined;
    }
  }

  #body(path: string): Body | undefined {
    const { dist, config } = this.#options;
    if (path === '/config.json') return this.#remember('config', () => Buffer.from(JSON.stringify(config)));
    const file = join(dist, path);
    const below = relative(dist, file);
    if (path.includes('\0') || below.startsWith('..') || !existsSync(file)) return undefined;
    const { size, mtimeMs } = statSync(file);
    if (!statSync(file).isFile()) return undefined;
    return this.#remember(`${below}:${size}:${mtimeMs}`, () => readFileSync(file));
  }

  #remember(name: string, read: () => Buffer): Body {
    const known = this.#bodies.get(name);
    if (known) return known;
    const plain = read();
    const body = { plain, etag: `"${createHash('sha256').update(plain).digest('hex').slice(0, 32)}"` };
    this.#bodies.set(name, body);
    return body;
  }

  #send(request: IncomingMessage, response: ServerResponse, path: string, body: Body): void {
    const name = path.slice(1);
    const type = contentType(name);
    response.setHeader('Content-Type', type);
    response.setHeader('Cache-Control', cacheControl(name));
    response.setHeader('ETag', body.etag);
    if (request.headers['if-none-match']?.includes(body.etag)) {
      response.writeHead(304).end();
      return;
    }
    let bytes = body.plain;
    // CloudFront compresses from 1,000 bytes on.
    if (COMPRESSED.test(type) && body.plain.length >= 1000) {
      response.setHeader('Vary', 'Accept-Encoding');
      const accepted = String(request.headers['accept-encoding'] ?? '');
      if (/\bbr\b/.test(accepted)) {
        body.br ??= brotliCompressSync(body.plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
        bytes = body.br;
        response.setHeader('Content-Encoding', 'br');
      } else if (/\bgzip\b/.test(accepted)) {
        body.gzip ??= gzipSync(body.plain);
        bytes = body.gzip;
        response.setHeader('Content-Encoding', 'gzip');
      }
    }
    response.setHeader('Content-Length', bytes.length);
    response.writeHead(200).end(request.method === 'HEAD' ? undefined : bytes);
  }

  #error(response: ServerResponse, status: number, message: string): void {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
    response.writeHead(status, { 'Content-Type': 'application/xml', 'Cache-Control': 'no-store' }).end(body);
  }
}
