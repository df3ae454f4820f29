// `npm run doctor`: examines a deployed Shoebox, or the one on this computer, as its people would use it, and says what is not well.
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { complain, HELP_OPTION, PLACE_OPTIONS, placeOf, typed } from './command.ts';
import { examine } from './doctor/examine.ts';
import { awsTarget, localTarget } from './doctor/target.ts';
import { readSettings } from './settings.ts';

const HELP = `npm run doctor [-- options]

Examines the Shoebox that infra/shoebox.json names: the page and its headers, then, with two accounts that it makes for the purpose,
signing in, a photo from its upload to its pictures, what has to be refused, and sharing. Then it takes all of that away again.
Nobody else's photos are read or touched.

  --environment NAME  another of the environments in infra/shoebox.json
  --local             this computer's Shoebox, while "npm start" runs, instead of the one on AWS
  --data FOLDER       its data, if it was started with that option

It takes the AWS credentials at hand; which rights it needs stands in infra/policies-doctor.ts, beside cloudformation:DescribeStacks
and, where alarms are sent, sns:ListSubscriptionsByTopic.
It ends with 0 when all is well, and with 1 when something is not.
`;

/** A photo takes the processor a second or two; S3 may be late to tell it. */
const PATIENCE = 90_000;

const readArguments = () =>
  typed('doctor', () => parseArgs({ options: { ...PLACE_OPTIONS, ...HELP_OPTION } })).values;

async function main(): Promise<number> {
  let region = '';
  let directory: string | undefined;
  try {
    const values = readArguments();
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const place = placeOf('doctor', values);
    ({ directory } = place);
    let target;
    if (directory === undefined) {
      const settings = readSettings(place.environment);
      ({ region } = settings);
      target = await awsTarget(settings);
    } else target = await localTarget(directory);
    const examination = await examine(target, { patience: PATIENCE, pause: wait }, (line) =>
      console.log(line),
    );
    console.log(`\n${examination.summary()}`);
    return examination.isWell ? 0 : 1;
  } catch (error) {
    return complain(error, { region, directory });
  }
}

process.exitCode = await main();
