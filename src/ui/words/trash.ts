// What the trash says.
import { count } from './count.ts';

const photos = (n: number): string => count(n, 'photo', 'photos');
const it = (n: number): string => (n === 1 ? 'It is' : 'They are');

export const words = {
  title: 'Trash',
  note: 'Photos stay here for 30 days after you moved them, and can be put back until then.',
  emptyTitle: 'The trash is empty.',
  empty: 'Photos you move to the trash wait here for 30 days and can be put back.',
  back: 'Back to all photos',
  /** When the photos of a day are deleted. */
  ends: (days: number) =>
    days <= 0
      ? 'Deleted today'
      : days === 1
        ? 'Deleted tomorrow'
        : `Deleted in ${days.toLocaleString()} days`,
  until: (month: string) => `Kept until ${month}`,
  emptyNow: 'Empty trash',
  restoreAll: 'Put all back',
  restored: (n: number) => `${photos(n)} put back among your photos.`,
  undo: 'Undo',
  ask: (n: number) => (n === 1 ? 'Delete this photo for good?' : `Delete ${photos(n)} for good?`),
  askNote: (n: number) => `${it(n)} gone from Shoebox at once and cannot be put back from here.`,
  askKept: (n: number) =>
    `Your cloud account keeps the ${n === 1 ? 'original' : 'originals'} another 30 days, out of this page’s reach: whoever runs the account can bring ${n === 1 ? 'it' : 'them'} back until then.`,
  confirm: (n: number) => `Delete ${photos(n)}`,
  deleteNow: 'Delete now',
  deleting: (done: number, all: number) => `Deleting ${done.toLocaleString()} of ${photos(all)} …`,
  stop: 'Stop',
  deleted: (n: number) => `${photos(n)} deleted.`,
  kept: (n: number) =>
    `${photos(n)} ${n === 1 ? 'was' : 'were'} changed meanwhile and ${n === 1 ? 'is' : 'are'} kept.`,
  failed: (n: number, why: string) =>
    `${photos(n)} could not be deleted and ${n === 1 ? 'stays' : 'stay'} in the trash. ${why}`,
  again: 'Try again',
  stuck: (n: number) =>
    `${photos(n)} whose time in the trash is over could not be deleted. It is tried again by itself.`,
  saveFailed: (why: string) => `This change was not saved. ${why}`,
} as const;
