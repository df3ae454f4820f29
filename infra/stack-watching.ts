// Who watches while nobody looks: one topic for all alarms, what they are, a budget, and a page of graphs. All of it only where somebody
// is to be told or has asked for it, because alarms and dashboards cost money while nothing happens.
import { Aws, Duration } from 'aws-cdk-lib';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';
import { graphs, hostErrors, type Watched } from './stack-graphs.ts';

/** CloudWatch has CloudFront's figures in this Region only, and an alarm cannot look into another. */
const CLOUDFRONT_REGION = 'us-east-1';

/** Of 120 seconds that the processor may take for one photo. */
const NEARLY_TOO_LONG = Duration.seconds(110);

export interface WatchingProps extends Watched {
  settings: Settings;
}

export class Watching extends Construct {
  readonly topic: sns.Topic | undefined;

  constructor(scope: Construct, id: string, { settings, ...watched }: WatchingProps) {
    super(scope, id);
    const { alarmEmail, monthlyBudget, dashboard } = settings;
    const deletions = this.#deletions(settings, watched);
    if (dashboard) this.#dashboard(watched, deletions);
    if (alarmEmail === null) return;
    this.topic = alarmTopic(this, alarmEmail);
    const action = new SnsAction(this.topic);
    for (const one of this.#alarms(settings, watched, deletions)) one.addAlarmAction(action);
    if (monthlyBudget !== null) budget(this, monthlyBudget, settings, this.topic);
  }

  /**
   * Counted in the processor's log, where each deletion is a line. S3's own metric, DeleteRequests, costs as much as a dozen metrics
   * of one's own, and counts what the processor clears away as well.
   */
  #deletions(
    { stackName, alarmEmail, dashboard }: Settings,
    { processor }: Watched,
  ): cloudwatch.Metric | undefined {
    if (alarmEmail === null && !dashboard) return undefined;
    return new logs.MetricFilter(this, 'Deletions', {
      logGroup: processor.logGroup,
      filterPattern: logs.FilterPattern.allTerms('processed', 'outcome', 'gone'),
      metricNamespace: 'Shoebox',
      metricName: `${stackName}-DeletedOriginals`,
      metricValue: '1',
    }).metric({ statistic: 'Sum', period: Duration.days(1) });
  }

  #alarms(
    { deletionsPerDay, largestOriginal, region, stackName }: Settings,
    { processor, notifier, hosts }: Watched,
    deletions: cloudwatch.Metric | undefined,
  ): cloudwatch.Alarm[] {
    const sum = { statistic: 'Sum' };
    const { fn } = processor;
    return [
      // What arrives, not what lies there: nobody empties the queue, and an alarm that stays on says nothing of the next failure.
      alarm(this, 'ProcessorFailures', {
        what: 'A photo could not be processed after all retries; its original is safe. "npm run reprocess" tries again.',
        metric: processor.failures.metricNumberOfMessagesSent(sum),
      }),
      // AsyncEventsDropped would count every failure a second time: an event goes to the queue when it is dropped.
      alarm(this, 'ProcessorUndelivered', {
        what: 'A photo could not be processed, nor be named in the failure queue; its original is safe. "npm run reprocess -- --all" finds it.',
        metric: fn.metric('DestinationDeliveryFailures', sum),
      }),
      alarm(this, 'ProcessorErrors', {
        what: 'The processor failed 20 times within an hour, which is more than a photo that cannot be read. What fails is tried again.',
        metric: fn.metricErrors({ ...sum, period: Duration.hours(1) }),
        threshold: 20,
      }),
      // Uploads of many photos wait in line as a matter of course; for hours they should not.
      alarm(this, 'ProcessorThrottles', {
        what: 'For three hours photos have been waiting in line: the account lets too few be processed at once (Service Quotas, Lambda, concurrent executions).',
        metric: fn.metricThrottles({ ...sum, period: Duration.hours(1) }),
        periods: 3,
      }),
      alarm(this, 'ProcessorDuration', {
        what: 'A photo took the processor nearly as long as it may.',
        metric: fn.metricDuration({ statistic: 'Maximum' }),
        threshold: NEARLY_TOO_LONG.toMilliseconds(),
      }),
      alarm(this, 'NotifierFailures', {
        what: 'Somebody could not be told of photos that a friend shares; the photos are there all the same.',
        metric: notifier.failures.metricNumberOfMessagesSent(sum),
      }),
      alarm(this, 'NotifierUndelivered', {
        what: 'Somebody could not be told of photos that a friend shares, nor could that be noted.',
        metric: notifier.fn.metric('DestinationDeliveryFailures', sum),
      }),
      ...(largestOriginal !== null
        ? [
            alarm(this, 'OverLimit', {
              what: `Somebody has stored a file of more than ${largestOriginal} GB. It is kept, and marked.`,
              metric: this.#overLimit(stackName, processor),
            }),
          ]
        : []),
      ...(deletions
        ? [
            alarm(this, 'ManyDeletions', {
              what: `${deletionsPerDay} originals or more were deleted within a day. If nobody meant to: their bytes are still there for 30 days.`,
              metric: deletions,
              threshold: deletionsPerDay,
            }),
          ]
        : []),
      ...(region === CLOUDFRONT_REGION
        ? hosts.map(({ name, distribution }) =>
            alarm(this, `${name}Errors`, {
              what: `CloudFront answers requests for ${name === 'Page' ? 'the page' : 'links'} with errors of the server.`,
              metric: hostErrors(distribution),
              threshold: 5,
              periods: 3,
            }),
          )
        : []),
    ];
  }

  #overLimit(stackName: string, { logGroup }: Watched['processor']): cloudwatch.Metric {
    return new logs.MetricFilter(this, 'LargeFiles', {
      logGroup,
      filterPattern: logs.FilterPattern.allTerms('processed', 'over-limit'),
      metricNamespace: 'Shoebox',
      metricName: `${stackName}-OverLimit`,
      metricValue: '1',
    }).metric({ statistic: 'Sum' });
  }

  #dashboard(watched: Watched, deletions: cloudwatch.Metric | undefined): void {
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: `${Aws.STACK_NAME}-${Aws.REGION}`,
      defaultInterval: Duration.days(7),
      widgets: graphs(watched, deletions),
    });
  }
}

function alarm(
  scope: Construct,
  id: string,
  {
    what,
    metric,
    threshold = 1,
    periods = 1,
  }: { what: string; metric: cloudwatch.IMetric; threshold?: number; periods?: number },
): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, id, {
    alarmDescription: what,
    metric,
    threshold,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: periods,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

function alarmTopic(scope: Construct, alarmEmail: string): sns.Topic {
  const topic = new sns.Topic(scope, 'Alarms', { enforceSSL: true });
  // A topic policy, as enforceSSL makes one, replaces the default that lets the account's own alarms publish.
  for (const [sid, service] of [
    ['AlarmsMayPublish', 'cloudwatch'],
    ['BudgetsMayPublish', 'budgets'],
  ]) {
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid,
        principals: [new iam.ServicePrincipal(`${service}.amazonaws.com`)],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }
  topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}

/** Of the whole account: it holds nothing else, and only so does the budget see what comes without a name. */
function budget(scope: Construct, dollars: number, { stackName }: Settings, topic: sns.Topic): void {
  const at = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
    notification: {
      notificationType,
      comparisonOperator: 'GREATER_THAN',
      threshold,
      thresholdType: 'PERCENTAGE',
    },
    subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
  });
  new budgets.CfnBudget(scope, 'Budget', {
    budget: {
      budgetName: `${stackName}-${Aws.REGION}`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: dollars, unit: 'USD' },
    },
    notificationsWithSubscribers: [at('ACTUAL', 80), at('ACTUAL', 100), at('FORECASTED', 100)],
  });
}
