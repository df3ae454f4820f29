// `npm run deploy`: looks whether all is ready, builds the page, says what would change, deploys the stack with the CDK CLI, puts the page
// into its S3 bucket, and says what comes next. It never replaces or removes a pool, a table or an S3 bucket.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseConfig } from '../src/schema/config.ts';
import { awsClients, type Aws } from './aws.ts';
import { complain, HELP_OPTION, typed } from './command.ts';
import { changesBetween, lossSentence } from './changes.ts';
import { prepareEdge, refuseUnvalidated, tidyEdge } from './edge.ts';
import { filesOfPage, storedFiles, uploadPage } from './page-upload.ts';
import { preflight, type Preflight } from './preflight.ts';
import { pushKeysParameter } from './push-keys.ts';
import { parameterStore, readOrMakePushKeys } from './push-keys-store.ts';
import { readPlaces, readSettings, type Settings } from './settings.ts';
import { edgeStackName, needsEdge } from './edge-names.ts';
import { Problem } from './problem.ts';
import { deployedTemplate, stackState } from './stack-state.ts';
import type { Template } from './stateful.ts';
import { ROOT, run } from './tools.ts';
import { welcome } from './welcome.ts';

const HELP = `npm run deploy [-- options]

Deploys Shoebox into the AWS account whose credentials are at hand, as infra/shoebox.json says, or brings it up to date.

  --dry-run           only says what would change; changes nothing
  --environment NAME  another of the environments in infra/shoebox.json

It refuses to deploy what would replace or remove a user pool, an identity pool, a table or an S3 bucket.
`;

/** Not `dist/`, from which a local Shoebox may be served just now. */
const DIST = join(ROOT, 'cdk.out/page');
const ASSEMBLY = join(ROOT, 'cdk.out/deploy');

const waiting = { say: (line: string) => console.log(line), pause: () => wait(5000) };

interface Plan {
  settings: Settings;
  aws: Aws;
  ready: Preflight;
  edge: Template | undefined;
}

async function deploy(settings: Settings, environment: string | undefined, dryRun: boolean): Promise<void> {
  const aws = awsClients(settings.region);
  const ready = await preflight(settings, aws, readPlaces());
  await refuseUnvalidated(settings, aws.edge);
  console.log(`${settings.stackName} in ${settings.region}, account ${ready.account}`);
  await build(environment);
  const edge = needsEdge(settings) ? synthesised(edgeStackName(settings)) : undefined;
  const plan = { settings, aws, ready, edge };
  await tellChanges(plan);
  if (dryRun) console.log('\nNothing was changed.');
  else await carryOut(plan, environment);
}

async function build(environment: string | undefined): Promise<void> {
  await run(['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', '--outDir', DIST], {
    failed: 'The page could not be built; why is said above. Nothing was changed.',
  });
  const which = environment === undefined ? [] : ['--environment', environment];
  await run(['--import', 'tsx', 'infra/synth.ts', '--cloud-assembly', ...which], {
    failed: 'The stack could not be synthesised; why is said above. Nothing was changed.',
    environment: { CDK_OUTDIR: ASSEMBLY },
  });
}

const synthesised = (stackName: string): Template =>
  JSON.parse(readFileSync(join(ASSEMBLY, `${stackName}.template.json`), 'utf8')) as Template;

/** Throws where something would be lost. */
async function tellChanges({ settings, aws, ready, edge }: Plan): Promise<void> {
  const { stackName } = settings;
  const parts = [
    { client: aws.cloudformation, name: stackName, template: synthesised(stackName) },
    ...(edge ? [{ client: aws.edge, name: edgeStackName(settings), template: edge }] : []),
  ];
  for (const { client, name, template } of parts) {
    const before = await deployedTemplate(client, name);
    const { lines, losses } = changesBetween(before ?? { Resources: {} }, template);
    if (losses.length > 0) {
      throw new Problem(
        `${losses.map(lossSentence).join('\n')}\nThis is not deployed: a new, empty one would stand in its place. Go back to the settings and the version that were deployed before.`,
      );
    }
    if (!before) console.log(`\n${name} is new, with ${Object.keys(template.Resources).length} resources.`);
    else if (lines.length === 0) console.log(`\n${name} stays as it is.`);
    else console.log(`\nWhat changes of ${name}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
  const bucket = ready.stack?.outputs.get('SiteBucket');
  const stored = new Set(bucket === undefined ? [] : await storedFiles(aws.s3, bucket));
  const added = (await filesOfPage(DIST)).filter((file) => !stored.has(file));
  console.log(`\nThe page: ${added.length} of its files are new.`);
}

async function carryOut({ settings, aws, edge }: Plan, environment: string | undefined): Promise<void> {
  const { stackName, region } = settings;
  const parameters = await prepareEdge(settings, aws.edge, edge, waiting);
  // Before the stack, whose notifier reads them.
  const { publicKey } = await readOrMakePushKeys(pushKeysParameter(stackName), parameterStore(region));
  await deployStack(settings, parameters);
  const outputs = (await stackState(aws.cloudformation, stackName))?.outputs;
  const need = (name: string): string => {
    const value = outputs?.get(name);
    if (value === undefined) throw new Error(`the stack has no output ${name}`);
    return value;
  };
  const config = { ...parseConfig(JSON.parse(need('Config'))), pushKey: publicKey };
  const bucket = need('SiteBucket');
  const { uploaded } = await uploadPage(
    aws.s3,
    { bucket, dist: DIST, config },
    { now: Date.now(), pause: wait },
  );
  console.log(`\n${uploaded} files of the page are in ${bucket}.`);
  await tidyEdge(settings, aws.edge, edge, waiting);
  const hosts = {
    pageHost: need('PageHost'),
    linksHost: need('LinksHost'),
    readsHost: outputs?.get('ReadsHost'),
  };
  console.log(`\n${welcome(settings, { config, address: need('Address'), environment, ...hosts })}`);
}

async function deployStack(
  { stackName, region }: Settings,
  parameters: ReadonlyMap<string, string>,
): Promise<void> {
  await run(
    [
      'node_modules/aws-cdk/bin/cdk',
      'deploy',
      stackName,
      '--exclusively',
      '--app',
      ASSEMBLY,
      // What would be asked are the roles of infra/policies.ts, which the tests check.
      '--require-approval',
      'never',
      ...[...parameters].flatMap(([name, value]) => ['--parameters', `${stackName}:${name}=${value}`]),
    ],
    {
      failed:
        'The stack was not deployed; the message of the CDK is above. CloudFormation has gone back to what was there before, and nothing stored was touched.',
      environment: { AWS_REGION: region, AWS_DEFAULT_REGION: region },
    },
  );
}

function readArguments() {
  const options = {
    'dry-run': { type: 'boolean', default: false },
    environment: { type: 'string' },
    ...HELP_OPTION,
  } as const;
  return typed('deploy', () => parseArgs({ options })).values;
}

async function main(): Promise<void> {
  let region = '';
  try {
    const { environment, help, 'dry-run': dryRun } = readArguments();
    if (help) return void process.stdout.write(HELP);
    const settings = readSettings(environment);
    ({ region } = settings);
    await deploy(settings, environment, dryRun);
  } catch (error) {
    process.exitCode = complain(error, { region });
  }
}

await main();
