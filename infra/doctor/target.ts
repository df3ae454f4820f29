// What is examined: a deployed stack, by its outputs, or a local cloud, by the file that it leaves.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig, type Config } from '../../src/schema/config.ts';
import { fields, text, type Fields } from '../../src/schema/parse.ts';
import { signedCall, type Signer } from '../../src/schema/signed-json.ts';
import { awsClients } from '../aws.ts';
import { Problem } from '../problem.ts';
import { OPERATOR_FILE, parseOperator } from '../operator.ts';
import type { DoctorOperation } from '../policies-doctor.ts';
import type { Settings } from '../settings.ts';
import { stackState } from '../stack-state.ts';

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
}

/** Calls the user pool; rejects with an Error that has the name of what AWS says. */
export const poolAsker =
  ({ region, userPoolId, authority }: Config, credentials: () => Promise<Signer>): Target['askPool'] =>
  async (operation, input) => {
    const { url, ...request } = await signedCall(
      {
        endpoint: new URL(authority).origin,
        region,
        service: 'cognito-idp',
        target: `AWSCognitoIdentityProviderService.${operation}`,
        input: { UserPoolId: userPoolId, ...input },
      },
      await credentials(),
      Date.now(),
    );
    const response = await fetch(url, request);
    const said: unknown = JSON.parse((await response.text()) || '{}');
    const answer = fields(said) ?? {};
    if (response.ok) return answer;
    const error = new Error(text(answer['message']) ?? `answered with ${response.status}`);
    error.name = text(answer['__type'])?.split('#').at(-1) ?? String(response.status);
    throw error;
  };

/** The stack as deployed, with the credentials at hand. */
export async function awsTarget({ stackName, region }: Settings): Promise<Target> {
  const aws = awsClients(region);
  const credentials = (): Promise<Signer> => aws.cloudformation.config.credentials();
  // Before anything else, so that a sentence about them is all there is to read.
  await credentials();
  const stack = await stackState(aws.cloudformation, stackName);
  const address = stack?.outputs.get('Address');
  const said = stack?.outputs.get('Config');
  if (address === undefined || said === undefined) {
    throw new Problem(
      `There is no stack ${stackName} in ${region} in this account. "npm run deploy" makes one.`,
    );
  }
  const config = parseConfig(JSON.parse(said));
  return {
    address: new URL(address).origin,
    config,
    askPool: poolAsker(config, credentials),
    s3: aws.s3,
    dynamodb: DynamoDBDocumentClient.from(aws.dynamodb),
  };
}

/** The local cloud that runs on these data. */
export async function localTarget(directory: string): Promise<Target> {
  const notRunning = (cause: unknown): Problem =>
    new Problem(
      `No local Shoebox is running on ${directory}. Start it with "npm start" and leave it running, then run this in another terminal.`,
      { cause },
    );
  let file: string;
  try {
    file = readFileSync(join(directory, OPERATOR_FILE), 'utf8');
  } catch (cause) {
    throw notRunning(cause);
  }
  const { names, endpoints, credentials: keys } = parseOperator(JSON.parse(file));
  const page = await fetch(`${endpoints.site}/config.json`).catch((cause: unknown) => {
    throw notRunning(cause);
  });
  const config = parseConfig(await page.json());
  const credentials = { ...keys, expiration: new Date(keys.expiration) };
  const common = { region: names.region, credentials, maxAttempts: 4 };
  return {
    address: endpoints.site,
    config,
    askPool: poolAsker(config, async () => credentials),
    s3: new S3Client({ ...common, endpoint: endpoints.s3, forcePathStyle: true }),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: endpoints.api })),
  };
}
