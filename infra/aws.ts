// The clients by which deploying, and taking it down again, ask AWS.
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { EDGE_REGION } from './edge-names.ts';

export interface Aws {
  region: string;
  cloudformation: CloudFormationClient;
  dynamodb: DynamoDBClient;
  /** In CloudFront's own Region. */
  edge: CloudFormationClient;
  lambda: LambdaClient;
  s3: S3Client;
  ssm: SSMClient;
}

/** How often, and how, the SDK tries again. */
export interface Patience {
  maxAttempts: number;
  retryMode?: 'adaptive';
}

export const BRISK: Patience = { maxAttempts: 4 };
/** Throttling is waited out: the SDK slows down as a whole until the service keeps up. */
export const PATIENT: Patience = { maxAttempts: 10, retryMode: 'adaptive' };

/** With the credentials at hand; where AWS is at another address, the SDK's own variable AWS_ENDPOINT_URL says so. */
export function awsClients(region: string, patience: Patience = BRISK): Aws {
  const here = { region, ...patience };
  return {
    region,
    cloudformation: new CloudFormationClient(here),
    dynamodb: new DynamoDBClient(here),
    edge: new CloudFormationClient({ ...here, region: EDGE_REGION }),
    lambda: new LambdaClient(here),
    s3: new S3Client(here),
    ssm: new SSMClient(here),
  };
}
