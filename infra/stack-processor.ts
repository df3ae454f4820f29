// The processor: S3 tells it of new and deleted originals, and of wishes; it makes renditions and rows. Failures end in a queue with an alarm.
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { NodejsFunction, OutputFormat, type BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { join } from 'node:path';
import { WISH_PREFIX } from '../src/schema/keys.ts';
import { ALLOCATOR } from './allocator.ts';
import { processorPolicy, type Arns } from './policies.ts';
import type { Settings } from './settings.ts';
import { acknowledgeWildcards } from './stack-acknowledge.ts';
import { listenTo } from './stack-events.ts';
import { failureAlarms, failureQueue } from './stack-failures.ts';

/** What the processor hears of originals. Restoring a photo (removing its delete marker) is neither, and needs no work. */
export const PROCESSOR_EVENTS = ['s3:ObjectCreated:*', 's3:ObjectRemoved:DeleteMarkerCreated'] as const;

/** What it hears of in the library: nothing that it writes there itself, or it would never come to an end. */
export const WISH_EVENT = 's3:ObjectCreated:*';

const root = join(import.meta.dirname, '..');

/** How the handler becomes a package: its bundle, the native sharp, and what `processor/package.ts` adds. */
export const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  // The SDK that was tested, not the one the runtime happens to have.
  bundleAwsSDK: true,
  // Some CommonJS dependencies call require at run time, which an ES module does not have. Under a name that no module uses itself.
  banner:
    "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
  // sharp is a native library: installed for the Lambda's platform, whatever this one is.
  nodeModules: ['sharp'],
  environment: { npm_config_os: 'linux', npm_config_cpu: 'arm64', npm_config_libc: 'glibc' },
  commandHooks: {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (input, output) => [
      `node --import tsx "${join(input, 'processor/package.ts')}" "${output}"`,
    ],
  },
};

export interface ProcessorProps {
  settings: Settings;
  arns: Arns;
  originals: s3.Bucket;
  library: s3.Bucket;
  /** Both S3 buckets by name: a reference would close a circle, for they refer to the function that they notify. */
  names: { originals: string; library: string };
  photosTable: string;
}

export class Processor extends Construct {
  readonly function: lambda.Function;
  readonly failures: sqs.Queue;
  /** Where all alarms go, when somebody wants to know of them. */
  readonly alarmTopic: sns.Topic | undefined;

  constructor(scope: Construct, id: string, props: ProcessorProps) {
    super(scope, id);
    this.failures = failureQueue(this);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new NodejsFunction(this, 'Function', {
      description: 'Makes renditions and metadata of new originals, and forgets deleted ones',
      entry: join(root, 'processor/handler.ts'),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      bundling: BUNDLING,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      // Lambda gives a whole CPU from here on; more would idle, because one photo keeps one busy.
      memorySize: 1769,
      timeout: Duration.seconds(120),
      environment: {
        ORIGINALS_BUCKET: props.names.originals,
        LIBRARY_BUCKET: props.names.library,
        PHOTOS_TABLE: props.photosTable,
        ...ALLOCATOR,
      },
      awsSdkConnectionReuse: false,
      role: this.#role(props.arns, logGroup).withoutPolicyUpdates(),
      logGroup,
      reservedConcurrentExecutions: props.settings.processorReservedConcurrency ?? undefined,
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.failures),
    });
    listenTo(
      this,
      'OriginalsMayInvoke',
      { fn: this.function, bucket: props.originals, arn: props.arns.originals },
      PROCESSOR_EVENTS.map((event) => ({ event })),
    );
    listenTo(
      this,
      'LibraryMayInvoke',
      { fn: this.function, bucket: props.library, arn: props.arns.library },
      [{ event: WISH_EVENT, prefix: WISH_PREFIX }],
    );
    const { alarmEmail } = props.settings;
    this.alarmTopic = alarmEmail ? this.#alarmTopic(alarmEmail) : undefined;
    failureAlarms(this, {
      what: 'A photo could not be processed after all retries; its original is safe.',
      unnamed: 'A photo could not be processed, nor be named in the failure queue; its original is safe.',
      queue: this.failures,
      fn: this.function,
      topic: this.alarmTopic,
    });
  }

  #role(arns: Arns, logGroup: logs.LogGroup): iam.Role {
    const policy = processorPolicy(arns);
    const role = new iam.Role(this, 'Role', {
      description: 'The processor: reads originals, writes renditions and rows',
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Processor: iam.PolicyDocument.fromJson(policy),
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
      () => 'The processor serves every owner: it reads any original and writes below renditions/ only.',
    );
    return role;
  }

  #alarmTopic(alarmEmail: string): sns.Topic {
    const topic = new sns.Topic(this, 'Alarms', { enforceSSL: true });
    // A topic policy, as enforceSSL makes one, replaces the default that lets the account's own alarms publish.
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsMayPublish',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    topic.addSubscription(new EmailSubscription(alarmEmail));
    return topic;
  }
}
