// The `social` table in memory, as several people and their devices see it: per attribute the later edit wins, and the inbox has what is
// addressed to whoever looks. Its clock is the server's.
import { CloudError } from '../../src/cloud/error.ts';
import type { Changes, EditOutcome, RowEdit } from '../../src/cloud/requests.ts';
import type { SocialSource } from '../../src/library/social.svelte.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import { parseSocialRow, type SocialRow } from '../../src/schema/social.ts';
import { instantOf, type Instant } from '../../src/schema/time.ts';

type Item = Record<string, unknown>;

export class FakeSocial {
  readonly items = new Map<string, Item>();
  now: number;
  /** Requests that changed something. */
  edits = 0;
  /** Since when each sync has read an inbox. */
  readonly inboxReads: (Instant | undefined)[] = [];

  constructor(now: number) {
    this.now = now;
  }

  /** Written by somebody's own code. */
  write(owner: IdentityId, item: Item): void {
    this.items.set(`${owner} ${String(item['id'])}`, {
      owner,
      changedAt: instantOf((this.now += 1)),
      ...item,
    });
  }

  read(owner: IdentityId, id: string): SocialRow | undefined {
    return parseSocialRow(this.items.get(`${owner} ${id}`));
  }

  /** The table as one device of somebody sees it. */
  device(identityId: IdentityId): FakeDevice {
    return new FakeDevice(this, identityId);
  }

  *since(since: Instant | undefined, isWanted: (item: Item) => boolean): Generator<Changes<SocialRow>> {
    const items = [...this.items.values()]
      .filter((item) => isWanted(item) && (since === undefined || String(item['changedAt']) >= since))
      .toSorted((a, b) => (String(a['changedAt']) < String(b['changedAt']) ? -1 : 1));
    for (const item of items) {
      const row = parseSocialRow(item);
      yield { rows: row ? [row] : [], items: 1, latest: String(item['changedAt']) };
    }
  }

  edit(owner: IdentityId, id: string, edits: readonly RowEdit[]): EditOutcome<SocialRow>[] {
    const key = `${owner} ${id}`;
    const item = this.items.get(key) ?? { owner, id };
    const changedAt = instantOf((this.now += 10));
    const counting = edits.filter(({ attribute, at }) => String(item[`${attribute}EditedAt`] ?? '') <= at);
    const next: Item = { ...item, ...(counting.length > 0 && { changedAt }) };
    for (const { attribute, value, at } of counting) {
      next[`${attribute}EditedAt`] = at;
      if (value === null) delete next[attribute];
      else next[attribute] = structuredClone(value);
    }
    this.items.set(key, next);
    this.edits += 1;
    return edits.map((edit) =>
      counting.includes(edit)
        ? { outcome: 'saved', changedAt }
        : { outcome: 'superseded', row: parseSocialRow(next) as SocialRow },
    );
  }
}

export class FakeDevice implements SocialSource {
  readonly identityId: IdentityId;
  readonly #table: FakeSocial;
  readonly clock: SocialSource['clock'];
  online = true;
  /** The next so many edits arrive, but their answers are lost. */
  lostAnswers = 0;

  constructor(table: FakeSocial, identityId: IdentityId) {
    this.#table = table;
    this.identityId = identityId;
    this.clock = { now: () => table.now, offset: 0, known: true } as SocialSource['clock'];
  }

  async *socialChanges(since: Instant | undefined): AsyncGenerator<Changes<SocialRow>> {
    this.#reach();
    yield* this.#table.since(since, (item) => item['owner'] === this.identityId);
  }

  async *inbox(since: Instant | undefined): AsyncGenerator<Changes<SocialRow>> {
    this.#reach();
    this.#table.inboxReads.push(since);
    const now = instantOf(this.#table.now);
    yield* this.#table.since(
      since,
      (item) => item['recipient'] === this.identityId && String(item['changedAt']) <= now,
    );
  }

  async readSocial(id: string): Promise<SocialRow | undefined> {
    this.#reach();
    return this.#table.read(this.identityId, id);
  }

  async editSocial(id: string, edits: readonly RowEdit[]): Promise<EditOutcome<SocialRow>[]> {
    // As on a network: nothing happens before the caller has gone on.
    await Promise.resolve();
    this.#reach();
    const outcomes = this.#table.edit(this.identityId, id, edits);
    if (this.lostAnswers > 0) {
      this.lostAnswers -= 1;
      throw new CloudError('offline', 'the answer was lost');
    }
    return outcomes;
  }

  #reach(): void {
    if (!this.online) throw new CloudError('offline', 'no network');
  }
}
