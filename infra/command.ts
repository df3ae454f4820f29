// What the commands have in common: how they are typed, where they work, and how it is said what went wrong.
import { join, resolve } from 'node:path';
import { notRunning } from './operator-file.ts';
import { Problem, sentenceFor } from './problem.ts';
import { ROOT } from './tools.ts';

/** Typed after every command. */
export const HELP_OPTION = { help: { type: 'boolean', short: 'h', default: false } } as const;

/** Typed after a command that works on AWS or on a local cloud. */
export const PLACE_OPTIONS = {
  environment: { type: 'string' },
  local: { type: 'boolean', default: false },
  data: { type: 'string' },
} as const;

export interface Place {
  /** Of infra/shoebox.json. */
  environment: string | undefined;
  /** Of the local cloud; undefined on AWS. */
  directory: string | undefined;
}

/** What was typed wrong after `npm run NAME`. */
export const usage = (name: string, message: string): Problem =>
  new Problem(`${message.replace(/[^.]$/, '$&.')} "npm run ${name} -- --help" says what there is.`);

/** What `parse`, a call of Node's parseArgs, makes of what was typed. */
export function typed<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw usage(name, (error as Error).message);
  }
}

export function placeOf(
  name: string,
  {
    environment,
    local,
    data,
  }: { environment?: string | undefined; local: boolean; data?: string | undefined },
): Place {
  if (environment !== undefined && local) throw usage(name, 'Either --environment or --local, please.');
  if (data !== undefined && !local) throw usage(name, '--data goes with --local.');
  return { environment, directory: local ? resolve(data ?? join(ROOT, '.shoebox')) : undefined };
}

/** What went wrong, for somebody who wants to know what to do; undefined for what only a stack trace explains. */
export function saidOf(error: unknown, where: { region?: string; directory?: string | undefined } = {}) {
  const refused = error instanceof Error && (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  return refused && where.directory !== undefined
    ? notRunning(where.directory, error).message
    : sentenceFor(error, where.region);
}

/** Says it, and gives the exit code; what only a stack trace explains is thrown on. */
export function complain(error: unknown, where?: Parameters<typeof saidOf>[1]): 1 {
  const sentence = saidOf(error, where);
  if (sentence === undefined) throw error;
  console.error(`\n${sentence}`);
  return 1;
}

export const INTERRUPTED = 130;

/** Runs a command to its exit code: told to stop, it ends what it has begun; told twice, it stops at once. */
export async function run(
  work: (signal: AbortSignal) => Promise<number>,
  where: () => Parameters<typeof saidOf>[1] = () => ({}),
): Promise<number> {
  const stop = new AbortController();
  process.on('SIGINT', () => {
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort();
    process.stderr.write('\nStopping as soon as what was begun is done; Ctrl-C again stops at once.\n');
  });
  try {
    return await work(stop.signal);
  } catch (error) {
    return complain(error, where());
  }
}

/** As many connections as the SDK keeps. */
const MOST_LANES = 50;

/** What was typed after --concurrency. */
export function lanesOf(name: string, said: string): number {
  const lanes = Number(said);
  if (!/^\d{1,2}$/.test(said) || lanes < 1 || lanes > MOST_LANES)
    throw usage(name, `--concurrency is a number from 1 to ${MOST_LANES}.`);
  return lanes;
}

export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : several}`;
