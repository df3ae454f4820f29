// The processor: S3 tells it of new and deleted originals, and of wishes; it makes renditions and rows. Failures end in a queue.
import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { join } from 'node:path';
import { WISH_PREFIX } from '../src/schema/keys.ts';
import { ALLOCATOR } from './allocator.ts';
import { processorPolicy, type Arns } from './policies.ts';
import type { Settings } from './settings.ts';
import { listenTo } from './stack-events.ts';
import { LAMBDA_BUNDLING, lambdaWithQueue } from './stack-lambda.ts';

/** What the processor hears of originals. Restoring a photo (removing its delete marker) is neither, and needs no work. */
export const PROCESSOR_EVENTS = ['s3:ObjectCreated:*', 's3:ObjectRemoved:DeleteMarkerCreated'] as const;

/** What it hears of in the library: nothing that it writes there itself, or it would never come to an end. */
export const WISH_EVENT = 's3:ObjectCreated:*';

/** How the handler becomes a package: its bundle, the native sharp, and what `processor/package.ts` adds. */
export const BUNDLING: BundlingOptions = {
  ...LAMBDA_BUNDLING,
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
  readonly fn: lambda.Function;
  readonly failures: sqs.Queue;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: ProcessorProps) {
    super(scope, id);
    const { largestOriginal: largest } = props.settings;
    const { fn, failures, logGroup } = lambdaWithQueue(this, {
      description: 'Makes renditions and metadata of new originals, and forgets deleted ones',
      entry: 'processor/handler.ts',
      bundling: BUNDLING,
      // Lambda gives a whole CPU from here on; more would idle, because one photo keeps one busy.
      memorySize: 1769,
      timeout: Duration.seconds(120),
      environment: {
        ORIGINALS_BUCKET: props.names.originals,
        LIBRARY_BUCKET: props.names.library,
        PHOTOS_TABLE: props.photosTable,
        ...(largest !== null && { LARGEST_ORIGINAL: String(largest * 1e9) }),
        ...ALLOCATOR,
      },
      reservedConcurrentExecutions: props.settings.processorReservedConcurrency ?? undefined,
      logDays: props.settings.logDays,
      maxEventAge: Duration.hours(6),
      role: {
        description: 'The processor: reads originals, writes renditions and rows',
        name: 'Processor',
        policy: processorPolicy(props.arns),
        wildcards:
          'The processor serves every owner: it reads any original and writes below renditions/ only.',
      },
    });
    this.fn = fn;
    this.failures = failures;
    this.logGroup = logGroup;
    listenTo(
      this,
      'OriginalsMayInvoke',
      { fn, bucket: props.originals, arn: props.arns.originals },
      PROCESSOR_EVENTS.map((event) => ({ event })),
    );
    listenTo(this, 'LibraryMayInvoke', { fn, bucket: props.library, arn: props.arns.library }, [
      { event: WISH_EVENT, prefix: WISH_PREFIX },
    ]);
  }
}
