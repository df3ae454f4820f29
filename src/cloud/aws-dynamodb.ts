// The owner's rows in the `photos` table, by the SDK. Loaded after the first thumbnails.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { CHANGES_INDEX, parsePhotoRow, type PhotoRow } from '../schema/photo.ts';
import { instant, instantOf, type Instant } from '../schema/time.ts';
import {
  clientConfig,
  observeClock,
  REQUEST_TIMEOUT,
  withCredentials,
  type AwsOptions,
} from './aws-client.ts';
import type { Changes, PhotoEdit } from './requests.ts';

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

  async readPhoto(photoId: PhotoId, signal?: AbortSignal): Promise<PhotoRow | undefined> {
    const command = new GetCommand({
      TableName: this.#options.config.photosTable,
      Key: { owner: this.#owner, photoId },
      ConsistentRead: true,
    });
    const { Item } = await this.#run(() => this.#client.send(command, { abortSignal: signal }));
    return this.#read(Item ? [Item] : []).rows[0];
  }

  async editPhoto(photoId: PhotoId, edit: PhotoEdit, signal?: AbortSignal): Promise<Instant> {
    const changedAt = instantOf(this.#options.clock.now());
    const entries = Object.entries({ ...edit, changedAt }).filter(([, value]) => value !== undefined);
    const set = entries.filter(([, value]) => value !== null);
    const remove = entries.filter(([, value]) => value === null);
    const command = new UpdateCommand({
      TableName: this.#options.config.photosTable,
      Key: { owner: this.#owner, photoId },
      UpdateExpression: [
        `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ...(remove.length > 0 ? [`REMOVE ${remove.map(([name]) => `#${name}`).join(', ')}`] : []),
      ].join(' '),
      // A key attribute: the policy allows conditions on no other. Without it an edit would make up a row.
      ConditionExpression: 'attribute_exists(photoId)',
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
    });
    await this.#run(() => this.#client.send(command, { abortSignal: signal }));
    return changedAt;
  }

  /** Rows dated in the future are taken for new: a cursor that followed them would skip everything until then. */
  #read(items: Record<string, unknown>[]): Changes {
    const now = instantOf(this.#options.clock.now());
    const clamp = (changedAt: Instant): Instant => (changedAt > now ? now : changedAt);
    const rows = items.flatMap((item) => {
      const row = parsePhotoRow(item);
      return row?.owner === this.#owner ? [{ ...row, changedAt: clamp(row.changedAt) }] : [];
    });
    const last = instant(items.at(-1)?.['changedAt']);
    return { rows, items: items.length, ...(last ? { latest: clamp(last) } : {}) };
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return withCredentials(this.#options.credentials, operation);
  }
}
