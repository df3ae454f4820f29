// Reads a synthesised template as the plan of a local cloud: S3 buckets, tables, sign-in, roles, processor and site. A resource
// type it has no model for, or a property it would have to act on and does not know, is an error: nothing is skipped.
import { isDeepStrictEqual } from 'node:util';
import { parseConfig, type Config } from '../../src/schema/config.ts';
import type { PolicyDocument } from '../policies.ts';
import type { TableSpec } from './dynamodb/store.ts';
import type { BucketSpec, CorsRule, LifecycleRule, Notification } from './s3/bucket.ts';
import { Reader } from './template-reader.ts';
import { ACCOUNT, REGION, TemplateError, type Template } from './template-values.ts';
import { readHosts, type Hosts } from './template-hosts.ts';

export interface Role {
  logicalId: string;
  name: string;
  arn: string;
  policies: readonly PolicyDocument[];
  /** Who may assume it; its statements have no Resource. */
  trust: PolicyDocument;
}

export interface UserPool {
  id: string;
  arn: string;
  /** What is sent to whoever is invited, and how long the password in it is good. */
  invitation: { subject: string; text: string; days: number };
  clientId: string;
  callbackUrls: readonly string[];
  logoutUrls: readonly string[];
  scopes: readonly string[];
  idTokenSeconds: number;
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  /** Whether an administrator may sign people in by their password. */
  adminPasswords: boolean;
  /** How long a rotated refresh token still works; undefined without rotation. */
  rotationGraceSeconds?: number;
  groups: readonly { name: string; roleArn?: string; precedence: number }[];
}

export interface IdentityPool {
  id: string;
  clientIds: readonly string[];
  serverSideTokenCheck: boolean;
  tokenMapping: boolean;
  ambiguousRole: 'Deny' | 'AuthenticatedRole';
  authenticatedRole?: string;
}

export interface LambdaFunction {
  name: string;
  arn: string;
  /** Logical id of its role. */
  role: string;
  environment: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  retries: number;
  /** Where Lambda sends what fails all the same. */
  failureQueue: { url: string; arn: string };
}

/** The stack as it would stand on AWS. */
export interface Stack extends Hosts {
  account: string;
  region: string;
  buckets: readonly BucketSpec[];
  tables: readonly TableSpec[];
  roles: readonly Role[];
  userPool: UserPool;
  identityPool: IdentityPool;
  processor: LambdaFunction;
  notifier: LambdaFunction;
  config: Config;
}

export function readStack(template: Template): Stack {
  const reader = new Reader(template);
  reader.checkTypes();
  return {
    account: ACCOUNT,
    region: REGION,
    buckets: readBuckets(reader),
    tables: readTables(reader),
    roles: readRoles(reader),
    userPool: readUserPool(reader),
    identityPool: readIdentityPool(reader),
    processor: readFunction(reader, 'ProcessorFunction'),
    notifier: readFunction(reader, 'NotifierFunction'),
    ...readHosts(reader),
    config: parseConfig(JSON.parse(reader.output('Config'))),
  };
}

/**
 * The same stack with other hosts, wherever one is named by its full origin: sign-in addresses, CORS, content security policy,
 * config.json. `origins` maps what AWS has to what is served here.
 */
export function withOrigins<T>(stack: T, origins: Readonly<Record<string, string>>): T {
  const longestFirst = Object.keys(origins).sort((a, b) => b.length - a.length);
  const map = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return longestFirst.reduce((text, origin) => text.replaceAll(origin, origins[origin] ?? origin), value);
    }
    if (Array.isArray(value)) return value.map(map);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, map(entry)]));
  };
  return map(stack) as T;
}

function readBuckets(reader: Reader): BucketSpec[] {
  const policies = new Map(
    reader
      .all('AWS::S3::BucketPolicy')
      .map(({ properties }) => [properties['Bucket'], properties['PolicyDocument'] as PolicyDocument]),
  );
  const functions = new Set(reader.all('AWS::Lambda::Function').map((one) => one.names.attributes['Arn']));
  const bucketOf = ({ logicalId, names, properties }: Found): BucketSpec => {
    const bucket = properties as {
      VersioningConfiguration?: { Status: string };
      CorsConfiguration?: { CorsRules: CorsRule[] };
      LifecycleConfiguration?: { Rules: LifecycleRule[] };
      NotificationConfiguration?: { LambdaConfigurations?: LambdaConfiguration[] };
    };
    const { LambdaConfigurations = [], ...others } = bucket.NotificationConfiguration ?? {};
    const stray = LambdaConfigurations.find((one) => !functions.has(one.Function));
    if (stray || Object.keys(others).length > 0) {
      throw new TemplateError(`${logicalId} notifies something other than a function of the template`);
    }
    for (const { Function: fn } of LambdaConfigurations) {
      if (!mayInvoke(reader, fn, names.attributes['Arn'])) {
        throw new TemplateError(`${logicalId} notifies a function, and S3 has no permission to invoke it`);
      }
    }
    const policy = policies.get(names.ref);
    return {
      name: names.ref,
      arn: names.attributes['Arn'] ?? '',
      versioned: bucket.VersioningConfiguration?.Status === 'Enabled',
      ...(policy && { policy }),
      corsRules: bucket.CorsConfiguration?.CorsRules ?? [],
      lifecycleRules: bucket.LifecycleConfiguration?.Rules ?? [],
      notifications: LambdaConfigurations.map((one) => notificationOf(logicalId, one)),
    };
  };
  return reader.all('AWS::S3::Bucket').map(bucketOf);
}

interface LambdaConfiguration {
  Event: string;
  Function: string;
  Filter?: unknown;
}

/** An event, and how keys begin and end: the local S3 knows no other filter. */
function notificationOf(
  logicalId: string,
  { Event, Function: target, Filter }: LambdaConfiguration,
): Notification {
  const from = (Filter ?? { S3Key: { Rules: [] } }) as { S3Key?: { Rules?: Record<string, unknown>[] } };
  const ends = Object.fromEntries((from.S3Key?.Rules ?? []).map(({ Name, Value }) => [Name, Value]));
  const { prefix = '', suffix = '' } = ends;
  const simple = { S3Key: { Rules: Object.entries(ends).map(([Name, Value]) => ({ Name, Value })) } };
  const known = Object.keys(ends).every((name) => name === 'prefix' || name === 'suffix');
  if (
    !known ||
    typeof prefix !== 'string' ||
    typeof suffix !== 'string' ||
    !isDeepStrictEqual(from, simple)
  ) {
    throw new TemplateError(`${logicalId} notifies by a filter that is neither prefix nor suffix`);
  }
  return { event: Event, target, prefix, suffix };
}

/** Whether S3 may hand this S3 bucket's events to a function. */
function mayInvoke(reader: Reader, fn: string, bucketArn: string | undefined): boolean {
  return reader
    .all('AWS::Lambda::Permission')
    .some(
      ({ properties: { Action, FunctionName, Principal, SourceAccount = ACCOUNT, SourceArn = bucketArn } }) =>
        Principal === 's3.amazonaws.com' &&
        Action === 'lambda:InvokeFunction' &&
        FunctionName === fn &&
        SourceAccount === ACCOUNT &&
        SourceArn === bucketArn,
    );
}

function readTables(reader: Reader): TableSpec[] {
  return reader.all('AWS::DynamoDB::Table').map(tableOf);
}

type Found = ReturnType<Reader['one']>;

function tableOf({ names, properties }: Found): TableSpec {
  const table = properties as unknown as Omit<TableSpec, 'TableName'> & {
    TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean };
  };
  const ttl = table.TimeToLiveSpecification;
  return {
    TableName: names.ref,
    KeySchema: table.KeySchema,
    AttributeDefinitions: table.AttributeDefinitions,
    ...(table.LocalSecondaryIndexes && { LocalSecondaryIndexes: table.LocalSecondaryIndexes }),
    ...(table.GlobalSecondaryIndexes && { GlobalSecondaryIndexes: table.GlobalSecondaryIndexes }),
    ...(ttl?.Enabled && { ttlAttribute: ttl.AttributeName }),
  };
}

function readRoles(reader: Reader): Role[] {
  return reader.all('AWS::IAM::Role').map(({ logicalId, names, properties }) => ({
    logicalId,
    name: names.ref,
    arn: names.attributes['Arn'] ?? '',
    policies: ((properties['Policies'] ?? []) as { PolicyDocument: PolicyDocument }[]).map(
      ({ PolicyDocument }) => PolicyDocument,
    ),
    trust: trustOf(logicalId, properties['AssumeRolePolicyDocument'] as PolicyDocument),
  }));
}

const TRUST_ELEMENTS = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Condition']);

/** The trust policy, if it is of the form that is acted on here: each statement names one service or the identity pools. */
function trustOf(logicalId: string, trust: PolicyDocument): PolicyDocument {
  for (const statement of trust.Statement) {
    const { Effect, Principal, Action, Condition } = statement;
    const names = typeof Principal === 'object' ? Object.entries(Principal).flat(2) : [];
    const who = names.join(' ');
    const understood =
      Object.keys(statement).every((name) => TRUST_ELEMENTS.has(name)) &&
      (Effect === 'Allow' || Effect === 'Deny') &&
      ((who === 'Federated cognito-identity.amazonaws.com' && Action !== undefined) ||
        // Whether a service assumes a role is decided by its name alone.
        (/^Service [\w.-]+$/.test(who) &&
          Effect === 'Allow' &&
          [Action].flat().join() === 'sts:AssumeRole' &&
          Condition === undefined));
    if (!understood) throw new TemplateError(`${logicalId} is trusted in a way that is unknown`);
  }
  return trust;
}

const SECONDS: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

function readUserPool(reader: Reader): UserPool {
  const pool = reader.one('AWS::Cognito::UserPool');
  const { names, properties } = reader.one('AWS::Cognito::UserPoolClient');
  const client = properties as {
    AllowedOAuthFlows: string[];
    AllowedOAuthScopes: string[];
    CallbackURLs: string[];
    ExplicitAuthFlows?: string[];
    LogoutURLs: string[];
    GenerateSecret?: boolean;
    RefreshTokenRotation?: { Feature: string; RetryGracePeriodSeconds?: number };
    TokenValidityUnits?: Record<string, string>;
  };
  if (client.AllowedOAuthFlows.join() !== 'code' || client.GenerateSecret) {
    throw new TemplateError('the app client must be a public one with the code flow only');
  }
  const seconds = (token: 'IdToken' | 'AccessToken' | 'RefreshToken', fallback: number): number => {
    const value = properties[`${token}Validity`];
    const unit = client.TokenValidityUnits?.[token] ?? (token === 'RefreshToken' ? 'days' : 'hours');
    return typeof value === 'number' ? value * (SECONDS[unit] ?? NaN) : fallback;
  };
  const rotation = client.RefreshTokenRotation;
  return {
    id: pool.names.ref,
    arn: pool.names.attributes['Arn'] ?? '',
    invitation: invitationOf(pool.properties),
    clientId: names.ref,
    callbackUrls: client.CallbackURLs,
    logoutUrls: client.LogoutURLs,
    scopes: client.AllowedOAuthScopes,
    idTokenSeconds: seconds('IdToken', 3600),
    accessTokenSeconds: seconds('AccessToken', 3600),
    refreshTokenSeconds: seconds('RefreshToken', 30 * 86_400),
    adminPasswords: client.ExplicitAuthFlows?.includes('ALLOW_ADMIN_USER_PASSWORD_AUTH') ?? false,
    ...(rotation?.Feature === 'ENABLED' && { rotationGraceSeconds: rotation.RetryGracePeriodSeconds ?? 0 }),
    groups: reader.all('AWS::Cognito::UserPoolGroup').map(groupOf),
  };
}

function invitationOf(pool: Found['properties']): UserPool['invitation'] {
  const {
    AdminCreateUserConfig: { InviteMessageTemplate = {} } = {},
    Policies: { PasswordPolicy = {} } = {},
  } = pool as {
    AdminCreateUserConfig?: { InviteMessageTemplate?: { EmailSubject?: string; EmailMessage?: string } };
    Policies?: { PasswordPolicy?: { TemporaryPasswordValidityDays?: number } };
  };
  const { EmailSubject = '', EmailMessage = '' } = InviteMessageTemplate;
  if (!EmailMessage.includes('{username}') || !EmailMessage.includes('{####}')) {
    throw new TemplateError('the invitation of the user pool names no {username} or no password {####}');
  }
  const days = PasswordPolicy.TemporaryPasswordValidityDays ?? 7;
  return { subject: EmailSubject, text: EmailMessage, days };
}

const groupOf = ({ names, properties }: Found): UserPool['groups'][number] => ({
  name: names.ref,
  ...(properties['RoleArn'] !== undefined && { roleArn: String(properties['RoleArn']) }),
  // A group without precedence comes after all that have one.
  precedence: Number(properties['Precedence'] ?? Number.MAX_SAFE_INTEGER),
});

function readIdentityPool(reader: Reader): IdentityPool {
  const { names, properties } = reader.one('AWS::Cognito::IdentityPool');
  const pool = properties as {
    AllowUnauthenticatedIdentities: boolean;
    AllowClassicFlow?: boolean;
    CognitoIdentityProviders: { ClientId: string; ServerSideTokenCheck?: boolean }[];
  };
  if (pool.AllowUnauthenticatedIdentities || pool.AllowClassicFlow) {
    throw new TemplateError('guests and the classic flow must be switched off in the identity pool');
  }
  const attachment = reader.one('AWS::Cognito::IdentityPoolRoleAttachment').properties as {
    Roles?: { authenticated?: string };
    RoleMappings?: Record<string, { Type: string; AmbiguousRoleResolution?: string }>;
  };
  const mappings = Object.values(attachment.RoleMappings ?? {});
  if (mappings.length > 1 || mappings.some(({ Type }) => Type !== 'Token')) {
    throw new TemplateError('the identity pool may have one role mapping, of type Token');
  }
  const authenticatedRole = attachment.Roles?.authenticated;
  return {
    id: names.ref,
    clientIds: pool.CognitoIdentityProviders.map(({ ClientId }) => ClientId),
    serverSideTokenCheck: pool.CognitoIdentityProviders.every((provider) => provider.ServerSideTokenCheck),
    tokenMapping: mappings.length === 1,
    ambiguousRole:
      mappings[0]?.AmbiguousRoleResolution === 'AuthenticatedRole' ? 'AuthenticatedRole' : 'Deny',
    ...(authenticatedRole !== undefined && { authenticatedRole }),
  };
}

/** The function that an output names. */
function readFunction(reader: Reader, output: string): LambdaFunction {
  const name = reader.output(output);
  const found = reader.all('AWS::Lambda::Function').find((one) => one.names.ref === name);
  if (!found) throw new TemplateError(`${output} names no function of the template`);
  const { names, properties } = found;
  const role = readRoles(reader).find(({ arn: roleArn }) => roleArn === properties['Role']);
  if (!role) throw new TemplateError(`the role of ${name} is not one of the template`);
  const invoke = reader
    .all('AWS::Lambda::EventInvokeConfig')
    .find((one) => one.properties['FunctionName'] === name)?.properties;
  const { OnFailure } = (invoke?.['DestinationConfig'] ?? {}) as { OnFailure?: { Destination: string } };
  const queue = reader
    .all('AWS::SQS::Queue')
    .find((one) => one.names.attributes['Arn'] === OnFailure?.Destination)?.names;
  if (!queue) throw new TemplateError(`what ${name} fails at goes to no queue of the template`);
  const { Variables = {} } = (properties['Environment'] ?? {}) as { Variables?: Record<string, string> };
  return {
    name: names.ref,
    arn: names.attributes['Arn'] ?? '',
    role: role.logicalId,
    environment: Variables,
    timeoutSeconds: Number(properties['Timeout'] ?? 3),
    retries: Number(invoke?.['MaximumRetryAttempts'] ?? 2),
    failureQueue: { url: queue.ref, arn: queue.attributes['Arn'] ?? '' },
  };
}
