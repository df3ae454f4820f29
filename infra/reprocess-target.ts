// Where `npm run reprocess` works: the deployed stack, by its outputs, or a local cloud, by the file that it leaves.
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../src/schema/config.ts';
import { OPERATOR_FILE, parseOperator, type LocalOperator, type StackNames } from './operator.ts';
import { Problem, sentenceFor as problemSentence } from './problem.ts';
import type { Settings } from './settings.ts';

export interface Target {
  names: Omit<StackNames, 'userPool'>;
  s3: S3Client;
  dynamodb: DynamoDBDocumentClient;
  lambda: LambdaClient;
  sqs: SQSClient;
}

/** Shown without a stack trace. */
export class ReprocessError extends Problem {}

/** Throttling is waited out, by the SDK's own means: it slows down as a whole until the service keeps up. */
const PATIENT = { maxAttempts: 10, retryMode: 'adaptive' } as const;

/** Beyond the 120 seconds that the processor may take. */
const PROCESSOR_TIMEOUTS = {
  connectionTimeout: 10_000,
  requestTimeout: 180_000,
  throwOnRequestTimeout: true,
};

type Credentials = Omit<LocalOperator['credentials'], 'expiration'> & { expiration: Date };

function targetOf(
  names: Target['names'],
  endpoints: LocalOperator['endpoints'] | undefined,
  credentials?: () => Promise<Credentials>,
): Target {
  const common = { region: names.region, ...PATIENT, ...(credentials && { credentials }) };
  const api = { ...common, ...(endpoints && { endpoint: endpoints.api }) };
  return {
    names,
    s3: new S3Client({ ...common, ...(endpoints && { endpoint: endpoints.s3, forcePathStyle: true }) }),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(api)),
    lambda: new LambdaClient({ ...api, requestHandler: PROCESSOR_TIMEOUTS }),
    sqs: new SQSClient(api),
  };
}

/** The stack as deployed, with the credentials at hand. */
export async function awsTarget({
  stackName,
  region,
}: Pick<Settings, 'stackName' | 'region'>): Promise<Target> {
  const cloudformation = new CloudFormationClient({ region, ...PATIENT });
  const { Stacks = [] } = await cloudformation
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'ValidationError')) throw error;
      const cure = 'Deploy it with "npm run deploy", or sign in to the account that has it.';
      throw new ReprocessError(`This account has no stack ${stackName} in ${region}. ${cure}`, {
        cause: error,
      });
    });
  const outputs = new Map(Stacks[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const need = (name: string): string => {
    const value = outputs.get(name);
    if (value) return value;
    throw new ReprocessError(
      `The stack ${stackName} was deployed by an older Shoebox, or not to its end: run "npm run deploy" first.`,
    );
  };
  const { originalsBucket, photosTable } = parseConfig(JSON.parse(need('Config')));
  const names = { region, originalsBucket, photosTable };
  return targetOf(
    { ...names, processor: need('ProcessorFunction'), failureQueue: need('FailureQueue') },
    undefined,
  );
}

const notRunning = (directory: string, cause: unknown): ReprocessError =>
  new ReprocessError(
    `No local Shoebox is running on ${directory}. Start it with "npm start" and leave it running, then run this in another terminal.`,
    { cause },
  );

/** The local cloud that runs on these data. */
export function localTarget(directory: string): Target {
  const read = (): LocalOperator => {
    try {
      return parseOperator(JSON.parse(readFileSync(join(directory, OPERATOR_FILE), 'utf8')));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') throw notRunning(directory, error);
      throw error;
    }
  };
  const { names, endpoints } = read();
  // Read again whenever they are about to end: the local cloud renews them.
  return targetOf(names, endpoints, () => {
    const { credentials } = read();
    return Promise.resolve({ ...credentials, expiration: new Date(credentials.expiration) });
  });
}

/** What went wrong, for somebody who wants to know what to do; undefined for what only a stack trace explains. */
export function sentenceFor(error: unknown, localDirectory?: string): string | undefined {
  const refused = error instanceof Error && (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  return refused && localDirectory ? notRunning(localDirectory, error).message : problemSentence(error);
}
