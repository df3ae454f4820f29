// Which action on which resource a DynamoDB request is, and the condition keys that AWS derives from it.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
import type { Access, Context } from '../contract.ts';
import type { Input, Operation } from './engine.ts';
import { indexesOf, type TableSpec } from './store.ts';

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Everything a request names at the top level of an item, and whose partitions it touches. */
class Mentioned {
  readonly leadingKeys = new Set<string>();
  readonly attributes = new Set<string>();

  /** An item or a key: all its attributes; the partition is its leading key. */
  values(values: Values | undefined, partition: string): void {
    for (const name of Object.keys(values ?? {})) this.attributes.add(name);
    this.leadingKey(values?.[partition]);
  }

  leadingKey(value: Readonly<Record<string, unknown>> | undefined): void {
    if (value) this.leadingKeys.add(String(Object.values(value)[0]));
  }

  names(names: Iterable<string>): void {
    for (const name of names) this.attributes.add(name);
  }

  /** A parsed expression: a path is a list that begins with text, all else nests by `args`. */
  expression(node: unknown): void {
    if (Array.isArray(node)) {
      if (typeof node[0] === 'string') this.attributes.add(node[0]);
      return;
    }
    const { args } = (node ?? {}) as { args?: unknown[] };
    for (const argument of args ?? []) this.expression(argument);
  }
}

/** The expressions of a request, resolved by the input check, and their older forms. */
function mentionExpressions(input: Input, mentioned: Mentioned): void {
  const parsed = input as {
    _updates?: { sections: { path: unknown[]; val?: unknown }[] };
    _condition?: { expression: unknown };
    _filter?: { expression: unknown };
    _keyCondition?: { expression: unknown };
    _projection?: { paths: unknown[][] };
  };
  for (const { path, val } of parsed._updates?.sections ?? []) {
    mentioned.expression(path);
    mentioned.expression(val);
  }
  mentioned.expression(parsed._condition?.expression);
  mentioned.expression(parsed._filter?.expression);
  mentioned.expression(parsed._keyCondition?.expression);
  for (const path of parsed._projection?.paths ?? []) mentioned.expression(path);
  for (const old of ['AttributeUpdates', 'Expected', 'QueryFilter', 'ScanFilter', 'KeyConditions']) {
    mentioned.names(Object.keys((input[old] as object | undefined) ?? {}));
  }
  mentioned.names((input['AttributesToGet'] as string[] | undefined) ?? []);
}

/**
 * `ReturnValues`, `ReturnConsumedCapacity` and `Select` are supplied when the request sends them, not with their defaults;
 * a projection counts as Select SPECIFIC_ATTRIBUTES, which is what DynamoDB makes of it.
 */
function parameters(input: Input): Record<string, string> {
  const context: Record<string, string> = {};
  for (const name of ['ReturnValues', 'ReturnConsumedCapacity', 'Select']) {
    const value = input[name];
    if (typeof value === 'string') context[`dynamodb:${name}`] = value;
  }
  if (input['_projection'] || input['AttributesToGet']) context['dynamodb:Select'] ??= 'SPECIFIC_ATTRIBUTES';
  return context;
}

const context = (mentioned: Mentioned, more: Context): Context => ({
  ...(mentioned.leadingKeys.size > 0 && { 'dynamodb:LeadingKeys': [...mentioned.leadingKeys] }),
  ...(mentioned.attributes.size > 0 && { 'dynamodb:Attributes': [...mentioned.attributes] }),
  ...more,
});

export class AccessReader {
  readonly #tables: ReadonlyMap<string, TableSpec>;
  readonly #arnPrefix: string;

  constructor(tables: ReadonlyMap<string, TableSpec>, region: string, account: string) {
    this.#tables = tables;
    this.#arnPrefix = `arn:aws:dynamodb:${region}:${account}:table/`;
  }

  /** All accesses that one checked request needs: one for each table. */
  read(operation: Operation, input: Input): Access[] {
    const action = `dynamodb:${operation}`;
    if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
      const capacity = parameters({ ReturnConsumedCapacity: input['ReturnConsumedCapacity'] });
      return Object.entries(input['RequestItems'] as Record<string, unknown>).map(([table, requests]) => {
        const mentioned = new Mentioned();
        const partition = this.#partition(table);
        if (operation === 'BatchGetItem') {
          const get = requests as Input & { Keys: Values[] };
          for (const key of get.Keys) mentioned.values(key, partition);
          mentionExpressions(get, mentioned);
          const more = { ...capacity, ...parameters(get) };
          return { action, resource: this.#arnPrefix + table, context: context(mentioned, more) };
        }
        for (const write of requests as {
          PutRequest?: { Item: Values };
          DeleteRequest?: { Key: Values };
        }[]) {
          mentioned.values(write.PutRequest?.Item ?? write.DeleteRequest?.Key, partition);
        }
        return { action, resource: this.#arnPrefix + table, context: context(mentioned, capacity) };
      });
    }

    const table = String(input['TableName']);
    const index = input['IndexName'] as string | undefined;
    const mentioned = new Mentioned();
    const partition = this.#partition(table, index);
    mentioned.values((input['Key'] ?? input['Item']) as Values | undefined, partition);
    mentionExpressions(input, mentioned);
    if (operation === 'Query') {
      const conditions = input['KeyConditions'] as Record<
        string,
        { ComparisonOperator: string; AttributeValueList?: Values[string][] }
      >;
      const condition = conditions[partition];
      if (condition?.ComparisonOperator === 'EQ') mentioned.leadingKey(condition.AttributeValueList?.[0]);
    }
    const resource = this.#arnPrefix + table + (index ? `/index/${index}` : '');
    return [{ action, resource, context: context(mentioned, parameters(input)) }];
  }

  /** What policies are asked about an operation that exists on AWS but not here: they refuse it, or we say that we cannot. */
  readUnsupported(operation: string, input: Record<string, unknown>): Access {
    const table = typeof input['TableName'] === 'string' ? input['TableName'] : '*';
    const resource = table.startsWith('arn:') ? table : this.#arnPrefix + table;
    const action = UNSUPPORTED[operation] ?? `dynamodb:${operation}`;
    // No statement is parsed here, so each counts as one that reads the whole table.
    const scan: Context = action.includes('PartiQL') ? { 'dynamodb:FullTableScan': 'true' } : {};
    return { action, resource, context: scan };
  }

  /** The partition attribute of a table or index; of an unknown one, a name that no request can mention. */
  #partition(table: string, index?: string): string {
    const spec = this.#tables.get(table);
    const schema = index
      ? spec && indexesOf(spec).find(({ IndexName }) => IndexName === index)?.KeySchema
      : spec?.KeySchema;
    return schema?.[0]?.AttributeName ?? '';
  }
}

/** Operations whose right has another name than the operation; all others are asked for by their own. */
const UNSUPPORTED: Record<string, string> = {
  BatchExecuteStatement: 'dynamodb:PartiQLSelect',
  ExecuteStatement: 'dynamodb:PartiQLSelect',
  ExecuteTransaction: 'dynamodb:PartiQLSelect',
  TransactGetItems: 'dynamodb:GetItem',
  TransactWriteItems: 'dynamodb:PutItem',
};
