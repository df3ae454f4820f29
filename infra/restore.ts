// `npm run restore`: gives back photos that were deleted less than 30 days ago, and puts back what their owner wrote from a table that
// DynamoDB has restored. It only adds: nothing that is there is changed.
import { parseArgs } from 'node:util';
import { isIdentityId, isPhotoId, type IdentityId, type PhotoId } from '../src/schema/ids.ts';
import { counted, HELP_OPTION, INTERRUPTED, PLACE_OPTIONS, run, typed, usage as wrong } from './command.ts';
import { columns } from './columns.ts';
import { noAdoptTally } from './keeping/adopt-run.ts';
import { awaitRows } from './keeping/await-rows.ts';
import { COMMON_HELP, libraryFor, OWNER_OPTION, sized, whoseOf, type Whose } from './keeping/command.ts';
import type { Library } from './keeping/library.ts';
import { bringBack, bringRowsBack, deletedIn, nameOf, type Deleted } from './keeping/restore-run.ts';
import { inLanes } from './reprocess-run.ts';
import { Progress } from './reprocess-progress.ts';

const HELP = `npm run restore -- --owner ID                lists the photos that can be had back, with their ids
npm run restore -- PHOTO-ID... --owner ID    gives these back
npm run restore -- --all --owner ID          gives all of them back
npm run restore -- --photos-from TABLE --social-from TABLE --owner ID
                                             puts back captions, favorites, albums and the like from tables that DynamoDB has
                                             restored beside the real ones; see "Restoring" in README
                                             (--from-owner ID: where the owner had another id there, as in another stack)

A photo that was deleted can be had back for 30 days. Its captions and albums went with it; they are in the table of that time.

${COMMON_HELP}

On AWS it takes the credentials at hand, which need the rights
  cloudformation:DescribeStacks on the stack
  s3:ListBucketVersions on the S3 bucket of originals; s3:GetObjectVersion and s3:PutObject on what is in it
  dynamodb:BatchGetItem, GetItem, Query and UpdateItem on both tables, PutItem on the social one; Query on the restored ones
`;

interface Options extends Whose {
  photoIds: PhotoId[];
  all: boolean;
  photosFrom: string | undefined;
  socialFrom: string | undefined;
  fromOwner: IdentityId | undefined;
}

const LANES = 8;
const usage = (message: string) => wrong('restore', message);

function readOptions(args: string[]): Options | 'help' {
  const options = {
    all: { type: 'boolean', default: false },
    'photos-from': { type: 'string' },
    'social-from': { type: 'string' },
    'from-owner': { type: 'string' },
    ...OWNER_OPTION,
    ...PLACE_OPTIONS,
    ...HELP_OPTION,
  } as const;
  const { values, positionals } = typed('restore', () =>
    parseArgs({ args, allowPositionals: true, options }),
  );
  if (values.help) return 'help';
  for (const id of positionals) if (!isPhotoId(id)) throw usage(`"${id}" is no photo's id.`);
  const fromOwner = values['from-owner'];
  if (fromOwner !== undefined && !isIdentityId(fromOwner))
    throw usage(`"${fromOwner}" is no id of a library.`);
  if (values.all && positionals.length > 0) throw usage('Either --all or ids, please.');
  return {
    ...whoseOf('restore', values),
    photoIds: positionals as PhotoId[],
    all: values.all,
    photosFrom: values['photos-from'],
    socialFrom: values['social-from'],
    fromOwner,
  };
}

async function list(library: Library, deleted: readonly Deleted[], progress: Progress): Promise<number> {
  const lines: string[][] = [];
  for (const one of deleted) {
    const day = new Date(one.deletedAt).toISOString().slice(0, 10);
    lines.push([one.photoId, sized(one.bytes), `deleted ${day}`, await nameOf(library, one)]);
  }
  for (const line of columns(lines)) progress.say(line);
  progress.say(`${counted(deleted.length, 'photo')} can be had back.`);
  return 0;
}

async function restore(
  library: Library,
  deleted: readonly Deleted[],
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const tally = noAdoptTally();
  const back = new Map<PhotoId, string>();
  const changed = () => progress.show(`${tally.stored} of ${deleted.length}, ${tally.awaited} awaited`);
  const told = (what: string, why: string) => progress.say(`${what}: ${why}`);
  await inLanes(deleted, { lanes: LANES, signal }, async (one) => {
    try {
      await bringBack(library, one);
      tally.stored += 1;
      back.set(one.photoId, one.photoId);
    } catch (error) {
      const { name, message } = error as Error;
      if (!/^(?:BadCopy|InvalidObjectState|ObjectNotInActiveTierError|InvalidRequest)$/.test(name))
        throw error;
      tally.failed += 1;
      told(one.photoId, message);
    }
    changed();
  });
  await awaitRows(back, { library, signal, tally, changed, told });
  progress.say(`${counted(tally.stored, 'photo')} given back, ${tally.failed} failed.`);
  if (tally.awaited > 0) progress.say(`${counted(tally.awaited, 'is', 'are')} not processed yet.`);
  if (signal.aborted) return INTERRUPTED;
  return tally.failed + tally.awaited > 0 ? 1 : 0;
}

const inTable = (library: Library, tables: Partial<Library['config']>): Library => ({
  ...library,
  config: { ...library.config, ...tables },
});

async function carryOut(options: Options, signal: AbortSignal): Promise<number> {
  const library = await libraryFor(options);
  const progress = new Progress(process.stdout);
  const { photosFrom, socialFrom, photoIds, all } = options;
  if (photosFrom !== undefined || socialFrom !== undefined) {
    const from = { ...library, owner: options.fromOwner ?? library.owner };
    const { photos, social } = await bringRowsBack(
      library,
      {
        photos: photosFrom === undefined ? undefined : inTable(from, { photosTable: photosFrom }),
        social: socialFrom === undefined ? undefined : inTable(from, { socialTable: socialFrom }),
      },
      { lanes: LANES, signal },
    );
    progress.say(
      `${counted(photos, 'photo')} and ${counted(social, 'other row')} have got back what was missing.`,
    );
    return signal.aborted ? INTERRUPTED : 0;
  }
  const deleted: Deleted[] = [];
  for await (const one of deletedIn(library)) deleted.push(one);
  if (!all && photoIds.length === 0) return list(library, deleted, progress);
  const wanted = all ? deleted : deleted.filter(({ photoId }) => photoIds.includes(photoId));
  const found = new Set(wanted.map(({ photoId }) => photoId));
  const lost = photoIds.filter((photoId) => !found.has(photoId));
  for (const photoId of lost) progress.say(`${photoId}: there is nothing of it to be had back.`);
  const code = await restore(library, wanted, progress, signal);
  return lost.length > 0 ? 1 : code;
}

process.exitCode = await run(async (signal) => {
  const options = readOptions(process.argv.slice(2));
  if (options !== 'help') return carryOut(options, signal);
  process.stdout.write(HELP);
  return 0;
});
