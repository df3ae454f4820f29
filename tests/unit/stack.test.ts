// The synthesised template keeps the promises: who may come in, what is kept, what the processor hears of, what a browser may load.
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import {
  memberPolicy,
  notifierPolicy,
  ownerPolicy,
  processorPolicy,
  type PolicyDocument,
} from '../../infra/policies.ts';
import { EdgeStack } from '../../infra/stack-edge.ts';
import { ShoeboxStack } from '../../infra/stack.ts';
import { CONFIG_VERSION, parseConfig } from '../../src/schema/config.ts';
import { fields, type Fields } from '../../src/schema/parse.ts';
import { newApp, SETTINGS, Synthesised, type Resource } from './synthesised.ts';

/** A policy with every list of one spelled as a list, as policies.ts does and the CDK does not. */
const spelledOut = (document: unknown): unknown =>
  JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    ['Action', 'Resource'].includes(key) && typeof value === 'string' ? [value] : unwrapped(key, value),
  );
const unwrapped = (key: string, value: unknown): unknown =>
  Array.isArray(value) && value.length === 1 && !['Statement', 'Action', 'Resource'].includes(key)
    ? value[0]
    : value;

const policiesOf = (role: Resource): Record<string, PolicyDocument> =>
  Object.fromEntries(
    ((role.properties['Policies'] as Fields[] | undefined) ?? []).map((policy) => [
      policy['PolicyName'],
      policy['PolicyDocument'] as PolicyDocument,
    ]),
  );

const stack = new Synthesised();
const photos = stack.one('AWS::DynamoDB::Table', /Photos/);
const social = stack.one('AWS::DynamoDB::Table', /Social/);
const originals = stack.one('AWS::S3::Bucket', /Originals/);
const library = stack.one('AWS::S3::Bucket', /Library/);
const arns = {
  originals: 'arn:aws:s3:::shoebox-originals-111111111111-us-east-1',
  library: 'arn:aws:s3:::shoebox-library-111111111111-us-east-1',
  originalsName: 'shoebox-originals-111111111111-us-east-1',
  libraryName: 'shoebox-library-111111111111-us-east-1',
  photos: `<${photos.id}.Arn>`,
  social: `<${social.id}.Arn>`,
};
/** Of the page. */
const site = {
  distribution: stack.one('AWS::CloudFront::Distribution', /^Site/),
  headers: stack.one('AWS::CloudFront::ResponseHeadersPolicy', /^Site/),
  function: stack.one('AWS::CloudFront::Function', /^Site/),
};
const links = stack.one('AWS::CloudFront::Distribution', /^Shares/);
const cspOf = (from: Synthesised): string => {
  const text = JSON.stringify(from.one('AWS::CloudFront::ResponseHeadersPolicy', /^Site/).properties);
  return /"ContentSecurityPolicy":"([^"]+)"/.exec(text)?.[1] ?? '';
};

test('the same settings always give the same template', () => {
  expect(new Synthesised().json).toEqual(stack.json);
});

test('members get exactly the member policy, and nothing beside it', () => {
  const role = stack.one('AWS::IAM::Role', /MemberRole/);
  expect(spelledOut(policiesOf(role))).toEqual(spelledOut({ Member: memberPolicy(arns) }));
  expect(role.properties).not.toHaveProperty('ManagedPolicyArns');
  expect(stack.all('AWS::IAM::Policy')).toEqual([]);
  expect(stack.all('AWS::IAM::ManagedPolicy')).toEqual([]);
});

test('owners get exactly the policy for the user pool, and the page is told the role', () => {
  const role = stack.one('AWS::IAM::Role', /OwnerRole/);
  const pool = stack.one('AWS::Cognito::UserPool');
  expect(spelledOut(policiesOf(role))).toEqual(spelledOut({ Owner: ownerPolicy(`<${pool.id}.Arn>`) }));
  expect(role.properties).not.toHaveProperty('ManagedPolicyArns');
  const member = stack.one('AWS::IAM::Role', /MemberRole/);
  expect(role.properties['AssumeRolePolicyDocument']).toEqual(member.properties['AssumeRolePolicyDocument']);
  expect(String(fields(stack.outputs['Config'])?.['Value'])).toContain(`"ownersRole":"<${role.id}.Arn>"`);
});

test('no role a person can reach has a wildcard resource, a wildcard action or an unguarded ForAllValues', () => {
  const roles = stack
    .all('AWS::IAM::Role')
    .filter((role) => JSON.stringify(role.properties).includes('sts:AssumeRoleWithWebIdentity'));
  expect(roles).toHaveLength(3);
  for (const { Statement } of roles.flatMap((role) => Object.values(policiesOf(role)))) {
    for (const { Action, Resource, Condition = {} } of Statement) {
      expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
      expect([Resource].flat().filter((resource) => /^(?:\*|arn:aws:\w+:+\*?)$/.test(resource))).toEqual([]);
      for (const [operator, keys] of Object.entries(Condition)) {
        if (!operator.startsWith('ForAllValues:')) continue;
        for (const key of Object.keys(keys)) expect(Condition['Null']?.[key]).toBe('false');
      }
    }
  }
});

test('nobody in the stack can delete a version of an original', () => {
  const rights = [
    ...stack.all('AWS::IAM::Role').flatMap((role) => Object.values(policiesOf(role))),
    ...stack
      .all('AWS::S3::BucketPolicy')
      .map((policy) => policy.properties['PolicyDocument'] as PolicyDocument),
  ].flatMap((document) => document.Statement.filter((statement) => statement.Effect === 'Allow'));
  const actions = rights.flatMap((statement) => [statement.Action].flat());
  expect(actions).toContain('s3:DeleteObject');
  expect(actions.filter((action) => /Version|\*/.test(action))).toEqual([]);
});

test('guests and the classic flow are off, and signed-out tokens are refused', () => {
  const pool = stack.one('AWS::Cognito::IdentityPool').properties;
  expect(pool['AllowUnauthenticatedIdentities']).toBe(false);
  expect(pool['AllowClassicFlow']).toBe(false);
  expect(pool['CognitoIdentityProviders']).toMatchObject([{ ServerSideTokenCheck: true }]);
});

test('only the groups members and owners lead to a role with rights, members first; everybody else is denied', () => {
  const member = stack.one('AWS::IAM::Role', /MemberRole/);
  const owner = stack.one('AWS::IAM::Role', /OwnerRole/);
  const groups = stack.all('AWS::Cognito::UserPoolGroup').map(({ properties }) => properties);
  expect(groups).toHaveLength(2);
  expect(groups).toMatchObject([
    { GroupName: 'members', RoleArn: `<${member.id}.Arn>`, Precedence: 1 },
    { GroupName: 'owners', RoleArn: `<${owner.id}.Arn>`, Precedence: 2 },
  ]);

  const attachment = stack.one('AWS::Cognito::IdentityPoolRoleAttachment').properties;
  expect(Object.values(fields(attachment['RoleMappings']) ?? {})).toMatchObject([
    { Type: 'Token', AmbiguousRoleResolution: 'Deny' },
  ]);
  const nobody = stack.one('AWS::IAM::Role', /NobodyRole/);
  expect(attachment['Roles']).toEqual({ authenticated: `<${nobody.id}.Arn>` });
  expect(policiesOf(nobody)).toEqual({});
  expect(nobody.properties).not.toHaveProperty('ManagedPolicyArns');
});

test('the member role trusts signed-in people of this identity pool only', () => {
  const role = stack.one('AWS::IAM::Role', /MemberRole/);
  expect(fields(role.properties['AssumeRolePolicyDocument'])?.['Statement']).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Condition: {
        StringEquals: {
          'cognito-identity.amazonaws.com:aud': `<${stack.one('AWS::Cognito::IdentityPool').id}>`,
        },
        'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
      },
    },
  ]);
});

test('the page signs people in with a code, three scopes and addresses of its own; no password goes round the sign-in pages, but by an administrator of the account', () => {
  const client = stack.one('AWS::Cognito::UserPoolClient').properties;
  const page = `https://<${site.distribution.id}.DomainName>/`;
  expect(client).toMatchObject({
    GenerateSecret: false,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'email', 'profile'],
    CallbackURLs: [page],
    LogoutURLs: [page],
    ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_CUSTOM_AUTH'],
    EnableTokenRevocation: true,
    PreventUserExistenceErrors: 'ENABLED',
    RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 60 },
    IdTokenValidity: 60,
    AccessTokenValidity: 60,
    RefreshTokenValidity: 30 * 24 * 60,
  });
  // Without Lambda triggers the custom flow leads nowhere.
  expect(stack.one('AWS::Cognito::UserPool').properties).not.toHaveProperty('LambdaConfig');
});

test('nobody signs up by themselves; who is invited is told where to, and for how long', () => {
  const pool = stack.one('AWS::Cognito::UserPool').properties;
  const page = `https://<${site.distribution.id}.DomainName>/`;
  const invitation = fields(fields(pool['AdminCreateUserConfig'])?.['InviteMessageTemplate']);
  for (const said of ['{username}', '{####}', '7 days', `<a href="${page}">${page}</a>`]) {
    expect(invitation?.['EmailMessage']).toContain(said);
  }
  expect(pool).toMatchObject({ Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 7 } } });
  expect(pool).toMatchObject({
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    DeletionProtection: 'ACTIVE',
  });
});

test('Google is offered when it is configured, its secret read at deployment, and not otherwise', () => {
  expect(stack.all('AWS::Cognito::UserPoolIdentityProvider')).toEqual([]);
  const client = stack.one('AWS::Cognito::UserPoolClient').properties;
  expect(client['SupportedIdentityProviders']).toEqual(['COGNITO']);

  const google = { clientId: '1-a.apps.googleusercontent.com', secretName: 'shoebox/google' };
  const withGoogle = new Synthesised({ google });
  expect(withGoogle.one('AWS::Cognito::UserPoolClient').properties['SupportedIdentityProviders']).toEqual([
    'COGNITO',
    'Google',
  ]);
  const details = fields(
    withGoogle.one('AWS::Cognito::UserPoolIdentityProvider').properties['ProviderDetails'],
  );
  expect(details?.['client_id']).toBe(google.clientId);
  expect(details?.['client_secret']).toMatch(/^\{\{resolve:secretsmanager:.*shoebox\/google/);
});

test('config.json is what the page reads, with and without Google', () => {
  for (const google of [null, { clientId: '1-a.apps.googleusercontent.com', secretName: 'google' }]) {
    const { outputs } = new Synthesised({ google });
    const config = parseConfig(
      JSON.parse(String(fields(outputs['Config'])?.['Value']).replaceAll(/[<>]/g, '')),
    );
    expect(config).toMatchObject({
      region: 'us-east-1',
      signInUrl: 'https://shoebox-111111111111.auth.us-east-1.amazoncognito.com',
      google: google !== null,
      // A page that is older or newer would stop at once.
      version: CONFIG_VERSION,
    });
    expect(config).not.toHaveProperty('endpoints');
  }
});

test('photos, rows and people outlive the stack', () => {
  for (const { whole } of stack.all('AWS::S3::Bucket')) {
    expect(whole).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  }
  for (const type of ['AWS::DynamoDB::Table', 'AWS::Cognito::UserPool', 'AWS::Cognito::IdentityPool']) {
    for (const { whole } of stack.all(type)) {
      expect(whole).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  }
});

test('both tables are protected, restorable, indexed by change and limited in what they can cost', () => {
  for (const table of [photos, social]) {
    expect(table.properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      OnDemandThroughput: { MaxReadRequestUnits: 4000, MaxWriteRequestUnits: 1000 },
      LocalSecondaryIndexes: [
        {
          IndexName: 'changes',
          KeySchema: [
            { AttributeName: 'owner', KeyType: 'HASH' },
            { AttributeName: 'changedAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  }
  expect(social.properties['GlobalSecondaryIndexes']).toMatchObject([
    { IndexName: 'inbox', KeySchema: [{ AttributeName: 'recipient' }, { AttributeName: 'changedAt' }] },
  ]);
});

test('every S3 bucket is private, encrypted, owned by the account and closed to plain HTTP', () => {
  const buckets = stack.all('AWS::S3::Bucket');
  expect(buckets).toHaveLength(3);
  for (const bucket of buckets) {
    expect(bucket.properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
          },
        ],
      },
    });
    const policy = stack
      .all('AWS::S3::BucketPolicy')
      .find(({ properties }) => properties['Bucket'] === `<${bucket.id}>`)?.properties['PolicyDocument'];
    const { Statement } = policy as PolicyDocument;
    expect(Statement.filter(({ Effect }) => Effect === 'Deny').map(({ Sid }) => Sid)).toEqual([
      'TlsOnly',
      'NoCustomerKeys',
    ]);
  }
});

test('only CloudFront is let into an S3 bucket by its policy: into that of the page, and to what is behind links', () => {
  const allowed = stack.all('AWS::S3::BucketPolicy').flatMap(({ properties }) =>
    (properties['PolicyDocument'] as PolicyDocument).Statement.filter(({ Effect }) => Effect === 'Allow').map(
      ({ Principal, Action, Resource, Condition }) => ({
        bucket: properties['Bucket'],
        Principal,
        Action,
        Resource,
        from: Object.values(Condition?.['StringEquals'] ?? {}),
      }),
    ),
  );
  const of = ({ id }: Resource) => [`arn:aws:cloudfront::111111111111:distribution/<${id}>`];
  const siteBucket = stack.one('AWS::S3::Bucket', /Site/).id;
  expect(allowed).toEqual([
    {
      bucket: `<${siteBucket}>`,
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: `<${siteBucket}.Arn>/*`,
      from: of(site.distribution),
    },
    {
      bucket: `<${library.id}>`,
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: `${arns.library}/shares/links/*`,
      from: of(links),
    },
  ]);
});

test('a deleted original can be brought back for 30 days, and links end when they say', () => {
  expect(originals.properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
  expect(fields(originals.properties['LifecycleConfiguration'])?.['Rules']).toEqual([
    {
      Status: 'Enabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      ExpiredObjectDeleteMarker: true,
      Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 0 }],
    },
  ]);
  expect(library.properties).not.toHaveProperty('VersioningConfiguration');
  expect(fields(library.properties['LifecycleConfiguration'])?.['Rules']).toEqual([
    { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } },
    { Status: 'Enabled', Prefix: 'shares/links/7d/', ExpirationInDays: 7 },
    { Status: 'Enabled', Prefix: 'shares/links/30d/', ExpirationInDays: 30 },
    { Status: 'Enabled', Prefix: 'wishes/', ExpirationInDays: 1 },
  ]);
});

test('the two S3 buckets of photos answer the page’s origin and no other', () => {
  for (const bucket of [originals, library]) {
    const rules = fields(bucket.properties['CorsConfiguration'])?.['CorsRules'];
    expect(rules).toMatchObject([
      {
        AllowedOrigins: [`https://<${site.distribution.id}.DomainName>`],
        AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
        AllowedHeaders: ['*'],
        MaxAge: 3000,
      },
    ]);
  }
  expect(stack.one('AWS::S3::Bucket', /Site/).properties).not.toHaveProperty('CorsConfiguration');
});

test('the processor hears of new originals, of deletions and of wishes, and of nothing else', () => {
  const fn = `<${stack.one('AWS::Lambda::Function', /^Processor/).id}.Arn>`;
  expect(originals.properties['NotificationConfiguration']).toEqual({
    LambdaConfigurations: [
      { Event: 's3:ObjectCreated:*', Function: fn },
      { Event: 's3:ObjectRemoved:DeleteMarkerCreated', Function: fn },
    ],
  });
  const wishes = { S3Key: { Rules: [{ Name: 'prefix', Value: 'wishes/' }] } };
  expect(library.properties['NotificationConfiguration']).toEqual({
    LambdaConfigurations: [
      { Event: 's3:ObjectCreated:*', Filter: wishes, Function: fn },
      expect.objectContaining({ Function: `<${stack.one('AWS::Lambda::Function', /^Notifier/).id}.Arn>` }),
    ],
  });
  expect(stack.one('AWS::S3::Bucket', /Site/).properties).not.toHaveProperty('NotificationConfiguration');
  expect(stack.all('AWS::Lambda::Permission')).toHaveLength(3);
  for (const [bucket, arn] of [
    [originals, arns.originals],
    [library, arns.library],
  ] as const) {
    const permission = stack
      .all('AWS::Lambda::Permission')
      .find(({ id, properties }) => id.startsWith('Processor') && properties['SourceArn'] === arn);
    expect(permission?.properties).toMatchObject({
      Principal: 's3.amazonaws.com',
      SourceAccount: '111111111111',
    });
    expect(bucket.whole['DependsOn']).toContain(permission?.id);
  }
});

test('nothing that the processor writes wakes it: it never goes round in circles', () => {
  const { Statement } = processorPolicy(arns);
  const written = Statement.filter(({ Action }) => Action.some((action) => /Put|Delete/.test(action)));
  expect(written.flatMap(({ Resource }) => Resource)).toEqual([`${arns.library}/renditions/*`]);
});

test('the processor gets exactly its policy, its log group and its failure queue; it cannot write originals', () => {
  const role = stack.one('AWS::IAM::Role', /ProcessorRole/);
  const { Processor, Runtime, ...others } = policiesOf(role);
  expect(others).toEqual({});
  expect(spelledOut(Processor)).toEqual(spelledOut(processorPolicy(arns)));
  expect(Runtime?.Statement).toMatchObject([
    {
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `<${stack.one('AWS::Logs::LogGroup', /^Processor/).id}.Arn>`,
    },
    { Action: 'sqs:SendMessage', Resource: `<${stack.one('AWS::SQS::Queue', /^Processor/).id}.Arn>` },
  ]);
  expect(role.properties).not.toHaveProperty('ManagedPolicyArns');
});

test('a photo that fails is tried three times, then kept in a queue', () => {
  expect(stack.one('AWS::Lambda::EventInvokeConfig', /^Processor/).properties).toMatchObject({
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 6 * 3600,
    DestinationConfig: {
      OnFailure: { Destination: `<${stack.one('AWS::SQS::Queue', /^Processor/).id}.Arn>` },
    },
  });
});

test('the processor runs on one arm64 CPU, and reserves concurrency only when told to', () => {
  const fn = stack.one('AWS::Lambda::Function', /^Processor/).properties;
  expect(fn).toMatchObject({
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    MemorySize: 1769,
    Timeout: 120,
    Handler: 'index.handler',
    Environment: {
      Variables: {
        ORIGINALS_BUCKET: 'shoebox-originals-111111111111-us-east-1',
        LIBRARY_BUCKET: 'shoebox-library-111111111111-us-east-1',
        PHOTOS_TABLE: `<${photos.id}>`,
      },
    },
  });
  expect(fn).not.toHaveProperty('ReservedConcurrentExecutions');
  const reserved = new Synthesised({ processorReservedConcurrency: 3 });
  expect(reserved.one('AWS::Lambda::Function', /^Processor/).properties['ReservedConcurrentExecutions']).toBe(
    3,
  );
});

test('the notifier hears of manifests of shares with friends, and of no picture, link or wish', () => {
  const fn = stack.one('AWS::Lambda::Function', /^Notifier/);
  const heard = fields(library.properties['NotificationConfiguration'])?.['LambdaConfigurations'] as Fields[];
  expect(heard.filter((one) => one['Function'] === `<${fn.id}.Arn>`)).toEqual([
    {
      Event: 's3:ObjectCreated:*',
      Function: `<${fn.id}.Arn>`,
      Filter: {
        S3Key: {
          Rules: [
            { Name: 'prefix', Value: 'shares/friends/' },
            { Name: 'suffix', Value: '/manifest.json' },
          ],
        },
      },
    },
  ]);
  const permission = stack.one('AWS::Lambda::Permission', /^Notifier/);
  expect(permission.properties).toMatchObject({
    Principal: 's3.amazonaws.com',
    SourceArn: arns.library,
    SourceAccount: '111111111111',
  });
  expect(library.whole['DependsOn']).toContain(permission.id);
});

const here = 'us-east-1:111111111111';
const notifierArns = { ...arns, keys: `arn:aws:ssm:${here}:parameter/Shoebox/push-keys` };

test('the notifier gets exactly its policy: it reads no picture, and sends no mail unless the deployment does', () => {
  const expected = (topicPrefix: string | undefined) =>
    spelledOut(notifierPolicy({ ...notifierArns, topicPrefix }));
  const role = stack.one('AWS::IAM::Role', /NotifierRole/);
  const { Notifier, Runtime, ...others } = policiesOf(role);
  expect(others).toEqual({});
  expect(spelledOut(Notifier)).toEqual(expected(undefined));
  expect(JSON.stringify(Notifier)).not.toContain('sns:');
  expect(Runtime?.Statement).toMatchObject([
    { Resource: `<${stack.one('AWS::Logs::LogGroup', /^Notifier/).id}.Arn>` },
    { Action: 'sqs:SendMessage', Resource: `<${stack.one('AWS::SQS::Queue', /^Notifier/).id}.Arn>` },
  ]);
  expect(role.properties).not.toHaveProperty('ManagedPolicyArns');

  const withMail = new Synthesised({ friendMail: true });
  const { Notifier: mailing } = policiesOf(withMail.one('AWS::IAM::Role', /NotifierRole/));
  expect(spelledOut(mailing)).toEqual(expected(`arn:aws:sns:${here}:Shoebox-mail-`));
});

test('the notifier is given no push service but those it knows, in no deployment', () => {
  for (const friendMail of [false, true]) {
    const fn = new Synthesised({ friendMail }).one('AWS::Lambda::Function', /^Notifier/);
    expect(fields(fields(fn.properties['Environment'])?.['Variables'])).toEqual({
      LIBRARY_BUCKET: arns.libraryName,
      SOCIAL_TABLE: `<${social.id}>`,
      PAGE_ORIGIN: `https://<${stack.one('AWS::CloudFront::Distribution', /^Site/).id}.DomainName>`,
      VAPID_PARAMETER: '/Shoebox/push-keys',
      ...(friendMail && { MAIL_TOPIC_PREFIX: `arn:aws:sns:${here}:Shoebox-mail-` }),
    });
  }
});

test('who could not be told after three tries is named in a queue', () => {
  const queue = stack.one('AWS::SQS::Queue', /^Notifier/).id;
  expect(stack.one('AWS::Lambda::EventInvokeConfig', /^Notifier/).properties).toMatchObject({
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 3600,
    DestinationConfig: { OnFailure: { Destination: `<${queue}.Arn>` } },
  });
});

test('the page learns that there is mail only where there is', () => {
  const configOf = (from: Synthesised) =>
    parseConfig(JSON.parse(String(fields(from.outputs['Config'])?.['Value']).replaceAll(/[<>]/g, '')));
  expect(configOf(stack)).not.toHaveProperty('mail');
  expect(configOf(new Synthesised({ friendMail: true }))).toHaveProperty('mail', true);
});

test('the content security policy names every host, allows no inline script or style and no wildcard', () => {
  const csp = cspOf(stack);
  const directives = new Map(
    csp.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources];
    }),
  );
  const s3 = (kind: string): string =>
    `https://shoebox-${kind}-111111111111-us-east-1.s3.us-east-1.amazonaws.com`;
  expect(directives.get('default-src')).toEqual(["'none'"]);
  expect(directives.get('script-src')).toEqual(["'self'"]);
  expect(directives.get('style-src')).toEqual(["'self'"]);
  const shareHost = `https://<${links.id}.DomainName>`;
  expect(directives.get('img-src')).toEqual([
    "'self'",
    'blob:',
    'data:',
    s3('library'),
    s3('originals'),
    shareHost,
  ]);
  expect(directives.get('connect-src')).toEqual([
    "'self'",
    s3('originals'),
    s3('library'),
    shareHost,
    'https://dynamodb.us-east-1.amazonaws.com',
    'https://cognito-identity.us-east-1.amazonaws.com',
    'https://cognito-idp.us-east-1.amazonaws.com',
    'https://shoebox-111111111111.auth.us-east-1.amazoncognito.com',
  ]);
  for (const name of ['base-uri', 'object-src', 'frame-src', 'frame-ancestors', 'form-action']) {
    expect(directives.get(name)).toEqual(["'none'"]);
  }
  expect(csp).not.toMatch(/\*|unsafe-inline|'unsafe-eval'|http:/);
});

test('what CloudFront keeps once per account is named after stack and Region, so that two Regions do not clash', () => {
  const kinds = {
    ResponseHeadersPolicy: 'ResponseHeadersPolicyConfig',
    OriginAccessControl: 'OriginAccessControlConfig',
    CachePolicy: 'CachePolicyConfig',
  };
  for (const [kind, config] of Object.entries(kinds)) {
    const names = stack
      .all(`AWS::CloudFront::${kind}`)
      .map(({ properties }) => fields(properties[config])?.['Name']);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^Shoebox-(?:[a-z]+-)*us-east-1$/);
  }
  for (const { properties } of stack.all('AWS::CloudFront::Function')) {
    expect(properties['Name']).toContain('us-east-1');
  }
});

test('the page comes over HTTPS with headers that keep it from being framed, sniffed or tracked', () => {
  const config = fields(site.headers.properties['ResponseHeadersPolicyConfig']);
  expect(config?.['SecurityHeadersConfig']).toMatchObject({
    StrictTransportSecurity: { AccessControlMaxAgeSec: 63_072_000, IncludeSubdomains: true },
    FrameOptions: { FrameOption: 'DENY' },
    ReferrerPolicy: { ReferrerPolicy: 'no-referrer' },
    ContentTypeOptions: { Override: true },
  });
  expect(config?.['CustomHeadersConfig']).toMatchObject({
    Items: [
      { Header: 'Cross-Origin-Opener-Policy', Value: 'same-origin' },
      { Header: 'Permissions-Policy', Value: expect.stringContaining('geolocation=()') },
    ],
  });
  const distribution = fields(site.distribution.properties['DistributionConfig']);
  expect(distribution).toMatchObject({
    HttpVersion: 'http2and3',
    DefaultCacheBehavior: {
      ViewerProtocolPolicy: 'redirect-to-https',
      AllowedMethods: ['GET', 'HEAD'],
      Compress: true,
    },
  });
  expect(distribution).not.toHaveProperty('CustomErrorResponses');
});

test('addresses of the page lead to index.html, and a missing file stays missing', () => {
  const { FunctionCode } = site.function.properties;
  // oxlint-disable-next-line no-new-func
  const handler = new Function(`${String(FunctionCode)}; return handler;`)() as (event: unknown) => {
    uri: string;
  };
  const served = (uri: string): string => handler({ request: { uri } }).uri;
  expect(served('/')).toBe('/index.html');
  expect(served('/albums/summer.2026/edit')).toBe('/index.html');
  expect(served('/s')).toBe('/link.html');
  expect(served('/s/x')).toBe('/index.html');
  expect(served('/assets/index-a1.js')).toBe('/assets/index-a1.js');
});

test('the host of links decides every header, keeps nothing for more than five minutes, and sets no cookies', () => {
  const config = fields(links.properties['DistributionConfig']) ?? {};
  const { MaxTTL, DefaultTTL, MinTTL } = fields(
    stack.one('AWS::CloudFront::CachePolicy').properties['CachePolicyConfig'],
  ) as Fields;
  expect([MinTTL, DefaultTTL, MaxTTL]).toEqual([0, 300, 300]);
  expect(config['CustomErrorResponses']).toEqual([
    { ErrorCode: 403, ErrorCachingMinTTL: 10 },
    { ErrorCode: 404, ErrorCachingMinTTL: 10 },
  ]);
  const behaviors = [...(config['CacheBehaviors'] as Fields[]), config['DefaultCacheBehavior'] as Fields];
  const types = behaviors.map((behavior) => {
    expect(behavior).toMatchObject({ AllowedMethods: ['GET', 'HEAD'], ViewerProtocolPolicy: 'https-only' });
    expect(behavior['CachePolicyId']).toBe(`<${stack.one('AWS::CloudFront::CachePolicy').id}>`);
    const policy = stack
      .all('AWS::CloudFront::ResponseHeadersPolicy')
      .find(({ id }) => behavior['ResponseHeadersPolicyId'] === `<${id}>`)?.properties[
      'ResponseHeadersPolicyConfig'
    ] as { CustomHeadersConfig: { Items: { Header: string; Value: string; Override: boolean }[] } };
    const items = policy.CustomHeadersConfig.Items;
    expect(items.every(({ Override }) => Override)).toBe(true);
    expect(policy).toMatchObject({
      SecurityHeadersConfig: {
        ContentSecurityPolicy: {
          ContentSecurityPolicy: "sandbox; default-src 'none'; frame-ancestors 'none'",
          Override: true,
        },
        ContentTypeOptions: { Override: true },
      },
    });
    const header = (name: string) => items.find(({ Header }) => Header === name)?.Value;
    expect(header('Cache-Control')).toBe('max-age=300');
    return [behavior['PathPattern'], header('Content-Type'), header('Content-Disposition')];
  });
  expect(types).toEqual([
    ['*/manifest.json', 'application/json', undefined],
    ['*/originals/*', 'application/octet-stream', 'attachment'],
    ['*.webp', 'image/webp', undefined],
    [undefined, 'application/octet-stream', 'attachment'],
  ]);
});

test('the host of links serves what a link consists of, and nothing else of the S3 bucket', () => {
  const { FunctionCode } = stack.one('AWS::CloudFront::Function', /^Shares/).properties;
  // oxlint-disable-next-line no-new-func
  const handler = new Function(`${String(FunctionCode)}; return handler;`)() as (event: unknown) => {
    uri?: string;
    statusCode?: number;
    querystring?: object;
  };
  const asked = (uri: string) => handler({ request: { uri, querystring: { 'response-content-type': {} } } });
  const owner = 'eu-west-1:12345678-1234-4234-8234-123456789abc';
  const id = 'AAAAAAAAAAAAAAAAAAAAAA';
  for (const path of [
    `7d/${owner}/${id}/manifest.json`,
    `30d/${owner}/${id}/${id}/thumb.webp`,
    `keep/${owner}/${id}/${id}/view.webp`,
    `keep/${owner}/${id}/originals/${id}`,
  ]) {
    expect(asked(`/${path}`)).toEqual({ uri: `/shares/links/${path}`, querystring: {} });
  }
  for (const path of [
    '',
    'index.html',
    `friends/${owner}/${id}/manifest.json`,
    `7d/${owner}/${id}/`,
    `7d/${owner}/${id}/index.html`,
    `7d/${owner}/${id}/${id}/original.webp`,
    `7d/${owner}/${id}/originals/${id}/x.html`,
    `7d/${owner}/${id}/originals/..%2f..%2frenditions`,
    `7d/${owner}/../../../renditions/${owner}/${id}/view.webp`,
    `7d/${owner}/${id}/${id}/view.webp%0a`,
    `7d/${owner}/${id}/manifest.json\n`,
    `/7d/${owner}/${id}/manifest.json`,
    `shares/links/7d/${owner}/${id}/manifest.json`,
  ]) {
    expect(asked(`/${path}`)).toMatchObject({ statusCode: 404 });
  }
});

test('cdk-nag has no finding that nobody gave a reason for, whichever options are on', () => {
  const google = { clientId: '1-a.apps.googleusercontent.com', secretName: 'google' };
  const domain = {
    page: 'photos.example.com',
    links: 'links.example.com',
    reads: 'reads.example.com',
    zone: null,
  };
  const everything = {
    alarmEmail: 'me@example.com',
    monthlyBudget: 5,
    dashboard: true,
    processorReservedConcurrency: 3,
    largestOriginal: 20,
    friendMail: true,
    cloudFrontReads: true,
    google,
    domain,
    firewall: { requestsPer5Minutes: 2000 },
  };
  for (const options of [{}, { cloudFrontReads: true }, everything]) {
    const app = newApp();
    const settings = { ...SETTINGS, ...options };
    const stacks = [
      new ShoeboxStack(app, settings),
      ...(settings.domain ? [new EdgeStack(app, settings)] : []),
    ];
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const assembly = app.synth();
    for (const { artifactId } of stacks)
      expect(assembly.getStackArtifact(artifactId).templateFile).toBeDefined();
  }
});
