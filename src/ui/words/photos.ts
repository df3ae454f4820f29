// What the timeline and its frame say.
import { count } from './count.ts';

export const words = {
  nav: {
    brand: 'Shoebox',
    label: 'Library',
    photos: 'Photos',
    search: 'Search',
    shared: 'Shared',
    favorites: 'Favorites',
    albums: 'Albums',
    places: 'Places',
    onThisDay: 'On this day',
    recent: 'Recent',
    friends: 'Friends',
    links: 'Links',
    archive: 'Archive',
    trash: 'Trash',
    settings: 'Settings',
    people: 'People',
    skip: 'Skip to photos',
  },
  waiting: (n: number) => count(n, 'photo waits', 'photos wait'),
  offline: 'Offline',
  fetching: 'Fetching your photos …',
  reload: 'Reload',
  offlineNote:
    'You are offline. You see what this device has kept; uploads and changes wait for the connection.',
  pageMissing: 'This page could not be opened. Check your connection and try again.',
  viewerMissing: 'This photo could not be opened. Check your connection and try again.',
  timeline: 'Photos by date',
  /** For a photo that only a camera has given a name. */
  photo: 'Photo',
  favorite: 'Favorite',
  day: (date: string, n: number) => `${date}, ${count(n, 'photo', 'photos')}`,
} as const;
