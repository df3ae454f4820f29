// Photos that friends share more than once, each once. Pure.
import type { IdentityId } from '../schema/ids.ts';
import { MOST_PHOTOS, type Manifest, type SharedPhoto } from '../schema/manifest.ts';

/** Every share gives a photo another name: it is known by when it was taken, and how it looks. */
const looksOf = ({ takenAt, width, height, placeholder }: SharedPhoto): string | undefined =>
  placeholder && [takenAt, width, height, placeholder].join(' ');

/**
 * The same manifests without the photos that an earlier one of the same owner has. Two of one share are two, however alike; nobody's photo
 * stands for somebody else's. Of one owner no more than one share may hold.
 */
export function onceEach(manifests: readonly Manifest[]): readonly Manifest[] {
  const seen = new Map<IdentityId, Set<string>>();
  const room = new Map<IdentityId, number>();
  return manifests.map((manifest) => {
    const { owner } = manifest;
    const before = seen.get(owner) ?? new Set<string>();
    const left = room.get(owner) ?? MOST_PHOTOS;
    const photos = manifest.photos.filter((photo) => !before.has(looksOf(photo) ?? '')).slice(0, left);
    for (const photo of photos) {
      const looks = looksOf(photo);
      if (looks) before.add(looks);
    }
    seen.set(owner, before);
    room.set(owner, left - photos.length);
    return photos.length === manifest.photos.length ? manifest : { ...manifest, photos };
  });
}
