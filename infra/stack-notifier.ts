// The Lambda that tells friends: S3 tells it of manifests of shares with friends, it sends notifications, and mail where that is on.
import { Aws, Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MANIFEST_NAME } from '../src/schema/share-keys.ts';
import { notifierPolicy, type Arns } from './policies.ts';
import { pushKeysParameter } from './push-keys.ts';
import type { Settings } from './settings.ts';
import { listenTo } from './stack-events.ts';
import { LAMBDA_BUNDLING, lambdaWithQueue } from './stack-lambda.ts';

/** Of the manifests below this prefix it hears when they are written; of pictures and links it does not. */
export const NOTIFIER_FILTER = { prefix: 'shares/friends/', suffix: `/${MANIFEST_NAME}` } as const;

export interface NotifierProps {
  settings: Settings;
  /** The page's origin, without a slash at the end. */
  origin: string;
  arns: Arns;
  library: s3.Bucket;
  /** By name: a reference would close a circle, for the S3 bucket refers to the function that it notifies. */
  libraryName: string;
  socialTable: string;
}

export class Notifier extends Construct {
  readonly fn: lambda.Function;
  readonly failures: sqs.Queue;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: NotifierProps) {
    super(scope, id);
    const { stackName, friendMail, logDays } = props.settings;
    const parameter = pushKeysParameter(stackName);
    const here = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const topicPrefix = friendMail ? `arn:${Aws.PARTITION}:sns:${here}:${stackName}-mail-` : undefined;
    const keys = `arn:${Aws.PARTITION}:ssm:${here}:parameter${parameter}`;
    const { fn, failures, logGroup } = lambdaWithQueue(this, {
      description: 'Tells friends of photos that are shared with them',
      entry: 'infra/notifier/handler.ts',
      bundling: { ...LAMBDA_BUNDLING, minify: true },
      memorySize: 512,
      timeout: Duration.seconds(60),
      environment: {
        LIBRARY_BUCKET: props.libraryName,
        SOCIAL_TABLE: props.socialTable,
        PAGE_ORIGIN: props.origin,
        VAPID_PARAMETER: parameter,
        ...(topicPrefix !== undefined && { MAIL_TOPIC_PREFIX: topicPrefix }),
      },
      // Who is told of photos hours later would rather look for themselves.
      logDays,
      maxEventAge: Duration.hours(1),
      role: {
        description: 'The notifier: reads manifests of shares with friends, and rows of people',
        name: 'Notifier',
        policy: notifierPolicy({ ...props.arns, keys, topicPrefix }),
        wildcards:
          'The notifier serves every owner: it reads any manifest of a share with friends, and mails by topics of its own.',
      },
    });
    this.fn = fn;
    this.failures = failures;
    this.logGroup = logGroup;
    listenTo(this, 'LibraryMayInvoke', { fn, bucket: props.library, arn: props.arns.library }, [
      { event: 's3:ObjectCreated:*', ...NOTIFIER_FILTER },
    ]);
  }
}
