// The host of links, in CloudFront's place: the template's behaviors, function and headers over what the library's policy lets it read,
// and a cache that forgets when CloudFront's would have to, so that what is revoked can be seen to go.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { encodedFor, type Body } from './compress.ts';
import { corsHeaders } from './s3/cors.ts';
import type { CorsRule } from './s3/bucket.ts';
import { httpDate } from './s3/describe.ts';
import type { ServedObject } from './s3/s3.ts';
import type { Behavior, ShareHost } from './template-hosts.ts';
import { compileViewerFunction, type ViewerFunction } from './viewer-function.ts';

export interface ShareServerOptions {
  host: ShareHost;
  /** Of the S3 bucket behind it, which hears of the page that asks. */
  corsRules: readonly CorsRule[];
  /** By key; undefined for what is not there. */
  read: (key: string) => Promise<ServedObject | undefined>;
  now: () => number;
}

/** What the origin has said, until when it may be said again. */
interface Answer extends Body {
  status: number;
  headers: Readonly<Record<string, string>>;
  at: number;
  until: number;
}

/** Larger ones are read anew each time, as CloudFront may do with any. */
const LARGEST_KEPT = 16_000_000;
const MOST_KEPT = 256_000_000;

/** A path pattern as a behavior has it: its only sign is `*`, which stands for anything. */
const patternOf = (pattern: string): RegExp =>
  new RegExp(`^/?${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');

const errorDocument = (code: string): Buffer =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);

export class ShareServer {
  readonly #options: ShareServerOptions;
  readonly #behaviors: readonly (Behavior & { fits: RegExp | undefined; run: ViewerFunction })[];
  readonly #kept = new Map<string, Answer>();
  #keptBytes = 0;

  constructor(options: ShareServerOptions) {
    this.#options = options;
    this.#behaviors = options.host.behaviors.map((behavior) => ({
      ...behavior,
      fits: behavior.pattern === undefined ? undefined : patternOf(behavior.pattern),
      run: compileViewerFunction(behavior.viewerRequest),
    }));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const [uri = '/'] = url.split('?');
    const behavior = this.#behaviors.find(({ fits }) => fits?.test(uri) ?? true);
    if (!behavior) throw new Error('There is always a last behavior.');
    if (method !== 'GET' && method !== 'HEAD') {
      this.#send(request, response, behavior, this.#error(403, 'MethodNotAllowed', 0));
      return;
    }
    const made = behavior.run({ method, uri, host: headers.host ?? '' });
    if (!('uri' in made)) {
      this.#send(request, response, behavior, this.#error(made.statusCode, 'NotFound', 0));
      return;
    }
    const key = made.uri.slice(1);
    const name = `${headers.origin ?? ''} ${key}`;
    const known = this.#kept.get(name);
    if (known && known.until > this.#options.now()) {
      this.#send(request, response, behavior, known);
      return;
    }
    this.#forget(name);
    await this.#fetch(request, response, behavior, { key, name });
  }

  async #fetch(
    request: IncomingMessage,
    response: ServerResponse,
    behavior: Behavior,
    { key, name }: { key: string; name: string },
  ): Promise<void> {
    const { read, now, corsRules, host } = this.#options;
    const cors = corsHeaders(corsRules, request.headers.origin, 'GET');
    const object = await read(key);
    if (!object) {
      const answer = this.#error(403, 'AccessDenied', host.errorSeconds['403'] ?? 10, cors);
      this.#keep(name, answer);
      this.#send(request, response, behavior, answer);
      return;
    }
    try {
      const { bytes, size } = object;
      const headers = { ...object.headers, ...cors };
      const answer = { status: 200, headers, at: now(), until: now() + 1000 * secondsOf(headers, behavior) };
      if (size <= LARGEST_KEPT) {
        const whole = { ...answer, plain: await bytes.readFile() };
        this.#keep(name, whole);
        this.#send(request, response, behavior, whole);
        return;
      }
      this.#head(response, behavior, answer);
      response.writeHead(200, { 'Content-Length': size });
      if (request.method === 'HEAD') response.end();
      else await pipeline(bytes.createReadStream({ autoClose: false }), response);
    } catch (error) {
      // Whoever asked has gone away.
      if (!request.socket.destroyed) throw error;
    } finally {
      await object.bytes.close();
    }
  }

  /** What the origin said, but for what the template says in its place. */
  #head(response: ServerResponse, behavior: Behavior, answer: Omit<Answer, 'plain'>): void {
    const theirs = Object.entries(answer.headers).filter(([header]) => !behavior.removed.includes(header));
    for (const [header, value] of [...theirs, ...Object.entries(behavior.headers)]) {
      response.setHeader(header, value);
    }
    response.setHeader('Date', httpDate(answer.at));
    // A browser takes it off the time that it may keep the answer itself.
    response.setHeader('Age', Math.floor((this.#options.now() - answer.at) / 1000));
  }

  #send(request: IncomingMessage, response: ServerResponse, behavior: Behavior, answer: Answer): void {
    this.#head(response, behavior, answer);
    const { etag } = answer.headers;
    if (answer.status === 200 && etag !== undefined && request.headers['if-none-match']?.includes(etag)) {
      response.writeHead(304).end();
      return;
    }
    const bytes = encodedFor(request, response, answer.headers['content-type'] ?? '', answer);
    response.setHeader('Content-Length', bytes.length);
    response.writeHead(answer.status).end(request.method === 'HEAD' ? undefined : bytes);
  }

  #error(status: number, code: string, seconds: number, cors: Record<string, string> = {}): Answer {
    const at = this.#options.now();
    const headers = { 'content-type': 'application/xml', ...cors };
    return { status, headers, at, until: at + 1000 * seconds, plain: errorDocument(code) };
  }

  #keep(name: string, answer: Answer): void {
    if (answer.until <= answer.at) return;
    this.#kept.set(name, answer);
    this.#keptBytes += answer.plain.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= MOST_KEPT) break;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    this.#keptBytes -= this.#kept.get(name)?.plain.length ?? 0;
    this.#kept.delete(name);
  }
}

/** How long CloudFront keeps an answer. */
function secondsOf(
  headers: Readonly<Record<string, string>>,
  { minSeconds, defaultSeconds, maxSeconds }: Behavior,
): number {
  const said = /\bmax-age=(\d+)/.exec(headers['cache-control'] ?? '')?.[1];
  const wanted = said === undefined ? defaultSeconds : Number(said);
  return Math.min(maxSeconds, Math.max(minSeconds, wanted));
}
