// Where everything is kept: the S3 buckets and the two DynamoDB tables.
import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { IdentityId } from '../src/schema/ids.ts';
import type { Keeping } from '../src/schema/keeping.ts';
import { linkSharePrefix, WISH_PREFIX, type LinkClass } from '../src/schema/keys.ts';
import { CHANGES_INDEX, INBOX_INDEX, TTL_ATTRIBUTE } from '../src/schema/photo.ts';
import { bucketPolicy } from './policies.ts';

export type BucketKind = 'originals' | 'library' | 'site';

/** Known before the S3 bucket exists, so that policies and the content security policy name it without a reference circle. */
export const bucketName = (stackName: string, kind: BucketKind): string =>
  `${stackName.toLowerCase()}-${kind}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;

export const bucketArn = (name: string): string => `arn:${Aws.PARTITION}:s3:::${name}`;

/** An S3 bucket as all of ours are: private, encrypted, TLS only, and kept when the stack goes. */
export function privateBucket(
  scope: Construct,
  id: string,
  name: string,
  props: Omit<s3.BucketProps, 'bucketName'> = {},
): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    bucketName: name,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockedEncryptionTypes: [s3.BlockedEncryptionType.SSE_C],
    // Unlike RETAIN, a first deployment that fails leaves nothing behind whose fixed name would block the second.
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ...props,
  });
  for (const statement of bucketPolicy(bucket.bucketArn).Statement) {
    bucket.addToResourcePolicy(iam.PolicyStatement.fromJson(statement));
  }
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Server access logs would add a write per thumbnail read to the bill of a private person. Whoever wants an audit trail turns on CloudTrail data events.',
  });
  return bucket;
}

/** Which page may talk to an S3 bucket, and what it may see of the answers. CORS is no access control: the policies are. */
const corsFor = (origin: string): s3.CorsRule => ({
  allowedOrigins: [origin],
  allowedMethods: [
    s3.HttpMethods.GET,
    s3.HttpMethods.HEAD,
    s3.HttpMethods.PUT,
    s3.HttpMethods.POST,
    s3.HttpMethods.DELETE,
  ],
  allowedHeaders: ['*'],
  exposedHeaders: [
    'ETag',
    'x-amz-version-id',
    'x-amz-request-id',
    'x-amz-id-2',
    'x-amz-checksum-sha256',
    'Content-Range',
    'Content-Length',
    'Date',
    // In which class an original lies, and what has become of its restore.
    'x-amz-storage-class',
    'x-amz-restore',
    // Of what the host of links has kept for a while.
    'Age',
    'Last-Modified',
  ],
  maxAge: 3000,
});

/**
 * Where an original goes by itself. Only what is there moves: what was deleted stays in the class it had for its 30 days, so that no new
 * class is begun for it. Objects below 128 kB stay where they are, which is AWS's default.
 */
function transitionsOf({ storage, deepArchive }: Keeping): s3.Transition[] {
  const { StorageClass } = s3;
  const first =
    storage === 'glacierInstant'
      ? // Not the same day: the processor has read it by then.
        { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(1) }
      : // Multipart uploads end in STANDARD where the browser named no class.
        { storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(0) };
  const days = deepArchive?.afterDays ?? undefined;
  if (days === undefined) return [first];
  return [first, { storageClass: StorageClass.DEEP_ARCHIVE, transitionAfter: Duration.days(days) }];
}

/** The leading prefix of all links of one class: what is left of a link's prefix without an owner. */
const linkClassPrefix = (linkClass: LinkClass): string =>
  linkSharePrefix('' as IdentityId, linkClass).slice(0, -1);

export class Storage extends Construct {
  readonly originals: s3.Bucket;
  readonly library: s3.Bucket;
  readonly photos: dynamodb.Table;
  readonly social: dynamodb.Table;

  constructor(scope: Construct, id: string, props: { stackName: string; origin: string; keeping: Keeping }) {
    super(scope, id);
    const cors = [corsFor(props.origin)];
    const unfinishedUploads = { abortIncompleteMultipartUploadAfter: Duration.days(3) };

    this.originals = privateBucket(this, 'Originals', bucketName(props.stackName, 'originals'), {
      cors,
      versioned: true,
      lifecycleRules: [
        {
          ...unfinishedUploads,
          // The undo of a delete: nobody's browser can remove a version.
          noncurrentVersionExpiration: Duration.days(30),
          expiredObjectDeleteMarker: true,
          transitions: transitionsOf(props.keeping),
        },
      ],
    });
    this.library = privateBucket(this, 'Library', bucketName(props.stackName, 'library'), {
      cors,
      lifecycleRules: [
        unfinishedUploads,
        { prefix: linkClassPrefix('7d'), expiration: Duration.days(7) },
        { prefix: linkClassPrefix('30d'), expiration: Duration.days(30) },
        // Heard the moment it is put; what lies there is of no more use.
        { prefix: WISH_PREFIX, expiration: Duration.days(1) },
      ],
    });

    this.photos = ownedTable(this, 'Photos', 'photoId');
    this.social = ownedTable(this, 'Social', 'id');
    this.social.addGlobalSecondaryIndex({
      // Sparse: only rows addressed to somebody have a recipient.
      indexName: INBOX_INDEX,
      partitionKey: { name: 'recipient', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'changedAt', type: dynamodb.AttributeType.STRING },
      ...MAXIMUM,
    });
  }
}

/** A ceiling on what a runaway page could cost; a library of 100,000 photos syncs in seconds below it. */
const MAXIMUM = { maxReadRequestUnits: 4000, maxWriteRequestUnits: 1000 };

/**
 * A table partitioned by owner, with the index that sync reads. Its name is CloudFormation's: nothing needs to guess it, and a
 * restored or replaced table never collides with the one that was retained.
 */
function ownedTable(scope: Construct, id: string, sortKey: string): dynamodb.Table {
  const table = new dynamodb.Table(scope, id, {
    partitionKey: { name: 'owner', type: dynamodb.AttributeType.STRING },
    sortKey: { name: sortKey, type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    ...MAXIMUM,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: TTL_ATTRIBUTE,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  table.addLocalSecondaryIndex({
    indexName: CHANGES_INDEX,
    sortKey: { name: 'changedAt', type: dynamodb.AttributeType.STRING },
  });
  return table;
}
