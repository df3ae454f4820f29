// What the page says while it reads a Google Takeout export.
import { count } from './count.ts';

export const words = {
  takeout: {
    reading: 'Reading your Google Takeout …',
    found: (photos: number, albums: number) =>
      albums === 0
        ? count(photos, 'photo found', 'photos found')
        : `${count(photos, 'photo', 'photos')} and ${count(albums, 'album', 'albums')} found`,
    untold: (why: string) => `What Google knows of some photos was not saved. ${why}`,
    nothing: 'There are no photos in it. If your export has several parts, drop them all at once.',
    without: (n: number) => `${count(n, 'photo comes', 'photos come')} without what Google knows of it`,
    passedOver: {
      sidecars: (n: number) =>
        `${count(n, 'description belongs', 'descriptions belong')} to photos that are not here. Drop the other parts, too.`,
      elsewhere: (n: number) => `${count(n, 'file', 'files')} of other Google services left out`,
      other: (n: number) => `${count(n, 'file', 'files')} that are no photos left out`,
      trashed: (n: number) => `${count(n, 'photo', 'photos')} from Google’s trash left out`,
    },
    /** Of a zip, or of a file in one. */
    problems: {
      damaged: 'This file is damaged or not complete. Download it from Google again.',
      encrypted: 'This file asks for a password. Unpack it and drop the folder.',
      unsupported:
        'This kind of archive cannot be read here. Unpack it and drop the folder, or choose .zip at Google.',
      unreadable: 'This file cannot be read any more: it was moved, changed or deleted. Drop it again.',
    },
    /** Of a photo in a zip, when its turn has come. */
    inZip: {
      damaged: 'This file in the zip is damaged. Download the zip from Google again, and drop it here.',
      encrypted: 'This file in the zip asks for a password. Unpack the zip and drop the folder.',
      unsupported:
        'This file in the zip is packed in a way that cannot be read here. Unpack the zip and drop the folder.',
      unreadable: 'The zip with this file was moved, changed or deleted. Drop it again.',
    },
  },
} as const;
