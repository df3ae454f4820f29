// What the commands that keep libraries have in common: where they work, whose library it is, and how they are stopped.
import { isIdentityId } from '../../src/schema/ids.ts';
import { PATIENT } from '../aws.ts';
import { placeOf, usage, type Place } from '../command.ts';
import { awsTarget, localTarget, type Target } from '../doctor/target.ts';
import { Problem } from '../problem.ts';
import { readSettings } from '../settings.ts';
import type { Library } from './library.ts';
import { librariesIn } from './whose.ts';

export const COMMON_HELP = `  --owner ID       whose library, by its id: the page shows it under Settings. Without it, this command lists who there is
  --environment N  another of the environments in infra/shoebox.json
  --local          on this computer's Shoebox, while "npm start" runs, instead of on AWS
  --data FOLDER    its data, if it was started with that option`;

/** Typed after each of them, beside what all commands take. */
export const OWNER_OPTION = { owner: { type: 'string' } } as const;

export interface Whose extends Place {
  owner: string | undefined;
}

type Said = Parameters<typeof placeOf>[1] & { owner?: string | undefined };

export function whoseOf(name: string, said: Said): Whose {
  const { owner } = said;
  if (owner !== undefined && !isIdentityId(owner)) throw usage(name, `"${owner}" is no id of a library.`);
  return { owner, ...placeOf(name, said) };
}

export const targetFor = ({ directory, environment }: Place): Promise<Target> =>
  directory === undefined
    ? awsTarget(readSettings(environment), PATIENT)
    : localTarget(directory, PATIENT, 'keeping');

/** The library that is meant. Throws a Problem that says which there are. */
export async function libraryFor(whose: Whose): Promise<Library> {
  const target = await targetFor(whose);
  const { owner } = whose;
  if (isIdentityId(owner)) return { ...target, owner };
  const there = await librariesIn(target);
  const list =
    there.length === 0
      ? 'Nobody has a photo yet. The page shows the id of a library under Settings.'
      : `There are:\n${there.join('\n')}`;
  throw new Problem(`Whose library? Say it by --owner ID. ${list}`);
}

/** Decimal, as disks count. */
export function sized(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${['bytes', 'kB', 'MB', 'GB', 'TB'][power]}`;
}
