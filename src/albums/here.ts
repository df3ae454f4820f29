// Where albums are in the page, and which one is open.
import { isRandomId, type RandomId } from '../schema/ids.ts';

export const ALBUMS = '/albums';
export const albumAddress = (album: RandomId): string => `${ALBUMS}?album=${album}`;
export const folderAddress = (folder: string): string =>
  folder === '' ? ALBUMS : `${ALBUMS}?folder=${encodeURIComponent(folder)}`;

/** The album that is open; undefined on any other page. */
export function albumHere({ pathname, search }: Pick<Location, 'pathname' | 'search'> = location):
  RandomId | undefined {
  const album = new URLSearchParams(search).get('album');
  return pathname === ALBUMS && isRandomId(album) ? album : undefined;
}
