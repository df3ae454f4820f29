// Folders of albums: there are none but those that albums say they are in. Pure.
import type { Album } from '../schema/social.ts';

export interface Folder<T> {
  name: string;
  /** With the folders it is in. */
  path: string;
  /** All that lies in it, however deep. */
  albums: readonly T[];
}

/** As it is kept: without blanks and slashes that say nothing; undefined for none. */
export function cleanFolder(text: string): string | undefined {
  const parts = text.split('/').map((part) => part.trim());
  return parts.filter(Boolean).join('/') || undefined;
}

/** What is to be seen in a folder ('' for the outermost): the folders in it, by name, and the albums that lie in no deeper one. */
export function inFolder<T extends Pick<Album, 'folder'>>(
  albums: readonly T[],
  folder: string,
): { folders: Folder<T>[]; albums: T[] } {
  const prefix = folder === '' ? '' : `${folder}/`;
  const folders = new Map<string, T[]>();
  const here: T[] = [];
  for (const album of albums) {
    const path = album.folder ?? '';
    if (path === folder) here.push(album);
    else if (path.startsWith(prefix)) {
      const name = path.slice(prefix.length).split('/', 1)[0] as string;
      const others = folders.get(name);
      if (others) others.push(album);
      else folders.set(name, [album]);
    }
  }
  const found = [...folders].map(([name, inside]) => ({ name, path: prefix + name, albums: inside }));
  return { folders: found.sort((a, b) => a.name.localeCompare(b.name)), albums: here };
}

/** The folders around something, the outermost first. */
export const pathOf = (folder: string | undefined): { name: string; path: string }[] =>
  (folder?.split('/') ?? []).map((name, i, all) => ({ name, path: all.slice(0, i + 1).join('/') }));

/** Names of all folders there are, for whoever types one. */
export const foldersOf = (albums: readonly Pick<Album, 'folder'>[]): string[] =>
  [...new Set(albums.flatMap(({ folder }) => pathOf(folder).map(({ path }) => path)))].sort();
