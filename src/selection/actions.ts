// What can be done with selected photos: which of it is offered for which photos, and what it changes. Pure.
import type { Component } from 'svelte';
import type { PhotoEdit } from '../cloud/requests.ts';
import { ARCHIVED, FAVORITE, TRASHED } from '../library/chunk.ts';
import type { Library } from '../library/library.svelte.ts';
import { ColumnList, type PhotoList } from '../library/list.ts';
import { MergedList } from '../library/merged.ts';
import { letterIn, rowIn } from '../library/order.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';
import type { IconName } from '../ui/icons.ts';
import type { Notices } from '../ui/notices.svelte.ts';

/** How many of the selected photos are what. */
export interface Tally {
  count: number;
  favorites: number;
  archived: number;
  trashed: number;
}

export type ActionName = 'favorite' | 'unfavorite' | 'archive' | 'unarchive' | 'trash' | 'restore';

export interface Action {
  name: ActionName;
  icon: IconName;
  filled?: true;
  offered: (tally: Tally) => boolean;
  /** The photos it changes anything about, by their flags under `mask`. */
  mask: number;
  value: number;
  edit: (now: Instant) => PhotoEdit;
}

const alive = ({ count, trashed }: Tally): boolean => trashed < count;

export const ACTIONS: readonly Action[] = [
  {
    name: 'favorite',
    icon: 'heart',
    offered: (tally) => alive(tally) && tally.favorites < tally.count,
    mask: FAVORITE | TRASHED,
    value: 0,
    edit: () => ({ favorite: true }),
  },
  {
    name: 'unfavorite',
    icon: 'heart',
    filled: true,
    offered: (tally) => alive(tally) && tally.favorites === tally.count,
    mask: FAVORITE,
    value: FAVORITE,
    edit: () => ({ favorite: null }),
  },
  {
    name: 'archive',
    icon: 'archive',
    offered: (tally) => alive(tally) && tally.archived < tally.count,
    mask: ARCHIVED | TRASHED,
    value: 0,
    edit: () => ({ archived: true }),
  },
  {
    name: 'unarchive',
    icon: 'photos',
    offered: (tally) => alive(tally) && tally.archived === tally.count,
    mask: ARCHIVED,
    value: ARCHIVED,
    edit: () => ({ archived: null }),
  },
  {
    name: 'restore',
    icon: 'restore',
    offered: ({ trashed }) => trashed > 0,
    mask: TRASHED,
    value: TRASHED,
    edit: () => ({ trashedAt: null }),
  },
  {
    name: 'trash',
    icon: 'trash',
    offered: alive,
    mask: TRASHED,
    value: 0,
    edit: (now) => ({ trashedAt: now }),
  },
];

/** What a form over the selection is given. */
export interface FormProps {
  photoIds: readonly PhotoId[];
  library: Library;
  notices: Notices;
  onclose: () => void;
}

/** An entry of the menu that opens a form. */
export interface Form {
  label: string;
  icon: IconName;
  /** Whether it has a button of its own where there is room. */
  inBar?: true;
  offered?: (tally: Tally) => boolean;
  /** A component that takes `FormProps`. */
  load: () => Promise<{ default: Component<FormProps> }>;
}

const bitsOf = (photo: Photo | undefined): number =>
  (photo?.favorite ? FAVORITE : 0) | (photo?.archived ? ARCHIVED : 0) | (photo?.trashedAt ? TRASHED : 0);

/** The flags of a photo in a list, without unpacking it where that can be. */
export function flagsAt(list: PhotoList, index: number): number {
  if (list instanceof MergedList) return flagsAt(list.own, list.ownIndex(index));
  if (!(list instanceof ColumnList)) return bitsOf(list.at(index));
  const reference = list.references[index] as number;
  return list.columns.chunks[letterIn(reference)]?.columns.flags[rowIn(reference)] ?? 0;
}

export function tallyOf(list: PhotoList, indexes: Iterable<number>): Tally {
  const tally = { count: 0, favorites: 0, archived: 0, trashed: 0 };
  for (const index of indexes) {
    const flags = flagsAt(list, index);
    tally.count++;
    if (flags & FAVORITE) tally.favorites++;
    if (flags & ARCHIVED) tally.archived++;
    if (flags & TRASHED) tally.trashed++;
  }
  return tally;
}

/** The ids of those that an action changes anything about. */
export function changedBy({ mask, value }: Action, list: PhotoList, indexes: Iterable<number>): PhotoId[] {
  const found: PhotoId[] = [];
  for (const index of indexes) {
    const photoId = (flagsAt(list, index) & mask) === value ? list.idAt(index) : undefined;
    if (photoId !== undefined) found.push(photoId);
  }
  return found;
}
