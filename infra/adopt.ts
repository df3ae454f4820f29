// `npm run adopt`: takes a folder of photos, or an S3 bucket of them, into one member's library. It reads what is there, stores what the
// library does not have yet, once, and changes nothing else: neither the folder nor a photo that is in the library.
import { S3Client } from '@aws-sdk/client-s3';
import { parseArgs } from 'node:util';
import { adopt, noAdoptTally, type AdoptTally, type Adoption } from './keeping/adopt-run.ts';
import { awaitRows } from './keeping/await-rows.ts';
import { inBucket, placeOf } from './keeping/bucket.ts';
import {
  counted,
  HELP_OPTION,
  INTERRUPTED,
  lanesOf,
  PLACE_OPTIONS,
  run,
  typed,
  usage as wrong,
} from './command.ts';
import { COMMON_HELP, libraryFor, OWNER_OPTION, sized, whoseOf, type Whose } from './keeping/command.ts';
import { inFolder } from './keeping/folder.ts';
import type { Finding } from './keeping/found.ts';
import { photosIn, type Library } from './keeping/library.ts';
import { PATIENT } from './aws.ts';
import { Progress } from './reprocess-progress.ts';

const HELP = `npm run adopt -- FOLDER --owner ID [options]
npm run adopt -- s3://BUCKET/PREFIX --owner ID [options]

Takes all photos of a folder, or of an S3 bucket, into a library, with the folders they are in. Hidden and system files are left
out, as are the JSON files of a Google Takeout: to have its captions and albums, drop the export onto the page. What the library has
already is not stored again, so this may be stopped at any time (Ctrl-C) and run again: it goes on where it was. Nothing is taken
away, neither from the folder nor from the library.

${COMMON_HELP}
  --concurrency N  how many photos at once (16)
  --no-wait        end as soon as everything is stored, without waiting for thumbnails
  --from-region R  of the S3 bucket, if it is in another Region than the library

On AWS it takes stack name and Region from infra/shoebox.json and the credentials at hand, which need the rights
  cloudformation:DescribeStacks on the stack
  s3:ListBucket on the S3 bucket of originals; s3:PutObject and s3:AbortMultipartUpload on what is in it
  dynamodb:BatchGetItem, Query and Scan on the table of photos; dynamodb:GetItem and PutItem on the social table
  s3:ListBucket and s3:GetObject on the S3 bucket to take from

It ends with 0 when everything is in the library, with 1 when something is not, with 130 when it was stopped.
`;

interface Options extends Whose {
  from: string;
  lanes: number;
  wait: boolean;
  fromRegion: string | undefined;
}

const usage = (message: string) => wrong('adopt', message);

function readOptions(args: string[]): Options | 'help' {
  const { values, positionals } = readArguments(args);
  if (values.help) return 'help';
  const [from, ...more] = positionals;
  if (from === undefined) throw usage('What is to be taken in? Name a folder, or s3://bucket/prefix.');
  if (more.length > 0) throw usage('One folder at a time, please.');
  const fromRegion = values['from-region'];
  if (from.startsWith('s3:') && !placeOf(from))
    throw usage(`"${from}" is no address like s3://bucket/prefix.`);
  if (fromRegion !== undefined && !placeOf(from)) throw usage('--from-region goes with s3://bucket.');
  return {
    ...whoseOf('adopt', values),
    from,
    fromRegion,
    lanes: lanesOf('adopt', values.concurrency),
    wait: !values['no-wait'],
  };
}

function readArguments(args: string[]) {
  const options = {
    concurrency: { type: 'string', default: '16' },
    'no-wait': { type: 'boolean', default: false },
    'from-region': { type: 'string' },
    ...OWNER_OPTION,
    ...PLACE_OPTIONS,
    ...HELP_OPTION,
  } as const;
  return typed('adopt', () => parseArgs({ args, allowPositionals: true, options }));
}

function findingsOf({ from, fromRegion }: Options, { s3 }: Library): AsyncIterable<Finding> {
  const place = placeOf(from);
  if (!place) return inFolder(from);
  const client = fromRegion === undefined ? s3 : new S3Client({ region: fromRegion, ...PATIENT });
  return inBucket(client, place);
}

/** What became of it all, in lines. */
function report(tally: AdoptTally): string[] {
  const { stored, bytes, there, twice, trashed, system, sidecars, failed, awaited, unshowable } = tally;
  const aside = [
    there > 0 && `${counted(there, 'photo was', 'photos were')} there before`,
    twice > 0 && `${counted(twice, 'file has', 'files have')} the same bytes as another`,
    system > 0 && `${counted(system, 'hidden or system file')} left out`,
    sidecars > 0 && `${counted(sidecars, 'JSON file')} of Google Takeout left out`,
  ].filter((part) => part !== false);
  return [
    `${[`${counted(stored, 'photo')} stored (${sized(bytes)})`, ...aside].join(', ')}.`,
    ...(unshowable > 0
      ? [
          `${counted(unshowable, 'of these cannot be shown', 'of these cannot be shown')}: they are kept as they are.`,
        ]
      : []),
    ...(awaited > 0
      ? [
          `${counted(awaited, 'is', 'are')} stored, but not processed yet. If that does not change: npm run reprocess -- --owner ...`,
        ]
      : []),
    ...(trashed > 0
      ? [
          `${counted(trashed, 'is', 'are')} in the trash of the library: put back in the page what is to stay.`,
        ]
      : []),
    failed > 0
      ? `${counted(failed, 'was', 'were')} NOT taken in, each with the reason above.`
      : 'Nothing failed.',
  ];
}

async function carryOut(options: Options, signal: AbortSignal): Promise<number> {
  const library = await libraryFor(options);
  const progress = new Progress(process.stdout);
  const tally = noAdoptTally();
  const begun = Date.now();
  const adoption: Adoption = {
    library,
    known: await photosIn(library),
    lanes: options.lanes,
    signal,
    tally,
    changed: () => {
      const { stored, there, twice, failed, awaited, bytes } = tally;
      const speed = `${sized((1000 * bytes) / Math.max(1, Date.now() - begun))}/s`;
      const waiting = `${stored} stored, waiting for the thumbnails of ${awaited}`;
      progress.show(
        awaited > 0
          ? waiting
          : `${stored} stored, ${there + twice} there already, ${failed} failed, ${speed}`,
      );
    },
    told: (where, what) => progress.say(`${where}: ${what}`),
  };
  const awaited = await adopt(findingsOf(options, library), adoption);
  if (options.wait) await awaitRows(awaited, adoption);
  if (signal.aborted) progress.say('Stopped. Run it again to go on.');
  for (const line of report(tally)) progress.say(line.replace('--owner ...', `--owner ${library.owner}`));
  if (signal.aborted) return INTERRUPTED;
  return tally.failed + tally.trashed + tally.awaited > 0 ? 1 : 0;
}

process.exitCode = await run(async (signal) => {
  const options = readOptions(process.argv.slice(2));
  if (options !== 'help') return carryOut(options, signal);
  process.stdout.write(HELP);
  return 0;
});
