// What the Lambdas have in common: a queue for the events that failed for good, and alarms that tell the owner of it.
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
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

/** One for what arrives in the queue, one for what could not even be put there. */
export function failureAlarms(
  scope: Construct,
  {
    what,
    unnamed = what,
    queue,
    fn,
    topic,
  }: { what: string; unnamed?: string; queue: sqs.Queue; fn: lambda.Function; topic: sns.Topic | undefined },
): void {
  const alarms = [
    // What arrives, not what lies there: nobody empties the queue, and an alarm that stays on says nothing of the next failure.
    alarm(scope, 'FailureAlarm', what, queue.metricNumberOfMessagesSent({ statistic: 'Sum' })),
    // AsyncEventsDropped would count every failure a second time: an event goes to the queue when it is dropped.
    alarm(scope, 'UndeliveredAlarm', unnamed, fn.metric('DestinationDeliveryFailures', { statistic: 'Sum' })),
  ];
  for (const one of topic ? alarms : []) one.addAlarmAction(new SnsAction(topic as sns.Topic));
}

function alarm(
  scope: Construct,
  id: string,
  alarmDescription: string,
  metric: cloudwatch.Metric,
): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, id, {
    alarmDescription,
    metric,
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
