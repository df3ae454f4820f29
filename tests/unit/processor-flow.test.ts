// The processor's flow: events come twice, late and in any order, stores fail, and the end is always the same.
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { eventFor, stepFor } from '../../infra/reprocess-plan.ts';
import {
  processRecord,
  processRecords,
  type Dependencies,
  type EventRecord,
} from '../../processor/process.ts';
import { paddedSequencer } from '../../processor/row.ts';
import { expressionOf, type PhotoKey, type Stores } from '../../processor/stores.ts';
import { originalKey, RENDITIONS } from '../../src/schema/keys.ts';
import {
  EDIT_TIMES,
  EDITABLE_ATTRIBUTES,
  OWNER_ATTRIBUTES,
  parsePhotoRow,
  PIPELINE,
} from '../../src/schema/photo.ts';
import { instantOf } from '../../src/schema/time.ts';
import { jpegOfScans } from '../bombs.ts';
import { identity, jpeg, photoIdOf } from '../fixtures.ts';
import { MemoryStores } from '../memory-stores.ts';

let content: Buffer;
let photo: PhotoKey;
beforeAll(async () => {
  content = await jpeg({ width: 8, height: 6, takenAt: '2019:06:01 12:34:56' });
  photo = { owner: identity(), photoId: photoIdOf(content) };
});

function start() {
  const stores = new MemoryStores();
  const lines: Record<string, unknown>[] = [];
  const dependencies: Dependencies = { stores, now: stores.now, log: (entry) => lines.push(entry) };
  return {
    stores,
    lines,
    dependencies,
    process: (record: EventRecord) => processRecord(record, dependencies),
  };
}

/** What there is of the photo in the end. */
const endOf = (stores: MemoryStores) => ({
  row: parsePhotoRow(stores.row(photo)),
  attributes: Object.keys(stores.row(photo) ?? {}).sort(),
  renditions: RENDITIONS.filter((rendition) => stores.rendition(photo, rendition)),
});

const present = (name = 'a.jpg') => ({
  row: { status: 'ready', name, width: 8, height: 6, takenAt: '2019-06-01T12:34:56' },
  attributes: expect.not.arrayContaining(['deletedAt']) as unknown,
  renditions: RENDITIONS,
});

const gone = () => ({
  row: { ...photo, deletedAt: expect.any(String) as unknown },
  attributes: [...EDIT_TIMES, 'changedAt', 'deletedAt', 'expiresAt', 'owner', 'photoId', 'sequencer'].sort(),
  renditions: [],
});

test('an uploaded photo gets renditions and a row', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  expect(endOf(stores)).toMatchObject(present());
});

test('a file larger than a Shoebox wants is kept and shown, marked, and told of in the log', async () => {
  const { stores, dependencies, lines } = start();
  const event = stores.upload(photo, content);
  await processRecord(event, { ...dependencies, largest: content.length - 1 });
  expect(endOf(stores)).toMatchObject(present());
  expect(parsePhotoRow(stores.row(photo))).toMatchObject({ note: 'over-limit' });
  expect(lines).toMatchObject([{ message: 'processed', note: 'over-limit' }]);
  // Made anew under another limit, the mark is gone.
  await processRecord(event, { ...dependencies, largest: content.length });
  expect(parsePhotoRow(stores.row(photo))).not.toHaveProperty('note');
});

test('a deleted photo leaves nothing but a tombstone with 90 days to live', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  Object.assign(stores.row(photo) ?? {}, {
    favorite: true,
    caption: 'us',
    tags: ['x'],
    trashedAt: '2026-01-01T00:00:09.000Z',
  });
  await process(stores.remove(photo));
  expect(endOf(stores)).toMatchObject(gone());
  const { deletedAt, expiresAt } = stores.row(photo) as { deletedAt: string; expiresAt: number };
  expect(expiresAt - Math.floor(Date.parse(deletedAt) / 1000)).toBe(90 * 86_400);
});

test('the same event twice ends as once', async () => {
  const { stores, process } = start();
  const created = stores.upload(photo, content);
  await process(created);
  const { changedAt: _first, ...once } = stores.row(photo) ?? {};
  await process(created);
  const { changedAt: _second, ...twice } = stores.row(photo) ?? {};
  expect(twice).toEqual(once);
  const deleted = stores.remove(photo);
  await process(deleted);
  await process(deleted);
  expect(endOf(stores)).toMatchObject(gone());
});

test('what the owner wrote survives reprocessing', async () => {
  const { stores, process } = start();
  const created = stores.upload(photo, content);
  await process(created);
  const written = {
    favorite: true,
    caption: 'us',
    tags: ['x'],
    archived: true,
    trashedAt: '2026-06-01T00:00:00.000Z',
  };
  Object.assign(stores.row(photo) ?? {}, written);
  await process(created);
  expect(stores.row(photo)).toMatchObject(written);
});

test('a delete event that comes before its create event still ends in a tombstone', async () => {
  const { stores, process } = start();
  const created = stores.upload(photo, content);
  const deleted = stores.remove(photo);
  await process(deleted);
  await process(created);
  expect(endOf(stores)).toMatchObject(gone());
});

test('a delete event that comes late does not kill a photo that was uploaded again', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  const deleted = stores.remove(photo);
  await process(stores.upload(photo, content, { name: 'again.jpg' }));
  await process(deleted);
  expect(endOf(stores)).toMatchObject(present('again.jpg'));
});

test('a photo restored by removing its delete marker is not tombstoned', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  const before = structuredClone([...stores.originals]);
  const deleted = stores.remove(photo);
  for (const [key, original] of before) stores.originals.set(key, original);
  await process(deleted);
  expect(endOf(stores)).toMatchObject(present());
});

test('a photo deleted from trash and uploaded again is back, and not in trash', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  Object.assign(stores.row(photo) ?? {}, { trashedAt: '2026-01-01T00:00:05.000Z' });
  await process(stores.remove(photo));
  await process(stores.upload(photo, content));
  expect(endOf(stores)).toMatchObject(present());
  expect(stores.row(photo)).not.toHaveProperty('deletedAt');
  expect(stores.row(photo)).not.toHaveProperty('trashedAt');
});

test('it is not in trash either when the event of its deletion is still to come', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  Object.assign(stores.row(photo) ?? {}, { trashedAt: '2026-01-01T00:00:05.000Z' });
  const deleted = stores.remove(photo);
  await process(stores.upload(photo, content));
  expect(stores.row(photo)).not.toHaveProperty('trashedAt');
  await process(deleted);
  expect(endOf(stores)).toMatchObject(present());
  expect(stores.row(photo)).not.toHaveProperty('trashedAt');
});

test('a photo that was ready is not called failed because the computer was too busy', async () => {
  const { stores, process } = start();
  const slow = { ...photo, photoId: photoIdOf(jpegOfScans(64, 64, 500)) };
  const event = stores.upload(slow, jpegOfScans(64, 64, 500));
  await process(event);
  expect(stores.row(slow)).toMatchObject({ status: 'failed', failure: { code: 'unexpected' } });
  Object.assign(stores.row(slow) ?? {}, { status: 'ready' });
  await stores.putRendition(slow, 'thumb', Buffer.from('as it was'));
  await expect(process(event)).rejects.toThrow('ready');
  expect(stores.row(slow)).toMatchObject({ status: 'ready' });
  expect(stores.rendition(slow, 'thumb')?.toString()).toBe('as it was');
});

test('an edit from before a photo was deleted and uploaded again comes too late, one from after it does not', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  const written = { favorite: true, caption: 'us', favoriteEditedAt: '2026-01-01T00:00:02.000Z' };
  Object.assign(stores.row(photo) ?? {}, written);
  const before = instantOf(stores.now());
  await process(stores.remove(photo));
  // No edit is later than these, and the condition of an edit is on nothing else that the owner may name.
  for (const name of EDIT_TIMES) expect(String(stores.row(photo)?.[name]) > '2999').toBe(true);
  // A stray write on the tombstone does not come to life with the new photo.
  Object.assign(stores.row(photo) ?? {}, { favorite: true, archived: true });
  await process(stores.upload(photo, content));
  const row = stores.row(photo) ?? {};
  expect(endOf(stores)).toMatchObject(present());
  for (const name of EDITABLE_ATTRIBUTES) expect(row).not.toHaveProperty(name);
  for (const name of EDIT_TIMES) {
    expect(String(row[name]) > before).toBe(true);
    expect(String(row[name]) < instantOf(stores.now())).toBe(true);
  }
});

test('a photo in trash whose bytes were uploaded again is not put back there by an edit from before', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  const trashedAt = instantOf(stores.now());
  Object.assign(stores.row(photo) ?? {}, { trashedAt, trashedAtEditedAt: trashedAt, favorite: true });
  await process(stores.upload(photo, content));
  expect(stores.row(photo)).not.toHaveProperty('trashedAt');
  expect(String(stores.row(photo)?.['trashedAtEditedAt']) > trashedAt).toBe(true);
  expect(stores.row(photo)).toMatchObject({ favorite: true });
  expect(stores.row(photo)).not.toHaveProperty('favoriteEditedAt');
});

test('a photo put in trash after its upload stays there, whatever its trashing was dated', async () => {
  const { stores, process } = start();
  const created = stores.upload(photo, content);
  await process(created);
  const edited = { trashedAt: '2020-01-01T00:00:00.000Z', trashedAtEditedAt: instantOf(stores.now()) };
  Object.assign(stores.row(photo) ?? {}, edited);
  await process(created);
  expect(stores.row(photo)).toMatchObject(edited);
});

test('a photo deleted while its renditions are made leaves none behind', async () => {
  const { stores, process } = start();
  const created = stores.upload(photo, content);
  let deleted: EventRecord | undefined;
  stores.before = async (operation) => {
    if (operation !== 'putRendition' || deleted) return;
    deleted = stores.remove(photo);
    await process(deleted);
  };
  await process(created);
  expect(endOf(stores)).toMatchObject(gone());
});

test('a photo uploaded again while the old one is cleared away keeps its renditions', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  const deleted = stores.remove(photo);
  let again: EventRecord | undefined;
  stores.before = async (operation) => {
    if (operation !== 'deleteRendition' || again) return;
    again = stores.upload(photo, content, { name: 'again.jpg' });
    await process(again);
  };
  await process(deleted);
  expect(endOf(stores)).toMatchObject(present('again.jpg'));
});

test('one that stalls, is overtaken by a deletion and dies for good cannot bring the photo back', async () => {
  const { stores, process } = start();
  const created = stores.upload(photo, content);
  stores.before = async (operation) => {
    if (operation !== 'updateRow') return;
    stores.before = () => {};
    await process(stores.remove(photo));
    stores.before = (next) => {
      if (next === 'lookAtOriginal') throw new Error('killed');
    };
  };
  await expect(process(created)).rejects.toThrow('killed');
  expect(endOf(stores)).toMatchObject(gone());
});

test('uploads and deletions in any number, their events twice and in any order, all at once: row and renditions end true', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      async (scheduler, mutations) => {
        const { stores, process } = start();
        stores.before = async (operation) => void (await scheduler.schedule(Promise.resolve(), operation));
        // Lambda tries again what threw; so does this.
        const deliver = async (record: EventRecord): Promise<void> => {
          await scheduler.schedule(Promise.resolve(), 'delivery');
          await process(record).catch(() => process(record));
        };
        const delivered: Promise<void>[] = [];
        const live = async (): Promise<void> => {
          for (const [index, exists] of mutations.entries()) {
            await scheduler.schedule(Promise.resolve(), exists ? 'upload' : 'delete');
            const record = exists
              ? stores.upload(photo, content, { name: `${index}.jpg` })
              : stores.remove(photo);
            delivered.push(deliver(record), deliver(record));
          }
        };
        await scheduler.waitFor(live());
        await scheduler.waitFor(Promise.all(delivered));
        const truth = mutations.at(-1) ? present(`${mutations.length - 1}.jpg`) : gone();
        expect(endOf(stores)).toMatchObject(truth);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

/** Stores whose calls fail where `faults` says so, by their number: before anything was done, or after, its answer lost. */
function failing(stores: MemoryStores, faults: ReadonlyMap<number, 'before' | 'after'>): Stores {
  let calls = 0;
  const broken =
    <A extends unknown[], R>(operation: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const fault = faults.get(calls++);
      if (fault === 'before') throw new Error('ThrottlingException');
      const result = await operation.apply(stores, args);
      if (fault === 'after') throw new Error('socket hang up');
      return result;
    };
  return {
    readOriginal: broken(stores.readOriginal),
    lookAtOriginal: broken(stores.lookAtOriginal),
    putRendition: broken(stores.putRendition),
    deleteRendition: broken(stores.deleteRendition),
    readRow: broken(stores.readRow),
    updateRow: broken(stores.updateRow),
  };
}

const faults = fc
  .uniqueArray(fc.tuple(fc.nat(60), fc.constantFrom('before' as const, 'after' as const)), {
    maxLength: 12,
    selector: ([call]) => call,
  })
  .map((list) => new Map(list));

/** What `npm run reprocess` would have done of the photo, by what it finds of it now. */
function stepNow(stores: MemoryStores) {
  const row = stores.row(photo);
  const state = row && {
    sequencer: row['sequencer'] as string | undefined,
    pipeline: row['pipeline'] as number | undefined,
    deleted: 'deletedAt' in row,
  };
  return stepFor(photo.photoId, stores.originals.size > 0, state, true);
}

const names = { originalsBucket: 'originals', region: 'eu-central-1' } as Parameters<typeof eventFor>[2];
const recordFor = (step: NonNullable<ReturnType<typeof stepNow>>): EventRecord =>
  eventFor(step, photo.owner, names, 0).Records[0] as EventRecord;

test('whatever fails on the way, uploads, deletions and rebuilds in any order and all at once end as the last of them left the photo', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      // Now and then all that has begun comes to its end.
      fc.array(fc.constantFrom('upload', 'delete', 'rebuild', 'quiet'), { minLength: 2, maxLength: 8 }),
      faults,
      async (scheduler, steps, failures) => {
        const { stores } = start();
        stores.before = async (operation) => void (await scheduler.schedule(Promise.resolve(), operation));
        const dependencies: Dependencies = {
          stores: failing(stores, failures),
          now: stores.now,
          log: () => {},
        };
        const work: Promise<void>[] = [];
        const untilDone = async (record: EventRecord): Promise<void> => {
          for (let attempt = 0; ; attempt++) {
            try {
              await scheduler.schedule(Promise.resolve(), 'delivery');
              await processRecord(record, dependencies);
              return;
            } catch (error) {
              // As many as there are faults, and a photo that kept changing.
              if (attempt > failures.size + 10) throw error;
            }
          }
        };
        const steered: Record<string, (name: string) => unknown> = {
          upload: (name) => {
            const record = stores.upload(photo, content, { name });
            work.push(untilDone(record), untilDone(record));
          },
          delete: () => {
            const record = stores.remove(photo);
            work.push(untilDone(record), untilDone(record));
          },
          rebuild: () => {
            const step = stepNow(stores);
            if (step) work.push(untilDone(recordFor(step)));
          },
          quiet: () => Promise.all(work),
        };
        const live = async (): Promise<void> => {
          for (const [index, step] of steps.entries()) {
            await scheduler.schedule(Promise.resolve(), step);
            await steered[step]?.(`${index}.jpg`);
          }
        };
        await scheduler.waitFor(live());
        await scheduler.waitFor(Promise.all(work));
        const last = steps.findLastIndex((step) => step === 'upload' || step === 'delete');
        const nothing = { row: undefined, attributes: [], renditions: [] };
        const truth = last < 0 ? nothing : steps[last] === 'upload' ? present(`${last}.jpg`) : gone();
        expect(endOf(stores)).toMatchObject(truth);
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);

test('a rendition that is still being written when the other one fails does not outlive a deletion', async () => {
  const { stores, process } = start();
  const created = stores.upload(photo, content);
  let letGo: () => void = () => {};
  const slow = new Promise<void>((resolve) => (letGo = resolve));
  let puts = 0;
  stores.before = (operation) => {
    if (operation !== 'putRendition') return undefined;
    puts += 1;
    if (puts === 1) throw new Error('SlowDown');
    return slow;
  };
  // What Lambda does with the event: again when it failed, and not before.
  const handled = process(created).catch(() => process(created));
  await expect.poll(() => puts).toBe(2);
  const deleted = stores.remove(photo);
  await process(deleted);
  expect(endOf(stores)).toMatchObject(gone());
  letGo();
  await handled;
  expect(endOf(stores)).toMatchObject(gone());
});

test('when every event was lost, a rebuild alone makes row and renditions agree with the original', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 2, maxLength: 4 }),
      async ([first, ...mutations]) => {
        const { stores, process } = start();
        // So that there may be a row from before.
        if (first) await process(stores.upload(photo, content));
        const late = mutations.map((exists, index) =>
          exists ? stores.upload(photo, content, { name: `${index}.jpg` }) : stores.remove(photo),
        );
        const step = stepNow(stores);
        if (step) await process(recordFor(step));
        const truth = mutations.at(-1) ? present(`${mutations.length - 1}.jpg`) : gone();
        const hasLeftNothing = !first && !mutations.at(-1);
        const nothing = { row: undefined, attributes: [], renditions: [] };
        expect(endOf(stores)).toMatchObject(hasLeftNothing ? nothing : truth);
        // And if they were only late, they find nothing to spoil.
        for (const record of late) await process(record);
        expect(endOf(stores)).toMatchObject(truth);
      },
    ),
    { numRuns: 30 },
  );
});

test('when every event was lost, a wish alone makes row and renditions agree with the original', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 2, maxLength: 4 }),
      async ([first, ...mutations]) => {
        const { stores, process } = start();
        if (first) await process(stores.upload(photo, content));
        const late = mutations.map((exists, index) =>
          exists ? stores.upload(photo, content, { name: `${index}.jpg` }) : stores.remove(photo),
        );
        await process(stores.wish(photo));
        const isThere = mutations.at(-1);
        // A row that was right stays as it is: by its bytes the photo is the same, under whatever name it came again.
        const truth = isThere ? present(first ? 'a.jpg' : `${mutations.length - 1}.jpg`) : gone();
        const nothing = { row: undefined, attributes: [], renditions: [] };
        expect(endOf(stores)).toMatchObject(!first && !isThere ? nothing : truth);
        // And if they were only late, they find nothing to spoil, nor do wishes between them.
        for (const record of late) {
          await process(stores.wish(photo));
          await process(record);
        }
        await process(stores.wish(photo));
        expect(endOf(stores)).toMatchObject(isThere ? present(`${mutations.length - 1}.jpg`) : gone());
      },
    ),
    { numRuns: 30 },
  );
});

test('a wish changes nothing about a photo that is as it should be, and reads not one of its bytes', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  Object.assign(stores.row(photo) ?? {}, { favorite: true, trashedAt: '2026-06-01T00:00:00.000Z' });
  const before = structuredClone(stores.row(photo));
  const operations: string[] = [];
  stores.before = (operation) => void operations.push(operation);
  await process(stores.wish(photo));
  expect(stores.row(photo)).toEqual(before);
  expect(operations.sort()).toEqual(['lookAtOriginal', 'readRow']);
});

test('a wish for a photo that never was leaves no trace, nor does one for a photo that was deleted', async () => {
  const { stores, process } = start();
  await process(stores.wish(photo));
  expect(endOf(stores)).toEqual({ row: undefined, attributes: [], renditions: [] });
  await process(stores.upload(photo, content));
  await process(stores.remove(photo));
  const before = structuredClone(stores.row(photo));
  await process(stores.wish(photo));
  expect(stores.row(photo)).toEqual(before);
});

test('a row that an edit alone has made becomes a tombstone by a wish, or the photo if there is one', async () => {
  const made = () => ({ ...photo, favorite: true, changedAt: '2026-06-01T00:00:00.000Z' });
  const { stores, process } = start();
  const key = originalKey(photo.owner, photo.photoId);
  stores.rows.set(key, made());
  await process(stores.wish(photo));
  expect(endOf(stores)).toMatchObject(gone());
  stores.upload(photo, content);
  stores.rows.set(key, made());
  await process(stores.wish(photo));
  expect(endOf(stores)).toMatchObject(present());
  expect(stores.row(photo)).toMatchObject({ favorite: true });
});

test('a row that tells of other bytes than are stored is measured again by a wish', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  stores.upload(photo, Buffer.concat([content, Buffer.from('and more')]));
  await process(stores.wish(photo));
  expect(stores.row(photo)).toMatchObject({ status: 'failed', failure: { code: 'hash-mismatch' } });
});

test('a photo that failed because the computer was busy is tried again by a wish; what can never be shown is not', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  for (const [code, status] of [
    ['unexpected', 'ready'],
    ['unsupported', 'failed'],
  ]) {
    Object.assign(stores.row(photo) ?? {}, { status: 'failed', failure: { code, sentence: 'No.' } });
    await process(stores.wish(photo));
    expect(stores.row(photo)).toMatchObject({ status });
  }
});

test('a wish whose stores fail is tried again, and ends as if they had not', async () => {
  for (const failure of ['lookAtOriginal', 'readRow', 'readOriginal', 'putRendition', 'updateRow'] as const) {
    const { stores, process } = start();
    stores.upload(photo, content);
    let left = 1;
    stores.before = (operation) => {
      if (operation === failure && left-- > 0) throw new Error('SlowDown');
    };
    await expect(process(stores.wish(photo))).rejects.toThrow('SlowDown');
    await process(stores.wish(photo));
    expect(endOf(stores)).toMatchObject(present());
  }
});

test('what the owner writes while a photo is rebuilt, before and after, is all there in the end', async () => {
  const writes = fc.record(
    {
      favorite: fc.boolean(),
      caption: fc.string(),
      tags: fc.array(fc.string()),
      archived: fc.boolean(),
      trashedAt: fc.constant('2026-06-01T00:00:00.000Z'),
      takenAtOverride: fc.constant('2001-01-01T00:00:00'),
      placeOverride: fc.string(),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(writes, { minLength: 1, maxLength: 4 }),
      faults,
      async (scheduler, edits, failures) => {
        const { stores, process } = start();
        await process(stores.upload(photo, content));
        // An older processor's, as a change of the pipeline finds it.
        Object.assign(stores.row(photo) ?? {}, { pipeline: 1, width: 1, camera: 'of the older one' });
        stores.before = async (operation) => void (await scheduler.schedule(Promise.resolve(), operation));
        const dependencies = { stores: failing(stores, failures), now: stores.now, log: () => {} };
        const rebuild = async (): Promise<void> => {
          const step = stepNow(stores);
          if (!step) throw new Error('nothing to rebuild');
          for (let left = failures.size; ; left--) {
            try {
              return await processRecord(recordFor(step), dependencies);
            } catch (error) {
              if (left === 0) throw error;
            }
          }
        };
        const write = async (): Promise<void> => {
          for (const edit of edits) {
            await scheduler.schedule(Promise.resolve(), 'edit');
            stores.rows.set([...stores.rows.keys()][0] ?? '', { ...stores.row(photo), ...edit });
          }
        };
        await scheduler.waitFor(Promise.all([rebuild(), write()]));
        expect(endOf(stores)).toMatchObject(present());
        expect(stores.row(photo)).toMatchObject({
          pipeline: PIPELINE,
          ...(Object.assign({}, ...edits) as object),
        });
        expect(stores.row(photo)).not.toHaveProperty('camera');
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

test('one bad record in a batch keeps none of the others from being done, and the batch is tried again', async () => {
  const { stores, lines } = start();
  const other = await jpeg({ width: 9, height: 6, seed: 2 });
  const another: PhotoKey = { owner: photo.owner, photoId: photoIdOf(other) };
  const dependencies: Dependencies = { stores, now: stores.now, log: (entry) => lines.push(entry) };
  const bad = [
    {},
    null,
    { s3: {} },
    { s3: { object: { key: 7, sequencer: '1' } } },
    { s3: { object: { key: stores.upload(photo, content).s3.object.key } } },
  ] as unknown[] as EventRecord[];
  const batch = [
    ...bad.slice(0, 2),
    stores.upload(photo, content),
    ...bad.slice(2),
    stores.upload(another, other),
  ];
  // As the handler does it: what it needs for a record is named in the record.
  const forRecord = (record: EventRecord) => ({ ...dependencies, of: record.s3.object });
  const log: Dependencies['log'] = (entry) => lines.push(entry);
  await expect(processRecords(batch, forRecord, log)).rejects.toThrow('4 records could not be processed');
  expect(endOf(stores)).toMatchObject(present());
  expect(stores.row(another)).toMatchObject({ status: 'ready', width: 9 });
  expect(lines.filter(({ level }) => level === 'error')).toHaveLength(4);
  await expect(processRecords(bad.slice(-1), forRecord, log)).rejects.toThrow('carries no sequencer');
  await expect(processRecords(batch.slice(2, 3), forRecord, log)).resolves.toBeUndefined();
  await expect(processRecords([], forRecord, log)).resolves.toBeUndefined();
});

test.each<keyof Stores>(['readOriginal', 'readRow', 'putRendition', 'updateRow', 'lookAtOriginal'])(
  'a throttled %s is thrown on for a retry, and no row says ready before its renditions are there',
  async (operation) => {
    const { stores, process } = start();
    const created = stores.upload(photo, content);
    stores.before = (current) => {
      if (current === operation) throw new Error('SlowDown');
    };
    await expect(process(created)).rejects.toThrow('SlowDown');
    expect(stores.row(photo) === undefined || stores.renditions.size === RENDITIONS.length).toBe(true);
    stores.before = () => {};
    await process(created);
    expect(endOf(stores)).toMatchObject(present());
  },
);

test('a throttled deletion is thrown on, and ends well when tried again', async () => {
  const { stores, process } = start();
  await process(stores.upload(photo, content));
  const deleted = stores.remove(photo);
  stores.before = (operation) => {
    if (operation === 'updateRow') throw new Error('ThrottlingException');
  };
  await expect(process(deleted)).rejects.toThrow('ThrottlingException');
  stores.before = () => {};
  await process(deleted);
  expect(endOf(stores)).toMatchObject(gone());
});

test('a photo whose original is in the deep archive stays as it is, which is said: it is no failure, and nothing to be tried again', async () => {
  const { stores, lines, dependencies, process } = start();
  await process(stores.upload(photo, content));
  const before = structuredClone(stores.row(photo));
  const event = stores.upload(photo, content);
  const archived: Stores = {
    ...failing(stores, new Map()),
    readOriginal: () => Promise.resolve('archived'),
  };
  await processRecord(event, { ...dependencies, stores: archived });
  expect(stores.row(photo)).toEqual(before);
  expect(endOf(stores)).toMatchObject(present());
  expect(lines.at(-1)).toMatchObject({
    level: 'warn',
    message: expect.stringContaining('deep archive') as unknown,
    ...photo,
  });
});

test('a download that breaks off is thrown on', async () => {
  const { stores, process } = start();
  const created = stores.upload(photo, content);
  const whole = stores.readOriginal.bind(stores);
  stores.readOriginal = async (key) => {
    const original = await whole(key);
    return original && { ...original, bytes: original.bytes + 1 };
  };
  await expect(process(created)).rejects.toThrow('S3 sent');
  expect(stores.rows.size).toBe(0);
});

test('a photo that changes without end is given up for a retry', async () => {
  const { stores, process } = start();
  const created = stores.upload(photo, content);
  stores.before = (operation) => {
    if (operation === 'lookAtOriginal') stores.upload(photo, content);
  };
  await expect(process(created)).rejects.toThrow('kept changing');
});

test.each([
  ['spaces and plus signs', 'my+photo%2B1.jpg'],
  ['a parent folder', `${encodeURIComponent(identity())}/../x`],
  ['another folder below', `${encodeURIComponent(identity())}/a/b`],
  ['unicode', 'f%C3%BCr%20dich'],
  ['bytes that are no text', '%E0%A4%A'],
  ['a photo id that is too long', `${encodeURIComponent(identity())}/${'A'.repeat(44)}`],
  ['nothing', ''],
])('a key with %s is none of ours and ignored', async (_name, key) => {
  const { stores, lines, process } = start();
  stores.before = () => {
    throw new Error('touched');
  };
  await process({ s3: { object: { key, sequencer: '1' } } });
  expect(lines).toEqual([{ message: 'ignored: the key of neither an original nor a wish' }]);
});

test('an event without a sequencer is refused, not guessed', async () => {
  const { process } = start();
  const key = `${encodeURIComponent(photo.owner)}/${photo.photoId}`;
  await expect(process({ s3: { object: { key, sequencer: '' } } })).rejects.toThrow('sequencer');
});

test('sequencers compare as S3 says: the shorter one padded with zeros', () => {
  expect(paddedSequencer('0055AED6DCD90281E5') < paddedSequencer('0055AED6DCD90281E501')).toBe(true);
  expect(paddedSequencer('00ff')).toBe(paddedSequencer('00FF00'));
  expect(paddedSequencer('5') > paddedSequencer('45F')).toBe(true);
});

test('the log names photo and outcome but no file name', async () => {
  const { stores, lines, process } = start();
  await process(stores.upload(photo, content, { name: 'secret-party.jpg' }));
  expect(lines).toMatchObject([{ ...photo, outcome: 'ready', written: true }]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test('an update never sets or removes an attribute twice, and leaves those of the owner alone', async () => {
  const { stores, process } = start();
  const updates: Parameters<Stores['updateRow']>[1][] = [];
  const update = stores.updateRow.bind(stores);
  stores.updateRow = (key, change) => {
    updates.push(change);
    return update(key, change);
  };
  await process(stores.upload(photo, content));
  await process(stores.remove(photo));
  for (const change of updates) {
    const set = Object.keys(change.set).filter((name) => change.set[name] !== undefined);
    expect(new Set([...set, ...change.remove]).size).toBe(set.length + change.remove.length);
    expect(Object.keys(expressionOf(change).ExpressionAttributeValues)).toHaveLength(set.length + 1);
  }
  const owners = OWNER_ATTRIBUTES.filter((name) => name !== 'changedAt');
  const touched = new Set([...Object.keys(updates[0]?.set ?? {}), ...(updates[0]?.remove ?? [])]);
  expect(owners.filter((name) => touched.has(name))).toEqual([]);
});
