// One request, as a browser would make it, read to its end: what is left unread would keep this process from ending.
import { Finding } from './findings.ts';

export interface Answer {
  url: string;
  status: number;
  headers: Headers;
  text: string;
}

/** Nobody waits for ever. */
const TIMEOUT = 20_000;

export async function ask(url: string, more?: RequestInit): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT), ...more });
  return { url, status: response.status, headers: response.headers, text: await response.text() };
}

export function expectHeader({ headers }: Answer, name: string, pattern: RegExp): void {
  const value = headers.get(name);
  if (value === null) throw new Finding(`There is no header ${name}.`);
  if (!pattern.test(value)) throw new Finding(`The header ${name} says "${value}".`);
}

export function expectStatus(answer: Answer, ...statuses: number[]): Answer {
  if (!statuses.includes(answer.status)) throw new Finding(`${answer.url} answers ${answer.status}.`);
  return answer;
}
