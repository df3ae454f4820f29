// The IAM of the local cloud: decides, as AWS does within one account, whether policies allow an action. An explicit Deny
// wins; otherwise an Allow in an identity policy or in the resource's own policy is needed. What it does not know, it refuses.
import type { PolicyDocument } from '../policies.ts';
import type { Access, Context, Principal } from './contract.ts';
import { parseCondition, type Condition } from './iam-conditions.ts';
import {
  actionExists,
  actionsOf,
  conditionKeyExists,
  contextFor,
  isMultivalued,
  isSupplied,
} from './iam-facts.ts';
import {
  isActionLike,
  isArn,
  isArnLike,
  parsePattern,
  PolicyError,
  type Facts,
  type Pattern,
} from './iam-pattern.ts';

export { contextFor } from './iam-facts.ts';
export { PolicyError } from './iam-pattern.ts';

/** Identity policies are those of a role; resource policies name their principals. */
export type PolicyKind = 'identity' | 'resource';

export interface Evaluation {
  identityPolicies: readonly PolicyDocument[];
  resourcePolicies: readonly PolicyDocument[];
  action: string;
  /** ARN; whatever it contains is letters, never wildcards. */
  resource: string;
  context: Context;
}

interface Rule {
  sid: string;
  allow: boolean;
  actions: readonly Pattern[];
  resources: readonly Pattern[];
  conditions: readonly Condition[];
  /** ARNs, `*`, account ids, or names of services; of federated identities, which sign nothing here, none. */
  principals: readonly string[];
}

const textList = (value: unknown, what: string): string[] => {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || !list.every((entry) => typeof entry === 'string'))
    throw new PolicyError(`${what} must be text or a list of text`);
  return list;
};

const record = (value: unknown, what: string, known?: readonly string[]): [string, unknown][] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PolicyError(`${what} must be an object`);
  const stray = known && Object.keys(value).find((key) => !known.includes(key));
  if (stray !== undefined) throw new PolicyError(`unknown element "${stray}" in ${what}`);
  return Object.entries(value);
};

function parsePrincipals(value: unknown): string[] {
  if (value === '*') return ['*'];
  return record(value, 'Principal', ['AWS', 'Service', 'Federated']).flatMap(([kind, names]) => {
    const list = textList(names, `Principal ${kind}`);
    return kind === 'Federated' ? [] : list;
  });
}

function parseRule(statement: unknown, kind: PolicyKind): Rule {
  const known = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];
  if (kind === 'resource') known.push('Principal');
  const parts = new Map(record(statement, 'a statement', known));
  const effect = parts.get('Effect');
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyError('Effect must be Allow or Deny');
  const resources = textList(parts.get('Resource'), 'Resource');
  const wrong = resources.find((text) => text !== '*' && !isArn(text));
  if (wrong !== undefined) throw new PolicyError(`"${wrong}" is no ARN`);
  return {
    sid: String(parts.get('Sid') ?? ''),
    allow: effect === 'Allow',
    actions: textList(parts.get('Action'), 'Action').map(parsePattern),
    resources: resources.map(parsePattern),
    conditions: record(parts.get('Condition') ?? {}, 'Condition').flatMap(([operator, keys]) =>
      record(keys, operator).map(([key, values]) => parseCondition(operator, key, textList(values, key))),
    ),
    principals: kind === 'resource' ? parsePrincipals(parts.get('Principal')) : [],
  };
}

const parsed = new WeakMap<PolicyDocument, readonly Rule[]>();

/** A document is taken apart once; one that is not understood throws, whenever it is first met. */
function rulesOf(document: PolicyDocument, kind: PolicyKind): readonly Rule[] {
  const known = parsed.get(document);
  if (known) return known;
  record(document, 'a policy', ['Version', 'Id', 'Statement']);
  if (document.Version !== '2012-10-17') throw new PolicyError('policy variables need Version 2012-10-17');
  if (!Array.isArray(document.Statement)) throw new PolicyError('Statement must be a list');
  const rules = document.Statement.map((statement) => parseRule(statement, kind));
  parsed.set(document, rules);
  return rules;
}

const factsOf = (context: Context): Facts =>
  new Map(
    Object.entries(context)
      .map(([key, value]) => [key.toLowerCase(), typeof value === 'string' ? [value] : value] as const)
      .filter(([, values]) => values.length > 0),
  );

const isAccountOf = (name: string, arn: string): boolean => {
  const account = arn.split(':')[4];
  return account !== undefined && [name, /^arn:aws:iam::(\d+):root$/.exec(name)?.[1]].includes(account);
};

/** Naming the account denies all its roles, but allows only what their own policies allow anyway. */
const concerns = (rule: Rule, arn: string): boolean =>
  rule.principals.some((name) => name === '*' || name === arn || (!rule.allow && isAccountOf(name, arn)));

export function evaluate(request: Evaluation): 'allow' | 'deny' {
  const facts = factsOf(request.context);
  const arn = facts.get('aws:principalarn')?.[0] ?? '';
  const rules = [
    ...request.identityPolicies.flatMap((document) => rulesOf(document, 'identity')),
    ...request.resourcePolicies
      .flatMap((document) => rulesOf(document, 'resource'))
      .filter((rule) => concerns(rule, arn)),
  ];
  const applying = rules.filter(
    (rule) =>
      rule.actions.some((pattern) => isActionLike(pattern, request.action)) &&
      rule.resources.some(
        (pattern) => pattern.source === '*' || isArnLike(pattern, request.resource, facts),
      ) &&
      rule.conditions.every((condition) => condition.holds(facts)),
  );
  return applying.length > 0 && applying.every((rule) => rule.allow) ? 'allow' : 'deny';
}

/** Whether a principal may do one thing: with the keys that AWS supplies for it, and no others. */
export function authorize(
  principal: Principal,
  access: Access,
  resourcePolicies: readonly PolicyDocument[] = [],
  now = Date.now(),
): boolean {
  const context: Context = {
    ...contextFor(access.action, access.context),
    ...contextFor(access.action, principal.context),
    'aws:PrincipalArn': principal.arn,
    'aws:PrincipalAccount': principal.arn.split(':')[4] ?? '',
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    // Our servers listen on loopback only, where nobody can listen in: it stands in for the TLS that AWS would see.
    'aws:SecureTransport': 'true',
  };
  const { action, resource } = access;
  return (
    evaluate({ identityPolicies: principal.policies, resourcePolicies, action, resource, context }) ===
    'allow'
  );
}

async function checkRule(rule: Rule): Promise<void> {
  for (const { source } of rule.actions) {
    const [service = '', name = ''] = source.split(':');
    const exact = !/[*?]/.test(source);
    const found = exact
      ? await actionExists(service, name)
      : (await actionsOf(service)).some((each) => isActionLike(parsePattern(name), each));
    if (!found) throw new PolicyError(`unknown action "${source}"`);
    for (const { key } of rule.conditions) {
      if (exact ? !(await isSupplied(key, service, name)) : !(await conditionKeyExists(key)))
        throw new PolicyError(`AWS supplies no condition key "${key}" for ${source}`);
    }
  }
  for (const { key, set, isNull } of rule.conditions) {
    if (!isNull && set === undefined && (await isMultivalued(key)))
      throw new PolicyError(`"${key}" can have several values and needs ForAllValues or ForAnyValue`);
  }
}

/** Throws a PolicyError for anything in the policies that AWS or this evaluator would not understand. Run at boot. */
export async function checkPolicies(
  documents: readonly PolicyDocument[],
  kind: PolicyKind = 'identity',
): Promise<void> {
  for (const rule of documents.flatMap((document) => rulesOf(document, kind))) {
    try {
      await checkRule(rule);
    } catch (cause) {
      throw cause instanceof PolicyError ? new PolicyError(`${rule.sid}: ${cause.message}`) : cause;
    }
  }
}
