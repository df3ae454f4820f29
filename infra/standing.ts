// What a template deploys that AWS bills while nobody uses it. A type that is not known here is named, so that none comes in unseen.
import type { Standing } from '../src/cost/prices.ts';

/** What of it AWS gives to every account for as long as there is one, whatever else it uses. */
export const GIVEN: Readonly<Partial<Record<Standing, number>>> = {
  alarm: 10,
  dashboard: 3,
  metric: 10,
  person: 10_000,
};

/** Types that are billed for being there, and as what. */
const BILLED: Readonly<Record<string, Standing>> = {
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::CloudWatch::Dashboard': 'dashboard',
  'AWS::KMS::Key': 'key',
  'AWS::Logs::MetricFilter': 'metric',
  'AWS::SecretsManager::Secret': 'secret',
  'AWS::WAFv2::WebACL': 'firewall',
};

/** Types that cost nothing, or only what is kept in them and what is asked of them. */
const FREE = new Set([
  'AWS::Budgets::Budget',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::OriginRequestPolicy',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::Cognito::IdentityPool',
  'AWS::Cognito::IdentityPoolRoleAttachment',
  'AWS::Cognito::ManagedLoginBranding',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Cognito::UserPoolGroup',
  'AWS::Cognito::UserPoolIdentityProvider',
  'AWS::DynamoDB::Table',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Route53::RecordSet',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
]);

export interface StandingCount {
  counts: Partial<Record<Standing, number>>;
  /** Types of which nobody has said yet what they cost. */
  unknown: string[];
}

/** Of a CloudFormation template. */
export type Resources = Readonly<
  Record<string, { Type: string; Properties?: Readonly<Record<string, unknown>> }>
>;

export function standingOf(resources: Resources): StandingCount {
  const counts: Partial<Record<Standing, number>> = {};
  const add = (what: Standing, count: number): number => (counts[what] = (counts[what] ?? 0) + count);
  const unknown = new Set<string>();
  for (const { Type, Properties } of Object.values(resources)) {
    const billed = BILLED[Type];
    if (billed) add(billed, 1);
    // Each of a firewall's rules has a price of its own.
    const rules = Properties?.['Rules'];
    if (billed === 'firewall' && Array.isArray(rules)) add('firewallRule', rules.length);
    if (!billed && !FREE.has(Type)) unknown.add(Type);
  }
  return { counts, unknown: [...unknown].sort() };
}

/** What is left to pay of so many, beyond what AWS gives to every account. */
export const beyondGiven = (what: Standing, count: number): number => Math.max(0, count - (GIVEN[what] ?? 0));
