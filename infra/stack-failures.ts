// A queue for the events at which a Lambda failed for good; what it tells the owner is in stack-watching.ts.
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export function failureQueue(scope: Construct): sqs.Queue {
  const queue = new sqs.Queue(scope, 'Failures', {
    enforceSSL: true,
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    retentionPeriod: Duration.days(14),
    // Nothing is lost with it: what the events name stays where it is, and can be worked on again.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'This is itself the queue for what failed; nothing consumes it that could fail again.',
  });
  return queue;
}
