// `npm run reprocess`: has the processor work again on what is in the failure queue, on one owner's photos or on everything. It
// only hands events to the processor, which alone writes; so nothing that an owner wrote is touched, whatever happens here.
import { parseArgs } from 'node:util';
import { isIdentityId, type IdentityId } from '../src/schema/ids.ts';
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
import { findOwners } from './reprocess-plan.ts';
import { Progress } from './reprocess-progress.ts';
import { noTally, rebuildOwner, redrive, type Run, type Tally } from './reprocess-run.ts';
import { awsTarget, localTarget, type Target } from './reprocess-target.ts';
import { readSettings } from './settings.ts';

const HELP = `npm run reprocess [-- options]

Has the processor work again on photos. Their originals are only read; favorites, captions, tags, archive, trash and
corrected dates stay as they are. It may be stopped at any time (Ctrl-C) and run again: it goes on where it was.

  (nothing)        everything in the failure queue, to which photos go that could not be processed
  --owner ID       rebuild rows and renditions of one owner (an identity id), as far as they are not up to date
  --all            the same for everybody
  --force          with --owner or --all: also what is up to date
  --concurrency N  how many photos at once (4; a new AWS account allows 10, and uploads need some)
  --environment N  another of the environments in infra/shoebox.json
  --local          on this computer's Shoebox, while "npm start" runs, instead of on AWS
  --data FOLDER    its data, if it was started with that option

On AWS it takes stack name and Region from infra/shoebox.json and the credentials at hand, which need the rights
  cloudformation:DescribeStacks on the stack
  s3:ListBucket on the S3 bucket of originals
  dynamodb:GetItem, Query and Scan on the table of photos
  lambda:InvokeFunction on the processor
  sqs:GetQueueAttributes, ReceiveMessage, ChangeMessageVisibility and DeleteMessage on the failure queue

It ends with 0 when all is well, with 1 when something still fails, with 130 when it was stopped.
`;

interface Options extends Place {
  owners: 'queue' | 'all' | IdentityId;
  force: boolean;
  lanes: number;
}

const usage = (message: string) => wrong('reprocess', message);

function readOptions(): Options | 'help' {
  const { values } = readArguments();
  if (values.help) return 'help';
  const { all, owner, force, concurrency } = values;
  if (all && owner !== undefined) throw usage('Either --all or --owner, please.');
  if (owner !== undefined && !isIdentityId(owner)) throw usage(`"${owner}" is no identity id.`);
  if (force && !all && owner === undefined) throw usage('--force goes with --all or --owner.');
  return {
    owners: all ? 'all' : (owner ?? 'queue'),
    force,
    lanes: lanesOf('reprocess', concurrency),
    ...placeOf('reprocess', values),
  };
}

function readArguments() {
  const options = {
    all: { type: 'boolean', default: false },
    owner: { type: 'string' },
    force: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '4' },
    ...PLACE_OPTIONS,
    ...HELP_OPTION,
  } as const;
  return typed('reprocess', () => parseArgs({ options }));
}

function fateOfQueue({ done, failed }: Tally): string {
  if (done + failed === 0) return 'Nothing in the failure queue';
  const kept = failed > 0 ? ' (kept in the queue)' : '';
  return `${counted(done, 'failure')} cured, ${counted(failed, 'failure')} left${kept}`;
}

function fateOfPhotos({ done, failed, upToDate, archived }: Tally): string {
  const left = failed > 0 ? ' (left to the failure queue)' : '';
  const inArchive =
    archived > 0
      ? `; ${counted(archived, 'photo')} left in the deep archive as they are: restore their originals first`
      : '';
  return `${counted(done, 'photo')} rebuilt, ${upToDate.toLocaleString('en-US')} up to date before, ${failed} failed${left}${inArchive}`;
}

/** Gives the exit code. */
async function reprocess(options: Options, target: Target, signal: AbortSignal): Promise<number> {
  const progress = new Progress(process.stdout);
  const tally = noTally();
  let where = '';
  const work: Run = {
    target,
    lanes: options.lanes,
    signal,
    tally,
    changed: () => {
      const { done, toDo, failed } = tally;
      progress.show(`${where}${done} done, ${toDo} to do, ${failed} failed`);
    },
    failed: (what, why) => progress.say(`${what}: ${why}`),
  };
  if (options.owners === 'queue') await redrive(work);
  else {
    const owners = options.owners === 'all' ? await findOwners(target) : [options.owners];
    for (const [index, owner] of owners.entries()) {
      if (owners.length > 1) where = `owner ${index + 1} of ${owners.length}: `;
      await rebuildOwner(owner, options.force, work);
    }
  }
  const { failed } = tally;
  const fate = options.owners === 'queue' ? fateOfQueue(tally) : fateOfPhotos(tally);
  progress.say(signal.aborted ? `Stopped: ${fate}. Run it again to go on.` : `${fate}.`);
  if (signal.aborted) return INTERRUPTED;
  return failed > 0 ? 1 : 0;
}

let directory: string | undefined;
process.exitCode = await run(
  async (signal) => {
    const options = readOptions();
    if (options === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    ({ directory } = options);
    const target =
      directory === undefined ? await awsTarget(readSettings(options.environment)) : localTarget(directory);
    return reprocess(options, target, signal);
  },
  () => ({ directory }),
);
