// The owner's rows in the `photos` table. Loaded after the first thumbnails.
import { isPhotoId, type IdentityId, type PhotoId } from '../schema/ids.ts';
import { text, whole } from '../schema/parse.ts';
import { EDIT_TIMES, isTombstone, parsePhotoRow, type Photo, type PhotoRow } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';
import type { AwsOptions } from './aws-client.ts';
import { AwsTable, type Item } from './aws-table.ts';
import type { AttributeEdit, Changes, EditOutcome, RowFacts, SortedPage } from './requests.ts';

export class PhotoTable {
  readonly #owner: IdentityId;
  readonly #table: AwsTable;

  constructor(options: AwsOptions, owner: IdentityId) {
    this.#owner = owner;
    this.#table = new AwsTable(options, { table: options.config.photosTable, sortKey: 'photoId', owner });
  }

  async *changes(since: Instant | undefined, signal: AbortSignal): AsyncGenerator<Changes> {
    for await (const items of this.#table.changes(since, signal)) yield this.#read(items);
  }

  async rowsAfter(after: string | undefined, signal?: AbortSignal): Promise<SortedPage<RowFacts>> {
    const query = {
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
    };
    const page = await this.#table.page(query, signal);
    const entries = (page.Items ?? []).flatMap((item) => factsOf(item) ?? []);
    const next: unknown = page.LastEvaluatedKey?.['photoId'];
    return { entries, ...(typeof next === 'string' ? { next } : {}) };
  }

  async readPhoto(photoId: PhotoId, signal?: AbortSignal): Promise<PhotoRow | undefined> {
    return this.#rowOf(await this.#table.read(photoId, signal));
  }

  async editPhoto(photoId: PhotoId, edit: AttributeEdit, signal?: AbortSignal): Promise<EditOutcome> {
    const mustBe = (found: Item | undefined) => this.#photoOf(found) !== undefined;
    const { changedAt, item } = await this.#table.edit(photoId, [edit], { mustBe }, signal);
    return changedAt === undefined
      ? { outcome: 'superseded', row: this.#photoOf(item) as Photo }
      : { outcome: 'saved', changedAt };
  }

  #rowOf(item: Item | undefined): PhotoRow | undefined {
    return this.#read(item ? [item] : []).rows[0];
  }

  #photoOf(item: Item | undefined): Photo | undefined {
    const row = this.#rowOf(item);
    return row && !isTombstone(row) ? row : undefined;
  }

  #read(items: readonly Item[]): Changes {
    const soon = this.#table.soon();
    const rows = items.flatMap((item) => {
      const parsed = parsePhotoRow(item);
      if (parsed?.owner !== this.#owner) return [];
      const row: PhotoRow = { ...parsed, changedAt: this.#table.clamp(parsed.changedAt) };
      // As the table has it: those are taken for undated.
      if (!isTombstone(row)) for (const name of EDIT_TIMES) if ((row[name] ?? '') > soon) delete row[name];
      return [row];
    });
    return { rows, items: items.length, ...this.#table.latest(items) };
  }
}

function factsOf(item: Item): RowFacts | undefined {
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
