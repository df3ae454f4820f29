// Putting right what the check has found: a wish for each photo, and only what rows tell counts as done.
import { expect, test } from 'vitest';
import { CloudError } from '../../src/cloud/error.ts';
import type { Changes } from '../../src/cloud/requests.ts';
import { heal, type Healed, type HealSource } from '../../src/library/heal.ts';
import type { Named } from '../../src/library/integrity.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import type { Photo, PhotoRow } from '../../src/schema/photo.ts';
import { instantOf, type Instant } from '../../src/schema/time.ts';
import { identity, photoIdOf } from '../fixtures.ts';

const owner = identity();
const idOf = (n: number): PhotoId => photoIdOf(Buffer.from(String(n)));
const named = (count: number): Named[] =>
  Array.from({ length: count }, (_, n) => ({ photoId: idOf(n), bytes: 10 }));

/** A processor that does what is wished after so many looks at the table, by what `rowFor` says. */
class Processor implements HealSource {
  now = Date.UTC(2026, 10, 21, 12);
  readonly clock = { now: () => this.now } as HealSource['clock'];
  readonly wishes: PhotoId[] = [];
  readonly rows = new Map<PhotoId, PhotoRow>();
  readonly asked: (Instant | undefined)[] = [];
  atOnce = 0;
  most = 0;
  looks = 0;
  fault: Error | undefined;
  rowFor: (photoId: PhotoId, changedAt: Instant) => PhotoRow | undefined;
  readonly #each: number;

  constructor(rowFor: Processor['rowFor'], each = Infinity) {
    this.rowFor = rowFor;
    this.#each = each;
  }

  wish = async (photoId: PhotoId): Promise<void> => {
    this.most = Math.max(this.most, ++this.atOnce);
    await Promise.resolve();
    this.atOnce -= 1;
    if (this.fault) throw this.fault;
    this.wishes.push(photoId);
  };

  /** Time passes, and a few wishes are granted. */
  pause = async (milliseconds: number): Promise<void> => {
    this.now += milliseconds;
    for (const photoId of this.wishes.splice(0, this.#each)) {
      const row = this.rowFor(photoId, instantOf(this.now));
      if (row) this.rows.set(photoId, row);
    }
  };

  async *changes(since: Instant | undefined): AsyncGenerator<Changes> {
    this.looks += 1;
    this.asked.push(since);
    const rows = [...this.rows.values()].filter(({ changedAt }) => changedAt >= (since ?? ''));
    const latest = rows
      .map(({ changedAt }) => changedAt)
      .sort()
      .at(-1);
    yield { rows, items: rows.length, ...(latest ? { latest } : {}) };
  }
}

const photo = (photoId: PhotoId, changedAt: Instant, more: Partial<Photo> = {}): Photo => ({
  owner,
  photoId,
  changedAt,
  status: 'ready',
  name: 'beach.jpg',
  type: 'image/jpeg',
  bytes: 10,
  width: 4,
  height: 3,
  takenAt: '2020-01-01T00:00:00',
  takenAtSource: 'upload',
  uploadedAt: changedAt,
  ...more,
});
const tombstone = (photoId: PhotoId, changedAt: Instant): PhotoRow => ({
  owner,
  photoId,
  changedAt,
  deletedAt: changedAt,
});

const healing = (
  source: Processor,
  more: {
    kind?: Parameters<typeof heal>[0]['kind'];
    count?: number;
    onprogress?: (now: Healed) => void;
  } = {},
) =>
  heal({
    source,
    kind: more.kind ?? 'unprocessed',
    named: named(more.count ?? 3),
    onprogress: more.onprogress ?? (() => undefined),
    signal: new AbortController().signal,
    pause: source.pause,
  });

test('each photo is wished for once, a few at a time, and done when its row is there', async () => {
  const source = new Processor(photo, 40);
  const wished: PhotoId[] = [];
  const { wish } = source;
  source.wish = async (photoId) => {
    wished.push(photoId);
    await wish(photoId);
  };
  const steps: number[] = [];
  const healed = await healing(source, { count: 200, onprogress: (now) => steps.push(now.settled.size) });
  expect(wished.sort()).toEqual(
    named(200)
      .map(({ photoId }) => photoId)
      .sort(),
  );
  expect(source.most).toBeGreaterThan(1);
  expect(source.most).toBeLessThan(10);
  expect(healed).toMatchObject({ waiting: 0, unshown: [] });
  expect(healed.settled.size).toBe(200);
  expect(steps).toEqual([40, 80, 120, 160, 200]);
});

test('rows that are known are not read again and again', async () => {
  const source = new Processor(photo, 1);
  await healing(source, { count: 100 });
  const read = source.asked.map((since) => Date.parse(since ?? ''));
  expect(read).toEqual(read.toSorted((a, b) => a - b));
  expect(source.now - (read.at(-1) ?? 0)).toBeLessThan(30_000);
});

test('what has its row again and cannot be shown is named, with the reason', async () => {
  const failure = { code: 'damaged', sentence: 'Broken.' } as const;
  const source = new Processor((id, at) =>
    id === idOf(1) ? photo(id, at, { status: 'failed', failure }) : photo(id, at),
  );
  const { unshown, settled } = await healing(source);
  expect(settled.size).toBe(3);
  expect(unshown).toEqual([{ photoId: idOf(1), name: 'beach.jpg', bytes: 10, failure }]);
});

test('what nothing is heard of is waited for a while, and then not called done', async () => {
  const source = new Processor((id, at) => (id === idOf(0) ? photo(id, at) : undefined));
  const begun = source.now;
  const { settled, waiting } = await healing(source);
  expect([...settled]).toEqual([idOf(0)]);
  expect(waiting).toBe(2);
  expect(source.now - begun).toBeGreaterThan(120_000);
  expect(source.looks).toBeLessThan(60);
});

test('a photo whose original is gone is done when it is a tombstone, and not by an edit of its owner', async () => {
  const gone = new Processor(tombstone);
  expect((await healing(gone, { kind: 'missing' })).settled.size).toBe(3);
  const edited = new Processor((id, at) => photo(id, at, { favorite: true }));
  expect(await healing(edited, { kind: 'missing' })).toMatchObject({ waiting: 3 });
});

test('a row as it was before is no news', async () => {
  const source = new Processor(() => undefined);
  const before = instantOf(source.now - 60_000);
  for (const { photoId } of named(3)) source.rows.set(photoId, tombstone(photoId, before));
  expect(await healing(source)).toMatchObject({ waiting: 3 });
});

test.each([
  ['that tells of the stored bytes', { bytes: 10 }, 0],
  ['that says what is wrong with them', { bytes: 9, status: 'failed' as const }, 0],
  ['that its owner has edited', { bytes: 9 }, 3],
])('of another size: done by a row %s', async (_what, more, waiting) => {
  const source = new Processor((id, at) => photo(id, at, more));
  expect(await healing(source, { kind: 'sizes' })).toMatchObject({ waiting });
});

test('without a connection nothing is called done, and another try begins anew', async () => {
  const source = new Processor(photo);
  source.fault = new CloudError('offline', 'no network');
  await expect(healing(source)).rejects.toThrow('no network');
  source.fault = undefined;
  expect((await healing(source)).settled.size).toBe(3);
});

test('nothing to put right is no work', async () => {
  const source = new Processor(photo);
  expect(await healing(source, { count: 0 })).toMatchObject({ waiting: 0 });
  expect(source.looks).toBe(0);
});
