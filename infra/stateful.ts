// What no deployment may ever take away: pools, tables and S3 buckets. Says of two templates whether the second would replace or remove
// one of the first's, or stop keeping it when the stack goes. Pure.
import { isDeepStrictEqual } from 'node:util';
import { fields, type Fields } from '../src/schema/parse.ts';

export interface Resource {
  Type: string;
  Properties?: Fields;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Template {
  Resources: Readonly<Record<string, Resource>>;
}

/**
 * Properties whose change makes CloudFormation put a new, empty one in its place, or fail:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
const KINDS: Readonly<Record<string, { name: string; fixed: readonly string[] }>> = {
  'AWS::S3::Bucket': {
    name: 'S3 bucket',
    fixed: ['BucketName', 'BucketNamePrefix', 'BucketNamespace', 'ObjectLockEnabled'],
  },
  'AWS::DynamoDB::Table': {
    name: 'table',
    fixed: ['TableName', 'KeySchema', 'LocalSecondaryIndexes', 'ImportSourceSpecification'],
  },
  'AWS::Cognito::UserPool': {
    name: 'user pool',
    fixed: ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'],
  },
  // Nothing of it is fixed; without it everybody would be somebody else.
  'AWS::Cognito::IdentityPool': { name: 'identity pool', fixed: [] },
};

/** What it is called, if it is one that keeps something. */
export const statefulName = (type: string): string | undefined => KINDS[type]?.name;

interface Kept {
  type: string;
  /** Whether the stack's end, and a replacement, leave it where it is. */
  kept: boolean;
  fixed: Fields;
}

/** All that keeps something, by logical id: little enough to be put beside the sources as what a release had. */
export type Fingerprint = Readonly<Record<string, Kept>>;

export function fingerprintOf({ Resources }: Template): Fingerprint {
  const stateful = Object.entries(Resources)
    .filter(([, { Type }]) => Type in KINDS)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(stateful.map(([id, resource]) => [id, keptOf(resource)]));
}

function keptOf({ Type, Properties = {}, DeletionPolicy = '', UpdateReplacePolicy = '' }: Resource): Kept {
  const present = (KINDS[Type]?.fixed ?? []).filter((name) => Properties[name] !== undefined);
  const fixed = Object.fromEntries(present.map((name) => [name, Properties[name]]));
  const keys = keyTypes(Properties);
  return {
    type: Type,
    kept: DeletionPolicy.startsWith('Retain') && UpdateReplacePolicy.startsWith('Retain'),
    fixed: keys.length > 0 ? { ...fixed, AttributeDefinitions: keys } : fixed,
  };
}

/** Of a table's attributes, those of its key: the others may come and go with their indexes. */
function keyTypes({ KeySchema, AttributeDefinitions }: Fields): unknown[] {
  const names = Array.isArray(KeySchema) ? KeySchema.map((key) => fields(key)?.['AttributeName']) : [];
  const all = Array.isArray(AttributeDefinitions) ? (AttributeDefinitions as unknown[]) : [];
  return all.filter((one) => names.includes(fields(one)?.['AttributeName']));
}

export interface Loss {
  logicalId: string;
  /** Such as "table". */
  name: string;
  how: 'removed' | 'replaced' | 'no longer kept';
  /** The properties at fault. */
  properties: readonly string[];
}

/** What the second would take away of the first's. */
export function losses(before: Fingerprint, after: Fingerprint): Loss[] {
  return Object.entries(before).flatMap(([logicalId, was]): Loss[] => {
    const loss = (how: Loss['how'], properties: readonly string[] = []): Loss[] => [
      { logicalId, name: statefulName(was.type) ?? was.type, how, properties },
    ];
    const is = after[logicalId];
    if (!is) return loss('removed');
    if (is.type !== was.type) return loss('replaced', ['Type']);
    const names = [...new Set([...Object.keys(was.fixed), ...Object.keys(is.fixed)])];
    const changed = names.filter((name) => !isDeepStrictEqual(was.fixed[name], is.fixed[name]));
    if (changed.length > 0) return loss('replaced', changed);
    return was.kept && !is.kept ? loss('no longer kept', ['DeletionPolicy']) : [];
  });
}
