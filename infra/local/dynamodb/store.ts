// The store that dynalite's operations work on: they read LevelDB, but what they write is only staged, so that one request
// (its items and all their index rows) becomes one synchronous LevelDB batch. Kill the process anywhere: all of it is there or none.
import { Readable } from 'node:stream';
import { ClassicLevel } from 'classic-level';

interface KeyPart {
  AttributeName: string;
  KeyType: 'HASH' | 'RANGE';
}

export interface IndexSpec {
  IndexName: string;
  KeySchema: readonly KeyPart[];
  Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: readonly string[] };
}

/** A table, in the shape that CloudFormation and dynalite share. */
export interface TableSpec {
  TableName: string;
  KeySchema: readonly KeyPart[];
  AttributeDefinitions: readonly { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
  LocalSecondaryIndexes?: readonly IndexSpec[];
  GlobalSecondaryIndexes?: readonly IndexSpec[];
  /** The TTL attribute: epoch seconds. */
  ttlAttribute?: string;
}

export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;
type Done<T = void> = (error: unknown, value?: T) => void;

interface DynaliteDb {
  lock(key: string, run: (release: <F>(done: F) => F) => void): void;
  get(key: string, done: Done<Item>): void;
  put(key: string, item: Item, done: Done): void;
  del(key: string, done: Done): void;
  createValueStream(range: object): Readable;
}

/** What dynalite calls `store`. */
export interface DynaliteStore {
  options: { maxItemSize: number };
  getTable(name: string, checkStatus: boolean | Done<object>, done?: Done<object>): void;
  getItemDb(table: string): DynaliteDb;
  getIndexDb(type: string, table: string, index: string): DynaliteDb;
}

type Level = ClassicLevel<string, Item>;
type Sublevel = ReturnType<Level['sublevel']>;
type Change =
  | { type: 'put'; sublevel: Sublevel; key: string; value: Item }
  | { type: 'del'; sublevel: Sublevel; key: string };

export const indexesOf = (table: TableSpec): IndexSpec[] => [
  ...(table.LocalSecondaryIndexes ?? []),
  ...(table.GlobalSecondaryIndexes ?? []),
];

const notFound = (message: string): Error =>
  Object.assign(new Error(message), {
    statusCode: 400,
    body: { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message },
  });

const emptyIndexKey = (name: string, index: string): Error => {
  const message =
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
    `The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${index}, IndexKey: ${name}`;
  return Object.assign(new Error(message), {
    statusCode: 400,
    body: { __type: 'com.amazon.coral.validate#ValidationException', message },
  });
};

/** Opens the tables of one directory. The caller sees to it that only one process does. */
export class Store {
  readonly #level: Level;
  readonly #tables: ReadonlyMap<string, TableSpec>;
  readonly #sublevels = new Map<string, Sublevel>();

  constructor(directory: string, tables: readonly TableSpec[]) {
    this.#level = new ClassicLevel<string, Item>(directory, { valueEncoding: 'json' });
    this.#tables = new Map(tables.map((table) => [table.TableName, table]));
  }

  open(): Promise<void> {
    return this.#level.open();
  }

  close(): Promise<void> {
    return this.#level.close();
  }

  /**
   * A dynalite store whose writes go into `changes`; readers pass no list: a write then is a bug. `failed` hears what dynalite
   * throws after a read, where nobody else could catch it.
   */
  view(changes?: Change[], failed: (error: unknown) => void = fail): DynaliteStore {
    return {
      options: { maxItemSize: 400 * 1024 },
      getTable: (name, checkStatus, done) => {
        const answer = typeof checkStatus === 'function' ? checkStatus : done;
        const table = this.#tables.get(name);
        if (table) answer?.(undefined, { ...table, TableStatus: 'ACTIVE' });
        else answer?.(notFound('Requested resource not found'));
      },
      getItemDb: (table) => this.#db(`item~${table}`, changes, failed),
      getIndexDb: (_type, table, index) => {
        const spec = indexesOf(this.#tables.get(table) ?? fail(`no table ${table}`)).find(
          ({ IndexName }) => IndexName === index,
        );
        return this.#db(`index~${table}~${index}`, changes, failed, spec);
      },
    };
  }

  /** All of it or none of it, and on disk before this resolves. */
  async commit(changes: Change[]): Promise<void> {
    if (changes.length > 0) await this.#level.batch(changes, { sync: true });
  }

  items(table: string): AsyncIterable<Item> {
    return this.#sublevel(`item~${table}`).values() as AsyncIterable<Item>;
  }

  /** A word kept about the store itself, such as the shape its indexes were built with. */
  async note(name: string): Promise<string | undefined> {
    const found = (await this.#sublevel('note').get(name)) as Item | undefined;
    return found?.['is']?.['S'] as string | undefined;
  }

  /** Empties these indexes and fills them again by running `put` on every item. */
  async rebuild(table: TableSpec, shape: string, put: (item: Item, view: DynaliteStore) => Promise<void>) {
    for (const { IndexName } of indexesOf(table)) {
      await this.#sublevel(`index~${table.TableName}~${IndexName}`).clear();
    }
    for await (const item of this.items(table.TableName)) {
      const changes: Change[] = [];
      await put(item, this.view(changes));
      await this.#level.batch(changes);
    }
    await this.#level.batch(
      [
        {
          type: 'put',
          sublevel: this.#sublevel('note'),
          key: table.TableName,
          value: { is: { S: shape } },
        },
      ],
      { sync: true },
    );
  }

  #sublevel(name: string): Sublevel {
    const sublevel =
      this.#sublevels.get(name) ?? this.#level.sublevel<string, Item>(name, { valueEncoding: 'json' });
    this.#sublevels.set(name, sublevel as Sublevel);
    return sublevel as Sublevel;
  }

  async #answer<T>(
    read: Promise<T | undefined>,
    done: Done<T>,
    failed: (error: unknown) => void,
  ): Promise<void> {
    try {
      done(undefined, await read);
    } catch (error) {
      failed(error);
    }
  }

  #db(
    name: string,
    changes: Change[] | undefined,
    failed: (error: unknown) => void,
    index?: IndexSpec,
  ): DynaliteDb {
    const sublevel = this.#sublevel(name);
    const staged = (): Change[] => changes ?? fail('a read wrote to the store');
    return {
      // The engine runs one write at a time, so dynalite's own locks have nothing to guard.
      lock: (_key, run) => run((done) => done),
      get: (key, done) => {
        void this.#answer(sublevel.get(key) as Promise<Item | undefined>, done, failed);
      },
      put: (key, item, done) => {
        const empty = index?.KeySchema.find(({ AttributeName }) => item[AttributeName]?.['S'] === '');
        if (empty) {
          done(emptyIndexKey(empty.AttributeName, index?.IndexName ?? ''));
          return;
        }
        staged().push({ type: 'put', sublevel, key, value: item });
        done(undefined);
      },
      del: (key, done) => {
        staged().push({ type: 'del', sublevel, key });
        done(undefined);
      },
      createValueStream: (range) => Readable.from(sublevel.values(range)),
    };
  }
}

function fail(cause: unknown): never {
  throw cause instanceof Error ? cause : new Error(String(cause));
}
