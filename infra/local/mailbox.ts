// Topics and their subscribers by e-mail, as SNS keeps them: whoever is subscribed is asked first, and can leave by a link. The mails
// lie with the other messages, where a developer finds them.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { readJson, writeJson } from './json-file.ts';
import type { Messages } from './messages.ts';

export const MAIL_PATH = '/mail/';

export interface Subscriber {
  address: string;
  arn: string;
  /** What the message attribute `to` must be one of. */
  to: readonly string[];
  /** In the links of its mails. */
  token: string;
  confirmed: boolean;
  askedAt: number;
}

export interface Topic {
  arn: string;
  displayName: string;
  subscribers: Subscriber[];
}

/** Who does not answer is forgotten. */
const PATIENCE_MS = 2 * 86_400_000;

export interface MailboxOptions {
  /** Where the links of mails lead. */
  origin: string;
  file: string;
  messages: Messages;
  now?: () => number;
}

export class Mailbox {
  readonly #options: MailboxOptions;
  readonly #topics: Map<string, Topic>;

  constructor(options: MailboxOptions) {
    this.#options = options;
    mkdirSync(dirname(options.file), { recursive: true });
    const kept = existsSync(options.file) ? (readJson(options.file) as readonly Topic[]) : [];
    this.#topics = new Map(kept.map((topic) => [topic.arn, topic]));
  }

  topic(arn: string): Topic | undefined {
    const topic = this.#topics.get(arn);
    const since = this.#now() - PATIENCE_MS;
    if (topic) {
      topic.subscribers = topic.subscribers.filter(({ confirmed, askedAt }) => confirmed || askedAt > since);
    }
    return topic;
  }

  create(arn: string, displayName: string): Topic {
    const topic = this.topic(arn) ?? { arn, displayName, subscribers: [] };
    this.#topics.set(arn, topic);
    this.#write();
    return topic;
  }

  /** Whoever has not confirmed yet is asked, each time anew. */
  subscribe(topic: Topic, address: string, to: readonly string[]): Subscriber {
    let subscriber = topic.subscribers.find((one) => one.address === address);
    if (!subscriber) {
      const token = randomBytes(24).toString('base64url');
      const arn = `${topic.arn}:${randomBytes(8).toString('hex')}`;
      subscriber = { address, arn, to, token, confirmed: false, askedAt: this.#now() };
      topic.subscribers.push(subscriber);
    }
    this.#write();
    if (!subscriber.confirmed) {
      const text = `You have chosen to subscribe to ${topic.displayName}.\nTo confirm: ${this.#link('confirm', subscriber)}\n`;
      this.#send(address, 'AWS Notification - Subscription Confirmation', text);
    }
    return subscriber;
  }

  publish(topic: Topic, subject: string, text: string, to: string | undefined): void {
    for (const subscriber of topic.subscribers) {
      if (!subscriber.confirmed || !subscriber.to.includes(to ?? '')) continue;
      const way = `--\nTo unsubscribe: ${this.#link('unsubscribe', subscriber)}\n`;
      this.#send(subscriber.address, subject, `${text}\n${way}`);
    }
  }

  /** The links of mails. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    const [what, token] = path.split('/');
    for (const topic of this.#topics.values()) {
      const subscriber = this.topic(topic.arn)?.subscribers.find((one) => one.token === token);
      if (request.method !== 'GET' || !subscriber) continue;
      if (what === 'confirm') subscriber.confirmed = true;
      else topic.subscribers = topic.subscribers.filter((one) => one !== subscriber);
      this.#write();
      const said = what === 'confirm' ? 'Subscription confirmed.\n' : 'You will get no more mail.\n';
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end(said);
      return;
    }
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('This link is no longer good.\n');
  }

  #now = (): number => (this.#options.now ?? Date.now)();

  #link = (what: 'confirm' | 'unsubscribe', { token }: Subscriber): string =>
    `${this.#options.origin}${MAIL_PATH}${what}/${token}`;

  #send(to: string, subject: string, text: string): void {
    this.#options.messages.add({ kind: 'mail', to, subject, text });
  }

  #write(): void {
    writeJson(this.#options.file, [...this.#topics.values()]);
  }
}
