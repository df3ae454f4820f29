// A table of rows that their owner edits, by the SDK: what changed since when, and edits of which, per attribute, the later one counts.
// Both tables are read and written by it.
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { IdentityId } from '../schema/ids.ts';
import { CHANGES_INDEX } from '../schema/photo.ts';
import { instant, instantOf, type Instant } from '../schema/time.ts';
import {
  clientConfig,
  observeClock,
  REQUEST_TIMEOUT,
  withCredentials,
  type AwsOptions,
} from './aws-client.ts';
import { CloudError } from './error.ts';
import type { RowEdit } from './requests.ts';

/** How far apart good clocks may be, and how late an edit may arrive: syncs look further back than that. */
export const SLACK_MS = 60_000;
/** A row that changes more often than this while it is edited is left to a later try. */
const ROUNDS = 4;

export type Item = Record<string, unknown>;
export type Query = Omit<ConstructorParameters<typeof QueryCommand>[0], 'TableName' | 'ExclusiveStartKey'>;

export interface EditOptions {
  /** Whether a row may be edited: none is then made up. Without it rows are made if need be. */
  mustBe?: (item: Item | undefined) => boolean;
  /** What is set or (null) removed together with those that count. */
  along?: (edits: readonly RowEdit[]) => Readonly<Record<string, unknown>>;
}

export interface EditedItem {
  /** When those were saved that were not superseded; undefined where all were. */
  changedAt?: Instant;
  /** The row with the later edits, where some were superseded. */
  item?: Item;
  superseded: ReadonlySet<string>;
}

interface Place {
  table: string;
  sortKey: string;
  owner: IdentityId;
}

export class AwsTable {
  readonly #options: AwsOptions;
  readonly #place: Place;
  readonly #client: DynamoDBDocumentClient;

  constructor(options: AwsOptions, place: Place) {
    this.#options = options;
    this.#place = place;
    const client = new DynamoDBClient({
      ...clientConfig(options),
      endpoint: options.config.endpoints?.dynamodb,
      // A call without an end would keep the library's lock, and with it every tab.
      requestHandler: { requestTimeout: REQUEST_TIMEOUT },
      // The credentials name no account, and a per-account host is not in the content security policy.
      accountIdEndpointMode: 'disabled',
    });
    observeClock(client, options.clock);
    this.#client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  }

  /** One page, and after what the next one begins. */
  async page(query: Query & { ExclusiveStartKey?: Item | undefined }, signal?: AbortSignal) {
    const command = new QueryCommand({ TableName: this.#place.table, ...query });
    return this.#run(() => this.#client.send(command, { abortSignal: signal }));
  }

  async *pages(query: Query, signal: AbortSignal): AsyncGenerator<Item[]> {
    let start: Item | undefined;
    do {
      const page = await this.page({ ...query, ExclusiveStartKey: start }, signal);
      yield page.Items ?? [];
      start = page.LastEvaluatedKey;
    } while (start);
  }

  /** The owner's rows changed at or after `since` (all without it), oldest first. */
  changes(since: Instant | undefined, signal: AbortSignal): AsyncGenerator<Item[]> {
    const query: Query = {
      IndexName: CHANGES_INDEX,
      ConsistentRead: true,
      ScanIndexForward: true,
      KeyConditionExpression:
        since === undefined ? '#owner = :owner' : '#owner = :owner AND #changedAt >= :since',
      ExpressionAttributeNames: {
        '#owner': 'owner',
        ...(since === undefined ? {} : { '#changedAt': 'changedAt' }),
      },
      ExpressionAttributeValues: {
        ':owner': this.#place.owner,
        ...(since === undefined ? {} : { ':since': since }),
      },
    };
    return this.pages(query, signal);
  }

  async read(id: string, signal?: AbortSignal): Promise<Item | undefined> {
    const command = new GetCommand({
      TableName: this.#place.table,
      Key: this.#key(id),
      ConsistentRead: true,
    });
    return (await this.#run(() => this.#client.send(command, { abortSignal: signal }))).Item;
  }

  /** Edits one row, in one request where nothing in it was edited later. */
  async edit(
    id: string,
    edits: readonly RowEdit[],
    options: EditOptions,
    signal?: AbortSignal,
  ): Promise<EditedItem> {
    let left = edits;
    let item: Item | undefined;
    const superseded = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const changedAt = instantOf(this.#options.clock.now());
      if (await this.#set(id, left, { changedAt, item, ...options }, signal)) {
        // Slow, or the clock was wrong: dated like this, other devices would not find it.
        if (Math.abs(this.#options.clock.now() - Date.parse(changedAt)) > SLACK_MS) continue;
        return { changedAt, superseded, ...(item && superseded.size > 0 ? { item } : {}) };
      }
      item = await this.read(id, signal);
      if (options.mustBe && !options.mustBe(item))
        throw new CloudError('missing', 'the row is no longer there');
      for (const { attribute, at } of left)
        if ((this.editTime(item, attribute) ?? '') > at) superseded.add(attribute);
      left = left.filter(({ attribute }) => !superseded.has(attribute));
      if (left.length === 0) return { superseded, ...(item && { item }) };
    }
    throw new CloudError('throttled', 'the row kept changing while it was edited');
  }

  /** When an attribute was edited. One dated in the future is taken for undated: a broken clock must not win for years. */
  editTime(item: Item | undefined, attribute: string): Instant | undefined {
    const at = instant(item?.[timeOf(attribute)]);
    return at !== undefined && at <= this.soon() ? at : undefined;
  }

  /** Rows dated in the future are taken for new: a cursor that followed them would skip everything until then. */
  clamp(changedAt: Instant): Instant {
    const now = instantOf(this.#options.clock.now());
    return changedAt > now ? now : changedAt;
  }

  /** What is dated later than this cannot be true. */
  soon(): Instant {
    return instantOf(this.#options.clock.now() + SLACK_MS);
  }

  /** The newest change of a page, for the cursor. */
  latest(items: readonly Item[]): { latest?: Instant } {
    const last = instant(items.at(-1)?.['changedAt']);
    return last ? { latest: this.clamp(last) } : {};
  }

  /** False when one of them was edited later, or the row is not there: equal times pass, so that sending twice is as once. */
  async #set(
    id: string,
    edits: readonly RowEdit[],
    { changedAt, item, mustBe, along }: EditOptions & { changedAt: Instant; item: Item | undefined },
    signal?: AbortSignal,
  ): Promise<boolean> {
    const words = new Expression();
    const set = [`${words.name('changedAt')} = ${words.value(changedAt)}`];
    const removed: string[] = [];
    const assign = (name: string, value: unknown) => {
      if (value === null) removed.push(words.name(name));
      else set.push(`${words.name(name)} = ${words.value(value)}`);
    };
    // The policy of photos allows conditions on key and owner's attributes only. Without the key's an edit would make up a row.
    const conditions = mustBe ? [`attribute_exists(${this.#place.sortKey})`] : [];
    for (const { attribute, value, at } of edits) {
      const time = words.name(timeOf(attribute));
      const when = words.value(at);
      set.push(`${time} = ${when}`);
      assign(attribute, value);
      const seen = item?.[timeOf(attribute)];
      const incredible = seen === undefined ? '' : ` OR ${time} = ${words.value(seen)}`;
      conditions.push(`(attribute_not_exists(${time}) OR ${time} <= ${when}${incredible})`);
    }
    for (const [name, value] of Object.entries(along?.(edits) ?? {})) assign(name, value);
    const command = new UpdateCommand({
      TableName: this.#place.table,
      Key: this.#key(id),
      UpdateExpression: `SET ${set.join(', ')}${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}`,
      ConditionExpression: conditions.join(' AND '),
      ExpressionAttributeNames: words.names,
      ExpressionAttributeValues: words.values,
    });
    return this.#run(async () => {
      try {
        await this.#client.send(command, { abortSignal: signal });
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    });
  }

  #key(id: string): Item {
    return { owner: this.#place.owner, [this.#place.sortKey]: id };
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return withCredentials(this.#options.credentials, operation);
  }
}

const timeOf = (attribute: string): string => `${attribute}EditedAt`;

/** Names and values of an expression, which stand in it under others. */
class Expression {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};

  name(name: string): string {
    this.names[`#${name}`] = name;
    return `#${name}`;
  }

  value(value: unknown): string {
    const key = `:v${Object.keys(this.values).length}`;
    this.values[key] = value;
    return key;
  }
}
