// DynamoDB's operations: dynalite's own, run in this process on a store whose writes are atomic and synchronous.
import batchGetItem from 'dynalite/actions/batchGetItem.js';
import batchWriteItem from 'dynalite/actions/batchWriteItem.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import scan from 'dynalite/actions/scan.js';
import updateItem from 'dynalite/actions/updateItem.js';
import batchGetItemInput from 'dynalite/validations/batchGetItem.js';
import batchWriteItemInput from 'dynalite/validations/batchWriteItem.js';
import deleteItemInput from 'dynalite/validations/deleteItem.js';
import getItemInput from 'dynalite/validations/getItem.js';
import validations from 'dynalite/validations/index.js';
import putItemInput from 'dynalite/validations/putItem.js';
import queryInput from 'dynalite/validations/query.js';
import scanInput from 'dynalite/validations/scan.js';
import updateItemInput from 'dynalite/validations/updateItem.js';
import { ServiceError } from '../aws-json.ts';
import { indexesOf, Store, type Item, type TableSpec } from './store.ts';

const OPERATIONS = {
  BatchGetItem: { run: batchGetItem, input: batchGetItemInput, writes: false },
  BatchWriteItem: { run: batchWriteItem, input: batchWriteItemInput, writes: true },
  DeleteItem: { run: deleteItem, input: deleteItemInput, writes: true },
  GetItem: { run: getItem, input: getItemInput, writes: false },
  PutItem: { run: putItem, input: putItemInput, writes: true },
  Query: { run: query, input: queryInput, writes: false },
  Scan: { run: scan, input: scanInput, writes: false },
  UpdateItem: { run: updateItem, input: updateItemInput, writes: true },
} as const;

export type Operation = keyof typeof OPERATIONS;
export const isOperation = (name: string): name is Operation => Object.hasOwn(OPERATIONS, name);

/** Input that passed DynamoDB's own checks, with its expressions parsed. */
export type Input = Record<string, unknown>;

export class Engine {
  readonly tables: ReadonlyMap<string, TableSpec>;
  readonly #store: Store;
  /** Writes run one after the other; each waits for the one before it, whatever became of that. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(store: Store, tables: readonly TableSpec[]) {
    this.#store = store;
    this.tables = new Map(tables.map((table) => [table.TableName, table]));
  }

  static async open(directory: string, tables: readonly TableSpec[]): Promise<Engine> {
    const store = new Store(directory, tables);
    await store.open();
    const engine = new Engine(store, tables);
    for (const table of tables) await engine.#fitIndexes(table);
    return engine;
  }

  /** DynamoDB's checks of the input. A parameter that nobody here would act on is refused rather than dropped. */
  check(operation: Operation, json: Record<string, unknown>): Input {
    const { input } = OPERATIONS[operation];
    const unknown = Object.keys(json).find((name) => !Object.hasOwn(input.types, name));
    if (unknown) {
      throw new ServiceError(
        'com.amazon.coral.validate#ValidationException',
        `The local cloud does not know the parameter ${unknown} of ${operation}.`,
      );
    }
    try {
      const data = validations.checkTypes(structuredClone(json), input.types);
      validations.checkValidations(data, input.types, input.custom, this.#store.view());
      return data;
    } catch (error) {
      throw translate(error);
    }
  }

  run(operation: Operation, input: Input): Promise<object> {
    return OPERATIONS[operation].writes
      ? this.#inTurn(() => this.#write(operation, input))
      : this.#call(operation, input);
  }

  /** Deletes items whose TTL has passed, as DynamoDB does sooner or later. Gives how many. */
  async sweep(now = Date.now()): Promise<number> {
    let swept = 0;
    for (const table of this.tables.values()) {
      const { ttlAttribute } = table;
      if (!ttlAttribute) continue;
      const expired = (item: Item) => Number(item[ttlAttribute]?.['N'] ?? Infinity) * 1000 < now;
      for await (const item of this.#store.items(table.TableName)) {
        if (!expired(item)) continue;
        const Key = Object.fromEntries(
          table.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
        );
        const input = { TableName: table.TableName, Key };
        await this.#inTurn(async () => {
          // It may have been written again since the sweep read it.
          const current = (await this.#call('GetItem', input)) as { Item?: Item };
          if (!current.Item || !expired(current.Item)) return;
          await this.#write('DeleteItem', input);
          swept += 1;
        });
      }
    }
    return swept;
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#store.close());
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task, task);
    // Its failure is its caller's; the next one goes on all the same.
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(operation: Operation, input: Input): Promise<object> {
    const changes: Parameters<Store['commit']>[0] = [];
    const result = await this.#call(operation, input, changes);
    await this.#store.commit(changes);
    return result;
  }

  #call(operation: Operation, input: Input, changes?: Parameters<Store['commit']>[0]): Promise<object> {
    return new Promise((resolve, reject) => {
      OPERATIONS[operation].run(this.#store.view(changes, reject), input, (error, result) => {
        if (error) reject(translate(error));
        else resolve(result ?? {});
      });
    });
  }

  /** A template whose indexes changed since the data were written gets its indexes built anew; another key cannot be had. */
  async #fitIndexes(table: TableSpec): Promise<void> {
    const shape = JSON.stringify([table.KeySchema, table.AttributeDefinitions, indexesOf(table)]);
    const built = await this.#store.note(table.TableName);
    if (built === shape) return;
    if (built && JSON.stringify((JSON.parse(built) as unknown[])[0]) !== JSON.stringify(table.KeySchema)) {
      throw new Error(
        `The key of the table ${table.TableName} has changed since its data were written: move .shoebox away.`,
      );
    }
    await this.#store.rebuild(
      table,
      shape,
      (Item, view) =>
        new Promise((resolve, reject) => {
          putItem(view, { TableName: table.TableName, Item }, (error) => (error ? reject(error) : resolve()));
        }),
    );
  }
}

/** dynalite's errors carry status and body as DynamoDB sends them. */
function translate(error: unknown): unknown {
  const { statusCode, body } = (error ?? {}) as {
    statusCode?: number;
    body?: { __type: string; message?: string; Message?: string };
  };
  return statusCode && body
    ? new ServiceError(body.__type, body.message ?? body.Message ?? '', statusCode)
    : error;
}
