// An S3 bucket as the template describes it, and the refusal of anything in it that would be ignored here.
import type { PolicyDocument } from '../../policies.ts';

/** As CloudFormation has it. */
export interface CorsRule {
  Id?: string;
  AllowedOrigins: readonly string[];
  AllowedMethods: readonly string[];
  AllowedHeaders?: readonly string[];
  ExposedHeaders?: readonly string[];
  /** Seconds. */
  MaxAge?: number;
}

export interface Transition {
  StorageClass: string;
  TransitionInDays: number;
}

/** As CloudFormation has it, without filters by tag or size. */
export interface LifecycleRule {
  Id?: string;
  Status: 'Enabled' | 'Disabled';
  Prefix?: string;
  ExpirationInDays?: number;
  ExpiredObjectDeleteMarker?: boolean;
  NoncurrentVersionExpiration?: { NoncurrentDays: number };
  AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number };
  Transitions?: readonly Transition[];
}

/** What is notified: events of a name such as `s3:ObjectCreated:*`, of keys that begin and end like this. */
export interface Notification {
  event: string;
  /** ARN of whoever is told. */
  target: string;
  prefix: string;
  suffix: string;
}

export interface BucketSpec {
  name: string;
  arn: string;
  versioned: boolean;
  policy?: PolicyDocument;
  corsRules: readonly CorsRule[];
  lifecycleRules: readonly LifecycleRule[];
  notifications?: readonly Notification[];
}

const CORS_FIELDS = ['Id', 'AllowedOrigins', 'AllowedMethods', 'AllowedHeaders', 'ExposedHeaders', 'MaxAge'];
const LIFECYCLE_FIELDS = [
  'Id',
  'Status',
  'Prefix',
  'ExpirationInDays',
  'ExpiredObjectDeleteMarker',
  'NoncurrentVersionExpiration',
  'AbortIncompleteMultipartUpload',
  'Transitions',
];

/** Rules move objects from one of these only to a later one. */
export const COLDER: readonly string[] = ['STANDARD', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'DEEP_ARCHIVE'];

function checkFields(value: object, known: readonly string[], what: string): void {
  const stray = Object.keys(value).find((name) => !known.includes(name));
  if (stray !== undefined) throw new Error(`${what}: the local S3 does not know "${stray}"`);
}

/** Throws for a rule that the local S3 could not keep. */
export function checkBucket(bucket: BucketSpec): void {
  for (const rule of bucket.corsRules) checkFields(rule, CORS_FIELDS, `CORS of ${bucket.name}`);
  for (const rule of bucket.lifecycleRules) {
    const what = `lifecycle of ${bucket.name}`;
    checkFields(rule, LIFECYCLE_FIELDS, what);
    if (rule.NoncurrentVersionExpiration)
      checkFields(rule.NoncurrentVersionExpiration, ['NoncurrentDays'], what);
    for (const transition of rule.Transitions ?? []) {
      checkFields(transition, ['StorageClass', 'TransitionInDays'], what);
      if (!COLDER.includes(transition.StorageClass))
        throw new Error(`${what}: the local S3 moves nothing into "${transition.StorageClass}"`);
    }
    if (rule.AbortIncompleteMultipartUpload)
      checkFields(rule.AbortIncompleteMultipartUpload, ['DaysAfterInitiation'], what);
  }
}

/** Whom an S3 bucket tells of an event of this name, such as `ObjectCreated:Put`. */
export const targetsOf = ({ notifications = [] }: BucketSpec, eventName: string, key: string): string[] =>
  notifications
    .filter(
      ({ event, prefix, suffix }) =>
        (event === `s3:${eventName}` ||
          (event.endsWith('*') && `s3:${eventName}`.startsWith(event.slice(0, -1)))) &&
        key.startsWith(prefix) &&
        key.endsWith(suffix),
    )
    .map(({ target }) => target);

export const notifies = (bucket: BucketSpec, eventName: string, key: string): boolean =>
  targetsOf(bucket, eventName, key).length > 0;
