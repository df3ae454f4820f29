// What a host of CloudFront's answers, and what it remembers of it: for as long as the origin and the template's cache policy let it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodedFor, type Body } from './compress.ts';
import { httpDate } from './s3/describe.ts';
import type { Behavior } from './template-behaviors.ts';

/** What the origin has said, until when it may be said again. */
export interface Answer extends Body {
  status: number;
  headers: Readonly<Record<string, string>>;
  at: number;
  until: number;
}

/** Larger ones are read anew each time, as CloudFront may do with any. */
export const LARGEST_KEPT = 16_000_000;
const MOST_KEPT = 256_000_000;

/** How long CloudFront keeps an answer. */
export function secondsOf(
  headers: Readonly<Record<string, string>>,
  { minSeconds, defaultSeconds, maxSeconds }: Behavior,
): number {
  const rules = headers['cache-control'] ?? '';
  // Not for a cache that is everybody's.
  if (/\b(?:private|no-store|no-cache)\b/.test(rules)) return minSeconds;
  const said = /\bmax-age=(\d+)/.exec(rules)?.[1];
  const wanted = said === undefined ? defaultSeconds : Number(said);
  return Math.min(maxSeconds, Math.max(minSeconds, wanted));
}

export class EdgeAnswers {
  readonly #now: () => number;
  readonly #kept = new Map<string, Answer>();
  #keptBytes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What may still be said under this name. */
  find(name: string): Answer | undefined {
    const known = this.#kept.get(name);
    if (known && known.until > this.#now()) return known;
    this.#forget(name);
    return undefined;
  }

  keep(name: string, answer: Answer): void {
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

  /** Of CloudFront, in the origin's place or as it says. */
  error(status: number, code: string, seconds: number, more: Record<string, string> = {}): Answer {
    const at = this.#now();
    const headers = { 'content-type': 'application/xml', ...more };
    const plain = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);
    return { status, headers, at, until: at + 1000 * seconds, plain };
  }

  /** What the origin said, but for what the template says in its place. */
  head(response: ServerResponse, behavior: Behavior, answer: Omit<Answer, 'plain'>): void {
    const theirs = Object.entries(answer.headers).filter(([header]) => !behavior.removed.includes(header));
    for (const [header, value] of [...theirs, ...Object.entries(behavior.headers)]) {
      response.setHeader(header, value);
    }
    response.setHeader('Date', httpDate(answer.at));
    // A browser takes it off the time that it may keep the answer itself.
    response.setHeader('Age', Math.floor((this.#now() - answer.at) / 1000));
  }

  send(request: IncomingMessage, response: ServerResponse, behavior: Behavior, answer: Answer): void {
    this.head(response, behavior, answer);
    const { etag } = answer.headers;
    if (answer.status === 200 && etag !== undefined && request.headers['if-none-match']?.includes(etag)) {
      response.writeHead(304).end();
      return;
    }
    const type = answer.headers['content-type'] ?? '';
    const bytes = behavior.compress ? encodedFor(request, response, type, answer) : answer.plain;
    response.setHeader('Content-Length', bytes.length);
    response.writeHead(answer.status).end(request.method === 'HEAD' ? undefined : bytes);
  }
}
