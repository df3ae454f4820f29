// Takes a deployment down. What people have put there (originals, tables, pools) stays, unless its owner says twice that it is to go.
import { DeleteStackCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DeleteTableCommand, UpdateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import type { Aws } from './aws.ts';
import { deleteBucket } from './bucket-delete.ts';
import { edgeStackName, EDGE_REGION } from './edge-names.ts';
import { Problem } from './problem.ts';
import { pushKeysParameter } from './push-keys.ts';
import type { Settings } from './settings.ts';
import { stackState } from './stack-state.ts';

export interface Person {
  say: (line: string) => void;
  /** What is typed in answer; empty when nobody is there. */
  ask: (question: string) => Promise<string>;
}

export interface Destroying extends Person {
  withPhotos: boolean;
  /** Resolves when it is time to look again. */
  pause: () => Promise<void>;
}

/** What outlives the stack, by its physical names. */
interface Kept {
  site: string | undefined;
  buckets: string[];
  tables: string[];
  userPools: string[];
  identityPools: string[];
}

/** As often as is looked for a stack to be gone: an hour, five seconds each (CloudFront takes its time). */
const LOOKS = 720;

/** Typed when photos are to go, so that nobody does it by habit. */
export const PHRASE = 'delete all photos for good';

export async function destroy(settings: Settings, aws: Aws, destroying: Destroying): Promise<void> {
  const { stackName, region } = settings;
  const { say, ask, withPhotos } = destroying;
  const state = await stackState(aws.cloudformation, stackName);
  if (!state) throw new Problem(`There is no stack ${stackName} in ${region} in this account.`);
  const kept = await keptBy(aws, stackName);
  say(whatHappens(settings, kept, withPhotos));
  if ((await ask(`\nType ${stackName} to go on: `)) !== stackName) throw new Problem('Nothing was changed.');
  if (withPhotos && (await ask(`Type "${PHRASE}" if that is what you want: `)) !== PHRASE) {
    throw new Problem('Nothing was changed.');
  }
  await removeStack(settings, aws, destroying);
  if (kept.site !== undefined) await deleteBucket(aws.s3, kept.site);
  if (!withPhotos) {
    say(`\n${stackName} is gone. Kept, and paid for as long as they are there:\n${listOf(kept)}`);
    return;
  }
  await removeKept(settings, aws, kept);
  say(`\n${stackName} is gone, and all photos with it. Two pools are left, which cost nothing; to remove them, too:
${poolCommands(region, kept)}
AWS itself keeps a last backup of each table for 35 days.`);
}

async function keptBy({ cloudformation }: Aws, StackName: string): Promise<Kept> {
  const found: { type: string; logical: string; id: string }[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudformation.send(new ListStackResourcesCommand({ StackName, NextToken }));
    for (const {
      ResourceType = '',
      LogicalResourceId = '',
      PhysicalResourceId = '',
    } of page.StackResourceSummaries ?? []) {
      if (PhysicalResourceId)
        found.push({ type: ResourceType, logical: LogicalResourceId, id: PhysicalResourceId });
    }
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  const of = (type: string) => found.filter((one) => one.type === type);
  const ids = (type: string) => of(type).map(({ id }) => id);
  const isSite = ({ logical }: { logical: string }) => logical.startsWith('Site');
  return {
    site: of('AWS::S3::Bucket').find(isSite)?.id,
    buckets: of('AWS::S3::Bucket')
      .filter((one) => !isSite(one))
      .map(({ id }) => id),
    tables: ids('AWS::DynamoDB::Table'),
    userPools: ids('AWS::Cognito::UserPool'),
    identityPools: ids('AWS::Cognito::IdentityPool'),
  };
}

const listOf = ({ buckets, tables, userPools, identityPools }: Kept): string =>
  [
    ...buckets.map((id) => `  S3 bucket      ${id}`),
    ...tables.map((id) => `  table          ${id}`),
    ...userPools.map((id) => `  user pool      ${id}`),
    ...identityPools.map((id) => `  identity pool  ${id}`),
  ].join('\n');

function whatHappens({ stackName, region }: Settings, kept: Kept, withPhotos: boolean): string {
  const gone = `This removes the stack ${stackName} in ${region}: the page and its address, links, sign-in, the Lambdas and their logs.`;
  return withPhotos
    ? `${gone}\nAND IT DELETES, FOR GOOD, every photo of everybody and all that is known of them:\n${listOf({ ...kept, userPools: [], identityPools: [] })}`
    : `${gone}\nIt keeps what people have put there:\n${listOf(kept)}\nA later deployment under the same name is a new, empty Shoebox, and needs another "stackName".`;
}

async function removeStack(
  settings: Settings,
  { cloudformation, edge }: Aws,
  { say, pause }: Destroying,
): Promise<void> {
  const { stackName } = settings;
  await cloudformation.send(new DeleteStackCommand({ StackName: stackName }));
  say(`\nRemoving ${stackName}: CloudFront takes some minutes ...`);
  for (let look = 0; ; look++) {
    const state = await stackState(cloudformation, stackName);
    if (!state) break;
    if (state.status !== 'DELETE_IN_PROGRESS' || look >= LOOKS) {
      throw new Problem(
        `The stack ${stackName} could not be removed to its end (${state.status}${state.reason && `: ${state.reason}`}). Nothing that it keeps was touched; run this again.`,
      );
    }
    await pause();
  }
  const edgeName = edgeStackName(settings);
  if (await stackState(edge, edgeName)) {
    await edge.send(new DeleteStackCommand({ StackName: edgeName }));
    say(`The stack ${edgeName} in ${EDGE_REGION} goes as well.`);
  }
}

async function removeKept(
  settings: Settings,
  { s3, ssm, dynamodb }: Aws,
  { buckets, tables }: Kept,
): Promise<void> {
  for (const bucket of buckets) await deleteBucket(s3, bucket);
  for (const TableName of tables) {
    await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    // Until it is active again, it would not go.
    await waitUntilTableExists({ client: dynamodb, minDelay: 1, maxWaitTime: 300 }, { TableName });
    await dynamodb.send(new DeleteTableCommand({ TableName }));
  }
  await ssm
    .send(new DeleteParameterCommand({ Name: pushKeysParameter(settings.stackName) }))
    .catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'ParameterNotFound')) throw error;
    });
}

const poolCommands = (region: string, { userPools, identityPools }: Kept): string =>
  [
    ...userPools.flatMap((id) => [
      `  aws cognito-idp update-user-pool --region ${region} --user-pool-id ${id} --deletion-protection INACTIVE`,
      `  aws cognito-idp delete-user-pool --region ${region} --user-pool-id ${id}`,
    ]),
    ...identityPools.map(
      (id) => `  aws cognito-identity delete-identity-pool --region ${region} --identity-pool-id ${id}`,
    ),
  ].join('\n');
