// How S3 tells a Lambda of what happens in an S3 bucket.
import { Aws } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface Heard {
  event: string;
  /** How keys begin and end. */
  prefix?: string;
  suffix?: string;
}

/**
 * In the S3 bucket's own properties rather than by addEventNotification, which deploys a second Lambda with wide rights to do
 * the same. That works without a circle because nothing the function needs refers to the S3 bucket but by name.
 */
export function listenTo(
  scope: Construct,
  id: string,
  { fn, bucket, arn }: { fn: lambda.Function; bucket: s3.Bucket; arn: string },
  events: readonly Heard[],
): void {
  const permission = new lambda.CfnPermission(scope, id, {
    action: 'lambda:InvokeFunction',
    functionName: fn.functionArn,
    principal: 's3.amazonaws.com',
    sourceArn: arn,
    sourceAccount: Aws.ACCOUNT_ID,
  });
  const resource = bucket.node.defaultChild as s3.CfnBucket;
  const before = resource.notificationConfiguration as
    s3.CfnBucket.NotificationConfigurationProperty | undefined;
  const others = (before?.lambdaConfigurations ?? []) as s3.CfnBucket.LambdaConfigurationProperty[];
  resource.notificationConfiguration = {
    lambdaConfigurations: [
      ...others,
      ...events.map(({ event, ...ends }) => {
        const rules = Object.entries(ends).map(([name, value]) => ({ name, value }));
        return { event, function: fn.functionArn, ...(rules.length > 0 && { filter: { s3Key: { rules } } }) };
      }),
    ],
  };
  resource.addResourceDependency(permission);
}
