// `npm run members`: who may use a deployed Shoebox, or the one on this computer: what owners do from the page, without one.
import { awsClients } from './aws.ts';
import { complain } from './command.ts';
import { HELP, readOptions } from './members-options.ts';
import { carryOut } from './members-run.ts';
import { deployedPool, localPool } from './members-target.ts';
import { moveLibrary } from './members-move.ts';
import { readSettings } from './settings.ts';

/** People choose their own names: nothing in one steers the terminal, or looks like another line. */
const printable = (line: string): string => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');

async function main(): Promise<number> {
  let region = 'us-east-1';
  let directory: string | undefined;
  try {
    const options = readOptions(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    const { order, environment } = options;
    ({ directory } = options);
    let ask;
    if (directory === undefined) {
      const settings = readSettings(environment);
      ({ region } = settings);
      ask = await deployedPool(settings, awsClients(region).cloudformation);
    } else ask = localPool(directory);
    for (const line of await carryOut(ask, order, Date.now())) console.log(printable(line));
    return 0;
  } catch (error) {
    return complain(error, { region, directory });
  }
}

process.exitCode = process.argv[2] === 'move' ? await moveLibrary(process.argv.slice(3)) : await main();
