// Who sees a photo: the readers of every share it is in. Pure.
import type { IdentityId, PhotoId, RandomId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import type { Share } from '../schema/social.ts';
import { isSharable } from './share-content.ts';

interface Shared {
  readonly identityId: IdentityId;
  readonly shares: readonly Share[];
  has(album: RandomId, photoId: PhotoId): boolean;
}

function holds(share: Share, photo: Photo, social: Shared): boolean {
  const { source, album, albumOwner = social.identityId } = share;
  if (source === 'everything') return !photo.archived && photo.uploadedAt >= (share.since ?? share.createdAt);
  const live = source === 'album' && album !== undefined && albumOwner === social.identityId;
  return live ? social.has(album, photo.photoId) : (share.photos ?? []).includes(photo.photoId);
}

export const readersOf = (photo: Photo, social: Shared): IdentityId[] => [
  ...new Set(
    social.shares.flatMap((share) =>
      share.audience === 'friends' && isSharable(photo) && holds(share, photo, social)
        ? (share.readers ?? [])
        : [],
    ),
  ),
];
