// What is examined: a deployed stack, by its outputs, or a local cloud, by the file that it leaves.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { parseConfig, type Config } from '../../src/schema/config.ts';
import type { Fields } from '../../src/schema/parse.ts';
import type { Signer } from '../../src/schema/signed-json.ts';
import { userPoolOf } from '../../src/schema/user-pool.ts';
import { awsClients, BRISK, type Patience } from '../aws.ts';
import type { Alarms } from './alarms.ts';
import { deployed } from '../deployed.ts';
import { notRunning, readOperator } from '../operator-file.ts';
import type { DoctorOperation } from '../policies-doctor.ts';
import type { Settings } from '../settings.ts';
import { poolAsker } from '../user-pool.ts';

export interface Target {
  /** Of the page, without a slash at the end. */
  address: string;
  /** As the deployment has it; the page's own is compared with it. */
  config: Config;
  /** Asks the user pool with the rights of who runs this. */
  askPool: (operation: DoctorOperation, input: Fields) => Promise<Fields>;
  /** With those rights, too. */
  s3: S3Client;
  dynamodb: DynamoDBDocumentClient;
  /** Where somebody is to be told of them. */
  alarms?: Alarms;
}

/** The stack as deployed, with the credentials at hand. */
export async function awsTarget(
  settings: Pick<Settings, 'stackName' | 'region'>,
  patience: Patience = BRISK,
): Promise<Target> {
  const aws = awsClients(settings.region, patience);
  const credentials = (): Promise<Signer> => aws.cloudformation.config.credentials();
  // Before anything else, so that a sentence about them is all there is to read.
  await credentials();
  const { config, need, outputs } = await deployed(settings, aws.cloudformation);
  const topic = outputs.get('AlarmTopic');
  return {
    address: new URL(need('Address')).origin,
    config,
    askPool: poolAsker(userPoolOf(config), credentials),
    s3: aws.s3,
    dynamodb: DynamoDBDocumentClient.from(aws.dynamodb),
    ...(topic !== undefined && { alarms: { topic, sns: new SNSClient({ region: settings.region }) } }),
  };
}

/** The local cloud that runs on these data. */
export async function localTarget(
  directory: string,
  patience: Patience = BRISK,
  as: 'credentials' | 'keeping' = 'credentials',
): Promise<Target> {
  const { names, endpoints, [as]: keys } = readOperator(directory);
  const page = await fetch(`${endpoints.site}/config.json`).catch((cause: unknown) => {
    throw notRunning(directory, cause);
  });
  const config = parseConfig(await page.json());
  const credentials = { ...keys, expiration: new Date(keys.expiration) };
  const common = { region: names.region, credentials, ...patience };
  return {
    address: endpoints.site,
    config,
    askPool: poolAsker(userPoolOf(config), async () => credentials),
    s3: new S3Client({ ...common, endpoint: endpoints.s3, forcePathStyle: true }),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: endpoints.api })),
  };
}
