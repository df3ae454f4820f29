// What a deployment would change, in plain words: the template that is deployed beside the one that would be. Pure.
import { isDeepStrictEqual } from 'node:util';
import { fingerprintOf, losses, statefulName, type Loss, type Resource, type Template } from './stateful.ts';

export interface Changes {
  lines: string[];
  /** Not empty: it must not be deployed. */
  losses: Loss[];
}

/** First parts of logical ids: the stack's own constructs. */
const PARTS: readonly (readonly [string, string])[] = [
  ['Site', 'the page'],
  ['Shares', 'links'],
  ['Storage', 'storage'],
  ['SignIn', 'sign-in'],
  ['Processor', 'the processor'],
  ['Notifier', 'the notifier'],
  ['Watching', 'alarms'],
];

const TYPES: Readonly<Record<string, string>> = {
  'AWS::CloudFront::Distribution': 'CloudFront host',
  'AWS::CloudFront::Function': 'function at CloudFront',
  'AWS::CloudFront::ResponseHeadersPolicy': 'response headers',
  'AWS::CloudFront::CachePolicy': 'caching',
  'AWS::CloudFront::OriginAccessControl': 'access of CloudFront',
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::CloudWatch::Dashboard': 'dashboard',
  'AWS::Budgets::Budget': 'budget',
  'AWS::Cognito::UserPoolClient': 'what the page signs in as',
  'AWS::Cognito::UserPoolDomain': 'address of the sign-in pages',
  'AWS::Cognito::UserPoolGroup': 'group',
  'AWS::Cognito::UserPoolIdentityProvider': 'sign-in with Google',
  'AWS::Cognito::IdentityPoolRoleAttachment': 'who gets which role',
  'AWS::Cognito::ManagedLoginBranding': 'looks of the sign-in pages',
  'AWS::IAM::Role': 'role',
  'AWS::Lambda::Function': 'Lambda',
  'AWS::Lambda::Permission': 'who may call the Lambda',
  'AWS::Lambda::EventInvokeConfig': 'retries',
  'AWS::Logs::LogGroup': 'log',
  'AWS::Logs::MetricFilter': 'metric',
  'AWS::Route53::RecordSet': 'DNS record',
  'AWS::S3::BucketPolicy': 'S3 bucket policy',
  'AWS::SNS::Topic': 'topic',
  'AWS::SNS::TopicPolicy': 'topic policy',
  'AWS::SNS::Subscription': 'subscription',
  'AWS::SQS::Queue': 'queue',
  'AWS::SQS::QueuePolicy': 'queue policy',
};

/** Where a change decides who may do what. */
const RIGHTS =
  /^AWS::(?:IAM::|S3::BucketPolicy|Lambda::Permission|Cognito::IdentityPoolRoleAttachment|Cognito::UserPoolGroup)/;

/** What a change of these properties means beyond the change. */
const CONSEQUENCES: readonly (readonly [type: string, property: RegExp, meaning: string])[] = [
  [
    'AWS::Cognito::UserPoolDomain',
    /^(?:Domain|UserPoolId)$/,
    'another sign-in address: Google has to be told of it',
  ],
  ['AWS::Cognito::UserPoolClient', /^(?:GenerateSecret|UserPoolId)$/, 'everybody has to sign in again'],
  ['AWS::CloudFront::Distribution', /^DistributionConfig$/, 'takes CloudFront some minutes'],
];

export function changesBetween(before: Template, after: Template): Changes {
  const [was, is] = [before.Resources, after.Resources];
  const added = Object.keys(is).filter((id) => !(id in was));
  const removed = Object.keys(was).filter((id) => !(id in is));
  const changed = Object.keys(is).flatMap((id) => {
    const [one, other] = [was[id], is[id]];
    const names = one && other ? differences(one, other) : [];
    return other && names.length > 0 ? [{ id, resource: other, names }] : [];
  });
  return {
    lines: [
      ...sorted(added.map((id) => `+ ${nameOf(id, is[id])}${rightsOf(is[id])}`)),
      ...sorted(changed.map(({ id, resource, names }) => changedLine(nameOf(id, resource), resource, names))),
      ...sorted(removed.map((id) => `- ${nameOf(id, was[id])}${rightsOf(was[id])}`)),
    ],
    losses: losses(fingerprintOf(before), fingerprintOf(after)),
  };
}

const sorted = (lines: string[]): string[] => [...new Set(lines)].sort();

/** Names of properties, and of what stands beside them. `Metadata` says nothing to AWS. */
function differences(one: Resource, other: Resource): string[] {
  const of = ({ Properties = {}, DeletionPolicy, UpdateReplacePolicy }: Resource) => ({
    ...Properties,
    DeletionPolicy,
    UpdateReplacePolicy,
  });
  const [was, is]: Record<string, unknown>[] = [of(one), of(other)];
  const names = new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})]);
  return [...names].filter((name) => !isDeepStrictEqual(was?.[name], is?.[name])).sort();
}

function nameOf(id: string, resource: Resource | undefined): string {
  const type = resource?.Type ?? '';
  const part = PARTS.find(([prefix]) => id.startsWith(prefix))?.[1] ?? 'the stack';
  return `${part}: ${statefulName(type) ?? TYPES[type] ?? type} (${id})`;
}

const rightsOf = (resource: Resource | undefined): string =>
  RIGHTS.test(resource?.Type ?? '') ? '; who may do what' : '';

function changedLine(name: string, { Type }: Resource, names: readonly string[]): string {
  const meanings = CONSEQUENCES.filter(
    ([type, property]) => type === Type && names.some((one) => property.test(one)),
  ).map(([, , meaning]) => meaning);
  return `~ ${name}: ${[names.join(', '), ...meanings].join('; ')}${rightsOf({ Type })}`;
}

/** For somebody whose photos are in it. */
export function lossSentence({ logicalId, name, how, properties }: Loss): string {
  const why = properties.length > 0 ? ` (by its ${properties.join(', ')})` : '';
  const becomes =
    how === 'no longer kept'
      ? 'would no longer be kept when the stack goes'
      : `would be ${how}, and what it holds be out of reach`;
  return `The ${name} ${logicalId} ${becomes}${why}.`;
}
