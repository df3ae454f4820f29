// `npm run export`: brings one member's whole library out into a folder that people and other programs can read. It only reads the
// library, and overwrites nothing in the folder but what it wrote there itself.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
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
import { bringOut, noExportTally, type ExportTally } from './keeping/export-run.ts';
import { Progress } from './reprocess-progress.ts';

const HELP = `npm run export -- FOLDER --owner ID [options]

Brings a whole library out: each original as FOLDER/year/month/name, with a JSON file beside it that says what the library knows (date,
place, caption, favorite, archive), in the shape of a Google Takeout, which the page takes in again. Albums are folders in
FOLDER/Albums, with the same photos once more; where the disk can, that takes no room. Every byte is checked against the photo's
hash. It may be stopped at any time (Ctrl-C) and run again, also weeks later: what is there and right is not fetched again.

${COMMON_HELP}
  --with-trash     also what is in the trash
  --concurrency N  how many photos at once (8)

On AWS it takes stack name and Region from infra/shoebox.json and the credentials at hand, which need the rights
  cloudformation:DescribeStacks on the stack
  s3:ListBucket on the S3 bucket of originals; s3:GetObject on what is in it
  dynamodb:Query on both tables

It ends with 0 when everything is in the folder, with 1 when something is not, with 130 when it was stopped.
`;

interface Options extends Whose {
  folder: string;
  withTrash: boolean;
  lanes: number;
}

const usage = (message: string) => wrong('export', message);

function readOptions(args: string[]): Options | 'help' {
  const { values, positionals } = readArguments(args);
  if (values.help) return 'help';
  const [folder, ...more] = positionals;
  if (folder === undefined) throw usage('Where to? Name a folder.');
  if (more.length > 0) throw usage('One folder, please.');
  return {
    ...whoseOf('export', values),
    folder: resolve(folder),
    withTrash: values['with-trash'],
    lanes: lanesOf('export', values.concurrency),
  };
}

function readArguments(args: string[]) {
  const options = {
    'with-trash': { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '8' },
    ...OWNER_OPTION,
    ...PLACE_OPTIONS,
    ...HELP_OPTION,
  } as const;
  return typed('export', () => parseArgs({ args, allowPositionals: true, options }));
}

function report({ written, bytes, there, trashed, albums, failed }: ExportTally): string[] {
  const aside = [
    there > 0 && `${counted(there, 'was', 'were')} there before`,
    trashed > 0 && `${counted(trashed, 'photo')} in the trash left out`,
  ].filter((part) => part !== false);
  return [
    `${[`${counted(written, 'photo')} brought out (${sized(bytes)})`, ...aside].join(', ')}; ${counted(albums, 'album')}.`,
    failed > 0
      ? `${counted(failed, 'is', 'are')} NOT in the folder, each with the reason above.`
      : 'Nothing failed.',
  ];
}

async function carryOut(options: Options, signal: AbortSignal): Promise<number> {
  const library = await libraryFor(options);
  const { folder, withTrash, lanes } = options;
  const progress = new Progress(process.stdout);
  const tally = noExportTally();
  await bringOut({
    library,
    folder,
    withTrash,
    lanes,
    signal,
    tally,
    changed: () => {
      const { written, there, all, bytes, failed } = tally;
      progress.show(`${written + there} of ${all}, ${sized(bytes)} fetched, ${failed} failed`);
    },
    told: (what, why) => progress.say(`${what}: ${why}`),
  });
  if (signal.aborted) progress.say('Stopped. Run it again to go on.');
  for (const line of report(tally)) progress.say(line);
  if (signal.aborted) return INTERRUPTED;
  return tally.failed > 0 ? 1 : 0;
}

process.exitCode = await run(async (signal) => {
  const options = readOptions(process.argv.slice(2));
  if (options !== 'help') return carryOut(options, signal);
  process.stdout.write(HELP);
  return 0;
});
