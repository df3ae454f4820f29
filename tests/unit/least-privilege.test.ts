// Least privilege, proven: of every role and policy in the synthesised stack it is known whose it is, and thousands of asks are answered by
// the evaluator of IAM just as the table of rights means them. And the proof itself is put to the test: a right too many, a condition
// too few, and it fails.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { evaluate } from '../../infra/local/iam.ts';
import { isActionLike, parsePattern } from '../../infra/local/iam-pattern.ts';
import type { PolicyDocument, Statement } from '../../infra/policies.ts';
import { NOTIFIER_ATTRIBUTES } from '../../src/schema/social.ts';
import { OWNER_ATTRIBUTES, PHOTO_KEY_ATTRIBUTES } from '../../src/schema/photo.ts';
import { everyAction, nearAsks, placesOf, principalsOf, randomAsks, type Ask } from '../rights/cases.ts';
import { asMarkdown, isMeant, NOTIFIERS_WORDS, OWNERS_WORDS, RIGHTS } from '../rights/table.ts';
import { readWorld, type World } from '../rights/world.ts';

const world = readWorld();
let actions: string[];
let asks: (Ask & { meant: boolean })[];
beforeAll(async () => {
  actions = await everyAction();
  asks = [...nearAsks(world), ...randomAsks(world, actions, 10_000)].map((ask) =>
    Object.assign(ask, { meant: meant(ask) }),
  );
});

const roleOf = (pattern: RegExp, { roles }: World = world) => {
  const [found, ...others] = roles.filter(({ logicalId }) => pattern.test(logicalId));
  if (!found || others.length > 0)
    throw new Error(`${others.length + Number(Boolean(found))} roles ${pattern}`);
  return found;
};

function isAllowed({ principal, action, resource, context }: Ask, at: World = world): boolean {
  const identityPolicies = principal.role ? roleOf(principal.role, at).policies : [];
  const arn = { 'aws:PrincipalArn': principal.arn };
  return (
    evaluate({
      identityPolicies,
      resourcePolicies: at.resourcePolicies,
      action,
      resource,
      context: { ...context, ...arn },
    }) === 'allow'
  );
}

const meant = ({ principal, action, resource, context }: Ask): boolean =>
  isMeant(principal.who, action, resource, context, world.arns);

const told = ({ principal, ...ask }: Ask): string => `${principal.name}: ${JSON.stringify(ask)}`;

describe('every role of the stack', () => {
  test('is one of those in the table, or may do nothing', () => {
    const known = principalsOf(world).flatMap(({ role }) => (role ? [roleOf(role).logicalId] : []));
    expect(world.roles.map(({ logicalId }) => logicalId).sort()).toEqual(known.sort());
    expect(roleOf(/NobodyRole/).policies).toEqual([]);
  });

  test('has its rights in the template alone, by statements that only allow and have a name', () => {
    expect(world.otherDoors).toEqual([]);
    for (const { managed, policies } of world.roles) {
      expect(managed).toBeUndefined();
      for (const { Effect, Sid } of policies.flatMap((policy) => policy.Statement))
        expect([Effect, typeof Sid]).toEqual(['Allow', 'string']);
    }
  });

  test('is trusted to those whose it is: people of this identity pool, or Lambda', () => {
    const trust = ({ trust: { Statement } }: World['roles'][number]): unknown =>
      Statement.map(({ Action, Principal, Condition }) => ({ Action, Principal, Condition }));
    for (const name of [/MemberRole/, /OwnerRole/, /NobodyRole/])
      expect(trust(roleOf(name))).toEqual([
        {
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: 'cognito-identity.amazonaws.com' },
          Condition: {
            StringEquals: {
              'cognito-identity.amazonaws.com:aud': expect.stringMatching(/^SignInIdentityPool/),
            },
            'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
          },
        },
      ]);
    for (const name of [/^ProcessorRole/, /^NotifierRole/])
      expect(trust(roleOf(name))).toEqual([
        { Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' }, Condition: undefined },
      ]);
  });
});

test('no role names an action that is not in the table, nor one by a wildcard', () => {
  const inTable = new Set(RIGHTS.flatMap((right) => right.actions));
  for (const { policies, logicalId } of world.roles) {
    const patterns = policies.flatMap((policy) => policy.Statement).flatMap(({ Action }) => [Action].flat());
    for (const pattern of patterns) {
      expect([logicalId, pattern.includes('*')]).toEqual([logicalId, false]);
      const matched = actions.filter((action) => isActionLike(parsePattern(pattern), action));
      expect(matched.filter((action) => !inTable.has(action))).toEqual([]);
    }
  }
});

test('.github/SECURITY.md has the very table', () => {
  const text = readFileSync(join(import.meta.dirname, '../../.github/SECURITY.md'), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows.slice(2)).toEqual(asMarkdown());
});

test('the table names attributes as the schema has them', () => {
  expect([...OWNERS_WORDS].sort()).toEqual([...PHOTO_KEY_ATTRIBUTES, ...OWNER_ATTRIBUTES].sort());
  expect([...NOTIFIERS_WORDS].sort()).toEqual([...NOTIFIER_ATTRIBUTES].sort());
});

test('tens of thousands of asks, of everybody, for anything, anywhere, are answered as the table means them', () => {
  const wrong = asks.filter((ask) => isAllowed(ask) !== ask.meant);
  expect(wrong.slice(0, 5).map(told)).toEqual([]);
  expect(asks.length).toBeGreaterThan(20_000);
  // They are worth asking: many are allowed, each row of the table is asked for, and so is everybody.
  const allowed = asks.filter((ask) => ask.meant);
  expect(allowed.length).toBeGreaterThan(4000);
  for (const right of RIGHTS) {
    const reached = allowed.some(
      ({ principal, action }) => principal.who === right.who && right.actions.includes(action),
    );
    expect([right.may, reached]).toEqual([right.may, true]);
  }
});

test('who is nobody here may do nothing at all: no action, at no place', () => {
  const strangers = principalsOf(world).filter(({ who }) => ['nobody', 'anybody else'].includes(who));
  expect(strangers.length).toBeGreaterThan(8);
  const allowed = strangers.flatMap((principal) =>
    placesOf(world).flatMap((resource) =>
      RIGHTS.flatMap((right) => right.actions)
        .map((action) => ({ principal, action, resource, context: principal.context }))
        .filter((ask) => isAllowed(ask)),
    ),
  );
  expect(allowed.map(told)).toEqual([]);
});

/** The world with one statement changed or, where nothing comes back, taken out. */
function changed(
  role: string,
  index: number,
  change: (statement: Statement) => Statement | undefined,
): World {
  return {
    ...world,
    roles: world.roles.map((one) => {
      if (one.logicalId !== role) return one;
      const statements = one.policies.flatMap((policy) => policy.Statement);
      const Statement = statements.flatMap((statement, at) =>
        at === index ? (change(structuredClone(statement)) ?? []) : [statement],
      );
      const policy: PolicyDocument = { Version: '2012-10-17', Statement };
      return { ...one, policies: Statement.length > 0 ? [policy] : [] };
    }),
  };
}

const statements = world.roles.flatMap(({ logicalId, policies }) =>
  policies
    .flatMap((policy) => policy.Statement)
    .map((statement, index) => ({ role: logicalId, index, sid: statement.Sid, statement })),
);

describe('the proof fails', () => {
  /** Only asks of that role, for what its statement is about, can tell. */
  const isNoticed = (other: World, role?: string, statement?: Statement): boolean =>
    asks.some(
      (ask) =>
        (role === undefined || ask.principal.role?.test(role)) &&
        (statement === undefined || [statement.Action].flat().includes(ask.action)) &&
        isAllowed(ask, other) !== ask.meant,
    );

  test.each(statements)('when $role is without $sid', ({ role, index }) => {
    expect(
      isNoticed(
        changed(role, index, () => undefined),
        role,
      ),
    ).toBe(true);
  });

  const conditions = statements.flatMap((one) =>
    Object.entries(one.statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => Object.assign({ operator, key }, one)),
    ),
  );
  test.each(conditions)(
    'when $sid of $role loses $operator $key',
    ({ role, index, operator, key, statement }) => {
      const other = changed(role, index, (one) => {
        delete one.Condition?.[operator]?.[key];
        return one;
      });
      expect(isNoticed(other, role, statement)).toBe(true);
    },
  );

  const own = statements.filter(({ statement }) => JSON.stringify(statement.Resource).includes(':sub}'));
  test.each(own)('when $sid of $role is no longer about one’s own', ({ role, index, statement }) => {
    const other = changed(role, index, (one) => ({
      ...one,
      Resource: [one.Resource].flat().map((name) => name.replaceAll(/\$\{[^}]*:sub\}/g, '*')),
    }));
    expect(isNoticed(other, role, statement)).toBe(true);
  });

  test.each(statements)('when $sid of $role reaches everything', ({ role, index, statement }) => {
    const other = changed(role, index, (one) => ({ ...one, Resource: ['*'] }));
    expect(isNoticed(other, role, statement)).toBe(true);
  });

  test('when a bucket policy lets somebody else in', () => {
    const [first, ...rest] = world.resourcePolicies;
    const open: Statement = {
      Sid: 'Open',
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:GetObject'],
      Resource: [`${world.arns.library}/renditions/*`],
    };
    const policies = [{ ...(first as PolicyDocument), Statement: [open] }, first as PolicyDocument, ...rest];
    expect(isNoticed({ ...world, resourcePolicies: policies })).toBe(true);
  });

  test('when plain HTTP or a key of the customer’s own is let through', () => {
    for (const sid of ['TlsOnly', 'NoCustomerKeys']) {
      const resourcePolicies = world.resourcePolicies.map((policy) => ({
        ...policy,
        Statement: policy.Statement.filter(({ Sid }) => Sid !== sid),
      }));
      expect(isNoticed({ ...world, resourcePolicies })).toBe(true);
    }
  });
});
