// `npm run deploy`: builds the page, deploys the stack with the CDK CLI, puts the page into its S3 bucket, and says how to let people in.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseConfig, type Config } from '../src/schema/config.ts';
import { fields, text } from '../src/schema/parse.ts';
import { pushKeysParameter } from './push-keys.ts';
import { parameterStore, PushKeysError, readOrMakePushKeys } from './push-keys-store.ts';
import { readSettings, SettingsError, type Settings } from './settings.ts';
import { cacheControl, contentType, SERVICE_WORKER, uploadOrder } from './site-files.ts';

const root = join(import.meta.dirname, '..');
const DIST = join(root, 'dist');
const OUTPUTS = join(root, 'cdk.out/outputs.json');

/** CloudFront answers from its cache for one second, its cache policy's minimum, also what is stored with no-cache. */
const EDGE_MINIMUM_MS = 2000;

/** Something the person at the keyboard can cure; shown without a stack trace. */
class DeployError extends Error {}

try {
  await deploy(readSettings());
} catch (error) {
  if (![DeployError, PushKeysError, SettingsError].some((known) => error instanceof known)) throw error;
  console.error(`\n${(error as Error).message}`);
  process.exitCode = 1;
}

async function deploy(settings: Settings): Promise<void> {
  const s3 = new S3Client({ region: settings.region });
  await checkCredentials(s3);
  await run('node_modules/vite/bin/vite.js', ['build'], settings);
  // Before the stack, whose notifier reads them.
  const { publicKey } = await readOrMakePushKeys(
    pushKeysParameter(settings.stackName),
    parameterStore(settings.region),
  );
  await deployStack(settings);
  const stackOutputs = await readOutputs(settings.stackName);
  const outputs = { ...stackOutputs, config: { ...stackOutputs.config, pushKey: publicKey } };
  await uploadPage(s3, outputs);
  printWelcome(settings, outputs);
}

async function checkCredentials(s3: S3Client): Promise<void> {
  try {
    await s3.config.credentials();
  } catch (cause) {
    const cure = 'Sign in with "aws sso login" or set AWS_PROFILE, then run this again.';
    throw new DeployError(`There are no AWS credentials here. ${cure}`, { cause });
  }
}

async function deployStack(settings: Settings): Promise<void> {
  const { code, errors } = await run(
    'node_modules/aws-cdk/bin/cdk',
    [
      'deploy',
      settings.stackName,
      '--app',
      'npx tsx infra/synth.ts --cloud-assembly',
      '--output',
      'cdk.out/deploy',
      '--outputs-file',
      OUTPUTS,
      // What would be asked are the roles of infra/policies.ts, which the tests check.
      '--require-approval',
      'never',
    ],
    settings,
    { mayFail: true },
  );
  if (code === 0) return;
  // The CDK asks in several ways whether the account is; a mere mention, such as advice to upgrade, is something else.
  if (/bootstrapped\?|\/cdk-bootstrap\//i.test(errors)) {
    throw new DeployError(
      `This account has never been used with the CDK in ${settings.region}. Run once: npx cdk bootstrap aws://ACCOUNT/${settings.region}`,
    );
  }
  if (/expired|credential|security token|resolve AWS account/i.test(errors)) {
    throw new DeployError('AWS did not accept the credentials. Sign in again, then run this again.');
  }
  throw new DeployError(
    'The stack was not deployed; the message of the CDK is above. Nothing stored was touched.',
  );
}

/** Runs a tool of this project with its output shown; `errors` is what it wrote to stderr, where the CDK explains itself. */
async function run(
  script: string,
  args: string[],
  { region }: Settings,
  { mayFail = false } = {},
): Promise<{ code: number | null; errors: string }> {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'pipe'],
    env: { ...process.env, AWS_REGION: region, AWS_DEFAULT_REGION: region },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
    process.stderr.write(chunk);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0 && !mayFail) throw new DeployError(`${script} ${args.join(' ')} failed.`);
  return { code, errors };
}

interface Outputs {
  config: Config;
  address: string;
  siteBucket: string;
}

async function readOutputs(stackName: string): Promise<Outputs> {
  const all = fields(JSON.parse(await readFile(OUTPUTS, 'utf8')));
  const outputs = fields(all?.[stackName]) ?? {};
  const need = (name: string): string => {
    const value = text(outputs[name], 4096);
    if (value === undefined) throw new Error(`the stack has no output ${name}`);
    return value;
  };
  return {
    config: parseConfig(JSON.parse(need('Config'))),
    address: need('Address'),
    siteBucket: need('SiteBucket'),
  };
}

/** Older assets stay where they are: a page that was opened before may still ask for them. */
async function uploadPage(s3: S3Client, { config, siteBucket }: Outputs): Promise<void> {
  const entries = await readdir(DIST, { recursive: true, withFileTypes: true });
  const built = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(DIST, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
  const files = new Set([...built, 'config.json']);
  for (const group of uploadOrder([...files])) {
    // Who gets the new service worker must not get the old page from the edge along with it.
    if (group.includes(SERVICE_WORKER)) await wait(EDGE_MINIMUM_MS);
    await Promise.all(
      group.map(async (file) =>
        s3.send(
          new PutObjectCommand({
            Bucket: siteBucket,
            Key: file,
            Body: file === 'config.json' ? JSON.stringify(config) : await readFile(join(DIST, file)),
            ContentType: contentType(file),
            CacheControl: cacheControl(file),
          }),
        ),
      ),
    );
  }
  console.log(`\n${files.size} files of the page are in ${siteBucket}.`);
}

function printWelcome({ region }: Settings, { config, address }: Outputs): void {
  const pool = `--region ${region} --user-pool-id ${config.userPoolId}`;
  const googleHint = config.google
    ? '\nSomebody who comes with Google signs in once (and is refused), then takes the second command only:\ntheir user name is shown by "aws cognito-idp list-users".'
    : '';
  console.log(`
Shoebox is at ${address}

Nobody may use it yet. To let a person in:

  aws cognito-idp admin-create-user ${pool} --username you@example.com \\
    --user-attributes Name=email,Value=you@example.com Name=email_verified,Value=true
  aws cognito-idp admin-add-user-to-group ${pool} --group-name members --username you@example.com
${googleHint}`);
}
