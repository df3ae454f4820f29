// What makes a Lambda of ours: its bundle, its log, a role that may do what its policy says, and a queue for the events that failed for good.
import { RemovalPolicy, type Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { NodejsFunction, OutputFormat, type BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { join } from 'node:path';
import type { PolicyDocument } from './policies.ts';
import { acknowledgeWildcards } from './stack-acknowledge.ts';
import { failureQueue } from './stack-failures.ts';

const root = join(import.meta.dirname, '..');

/** How any handler becomes a package. */
export const LAMBDA_BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  // The SDK that was tested, not the one the runtime happens to have.
  bundleAwsSDK: true,
  // Some CommonJS dependencies call require at run time, which an ES module does not have. Under a name that no module uses itself.
  banner:
    "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
};

export interface LambdaProps {
  description: string;
  /** The handler's file, from the top of the repository. */
  entry: string;
  bundling: BundlingOptions;
  memorySize: number;
  timeout: Duration;
  environment: Record<string, string>;
  reservedConcurrentExecutions?: number | undefined;
  /** How long its log is kept. */
  logDays: number;
  /** How old an event may grow before it counts as failed. */
  maxEventAge: Duration;
  role: RoleProps;
}

interface RoleProps {
  description: string;
  /** What `policy` is called in the role. */
  name: string;
  policy: PolicyDocument;
  /** Why it has wildcards. */
  wildcards: string;
}

/** The function, and the queue of what it failed to do. */
export function lambdaWithQueue(
  scope: Construct,
  { entry, role, logDays, ...props }: LambdaProps,
): { fn: lambda.Function; failures: sqs.Queue; logGroup: logs.LogGroup } {
  const failures = failureQueue(scope);
  const logGroup = new logs.LogGroup(scope, 'Logs', {
    retention: logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const fn = new NodejsFunction(scope, 'Function', {
    ...props,
    entry: join(root, entry),
    projectRoot: root,
    depsLockFilePath: join(root, 'package-lock.json'),
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    awsSdkConnectionReuse: false,
    role: lambdaRole(scope, role, { logGroup, failures }).withoutPolicyUpdates(),
    logGroup,
    retryAttempts: 2,
    onFailure: new SqsDestination(failures),
  });
  return { fn, failures, logGroup };
}

function lambdaRole(
  scope: Construct,
  { description, name, policy, wildcards }: RoleProps,
  { logGroup, failures }: { logGroup: logs.LogGroup; failures: sqs.Queue },
): iam.Role {
  const role = new iam.Role(scope, 'Role', {
    description,
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      [name]: iam.PolicyDocument.fromJson(policy),
      Runtime: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            sid: 'WriteLogs',
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [logGroup.logGroupArn],
          }),
          new iam.PolicyStatement({
            sid: 'ReportFailures',
            actions: ['sqs:SendMessage'],
            resources: [failures.queueArn],
          }),
        ],
      }),
    },
  });
  acknowledgeWildcards(role, policy, () => wildcards);
  return role;
}
