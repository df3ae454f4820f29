// What albums say.
import { count } from './count.ts';

const photos = (n: number): string => count(n, 'photo', 'photos');
const quoted = (title: string): string => `“${title}”`;

export const words = {
  title: 'Albums',
  loading: 'Looking for your albums …',
  unread: 'Albums could not be loaded. Check your connection and try again.',
  again: 'Try again',
  untitled: 'Untitled album',
  emptyTitle: 'No albums yet.',
  empty: 'Put photos together that belong together: a trip, a person, a year. A photo can be in many albums.',
  create: 'New album',
  newTitle: 'New album',
  edit: 'Edit album',
  fields: {
    title: 'Title',
    description: 'Description',
    folder: 'Folder',
    folderHint: 'Albums can lie in folders, and folders in folders: Trips/2024',
  },
  save: 'Save',
  cancel: 'Cancel',
  photos,
  /** `12 photos · May 2024 – June 2024` */
  about: (n: number, from: string, to: string) =>
    n === 0 ? photos(0) : from === to ? `${photos(n)} · ${from}` : `${photos(n)} · ${from} – ${to}`,
  albums: (n: number) => count(n, 'album', 'albums'),
  folder: (name: string, n: number) => `Folder ${name}, ${count(n, 'album', 'albums')}`,
  path: 'Where this is',
  goneTitle: 'This album is not here.',
  gone: 'It may have been deleted. Its photos are still among your photos.',
  toAlbums: 'Back to albums',
  nothingTitle: 'Nothing in this album yet.',
  nothing: 'Select photos and choose “Add to album”, or drop files here to upload them into it.',
  toPhotos: 'Go to your photos',
  hint: (title: string) => `Select photos, then choose “Add to album” to put them into ${quoted(title)}.`,
  sort: 'Sort',
  sorts: { oldest: 'Oldest first', newest: 'Newest first', hand: 'By hand' },
  more: 'More',
  remove: 'Delete album',
  removed: (title: string) => `${quoted(title)} deleted. Its photos are still among your photos.`,
  undo: 'Undo',
  arrange: 'Arrange by hand',
  arranging: {
    title: 'Arrange photos',
    how: 'Drag a photo to its place. Or choose it, then choose where it goes.',
    keys: 'Space picks a photo up, arrow keys move it, Space puts it down, Escape puts it back.',
    done: 'Done',
    at: (description: string, place: number, of: number) =>
      `${description}, ${place.toLocaleString()} of ${of.toLocaleString()}`,
    picked: (place: number, of: number) =>
      `Picked up. It is ${place.toLocaleString()} of ${of.toLocaleString()}.`,
    moved: (place: number, of: number) => `${place.toLocaleString()} of ${of.toLocaleString()}.`,
    put: (place: number, of: number) => `Put down at ${place.toLocaleString()} of ${of.toLocaleString()}.`,
    back: 'Put back.',
  },
  add: {
    entry: 'Add to album',
    title: (n: number) => `Add ${n === 1 ? 'photo' : photos(n)} to an album`,
    find: 'Find an album',
    none: 'No album is called that.',
    new: 'New album with this title',
    placeholder: 'Title of a new album',
    create: 'Create',
    has: 'in it already',
    done: (n: number, title: string) => `${photos(n)} added to ${quoted(title)}.`,
    there: (n: number, title: string) =>
      `${n === 1 ? 'The photo is' : 'These photos are'} in ${quoted(title)} already.`,
  },
  take: {
    entry: 'Remove from this album',
    done: (n: number, title: string) => `${photos(n)} removed from ${quoted(title)}.`,
  },
  cover: { entry: 'Use as album cover', done: 'This is the cover of the album now.' },
  in: { label: 'Albums', add: 'Add to an album' },
  offer: {
    into: (n: number, title: string) => `${photos(n)} will be put into ${quoted(title)}.`,
    one: (title: string) => `Make an album of ${quoted(title)}?`,
    many: (n: number) => `Make albums of these ${n.toLocaleString()} folders?`,
    yes: 'Make album',
    all: 'Make albums',
    made: (title: string) => `The album ${quoted(title)} fills as its photos arrive.`,
    madeAll: (n: number) => `${count(n, 'album fills', 'albums fill')} as their photos arrive.`,
  },
  later: 'Kept on this device, and sent once there is a connection.',
  failed: (why: string) => `This change was not saved. ${why}`,
} as const;
