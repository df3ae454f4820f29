// Days of earlier years and days of upload: which photos are found under them, and in what order.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withChunks, withEdits } from '../../src/library/change.ts';
import { arranged } from '../../src/library/arranged.ts';
import { ARCHIVED, TRASHED } from '../../src/library/chunk.ts';
import { Columns } from '../../src/library/columns.ts';
import { glancesOf, placeIn, uploadedIn } from '../../src/library/glance.ts';
import { ColumnList, referencesOf } from '../../src/library/list.ts';
import { letterIn, rowIn } from '../../src/library/order.ts';
import { repackedChunks } from '../../src/library/pack.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { gpsOf, placeOf, takenAtOf, type Photo, type PlaceOverride } from '../../src/schema/photo.ts';
import { keyOf, onThisDay, today } from '../../src/timeline/on-this-day.ts';
import { identity } from '../fixtures.ts';
import { localTimes, photos as anyPhoto } from './schema-arbitraries.ts';

const ME = identity();
const { signal } = new AbortController();

const plain = (photo: Photo): Photo => JSON.parse(JSON.stringify({ ...photo, owner: ME })) as Photo;
const mine = anyPhoto.map(plain);
const library = fc.uniqueArray(mine, { selector: ({ photoId }) => photoId, maxLength: 40 });

const columnsOf = (list: readonly Photo[]): Columns =>
  withChunks(
    Columns.none,
    repackedChunks(ME, Columns.none.chunks, new Map(list.map((photo) => [photo.photoId, photo]))),
  );

const [sample] = fc.sample(mine, { numRuns: 1, seed: 7 }) as [Photo];
let ids = 0;
/** A photo that is in the timeline, of a time of day as the clock on the wall there said. */
function takenAt(time: string, more: Partial<Photo> = {}): Photo {
  const photoId = `A${String(++ids).padStart(41, 'A')}A` as PhotoId;
  const { takenAtOverride: _, trashedAt: __, archived: ___, placeOverride: ____, ...rest } = sample;
  return plain({
    ...rest,
    photoId,
    takenAt: time,
    status: 'ready',
    width: 4,
    height: 3,
    type: 'image/jpeg',
    ...more,
  });
}
const found = (photos: readonly Photo[], day: Parameters<typeof onThisDay>[1]): string[] => {
  const columns = columnsOf(photos);
  return [...ColumnList.pick(columns, onThisDay(columns, day))].map((photo) => takenAtOf(photo));
};
const day = (text: string) => today(new Date(`${text}T12:00:00`));

describe('on this day', () => {
  test('are photos of the date in earlier years, last year first, and neither today nor other days', () => {
    const photos = [
      '2026-11-21T08:00:00',
      '2025-11-21T00:00:00',
      '2025-11-21T23:59:59',
      '2025-11-22T00:00:00',
      '2024-11-20T23:59:59',
      '1999-11-21T12:00:00',
    ].map((time) => takenAt(time));
    expect(found(photos, day('2026-11-21'))).toEqual([
      '2025-11-21T23:59:59',
      '2025-11-21T00:00:00',
      '1999-11-21T12:00:00',
    ]);
  });

  test('a photo belongs to the date on the wall where it was taken', () => {
    const photos = [takenAt('2020-11-21T23:30:00-09:30'), takenAt('2020-11-22T01:00:00+13:00')];
    expect(found(photos, day('2026-11-21'))).toEqual(['2020-11-21T23:30:00-09:30']);
  });

  test('and to the date its owner has set', () => {
    const photo = takenAt('2020-01-01T10:00:00', { takenAtOverride: '2010-11-21T10:00:00' });
    expect(found([photo], day('2026-11-21'))).toEqual(['2010-11-21T10:00:00']);
    expect(found([photo], day('2026-01-01'))).toEqual([]);
  });

  test('what is in the archive, in the trash, or was never a picture is left out', () => {
    const photos = [
      takenAt('2020-11-21T10:00:00', { archived: true }),
      takenAt('2020-11-21T11:00:00', { trashedAt: '2026-01-01T00:00:00.000Z' }),
      takenAt('2020-11-21T12:00:00', { status: 'failed', width: 0, height: 0 }),
    ];
    expect(found(photos, day('2026-11-21'))).toEqual([]);
  });

  test('the 29th of February comes round every year', () => {
    const photos = ['2024-02-29T10:00:00', '2024-02-28T10:00:00', '2023-02-28T10:00:00'].map((time) =>
      takenAt(time),
    );
    expect(found(photos, day('2026-02-28'))).toEqual([
      '2024-02-29T10:00:00',
      '2024-02-28T10:00:00',
      '2023-02-28T10:00:00',
    ]);
    expect(found(photos, day('2028-02-29'))).toEqual(['2024-02-29T10:00:00']);
    expect(found(photos, day('2028-02-28'))).toEqual(['2024-02-28T10:00:00', '2023-02-28T10:00:00']);
    expect(found(photos, day('2026-03-01'))).toEqual([]);
  });

  test('an empty library has none', () => {
    expect(found([], day('2026-02-28'))).toEqual([]);
  });

  test('whatever the photos and the day, they are those that share month and date', () => {
    fc.assert(
      fc.property(library, localTimes, (list, time) => {
        const now = day(time.slice(0, 10));
        fc.pre(keyOf(now).slice(5) !== '02-28');
        const columns = columnsOf(list);
        const same = list.filter(
          (photo) =>
            takenAtOf(photo).slice(5, 10) === keyOf(now).slice(5) &&
            Number(takenAtOf(photo).slice(0, 4)) < now.year &&
            !photo.archived &&
            !photo.trashedAt &&
            photo.status === 'ready',
        );
        const shown = [...onThisDay(columns, now)].map((reference) => columns.idOf(reference));
        expect(new Set(shown)).toEqual(new Set(same.map((photo) => photo.photoId)));
      }),
    );
  });
});

describe('a look at every row', () => {
  test('gives each photo the time, place and coordinates its row has, also below edits on their way', async () => {
    await fc.assert(
      fc.asyncProperty(library, async (list) => {
        const columns = columnsOf(list);
        const edited = withEdits(
          columns,
          new Map(
            list.map(({ photoId }) => [
              photoId,
              [{ attribute: 'favorite' as const, value: true, at: '9999-12-31T23:59:59.999Z' }],
            ]),
          ),
        );
        const glances = await glancesOf(edited, signal);
        for (const photo of list) {
          const reference = columns.referenceOf(photo.photoId) as number;
          const glance = glances[letterIn(reference)];
          const row = rowIn(reference);
          expect(glance?.latitudes[row]).toBe(Math.fround(gpsOf(photo)?.latitude ?? NaN));
          expect(glance?.longitudes[row]).toBe(Math.fround(gpsOf(photo)?.longitude ?? NaN));
          expect(placeIn(glances, reference)).toEqual(placeOf(photo));
          expect(uploadedIn(glances)(reference)).toBe(Math.floor(Date.parse(photo.uploadedAt) / 1000));
        }
      }),
    );
  });

  test('finds a photo where an edit on its way has put it, or nowhere', async () => {
    const photo = takenAt('2020-01-01T00:00:00', { gps: { latitude: 1, longitude: 2 } });
    const columns = columnsOf([photo]);
    const at = '9999-12-31T23:59:59.999Z';
    const put = async (value: PlaceOverride) => {
      const edits = [{ attribute: 'placeOverride' as const, value, at }];
      const edited = withEdits(columns, new Map([[photo.photoId, edits]]));
      const reference = edited.referenceOf(photo.photoId) as number;
      const glances = await glancesOf(edited, signal);
      const glance = glances[letterIn(reference)];
      return [glance?.latitudes[0], glance?.longitudes[0], placeIn(glances, reference)];
    };
    const place = { city: 'Oslo', country: 'NO' };
    expect(await put({ gps: { latitude: 60, longitude: 10.5 }, place })).toEqual([60, 10.5, place]);
    expect(await put({})).toEqual([NaN, NaN, undefined]);
    const [latitude] = (await glancesOf(columns, signal))[0]?.latitudes ?? [];
    expect(latitude).toBe(1);
  });

  test('is given up when nobody waits for it any more', async () => {
    const columns = columnsOf([takenAt('2020-01-01T00:00:00')]);
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(glancesOf(columns, gone)).rejects.toThrow('gone');
  });
});

test('recently added are all photos of the timeline, the latest upload first, each found where it is', async () => {
  await fc.assert(
    fc.asyncProperty(library, async (list) => {
      const columns = columnsOf(list);
      const before = columns.order.slice();
      const timeOf = uploadedIn(await glancesOf(columns, signal));
      const recent = arranged(columns, referencesOf(columns, TRASHED | ARCHIVED, 0), timeOf);
      const shown = [...recent];
      expect(new Set(shown.map((photo) => photo.photoId))).toEqual(
        new Set(list.filter((photo) => !photo.trashedAt && !photo.archived).map((photo) => photo.photoId)),
      );
      for (const [i, photo] of shown.entries()) {
        expect(recent.indexOf(photo.photoId)).toBe(i);
        expect(recent.idAt(i)).toBe(photo.photoId);
        const { uploadedAt } = shown[i + 1] ?? { uploadedAt: '' };
        expect(photo.uploadedAt.slice(0, 19) >= uploadedAt.slice(0, 19)).toBe(true);
        const here = new Date(photo.uploadedAt);
        // Not Date.UTC, to which the year 1 is 1901.
        const midnight = new Date(0).setUTCFullYear(here.getFullYear(), here.getMonth(), here.getDate());
        expect(recent.days[i]).toBe(midnight / 86_400_000);
      }
      expect(recent.indexOf(sample.photoId)).toBe(-1);
      expect(recent.at(shown.length)).toBeUndefined();
      // The library's own order is as it was.
      expect(columns.order).toEqual(before);
    }),
  );
});
