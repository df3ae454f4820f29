// The promises of the policies, read off the plain documents: own prefix, own partition, write-once, nothing wild.
import { describe, expect, test } from 'vitest';
import type { Context, Principal } from '../../infra/local/contract.ts';
import { authorize } from '../../infra/local/iam.ts';
import {
  bucketPolicy,
  memberPolicy,
  ownerPolicy,
  processorPolicy,
  shareHostPolicy,
  type PolicyDocument,
  type Statement,
} from '../../infra/policies.ts';

const ME = '${cognito-identity.amazonaws.com:sub}';
const arns = {
  originals: 'arn:aws:s3:::originals',
  library: 'arn:aws:s3:::library',
  originalsName: 'originals',
  libraryName: 'library',
  photos: 'arn:aws:dynamodb:us-east-1:000000000000:table/photos',
  social: 'arn:aws:dynamodb:us-east-1:000000000000:table/social',
};
const member = memberPolicy(arns);
const processor = processorPolicy(arns);
const pool = 'arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Pool';
const owner = ownerPolicy(pool);

const statementOf = (policy: PolicyDocument, sid: string): Statement => {
  const found = policy.Statement.find((statement) => statement.Sid === sid);
  if (!found) throw new Error(`no statement ${sid}`);
  return found;
};
const actionsOf = (policy: PolicyDocument): string[] => [
  ...new Set(policy.Statement.flatMap((statement) => statement.Action)),
];
const allowing = (policy: PolicyDocument, action: string): Statement[] =>
  policy.Statement.filter((statement) => statement.Action.includes(action));

test('a member may do these things and no others', () => {
  expect(actionsOf(member).sort()).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    's3:AbortMultipartUpload',
    's3:DeleteObject',
    's3:GetObject',
    's3:ListBucket',
    's3:ListMultipartUploadParts',
    's3:PutObject',
  ]);
});

test('an owner may say who is let in, in one user pool, and do nothing else there or anywhere', () => {
  expect(actionsOf(owner).sort()).toEqual([
    'cognito-idp:AdminAddUserToGroup',
    'cognito-idp:AdminCreateUser',
    'cognito-idp:AdminDeleteUser',
    'cognito-idp:AdminDisableUser',
    'cognito-idp:AdminEnableUser',
    'cognito-idp:AdminRemoveUserFromGroup',
    'cognito-idp:AdminUserGlobalSignOut',
    'cognito-idp:ListUsers',
    'cognito-idp:ListUsersInGroup',
  ]);
  expect(owner.Statement.flatMap(({ Resource }) => Resource)).toEqual([pool]);
});

test('only Allow statements give rights, each with a name of its own, none with a wild action or a bare star', () => {
  for (const policy of [member, owner, processor]) {
    const sids = policy.Statement.map((statement) => statement.Sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const statement of policy.Statement) {
      expect(statement.Effect).toBe('Allow');
      expect(statement.Action.filter((action) => action.includes('*'))).toEqual([]);
      expect(statement.Resource).not.toContain('*');
      expect(statement).not.toHaveProperty('NotAction');
      expect(statement).not.toHaveProperty('NotResource');
    }
  }
});

test('every S3 object a member reaches lies below their own id, but for reading what friends share', () => {
  const objects = member.Statement.flatMap((statement) =>
    statement.Resource.filter((resource) => resource.includes(':s3:::') && resource.includes('/')).map(
      (resource) => ({ sid: statement.Sid, actions: statement.Action, resource }),
    ),
  );
  const elsewhere = objects.filter(({ resource }) => !resource.includes(`/${ME}/`));
  expect(elsewhere).toEqual([
    {
      sid: 'ReadOwnAndShared',
      actions: ['s3:GetObject'],
      resource: `${arns.library}/shares/friends/*/*`,
    },
  ]);
});

test('nothing wild stands before the own id in a resource or a listed prefix', () => {
  const texts = member.Statement.flatMap((statement) => [
    ...statement.Resource,
    ...Object.values(statement.Condition?.['StringLike'] ?? {}).flat(),
  ]).filter((text) => text.includes(ME));
  expect(texts.length).toBeGreaterThan(20);
  for (const text of texts) expect(text.slice(0, text.indexOf(ME))).not.toContain('*');
});

test('a member lists own prefixes only, each ending at a slash, and never the shares of others', () => {
  const prefixes = allowing(member, 's3:ListBucket').map((statement) => {
    expect(Object.keys(statement.Condition ?? {})).toEqual(['StringLike']);
    return statement.Condition?.['StringLike']?.['s3:prefix'];
  });
  expect(prefixes).toEqual([
    [`${ME}/*`],
    [
      `renditions/${ME}/*`,
      `index/${ME}/*`,
      `shares/friends/${ME}/*`,
      `shares/links/7d/${ME}/*`,
      `shares/links/30d/${ME}/*`,
      `shares/links/keep/${ME}/*`,
    ],
  ]);
});

test('an original is written once: with If-None-Match, from a body, in the class that policy names', () => {
  const writers = allowing(member, 's3:PutObject').filter((statement) =>
    statement.Resource.some((resource) => resource.startsWith(arns.originals)),
  );
  expect(writers.map((statement) => [statement.Sid, statement.Condition])).toEqual([
    [
      'WriteOriginalOnce',
      {
        Null: { 's3:if-none-match': 'false', 's3:x-amz-copy-source': 'true' },
        StringEqualsIfExists: { 's3:x-amz-storage-class': ['INTELLIGENT_TIERING'] },
      },
    ],
    [
      'WriteOriginalParts',
      {
        Bool: { 's3:ObjectCreationOperation': 'false' },
        Null: { 's3:x-amz-copy-source': 'true' },
        StringEqualsIfExists: { 's3:x-amz-storage-class': ['INTELLIGENT_TIERING'] },
      },
    ],
  ]);
});

test('the host of links reads what is behind links, for its own distribution only, and the bucket policy lets nobody else in', () => {
  const mine = 'arn:aws:cloudfront::000000000000:distribution/E1';
  const policies = [bucketPolicy(arns.library), shareHostPolicy(arns.library, mine)];
  const mayRead = (arn: string, source: string, key: string, action = 's3:GetObject'): boolean =>
    authorize(
      { arn, policies: [], context: { 'aws:SourceArn': source } },
      { action, resource: `${arns.library}/${key}`, context: {} },
      policies,
    );
  const link = 'shares/links/7d/someone/share/manifest.json';
  expect(mayRead('cloudfront.amazonaws.com', mine, link)).toBe(true);
  expect(mayRead('cloudfront.amazonaws.com', `${mine}2`, link)).toBe(false);
  expect(mayRead('lambda.amazonaws.com', mine, link)).toBe(false);
  expect(mayRead('arn:aws:iam::000000000000:role/member', mine, link)).toBe(false);
  expect(mayRead('cloudfront.amazonaws.com', mine, link, 's3:PutObject')).toBe(false);
  for (const key of [
    'shares/friends/someone/share/manifest.json',
    'renditions/someone/p/view.webp',
    'index/someone/rows',
  ]) {
    expect(mayRead('cloudfront.amazonaws.com', mine, key)).toBe(false);
  }
});

test('nobody may delete a version of an original, change its access or its tags', () => {
  for (const policy of [member, processor]) {
    expect(actionsOf(policy).filter((action) => /Version|Acl|Tagging|Bypass|PutBucket/.test(action))).toEqual(
      [],
    );
  }
});

test('renditions are written by the processor alone, and it writes nothing else in S3', () => {
  const written = allowing(member, 's3:PutObject').flatMap((statement) => statement.Resource);
  expect(written.filter((resource) => resource.startsWith(`${arns.library}/renditions`))).toEqual([]);
  expect(statementOf(processor, 'WriteRenditions').Resource).toEqual([`${arns.library}/renditions/*`]);
  expect(allowing(processor, 's3:PutObject')).toHaveLength(1);
  expect(allowing(processor, 's3:DeleteObject')).toHaveLength(1);
});

test('into a share go only copies of own renditions, with their metadata, and the manifest; into links own originals, too', () => {
  const copies = statementOf(member, 'ShareOwnRenditions');
  expect(copies.Condition).toEqual({
    Bool: { 's3:ObjectCreationOperation': 'true' },
    Null: { 's3:x-amz-storage-class': 'true' },
    StringLike: { 's3:x-amz-copy-source': [`library/renditions/${ME}/*`, `/library/renditions/${ME}/*`] },
    StringEqualsIfExists: { 's3:x-amz-metadata-directive': ['COPY'] },
  });
  const linked = statementOf(member, 'LinkOwnOriginals');
  expect(linked.Resource).toEqual(
    ['7d', '30d', 'keep'].map((name) => `${arns.library}/shares/links/${name}/${ME}/*/originals/*`),
  );
  expect(linked.Condition).toEqual({
    ...copies.Condition,
    StringLike: { 's3:x-amz-copy-source': [`originals/${ME}/*`, `/originals/${ME}/*`] },
  });
  const manifests = statementOf(member, 'WriteOwnManifests');
  expect(manifests.Resource.every((resource) => resource.endsWith(`/${ME}/*/manifest.json`))).toBe(true);
  expect(manifests.Condition).toEqual({
    Null: { 's3:x-amz-copy-source': 'true', 's3:x-amz-storage-class': 'true' },
  });
});

describe('in the library a member', () => {
  const id = 'us-east-1:11111111-2222-3333-4444-555555555555';
  const person: Principal = {
    arn: 'arn:aws:iam::000000000000:role/member',
    policies: [member],
    context: { 'cognito-identity.amazonaws.com:sub': id },
  };
  const mayPut = (key: string, context: Context): boolean =>
    authorize(person, { action: 's3:PutObject', resource: `${arns.library}/${key}`, context }, []);
  const share = `shares/friends/${id}/s`;
  const put = { 's3:ObjectCreationOperation': 'true' };
  const copy = { ...put, 's3:x-amz-copy-source': `library/renditions/${id}/p/thumb.webp` };

  test('copies a rendition into a share, but cannot start an upload in parts that names one', () => {
    expect(mayPut(`${share}/t.webp`, copy)).toBe(true);
    expect(mayPut(`${share}/t.webp`, { ...copy, 's3:ObjectCreationOperation': 'false' })).toBe(false);
    expect(mayPut(`${share}/t.webp`, { 's3:x-amz-copy-source': copy['s3:x-amz-copy-source'] })).toBe(false);
  });

  test('copies an own original below originals/ of a link, and nowhere else', () => {
    const link = `shares/links/7d/${id}/s`;
    const original = { ...put, 's3:x-amz-copy-source': `originals/${id}/p` };
    const theirs = 'us-east-1:99999999-2222-3333-4444-555555555555';
    expect(mayPut(`${link}/originals/a`, original)).toBe(true);
    expect(mayPut(`${link}/originals/a`, { ...original, 's3:x-amz-metadata-directive': 'COPY' })).toBe(true);
    expect(mayPut(`${link}/originals/a`, { ...original, 's3:x-amz-metadata-directive': 'REPLACE' })).toBe(
      false,
    );
    expect(mayPut(`${link}/originals/a`, { ...original, 's3:x-amz-storage-class': 'DEEP_ARCHIVE' })).toBe(
      false,
    );
    expect(mayPut(`${link}/originals/a`, { ...original, 's3:ObjectCreationOperation': 'false' })).toBe(false);
    expect(mayPut(`${link}/originals/a`, put)).toBe(false);
    expect(mayPut(`${link}/originals/a`, { ...put, 's3:x-amz-copy-source': `originals/${theirs}/p` })).toBe(
      false,
    );
    for (const key of [
      `${link}/a/view.webp`,
      `${link}/manifest.json`,
      `${share}/originals/a`,
      `shares/links/7d/${theirs}/s/originals/a`,
      `shares/links/9d/${id}/s/originals/a`,
      `index/${id}/originals/a`,
    ]) {
      expect(mayPut(key, original)).toBe(false);
    }
  });

  test.each([
    ['a copy', `${share}/t.webp`, copy],
    ['a manifest', `${share}/manifest.json`, put],
    ['an index', `index/${id}/rows`, put],
  ])('stores %s in the default class only', (_what, key, context) => {
    expect(mayPut(key, context)).toBe(true);
    for (const name of ['DEEP_ARCHIVE', 'GLACIER', 'INTELLIGENT_TIERING', 'STANDARD']) {
      expect(mayPut(key, { ...context, 's3:x-amz-storage-class': name })).toBe(false);
    }
  });
});

test('a wish is put below the own id, in one piece, from a body, in the default class, and can be neither read nor listed nor deleted', () => {
  const id = 'us-east-1:11111111-2222-3333-4444-555555555555';
  const person: Principal = {
    arn: 'arn:aws:iam::000000000000:role/member',
    policies: [member],
    context: { 'cognito-identity.amazonaws.com:sub': id },
  };
  const may = (action: string, key: string, context: Context = {}): boolean =>
    authorize(person, { action, resource: `${arns.library}/${key}`, context }, []);
  const put = { 's3:ObjectCreationOperation': 'true' };
  const mine = `wishes/${id}/p`;
  expect(may('s3:PutObject', mine, put)).toBe(true);
  for (const key of [
    'wishes/us-east-1:99999999-2222-3333-4444-555555555555/p',
    'wishes/p',
    `wishes/x/${id}/p`,
    `wish/${id}/p`,
    `wishes/${id}`,
  ])
    expect(may('s3:PutObject', key, put)).toBe(false);
  for (const [name, value] of [
    ['s3:ObjectCreationOperation', 'false'],
    ['s3:x-amz-copy-source', `library/renditions/${id}/p/thumb.webp`],
    ['s3:x-amz-storage-class', 'DEEP_ARCHIVE'],
  ] as const)
    expect(may('s3:PutObject', mine, { ...put, [name]: value })).toBe(false);
  for (const action of ['s3:GetObject', 's3:DeleteObject']) expect(may(action, mine)).toBe(false);
  const list = { action: 's3:ListBucket', resource: arns.library };
  expect(authorize(person, { ...list, context: { 's3:prefix': `wishes/${id}/` } }, [])).toBe(false);
});

test('every DynamoDB right of a member is pinned to their own partition, and a request without a key has none', () => {
  const dynamodb = member.Statement.filter((statement) =>
    statement.Action.some((action) => action.startsWith('dynamodb:')),
  );
  expect(dynamodb).toHaveLength(4);
  for (const { Condition } of dynamodb) {
    expect(Condition?.['ForAllValues:StringEquals']?.['dynamodb:LeadingKeys']).toEqual([ME]);
    expect(Condition?.['Null']?.['dynamodb:LeadingKeys']).toBe('false');
  }
});

test('every ForAllValues condition stands with a guard against the absent key', () => {
  for (const { Condition = {} } of [...member.Statement, ...processor.Statement]) {
    for (const [operator, keys] of Object.entries(Condition)) {
      if (!operator.startsWith('ForAllValues:')) continue;
      for (const key of Object.keys(keys)) expect(Condition['Null']?.[key]).toBe('false');
    }
  }
});

test('in photos a member updates the owner’s attributes and reads back no others', () => {
  const writers = member.Statement.filter(
    (statement) =>
      statement.Resource.includes(arns.photos) &&
      statement.Action.some((action) => /Put|Update|Delete|BatchWrite/.test(action)),
  );
  expect(writers.map((statement) => statement.Action)).toEqual([['dynamodb:UpdateItem']]);
  const [edit] = writers;
  expect(edit?.Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes']).toEqual([
    'owner',
    'photoId',
    'favorite',
    'caption',
    'tags',
    'archived',
    'trashedAt',
    'takenAtOverride',
    'placeOverride',
    'favoriteEditedAt',
    'captionEditedAt',
    'tagsEditedAt',
    'archivedEditedAt',
    'trashedAtEditedAt',
    'takenAtOverrideEditedAt',
    'placeOverrideEditedAt',
    'changedAt',
  ]);
  expect(edit?.Condition?.['StringEqualsIfExists']).toEqual({
    'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'],
  });
});

test('the processor reads originals and cannot touch them', () => {
  const onOriginals = processor.Statement.filter((statement) =>
    statement.Resource.some((resource) => resource.startsWith(arns.originals)),
  );
  expect(actionsOf({ ...processor, Statement: onOriginals }).sort()).toEqual([
    's3:GetObject',
    's3:ListBucket',
  ]);
});

test('every S3 bucket refuses plain HTTP and keys of the customer’s own', () => {
  const policy = bucketPolicy(arns.originals);
  expect(policy.Statement.map(({ Effect, Principal, Condition }) => [Effect, Principal, Condition])).toEqual([
    ['Deny', '*', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['Deny', '*', { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } }],
  ]);
});

test('the member policy fits into a role with the longest names there can be', () => {
  // IAM counts the inline policies of a role without white space: 10,240 characters.
  const name = (kind: string): string => `${'s'.repeat(25)}-${kind}-000000000000-ap-southeast-1`;
  const table = `arn:aws:dynamodb:ap-southeast-1:000000000000:table/${'t'.repeat(80)}`;
  const longest = memberPolicy({
    originals: `arn:aws:s3:::${name('originals')}`,
    library: `arn:aws:s3:::${name('library')}`,
    originalsName: name('originals'),
    libraryName: name('library'),
    photos: table,
    social: table,
  });
  expect(JSON.stringify(longest).length).toBeLessThan(10_240);
});
