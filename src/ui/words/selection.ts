// What selecting says, and what is done with a selection.
import { count } from './count.ts';

const photos = (n: number): string => count(n, 'photo', 'photos');
const later = 'Kept on this device, and sent once there is a connection.';

export const words = {
  bar: 'Selected photos',
  count: (n: number) => `${n.toLocaleString()} selected`,
  announce: (n: number) => (n === 0 ? 'Nothing selected' : `${photos(n)} selected`),
  clear: 'Clear selection',
  all: 'Select all',
  day: (date: string) => `Select ${date}`,
  more: 'More',
  actions: {
    favorite: 'Add to favorites',
    unfavorite: 'Remove from favorites',
    archive: 'Archive',
    unarchive: 'Move to timeline',
    trash: 'Move to trash',
    restore: 'Put back',
    download: 'Download',
  },
  done: {
    favorite: (n: number) => `${photos(n)} added to favorites.`,
    unfavorite: (n: number) => `${photos(n)} removed from favorites.`,
    archive: (n: number) => `${photos(n)} archived.`,
    unarchive: (n: number) => `${photos(n)} moved to your timeline.`,
    trash: (n: number) => `${photos(n)} moved to trash.`,
    restore: (n: number) => `${photos(n)} put back.`,
  },
  theirs: 'This photo is a friend’s. Save it to your library to do more with it.',
  undo: 'Undo',
  undone: (n: number) => `Undone for ${photos(n)}.`,
  later,
  failed: (why: string) => `This change was not saved. ${why}`,
  broken: 'A part of Shoebox could not be loaded. Check your connection and try again.',
  saving: 'Changes being saved',
  sending: (n: number) => `Saving ${count(n, 'change', 'changes')} …`,
} as const;
