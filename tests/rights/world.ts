// The synthesised stack as IAM would see it: every role with its statements, every policy of a resource, and names for all they speak of.
import type { Statement, PolicyDocument } from '../../infra/policies.ts';
import {
  ACCOUNT,
  REGION,
  Values,
  type Names,
  type Resource,
  type Template,
} from '../../infra/local/template-values.ts';
import { resourcesWith } from '../../infra/standing-synth.ts';
import { parseSettings } from '../../infra/settings.ts';

export interface WorldRole {
  logicalId: string;
  arn: string;
  policies: PolicyDocument[];
  trust: PolicyDocument;
  managed: unknown;
}

export interface World {
  roles: WorldRole[];
  /** What a resource itself says of who may reach it; S3's right to invoke a function among them. */
  resourcePolicies: PolicyDocument[];
  /** Of the things that the table of rights speaks of. */
  arns: Record<ThingName, string>;
  /** Types of IAM resources other than roles: rights that would come in by another door. */
  otherDoors: string[];
}

export type ThingName =
  | 'originals'
  | 'library'
  | 'site'
  | 'photos'
  | 'social'
  | 'processor'
  | 'notifier'
  | 'processorQueue'
  | 'notifierQueue'
  | 'processorLog'
  | 'notifierLog'
  | 'keys'
  | 'mail'
  | 'alarms'
  | 'userPool'
  | 'page'
  | 'links';

const NAMES: Readonly<Record<ThingName, readonly [type: string, id: RegExp]>> = {
  originals: ['AWS::S3::Bucket', /Originals/],
  library: ['AWS::S3::Bucket', /Library/],
  site: ['AWS::S3::Bucket', /^Site/],
  photos: ['AWS::DynamoDB::Table', /Photos/],
  social: ['AWS::DynamoDB::Table', /Social/],
  processor: ['AWS::Lambda::Function', /^Processor/],
  notifier: ['AWS::Lambda::Function', /^Notifier/],
  processorQueue: ['AWS::SQS::Queue', /^Processor/],
  notifierQueue: ['AWS::SQS::Queue', /^Notifier/],
  processorLog: ['AWS::Logs::LogGroup', /^Processor/],
  notifierLog: ['AWS::Logs::LogGroup', /^Notifier/],
  alarms: ['AWS::SNS::Topic', /Alarms/],
  userPool: ['AWS::Cognito::UserPool', /./],
  page: ['AWS::CloudFront::Distribution', /^Site/],
  links: ['AWS::CloudFront::Distribution', /^Shares/],
  // Neither is in the template: the keys are made by the deployment, topics of mail by the notifier.
  keys: ['', /./],
  mail: ['', /./],
};

/** Every option that brings rights with it is on. */
const SETTINGS = {
  stackName: 'Shoebox',
  region: REGION,
  alarmEmail: 'me@example.com',
  monthlyBudget: 5,
  dashboard: true,
  friendMail: true,
  deepArchive: { afterDays: 180 },
  google: { clientId: '1-a.apps.googleusercontent.com', secretName: 'google' },
};

const SERVICES: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'dynamodb:REGION:ACCOUNT:table/',
  'AWS::Lambda::Function': 'lambda:REGION:ACCOUNT:function:',
  'AWS::SQS::Queue': 'sqs:REGION:ACCOUNT:',
  'AWS::SNS::Topic': 'sns:REGION:ACCOUNT:',
  'AWS::Logs::LogGroup': 'logs:REGION:ACCOUNT:log-group:',
  'AWS::Cognito::UserPool': 'cognito-idp:REGION:ACCOUNT:userpool/',
  'AWS::IAM::Role': 'iam::ACCOUNT:role/',
  'AWS::CloudFront::Distribution': 'cloudfront::ACCOUNT:distribution/',
};

const arnOf = (type: string, name: string): string =>
  type === 'AWS::S3::Bucket'
    ? `arn:aws:s3:::${name}`
    : `arn:aws:${(SERVICES[type] ?? 'elsewhere:REGION:ACCOUNT:').replace('REGION', REGION).replace('ACCOUNT', ACCOUNT)}${name}`;

/** What Ref and GetAtt give, near enough for policies: each thing has an ARN that no other has. */
function namesOf(id: string, { Type, Properties = {} }: Resource, values: Values): Names {
  const ref = Type === 'AWS::S3::Bucket' ? values.text(Properties['BucketName']) : id;
  const arn = arnOf(Type, ref);
  const attributes = new Proxy({} as Record<string, string>, {
    // Of a log group it ends so that it stands for its streams.
    get: (_, name) =>
      name !== 'Arn' ? `${id}.${String(name)}` : Type === 'AWS::Logs::LogGroup' ? `${arn}:*` : arn,
  });
  return { ref: Type === 'AWS::SNS::Topic' ? arn : ref, attributes };
}

export function readWorld(): World {
  const found = Object.entries(resourcesWith(parseSettings(SETTINGS))).map(
    ([id, resource]) => [id.slice(id.indexOf('/') + 1), resource as Resource] as const,
  );
  const template: Template = { Resources: Object.fromEntries(found) };
  const values: Values = new Values(template, (id, resource) => namesOf(id, resource, values));
  const all = (type: string) =>
    found
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => ({
        id,
        properties: values.resolve(Properties) as Record<string, unknown>,
      }));

  const arns = Object.fromEntries(
    Object.entries(NAMES).map(([name, [type, pattern]]) => {
      const [one, ...others] = found.filter(([id, { Type }]) => Type === type && pattern.test(id));
      if (name === 'keys') return [name, `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/Shoebox/push-keys`];
      if (name === 'mail') return [name, `arn:aws:sns:${REGION}:${ACCOUNT}:Shoebox-mail-`];
      if (!one || others.length > 0) throw new Error(`${others.length + Number(Boolean(one))} of ${name}`);
      const { ref } = namesOf(one[0], one[1], values);
      return [name, ref.startsWith('arn:') ? ref : arnOf(type, ref)];
    }),
  ) as World['arns'];

  return {
    arns,
    roles: all('AWS::IAM::Role').map(({ id, properties }) => ({
      logicalId: id,
      arn: arnOf('AWS::IAM::Role', id),
      policies: ((properties['Policies'] as { PolicyDocument: PolicyDocument }[] | undefined) ?? []).map(
        (policy) => policy.PolicyDocument,
      ),
      trust: properties['AssumeRolePolicyDocument'] as PolicyDocument,
      managed: properties['ManagedPolicyArns'],
    })),
    resourcePolicies: [
      ...['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
        all(type).map(({ properties }) => properties['PolicyDocument'] as PolicyDocument),
      ),
      ...all('AWS::Lambda::Permission').map(({ properties }) => invocation(properties)),
    ],
    otherDoors: found.map(([, { Type }]) => Type).filter((Type) => /^AWS::IAM::(?!Role$)/.test(Type)),
  };
}

/** A permission of Lambda is a statement in the function's own policy. */
function invocation(permission: Readonly<Record<string, unknown>>): PolicyDocument {
  const statement: Statement = {
    Sid: 'Invoke',
    Effect: 'Allow',
    Principal: { Service: String(permission['Principal']) },
    Action: [String(permission['Action'])],
    Resource: [String(permission['FunctionName'])],
    Condition: {
      StringEquals: { 'aws:SourceAccount': String(permission['SourceAccount']) },
      ArnLike: { 'aws:SourceArn': String(permission['SourceArn']) },
    },
  };
  return { Version: '2012-10-17', Statement: [statement] };
}
