// Runs a function as Lambda runs it after an S3 event: in processes of its own, one event at a time in each, with a timeout,
// two retries, and a failure queue for what fails all the same.
import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { notificationOf } from '../s3-event.ts';
import type { ObjectEvent } from './contract.ts';
import { FailureQueue } from './failure-queue.ts';

export interface LambdaOptions {
  /** Module URL of the handler, and the name it is exported by. */
  module: string;
  handler: string;
  /** Environment for a new process, with credentials that are good until `expires` (epoch milliseconds). */
  environment: () => { variables: Record<string, string>; expires: number };
  region: string;
  timeoutSeconds: number;
  retries: number;
  /** How many events are worked on at once. */
  concurrency?: number;
  /** Waits before the first, second, ... retry. Lambda waits minutes; nobody on a laptop would. */
  backoffMilliseconds?: readonly number[];
  /** JSON lines, one for each event that was given up. */
  failuresFile: string;
  logFile: string;
}

interface Job {
  work: () => Promise<void>;
  done: () => void;
  failed: (error: unknown) => void;
}

const CHILD = join(import.meta.dirname, 'lambda-child.ts');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** How long a process may take to load the handler; generous, for a laptop that is busy with other things. */
const INIT_MILLISECONDS = 30_000;

/** One process; it is thrown away when it crashes, times out, or its credentials are about to end. */
class Sandbox {
  readonly expires: number;
  readonly #child: ChildProcess;
  #lastId = 0;

  constructor({ module, handler, environment }: LambdaOptions, log: number) {
    const { variables, expires } = environment();
    this.expires = expires;
    this.#child = fork(CHILD, [module, handler], {
      execArgv: ['--import', TSX],
      env: { ...machine(), ...variables },
      stdio: ['ignore', log, log, 'ipc'],
    });
    // Whoever runs an event hears of the end; between events nobody needs to.
    this.#child.on('error', () => undefined);
  }

  get alive(): boolean {
    return this.#child.connected && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Rejects with what went wrong: the handler's error, a crash or the timeout. */
  run(event: unknown, timeoutMilliseconds: number): Promise<void> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const end = (error?: string) => {
        clearTimeout(timer);
        this.#child.off('message', answered).off('exit', crashed);
        if (error === undefined) resolve();
        else reject(new Error(error));
      };
      const answered = (message: { id: number; began?: boolean; error?: string }) => {
        if (message.id !== id) return;
        if (message.began) timer = within(timeoutMilliseconds);
        else end(message.error);
      };
      const crashed = (code: number | null, signal: string | null) =>
        end(`The function ended with ${signal ?? `exit code ${code}`}.`);
      const within = (milliseconds: number) => {
        clearTimeout(timer);
        return setTimeout(() => {
          this.kill();
          end(`Task timed out after ${(milliseconds / 1000).toFixed(2)} seconds`);
        }, milliseconds);
      };
      let timer: ReturnType<typeof setTimeout> | undefined;
      timer = within(INIT_MILLISECONDS);
      this.#child.on('message', answered).once('exit', crashed);
      if (this.alive) this.#child.send({ id, event });
      else end('The function could not be started.');
    });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

export class Lambda {
  /** What was given up. */
  readonly queue: FailureQueue;
  readonly #options: LambdaOptions;
  readonly #log: number;
  readonly #waiting: Job[] = [];
  readonly #idle: Sandbox[] = [];
  readonly #busy = new Set<Sandbox>();
  #running = 0;
  #paused = false;
  #closed = false;

  constructor(options: LambdaOptions) {
    this.#options = options;
    this.queue = new FailureQueue(options.failuresFile);
    mkdirSync(dirname(options.logFile), { recursive: true });
    // Each run's log begins anew, or it would grow for ever.
    rmSync(options.logFile, { force: true });
    this.#log = openSync(options.logFile, 'a');
  }

  /** Starts processes ahead of the first event. */
  warm(): void {
    while (this.#idle.length + this.#running < this.#concurrency) this.#idle.push(this.#sandbox());
  }

  /** Resolves when the event was handled, or is safe in the failure queue: then S3 may forget it. */
  deliver(event: ObjectEvent): Promise<void> {
    return this.invokeLater(notificationOf(event, this.#options.region));
  }

  /** As Lambda takes an event to work through when it can: with retries, and the failure queue in the end. */
  invokeLater(payload: unknown): Promise<void> {
    return this.#enqueue(() => this.#persist(payload));
  }

  /** As Lambda answers a caller who waits: one attempt, which rejects with what went wrong. */
  invoke(payload: unknown): Promise<void> {
    return this.#enqueue(() => this.#attempt(payload));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#next();
  }

  /** Stops at once: what is unfinished stays with S3, which delivers it again after the next start. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    for (const sandbox of [...this.#idle, ...this.#busy]) sandbox.kill();
    closeSync(this.#log);
  }

  get #concurrency(): number {
    return this.#options.concurrency ?? 2;
  }

  #sandbox(): Sandbox {
    return new Sandbox(this.#options, this.#log);
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ work, done, failed });
      this.#next();
    });
  }

  #next(): void {
    while (!this.#paused && !this.#closed && this.#running < this.#concurrency) {
      const job = this.#waiting.shift();
      if (!job) return;
      this.#running += 1;
      void job
        .work()
        .then(job.done, job.failed)
        .finally(() => {
          this.#running -= 1;
          this.#next();
        });
    }
  }

  async #persist(payload: unknown): Promise<void> {
    const { retries, backoffMilliseconds = [250, 1000] } = this.#options;
    let error = '';
    for (let attempt = 0; attempt <= retries; attempt += 1) {
      if (attempt > 0) await pause(backoffMilliseconds[attempt - 1] ?? 1000);
      if (this.#closed) return unfinished();
      try {
        await this.#attempt(payload);
        return;
      } catch (cause) {
        error = (cause as Error).message;
      }
    }
    if (this.#closed) return unfinished();
    this.queue.add({ time: new Date().toISOString(), attempts: retries + 1, error, event: payload });
  }

  async #attempt(payload: unknown): Promise<void> {
    const timeout = this.#options.timeoutSeconds * 1000;
    const sandbox = this.#take(Date.now() + timeout);
    this.#busy.add(sandbox);
    try {
      await sandbox.run(payload, timeout);
    } finally {
      this.#busy.delete(sandbox);
      if (this.#closed) sandbox.kill();
      else if (sandbox.alive) this.#idle.push(sandbox);
    }
  }

  /** A process that is alive and whose credentials outlive the event. */
  #take(until: number): Sandbox {
    for (let sandbox = this.#idle.pop(); sandbox; sandbox = this.#idle.pop()) {
      if (sandbox.alive && sandbox.expires > until) return sandbox;
      sandbox.kill();
    }
    return this.#sandbox();
  }
}

/** Never done: whoever handed it over must not take it for handled. */
const unfinished = (): Promise<never> => new Promise(() => undefined);

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** All that a process needs of this machine; the user's own AWS settings least of all. */
function machine(): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR, SystemRoot } = process.env;
  const nowhere = join(dirname(fileURLToPath(import.meta.url)), 'no-aws-settings');
  return {
    PATH,
    HOME,
    ...(TMPDIR && { TMPDIR }),
    ...(SystemRoot && { SystemRoot }),
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
  };
}
