// What is copied into a share, and under what name. Pure.
import type { PhotoId, RandomId } from '../schema/ids.ts';
import type { Rendition } from '../schema/keys.ts';
import { sharedOriginalName, sharedRenditionName, type ShareHome } from '../schema/share-keys.ts';

/** One of one's own shares. */
export interface OwnShare {
  share: RandomId;
  home: ShareHome;
}

/** What of which photo is to lie under what name in the share. */
export interface Copy {
  photoId: PhotoId;
  id: RandomId;
  of: Rendition | 'original';
}

export const copyName = ({ id, of }: Pick<Copy, 'id' | 'of'>): string =>
  of === 'original' ? sharedOriginalName(id) : sharedRenditionName(id, of);
