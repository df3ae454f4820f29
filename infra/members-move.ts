// `npm run members -- move`: a library goes to another identity, in two steps that are each said before they are done.
import { parseArgs } from 'node:util';
import { isIdentityId } from '../src/schema/ids.ts';
import {
  counted,
  HELP_OPTION,
  INTERRUPTED,
  lanesOf,
  PLACE_OPTIONS,
  placeOf,
  run,
  typed,
  usage as wrong,
  type Place,
} from './command.ts';
import { noAdoptTally } from './keeping/adopt-run.ts';
import { sized, targetFor } from './keeping/command.ts';
import type { Library } from './keeping/library.ts';
import { copyLibrary, missingIn } from './keeping/move-run.ts';
import { removeOld, standingOf, type Standing } from './keeping/remove-old.ts';
import { Progress } from './reprocess-progress.ts';

const HELP = `npm run members -- move OLD-ID NEW-ID [--yes] [options]
npm run members -- move OLD-ID NEW-ID --remove-old [--yes] [options]

Who signs in another way, as with Google in place of a password, has another identity, and so an empty library. This takes the old one
there. The page shows its library's id under Settings: note the old one, sign in the new way, be let in, and note the new one. Lock
the old account out meanwhile, so that nothing is added there.

  1  move OLD NEW                     says what will become of everything, and does nothing
  2  move OLD NEW --yes               copies what is not there yet, and looks whether all is there; as often as you like
  3  move OLD NEW --remove-old        looks again, says what would be taken away, and does nothing
  4  move OLD NEW --remove-old --yes  looks again, and takes the old library away, if and only if all of it is in the new one.
                                      Its originals can be had back for 30 days

  --concurrency N       how many photos at once (8)
  --environment NAME    another of the environments in infra/shoebox.json
  --local, --data       as with every command here

It needs cloudformation:DescribeStacks; s3:ListBucket on both S3 buckets, s3:GetObject and s3:PutObject on originals; dynamodb:GetItem,
BatchGetItem, Query and UpdateItem on both tables, PutItem on the social one; for --remove-old also s3:DeleteObject on both. It ends with
0 when all is well, with 1 when something is missing, with 130 when it was stopped.
`;

interface Options extends Place {
  ids: [old: Library['owner'], now: Library['owner']];
  removes: boolean;
  yes: boolean;
  lanes: number;
}

const usage = (message: string) => wrong('members', message);

function readOptions(args: string[]): Options | 'help' {
  const options = {
    yes: { type: 'boolean', default: false },
    'remove-old': { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '8' },
    ...PLACE_OPTIONS,
    ...HELP_OPTION,
  } as const;
  const { values, positionals } = typed('members', () =>
    parseArgs({ args, allowPositionals: true, options }),
  );
  if (values.help) return 'help';
  const [old, now, ...more] = positionals;
  if (old === undefined || now === undefined || more.length > 0)
    throw usage('From where to where? move OLD-ID NEW-ID');
  for (const id of [old, now]) if (!isIdentityId(id)) throw usage(`"${id}" is no id of a library.`);
  if (old === now) throw usage('That is one library, not two.');
  return {
    ids: [old, now] as Options['ids'],
    removes: values['remove-old'],
    yes: values.yes,
    lanes: lanesOf('members', values.concurrency),
    ...placeOf('members', values),
  };
}

/** What will become of everything. */
const announced = ({ photos, albums, friends, shares, links, said }: Standing): string[] => [
  `${counted(photos, 'photo')} and ${counted(albums, 'album')} go along, with captions, favorites, tags, archive, trash (30 days from now on), corrected dates and places.`,
  `${counted(friends, 'friend')}: friendship is between two identities. Invite each of them again from the new library.`,
  `${counted(shares, 'share')} with friends and ${counted(links, 'link')}: they stay as they are until the old library is removed, and end then. Share again from the new one.`,
  `${counted(said, 'like or comment', 'likes and comments')} in shares of others: they end with the old library.`,
  'What friends have shared is seen again once they share with the new identity. Devices ask anew whether to notify.',
];

export const moveLibrary = (args: string[]): Promise<number> =>
  run(async (signal) => {
    const options = readOptions(args);
    if (options === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    const target = await targetFor(options);
    const [from, to] = options.ids.map((owner): Library => ({ ...target, owner })) as [Library, Library];
    return options.removes ? remove(from, to, options, signal) : copy(from, to, options, signal);
  });

async function copy(
  from: Library,
  to: Library,
  { yes, lanes }: Options,
  signal: AbortSignal,
): Promise<number> {
  const progress = new Progress(process.stdout);
  for (const line of announced(await standingOf(from))) progress.say(line);
  if (!yes) {
    progress.say('Nothing was done. With --yes it is copied; the old library stays until it is removed.');
    return 0;
  }
  const tally = noAdoptTally();
  const changed = () =>
    progress.show(`${tally.stored} copied, ${tally.there} there, ${tally.awaited} awaited`);
  const told = (what: string, why: string) => progress.say(`${what}: ${why}`);
  await copyLibrary({ from, to, lanes, signal, tally, changed, told });
  if (signal.aborted) {
    progress.say('Stopped. Run it again to go on.');
    return INTERRUPTED;
  }
  progress.say(
    `${counted(tally.stored, 'photo')} copied (${sized(tally.bytes)}), ${tally.there.toLocaleString('en-US')} there before.`,
  );
  return verified(from, to, progress, signal);
}

async function verified(
  from: Library,
  to: Library,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const missing = await missingIn({ from, to, signal });
  for (const line of missing) progress.say(line);
  progress.say(
    missing.length === 0
      ? 'All of the old library is in the new one: every original, checked by its hash, and what was written of it.'
      : `${counted(missing.length, 'thing is', 'things are')} NOT in the new library. Run it again with --yes.`,
  );
  return missing.length === 0 ? 0 : 1;
}

async function remove(
  from: Library,
  to: Library,
  { yes, lanes }: Options,
  signal: AbortSignal,
): Promise<number> {
  const progress = new Progress(process.stdout);
  const { photos, shares, links, friends } = await standingOf(from);
  if ((await verified(from, to, progress, signal)) !== 0) {
    progress.say('Nothing was removed.');
    return 1;
  }
  progress.say(
    `To be removed: ${counted(photos, 'photo')}, ${counted(shares, 'share')}, ${counted(links, 'link')} and ${counted(friends, 'friendship')} of ${from.owner}.`,
  );
  if (!yes) {
    progress.say(
      'Nothing was done. Look at the new library in the page; then the same with --yes removes the old one.',
    );
    return 0;
  }
  const tally = noAdoptTally();
  const changed = () => progress.show(`${tally.stored} of ${photos} removed`);
  await removeOld({ from, lanes, signal, tally, changed });
  if (signal.aborted) {
    progress.say('Stopped. Run it again to go on.');
    return INTERRUPTED;
  }
  progress.say(
    `${counted(tally.stored, 'photo')} removed; their originals can be had back for 30 days (README, Restoring).`,
  );
  return 0;
}
