// `npm run destroy`: takes a deployment down, after asking. Photos, tables and pools stay unless they are told to go, twice.
import { createInterface } from 'node:readline/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { awsClients } from './aws.ts';
import { complain, HELP_OPTION, typed } from './command.ts';
import { destroy } from './destroy-run.ts';
import { readSettings } from './settings.ts';

const HELP = `npm run destroy [-- options]

Removes the stack that infra/shoebox.json names, after asking for its name. Originals, tables and pools are kept.

  --with-photos       also deletes them, for good, after asking once more
  --environment NAME  another of the environments in infra/shoebox.json
`;

function readArguments() {
  const options = {
    'with-photos': { type: 'boolean', default: false },
    environment: { type: 'string' },
    ...HELP_OPTION,
  } as const;
  return typed('destroy', () => parseArgs({ options })).values;
}

async function main(): Promise<void> {
  let region = '';
  const input = createInterface({ input: process.stdin });
  const lines = input[Symbol.asyncIterator]();
  try {
    const { environment, help, 'with-photos': withPhotos } = readArguments();
    if (help) return void process.stdout.write(HELP);
    const settings = readSettings(environment);
    ({ region } = settings);
    await destroy(settings, awsClients(region), {
      withPhotos,
      say: (line) => console.log(line),
      ask: async (question) => {
        process.stdout.write(question);
        const { value, done } = await lines.next();
        return done ? '' : String(value).trim();
      },
      pause: () => wait(5000),
    });
  } catch (error) {
    process.exitCode = complain(error, { region });
  } finally {
    input.close();
  }
}

await main();
