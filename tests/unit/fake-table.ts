// The photos table as devices see it, in memory: one owner's rows, an edit's condition as DynamoDB evaluates it, server time, and
// a network that a test breaks. A device of its own clock asks through `device()`.
import { CloudError } from '../../src/cloud/error.ts';
import type { AttributeEdit, Changes, EditOutcome } from '../../src/cloud/requests.ts';
import type { LibrarySource } from '../../src/library/library.svelte.ts';
import type { IdentityId, PhotoId } from '../../src/schema/ids.ts';
import { editTimeOf, isTombstone, type Photo, type PhotoRow } from '../../src/schema/photo.ts';
import { instantOf, type Instant } from '../../src/schema/time.ts';

export class FakeTable implements LibrarySource {
  readonly identityId: IdentityId;
  readonly rows = new Map<PhotoId, PhotoRow>();
  /** Server time. */
  now: number;
  readonly clock = { now: () => this.now, offset: 0, known: true } as LibrarySource['clock'];
  /** Since when each sync has read. */
  readonly reads: (Instant | undefined)[] = [];
  /** Edits that arrived, the superseded ones too. */
  readonly arrived: (AttributeEdit & { photoId: PhotoId })[] = [];
  fault: Error | undefined;
  /** The next so many edits arrive, but their answers are lost. */
  lostAnswers = 0;

  constructor(identityId: IdentityId, now: number) {
    this.identityId = identityId;
    this.now = now;
  }

  put(...rows: PhotoRow[]): void {
    for (const row of rows) this.rows.set(row.photoId, row);
  }

  async *changes(since: Instant | undefined, _signal?: AbortSignal): AsyncGenerator<Changes> {
    this.reads.push(since);
    const rows = [...this.rows.values()]
      .filter((row) => since === undefined || row.changedAt >= since)
      .toSorted((a, b) => (a.changedAt < b.changedAt ? -1 : 1));
    for (const row of rows) {
      if (this.fault) throw this.fault;
      yield { rows: [structuredClone(row)], items: 1, latest: row.changedAt };
    }
  }

  async readPhoto(photoId: PhotoId): Promise<PhotoRow | undefined> {
    if (this.fault) throw this.fault;
    return structuredClone(this.rows.get(photoId));
  }

  async editPhoto(photoId: PhotoId, edit: AttributeEdit, signal?: AbortSignal): Promise<EditOutcome> {
    // As on a network: nothing happens before the caller has gone on.
    await Promise.resolve();
    signal?.throwIfAborted();
    if (this.fault) throw this.fault;
    const row = this.rows.get(photoId);
    if (!row || isTombstone(row)) throw new CloudError('missing', 'no such photo');
    this.arrived.push({ photoId, ...edit });
    const outcome = this.#write(row, edit);
    if (this.lostAnswers > 0) {
      this.lostAnswers -= 1;
      throw new CloudError('offline', 'the answer was lost');
    }
    return outcome;
  }

  #write(row: Photo, { attribute, value, at }: AttributeEdit): EditOutcome {
    if ((row[editTimeOf(attribute)] ?? '') > at) return { outcome: 'superseded', row: structuredClone(row) };
    const changedAt = instantOf((this.now += 10));
    const { [attribute]: _before, ...rest } = row;
    const set = value === null ? {} : { [attribute]: structuredClone(value) };
    this.put({ ...rest, ...set, [editTimeOf(attribute)]: at, changedAt } as Photo);
    return { outcome: 'saved', changedAt };
  }
}
