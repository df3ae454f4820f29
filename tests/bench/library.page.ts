// The page of the library bench: layout and replica of a made-up library, ours and one record per photo, each timed on its own.
import { layoutOf } from '../../src/grid/layout.ts';
import { TRASHED } from '../../src/library/chunk.ts';
import { Columns } from '../../src/library/columns.ts';
import { write } from '../../src/library/change.ts';
import { ColumnList } from '../../src/library/list.ts';
import { repackedChunks } from '../../src/library/pack.ts';
import { noState, Replica } from '../../src/library/replica.ts';
import { settled } from '../../src/library/request.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { madeUpPhotos } from './made-up.ts';

const ME = 'eu-central-1:11111111-2222-3333-4444-555555555555' as IdentityId;
const OPTIONS = { width: 1500, rowHeight: 220, gap: 4, dayGap: 16, dayBand: 36, monthBand: 56 };
const RECORDS = 'records';

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};

/** Packs all photos, new every time, and writes them. */
async function writeColumns(photos: readonly Photo[]): Promise<number> {
  const replica = await Replica.open(ME);
  const time = await timed(async () => {
    const changes = new Map(photos.map((photo) => [photo.photoId, photo]));
    const chunks = repackedChunks(ME, Columns.none.chunks, changes);
    await write(replica.database, chunks, { ...noState, generation: 1 });
  });
  replica.close();
  return time;
}

async function openRecords(): Promise<IDBDatabase> {
  const opening = indexedDB.open(RECORDS, 1);
  opening.addEventListener('upgradeneeded', () =>
    opening.result.createObjectStore(RECORDS, { keyPath: 'photoId' }),
  );
  return settled(opening);
}

async function writeRecords(photos: readonly Photo[]): Promise<number> {
  const database = await openRecords();
  const time = await timed(
    () =>
      new Promise<void>((resolve, reject) => {
        const transaction = database.transaction(RECORDS, 'readwrite');
        transaction.addEventListener('complete', () => resolve());
        transaction.addEventListener('abort', () => reject(transaction.error));
        for (const photo of photos) transaction.objectStore(RECORDS).put(photo);
      }),
  );
  database.close();
  return time;
}

/** Everything, in order, ready to be looked at. */
async function readColumns(): Promise<Record<string, number>> {
  let columns = Columns.none;
  let heads = 0;
  const replica = await Replica.open(ME);
  const begin = performance.now();
  const read = await timed(async () => {
    const { changed, damaged } = await replica.read(noState);
    columns = Columns.of(Columns.none.chunks.map((_, letter) => changed.get(letter)));
    heads = performance.now() - begin;
    if ((await damaged).length > 0) throw new Error('the bench has stored chunks that cannot be read');
  });
  replica.close();
  const list = ColumnList.of(columns, TRASHED, 0);
  const { days, ratios } = list;
  const layout = await timed(async () => layoutOf({ days, ratios }, OPTIONS));
  if (!list.at(list.length - 1)) throw new Error('the bench has lost a photo');
  return { read, heads, layout, photos: list.length };
}

async function readRecords(): Promise<number> {
  const database = await openRecords();
  const time = await timed(async () => {
    const photos = (await settled(database.transaction(RECORDS).objectStore(RECORDS).getAll())) as Photo[];
    photos.sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1));
  });
  database.close();
  return time;
}

let photos: Photo[] = [];
Object.assign(globalThis, {
  bench: {
    make: (count: number) => (photos = [...madeUpPhotos(ME, count)]).length,
    writeColumns: () => writeColumns(photos),
    writeRecords: () => writeRecords(photos),
    readColumns,
    readRecords,
  },
});
