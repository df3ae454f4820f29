// `npm run doctor`: examines a deployed Shoebox, or the one on this computer, as its people would use it, and says what is not well.
import { resolve, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Problem, sentenceFor } from './problem.ts';
import { examine } from './doctor/examine.ts';
import { awsTarget, localTarget } from './doctor/target.ts';
import { readSettings, SettingsError } from './settings.ts';

const HELP = `npm run doctor [-- options]

Examines the Shoebox that infra/shoebox.json names: the page and its headers, then, with two accounts that it makes for the purpose,
signing in, a photo from its upload to its pictures, what has to be refused, and sharing. Then it takes all of that away again.
Nobody else's photos are read or touched.

  --environment NAME  another of the environments in infra/shoebox.json
  --local             this computer's Shoebox, while "npm start" runs, instead of the one on AWS
  --data FOLDER       its data, if it was started with that option

It takes the AWS credentials at hand; which rights it needs stands in infra/policies-doctor.ts, beside cloudformation:DescribeStacks.
It ends with 0 when all is well, and with 1 when something is not.
`;

/** A photo takes the processor a second or two; S3 may be late to tell it. */
const PATIENCE = 90_000;

function readArguments() {
  try {
    return parseArgs({
      options: {
        environment: { type: 'string' },
        local: { type: 'boolean', default: false },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new Problem(`${(error as Error).message} "npm run doctor -- --help" says what there is.`);
  }
}

async function main(): Promise<number> {
  let region = '';
  try {
    const { environment, local, data, help } = readArguments();
    if (help) {
      process.stdout.write(HELP);
      return 0;
    }
    if (local && environment !== undefined) throw new Problem('Either --environment or --local, please.');
    if (data !== undefined && !local) throw new Problem('--data goes with --local.');
    const settings = local ? undefined : readSettings(environment);
    region = settings?.region ?? '';
    const target = settings
      ? await awsTarget(settings)
      : await localTarget(resolve(data ?? join(import.meta.dirname, '../.shoebox')));
    const examination = await examine(target, { patience: PATIENCE, pause: wait }, (line) =>
      console.log(line),
    );
    console.log(`\n${examination.summary()}`);
    return examination.isWell ? 0 : 1;
  } catch (error) {
    const sentence = error instanceof SettingsError ? error.message : sentenceFor(error, region);
    if (sentence === undefined) throw error;
    console.error(`\n${sentence}`);
    return 1;
  }
}

process.exitCode = await main();
