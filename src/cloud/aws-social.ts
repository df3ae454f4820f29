// The `social` table: the owner's rows in it, and what others have addressed to them. Loaded on first need.
import type { IdentityId } from '../schema/ids.ts';
import { INBOX_INDEX, TTL_ATTRIBUTE } from '../schema/photo.ts';
import { parseSocialRow, SOCIAL_TOMBSTONE_DAYS, type SocialRow } from '../schema/social.ts';
import { instantOf, type Instant } from '../schema/time.ts';
import type { AwsOptions } from './aws-client.ts';
import { AwsTable, type Item } from './aws-table.ts';
import { CloudError } from './error.ts';
import type { Changes, EditOutcome, RowEdit } from './requests.ts';

/** Before every change there is. */
const BEGINNING: Instant = instantOf(0);

export class SocialTable {
  readonly #options: AwsOptions;
  readonly #owner: IdentityId;
  readonly #table: AwsTable;

  constructor(options: AwsOptions, owner: IdentityId) {
    this.#options = options;
    this.#owner = owner;
    this.#table = new AwsTable(options, { table: options.config.socialTable, sortKey: 'id', owner });
  }

  async *changes(since: Instant | undefined, signal: AbortSignal): AsyncGenerator<Changes<SocialRow>> {
    for await (const items of this.#table.changes(since, signal))
      yield this.#read(items, (row) => row.owner === this.#owner);
  }

  /** Rows of others. Never later ones than now: of those that are dated in the future there may be any number. */
  async *inbox(since: Instant | undefined, signal: AbortSignal): AsyncGenerator<Changes<SocialRow>> {
    const soon = this.#table.soon();
    const pages = this.#table.pages(
      {
        IndexName: INBOX_INDEX,
        ScanIndexForward: true,
        KeyConditionExpression: '#recipient = :me AND #changedAt BETWEEN :since AND :soon',
        ExpressionAttributeNames: { '#recipient': 'recipient', '#changedAt': 'changedAt' },
        ExpressionAttributeValues: {
          ':me': this.#owner,
          ':since': since === undefined || since > soon ? BEGINNING : since,
          ':soon': soon,
        },
      },
      signal,
    );
    const me = this.#owner;
    for await (const items of pages)
      yield this.#read(items, ({ owner, recipient }) => owner !== me && recipient === me);
  }

  async readRow(id: string, signal?: AbortSignal): Promise<SocialRow | undefined> {
    const item = await this.#table.read(id, signal);
    return this.#read(item ? [item] : [], () => true).rows[0];
  }

  async editRow(
    id: string,
    edits: readonly RowEdit[],
    signal?: AbortSignal,
  ): Promise<EditOutcome<SocialRow>[]> {
    const along = (counting: readonly RowEdit[]) => this.#expiry(counting);
    const { changedAt, item, superseded } = await this.#table.edit(id, edits, { along }, signal);
    const row = item && this.#read([item], () => true).rows[0];
    return edits.map(({ attribute }): EditOutcome<SocialRow> => {
      if (changedAt !== undefined && !superseded.has(attribute)) return { outcome: 'saved', changedAt };
      if (!row) throw new CloudError('unexpected', 'what was edited later cannot be read');
      return { outcome: 'superseded', row };
    });
  }

  /** A row that is marked deleted goes by itself one day, one that is taken back does not. */
  #expiry(edits: readonly RowEdit[]): Record<string, unknown> {
    const deletion = edits.find(({ attribute }) => attribute === 'deletedAt');
    if (!deletion) return {};
    const gone = Math.ceil(this.#options.clock.now() / 1000) + SOCIAL_TOMBSTONE_DAYS * 86_400;
    return { [TTL_ATTRIBUTE]: deletion.value === null ? null : gone };
  }

  #read(items: readonly Item[], isMine: (row: SocialRow) => boolean): Changes<SocialRow> {
    const soon = this.#table.soon();
    const rows = items.flatMap((item) => {
      const row = parseSocialRow(item);
      if (!row || !isMine(row)) return [];
      const credible = Object.entries(row.editedAt).filter(([, at]) => at <= soon);
      return [
        { ...row, changedAt: this.#table.clamp(row.changedAt), editedAt: Object.fromEntries(credible) },
      ];
    });
    return { rows, items: items.length, ...this.#table.latest(items) };
  }
}
