// What the commands that keep libraries have in common: where they work, whose library it is, and how they are stopped.
import { join, resolve } from 'node:path';
import { isIdentityId } from '../../src/schema/ids.ts';
import { PATIENT } from '../aws.ts';
import { awsTarget, localTarget, type Target } from '../doctor/target.ts';
import { Problem, sentenceFor } from '../problem.ts';
import { readSettings, SettingsError } from '../settings.ts';
import type { Library } from './library.ts';
import { librariesIn } from './whose.ts';

export const INTERRUPTED = 130;
/** As many connections as the SDK keeps. */
const MOST_LANES = 50;

/** For `parseArgs`. */
export const COMMON = {
  owner: { type: 'string' },
  local: { type: 'boolean', default: false },
  data: { type: 'string' },
  environment: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const COMMON_HELP = `  --owner ID       whose library, by its id: the page shows it under Settings. Without it, this command lists who there is
  --environment N  another of the environments in infra/shoebox.json
  --local          on this computer's Shoebox, while "npm start" runs, instead of on AWS
  --data FOLDER    its data, if it was started with that option`;

export interface Common {
  owner: string | undefined;
  /** Of the local cloud; undefined on AWS. */
  directory: string | undefined;
  environment: string | undefined;
}

interface Said {
  owner?: string | undefined;
  local: boolean;
  data?: string | undefined;
  environment?: string | undefined;
}

export type Usage = (message: string) => Problem;
export const usageOf =
  (command: string): Usage =>
  (message) =>
    new Problem(`${message.replace(/[^.]$/, '$&.')} "npm run ${command} -- --help" says what there is.`);

export function commonOf({ owner, local, data, environment }: Said, usage: Usage): Common {
  if (owner !== undefined && !isIdentityId(owner)) throw usage(`"${owner}" is no id of a library.`);
  if (environment !== undefined && local) throw usage('Either --environment or --local, please.');
  if (data !== undefined && !local) throw usage('--data goes with --local.');
  const directory = local ? resolve(data ?? join(import.meta.dirname, '../../.shoebox')) : undefined;
  return { owner, directory, environment };
}

export function lanesOf(said: string, usage: Usage): number {
  const lanes = Number(said);
  if (!/^\d{1,2}$/.test(said) || lanes < 1 || lanes > MOST_LANES)
    throw usage(`--concurrency is a number from 1 to ${MOST_LANES}.`);
  return lanes;
}

export const targetFor = ({ directory, environment }: Omit<Common, 'owner'>): Promise<Target> =>
  directory === undefined ? awsTarget(readSettings(environment), PATIENT) : localTarget(directory, PATIENT);

/** The library that is meant. Throws a Problem that says which there are. */
export async function libraryFor(common: Common): Promise<Library> {
  const target = await targetFor(common);
  const { owner } = common;
  if (isIdentityId(owner)) return { ...target, owner };
  const there = await librariesIn(target);
  const list =
    there.length === 0
      ? 'Nobody has a photo yet. The page shows the id of a library under Settings.'
      : `There are:\n${there.join('\n')}`;
  throw new Problem(`Whose library? Say it by --owner ID. ${list}`);
}

/** Runs a command to its exit code: told to stop, it ends what it has begun. */
export async function run(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  process.on('SIGINT', () => {
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort();
    process.stderr.write('\nStopping as soon as what was begun is done; Ctrl-C again stops at once.\n');
  });
  try {
    return await work(stop.signal);
  } catch (error) {
    console.error(error instanceof SettingsError ? error.message : (sentenceFor(error) ?? error));
    return 1;
  }
}

export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : several}`;

/** Decimal, as disks count. */
export function sized(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${['bytes', 'kB', 'MB', 'GB', 'TB'][power]}`;
}
