// The host of links, in CloudFront's place: the template's behaviors, function and headers over what the library's policy lets it read,
// and a cache that forgets when CloudFront's would have to, so that what is revoked can be seen to go.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { EdgeAnswers, LARGEST_KEPT, secondsOf } from './edge-answers.ts';
import { corsHeaders } from './s3/cors.ts';
import type { CorsRule } from './s3/bucket.ts';
import type { ServedObject } from './s3/s3.ts';
import type { Behavior } from './template-behaviors.ts';
import type { ShareHost } from './template-hosts.ts';
import { compileViewerFunction, type ViewerFunction } from './viewer-function.ts';

export interface ShareServerOptions {
  host: ShareHost;
  /** Of the S3 bucket behind it, which hears of the page that asks. */
  corsRules: readonly CorsRule[];
  /** By key; undefined for what is not there. */
  read: (key: string) => Promise<ServedObject | undefined>;
  now: () => number;
}

/** A path pattern as a behavior has it: its only sign is `*`, which stands for anything. */
const patternOf = (pattern: string): RegExp =>
  new RegExp(`^/?${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');

export class ShareServer {
  readonly #options: ShareServerOptions;
  readonly #behaviors: readonly (Behavior & { fits: RegExp | undefined; run: ViewerFunction })[];
  readonly #answers: EdgeAnswers;

  constructor(options: ShareServerOptions) {
    this.#options = options;
    this.#answers = new EdgeAnswers(options.now);
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
      this.#answers.send(request, response, behavior, this.#answers.error(403, 'MethodNotAllowed', 0));
      return;
    }
    const made = behavior.run({ method, uri, host: headers.host ?? '' });
    if (!('uri' in made)) {
      this.#answers.send(request, response, behavior, this.#answers.error(made.statusCode, 'NotFound', 0));
      return;
    }
    const key = made.uri.slice(1);
    const name = `${headers.origin ?? ''} ${key}`;
    const known = this.#answers.find(name);
    if (known) {
      this.#answers.send(request, response, behavior, known);
      return;
    }
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
      const answer = this.#answers.error(403, 'AccessDenied', host.errorSeconds['403'] ?? 10, cors);
      this.#answers.keep(name, answer);
      this.#answers.send(request, response, behavior, answer);
      return;
    }
    try {
      const { bytes, size } = object;
      const headers = { ...object.headers, ...cors };
      const answer = { status: 200, headers, at: now(), until: now() + 1000 * secondsOf(headers, behavior) };
      if (size <= LARGEST_KEPT) {
        const whole = { ...answer, plain: await bytes.readFile() };
        this.#answers.keep(name, whole);
        this.#answers.send(request, response, behavior, whole);
        return;
      }
      this.#answers.head(response, behavior, answer);
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
}
