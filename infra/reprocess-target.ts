// Where `npm run reprocess` works: the deployed stack, by its outputs, or a local cloud, by the file that it leaves.
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PATIENT } from './aws.ts';
import { deployed } from './deployed.ts';
import type { LocalOperator, StackNames } from './operator.ts';
import { readOperator } from './operator-file.ts';
import type { Settings } from './settings.ts';

export interface Target {
  names: Omit<StackNames, 'userPool'>;
  s3: S3Client;
  dynamodb: DynamoDBDocumentClient;
  lambda: LambdaClient;
  sqs: SQSClient;
}

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
export async function awsTarget(settings: Pick<Settings, 'stackName' | 'region'>): Promise<Target> {
  const { region } = settings;
  const { config, need } = await deployed(settings, new CloudFormationClient({ region, ...PATIENT }));
  const { originalsBucket, photosTable } = config;
  const names = { region, originalsBucket, photosTable };
  return targetOf(
    { ...names, processor: need('ProcessorFunction'), failureQueue: need('FailureQueue') },
    undefined,
  );
}

/** The local cloud that runs on these data. */
export function localTarget(directory: string): Target {
  const { names, endpoints } = readOperator(directory);
  // Read again whenever they are about to end: the local cloud renews them.
  return targetOf(names, endpoints, () => {
    const { credentials } = readOperator(directory);
    return Promise.resolve({ ...credentials, expiration: new Date(credentials.expiration) });
  });
}
