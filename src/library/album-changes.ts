// What is done to albums: photos put in and taken out, and the way back.
import type { PhotoId, RandomId } from '../schema/ids.ts';
import { albumId, entryId, randomId, type AlbumSort } from '../schema/social.ts';
import type { EditState } from './edits-awaited.ts';
import type { Social } from './social.svelte.ts';

export interface Done {
  /** How many photos are in the album now that were not, or the other way round. */
  count: number;
  saving: Promise<EditState>;
  undo: () => Promise<EditState>;
}

type Albums = Pick<Social, 'putAll' | 'remove' | 'has'>;

export interface AlbumText {
  title: string;
  description?: string;
  folder?: string;
  sort?: AlbumSort;
}

/** Makes an album; gives its id. Shown at once. */
export function createAlbum(
  social: Pick<Social, 'put'>,
  text: AlbumText,
): { album: RandomId; saving: Promise<EditState> } {
  const album = randomId();
  return { album, saving: social.put(albumId(album), { ...text }) };
}

const present = (album: RandomId, photoIds: readonly PhotoId[]) =>
  photoIds.map((photoId) => ({ id: entryId(album, photoId), attributes: { deletedAt: null } }));

/** Those that are in it already stay as they are. */
export function addTo(social: Albums, album: RandomId, photoIds: readonly PhotoId[]): Done {
  const added = [...new Set(photoIds)].filter((photoId) => !social.has(album, photoId));
  return {
    count: added.length,
    saving: social.putAll(present(album, added)),
    undo: () => social.remove(added.map((photoId) => entryId(album, photoId))),
  };
}

/** Takes photos out of an album: in the library they stay. */
export function takeFrom(social: Albums, album: RandomId, photoIds: readonly PhotoId[]): Done {
  const taken = photoIds.filter((photoId) => social.has(album, photoId));
  return {
    count: taken.length,
    saving: social.remove(taken.map((photoId) => entryId(album, photoId))),
    undo: () => social.putAll(present(album, taken)),
  };
}
