// The page of graphs in CloudWatch: what the Lambdas do, what fails, and what CloudFront answers.
import { Duration } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';

interface WatchedLambda {
  fn: lambda.Function;
  failures: sqs.Queue;
  logGroup: logs.LogGroup;
}

export interface Watched {
  processor: WatchedLambda;
  notifier: WatchedLambda;
  hosts: readonly { name: 'Page' | 'Links'; distribution: cloudfront.Distribution }[];
  tables: readonly dynamodb.Table[];
}

/** Of a host, whatever Region the stack is in. */
const ofHost = (
  distribution: cloudfront.Distribution,
  metricName: string,
  statistic: string,
  region: { region?: string } = { region: 'us-east-1' },
) =>
  new cloudwatch.Metric({
    namespace: 'AWS/CloudFront',
    metricName,
    dimensionsMap: { DistributionId: distribution.distributionId, Region: 'Global' },
    statistic,
    period: Duration.minutes(5),
    ...region,
  });

/** In per cent of all answers. The alarm has no Region: it can only look into its own. */
export const hostErrors = (distribution: cloudfront.Distribution): cloudwatch.Metric =>
  ofHost(distribution, '5xxErrorRate', 'Average', {});

export function graphs(
  { processor, notifier, hosts, tables }: Watched,
  deletions: cloudwatch.Metric | undefined,
): cloudwatch.IWidget[][] {
  const graph = (title: string, left: (cloudwatch.IMetric | undefined)[], right: cloudwatch.IMetric[] = []) =>
    new cloudwatch.GraphWidget({
      title,
      left: left.filter((metric) => metric !== undefined),
      right,
      width: 12,
    });
  const sum = { statistic: 'Sum' };
  const ofTables = (metricName: string) =>
    tables.map((table) => table.metric(metricName, { ...sum, label: `${table.node.id} ${metricName}` }));
  return [
    [
      graph(
        'Photos processed',
        [processor.fn.metricInvocations(), processor.fn.metricErrors(), processor.fn.metricThrottles()],
        [processor.fn.metricDuration({ statistic: 'p95', label: 'Duration p95' })],
      ),
      graph('Given up, and deleted', [
        processor.failures.metricNumberOfMessagesSent({ ...sum, label: 'Photos that failed' }),
        notifier.failures.metricNumberOfMessagesSent({ ...sum, label: 'News that failed' }),
        deletions,
      ]),
    ],
    [
      graph('Friends told', [notifier.fn.metricInvocations(), notifier.fn.metricErrors()]),
      graph('Tables', [...ofTables('ConsumedReadCapacityUnits'), ...ofTables('ConsumedWriteCapacityUnits')]),
    ],
    hosts.map(({ name, distribution }) =>
      graph(
        `CloudFront: ${name.toLowerCase()}`,
        [ofHost(distribution, 'Requests', 'Sum')],
        [ofHost(distribution, '4xxErrorRate', 'Average'), ofHost(distribution, '5xxErrorRate', 'Average')],
      ),
    ),
  ];
}
