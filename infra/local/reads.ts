// Reads through CloudFront, in its place: the template's function, headers and cache rules before the library's S3 bucket. What the function
// lets through is asked of the local S3 under S3's own host, for which the reader has signed; who may read what, S3 says alone.
import { once } from 'node:events';
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { EdgeAnswers, LARGEST_KEPT, secondsOf, type Answer } from './edge-answers.ts';
import { S3Error } from './s3/errors.ts';
import { cut, loseAnswer, refuse, type Faults } from './s3/faults.ts';
import type { ReadsHost } from './template-hosts.ts';
import { compileViewerFunction, type ViewerFunction } from './viewer-function.ts';

export interface ReadsServerOptions {
  host: ReadsHost;
  /** Of the library's objects, as the page signs for them; without a slash at the end. */
  library: string;
  now: () => number;
  /** For tests: what goes wrong here, while S3 itself is well. */
  faults?: Faults | undefined;
}

/** CloudFront's own, for what has none in the template. */
const ERROR_SECONDS = 10;
/** Of one connection, or said anew to whoever is answered. */
const NOT_HANDED_ON = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

export class ReadsServer {
  readonly #options: ReadsServerOptions;
  readonly #run: ViewerFunction;
  readonly #answers: EdgeAnswers;

  constructor(options: ReadsServerOptions) {
    this.#options = options;
    this.#run = compileViewerFunction(options.host.behavior.viewerRequest, options.now);
    this.#answers = new EdgeAnswers(options.now);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, host } = this.#options;
    const fault = faults?.(request);
    if (fault === 'cut') {
      cut(request);
      return;
    }
    if (fault === 'lost') loseAnswer(response);
    try {
      refuse(fault);
      this.#answers.send(request, response, host.behavior, await this.#answer(request));
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      this.#answers.send(request, response, host.behavior, this.#answers.error(error.status, error.code, 0));
    }
  }

  async #answer({ method = 'GET', url = '/', headers }: IncomingMessage): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD') return this.#answers.error(403, 'MethodNotAllowed', 0);
    const mark = `${url}?`.indexOf('?');
    const [uri, query] = [url.slice(0, mark), url.slice(mark + 1)];
    const made = this.#run({ method, uri, query, host: headers.host ?? '' });
    if (!('uri' in made)) return this.#answers.error(made.statusCode, 'Forbidden', 0);
    const target = `${made.uri}?${made.query}`;
    const name = `${headers.origin ?? ''} ${target}`;
    const known = this.#answers.find(name);
    if (known) return known;
    const answer = await this.#ask(method, target, headers.origin);
    if (method === 'GET' && answer.plain.length <= LARGEST_KEPT) this.#answers.keep(name, answer);
    return answer;
  }

  /** Nothing of what the reader's browser says goes along but what is in the cache's key: neither cookies nor its host. */
  async #ask(method: string, target: string, origin: string | undefined): Promise<Answer> {
    const { library, host, now } = this.#options;
    const { behavior, errorSeconds } = host;
    const asked = ask(library + target, { method, headers: origin === undefined ? {} : { origin } }).end();
    const [answered] = (await once(asked, 'response')) as [IncomingMessage];
    const { statusCode: status = 502 } = answered;
    const headers = Object.fromEntries(
      Object.entries(answered.headers)
        .filter(([name]) => !NOT_HANDED_ON.has(name))
        .map(([name, value]) => [name, String(value)]),
    );
    const plain = await buffer(answered);
    const seconds = status === 200 ? secondsOf(headers, behavior) : (errorSeconds[status] ?? ERROR_SECONDS);
    return { status, headers, plain, at: now(), until: now() + 1000 * seconds };
  }
}
