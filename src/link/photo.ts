// A shared photo as the viewer and the slideshow of the library take photos. Pure.
import type { PhotoList } from '../library/list.ts';
import type { PhotoId, RandomId } from '../schema/ids.ts';
import type { Manifest, SharedPhoto } from '../schema/manifest.ts';
import type { Photo } from '../schema/photo.ts';
import { minuteOf } from '../ui/format.ts';

/** In a link a photo goes by a name that says nothing of the original; the viewer only passes it on. */
export const idOf = (photoId: PhotoId): RandomId => photoId as string as RandomId;
export const photoIdOf = (id: RandomId): PhotoId => id as string as PhotoId;

export const photoOf = (manifest: Manifest, shared: SharedPhoto): Photo => ({
  owner: manifest.owner,
  photoId: photoIdOf(shared.id),
  changedAt: manifest.changedAt,
  uploadedAt: manifest.changedAt,
  status: 'ready',
  name: shared.original?.name ?? minuteOf(shared.takenAt),
  // Never played from an original: what is not a picture is not in a link.
  type: 'image/webp',
  bytes: shared.original?.bytes ?? 0,
  width: shared.width,
  height: shared.height,
  takenAt: shared.takenAt,
  takenAtSource: 'exif',
  ...(shared.caption !== undefined && { caption: shared.caption }),
});

/** The photos of a link, in its order. */
export function linkedList(manifest: Manifest): PhotoList {
  const photos = manifest.photos.map((shared) => photoOf(manifest, shared));
  return {
    length: photos.length,
    days: new Int32Array(photos.length),
    ratios: Float32Array.from(photos, ({ width, height }) => width / height),
    at: (index) => photos[index],
    idAt: (index) => photos[index]?.photoId,
    indexOf: (photoId) => photos.findIndex((photo) => photo.photoId === photoId),
    [Symbol.iterator]: () => photos[Symbol.iterator](),
  };
}
