// Whose library the library's tests are about, and the photos in it.
import type { IdentityId, PhotoId } from '../../src/schema/ids.ts';
import { parsePhotoRow, type Photo } from '../../src/schema/photo.ts';
import { instantOf } from '../../src/schema/time.ts';

export const ME = 'us-east-1:00000000-0000-4000-8000-000000000001' as IdentityId;
export const START = Date.UTC(2026, 10, 20, 12);

const row = (n: number, photoId: PhotoId): Omit<Photo, 'takenAt'> => ({
  owner: ME,
  photoId,
  status: 'ready',
  name: `photo ${n}.jpg`,
  type: 'image/jpeg',
  bytes: 1000,
  width: 400,
  height: 300,
  takenAtSource: 'exif',
  uploadedAt: instantOf(START),
  changedAt: instantOf(START + n * 1000),
});

/** Of nine: one a month, the last one the newest. */
export const photoId = (n: number): PhotoId => `${String.fromCodePoint(65 + n)}${'x'.repeat(41)}A` as PhotoId;
export const photo = (n: number, more: Partial<Photo> = {}): Photo => ({
  ...row(n, photoId(n)),
  takenAt: `2026-0${n + 1}-01T12:00:00`,
  ...more,
});

/** Of any number, with ids of the test's own: one an hour, the first one the newest; as the page's cloud reads it. */
export const hourly =
  (idOf: (n: number) => string) =>
  (n: number, more: Partial<Photo> = {}): Photo =>
    parsePhotoRow({
      ...row(n, idOf(n) as PhotoId),
      takenAt: instantOf(START - n * 3_600_000).slice(0, 19),
      ...more,
    }) as Photo;
