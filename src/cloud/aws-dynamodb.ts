// The owner's rows in the `photos` table, by the SDK. Loaded after the first thumbnails.
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isPhotoId, type IdentityId, type PhotoId } from '../schema/ids.ts';
import { text, whole } from '../schema/parse.ts';
import {
  CHANGES_INDEX,
  EDIT_TIMES,
  editTimeOf,
  isTombstone,
  parsePhotoRow,
  type PhotoRow,
} from '../schema/photo.ts';
import { instant, instantOf, type Instant } from '../schema/time.ts';
import {
  clientConfig,
  observeClock,
  REQUEST_TIMEOUT,
  withCredentials,
  type AwsOptions,
} from './aws-client.ts';
import { CloudError } from './error.ts';
import type { AttributeEdit, Changes, EditOutcome, RowFacts, SortedPage } from './requests.ts';

/** How far apart good clocks may be, and how late an edit may arrive: syncs look further back than that. */
const SLACK_MS = 60_000;
/** A row that changes more often than this while it is edited is left to a later try. */
const ROUNDS = 4;

export class PhotoTable {
  readonly #options: AwsOptions;
  readonly #owner: IdentityId;
  readonly #client: DynamoDBDocumentClient;

  constructor(options: AwsOptions, owner: IdentityId) {
    this.#options = options;
    this.#owner = owner;
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

  async *changes(since: Instant | undefined, signal: AbortSignal): AsyncGenerator<Changes> {
    let start: Record<string, unknown> | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.#options.config.photosTable,
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
          ':owner': this.#owner,
          ...(since === undefined ? {} : { ':since': since }),
        },
        ExclusiveStartKey: start,
      });
      const page = await this.#run(() => this.#client.send(command, { abortSignal: signal }));
      yield this.#read(page.Items ?? []);
      start = page.LastEvaluatedKey;
    } while (start);
  }

  async rowsAfter(after: string | undefined, signal?: AbortSignal): Promise<SortedPage<RowFacts>> {
    const command = new QueryCommand({
      TableName: this.#options.config.photosTable,
      ConsistentRead: true,
      KeyConditionExpression: after === undefined ? '#owner = :owner' : '#owner = :owner AND #id > :after',
      ProjectionExpression: '#id, #name, #bytes, #status, #deletedAt',
      ExpressionAttributeNames: {
        '#owner': 'owner',
        '#id': 'photoId',
        '#name': 'name',
        '#bytes': 'bytes',
        '#status': 'status',
        '#deletedAt': 'deletedAt',
      },
      ExpressionAttributeValues: {
        ':owner': this.#owner,
        ...(after === undefined ? {} : { ':after': after }),
      },
    });
    const page = await this.#run(() => this.#client.send(command, { abortSignal: signal }));
    const entries = (page.Items ?? []).flatMap((item) => factsOf(item) ?? []);
    const next: unknown = page.LastEvaluatedKey?.['photoId'];
    return { entries, ...(typeof next === 'string' ? { next } : {}) };
  }

  async readPhoto(photoId: PhotoId, signal?: AbortSignal): Promise<PhotoRow | undefined> {
    const item = await this.#readItem(photoId, signal);
    return this.#read(item ? [item] : []).rows[0];
  }

  async editPhoto(photoId: PhotoId, edit: AttributeEdit, signal?: AbortSignal): Promise<EditOutcome> {
    const name = editTimeOf(edit.attribute);
    let incredible: unknown;
    for (let round = 0; round < ROUNDS; round++) {
      const changedAt = instantOf(this.#options.clock.now());
      if (await this.#setAttribute(photoId, edit, { changedAt, incredible }, signal)) {
        // Slow, or the clock was wrong: dated like this, other devices would not find it.
        if (Math.abs(this.#options.clock.now() - Date.parse(changedAt)) > SLACK_MS) continue;
        return { outcome: 'saved', changedAt };
      }
      const item = await this.#readItem(photoId, signal);
      const row = this.#read(item ? [item] : []).rows[0];
      if (!row || isTombstone(row)) throw new CloudError('missing', 'the photo is no longer there');
      if ((row[name] ?? '') > edit.at) return { outcome: 'superseded', row };
      incredible = item?.[name];
    }
    throw new CloudError('throttled', 'the row kept changing while it was edited');
  }

  /** False when there is no such row, or one edited later: equal times pass, so that sending twice is as once. */
  async #setAttribute(
    photoId: PhotoId,
    { attribute, value, at }: AttributeEdit,
    { changedAt, incredible }: { changedAt: Instant; incredible: unknown },
    signal?: AbortSignal,
  ): Promise<boolean> {
    const earlier = 'attribute_not_exists(#time) OR #time <= :at';
    const command = new UpdateCommand({
      TableName: this.#options.config.photosTable,
      Key: { owner: this.#owner, photoId },
      UpdateExpression:
        value === null
          ? 'SET #time = :at, #changedAt = :changedAt REMOVE #attribute'
          : 'SET #time = :at, #changedAt = :changedAt, #attribute = :value',
      // The policy allows conditions on key and owner's attributes only. Without the key's an edit would make up a row.
      ConditionExpression: `attribute_exists(photoId) AND (${earlier}${incredible === undefined ? '' : ' OR #time = :incredible'})`,
      ExpressionAttributeNames: {
        '#attribute': attribute,
        '#time': editTimeOf(attribute),
        '#changedAt': 'changedAt',
      },
      ExpressionAttributeValues: {
        ':at': at,
        ':changedAt': changedAt,
        ...(value === null ? {} : { ':value': value }),
        ...(incredible === undefined ? {} : { ':incredible': incredible }),
      },
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

  async #readItem(photoId: PhotoId, signal?: AbortSignal): Promise<Record<string, unknown> | undefined> {
    const command = new GetCommand({
      TableName: this.#options.config.photosTable,
      Key: { owner: this.#owner, photoId },
      ConsistentRead: true,
    });
    return (await this.#run(() => this.#client.send(command, { abortSignal: signal }))).Item;
  }

  /**
   * Rows dated in the future are taken for new: a cursor that followed them would skip everything until then. Edits dated in the
   * future are taken for undated: a broken clock must not win for years.
   */
  #read(items: Record<string, unknown>[]): Changes {
    const now = instantOf(this.#options.clock.now());
    const soon = instantOf(this.#options.clock.now() + SLACK_MS);
    const clamp = (changedAt: Instant): Instant => (changedAt > now ? now : changedAt);
    const rows = items.flatMap((item) => {
      const parsed = parsePhotoRow(item);
      if (parsed?.owner !== this.#owner) return [];
      const row: PhotoRow = { ...parsed, changedAt: clamp(parsed.changedAt) };
      if (!isTombstone(row)) for (const name of EDIT_TIMES) if ((row[name] ?? '') > soon) delete row[name];
      return [row];
    });
    const last = instant(items.at(-1)?.['changedAt']);
    return { rows, items: items.length, ...(last ? { latest: clamp(last) } : {}) };
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return withCredentials(this.#options.credentials, operation);
  }
}

function factsOf(item: Record<string, unknown>): RowFacts | undefined {
  const photoId = item['photoId'];
  if (!isPhotoId(photoId)) return undefined;
  if (item['deletedAt'] !== undefined) return { photoId, kind: 'tombstone' };
  if (item['status'] === undefined) return { photoId, kind: 'made-up' };
  const bytes = whole(item['bytes']);
  return {
    photoId,
    kind: 'photo',
    name: text(item['name']) ?? photoId,
    ...(bytes === undefined ? {} : { bytes }),
  };
}
