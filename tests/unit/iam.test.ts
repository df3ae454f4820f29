// The local IAM against AWS's documented rules, and against the very policies that are deployed.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Context, Principal } from '../../infra/local/contract.ts';
import { authorize, checkPolicies, contextFor, evaluate } from '../../infra/local/iam.ts';
import {
  bucketPolicy,
  memberPolicy,
  processorPolicy,
  type PolicyDocument,
  type Statement,
} from '../../infra/policies.ts';

const arns = {
  originals: 'arn:aws:s3:::originals',
  library: 'arn:aws:s3:::library',
  originalsName: 'originals',
  libraryName: 'library',
  photos: 'arn:aws:dynamodb:eu-west-1:123456789012:table/photos',
  social: 'arn:aws:dynamodb:eu-west-1:123456789012:table/social',
};
const ME = 'eu-west-1:11111111-2222-3333-4444-555555555555';
const YOU = 'eu-west-1:99999999-2222-3333-4444-555555555555';
const PHOTO = 'A'.repeat(43);

const documentOf = (statement: object): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Test', Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'], ...statement } as Statement,
  ],
});
const decide = (
  statement: object,
  { resource = 'arn:aws:s3:::b/k', action = 's3:GetObject', context = {} as Context } = {},
) =>
  evaluate({
    identityPolicies: [documentOf(statement)],
    resourcePolicies: [],
    action,
    resource,
    context,
  });
const under = (condition: Record<string, Record<string, string | string[]>>, context: Context) =>
  decide({ Condition: condition }, { context });

const principal = (id: string): Principal => ({
  arn: 'arn:aws:iam::123456789012:role/member',
  policies: [memberPolicy(arns)],
  context: {
    'cognito-identity.amazonaws.com:sub': id,
    'cognito-identity.amazonaws.com:amr': ['authenticated'],
  },
});
const may = (action: string, resource: string, context: Context = {}, id = ME) =>
  authorize(principal(id), { action, resource, context }, [
    bucketPolicy(arns.originals),
    bucketPolicy(arns.library),
  ]);

describe('evaluation', () => {
  test('without any Allow everything is denied', () => {
    const nothing = { identityPolicies: [], resourcePolicies: [], context: {} };
    expect(evaluate({ ...nothing, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' })).toBe('deny');
    expect(decide({ Action: ['s3:PutObject'] })).toBe('deny');
    expect(decide({ Resource: ['arn:aws:s3:::other/*'] })).toBe('deny');
  });

  test('an explicit Deny beats every Allow, wherever it stands', () => {
    const allow = documentOf({});
    const deny = documentOf({ Effect: 'Deny', Principal: '*' });
    const ask = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} };
    expect(evaluate({ identityPolicies: [allow], resourcePolicies: [deny], ...ask })).toBe('deny');
    expect(
      evaluate({ identityPolicies: [allow, documentOf({ Effect: 'Deny' })], resourcePolicies: [], ...ask }),
    ).toBe('deny');
    expect(evaluate({ identityPolicies: [allow], resourcePolicies: [], ...ask })).toBe('allow');
  });

  test('a resource policy allows by itself, but only the principals it names', () => {
    const ask = (Principal: Statement['Principal'], Effect = 'Allow') =>
      evaluate({
        identityPolicies: [],
        resourcePolicies: [documentOf({ Principal, Effect })],
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::b/k',
        context: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/r' },
      });
    expect(ask('*')).toBe('allow');
    expect(ask({ AWS: 'arn:aws:iam::123456789012:role/r' })).toBe('allow');
    expect(ask({ AWS: ['arn:aws:iam::123456789012:role/other'] })).toBe('deny');
    expect(ask({ AWS: 'arn:aws:iam::123456789012:root' })).toBe('deny');
    expect(ask({ Service: 'cloudfront.amazonaws.com' })).toBe('deny');
  });

  test('actions match in any case and by wildcard', () => {
    expect(decide({ Action: ['S3:getobject'] })).toBe('allow');
    expect(decide({ Action: ['s3:Get*'] })).toBe('allow');
    expect(decide({ Action: 's3:*' })).toBe('allow');
    expect(decide({ Action: ['s3:Get?bject'] })).toBe('allow');
    expect(decide({ Action: ['s3:Get'] })).toBe('deny');
  });

  test('wildcards of the request are letters', () => {
    const statement = { Resource: ['arn:aws:s3:::b/users/u1/*'] };
    expect(decide(statement, { resource: 'arn:aws:s3:::b/users/u1/x' })).toBe('allow');
    expect(decide(statement, { resource: 'arn:aws:s3:::b/users/*/x' })).toBe('deny');
    expect(decide(statement, { resource: 'arn:aws:s3:::b/users/u?/x' })).toBe('deny');
    expect(decide(statement, { resource: 'arn:aws:s3:::b/*' })).toBe('deny');
  });

  test('wildcards within the value of a variable are letters', () => {
    const statement = { Resource: ['arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}/*'] };
    const as = (sub: string, resource: string) =>
      decide(statement, { resource, context: { 'cognito-identity.amazonaws.com:sub': sub } });
    expect(as('*', 'arn:aws:s3:::b/u1/x')).toBe('deny');
    expect(as('*', 'arn:aws:s3:::b/*/x')).toBe('allow');
    expect(as('a.c', 'arn:aws:s3:::b/abc/x')).toBe('deny');
    expect(as('a.c', 'arn:aws:s3:::b/a.c/x')).toBe('allow');
  });

  test('a variable without a value matches nothing, unless it has a default', () => {
    expect(decide({ Resource: ['arn:aws:s3:::b/${aws:userid}/*'] }, { resource: 'arn:aws:s3:::b//x' })).toBe(
      'deny',
    );
    expect(
      decide({ Resource: ["arn:aws:s3:::b/${aws:userid, 'all'}/*"] }, { resource: 'arn:aws:s3:::b/all/x' }),
    ).toBe('allow');
    expect(under({ StringLike: { 's3:prefix': ['${aws:userid}*'] } }, { 's3:prefix': '' })).toBe('deny');
    expect(
      decide(
        { Resource: ['arn:aws:s3:::b/${aws:userid}'] },
        { resource: 'arn:aws:s3:::b/a', context: { 'aws:userid': ['a', 'b'] } },
      ),
    ).toBe('deny');
  });

  test('escaped wildcards are letters', () => {
    const statement = { Resource: ['arn:aws:s3:::b/${*}${?}${$}'] };
    expect(decide(statement, { resource: 'arn:aws:s3:::b/*?$' })).toBe('allow');
    expect(decide(statement, { resource: 'arn:aws:s3:::b/abc' })).toBe('deny');
  });

  test('a wildcard in an ARN stays within its segment, except in the last', () => {
    const table = { Resource: ['arn:aws:dynamodb:*:1:table/t'] };
    expect(decide(table, { resource: 'arn:aws:dynamodb:eu-west-1:1:table/t' })).toBe('allow');
    expect(decide(table, { resource: 'arn:aws:dynamodb:x:2:y:1:table/t' })).toBe('deny');
    expect(decide({ Resource: ['arn:aws:s3:::b/*'] }, { resource: 'arn:aws:s3:::b/a:b/c:d' })).toBe('allow');
  });
});

describe('conditions', () => {
  test.each([
    ['StringEquals', 'a*', 'a*', 'ab'],
    ['StringNotEquals', 'a', 'b', 'a'],
    ['StringEqualsIgnoreCase', 'AbC', 'aBc', 'abd'],
    ['StringNotEqualsIgnoreCase', 'AbC', 'abd', 'aBc'],
    ['StringLike', 'a*c?', 'abbcd', 'abbc'],
    ['StringNotLike', 'a*', 'b', 'ab'],
    ['NumericEquals', '10', '10.0', '11'],
    ['NumericNotEquals', '10', '11', '10'],
    ['NumericLessThan', '10', '9', '10'],
    ['NumericLessThanEquals', '10', '10', '11'],
    ['NumericGreaterThan', '10', '11', 'x'],
    ['NumericGreaterThanEquals', '10', '10', '9'],
    ['DateLessThan', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z'],
    ['DateGreaterThan', '1700000000', '2026-01-01T00:00:00Z', '2000-01-01T00:00:00Z'],
    ['Bool', 'true', 'True', 'false'],
    ['ArnLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::bx', 'arn:aws:s3:x::bx'],
    ['ArnEquals', 'arn:aws:s3:::b', 'arn:aws:s3:::b', 'arn:aws:s3:::c'],
    ['ArnNotLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::c', 'arn:aws:s3:::bx'],
  ])('%s %s holds for %s but not for %s', (operator, expected, good, bad) => {
    expect(under({ [operator]: { 'aws:x': expected } }, { 'aws:x': good })).toBe('allow');
    expect(under({ [operator]: { 'aws:x': [expected] } }, { 'aws:x': bad })).toBe('deny');
  });

  test('an absent key fails a comparison, passes its opposite and IfExists', () => {
    expect(under({ StringEquals: { 'aws:x': 'a' } }, {})).toBe('deny');
    expect(under({ StringNotEquals: { 'aws:x': 'a' } }, {})).toBe('allow');
    expect(under({ StringEqualsIfExists: { 'aws:x': 'a' } }, {})).toBe('allow');
    expect(under({ StringEqualsIfExists: { 'aws:x': 'a' } }, { 'aws:x': 'b' })).toBe('deny');
    expect(under({ NumericLessThan: { 'aws:x': '1' } }, {})).toBe('deny');
  });

  test('Null asks whether the key is there; an empty list is not', () => {
    expect(under({ Null: { 'aws:x': 'true' } }, {})).toBe('allow');
    expect(under({ Null: { 'aws:x': 'false' } }, {})).toBe('deny');
    expect(under({ Null: { 'aws:x': 'false' } }, { 'aws:x': '' })).toBe('allow');
    expect(under({ Null: { 'aws:x': 'false' } }, { 'aws:x': [] })).toBe('deny');
  });

  test('set quantifiers look at every value', () => {
    const all = { 'ForAllValues:StringEquals': { 'aws:x': ['a', 'b'] } };
    const any = { 'ForAnyValue:StringEquals': { 'aws:x': ['a', 'b'] } };
    expect(under(all, { 'aws:x': ['a', 'b'] })).toBe('allow');
    expect(under(all, { 'aws:x': ['a', 'c'] })).toBe('deny');
    expect(under(all, {})).toBe('allow');
    expect(under(any, { 'aws:x': ['a', 'c'] })).toBe('allow');
    expect(under(any, { 'aws:x': ['c'] })).toBe('deny');
    expect(under(any, {})).toBe('deny');
    expect(under({ 'ForAnyValue:StringNotEquals': { 'aws:x': ['a'] } }, {})).toBe('deny');
  });

  test('all operators and keys must hold, one value is enough', () => {
    const both = { StringEquals: { 'aws:x': ['a', 'b'], 'aws:y': 'c' }, Bool: { 'aws:z': 'true' } };
    expect(under(both, { 'aws:x': 'b', 'aws:y': 'c', 'aws:z': 'true' })).toBe('allow');
    expect(under(both, { 'aws:x': 'b', 'aws:y': 'd', 'aws:z': 'true' })).toBe('deny');
    expect(under(both, { 'aws:x': 'b', 'aws:y': 'c', 'aws:z': 'false' })).toBe('deny');
  });

  test('key names match in any case, values do not', () => {
    expect(under({ StringEquals: { 'AWS:X': 'a' } }, { 'aws:x': 'a' })).toBe('allow');
    expect(under({ StringEquals: { 'aws:x': 'A' } }, { 'aws:x': 'a' })).toBe('deny');
  });

  test('several values without a quantifier are an error, never a guess', () => {
    expect(() => under({ StringEquals: { 'aws:x': 'a' } }, { 'aws:x': ['a', 'b'] })).toThrow(
      /set quantifier/,
    );
  });
});

describe('what AWS supplies', () => {
  test('a key that AWS does not supply for the action is dropped', () => {
    const all = { 's3:prefix': 'a', 's3:if-none-match': '*', 'aws:SecureTransport': 'true' };
    expect(contextFor('s3:ListBucket', all)).toEqual({ 's3:prefix': 'a', 'aws:SecureTransport': 'true' });
    expect(contextFor('s3:PutObject', all)).toEqual({
      's3:if-none-match': '*',
      'aws:SecureTransport': 'true',
    });
  });

  test('the keys our policies stand on exist', () => {
    const put = {
      's3:if-none-match': '*',
      's3:ObjectCreationOperation': 'true',
      's3:x-amz-copy-source': 'b/k',
      's3:x-amz-storage-class': 'STANDARD',
      's3:x-amz-metadata-directive': 'COPY',
    };
    expect(contextFor('s3:PutObject', put)).toEqual(put);
    const update = {
      'dynamodb:LeadingKeys': ['a'],
      'dynamodb:Attributes': ['b'],
      'dynamodb:ReturnValues': 'NONE',
    };
    expect(contextFor('dynamodb:UpdateItem', update)).toEqual(update);
  });

  test('an action that does not exist is an error', () => {
    expect(() => contextFor('s3:GiveObject', {})).toThrow(/unknown action/);
    expect(() => may('dynamodb:TransactWriteItems', arns.social)).toThrow(/unknown action/);
  });
});

describe('the check at boot', () => {
  test('takes every policy that is deployed', async () => {
    await expect(checkPolicies([memberPolicy(arns), processorPolicy(arns)])).resolves.toBeUndefined();
    await expect(checkPolicies([bucketPolicy(arns.originals)], 'resource')).resolves.toBeUndefined();
  });

  test.each([
    ['operator', { Condition: { StringAlmost: { 's3:prefix': 'a' } } }],
    ['element', { NotAction: ['s3:GetObject'] }],
    ['element', { NotResource: ['*'] }],
    ['element', { Principal: '*' }],
    ['action', { Action: ['s3:GiveObject'] }],
    ['action', { Action: ['s3:Give*'] }],
    ['action', { Action: ['nowhere:GetObject'] }],
    ['condition key', { Condition: { StringEquals: { 's3:nonsense': 'a' } } }],
    ['condition key', { Condition: { StringEquals: { 'aws:nonsense': 'a' } } }],
    ['condition key', { Condition: { StringEquals: { 's3:prefix': 'a' } } }],
    [
      'ForAllValues',
      { Action: ['dynamodb:Query'], Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'a' } } },
    ],
    ['policy variable', { Condition: { StringNotEquals: { 's3:x-amz-content-sha256': '${aws:userid}' } } }],
    ['malformed policy variable', { Resource: ['arn:aws:s3:::b/${aws:userid'] }],
    ['no ARN', { Resource: ['b/*'] }],
    ['Effect', { Effect: 'Maybe' }],
    ['Null', { Condition: { Null: { 's3:authType': 'yes' } } }],
    ['text', { Resource: [{ Ref: 'Bucket' }] }],
    ['text', { Condition: { StringEquals: { 's3:authType': [] } } }],
  ])('refuses an unknown or unsafe %s: %j', async (message, statement) => {
    await expect(checkPolicies([documentOf(statement)])).rejects.toThrow(new RegExp(message));
  });

  test('refuses a bucket policy that names no principal', async () => {
    await expect(checkPolicies([documentOf({})], 'resource')).rejects.toThrow(/Principal/);
  });
});

describe('a member', () => {
  const original = `${arns.originals}/${ME}/${PHOTO}`;
  const putOnce = { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' };

  test('reads their own and what friends share, nothing else', () => {
    expect(may('s3:GetObject', original)).toBe(true);
    expect(may('s3:GetObject', `${arns.library}/renditions/${ME}/${PHOTO}/thumb.webp`)).toBe(true);
    expect(may('s3:GetObject', `${arns.library}/shares/friends/${YOU}/id/manifest.json`)).toBe(true);
    expect(may('s3:GetObject', `${arns.originals}/${YOU}/${PHOTO}`)).toBe(false);
    expect(may('s3:GetObject', `${arns.library}/renditions/${YOU}/${PHOTO}/thumb.webp`)).toBe(false);
    expect(may('s3:GetObject', `${arns.library}/shares/links/7d/${YOU}/id/manifest.json`)).toBe(false);
    expect(may('s3:GetObjectVersion', original)).toBe(false);
    expect(may('s3:GetObject', original, {}, '*')).toBe(false);
  });

  test('lists only below their own prefixes', () => {
    const list = (prefix?: string, bucket = arns.originals) =>
      may('s3:ListBucket', bucket, prefix === undefined ? {} : { 's3:prefix': prefix });
    expect(list(`${ME}/`)).toBe(true);
    expect(list(`renditions/${ME}/`, arns.library)).toBe(true);
    expect(list()).toBe(false);
    expect(list('')).toBe(false);
    expect(list(ME)).toBe(false);
    expect(list(`${YOU}/`)).toBe(false);
    expect(list('*/')).toBe(false);
  });

  test('writes an original once and never over it', () => {
    expect(may('s3:PutObject', original, putOnce)).toBe(true);
    expect(
      may('s3:PutObject', original, { ...putOnce, 's3:x-amz-storage-class': 'INTELLIGENT_TIERING' }),
    ).toBe(true);
    expect(may('s3:PutObject', original, { ...putOnce, 's3:x-amz-storage-class': 'GLACIER' })).toBe(false);
    expect(may('s3:PutObject', original, { 's3:ObjectCreationOperation': 'true' })).toBe(false);
    expect(may('s3:PutObject', original, { 's3:ObjectCreationOperation': 'false' })).toBe(true);
    expect(may('s3:PutObject', original, { ...putOnce, 's3:x-amz-copy-source': 'library/x' })).toBe(false);
    expect(
      may('s3:PutObject', original, {
        ...putOnce,
        's3:x-amz-server-side-encryption-customer-algorithm': 'AES256',
      }),
    ).toBe(false);
    expect(may('s3:PutObject', `${arns.originals}/${YOU}/${PHOTO}`, putOnce)).toBe(false);
    expect(may('s3:PutObject', `${arns.library}/renditions/${ME}/${PHOTO}/thumb.webp`, putOnce)).toBe(false);
  });

  test('shares only copies of their own renditions', () => {
    const target = `${arns.library}/shares/friends/${ME}/id/thumb.webp`;
    const copy = (source: string, directive?: string) =>
      may('s3:PutObject', target, {
        's3:ObjectCreationOperation': 'true',
        's3:x-amz-copy-source': source,
        ...(directive ? { 's3:x-amz-metadata-directive': directive } : {}),
      });
    expect(copy(`library/renditions/${ME}/${PHOTO}/thumb.webp`)).toBe(true);
    expect(copy(`/library/renditions/${ME}/${PHOTO}/thumb.webp`, 'COPY')).toBe(true);
    expect(copy(`library/renditions/${ME}/${PHOTO}/thumb.webp`, 'REPLACE')).toBe(false);
    expect(copy(`library/renditions/${YOU}/${PHOTO}/thumb.webp`)).toBe(false);
    expect(copy(`originals/${ME}/${PHOTO}`)).toBe(false);
    expect(may('s3:PutObject', target, { 's3:ObjectCreationOperation': 'true' })).toBe(false);
  });

  test('deletes their own, but no version and no rendition', () => {
    expect(may('s3:DeleteObject', original)).toBe(true);
    expect(may('s3:DeleteObjectVersion', original)).toBe(false);
    expect(may('s3:DeleteObject', `${arns.library}/renditions/${ME}/${PHOTO}/thumb.webp`)).toBe(false);
    expect(may('s3:PutObjectAcl', original)).toBe(false);
    expect(may('s3:PutObjectTagging', original)).toBe(false);
  });

  test('queries only their own partition, and never without naming it', () => {
    const query = (context: Context) => may('dynamodb:Query', `${arns.photos}/index/changes`, context);
    expect(query({ 'dynamodb:LeadingKeys': [ME] })).toBe(true);
    expect(query({ 'dynamodb:LeadingKeys': [ME, YOU] })).toBe(false);
    expect(query({ 'dynamodb:LeadingKeys': [YOU] })).toBe(false);
    expect(query({})).toBe(false);
    expect(may('dynamodb:Scan', arns.photos, { 'dynamodb:LeadingKeys': [ME] })).toBe(false);
    expect(may('dynamodb:DescribeTable', arns.photos)).toBe(false);
  });

  test('updates only the attributes that are theirs', () => {
    const update = (attributes: string[], values?: string) =>
      may('dynamodb:UpdateItem', arns.photos, {
        'dynamodb:LeadingKeys': [ME],
        'dynamodb:Attributes': ['owner', 'photoId', ...attributes],
        ...(values ? { 'dynamodb:ReturnValues': values } : {}),
      });
    expect(update(['favorite', 'changedAt'])).toBe(true);
    expect(update(['favorite'], 'UPDATED_NEW')).toBe(true);
    expect(update(['favorite'], 'ALL_OLD')).toBe(false);
    expect(update(['width'])).toBe(false);
    expect(may('dynamodb:PutItem', arns.photos, { 'dynamodb:LeadingKeys': [ME] })).toBe(false);
  });

  test('whatever the key, a member reads it only below an own prefix or a friend share', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ME,
        YOU,
        '*',
        '?',
        '..',
        '',
        'renditions',
        'index',
        'shares',
        'friends',
        'links',
        '7d',
        '${x}',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.boolean(), (pieces, inOriginals) => {
        const key = pieces.join('/');
        const own = inOriginals
          ? [`${ME}/`]
          : [`renditions/${ME}/`, `index/${ME}/`, 'shares/friends/', `shares/links/7d/${ME}/`];
        const bucket = inOriginals ? arns.originals : arns.library;
        const wanted =
          own.some((prefix) => key.startsWith(prefix)) &&
          (!key.startsWith('shares/friends/') || key.split('/').length > 3);
        expect(may('s3:GetObject', `${bucket}/${key}`)).toBe(wanted);
      }),
      { numRuns: 2000 },
    );
  });
});

test('the processor writes renditions and rows, and no original', () => {
  const processor: Principal = {
    arn: 'arn:aws:iam::123456789012:role/processor',
    policies: [processorPolicy(arns)],
    context: {},
  };
  const can = (action: string, resource: string) =>
    authorize(processor, { action, resource, context: {} }, [bucketPolicy(arns.originals)]);
  expect(can('s3:GetObject', `${arns.originals}/${ME}/${PHOTO}`)).toBe(true);
  expect(can('s3:ListBucket', arns.originals)).toBe(true);
  expect(can('s3:PutObject', `${arns.library}/renditions/x`)).toBe(true);
  expect(can('dynamodb:UpdateItem', arns.photos)).toBe(true);
  expect(can('s3:PutObject', `${arns.originals}/${ME}/${PHOTO}`)).toBe(false);
  expect(can('s3:DeleteObject', `${arns.originals}/${ME}/${PHOTO}`)).toBe(false);
  expect(can('s3:PutObject', `${arns.library}/shares/x`)).toBe(false);
  expect(can('dynamodb:PutItem', arns.photos)).toBe(false);
});
