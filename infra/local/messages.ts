// What the notifier has sent, as its receivers would see it: kept as JSON lines, and shown on a page of the local cloud.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Message {
  /** ISO. */
  at: string;
  kind: 'push' | 'mail';
  /** Endpoint or address. */
  to: string;
  /** A notification's decrypted text; of a mail, subject and text. */
  text: string;
  subject?: string;
}

export class Messages {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
  }

  add(message: Omit<Message, 'at'>): void {
    appendFileSync(this.#file, `${JSON.stringify({ at: new Date().toISOString(), ...message })}\n`);
  }

  /** Oldest first. */
  all(): Message[] {
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Message);
  }

  /** A page of them, newest first. Links are such only in mails, whose words are ours but for names and titles. */
  page(origin: string): string {
    const shown = this.all()
      .toReversed()
      .map(({ at, kind, to, subject, text }) => {
        const body = escaped(text).replaceAll(
          new RegExp(`${origin}/mail/[a-z]+/[\\w-]+`, 'g'),
          (url) => `<a href="${url}">${url}</a>`,
        );
        return `<article><h2>${kind} to ${escaped(to)}</h2><p>${at}</p>${
          subject ? `<p>${escaped(subject)}</p>` : ''
        }<pre>${body}</pre></article>`;
      });
    return `<!doctype html><meta charset="utf-8"><title>Messages</title><h1>What the notifier has sent</h1>${
      shown.join('') || '<p>Nothing yet.</p>'
    }`;
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
