// The queue of what the processor gave up, as much of SQS as its operator needs: a message that is received is hidden for a
// time, and gone only when it is deleted. Kept as JSON lines, each synced before it counts.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { syncFolderNow } from './sync-folder.ts';

/** What Lambda sends to a failure destination, as far as we use it. */
export interface Failure {
  time: string;
  attempts: number;
  error: string;
  /** The event, as the handler got it. */
  event: unknown;
}

export interface Message {
  id: string;
  /** What the message is deleted by; each receipt has another. */
  receipt: string;
  failure: Failure;
}

interface Kept extends Message {
  /** Epoch milliseconds. */
  visibleAt: number;
}

export class FailureQueue {
  readonly #file: string;
  readonly #now: () => number;
  /** By line number: a line `{"deleted": 3}` takes back the third. */
  readonly #messages = new Map<number, Kept>();
  #lines = 0;

  constructor(file: string, now: () => number = Date.now) {
    this.#file = file;
    this.#now = now;
    mkdirSync(dirname(file), { recursive: true });
    dropTornLine(file);
    if (existsSync(file)) this.#load(readFileSync(file, 'utf8').split('\n').slice(0, -1));
  }

  /** What was given up, oldest first. */
  failures(): Failure[] {
    return [...this.#messages.values()].map(({ failure }) => failure);
  }

  counts(): { visible: number; hidden: number } {
    const now = this.#now();
    const hidden = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt > now).length;
    return { visible: this.#messages.size - hidden, hidden };
  }

  add(failure: Failure): void {
    this.#append(failure);
    this.#keep(failure);
  }

  receive(max: number, hiddenSeconds: number): Message[] {
    const now = this.#now();
    const received = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= now).slice(0, max);
    for (const message of received) {
      message.visibleAt = now + hiddenSeconds * 1000;
      message.receipt = randomUUID();
    }
    return received.map(({ id, receipt, failure }) => ({ id, receipt, failure }));
  }

  /** False for a receipt that is none, or no longer the last one of its message. */
  delete(receipt: string): boolean {
    for (const [line, message] of this.#messages) {
      if (message.receipt !== receipt) continue;
      this.#append({ deleted: line });
      this.#lines += 1;
      this.#messages.delete(line);
      return true;
    }
    return false;
  }

  /** Hides a message that was received for this long from now on; false for a receipt that is none. */
  hide(receipt: string, seconds: number): boolean {
    const message = [...this.#messages.values()].find((one) => one.receipt === receipt);
    if (message) message.visibleAt = this.#now() + seconds * 1000;
    return message !== undefined;
  }

  #keep(failure: Failure): void {
    this.#lines += 1;
    // The first receipt is one that nobody was given.
    const kept = { id: randomUUID(), receipt: randomUUID(), failure, visibleAt: 0 };
    this.#messages.set(this.#lines, kept);
  }

  #load(lines: readonly string[]): void {
    for (const line of lines) {
      const entry = JSON.parse(line) as Failure | { deleted: number };
      if ('deleted' in entry) {
        this.#messages.delete(entry.deleted);
        this.#lines += 1;
      } else this.#keep(entry);
    }
    const left = this.failures();
    if (left.length === lines.length) return;
    // Without the deleted ones, or the file would grow for ever.
    const file = `${this.#file}.new`;
    writeFileSync(file, left.map((failure) => `${JSON.stringify(failure)}\n`).join(''), { flush: true });
    renameSync(file, this.#file);
    syncFolderNow(dirname(this.#file));
    this.#messages.clear();
    this.#lines = 0;
    for (const failure of left) this.#keep(failure);
  }

  #append(entry: unknown): void {
    const file = openSync(this.#file, 'a');
    try {
      writeSync(file, `${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

/** A crash may have cut the last line; its event is delivered again, because it was never acknowledged. */
function dropTornLine(file: string): void {
  if (existsSync(file)) truncateSync(file, readFileSync(file).lastIndexOf('\n') + 1);
}
