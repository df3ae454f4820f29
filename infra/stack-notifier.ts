// The Lambda that tells friends: S3 tells it of manifests of shares with friends, it sends notifications, and mail where that is on.
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { NodejsFunction, OutputFormat, type BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { join } from 'node:path';
import { MANIFEST_NAME } from '../src/schema/share-keys.ts';
import { notifierPolicy, type Arns } from './policies.ts';
import { pushKeysParameter } from './push-keys.ts';
import type { Settings } from './settings.ts';
import { acknowledgeWildcards } from './stack-acknowledge.ts';
import { listenTo } from './stack-events.ts';
import { failureAlarms, failureQueue } from './stack-failures.ts';

/** Of the manifests below this prefix it hears when they are written; of pictures and links it does not. */
export const NOTIFIER_FILTER = { prefix: 'shares/friends/', suffix: `/${MANIFEST_NAME}` } as const;

const root = join(import.meta.dirname, '..');

export const NOTIFIER_BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  minify: true,
  // Some CommonJS dependencies call require at run time, which an ES module does not have. Under a name that no module uses itself.
  banner:
    "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
};

export interface NotifierProps {
  settings: Settings;
  /** The page's origin, without a slash at the end. */
  origin: string;
  arns: Arns;
  library: s3.Bucket;
  /** By name: a reference would close a circle, for the S3 bucket refers to the function that it notifies. */
  libraryName: string;
  socialTable: string;
  alarmTopic: sns.Topic | undefined;
}

export class Notifier extends Construct {
  readonly function: lambda.Function;
  readonly failures: sqs.Queue;

  constructor(scope: Construct, id: string, props: NotifierProps) {
    super(scope, id);
    const { stackName, friendMail } = props.settings;
    this.failures = failureQueue(this);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const parameter = pushKeysParameter(stackName);
    const here = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const topicPrefix = friendMail ? `arn:${Aws.PARTITION}:sns:${here}:${stackName}-mail-` : undefined;
    const keys = `arn:${Aws.PARTITION}:ssm:${here}:parameter${parameter}`;
    this.function = new NodejsFunction(this, 'Function', {
      description: 'Tells friends of photos that are shared with them',
      entry: join(root, 'infra/notifier/handler.ts'),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      bundling: NOTIFIER_BUNDLING,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(60),
      environment: {
        LIBRARY_BUCKET: props.libraryName,
        SOCIAL_TABLE: props.socialTable,
        PAGE_ORIGIN: props.origin,
        VAPID_PARAMETER: parameter,
        ...(topicPrefix !== undefined && { MAIL_TOPIC_PREFIX: topicPrefix }),
      },
      awsSdkConnectionReuse: false,
      role: this.#role({ ...props.arns, keys, topicPrefix }, logGroup).withoutPolicyUpdates(),
      logGroup,
      retryAttempts: 2,
      // Who is told of photos hours later would rather look for themselves.
      maxEventAge: Duration.hours(1),
      onFailure: new SqsDestination(this.failures),
    });
    listenTo(
      this,
      'LibraryMayInvoke',
      { fn: this.function, bucket: props.library, arn: props.arns.library },
      [{ event: 's3:ObjectCreated:*', ...NOTIFIER_FILTER }],
    );
    failureAlarms(this, {
      what: 'Somebody could not be told of photos that a friend shares; the photos are there all the same.',
      queue: this.failures,
      fn: this.function,
      topic: props.alarmTopic,
    });
  }

  #role(arns: Parameters<typeof notifierPolicy>[0], logGroup: logs.LogGroup): iam.Role {
    const policy = notifierPolicy(arns);
    const role = new iam.Role(this, 'Role', {
      description: 'The notifier: reads manifests of shares with friends, and rows of people',
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Notifier: iam.PolicyDocument.fromJson(policy),
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
              resources: [this.failures.queueArn],
            }),
          ],
        }),
      },
    });
    acknowledgeWildcards(
      role,
      policy,
      () =>
        'The notifier serves every owner: it reads any manifest of a share with friends, and mails by topics of its own.',
    );
    return role;
  }
}
