// How a CloudFormation template becomes a local cloud: every reference resolved, and whatever is not understood refused.
import { beforeAll, describe, expect, test } from 'vitest';
import { ALLOCATOR } from '../../infra/allocator.ts';
import { checkPolicies } from '../../infra/local/iam.ts';
import { synthesise } from '../../infra/local/synth.ts';
import { readStack, withOrigins, type Stack } from '../../infra/local/template.ts';
import { TemplateError, Values, type Template } from '../../infra/local/template-values.ts';
import { memberPolicy, processorPolicy } from '../../infra/policies.ts';
import { TTL_ATTRIBUTE } from '../../src/schema/photo.ts';

describe('values', () => {
  const template: Template = {
    Resources: { Thing: { Type: 'Test::Thing' } },
    Parameters: { Color: { Type: 'String', Default: 'red' }, Secret: { Type: 'String' } },
    Conditions: {
      IsRed: { 'Fn::Equals': [{ Ref: 'Color' }, 'red'] },
      IsBlue: { 'Fn::Not': [{ Condition: 'IsRed' }] },
      Both: { 'Fn::And': [{ Condition: 'IsRed' }, { Condition: 'IsBlue' }] },
      Either: { 'Fn::Or': [{ Condition: 'IsRed' }, { Condition: 'IsBlue' }] },
    },
    Mappings: { Sizes: { small: { width: '400' } } },
  };
  const values = new Values(template, () => ({
    ref: 'thing-1',
    attributes: { Arn: 'arn:thing-1', 'Deep.Name': 'deep' },
  }));

  test.each<[string, unknown, unknown]>([
    ['a reference', { Ref: 'Thing' }, 'thing-1'],
    ['a parameter', { Ref: 'Color' }, 'red'],
    ['a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['an attribute', { 'Fn::GetAtt': ['Thing', 'Arn'] }, 'arn:thing-1'],
    ['an attribute of an attribute', { 'Fn::GetAtt': 'Thing.Deep.Name' }, 'deep'],
    ['a join', { 'Fn::Join': ['-', ['a', { Ref: 'Thing' }]] }, 'a-thing-1'],
    ['a split and a selection', { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Thing' }] }] }, '1'],
    [
      'a substitution',
      { 'Fn::Sub': '${AWS::AccountId}/${Thing.Arn}/${!Literal}' },
      '000000000000/arn:thing-1/${Literal}',
    ],
    ['a substitution with its own names', { 'Fn::Sub': ['${own}', { own: { Ref: 'Thing' } }] }, 'thing-1'],
    ['a choice', { 'Fn::If': ['IsRed', 'yes', 'no'] }, 'yes'],
    ['a choice by both', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    ['a choice by either', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    ['a mapping', { 'Fn::FindInMap': ['Sizes', 'small', 'width'] }, '400'],
    ['a member without value', { kept: 1, gone: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    ['a list with an entry without value', ['a', { Ref: 'AWS::NoValue' }], ['a']],
    [
      'an IAM variable, which is none of CloudFormation’s',
      '${cognito-identity.amazonaws.com:sub}',
      '${cognito-identity.amazonaws.com:sub}',
    ],
    ["a policy's own Condition", { Condition: { Bool: { a: 'b' } } }, { Condition: { Bool: { a: 'b' } } }],
  ])('%s is resolved', (_what, value, resolved) => {
    expect(values.resolve(value)).toEqual(resolved);
  });

  test.each<[string, unknown]>([
    ['a resource that is not there', { Ref: 'Nothing' }],
    ['a parameter without value', { Ref: 'Secret' }],
    ['an attribute that is not modelled', { 'Fn::GetAtt': ['Thing', 'Secret'] }],
    ['an unknown function', { 'Fn::ImportValue': 'other-stack' }],
    ['a selection beyond the end', { 'Fn::Select': [5, ['a']] }],
    ['an unknown condition', { 'Fn::If': ['Nothing', 1, 2] }],
    ['a substitution of nothing', { 'Fn::Sub': '${Nothing}' }],
  ])('%s is refused', (_what, value) => {
    expect(() => values.resolve(value)).toThrow(TemplateError);
  });
});

describe('the stack', () => {
  let template: Template;
  let stack: Stack;
  beforeAll(async () => {
    template = await synthesise();
    stack = readStack(template);
  }, 60_000);

  const changed = (change: (template: Template) => void): Template => {
    const copy = structuredClone(template);
    change(copy);
    return copy;
  };
  const ofType = (from: Template, type: string) => {
    const found = Object.values(from.Resources).find(({ Type }) => Type === type);
    if (!found) throw new Error(`no ${type}`);
    return (found.Properties ??= {});
  };

  const filterBy = (from: Template, filter: object) => {
    for (const { Type, Properties } of Object.values(from.Resources)) {
      const notification = Type === 'AWS::S3::Bucket' && Properties?.['NotificationConfiguration'];
      if (!notification) continue;
      const { LambdaConfigurations } = notification as { LambdaConfigurations: Record<string, unknown>[] };
      for (const one of LambdaConfigurations) one['Filter'] = filter;
    }
  };

  const distribution = (from: Template, which: 'page' | 'links') => {
    const all = Object.values(from.Resources).filter(({ Type }) => Type === 'AWS::CloudFront::Distribution');
    const configs = all.map(
      ({ Properties }) => Properties?.['DistributionConfig'] as Record<string, unknown>,
    );
    const found = configs.find((config) => 'DefaultRootObject' in config === (which === 'page'));
    if (!found) throw new Error(`no ${which}`);
    return found;
  };
  const linkPolicy = (from: Template) => {
    const found = Object.entries(from.Resources).find(
      ([id, { Type }]) => Type === 'AWS::CloudFront::ResponseHeadersPolicy' && id.startsWith('Shares'),
    );
    return found?.[1].Properties?.['ResponseHeadersPolicyConfig'] as {
      CustomHeadersConfig: { Items: Record<string, unknown>[] };
    };
  };
  const defaultBehavior = (from: Template) => {
    return distribution(from, 'page')['DefaultCacheBehavior'] as Record<string, unknown>;
  };
  const trust = (from: Template) => {
    const { AssumeRolePolicyDocument } = ofType(from, 'AWS::IAM::Role') as {
      AssumeRolePolicyDocument: { Statement: Record<string, unknown>[] };
    };
    return AssumeRolePolicyDocument.Statement;
  };

  test('has the very policies that policies.ts writes', async () => {
    const bucket = (kind: string) => {
      const found = stack.buckets.find(({ name }) => name.includes(kind));
      if (!found) throw new Error(kind);
      return found;
    };
    const table = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;
    const arns = {
      originals: bucket('originals').arn,
      library: bucket('library').arn,
      originalsName: bucket('originals').name,
      libraryName: bucket('library').name,
      photos: table(stack.config.photosTable),
      social: table(stack.config.socialTable),
    };
    // CloudFormation writes a list of one as the one.
    const loose = (document: unknown) =>
      JSON.parse(JSON.stringify(document), (_key, value: unknown) =>
        Array.isArray(value) && value.length === 1 && typeof value[0] === 'string'
          ? (value[0] as string)
          : value,
      ) as unknown;
    const policies = stack.roles.flatMap((role) => role.policies.map(loose));
    expect(policies).toContainEqual(loose(memberPolicy(arns)));
    expect(policies).toContainEqual(loose(processorPolicy(arns)));
    await checkPolicies(stack.roles.flatMap((role) => role.policies));
  });

  test('has what the page, the processor and sign-in need', () => {
    expect(stack.tables.map(({ ttlAttribute }) => ttlAttribute)).toEqual([TTL_ATTRIBUTE, TTL_ATTRIBUTE]);
    expect(stack.buckets.find(({ name }) => name === stack.config.originalsBucket)).toMatchObject({
      versioned: true,
      notifications: [
        { event: 's3:ObjectCreated:*', target: stack.processor.arn, prefix: '', suffix: '' },
        {
          event: 's3:ObjectRemoved:DeleteMarkerCreated',
          target: stack.processor.arn,
          prefix: '',
          suffix: '',
        },
      ],
    });
    expect(stack.buckets.find(({ name }) => name === stack.config.libraryBucket)).toMatchObject({
      notifications: [
        { event: 's3:ObjectCreated:*', target: stack.processor.arn, prefix: 'wishes/', suffix: '' },
        {
          event: 's3:ObjectCreated:*',
          target: stack.notifier.arn,
          prefix: 'shares/friends/',
          suffix: '/manifest.json',
        },
      ],
    });
    expect(Object.keys(stack.notifier.environment).sort()).toEqual([
      'LIBRARY_BUCKET',
      'PAGE_ORIGIN',
      'SOCIAL_TABLE',
      'VAPID_PARAMETER',
    ]);
    expect(stack.processor.environment).toEqual({
      ORIGINALS_BUCKET: stack.config.originalsBucket,
      LIBRARY_BUCKET: stack.config.libraryBucket,
      PHOTOS_TABLE: stack.config.photosTable,
      ...ALLOCATOR,
    });
    expect(stack.userPool).toMatchObject({ scopes: ['openid', 'email', 'profile'], idTokenSeconds: 3600 });
    expect(stack.userPool.callbackUrls).toEqual([`${stack.origin}/`]);
    expect(stack.identityPool).toMatchObject({
      serverSideTokenCheck: true,
      tokenMapping: true,
      ambiguousRole: 'Deny',
    });
    expect(stack.site.headers).not.toHaveProperty('Strict-Transport-Security');
  });

  test('has the same names at every start', () => {
    expect(readStack(structuredClone(template))).toEqual(stack);
  });

  test('takes other hosts wherever one is named', () => {
    const local = withOrigins(stack, { [stack.origin]: 'http://localhost:1' });
    expect(local.userPool.callbackUrls).toEqual(['http://localhost:1/']);
    expect(JSON.stringify(local.buckets)).toContain('"http://localhost:1"');
    expect(JSON.stringify(local)).not.toContain(stack.origin);
  });

  test.each<[string, (template: Template) => void]>([
    ['a resource type without a model', (t) => (t.Resources['Extra'] = { Type: 'AWS::IAM::ManagedPolicy' })],
    [
      'a managed policy on a role',
      (t) =>
        (ofType(t, 'AWS::IAM::Role')['ManagedPolicyArns'] = ['arn:aws:iam::aws:policy/AdministratorAccess']),
    ],
    ['a permissions boundary', (t) => (ofType(t, 'AWS::IAM::Role')['PermissionsBoundary'] = 'arn:x')],
    [
      'an unknown setting of an S3 bucket',
      (t) => (ofType(t, 'AWS::S3::Bucket')['ReplicationConfiguration'] = {}),
    ],
    [
      'guests in the identity pool',
      (t) => (ofType(t, 'AWS::Cognito::IdentityPool')['AllowUnauthenticatedIdentities'] = true),
    ],
    ['the classic flow', (t) => (ofType(t, 'AWS::Cognito::IdentityPool')['AllowClassicFlow'] = true)],
    [
      'the implicit flow',
      (t) => (ofType(t, 'AWS::Cognito::UserPoolClient')['AllowedOAuthFlows'] = ['code', 'implicit']),
    ],
    [
      'a role mapping by rules',
      (t) =>
        (ofType(t, 'AWS::Cognito::IdentityPoolRoleAttachment')['RoleMappings'] = { a: { Type: 'Rules' } }),
    ],
    ['a notification by an empty filter', (t) => filterBy(t, {})],
    [
      'a notification by anything else',
      (t) => filterBy(t, { S3Key: { Rules: [{ Name: 'size', Value: '1' }] } }),
    ],
    [
      'a notification by two prefixes',
      (t) =>
        filterBy(t, {
          S3Key: {
            Rules: [
              { Name: 'prefix', Value: 'wishes/' },
              { Name: 'prefix', Value: 'shares/' },
            ],
          },
        }),
    ],
    ['a page without its response headers', (t) => delete defaultBehavior(t)['ResponseHeadersPolicyId']],
    [
      'response headers from elsewhere',
      (t) => (defaultBehavior(t)['ResponseHeadersPolicyId'] = '67f7725c-6f97-4210-82d7-5512b31e9d03'),
    ],
    [
      'a function of another kind',
      (t) =>
        (defaultBehavior(t)['FunctionAssociations'] = [
          { EventType: 'viewer-response', FunctionARN: 'arn:x' },
        ]),
    ],
    [
      'a third distribution',
      (t) => {
        const found = Object.values(t.Resources).find(({ Type }) => Type === 'AWS::CloudFront::Distribution');
        if (found) t.Resources['Third'] = structuredClone(found);
      },
    ],
    [
      'links whose stored headers would count',
      (t) => {
        for (const item of linkPolicy(t).CustomHeadersConfig.Items) item['Override'] = false;
      },
    ],
    [
      'links that S3 hears more of than their origin',
      (t) => {
        const { CachePolicyConfig } = ofType(t, 'AWS::CloudFront::CachePolicy') as {
          CachePolicyConfig: { ParametersInCacheKeyAndForwardedToOrigin: Record<string, unknown> };
        };
        CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin['QueryStringsConfig'] = {
          QueryStringBehavior: 'all',
        };
      },
    ],
    [
      'links kept as long as a managed policy says',
      (t) =>
        ((distribution(t, 'links')['DefaultCacheBehavior'] as Record<string, unknown>)['CachePolicyId'] =
          '658327ea-f89d-4fab-a63d-7e88639e58f6'),
    ],
    [
      'links without a function',
      (t) =>
        delete (distribution(t, 'links')['DefaultCacheBehavior'] as Record<string, unknown>)[
          'FunctionAssociations'
        ],
    ],
    [
      'links out of another S3 bucket',
      (t) =>
        ((distribution(t, 'links')['Origins'] as Record<string, unknown>[])[0] = {
          DomainName: 'other.s3.us-east-1.amazonaws.com',
          OriginAccessControlId: 'x',
        }),
    ],
    [
      'a processor that S3 may not invoke',
      (t) => (ofType(t, 'AWS::Lambda::Permission')['Principal'] = 'sns.amazonaws.com'),
    ],
    [
      'a permission for another S3 bucket',
      (t) => (ofType(t, 'AWS::Lambda::Permission')['SourceArn'] = 'arn:aws:s3:::other'),
    ],
    [
      'a processor whose failures go elsewhere',
      (t) =>
        (ofType(t, 'AWS::Lambda::EventInvokeConfig')['DestinationConfig'] = {
          OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:another' },
        }),
    ],
    [
      'a processor whose failures go nowhere',
      (t) => delete ofType(t, 'AWS::Lambda::EventInvokeConfig')['DestinationConfig'],
    ],
    ['trust denied to everybody', (t) => trust(t).push({ ...trust(t)[0], Effect: 'Deny', Principal: '*' })],
    ['trust by exclusion', (t) => trust(t).push({ Effect: 'Deny', NotPrincipal: { AWS: '*' } })],
    ['a missing output', (t) => delete t.Outputs?.['Config']],
  ])('%s is refused', (_what, change) => {
    expect(() => readStack(changed(change))).toThrow(TemplateError);
  });
});
