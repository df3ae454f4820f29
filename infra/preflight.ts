// What is looked at before anything is built or changed: credentials, Region, bootstrap, the stack as it is, quotas, names that are taken.
// All that is wrong is said at once, each with its cure.
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand, type Parameter } from '@aws-sdk/client-ssm';
import type { Aws } from './aws.ts';
import { Problem, sentenceFor } from './problem.ts';
import type { Settings } from './settings.ts';
import { refuseUnready, stackState, type StackState } from './stack-state.ts';

/** Of the CDK's bootstrap stack: what its synthesised stacks ask for. */
export const BOOTSTRAP_VERSION = 6;
const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** As many Lambda calls at once an account keeps for what has none reserved; all of a new account's ten. */
const UNRESERVED = 100;

export interface Preflight {
  account: string;
  /** Undefined before the first deployment. */
  stack: StackState | undefined;
}

/** Where the settings file has Shoeboxes. */
type Places = readonly Pick<Settings, 'stackName' | 'region'>[];

export async function preflight(settings: Settings, aws: Aws, places: Places): Promise<Preflight> {
  const { stackName, region } = settings;
  // Without these there is nothing more to find out.
  await aws.ssm.config.credentials();
  const account = await checkBootstrap(aws);
  const stack = await stackState(aws.cloudformation, stackName);
  const problems = await gathered(region, [
    () => stack && refuseForeign(settings, stack),
    () => stack && refuseUnready(stackName, region, stack),
    () => checkConcurrency(settings, aws, stack),
    () => checkGoogleSecret(settings, aws),
    // Of the first deployment only: later the names are the stack's own.
    () => (stack ? undefined : checkNames(settings, account, aws, places)),
  ]);
  if (problems.length > 0) throw new Problem(problems.join('\n\n'));
  return { account, stack };
}

/** Every Shoebox has this output from its first deployment on. Another's resources would all be removed. */
function refuseForeign({ stackName, region }: Settings, { status, outputs }: StackState): void {
  if (outputs.has('SiteBucket') || !/^(?:CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(status))
    return;
  throw new Problem(
    `The stack ${stackName} in ${region} is not a Shoebox, and is left alone. Choose another "stackName" in infra/shoebox.json.`,
  );
}

async function gathered(
  region: string,
  checks: readonly (() => void | Promise<void> | undefined)[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      const sentence = sentenceFor(error, region);
      if (sentence === undefined) throw error;
      problems.push(sentence);
    }
  }
  return problems;
}

async function parameter({ ssm }: Aws, Name: string): Promise<Parameter | undefined> {
  try {
    return (await ssm.send(new GetParameterCommand({ Name }))).Parameter;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

/** Gives the account's number, which the parameter's ARN has. */
async function checkBootstrap(aws: Aws): Promise<string> {
  const { region } = aws;
  const found = await parameter(aws, BOOTSTRAP_PARAMETER);
  const account = found?.ARN?.split(':')[4];
  const known = account ?? (await aws.ssm.config.credentials()).accountId;
  const command = `npx cdk bootstrap aws://${known ?? 'ACCOUNT'}/${region}`;
  if (!found || account === undefined) {
    const where = known ? '' : '\n(ACCOUNT is what "aws sts get-caller-identity" says.)';
    throw new Problem(
      `This account has never been used with the CDK in ${region}. Run once, then run this again:\n  ${command}${where}`,
    );
  }
  if (!(Number(found.Value) >= BOOTSTRAP_VERSION)) {
    throw new Problem(
      `The CDK's bootstrap of this account in ${region} is too old (version ${found.Value}, and ${BOOTSTRAP_VERSION} is needed). Bring it up to date, then run this again:\n  ${command}`,
    );
  }
  return account;
}

async function checkConcurrency(
  { processorReservedConcurrency: wanted }: Settings,
  { lambda, region }: Aws,
  stack: StackState | undefined,
): Promise<void> {
  if (wanted === null) return;
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  const quota = AccountLimit?.ConcurrentExecutions ?? 0;
  const free = AccountLimit?.UnreservedConcurrentExecutions ?? 0;
  const FunctionName = stack?.outputs.get('ProcessorFunction');
  const { ReservedConcurrentExecutions: own = 0 } = FunctionName
    ? await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))
    : {};
  const most = Math.max(0, free + own - Math.min(UNRESERVED, quota));
  if (wanted <= most) return;
  const can = most > 0 ? `at most ${most}` : 'nothing';
  throw new Problem(
    `"processorReservedConcurrency" asks for ${wanted}, and of this account's ${quota} Lambda calls at once in ${region} ${can} can be reserved. Set it to ${most > 0 ? `${most} or less, or to null` : 'null'}, or ask for more in the AWS console: Service Quotas, AWS Lambda, Concurrent executions.`,
  );
}

async function checkGoogleSecret({ google }: Settings, aws: Aws): Promise<void> {
  if (!google || !('secretParameter' in google)) return;
  const name = google.secretParameter;
  const put = `aws ssm put-parameter --region ${aws.region} --name ${name} --type String --value CLIENT_SECRET`;
  const found = await parameter(aws, name);
  if (!found) {
    throw new Problem(
      `"google.secretParameter" names ${name}, and there is no such parameter in ${aws.region}. Put the client secret there, then run this again:\n  ${put}`,
    );
  }
  if (found.Type !== 'String') {
    throw new Problem(
      `The SSM parameter ${name} is of type ${found.Type}, which CloudFormation cannot give to Cognito. Delete it and put it as a String, or keep the secret in Secrets Manager ("google.secretName"):\n  ${put}`,
    );
  }
}

/**
 * S3 bucket names are fixed, outlive a stack, and say where one is. Only a place that the settings name as well may be left alone: a
 * changed Region is more often a slip than the wish for a second, empty Shoebox.
 */
async function checkNames(
  { stackName, region }: Settings,
  account: string,
  aws: Aws,
  places: Places,
): Promise<void> {
  const start = (kind: string) => `${stackName.toLowerCase()}-${kind}-${account}-`;
  const names = await bucketNames(aws, `${stackName.toLowerCase()}-`);
  const taken = ['originals', 'library', 'site']
    .map((kind) => start(kind) + region)
    .filter((name) => names.has(name));
  if (taken.length > 0) {
    throw new Problem(
      `There is no stack ${stackName} in ${region}, but S3 buckets with its names, as one that was removed leaves them: ${taken.join(', ')}. Choose another "stackName" for a new, empty Shoebox; or, if nothing in them is wanted, delete them first.`,
    );
  }
  const expected = places.filter((one) => one.stackName.toLowerCase() === stackName.toLowerCase());
  const elsewhere = [...names]
    .filter((name) => name.startsWith(start('originals')))
    .map((name) => name.slice(start('originals').length))
    .filter((other) => !expected.some((one) => one.region === other));
  if (elsewhere.length > 0) {
    throw new Problem(
      `This account has a ${stackName} in ${elsewhere.join(' and ')}, and "region" says ${region}, where a new, empty one would be made. Set "region" to ${elsewhere[0]}; or, if a second one is wanted, give it a "stackName" of its own.`,
    );
  }
}

async function bucketNames({ s3 }: Aws, Prefix: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListBucketsCommand({ Prefix, MaxBuckets: 1000, ContinuationToken }));
    for (const { Name } of page.Buckets ?? []) if (Name !== undefined) names.add(Name);
    ({ ContinuationToken } = page);
  } while (ContinuationToken !== undefined);
  return names;
}
